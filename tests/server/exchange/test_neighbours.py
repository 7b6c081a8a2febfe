"""What a till hears of the other tills of its corner: their entries in order, and nobody else's."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
import sqlalchemy as sa

from sync.protocol.batch import Condition
from sync.protocol.entry import make_body
from sync.protocol.messages import ACK, PAGE, Ack, Cursor, OtherTill, Page, pull_path
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import public_bytes, unseal
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange import neighbours
from sync.server.exchange.feeds import cursors_at, read_page
from sync.server.exchange.ingest import make_ack, take_batch
from sync.server.trust.replaying import rebuild
from tests.server.support import AT, DATE, Journal, problem

MOST_DIGITS = 36**6 - 1


def enrolled(centre, till: str, ledger: str, corner: str = "MTR-001", moves: int = 3) -> Journal:
    """A till that pushed some entries."""
    found = Journal(corner=corner, till=till, ledger_id=ledger * 16).enrol_at(centre)
    if moves:
        push(centre, found.add_moves(moves))
    return found


def push(centre, journal: Journal) -> None:
    with writing(centre.engine) as db:
        device = db.execute(sa.select(schema.devices).where(schema.devices.c.device == journal.device)).one()
        take_batch(centre, db, device, journal.batch(device.head_seq + 1))


def revoke(centre, journal: Journal) -> None:
    with writing(centre.engine) as db:
        keys = schema.keys
        db.execute(sa.update(keys).where(keys.c.device == journal.device).values(revoked_at=centre.now()))


def device_of(db, journal: Journal):
    return db.execute(sa.select(schema.devices).where(schema.devices.c.device == journal.device)).one()


def page(centre, journal: Journal, after: str = "") -> Page:
    with reading(centre.engine) as db:
        return read_page(centre, db, device_of(db, journal), "neighbours", after, "n")


def cursor(centre, journal: Journal) -> str | None:
    with reading(centre.engine) as db:
        return cursors_at(centre, neighbours.ends(db, device_of(db, journal))).get("neighbours")


def told(centre, journal: Journal) -> tuple[OtherTill, ...]:
    with reading(centre.engine) as db:
        return make_ack(centre, db, device_of(db, journal), "n").neighbours


def pull(centre, journal: Journal, after: str = "") -> tuple[list[tuple[str, bytes]], str]:
    rows = []
    while True:
        found = page(centre, journal, after)
        rows += [(row.key, row.body) for row in found.rows()]
        after = found.cursor
        if not found.more:
            return rows, after


def rows_of(journal: Journal, after: int = 0) -> list[tuple[str, bytes]]:
    bodies = list(enumerate(journal.bodies, start=1))[after:]
    return [(f"{journal.device}/{journal.till}/{seq}", body) for seq, body in bodies]


@contextmanager
def statements(centre) -> Iterator[list[str]]:
    told: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        told.append(statement)

    sa.event.listen(centre.engine, "before_cursor_execute", hear)
    yield told
    sa.event.remove(centre.engine, "before_cursor_execute", hear)


def test_a_corner_with_one_till_never_hears_of_the_scope(centre, journal):
    enrolled(centre, "A", "22", corner="MTR-002")
    assert cursor(centre, journal) is None
    assert page(centre, journal).rows() == []


def test_a_till_gets_the_entries_of_the_others_byte_for_byte_and_ends_where_the_ack_says(centre, journal):
    second, third = enrolled(centre, "B", "22"), enrolled(centre, "C", "33", moves=1)
    enrolled(centre, "B", "44", corner="MTR-002")
    push(centre, journal.add_moves(2))
    rows, end = pull(centre, journal)
    assert sorted(rows) == sorted(rows_of(second) + rows_of(third))
    assert end == cursor(centre, journal)
    assert sorted(pull(centre, second)[0]) == sorted(rows_of(journal) + rows_of(third))


def test_only_what_is_new_comes_after_a_cursor(centre, journal):
    second = enrolled(centre, "B", "22")
    _rows, end = pull(centre, journal)
    push(centre, journal.add_moves(1))
    assert cursor(centre, journal) == end
    push(centre, second.add_moves(2))
    assert cursor(centre, journal) != end
    assert pull(centre, journal, end)[0] == rows_of(second, 4)


@pytest.mark.parametrize("bound", ["PAGE_ROWS", "PAGE_BYTES"])
def test_pages_are_bounded_and_leave_nothing_out(centre, journal, monkeypatch, bound):
    monkeypatch.setattr(neighbours, bound, 3 if bound == "PAGE_ROWS" else 500)
    second, third = enrolled(centre, "B", "22", moves=10), enrolled(centre, "C", "33", moves=6)
    first = page(centre, journal)
    assert (1 <= len(first.rows()) <= 3, first.more) == (True, True)
    assert sorted(pull(centre, journal)[0]) == sorted(rows_of(second) + rows_of(third))


def test_an_entry_larger_than_a_page_comes_alone(centre, journal, monkeypatch):
    monkeypatch.setattr(neighbours, "PAGE_BYTES", 10)
    second = enrolled(centre, "B", "22", moves=2)
    assert [len(page(centre, journal, after).rows()) for after in ("", page(centre, journal).cursor)] == [1, 1]
    assert pull(centre, journal)[0] == rows_of(second)


def test_a_till_that_joins_later_is_added_without_starting_over(centre, journal, clock):
    second = enrolled(centre, "B", "22")
    _rows, end = pull(centre, journal)
    clock.pass_(seconds=1)
    third = enrolled(centre, "C", "33")
    found = page(centre, journal, end)
    assert [(row.key, row.body) for row in found.rows()] == rows_of(third)
    assert not found.restart
    push(centre, second.add_moves(1))
    assert pull(centre, journal, found.cursor)[0] == rows_of(second, 4)


def test_a_revoked_till_stays_with_what_it_recorded_and_is_told_as_gone(centre, journal, clock):
    second, third = enrolled(centre, "B", "22"), enrolled(centre, "C", "33")
    rows, end = pull(centre, journal)
    revoke(centre, second)
    assert cursor(centre, journal) == end
    assert pull(centre, journal) == (rows, end)
    assert {one.till: one.state for one in told(centre, journal)} == {"B": "gone", "C": ""}
    push(centre, third.add_moves(1))
    assert pull(centre, journal, end)[0] == rows_of(third, 4)


def test_the_till_that_replaces_one_is_another_neighbour(centre, journal, clock):
    old = enrolled(centre, "B", "22")
    _rows, end = pull(centre, journal)
    clock.pass_(seconds=1)
    new = enrolled(centre, "B", "55", moves=1)
    found = page(centre, journal, end)
    assert (found.restart, [(row.key, row.body) for row in found.rows()]) == (False, rows_of(new))
    states = {one.device: (one.till, one.state) for one in told(centre, journal)}
    assert states == {old.device: ("B", "gone"), new.device: ("B", "")}


def test_an_entry_in_quarantine_leaves_no_hole_and_no_figure(centre, journal):
    second = enrolled(centre, "B", "22")
    second.add_bytes(b"no entry at all")
    push(centre, second.add_moves(1))
    rows, _end = pull(centre, journal)
    expected = rows_of(second)
    expected[4] = (expected[4][0], b"")
    assert rows == expected


def test_entries_of_a_later_epoch_go_on_in_the_order_of_their_numbers(centre, journal):
    second = enrolled(centre, "B", "22")
    _rows, with_four = pull(centre, journal)
    with writing(centre.engine) as db:
        row = {"device": second.device, "epoch": 2, "seq": 5, "body": b"{}", "prev": b"p" * 32, "hash": b"h" * 32}
        db.execute(sa.insert(schema.entries), [{**row, "received_at": AT}])
        db.execute(
            sa.update(schema.devices).where(schema.devices.c.device == second.device).values(epoch=2, head_seq=5)
        )
    key = f"{second.device}/B/5"
    assert pull(centre, journal)[0] == [*rows_of(second), (key, b"{}")]
    assert pull(centre, journal, with_four)[0] == [(key, b"{}")]


def test_a_cursor_of_another_timeline_or_from_the_future_starts_over(centre, journal):
    second = enrolled(centre, "B", "22")
    _rows, end = pull(centre, journal)
    timeline, _, rest = end.partition(".")
    for other in (f"{'0' * len(timeline)}.{rest}", end.rpartition(".")[0] + ".5", f"{timeline}.{'0' * 8}.1"):
        found = page(centre, journal, other)
        assert (found.restart, len(found.rows())) == (True, len(second.bodies))


@pytest.mark.parametrize("bad", ["x.y.!", "t.c.1-", "t.c.--1", "t.c.é"])
def test_what_is_no_cursor_is_refused(centre, journal, bad):
    enrolled(centre, "B", "22")
    with pytest.raises(ExchangeProblem, match="no cursor"):
        page(centre, journal, bad)


def set_aside(centre, journal: Journal, seq: int) -> None:
    """As an older program did, which did not know the kind."""
    row = {"device": journal.device, "epoch": 1, "seq": seq, "reason": "unknown_kind", "detail": ""}
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.quarantine), row)
        devices = schema.devices
        db.execute(sa.update(devices).where(devices.c.device == journal.device).values(held=devices.c.held + 1))


def test_what_a_rebuild_took_out_of_quarantine_is_told(centre, journal):
    second = enrolled(centre, "B", "22")
    set_aside(centre, second, 3)
    rows, end = pull(centre, journal)
    assert dict(rows)[f"{second.device}/B/3"] == b""
    rebuild(centre)
    assert cursor(centre, journal) != end
    assert page(centre, journal, end).restart
    assert pull(centre, journal, end)[0] == rows_of(second)


def test_a_page_that_ended_before_the_rebuild_is_no_place_to_go_on_from(centre, journal, monkeypatch):
    second = enrolled(centre, "B", "22", moves=6)
    set_aside(centre, second, 3)
    monkeypatch.setattr(neighbours, "PAGE_ROWS", 4)
    half = page(centre, journal).cursor
    assert not page(centre, journal, half).restart
    set_aside(centre, second, 6)
    assert not page(centre, journal, half).restart, "what is set aside later changes nothing before it"
    rebuild(centre)
    assert page(centre, journal, half).restart


@pytest.mark.parametrize("rows", [2, 100])
def test_other_entries_under_the_same_numbers_are_noticed(centre, journal, monkeypatch, rows):
    monkeypatch.setattr(neighbours, "PAGE_ROWS", rows)
    second = enrolled(centre, "B", "22")
    end = page(centre, journal).cursor
    with writing(centre.engine) as db:  # a copy of before was restored, and went on otherwise
        entries, devices = schema.entries, schema.devices
        db.execute(sa.update(entries).where(entries.c.device == second.device).values(hash=b"o" * 32))
        db.execute(sa.update(devices).where(devices.c.device == second.device).values(head_hash=b"o" * 32))
    assert cursor(centre, journal) != end
    assert page(centre, journal, end).restart


def test_a_till_is_heard_of_when_it_tells_that_nothing_is_unsent(centre, journal):
    second = enrolled(centre, "B", "22")

    def heard(condition: Condition | None) -> int:
        batch = msgspec.structs.replace(second.add_moves(1).batch(len(second.bodies)), condition=condition)
        with writing(centre.engine) as db:
            take_batch(centre, db, device_of(db, second), batch)
        return told(centre, journal)[0].heard

    assert heard(None) == 0
    assert heard(Condition(app="1", unsent=1, at=1_000)) == 1_000
    assert heard(None) == 1_000, "what came since may have been before"
    assert heard(Condition(app="1", unsent=2, at=2_000)) == 0, "something was recorded while the batch was made"
    now = int(centre.clock().timestamp())
    assert heard(Condition(app="1", unsent=1, at=now + 20)) == now, "clocks differ a little"
    assert heard(Condition(app="1", unsent=1, at=now + 3_600)) == 0, "its clock cannot be believed"


def test_tills_beyond_the_tenth_are_told_as_left_out(centre, journal, clock):
    for place, letter in enumerate("BCDEFGHIJKL", start=32):
        clock.pass_(seconds=1)
        enrolled(centre, letter, f"{place:02x}", moves=0)
    assert [(one.till, one.state) for one in told(centre, journal)][-2:] == [("K", ""), ("L", "left_out")]


def test_the_ack_of_a_till_alone_says_nothing_of_others(centre, journal):
    with reading(centre.engine) as db:
        assert b"neighbours" not in msgspec.msgpack.encode(make_ack(centre, db, device_of(db, journal), "n"))


def test_the_cursor_of_eleven_tills_fits(centre):
    tills = [enrolled(centre, letter, f"{place:02x}", moves=0) for place, letter in enumerate("ABCDEFGHIJK", start=16)]
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.devices).values(head_seq=MOST_DIGITS))
    found = cursor(centre, tills[0])
    assert found is not None
    limit = next(meta.max_length for meta in Cursor.__metadata__)
    assert (found.count("-"), len(found) <= limit) == (9, True)


def test_an_ack_asks_no_more_questions_and_a_push_writes_no_more_where_there_are_neighbours(centre, journal):
    def of_one_push() -> list[str]:
        journal.add_moves(1)
        with statements(centre) as told:
            push(centre, journal)
            with reading(centre.engine) as db:
                make_ack(centre, db, device_of(db, journal), "n")
        return told

    push(centre, journal.add_moves(1))
    alone = of_one_push()
    enrolled(centre, "B", "22")
    assert of_one_push() == alone


def test_the_scope_is_named_in_the_ack_and_pulled_over_http(centre, journal, caller):
    second = enrolled(centre, "B", "22")
    ack = unseal(caller.push(journal.add_moves(1)).content, Ack, ACK, public_bytes(centre.key))
    answer = caller.call(journal, "GET", pull_path(journal.device, "neighbours", ""))
    found = unseal(answer.content, Page, PAGE, public_bytes(centre.key))
    assert [(row.key, row.body) for row in found.rows()] == rows_of(second)
    assert found.cursor == ack.cursors["neighbours"]
    again = caller.call(journal, "GET", pull_path(journal.device, "neighbours", found.cursor))
    assert unseal(again.content, Page, PAGE, public_bytes(centre.key)).rows() == []


def test_nobody_pulls_the_neighbours_of_another_till(centre, journal, caller):
    stranger = enrolled(centre, "B", "44", corner="MTR-002")
    answer = caller.call(stranger, "GET", pull_path(journal.device, "neighbours", ""))
    assert (answer.status_code, problem(answer)) == (403, "foreign_device")


def test_a_body_of_any_bytes_travels(centre, journal):
    second = enrolled(centre, "B", "22", moves=0)
    second.add_bytes(bytes(range(256)))
    second.add_bytes(make_body(_shift(), epoch=1, seq=2, document_id="x", at=AT, date=DATE, cashier="k", app="0"))
    push(centre, second)
    rows, _end = pull(centre, journal)
    assert [body for _key, body in rows] == [b"", second.bodies[1]]


def _shift():
    from sync.documents.shift import ShiftOpened

    return ShiftOpened(number="BK-MTR001B-000001", float=1)
