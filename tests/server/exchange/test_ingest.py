"""A batch is taken exactly once, in order, or refused with a precise reason and nothing written."""

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.money import CashMove
from sync.documents.shift import ShiftOpened
from sync.protocol.entry import make_body
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import key_id, public_bytes
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.ingest import device_of, make_ack, take_batch
from tests.server.support import AT, DATE, Journal


def push(centre: Centre, journal: Journal, batch=None):
    with writing(centre.engine) as db:
        device = device_of(db, key_id(public_bytes(journal.key)), lock=True)
        taken = take_batch(centre, db, device, batch or journal.batch())
        return taken[:2], make_ack(centre, db, taken.device, "n")


def rows(centre: Centre, table: sa.Table) -> int:
    with reading(centre.engine) as db:
        return db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def quarantined(centre: Centre) -> list[tuple[int, str]]:
    with reading(centre.engine) as db:
        found = db.execute(sa.select(schema.quarantine.c.seq, schema.quarantine.c.reason))
        return [tuple(row) for row in found]


def test_entries_are_kept_byte_for_byte(centre, journal):
    journal.add_moves(3)
    taken, ack = push(centre, journal)
    assert taken == (4, 0)
    assert (ack.acked_seq, ack.head_hash) == (4, journal.hash_at(4))
    with reading(centre.engine) as db:
        stored = list(db.execute(sa.select(schema.entries.c.body).order_by(schema.entries.c.seq)).scalars())
    assert stored == journal.bodies


def test_a_batch_sent_again_changes_nothing(centre, journal):
    journal.add_moves(3)
    push(centre, journal)
    taken, ack = push(centre, journal)
    assert taken == (0, 4)
    assert ack.acked_seq == 4
    assert rows(centre, schema.entries) == 4
    with reading(centre.engine) as db:
        cash = db.execute(sa.select(schema.balances.c.amount).where(schema.balances.c.account == "cash")).scalar_one()
    assert cash == 203_000


def test_an_overlapping_batch_adds_only_what_is_new(centre, journal):
    journal.add_moves(3)
    push(centre, journal)
    journal.add_moves(2)
    taken, ack = push(centre, journal, journal.batch(first=3))
    assert taken == (2, 2)
    assert ack.acked_seq == 6


def test_an_empty_batch_is_answered_with_the_head(centre, journal):
    assert push(centre, journal)[1].head_hash == journal.hash_at(0)
    journal.add_moves(1)
    push(centre, journal)
    assert push(centre, journal, journal.batch(first=3))[1].acked_seq == 2


@pytest.mark.parametrize("first", [1, 2, 4])
def test_a_changed_entry_is_a_fork_wherever_it_is(centre, journal, first):
    journal.add_moves(3)
    push(centre, journal)
    other = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key)
    for body in journal.bodies[: first - 1]:
        other.add_bytes(body)
    other.add(CashMove(number="KK-MTR001A-000009", direction="in", amount=7), document_id="other")
    other.add_moves(5)
    for start in (1, first):
        with pytest.raises(ExchangeProblem) as refused:
            push(centre, other, other.batch(first=start))
        assert refused.value.name == "fork"
    assert rows(centre, schema.entries) == 4


def test_a_restored_till_that_went_another_way_is_a_fork_even_when_it_only_appends(centre, journal):
    journal.add_moves(3)
    push(centre, journal)
    restored = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x").add_moves(9)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, restored, restored.batch(first=5))
    assert refused.value.name == "fork"


def test_missing_entries_are_a_gap_that_names_the_expected_one(centre, journal):
    journal.add_moves(6)
    push(centre, journal, journal.batch(last=2))
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, journal, journal.batch(first=5))
    assert refused.value.name == "gap"
    assert refused.value.problem.expected_seq == 3


