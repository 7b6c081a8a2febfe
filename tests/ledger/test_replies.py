"""Replies by file: which of them a till still takes when its centre was restored meanwhile."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pos_app.ledger.exchange import LedgerStore
from sync.client import stick
from sync.protocol.bundle import BUNDLE_MARK, Bundle, Reply, open_bundle, read_mark, write_reply
from sync.protocol.messages import ACK, Ack
from sync.protocol.wire import public_bytes, seal
from tests.corner import Corner
from tests.ledger.test_approvals import enrol
from tests.services.forked_corner import CENTRE_KEY

NOW = "2026-10-02T08:00:00+07:00"
Answer = Callable[..., Path]


@pytest.fixture
def store(open_corner: Corner) -> LedgerStore:
    open_corner.sell("T1")
    enrol(open_corner)
    return LedgerStore(open_corner.ledger)


@pytest.fixture
def answer(open_corner: Corner, store: LedgerStore, tmp_path: Path) -> Answer:
    """Exports a file; the reply of a centre that has so many entries."""
    key = open_corner.counter.vault.signing_key()

    def answered(has: int, timeline: str = "t", problem: str = "") -> Path:
        out, reply = tmp_path / f"{timeline}{has}.out", tmp_path / f"{timeline}{has}.reply"
        assert stick.export_bundle(store, key, out, lambda: NOW).status == "ok"
        bundle: Bundle = open_bundle(read_mark(out, BUNDLE_MARK), public_bytes(key))
        ack = Ack(
            nonce=bundle.nonce,
            device="d",
            ledger_id=store.till().ledger_id,
            timeline=timeline,
            epoch=1,
            acked_seq=has,
            head_hash=store.hash_at(has) or b"",
            server_time=NOW,
        )
        sealed = seal(CENTRE_KEY, ACK, ack)
        write_reply(reply, CENTRE_KEY, Reply(device="d", nonce=bundle.nonce, ack=sealed, problem=problem))
        return reply

    return answered


def take(store: LedgerStore, reply: Path) -> str:
    report = stick.import_reply(store, reply, lambda: NOW)
    return re.sub("^$", report.status, report.reason)


def test_a_reply_of_before_the_centre_was_restored_confirms_nothing(store: LedgerStore, answer: Answer) -> None:
    old = answer(store.head().seq)
    assert take(store, old) == "ok"
    assert take(store, answer(1, problem="gap")) == "gap"
    assert take(store, old) == "older"
    assert store.standing().acked_seq == 1
    assert store.standing().problem == "gap"


def test_a_reply_of_a_timeline_that_was_left_confirms_nothing(store: LedgerStore, answer: Answer) -> None:
    old, new = answer(store.head().seq), answer(2, "other")
    assert take(store, new) == "ok"
    assert take(store, old) == "older"
    assert store.standing().acked_seq == 2


def test_a_reply_to_what_this_ledger_never_exported_is_left_alone(store: LedgerStore, answer: Answer) -> None:
    reply = answer(2)
    store.rewind(0)
    assert take(store, reply) == "older"


def test_replies_to_several_files_are_taken_in_any_order(store: LedgerStore, answer: Answer) -> None:
    first, second = answer(1), answer(2)
    assert take(store, second) == "ok"
    assert take(store, first) == "older"
    assert take(store, second) == "known"
