"""The centre's endpoints as OpenAPI, made from the handlers and the structs of the wire.

Bodies are MessagePack, in a zstd frame or sealed, for which OpenAPI has no word: they are declared as binary, and
``x-pojok-message`` beside them names the struct and how it is packed (``docs/protocol.md``). Those structs are open, a
reader ignores what it does not know; what is plain JSON is closed.
"""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from litestar import Litestar, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from sync.protocol import messages
from sync.protocol.batch import Batch
from sync.protocol.problems import STATUS, TYPE, Problem
from sync.protocol.request import CENTRE_KEY, KEY, LONGEST_FIELD, NONCE, PROTOCOL_HEADER, SIGNATURE, TIME
from sync.protocol.wire import MAX_WIRE, MESSAGE_TYPE, PROBLEM_TYPE, PROTOCOL

Schema = dict[str, Any]
COMPONENTS = "#/components/schemas/"
EXTENSION = "x-pojok-message"
SIGNED = ("unknown_key", "bad_signature", "foreign_device", "key_revoked")
"""What a request signed by a till's key may be refused for."""
ALWAYS = ("malformed", "not_found", "oversize", "too_many_requests", "internal", "unavailable")
MADE_BY_THE_SERVER = f"{TYPE}http"


def _closed(required: Sequence[str] = (), /, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


_TEXT: Schema = {"type": "string"}
SLIP = _closed(
    ("genuine",),
    genuine={"type": "boolean"},
    number=_TEXT,
    amount={"type": "integer"},
    date={"type": "string", "format": "date"},
    state={"type": "string", "enum": ["paid", "taken_back"]},
)
HEALTH = _closed(("status", "time"), status={"type": "string"}, time={"type": "string", "format": "date-time"})


class Call(NamedTuple):
    """What OpenAPI cannot see in a handler: structs in and out, and the problems of its own.

    ``body`` travels as MessagePack, in a zstd frame where ``zstd`` says so. ``answer`` is a struct sealed for
    ``purpose``, or the schema of plain JSON, or a media type.
    """

    answer: type[msgspec.Struct] | Schema | str
    purpose: str = ""
    body: type[msgspec.Struct] | None = None
    zstd: bool = True
    problems: Sequence[str] = ()
    signed: bool = True


CALLS: Mapping[str, Call] = {
    "post_enrol": Call(
        messages.Enrolment,
        messages.ENROL,
        messages.EnrolRequest,
        zstd=False,
        problems=("bad_signature", "bad_code", "wrong_corner", "key_revoked"),
        signed=False,
    ),
    "post_entries": Call(messages.Ack, messages.ACK, Batch, problems=("broken_chain", "fork", "gap")),
    "get_entries": Call(messages.KeptEntries, messages.KEPT, problems=("gap",)),
    "post_repair": Call(messages.Repair, messages.REPAIR, messages.RepairRequest, problems=("fork",)),
    "post_proposals": Call(
        messages.ProposalsTaken, messages.PROPOSALS, messages.Proposals, problems=("foreign_device",)
    ),
    "get_page": Call(messages.Page, messages.PAGE, problems=("outdated",)),
    "get_slip": Call(SLIP, signed=False),
    "get_health": Call(HEALTH, signed=False),
    "get_metrics": Call("text/plain", signed=False),
}
"""By the name of the handler; an endpoint that is missing here cannot be described."""


def openapi_route(handlers: Sequence[HTTPRouteHandler]) -> HTTPRouteHandler:
    """The handler that answers ``GET /openapi.json``."""

    @get("/openapi.json", sync_to_thread=True, include_in_schema=False)
    def get_openapi() -> Response[bytes]:
        """This description."""
        return Response(document(handlers), media_type="application/json")

    return get_openapi


def document(handlers: Sequence[HTTPRouteHandler]) -> bytes:
    """The description as JSON, the same bytes for the same program. Raises ``KeyError`` for a handler not in CALLS."""
    return msgspec.json.format(msgspec.json.encode(describe(handlers)), indent=1) + b"\n"


def describe(handlers: Sequence[HTTPRouteHandler]) -> Schema:
    """The description as plain data."""
    config = OpenAPIConfig(
        "Pojok, the centre",
        str(PROTOCOL),
        description=inspect.cleandoc(__doc__ or ""),
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, _method, _path: name_of(handler),
    )
    found: Schema = Litestar([*handlers], openapi_config=config, logging_config=None).openapi_schema.to_schema()
    found["paths"] = {path: dict(sorted(methods.items())) for path, methods in sorted(found["paths"].items())}
    for methods in found["paths"].values():
        for operation in methods.values():
            _complete(operation, CALLS[operation["operationId"]])
    found["components"] = {"schemas": _components()}
    return found


def name_of(handler: HTTPRouteHandler) -> str:
    """The name of the function behind ``handler``; the framework wraps it for a thread at each registration."""
    function: Any = handler.fn
    while hasattr(function, "func"):
        function = function.func
    name: str = function.__name__
    return name


def _complete(operation: Schema, call: Call) -> None:
    """Put body, answers and headers into what the framework said of a handler."""
    operation.pop("deprecated", None)
    operation.pop("summary", None)
    parameters = [_plainly(parameter) for parameter in operation.get("parameters", ())]
    operation["parameters"] = parameters + (_headers() if call.signed or call.body else [])
    if call.body:
        packing = "msgpack in a zstd frame" if call.zstd else "msgpack"
        content = {MESSAGE_TYPE: {"schema": _binary(), EXTENSION: _message(call.body, packing)}}
        operation["requestBody"] = {"required": True, "content": content}
    operation["responses"] = {"200": {"description": "Done", "content": _answer(call)}} | _refusals(call)


def _plainly(parameter: Schema) -> Schema:
    return {name: parameter[name] for name in ("name", "in", "required", "schema")}


def _headers() -> list[Schema]:
    """The headers that sign a request; ``docs/protocol.md`` says what is signed."""
    bounded = {"type": "string", "minLength": 1, "maxLength": LONGEST_FIELD}
    number = {"type": "string", "pattern": "^[0-9]{1,5}$", "default": str(PROTOCOL)}
    signing = [
        {"name": name, "in": "header", "required": True, "schema": bounded} for name in (KEY, NONCE, TIME, SIGNATURE)
    ]
    named = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
    optional = ((PROTOCOL_HEADER, number), (CENTRE_KEY, named))
    return signing + [{"name": name, "in": "header", "required": False, "schema": schema} for name, schema in optional]


def _binary() -> Schema:
    return {"type": "string", "format": "binary", "maxLength": MAX_WIRE}


def _message(kind: type[msgspec.Struct], packing: str, purpose: str = "") -> Schema:
    told = {"struct": f"{COMPONENTS}{kind.__name__}", "packing": packing}
    return told | ({"purpose": purpose} if purpose else {})


def _answer(call: Call) -> Schema:
    if isinstance(call.answer, str):
        return {call.answer: {"schema": _TEXT}}
    if isinstance(call.answer, dict):
        return {"application/json": {"schema": call.answer}}
    schema = {"type": "string", "format": "binary"}
    return {MESSAGE_TYPE: {"schema": schema, EXTENSION: _message(call.answer, "sealed", call.purpose)}}


def _refusals(call: Call) -> Schema:
    """Every status that the call may refuse with, and the names of the problems it then tells."""
    by_status: dict[int, list[str]] = {}
    for name in (*ALWAYS, *(SIGNED if call.signed else ()), *call.problems):
        by_status.setdefault(STATUS[name], []).append(name)
    content = {PROBLEM_TYPE: {"schema": {"$ref": f"{COMPONENTS}Problem"}}}
    return {
        str(status): {"description": ", ".join(sorted(set(names))), "content": content}
        for status, names in sorted(by_status.items())
    }


def _components() -> Schema:
    """The schemas of all structs, as msgspec tells them."""
    spoken = [call.answer for call in CALLS.values() if isinstance(call.answer, type)]
    heard = [call.body for call in CALLS.values() if call.body]
    kinds: list[Any] = [*dict.fromkeys((*spoken, *heard)), messages.Row, messages.Rollover, messages.Approval]
    schemas = msgspec.json.schema_components(kinds, ref_template=COMPONENTS + "{name}")[1]
    types = [*(TYPE + name for name in STATUS), MADE_BY_THE_SERVER]
    schemas["Problem"] = _closed(
        ("type", "title", "status"),
        type={"type": "string", "enum": types},
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        expected_seq={"type": "integer"},
    ) | {"description": Problem.__doc__}
    for schema in schemas.values():
        schema["description"] = inspect.cleandoc(schema.get("description", ""))
    return dict(sorted(schemas.items()))