def test_a_batch_that_does_not_end_in_its_hash_is_a_broken_chain(centre, journal):
    journal.add_moves(2)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, journal, journal.batch(last_hash=bytes(32)))
    assert refused.value.name == "broken_chain"
    assert rows(centre, schema.entries) == 0


@pytest.mark.parametrize("claim", [{"corner": "MTR-002"}, {"till": "B"}, {"device": "x"}, {"ledger_id": "22" * 16}])
def test_a_claim_that_differs_from_the_key_is_refused(centre, journal, claim):
    journal.add_moves(2)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, journal, journal.batch(**claim))
    assert refused.value.name == "foreign_device"
    assert rows(centre, schema.entries) == 0


def test_another_epoch_is_a_fork(centre, journal):
    journal.add_moves(1)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, journal, journal.batch(epoch=2))
    assert refused.value.name == "fork"


def unknown_entry(seq: int, **changed) -> bytes:
    fields = {"epoch": 1, "seq": seq, "id": f"u{seq}", "kind": "hologram", "version": 1, "at": AT, "date": DATE}
    return msgspec.json.encode({**fields, "doc": {"number": "XX-MTR001A-000001"}, **changed})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (unknown_entry(3), "unknown_kind"),
        (unknown_entry(3, kind="sale", version=99), "unknown_kind"),
        (unknown_entry(3, kind="sale"), "invalid_document"),
        (unknown_entry(4), "misplaced"),
        (b"\xff\xfe no entry at all", "unreadable"),
        (b'{"epoch":1}', "unreadable"),
        (unknown_entry(3).replace(b'"u3"', b'"\\ud800abcdef"'), "unreadable"),
        (unknown_entry(3).replace(b'"u3"', b'"\\u0000"'), "unknown_kind"),
    ],
)
def test_what_cannot_be_projected_is_stored_and_quarantined_and_blocks_nobody(centre, journal, body, reason):
    journal.add_moves(1)
    journal.add_bytes(body)
    journal.add_moves(1)
    taken, ack = push(centre, journal)
    assert taken == (4, 0)
    assert ack.acked_seq == 4
    assert [(item.seq, item.reason) for item in ack.quarantined] == [(3, reason)]
    assert quarantined(centre) == [(3, reason)]
    with reading(centre.engine) as db:
        cash = db.execute(sa.select(schema.balances.c.amount).where(schema.balances.c.account == "cash")).scalar_one()
    assert cash == 202_000


def test_fields_of_a_later_version_are_kept_and_ignored(centre, journal):
    plain = make_body(
        ShiftOpened(number="BK-MTR001A-000001", float=5_000),
        epoch=1,
        seq=1,
        document_id="d1",
        at=AT,
        date=DATE,
        cashier="",
        app="",
    )
    later = msgspec.json.decode(plain)
    later["doc"]["colour"] = "blue"
    later["mood"] = 3
    journal.add_bytes(msgspec.json.encode(later))
    assert push(centre, journal)[1].quarantined == ()


def test_a_document_id_counts_once_at_the_centre(centre, journal):
    journal.add_moves(1)
    journal.add(CashMove(number="KK-MTR001A-000002", direction="in", amount=500), document_id="11-d2")
    push(centre, journal)
    assert quarantined(centre) == [(3, "duplicate_document")]
    second = Journal(till="B", ledger_id="33" * 16).enrol_at(centre)
    second.add(CashMove(number="KK-MTR001B-000001", direction="in", amount=500), document_id="11-d2")
    _, ack = push(centre, second)
    assert [item.reason for item in ack.quarantined] == ["duplicate_document"]


def test_a_thousand_entries_in_any_cut_make_the_same_centre(centre, journal):
    journal.add_moves(1_000)
    first = 1
    for size in (1, 500, 7, 13, 480):
        push(centre, journal, journal.batch(first=max(1, first - 3), last=first + size - 1))
        first += size
    assert rows(centre, schema.entries) == 1_001
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.devices.c.head_hash)).scalar_one() == journal.hash_at(1_001)
