"""An answer counts only as the answer to this question: signed by the centre's own key, with one field wrong, it is
nonsense, and nothing changes at the till.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from pos_app.ledger import proposed
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.registry_side import HELD
from pos_app.services import exchange, producers
from sync.client import mending, till
from sync.client.caller import Caller, Stopped
from sync.client.till import CentreClient
from sync.client.transport import Settings, Transport
from sync.protocol.batch import Batch, Condition, chain, read_batch
from sync.protocol.entry import Head
from sync.protocol.local import Kept
from sync.protocol.messages import (
    ACK,
    ENROL,
    ENROL_PATH,
    EPOCH,
    KEPT,
    PAGE,
    PROPOSALS,
    REPAIR,
    Ack,
    Approval,
    Enrolment,
    EnrolRequest,
    KeptEntries,
    Page,
    Proposals,
    ProposalsTaken,
    Repair,
)
from sync.protocol.wire import inflate, public_bytes, seal, unpack
from tests.client.support import Scripted, http
from tests.corner import IDENTITY, Corner

KEY = Ed25519PrivateKey.generate()
SEAL_KEY = X25519PrivateKey.generate().public_key().public_bytes_raw()
AT = "2026-10-01T08:00:00+07:00"
WHOSE: dict[str, Any] = {"device": "d1", "ledger_id": IDENTITY.ledger_id, "timeline": "t1"}
PATIENCE = 30
"""After so many messages the centre is honest: who believes that it has less would ask for ever."""
Wrong = dict[str, Any]


class Centre:
    """Answers every question of one till at once, honestly but for the fields of ``wrong`` in messages of ``kind``.

    Once ``replay`` is set, every push is answered with these bytes.
    """

    def __init__(self) -> None:
        self.kind: type[msgspec.Struct] | None = None
        self.wrong: Wrong = {}
        self.kept: list[Kept] = []
        self.batches: list[Batch] = []
        self.acks: list[bytes] = []
        self.replay = b""
        self.said = 0
        self.approval: Approval | None = None
        self.server: Scripted

    def __call__(self, connection: socket.socket, _stop: threading.Event) -> None:
        head, _, body = self.server.requests[-1].partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): text for name, text in (line.split(": ", 1) for line in lines)}
        method, path, _version = first.split(" ")
        connection.sendall(http("200 OK", self._answer(method, path, headers["pojok-nonce"], body)))

    def _answer(self, method: str, path: str, nonce: str, body: bytes) -> bytes:
        if path == ENROL_PATH:
            return self._sealed(ENROL, _enrolment(nonce, unpack(body, EnrolRequest)))
        if "/pull/" in path:
            scope, _, after = path.rpartition("/")[2].partition("?after=")
            return self._sealed(
                PAGE, Page(nonce=nonce, device="d1", scope=scope, timeline="t1", after=after, cursor="c1")
            )
        if path.endswith("/proposals"):
            codes = [(one.code, one.mark) for one in unpack(inflate(body), Proposals).proposals]
            return self._sealed(
                PROPOSALS, ProposalsTaken(nonce=nonce, device="d1", taken=tuple(codes), seal_key=SEAL_KEY)
            )
        if path.endswith("/repair"):
            approval = seal(KEY, EPOCH, self.approval) if self.approval else b""
            state = "approved" if approval else "waiting"
            return self._sealed(REPAIR, Repair(nonce=nonce, device="d1", state=state, approval=approval))
        return self._kept(nonce) if method == "GET" else self._ack(nonce, read_batch(body))

    def _ack(self, nonce: str, batch: Batch) -> bytes:
        told = {"acked_seq": batch.last_seq, "head_hash": batch.last_hash, "cursors": {"producers": "c1"}}
        ack = Ack(nonce=nonce, epoch=1, server_time=AT, **WHOSE, **told)
        self.batches.append(batch)
        self.acks.append(self._sealed(ACK, ack))
        return self.replay or self.acks[-1]

    def _kept(self, nonce: str) -> bytes:
        last = self.kept[-1]
        return self._sealed(
            KEPT,
            KeptEntries(
                nonce=nonce,
                device="d1",
                ledger_id=IDENTITY.ledger_id,
                epoch=1,
                first_seq=1,
                prev=self.kept[0].prev,
                last_hash=last.hash,
                entries=tuple(entry.body for entry in self.kept),
                head_epoch=1,
                head_seq=len(self.kept),
                head_hash=last.hash,
            ),
        )

    def _sealed(self, purpose: str, message: msgspec.Struct) -> bytes:
        self.said += 1
        wrong = self.wrong if isinstance(message, self.kind or ()) and self.said < PATIENCE else {}
        return seal(KEY, purpose, msgspec.structs.replace(message, **wrong))


def _enrolment(nonce: str, asked: EnrolRequest) -> Enrolment:
    whose = WHOSE | {"ledger_id": asked.ledger_id, "corner": asked.corner, "till": asked.till}
    return Enrolment(nonce=nonce, corner_name="Dinas", epoch=1, centre_key=public_bytes(KEY), server_time=AT, **whose)


class Till:
    """A real ledger with a few entries and a producer to propose, before it joined."""

    def __init__(self, corner: Corner, centre: Centre) -> None:
        self.corner = corner
        self.centre = centre
        self.key = corner.counter.vault.signing_key()
        self.store = LedgerStore(corner.ledger, self.key, corner.counter.vault)
        self.client = CentreClient(Settings(total_seconds=10.0))

    def enrol(self) -> str:
        report = self.client.enrol(self.store, self.key, self.centre.server.url, "CODE")
        return report.reason or report.status

    def exchange(self) -> str:
        report = self.client.exchange(self.store, self.key, lambda: Condition(app="1"))
        return report.reason or report.status

    def fetch(self, take: Callable[[KeptEntries], None]) -> str:
        report = self.client.fetch_entries(self.store, self.key, 0, take)
        return report.reason or report.status

    def ask_repair(self) -> str:
        link = self.store.standing().link
        assert link is not None
        own, base = self.store.head(), Head(1, self.store.hash_at(1) or b"")
        with Transport(self.centre.server.url) as transport:
            caller = Caller(transport, self.key, lambda: AT)
            try:
                return mending.ask_repair(caller, self.store, link, mending.Standings(base, own, HEAD)).reason
            except Stopped as stop:
                return stop.reason


HEAD = Head(2, bytes(32))


@contextmanager
def answering(corner: Corner) -> Iterator[Till]:
    centre = Centre()
    centre.server = Scripted(centre)
    try:
        yield Till(corner, centre)
    finally:
        centre.server.close()


@pytest.fixture
def stranger(open_corner: Corner) -> Iterator[Till]:
    with answering(open_corner) as found:
        yield found


@pytest.fixture
def joined(stranger: Till) -> Till:
    assert stranger.enrol() == "ok"
    stranger.centre.kept = stranger.store.entries(1, 500)
    return stranger


def lie(found: Till, kind: type[msgspec.Struct], wrong: Wrong) -> None:
    found.centre.kind, found.centre.wrong = kind, wrong


OTHER_NONCE = {"nonce": "0" * 32}
OTHER_DEVICE = {"device": "d2"}
OTHER_LEDGER = {"ledger_id": "22" * 16}


def named(*cases: Wrong) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("wrong", cases, ids=["+".join(case) for case in cases])


@named(OTHER_NONCE, OTHER_LEDGER, {"corner": "MTR-009"}, {"till": "B"}, {"centre_key": bytes(32)})
def test_an_enrolment_is_for_this_question_ledger_and_till(stranger: Till, wrong: Wrong) -> None:
    lie(stranger, Enrolment, wrong)
    assert stranger.enrol() == "nonsense"
    assert stranger.store.standing().link is None
    lie(stranger, Enrolment, {})
    assert stranger.enrol() == "ok"


@named(OTHER_NONCE, OTHER_DEVICE, OTHER_LEDGER, {"epoch": 2}, {"acked_seq": 1})
def test_an_ack_is_for_this_question_till_and_batch(joined: Till, wrong: Wrong) -> None:
    if "acked_seq" in wrong:
        wrong = wrong | {"head_hash": joined.store.hash_at(1)}
    lie(joined, Ack, wrong)
    assert joined.exchange() == "nonsense"
    assert joined.store.standing().acked_seq == 0
    lie(joined, Ack, {})
    assert joined.exchange() == "ok"
    assert joined.store.standing().acked_seq == len(joined.centre.kept)


def test_an_older_ack_that_covers_all_that_is_sent_counts_for_nothing(joined: Till) -> None:
    """The centre lost entries, was sent them again, and somebody answers in its place with what it said before."""
    assert joined.exchange() == "ok"
    joined.store.rewind(2)
    joined.centre.replay = joined.centre.acks[-1]
    assert joined.exchange() == "nonsense"
    assert joined.store.standing().acked_seq == 2


@named(OTHER_NONCE, OTHER_DEVICE, {"scope": "catalogue"}, {"after": "c9"}, {"more": True, "cursor": ""})
def test_a_page_is_for_this_question_till_scope_and_cursor(joined: Till, wrong: Wrong) -> None:
    lie(joined, Page, wrong)
    assert joined.exchange() == "nonsense"
    assert joined.store.standing().cursors == {}
    lie(joined, Page, {})
    assert joined.exchange() == "ok"
    assert joined.store.standing().cursors == {"producers": "c1"}


@named(OTHER_NONCE, OTHER_DEVICE)
def test_proposals_are_taken_by_the_answer_to_this_question_only(joined: Till, wrong: Wrong) -> None:
    """Another centre's key would make personal data legible to it."""
    code = producers.register(joined.corner.counter, producers.Entry(business_name="Dapur Siger"), "boss")
    lie(joined, ProposalsTaken, wrong)
    joined.exchange()
    assert joined.store.seal_key() == b""
    assert proposed.states(joined.corner.db) == {code: "waiting"}
    lie(joined, ProposalsTaken, {})
    joined.store.begin_anew("producers")
    with joined.corner.ledger.write() as tx:
        tx.db.execute("DELETE FROM exchange WHERE key = ?", (HELD,))
    joined.exchange()
    assert joined.store.seal_key() == SEAL_KEY
    assert proposed.states(joined.corner.db) == {code: "sent"}


