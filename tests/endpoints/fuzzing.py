"""Wild requests to every endpoint, made by schemathesis from the description; some signed, some with a fitting body.

Whatever comes is answered as described: no failure of the centre's own, every error a problem (RFC 9457) of ours, every
success a message that can be read.
"""

from collections import Counter
from copy import copy
from typing import Any

import msgspec
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.protocol.batch import Batch, chain
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.messages import SCOPES, Proposal, Proposals, RepairRequest
from sync.protocol.problems import TYPE
from sync.protocol.request import PROTOCOL_HEADER, signed_headers
from sync.protocol.wire import MESSAGE_TYPE, PROBLEM_TYPE, deflate, key_id, public_bytes, unseal
from sync.server.app import HANDLERS
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import new_code
from sync.server.exchange.ingest import device_of
from sync.server.openapi import CALLS, describe
from tests.endpoints.bodies import JUNK, message, message_map
from tests.endpoints.requests import World, packed
from tests.server.support import AT, DATE, Journal

SCHEMA = schemathesis.openapi.from_dict(describe(HANDLERS))
OPERATIONS = {operation.ok().definition.raw["operationId"]: operation.ok() for operation in SCHEMA.get_all_operations()}
MOSTLY = st.sampled_from((True, True, True, True, False))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
WAYS = 4
"""Making a request takes longer than answering it: each is signed, aimed and given a body in so many ways."""

schemathesis.openapi.media_type(MESSAGE_TYPE, st.binary(max_size=200))


def bodies_of(name: str) -> st.SearchStrategy[bytes]:
    """Bodies that the endpoint ``name`` may be able to read, and some that it cannot."""
    call = CALLS[name]
    return message(call.body, zstd=call.zstd) if call.body else st.just(b"")


