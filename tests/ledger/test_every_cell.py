"""Whatever is changed, added or removed in a projection or an entry is found, and its entry is named."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.schema import PROJECTION_TABLES
from pos_app.ledger.verify import JOURNAL, beginning, checked, verify
from sync.protocol.entry import BrokenEntry
from tests.corner import PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register
from tests.ledger.make_fixture import every_kind

BY_ENTRY = ("documents", "refunded", "reversed", "settled")
"""Projections in which every row comes from one entry, whose number is its first column of that name."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corner]:
    """A day with every kind of document; every test leaves it as it was."""
    folder = tmp_path_factory.mktemp("day")
    corner = new_corner(folder)
    register(corner, folder, PRODUCERS, PRODUCTS, STAFF)
    every_kind(corner)
    corner.do("open_shift", float=1_000)
    yield corner
    corner.verify()
    corner.ledger.close()


def columns(corner: Corner, table: str) -> list[str]:
    return [row["name"] for row in corner.db.execute(f"PRAGMA table_info({table})")]


def rows(corner: Corner, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in corner.db.execute(f"SELECT * FROM {table}")]


def remove(corner: Corner, table: str, row: Sequence[Any]) -> None:
    where = " AND ".join(f"{name} IS ?" for name in columns(corner, table))
    assert corner.db.execute(f"DELETE FROM {table} WHERE {where}", row).rowcount == 1


def add(corner: Corner, table: str, row: Sequence[Any]) -> None:
    corner.db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def damage(corner: Corner) -> DamagedLedger:
    with pytest.raises(DamagedLedger) as error:
        verify(corner.ledger)
    return error.value


def other_values(value: Any) -> list[Any]:
    if value is None:
        return [1, "2026-01-01"]
    return [value + 1_000_000, -value - 7] if isinstance(value, int) else [f"{value}x", ""]


@pytest.mark.parametrize("table", PROJECTION_TABLES)
def test_every_changed_cell_is_found_and_its_entry_named(day: Corner, table: str) -> None:
    names = columns(day, table)
    tried = 0
    for row in rows(day, table):
        for number, name in enumerate(names):
            for value in other_values(row[number]):
                changed = [*row[:number], value, *row[number + 1 :]]
                if value == row[number] or not fits(day, table, row, changed):
                    continue
                found = damage(day)
                remove(day, table, changed)
                add(day, table, row)
                tried += 1
                assert table in found.reason, (table, name, row, value)
                if table in BY_ENTRY:
                    seq = row[names.index("seq")]
                    assert found.entry == max(1, min(seq, changed[names.index("seq")])), (table, name, row, value)
                assert 1 <= found.entry <= day.ledger.head().seq
    assert tried >= len(names)


def fits(corner: Corner, table: str, row: Sequence[Any], changed: Sequence[Any]) -> bool:
    """Put a changed row in the place of another, unless the table itself refuses such a value."""
    remove(corner, table, row)
    try:
        add(corner, table, changed)
    except Exception:  # noqa: BLE001 - whatever SQLite has against it
        add(corner, table, row)
        return False
    return True


@pytest.mark.parametrize("table", PROJECTION_TABLES)
def test_every_missing_row_is_found_and_its_entry_named(day: Corner, table: str) -> None:
    names = columns(day, table)
    for row in rows(day, table):
        remove(day, table, row)
        found = damage(day)
        add(day, table, row)
        assert table in found.reason
        if table in BY_ENTRY:
            assert found.entry == row[names.index("seq")]


EXTRA: dict[str, list[Any]] = {
    "documents": [None, "XX-MTR001A-000001", "sale", "2026-10-01", 1, "", 1, "[]", "[]"],
    "refunded": [None, 7, 1, 0, 0, 0, 0],
    "reversed": [None, "zebra"],
    "settled": [None, "P2", 0, "2026-10-01"],
}