@named(OTHER_NONCE, OTHER_DEVICE, {"first_seq": 2}, {"last_hash": bytes(32)}, {"entries": ()}, {"prev": bytes(32)})
def test_entries_that_are_fetched_are_those_that_were_asked_for_and_whole(joined: Till, wrong: Wrong) -> None:
    taken: list[KeptEntries] = []
    lie(joined, KeptEntries, wrong)
    assert joined.fetch(taken.append) == "nonsense"
    assert taken == []
    lie(joined, KeptEntries, {})
    assert joined.fetch(taken.append) == "ok"
    assert chain(taken[0].prev, taken[0].entries)[-1] == joined.store.head().hash


@named(OTHER_NONCE, OTHER_DEVICE)
def test_a_repair_is_for_this_question_and_till(joined: Till, wrong: Wrong) -> None:
    lie(joined, Repair, wrong)
    assert joined.ask_repair() == "nonsense"
    lie(joined, Repair, {})
    assert joined.ask_repair() == "repair_waiting"


APPROVED_WRONGLY: tuple[Wrong, ...] = (
    *(OTHER_DEVICE, OTHER_LEDGER, {"base_seq": 2}, {"base_hash": bytes(32)}),
    *({"head_seq": 3}, {"head_hash": bytes(31) + b"1"}),
)


