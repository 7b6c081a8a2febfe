"""The tables of figures: what was gathered is added to them, and what one till brought is taken away again."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.dialect import only_one
from sync.server.loading import add_up, load, put, put_new
from sync.server.reports.facts import Amounts, Facts, SoldKey, Times
from sync.server.reports.tables import MONEY, goods, paid, papers, reported, shelf_prices, sold, totals

LOCK = "reports"
"""The part of a transaction that writes these tables; see ``dialect.only_one``."""
SUMS = ("sales", "refunds", "quantity", *MONEY)
"""Columns of ``totals`` that add up."""
_TotalKey = tuple[str, str, str, str, str]


def write(db: Connection, device: str, facts: Facts) -> None:
    """Add to the tables what a stretch of the entries of ``device`` said."""
    rows = [
        dict(zip(("device", "date", "sku", "producer", "buyer", "unit"), (device, *key), strict=True)) | sums._asdict()
        for key, sums in sorted(facts.sold.items())
    ]
    add_up(db, sold, rows, *Amounts._fields)
    moved = [
        dict(zip(("device", "date", "sku", "producer", "what", "reason"), (device, *key), strict=True))
        | {"quantity": quantity}
        for key, quantity in sorted(facts.goods.items())
    ]
    add_up(db, goods, moved, "quantity")
    _add_totals(db, device, facts.sold, facts.times)
    _load(db, papers, device, facts.papers)
    _load(db, paid, device, [{"seq": seq, **row} for seq, row in sorted(facts.paid.items())])
    put(db, shelf_prices, [{"device": device, "sku": sku, "sell_price": cost} for sku, cost in facts.prices.items()])
    if facts.taken_back:
        mine = (paid.c.device == device, paid.c.number.in_(sorted(facts.taken_back)))
        db.execute(sa.update(paid).where(*mine).values(taken_back=1))


def _load(db: Connection, table: sa.Table, device: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        names = tuple(rows[0])
        load(db, table, ("device", *names), [(device, *(row[name] for name in names)) for row in rows])


def _add_totals(
    db: Connection, device: str, lines: Mapping[SoldKey, Amounts], times: Mapping[tuple[str, str], Times]
) -> None:
    found = totals_of(device, lines, times)
    names = ("by", "span", "start", "key", "buyer", *SUMS)
    add_up(db, totals, [dict(zip(names, (*key, *sums), strict=True)) for key, sums in sorted(found.items())], *SUMS)


def totals_of(
    device: str, lines: Mapping[SoldKey, Amounts], times: Mapping[tuple[str, str], Times]
) -> dict[_TotalKey, tuple[int, ...]]:
    """The rows of ``totals`` that one till's lines and documents make."""
    found: dict[_TotalKey, tuple[int, ...]] = {}

    def add(by: str, key: str, date: str, buyer: str, sums: Iterable[int]) -> None:
        for span, start in (("day", date), ("month", date[:7])):
            place = (by, span, start, key, buyer)
            before = found.get(place)
            found[place] = tuple(sums) if before is None else tuple(map(sum, zip(before, sums, strict=True)))

    for (date, sku, producer, buyer, _unit), sums in lines.items():
        whole = (sums.quantity, sums.discount, sums.total, sums.share, sums.commission, sums.margin)
        add("city", "", date, buyer, (0, 0, *whole))
        add("device", device, date, buyer, (0, 0, *whole))
        add("producer", producer, date, buyer, (sums.lines, 0, *whole))
        add("sku", sku, date, buyer, (sums.lines, 0, *whole))
    for (date, buyer), counted in times.items():
        add("city", "", date, buyer, (*counted, *(0,) * (len(SUMS) - 2)))
        add("device", device, date, buyer, (*counted, *(0,) * (len(SUMS) - 2)))
    return found


def move_on(db: Connection, device: str, before: int, after: int, aside: int) -> bool:
    """Note that the tables hold the entries up to ``after``; False when they did not end at ``before`` any more."""
    put_new(db, reported, [{"device": device}])
    mine = (reported.c.device == device, reported.c.seq == before)
    moved = sa.update(reported).where(*mine).values(seq=after, aside=reported.c.aside + aside)
    return db.execute(moved).rowcount == 1


def forget(db: Connection, device: str) -> None:
    """Take away everything that ``device`` brought; its entries are read again from the first on."""
    only_one(db, LOCK)
    lines, times = kept_sold(db, device), kept_times(db, device)
    minus = {key: Amounts(*(-one for one in sums)) for key, sums in lines.items()}
    _add_totals(db, device, minus, {key: Times(*(-one for one in counted)) for key, counted in times.items()})
    for table in (sold, goods, paid, papers, shelf_prices, reported):
        db.execute(sa.delete(table).where(table.c.device == device))
    db.execute(sa.delete(totals).where(totals.c.by == "device", totals.c.key == device))


def kept_sold(db: Connection, device: str) -> dict[SoldKey, Amounts]:
    """The rows of ``sold`` of one till."""
    rows = db.execute(sa.select(sold).where(sold.c.device == device))
    return {tuple(row[1:6]): Amounts(*row[6:]) for row in rows}


def kept_times(db: Connection, device: str) -> dict[tuple[str, str], Times]:
    """How many documents one till has a day, by date and buyer."""
    c = totals.c
    mine = (c.by == "device", c.span == "day", c.key == device)
    rows = db.execute(sa.select(c.start, c.buyer, c.sales, c.refunds).where(*mine))
    return {(row.start, row.buyer): Times(row.sales, row.refunds) for row in rows}
