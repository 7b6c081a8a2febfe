"""The tables of figures: what was gathered is added to them, and what one till brought is taken away again."""

from collections.abc import Iterable
from functools import cache
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.sale import Sale
from sync.server.database.dialect import only_one
from sync.server.database.loading import add_up, load, put, put_new
from sync.server.database.tables_reports import (
    goods,
    owed_otherwise,
    paid,
    papers,
    reported,
    shelf_prices,
    sold,
    times,
    touched,
)
from sync.server.reports import waits
from sync.server.reports.clearing import Wait
from sync.server.reports.facts import TAKEN_BACK, Amounts, Facts, SoldKey, Times, counted_of
from sync.server.reports.returning import Returned, changes, find_own, returned_to, returned_to_till

LOCK = "reports"
"""The part of a transaction that writes these tables; see ``dialect.only_one``."""
SOLD_KEY: Final = ("date", "sku", "producer", "buyer", "unit")
_NAMES: Final = ("document_id", "number")
"""What a refund may call its sale by."""
GOODS_KEY: Final = ("date", "sku", "producer", "what", "reason")
OWED_KEY: Final = ("date", "producer", "what")


def write(db: Connection, device: str, facts: Facts) -> None:
    """Add to the tables what a stretch of the entries of ``device`` said."""
    _tell_waits(db, device, facts)
    _add_sales(db, device, facts)
    moved = [_row(device, GOODS_KEY, key) | {"quantity": quantity} for key, quantity in sorted(facts.goods.items())]
    add_up(db, goods, moved, "quantity")
    owed = [_row(device, OWED_KEY, key) | {"amount": amount} for key, amount in sorted(facts.otherwise.items())]
    add_up(db, owed_otherwise, owed, "amount")
    known = returned_to(db, {row[name] for row in facts.papers if row["kind"] == Sale.KIND for name in _NAMES})
    _load(db, papers, device, facts.papers)
    _put_right(db, known)
    own = [Returned(device, day, one, counted_of(day, one, find_own(db))) for day, one in facts.elsewhere]
    for more in changes(db, own).values():
        _add_sales(db, device, more)
    _load(db, paid, device, [{"seq": seq, **row} for seq, row in sorted(facts.paid.items())])
    names = ("device", "sku", "sell_price", "at")
    put(db, shelf_prices, [dict(zip(names, (device, sku, *told), strict=True)) for sku, told in facts.prices.items()])
    for day, seq in _take_back(db, device, facts).items():
        facts.touched[day] = max(facts.touched.get(day, 0), seq)
    put(db, touched, [{"device": device, "date": day, "seq": seq} for day, seq in sorted(facts.touched.items())])


def _add_sales(db: Connection, device: str, facts: Facts) -> None:
    rows = [_row(device, SOLD_KEY, key) | sums._asdict() for key, sums in sorted(facts.sold.items())]
    add_up(db, sold, rows, *Amounts._fields)
    rows = [_row(device, ("date", "buyer"), key) | counted._asdict() for key, counted in sorted(facts.times.items())]
    add_up(db, times, rows, *Times._fields)


def _put_right(db: Connection, before: list[Returned]) -> None:
    """Let refunds elsewhere count for whom their sales were, as far as those are known now. What changes is of entries
    that processes may have read, so all is read again."""
    changed = changes(db, before)
    for device, facts in changed.items():
        _add_sales(db, device, facts)
    if changed:
        anew = sa.update(reported).where(reported.c.device.in_(sorted(changed)))
        db.execute(anew.values(made=reported.c.made + 1))


def _row(device: str, names: tuple[str, ...], key: tuple[str, ...]) -> dict[str, Any]:
    return {"device": device} | dict(zip(names, key, strict=True))


def _tell_waits(db: Connection, device: str, facts: Facts) -> None:
    found = waits.follow(db, device, facts.moved)
    for seq, row in facts.paid.items():
        row.update(waits.told(db, device, row, found.get((row["producer"], seq), Wait())))


def _take_back(db: Connection, device: str, facts: Facts) -> dict[str, int]:
    """Mark payments that were reversed; the dates of the payments, with the entry that reversed them."""
    if not facts.taken_back:
        return {}
    mine = (paid.c.device == device, paid.c.number.in_(sorted(facts.taken_back)))
    db.execute(sa.update(paid).where(*mine).values(taken_back=TAKEN_BACK))
    return taken_back(facts, db.execute(sa.select(paid.c.number, paid.c.date).where(*mine)))


def taken_back(facts: Facts, payments: Iterable[Any]) -> dict[str, int]:
    """The dates of ``payments`` (number, date) that were reversed, with the last entry that did."""
    found: dict[str, int] = {}
    for number, day in payments:
        if number in facts.taken_back:
            found[day] = max(found.get(day, 0), facts.taken_back[number])
    return found


def _load(db: Connection, table: sa.Table, device: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        values = itemgetter(*(names := tuple(rows[0])))
        load(db, table, ("device", *names), [(device, *values(row)) for row in rows])


def move_on(db: Connection, device: str, before: int, after: int, aside: int) -> bool:
    """Note that the tables hold the entries up to ``after``; False when they did not end at ``before`` any more."""
    put_new(db, reported, [{"device": device}])
    return db.execute(_moving(), {"whose": device, "before": before, "after": after, "more": aside}).rowcount == 1


@cache
def _moving() -> sa.Update:
    mine = (reported.c.device == sa.bindparam("whose"), reported.c.seq == sa.bindparam("before"))
    aside = reported.c.aside + sa.bindparam("more", type_=reported.c.aside.type)
    return sa.update(reported).where(*mine).values(seq=sa.bindparam("after"), aside=aside)


def forget(db: Connection, device: str) -> None:
    """Take away everything that ``device`` brought; its entries are read again from the first on."""
    only_one(db, LOCK)
    known = returned_to_till(db, device)
    for table in (sold, times, goods, owed_otherwise, paid, papers, shelf_prices, touched, *waits.TABLES):
        db.execute(sa.delete(table).where(table.c.device == device))
    _put_right(db, known)
    anew = sa.update(reported).where(reported.c.device == device)
    db.execute(anew.values(seq=0, aside=0, made=reported.c.made + 1))


def kept_sold(db: Connection, device: str) -> dict[SoldKey, Amounts]:
    """The rows of ``sold`` of one till."""
    rows = db.execute(sa.select(sold).where(sold.c.device == device))
    return {tuple(row[1:6]): Amounts(*row[6:]) for row in rows}


def kept_times(db: Connection, device: str) -> dict[tuple[str, str], Times]:
    """How many documents one till has a day, by date and buyer."""
    rows = db.execute(sa.select(times).where(times.c.device == device))
    return {(row.date, row.buyer): Times(row.sales, row.refunds) for row in rows}
