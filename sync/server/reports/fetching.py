"""Figures from the database into columns: what each table's rows are, and how they are read."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import tables_reports as tables
from sync.server.reports.attributes import Item
from sync.server.reports.blocks import FACES, ROWS, Block, Numbered, codes, empty, narrow, together

AT_ONCE: Final = 4_000
"""Rows that are taken from the database together: no other thread works meanwhile."""
MOST_ASKED: Final = 500
"""Days of tills that are looked up at once."""
BEFORE: Final = "<"
"""In the place of a month all days before a year: ``<2026``."""
DAY: Final = len("2026-10-31")
Mark = tuple[str, str]
Day = tuple[str, str]
"""A till and a date."""
_EMPTY: Final[sa.ColumnElement[str]] = sa.literal_column("''", sa.Text)


class Source(NamedTuple):
    """A table of figures: how its rows name an item and a mark, and what is added up."""

    name: str
    table: sa.Table
    item: tuple[sa.ColumnElement[str], sa.ColumnElement[str]]
    mark: tuple[sa.ColumnElement[str], sa.ColumnElement[str]]
    figures: tuple[sa.ColumnElement[int], ...]


def _source(table: sa.Table, item: tuple[str, str], mark: tuple[str, str], *figures: str) -> Source:
    def column(name: str) -> sa.ColumnElement[str]:
        return table.c[name] if name else _EMPTY

    pairs = [(column(first), column(second)) for first, second in (item, mark)]
    return Source(table.name, table, pairs[0], pairs[1], tuple(table.c[name] for name in figures))


SOLD: Final = _source(tables.sold, ("sku", "producer"), ("buyer", "unit"), "lines", "quantity", *tables.MONEY)
TIMES: Final = _source(tables.times, ("", ""), ("buyer", ""), "sales", "refunds")
GOODS: Final = _source(tables.goods, ("sku", "producer"), ("what", "reason"), "quantity")
PAID: Final = _source(tables.paid, ("", "producer"), ("", ""), "amount", "deducted")._replace(
    mark=(
        sa.func.coalesce(sa.cast(tables.paid.c.waited, sa.Text), _EMPTY),
        sa.cast(tables.paid.c.taken_back, sa.Text),
    ),
    figures=(sa.literal_column("1", sa.BigInteger), tables.paid.c.amount, tables.paid.c.deducted),
)
SOURCES: Final = (SOLD, TIMES, GOODS, PAID)


class Names:
    """The numbers of tills, items and each table's marks, for all that a process holds."""

    def __init__(self) -> None:
        self.devices = Numbered[str]()
        self.items = Numbered[Item]()
        self.marks = {source.name: Numbered[Mark]() for source in SOURCES}


def days_of_month(
    db: Connection, names: Names, source: Source, month: str, devices: Collection[str]
) -> dict[str, Block]:
    """What ``devices`` did in a month, by date."""
    query = _query(source, source.table.c.date).where(*_within(source, month, devices))
    return _blocks(names, source, _read(db, query))


def sum_of_month(db: Connection, names: Names, source: Source, month: str, devices: Collection[str]) -> Block:
    """What ``devices`` did in a month, added up over its days."""
    c = source.table.c
    query = _sums(source, _EMPTY, c.device, source.item).where(*_within(source, month, devices))
    return _blocks(names, source, _read(db, query)).get("", empty(len(source.figures)))


def sums_of_days(
    db: Connection,
    names: Names,
    source: Source,
    devices: Collection[str],
    dates: Sequence[str],
    asked: tuple[int, str],
    *,
    only: bool,
) -> list[tuple[str, Block]]:
    """What ``devices`` did from the first of two ``dates`` to the second, or on ``only`` these, by so many letters of
    the date and added up by the database as a face says."""
    (letters, face), c = asked, source.table.c
    unit: sa.ColumnElement[str] = c.date if letters == DAY else _EMPTY
    if 0 < letters < DAY:
        unit = sa.func.substr(c.date, sa.literal_column("1"), sa.literal_column(str(letters)))
    device = c.device if face in (ROWS, FACES[frozenset({"device"})]) else _EMPTY
    item = source.item if face in (ROWS, FACES[frozenset({"item"})]) else (_EMPTY, _EMPTY)
    within = c.date.in_(dates) if only else c.date.between(dates[0], dates[-1])
    query = _sums(source, unit, device, item).where(c.device.in_(sorted(devices)), within)
    return sorted(_blocks(names, source, _read(db, query)).items())