@named(*APPROVED_WRONGLY)
def test_an_approval_is_of_what_was_asked_for(joined: Till, wrong: Wrong) -> None:
    right = Approval(
        device="d1",
        ledger_id=IDENTITY.ledger_id,
        epoch=2,
        head_seq=HEAD.seq,
        head_hash=HEAD.hash,
        base_seq=1,
        base_hash=joined.store.hash_at(1) or b"",
        approved_at=AT,
    )
    joined.centre.approval = msgspec.structs.replace(right, **wrong)
    assert joined.ask_repair() == "nonsense"
    joined.centre.approval = right
    assert joined.ask_repair() == "repair_approved"


def test_how_the_till_is_is_told_once_a_minute_and_again_where_nobody_answered(
    joined: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[bool]:
        return [batch.condition is not None for batch in joined.centre.batches]

    lie(joined, Ack, OTHER_NONCE)
    joined.exchange()
    lie(joined, Ack, {})
    joined.exchange()
    joined.exchange()
    assert told() == [True, True, False]
    monkeypatch.setattr(till, "CONDITION_SECONDS", 0.0)
    joined.exchange()
    assert told() == [True, True, False, True]


def test_an_exchange_of_many_batches_tells_with_the_last_how_the_till_is(
    joined: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.client.exchange.MAX_ENTRIES", 1)
    joined.corner.receive("T1", "1")
    ends = joined.store.head().seq
    assert ends > 1
    joined.client.exchange(joined.store, joined.key, lambda: exchange.condition(joined.corner.ledger))
    told = [(batch.last_seq, batch.condition) for batch in joined.centre.batches]
    assert [seq for seq, _condition in told] == list(range(1, ends + 1))
    assert [condition and condition.unsent for _seq, condition in told] == [None] * (ends - 1) + [1]
