"""Projections are made anew from the journal, or nothing is changed."""

from typing import Any

import pytest

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.schema import PROJECTION_TABLES
from pos_app.ledger.sqlite import Error
from pos_app.ledger.verify import verify
from pos_app.services.figures import current_state
from tests.corner import Corner, dump
from tests.ledger.make_fixture import every_kind
from tests.ledger.test_verify import forge, unlock

ROWID_TABLES = ("documents", "shifts", "reversed", "settled")


@pytest.fixture
def day(corner: Corner) -> Corner:
    """A day with every kind of document."""
    every_kind(corner)
    corner.do("open_shift", float=1_000)
    return corner


def in_order(corner: Corner) -> list[tuple[Any, ...]]:
    """Every row of every table, without the pages of SQLite's own."""
    return sorted(dump(corner.db), key=repr)


def schema(corner: Corner) -> list[tuple[Any, ...]]:
    query = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name"
    return [tuple(row) for row in corner.db.execute(query)]


def test_damaged_projections_become_what_they_were(day: Corner) -> None:
    before, tables, state = in_order(day), schema(day), current_state(day.ledger)
    for table in PROJECTION_TABLES:
        day.db.execute(f"DELETE FROM {table} WHERE rowid % 2 = 1" if table in ROWID_TABLES else f"DELETE FROM {table}")
    day.db.execute("INSERT INTO balances VALUES ('cash', 77, 1)")
    day.db.execute("DROP TABLE prices")
    with pytest.raises(DamagedLedger):
        verify(day.ledger)
    heard: list[tuple[int, int]] = []
    entries = day.ledger.head().seq
    assert rebuild(day.ledger, lambda done, total: heard.append((done, total))) == entries
    assert heard == [(entries, entries)]
    assert (in_order(day), schema(day), current_state(day.ledger)) == (before, tables, state)
    verify(day.ledger)
    day.receive("T1", "2")
    day.sell("T1")
    verify(day.ledger)


def test_entries_are_guarded_after_a_rebuild(day: Corner) -> None:
    rebuild(day.ledger)
    for statement in ("DELETE FROM journal", "UPDATE journal SET kind = 'x'"):
        with pytest.raises(Error):
            day.db.execute(statement)


def test_an_empty_ledger_is_rebuilt(corner: Corner) -> None:
    assert rebuild(corner.ledger) == 0
    verify(corner.ledger)


@pytest.mark.parametrize("entry", [1, 7, 15])
def test_a_broken_journal_is_named_and_nothing_changed(day: Corner, entry: int) -> None:
    unlock(day)
    day.db.execute("UPDATE journal SET hash = zeroblob(32) WHERE seq = ?", (entry,))
    day.db.execute("DELETE FROM balances")
    before = in_order(day)
    with pytest.raises(DamagedLedger) as error:
        rebuild(day.ledger)
    assert error.value.entry == entry
    assert in_order(day) == before


def test_a_number_given_twice_is_named(open_corner: Corner) -> None:
    open_corner.do("cash_move", direction="in", amount=5)
    open_corner.do("cash_move", direction="in", amount=6)
    open_corner.do("cash_move", direction="in", amount=7)
    forge(open_corner, 8, b"KK-MTR001A-000003", b"KK-MTR001A-000001")
    before = in_order(open_corner)
    with pytest.raises(DamagedLedger) as error:
        rebuild(open_corner.ledger)
    assert error.value.entry == 8
    assert in_order(open_corner) == before