@pytest.mark.parametrize(("seq", "named"), [(3, 3), (9_999, 9_999), (0, 1), (-4, 1)])
@pytest.mark.parametrize("table", EXTRA)
def test_a_row_that_no_entry_explains_is_found(day: Corner, table: str, seq: int, named: int) -> None:
    row = [seq if value is None else value for value in EXTRA[table]]
    if table == "documents" and seq == 3:
        return
    add(day, table, row)
    found = damage(day)
    remove(day, table, row)
    assert (found.entry, table in found.reason) == (named, True)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("balances", ["payable:P9", 0, 0]),
        ("stock", ["T1", "NT-MTR001A-000099.1", 0, 0, None, 5, 0]),
        ("stock", ["T9", "", 0, 0, None, 0, 0]),
        ("prices", ["T9", 1, None, None, None]),
    ],
)
def test_a_sum_that_no_entry_explains_is_found(day: Corner, table: str, row: list[Any]) -> None:
    add(day, table, row)
    found = damage(day)
    remove(day, table, row)
    assert (found.entry, table in found.reason) == (day.ledger.head().seq, True)


def test_a_shift_that_nobody_opened_is_found(day: Corner) -> None:
    for seq, named in ((4, 4), (-4, 1), (9_999, 9_999)):
        day.db.execute(
            "INSERT INTO shifts (seq, number, opened_at, date, opening_float) VALUES (?, '', '', '', 0)", (seq,)
        )
        found = damage(day)
        day.db.execute("DELETE FROM shifts WHERE seq = ?", (seq,))
        assert (found.entry, found.reason) == (named, "shifts does not follow from the journal")


def test_a_row_too_many_is_named_before_a_later_row_that_is_wrong(day: Corner) -> None:
    for table, values in EXTRA.items():
        if table == "documents":
            continue
        day.db.execute("UPDATE documents SET amount = amount + 1 WHERE seq = 9")
        row = [3 if value is None else value for value in values]
        add(day, table, row)
        found = damage(day)
        remove(day, table, row)
        day.db.execute("UPDATE documents SET amount = amount - 1 WHERE seq = 9")
        assert (found.entry, table in found.reason) == (3, True)


def test_every_byte_of_every_column_of_an_entry_counts(day: Corner) -> None:
    prev = beginning(day.db)
    for expected, row in enumerate(day.db.execute(JOURNAL).fetchall(), start=1):
        values = tuple(row)
        checked(values, expected, prev)
        for number, value in enumerate(values):
            for changed in flipped(value):
                with pytest.raises(BrokenEntry):
                    checked((*values[:number], changed, *values[number + 1 :]), expected, prev)
        prev = row["hash"]


def flipped(value: Any) -> Iterator[Any]:
    """The value with one byte changed, for every byte; a number with one bit changed."""
    if isinstance(value, int):
        yield from (value ^ 1 << bit for bit in range(63))
    elif isinstance(value, str):
        yield from (value[:n] + chr(ord(value[n]) ^ 1) + value[n + 1 :] for n in range(len(value)))
    else:
        yield from (value[:n] + bytes([value[n] ^ 1]) + value[n + 1 :] for n in range(len(value)))


def test_every_byte_of_the_file_is_either_guarded_or_says_the_same(tmp_path: Path, day: Corner) -> None:
    """Two bytes of every page, at places that differ from page to page. The registry is not what this guards."""
    day.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = day.ledger.path.read_bytes()
    state = [tuple(row) for row in day.db.execute(JOURNAL)]
    found = 0
    for number in range(len(whole) // 4096):
        copy = tmp_path / "till.db"
        for place in (number * 37 % 100, 4095 - number * 53 % 400):
            content = bytearray(whole)
            content[number * 4096 + place] ^= 0x10
            copy.write_bytes(content)
            try:
                ledger = Ledger.open(copy)
            except Exception:  # noqa: BLE001 - refused before verify is asked
                found += 1
                continue
            try:
                verify(ledger)
                assert [tuple(row) for row in ledger.db.execute(JOURNAL)] == state
            except DamagedLedger:
                found += 1
            finally:
                ledger.close()
    assert found > 20