ENTRY = st.one_of(
    st.binary(max_size=60),
    JUNK.map(msgspec.json.encode),
    st.fixed_dictionaries(
        {
            "epoch": st.sampled_from((1, 1, 2, 0)),
            "seq": st.integers(0, 40),
            "id": st.text(max_size=12) | st.uuids().map(str),
            "kind": st.sampled_from(("sale", "cash_move", "shift_opened", "settlement", "reversal", "refund", "moon")),
            "at": st.sampled_from((AT, "", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-12:00")),
            "date": st.sampled_from((DATE, "", "2026-02-30")),
            "doc": st.dictionaries(st.sampled_from(("number", "float", "amount", "lines", "direction")), JUNK),
        }
    ).map(msgspec.json.encode),
)
DEEP = st.fixed_dictionaries(
    {
        "back": st.integers(0, 3),
        "entries": st.lists(ENTRY, max_size=4),
        "epoch": st.sampled_from((1, 1, 1, 2)),
        "approval": st.sampled_from((b"", b"", b"junk")),
        "condition": st.none()
        | st.fixed_dictionaries({"app": st.text(max_size=40), "unsent": st.integers(-(2**63), 2**63)}),
    }
)
FACTS = st.one_of(
    st.binary(max_size=30),
    st.sampled_from((ProducerFacts, ProductFacts)).flatmap(message_map).map(msgspec.json.encode),
    st.just(msgspec.json.encode(ProducerFacts(code="MTR001A-P01", business_name="Usaha"))),
)
PROPOSALS_OF_A_TILL = st.lists(
    st.builds(
        Proposal,
        code=st.sampled_from(("MTR001A-P01", "MTR001A-B01", "MTR001B-P01", "P1", "\x00")),
        kind=st.sampled_from(("producer", "product")),
        facts=FACTS,
        sealed=st.binary(max_size=90),
        mark=st.text(max_size=4),
    ),
    max_size=3,
)


class Fuzz:
    """A centre with one till of its own, and everything that is thrown at it."""

    def __init__(self, database: str) -> None:
        self.world = World(database)
        self.centre, self.client = self.world.centre, self.world.client
        self.till = Journal().enrol_at(self.centre)
        self.newcomer = Journal(till="C", ledger_id="55" * 16)
        self.made = 0
        """How many requests schemathesis made; each is sent in ``WAYS`` ways."""
        self.answers: Counter[str] = Counter()
        """How often each endpoint answered with each status."""

    def close(self) -> None:
        """Give the connections back."""
        self.world.close()

    def throw(self, name: str, count: int, start: int) -> None:
        """``count`` requests to the endpoint ``name``, each in ``WAYS`` ways; the same for the same ``start``.

        Raises what it finds.
        """

        @seed(start)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def throw_one(data: st.DataObject) -> None:
            self._one(name, data)

        throw_one()

    def _one(self, name: str, data: st.DataObject) -> None:
        case = data.draw(OPERATIONS[name].as_strategy(data.draw(st.sampled_from(MODES))))
        self.made += 1
        told = {part: getattr(case, part) for part in ("path_parameters", "headers", "query")}
        for _way in range(WAYS if CALLS[name].signed or CALLS[name].body else 1):
            for part, value in told.items():
                setattr(case, part, copy(value))
            self._send(name, case, data)

    def _send(self, name: str, case: Case, data: st.DataObject) -> None:
        signed = CALLS[name].signed and data.draw(MOSTLY)
        if signed and data.draw(MOSTLY):
            self._go_deep(case, data)
        request = requests.Request(**_sendable(case)).prepare()
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        if CALLS[name].body and data.draw(MOSTLY):
            body = self._near_body(name, data) if data.draw(st.booleans()) else data.draw(bodies_of(name))
        headers = {key: text for key, text in request.headers.items() if key.lower() != "content-length"}
        if signed or name == "post_enrol":
            whose = self.till if signed else self.newcomer
            headers |= signed_headers(whose.key, case.method, request.path_url, body, nonce="abc", time=AT)
        answer = self.client.request(case.method, request.path_url, content=body, headers=headers)
        self._check(name, case, answer)

    def _go_deep(self, case: Case, data: st.DataObject) -> None:
        """Aim at the till's own path, and at feeds and headers that exist."""
        parameters = dict(case.path_parameters or {})
        if "device" in parameters:
            parameters["device"] = self.till.device
        if "feed" in parameters and data.draw(MOSTLY):
            parameters["feed"] = data.draw(st.sampled_from(SCOPES))
        case.path_parameters = parameters
        if data.draw(st.booleans()):
            case.headers.pop(PROTOCOL_HEADER, None)
        if "feed" in parameters and data.draw(st.booleans()):
            after = data.draw(st.sampled_from(("", f"{self.centre.timeline}.0", f"{self.centre.timeline}.1", "x.5")))
            case.query = {"after": after}

    def _near_body(self, name: str, data: st.DataObject) -> bytes:
        """A body that the endpoint can do something with, or nearly so."""
        match name:
            case "post_entries":
                return self._batch(data.draw(DEEP))
            case "post_repair":
                head = (self._row().head_seq, bytes(self._row().head_hash))
                seqs, hashes = st.sampled_from((0, 1, head[0])), st.sampled_from((self.till.hash_at(0), head[1]))
                base, own = (data.draw(st.tuples(seqs, hashes)) for _ in range(2))
                names = ("base_seq", "base_hash", "own_seq", "own_hash", "head_seq", "head_hash")
                return deflate(packed(RepairRequest(**dict(zip(names, (*base, *own, *head), strict=True)))))
            case "post_proposals":
                return deflate(packed(Proposals(proposals=tuple(data.draw(PROPOSALS_OF_A_TILL)))))
        with writing(self.centre.engine) as db:
            code = new_code(self.centre, db, "MTR-001", "C")
        changed = st.sampled_from(({}, {}, {"till": "B"}, {"corner": "MTR-002"}, {"code": "x"}, {"ledger_id": "\x00"}))
        return packed(msgspec.structs.replace(self.newcomer.enrol_request(code), **data.draw(changed)))

    def _row(self) -> Any:
        with reading(self.centre.engine) as db:
            row = device_of(db, key_id(public_bytes(self.till.key)))
        assert row is not None
        return row

    def _batch(self, told: dict[str, Any]) -> bytes:
        """A batch that continues the till's journal, or one of another epoch, with whatever entries."""
        row = self._row()
        prev = bytes(row.head_hash)
        known = Batch(
            device=row.device,
            ledger_id=row.ledger_id,
            corner=row.corner,
            till=row.till,
            epoch=told["epoch"],
            first_seq=max(row.head_seq + 1 - told["back"], 1),
            prev=prev,
            last_hash=[prev, *chain(prev, told["entries"])][-1],
            entries=tuple(told["entries"]),
        )
        plain = msgspec.structs.asdict(known) | {"approval": told["approval"], "condition": told["condition"]}
        return deflate(msgspec.msgpack.encode(plain))

    def _check(self, name: str, case: Case, answer: Any) -> None:
        self.answers[f"{name} {answer.status_code}"] += 1
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code != 200:
            assert answer.headers["content-type"] == PROBLEM_TYPE
            assert answer.json()["type"].startswith(TYPE)
            assert answer.json()["status"] == answer.status_code
            return
        call = CALLS[name]
        if isinstance(call.answer, type):
            unseal(answer.content, call.answer, call.purpose, public_bytes(self.centre.key))


def _sendable(case: Case) -> dict[str, Any]:
    """What ``requests`` needs, without what would go to a network."""
    told = case.as_transport_kwargs(base_url="http://testserver")
    return {
        name: told[name] for name in ("method", "url", "headers", "params", "data", "json", "files") if name in told
    }
