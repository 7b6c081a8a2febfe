"""The centre as an ASGI app: enrolment, pushes, pulls, health, and the first web page.

Handlers are plain functions on worker threads; each uses one or two short transactions.
"""

from typing import Any

import sqlalchemy as sa
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, RawBody
from sqlalchemy.engine import Connection

from sync.protocol.batch import Batch, read_batch
from sync.protocol.messages import ACK, ENROL, PAGE, Ack, EnrolRequest
from sync.protocol.problems import ExchangeProblem
from sync.protocol.request import PROTOCOL_HEADER, Credentials, check_request, credentials
from sync.protocol.wire import MAX_WIRE, BadSignature, Malformed, unpack
from sync.server import schema
from sync.server.answers import answer_error, sealed
from sync.server.board import board_page
from sync.server.centre import Centre, Clock, Device, open_centre, system_clock
from sync.server.checking import check
from sync.server.dialect import reading, writing
from sync.server.enrolment import enrol
from sync.server.feeds import read_page
from sync.server.ingest import asks_only, device_of, known_device, make_ack, mark_fork, take_batch, valid_device
from sync.server.limits import PER_CHECKER, PER_DEVICE, PER_STRANGER, Limiter, Rate
from sync.server.openapi import openapi_route

AnyRequest = Request[Any, Any, Any]
OLDEST_PULL = 1
"""Tills that speak an older protocol are asked to update when they pull; a push is always taken."""


def create_app(
    database_url: str,
    *,
    clock: Clock = system_clock,
    per_device: Rate = PER_DEVICE,
    per_stranger: Rate = PER_STRANGER,
    per_checker: Rate = PER_CHECKER,
    oldest_pull: int = OLDEST_PULL,
) -> Litestar:
    """The app over an initialised database. Raises ``CentreError``."""
    centre = open_centre(database_url, clock)
    state = State(
        {
            "centre": centre,
            "devices": Limiter(per_device),
            "strangers": Limiter(per_stranger),
            "checkers": Limiter(per_checker),
            "oldest_pull": oldest_pull,
        }
    )
    return Litestar(
        route_handlers=[*HANDLERS, openapi_route(HANDLERS)],
        exception_handlers={Exception: answer_error},
        state=state,
        on_shutdown=[centre.close],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MAX_WIRE,
    )


@post("/v1/enrol", sync_to_thread=True, status_code=200)
def post_enrol(request: AnyRequest, state: State, body: RawBody) -> Response[bytes]:
    """Bind a till's key to the till that its code is for."""
    _limit(state.strangers, _address(request))
    claim = credentials(request.headers)
    message = unpack(body, EnrolRequest)
    check_request(message.public_key, claim, "POST", _path(request), body)
    centre: Centre = state.centre
    with writing(centre.engine) as db:
        answer = enrol(centre, db, message, claim.nonce)
    return sealed(centre, ENROL, answer)


@post("/v1/devices/{device:str}/entries", sync_to_thread=True, status_code=200)
def post_entries(request: AnyRequest, state: State, device: FromPath[str], body: RawBody) -> Response[bytes]:
    """Take in a batch; the answer is the signed ack."""
    centre: Centre = state.centre
    claim = _signed(request, state, body)
    batch = read_batch(body)
    try:
        ack = _take(centre, device, batch, claim)
    except ExchangeProblem as error:
        if error.name == "fork":
            with writing(centre.engine) as db:
                mark_fork(centre, db, device)
        raise
    return sealed(centre, ACK, ack)


def _take(centre: Centre, device: str, batch: Batch, claim: Credentials) -> Ack:
    if not batch.entries:
        with reading(centre.engine) as db:
            found = _permitted(db, claim, device)
            if asks_only(centre, found, batch, claim.time):
                return make_ack(centre, db, found, claim.nonce)
    with writing(centre.engine) as db:
        taken = take_batch(centre, db, _permitted(db, claim, device, lock=True), batch, claim.time)
        return make_ack(centre, db, taken.device, claim.nonce)


@get("/v1/devices/{device:str}/pull/{feed:str}", sync_to_thread=True)
def get_page(
    request: AnyRequest, state: State, device: FromPath[str], feed: FromPath[str], after: FromQuery[str] = ""
) -> Response[bytes]:
    """One page of a feed."""
    claim = _signed(request, state, b"")
    if _protocol(request) < state.oldest_pull:
        raise ExchangeProblem("outdated", "This program is too old to pull; selling and pushing go on")
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        page = read_page(centre, db, _permitted(db, claim, device), feed, after, claim.nonce)
    return sealed(centre, PAGE, page)


@get("/v1/slips/{number:str}", sync_to_thread=True)
def get_slip(
    request: AnyRequest, state: State, number: FromPath[str], code: FromQuery[str] = ""
) -> Response[dict[str, Any]]:
    """Whether a slip is genuine, for anybody who holds it; see ``checking``."""
    _limit(state.checkers, _address(request))
    with reading(state.centre.engine) as db:
        return Response(check(db, number, code), headers={"Cache-Control": "no-store"})


@get("/health", sync_to_thread=True)
def get_health(state: State) -> dict[str, str]:
    """Whether the database answers."""
    with reading(state.centre.engine) as db:
        db.execute(sa.select(schema.meta.c.key).limit(1))
    return {"status": "ok", "time": state.centre.now()}


@get("/", sync_to_thread=True)
def get_board(state: State) -> Response[str]:
    """The board of corners."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        return Response(board_page(centre, db), media_type="text/html")


def _signed(request: AnyRequest, state: State, body: bytes) -> Credentials:
    """What the request claims, once its signature is that of the key it names; whether the key may speak is asked in
    the transaction that answers (``_permitted``).

    Who does not hold the key counts as a stranger: a till's requests are not for others to use up.
    """
    try:
        claim = credentials(request.headers)
        check_request(_public(state.centre, claim.key), claim, request.method, _path(request), body)
    except (BadSignature, ExchangeProblem):
        _limit(state.strangers, _address(request))
        raise
    _limit(state.devices, claim.key)
    return claim


def _public(centre: Centre, key: str) -> bytes:
    """The public key called ``key``. Raises ``ExchangeProblem`` ``unknown_key``."""
    public = centre.publics.get(key)
    if public is None:
        with reading(centre.engine) as db:
            public = bytes(known_device(device_of(db, key)).public)
        centre.publics.put(key, public)
    return public


def _address(request: AnyRequest) -> str:
    return request.client.host if request.client else ""


def _permitted(db: Connection, claim: Credentials, device: str, *, lock: bool = False) -> Device:
    """The till of the key, which must be the one in the path."""
    found = valid_device(device_of(db, claim.key, lock=lock))
    if found.device != device:
        raise ExchangeProblem("foreign_device", "The key is of another till")
    return found


def _limit(limiter: Limiter, caller: str) -> None:
    wait = limiter.wait(caller)
    if wait:
        raise ExchangeProblem("too_many_requests", "Too many requests", retry_after=wait)


def _path(request: AnyRequest) -> str:
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _protocol(request: AnyRequest) -> int:
    text = request.headers.get(PROTOCOL_HEADER, "1")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Malformed(f"{PROTOCOL_HEADER} is no number")
    return int(text)


HANDLERS = (post_enrol, post_entries, get_page, get_slip, get_health, get_board)
"""Every endpoint; ``openapi.CALLS`` says of each what goes in and out."""