def some_days(db: Connection, names: Names, source: Source, wanted: Sequence[Day]) -> dict[str, Block]:
    """The rows of some days of some tills, by date."""
    rows: list[Any] = []
    for asked in _asked(wanted):
        query = _query(source, source.table.c.date)
        rows += _read(db, query.select_from(_joined(asked, source.table)))
    return _blocks(names, source, iter(rows))


def first_sales(db: Connection, producers: Sequence[str]) -> dict[str, str]:
    """The first date on which each of ``producers`` sold something."""
    table, found = tables.sold, dict[str, str]()
    for start in range(0, len(producers), MOST_ASKED):
        data = [(code,) for code in producers[start : start + MOST_ASKED]]
        asked = sa.values(sa.column("code", sa.Text), name="asked").data(data).cte()
        first = sa.select(sa.func.min(table.c.date)).where(table.c.producer == asked.c.code).scalar_subquery()
        found |= {code: day for code, day in db.execute(sa.select(asked.c.code, first)) if day}
    return found


def first_sales_of(db: Connection, wanted: Sequence[Day]) -> dict[str, str]:
    """The first of some days of some tills on which each producer sold something."""
    found: dict[str, str] = {}
    for asked in _asked(wanted):
        c = tables.sold.c
        query = sa.select(c.producer, sa.func.min(c.date)).select_from(_joined(asked, tables.sold)).group_by(c.producer)
        for producer, day in db.execute(query):
            found[producer] = min(day, found.get(producer, day))
    return found


def _asked(wanted: Sequence[Day]) -> Iterator[sa.CTE]:
    for first in range(0, len(wanted), MOST_ASKED):
        data = [tuple(day) for day in wanted[first : first + MOST_ASKED]]
        columns = (sa.column("device", sa.Text), sa.column("date", sa.Text))
        yield sa.values(*columns, name="asked").data(data).cte()


def _joined(asked: sa.CTE, table: sa.Table) -> sa.Join:
    return asked.join(table, sa.and_(table.c.device == asked.c.device, table.c.date == asked.c.date))


def _query(source: Source, unit: sa.ColumnElement[str]) -> sa.Select[Any]:
    return sa.select(unit, source.table.c.device, *source.item, *source.mark, *source.figures)


def _sums(
    source: Source,
    unit: sa.ColumnElement[str],
    device: sa.ColumnElement[str],
    item: tuple[sa.ColumnElement[str], sa.ColumnElement[str]],
) -> sa.Select[Any]:
    """One row for all that is equal; what is ``_EMPTY`` is added up over."""
    told: list[Any] = [unit, device, *item, *source.mark]
    query = sa.select(*told, *(sa.func.sum(one) for one in source.figures))
    return query.group_by(*(one for one in told if one is not _EMPTY))


def _within(source: Source, month: str, devices: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """The keys of the tables begin with the till, so all tills are named: that leads to the rows of a month."""
    c = source.table.c
    year = month.removeprefix(BEFORE)
    return [
        c.device.in_(sorted(devices)),
        c.date < year if year != month else c.date.between(f"{month}-00", f"{month}-99"),
    ]


def _read(db: Connection, query: sa.Select[Any]) -> Iterator[Any]:
    for part in db.execute(query).partitions(AT_ONCE):
        yield from part


def _blocks(names: Names, source: Source, rows: Iterator[Any]) -> dict[str, Block]:
    """Rows (unit, till, item, mark, figures) as a block for each unit."""
    found: dict[str, list[Block]] = {}
    while part := list(islice(rows, AT_ONCE)):
        units, columns = Numbered[str](), list(zip(*part, strict=True))
        places = codes(map(units.of, columns[0]))
        device = codes(map(names.devices.of, columns[1]))
        item = codes(map(names.items.of, zip(columns[2], columns[3], strict=True)))
        mark = codes(map(names.marks[source.name].of, zip(columns[4], columns[5], strict=True)))
        values = np.array([[int(one) for one in column] for column in columns[6:]], np.int64)
        whole = Block(narrow(device), narrow(item), narrow(mark), values)
        for place, unit in enumerate(units.known):
            found.setdefault(unit, []).append(whole.where(places == place))
    return {unit: together(some) for unit, some in found.items()}
