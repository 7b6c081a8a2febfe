"""What a producer may know of itself over all corners: sold, left, paid.

What is left is the tills' own running sum, sold and paid come from the reports; what is owed is ``reports.paying``'s.
Whatever was recorded under a code that was merged into the producer's counts as well.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.corners.standing import living
from sync.server.database import schema
from sync.server.database.tables_reports import goods, paid, sold
from sync.server.registry.aliases import all_names
from sync.server.reports.facts import TAKEN_BACK, TAKES_BACK

PAYMENTS = 24
"""The newest payments that are told at once."""


class Place(NamedTuple):
    """A corner by its code, with its name."""

    code: str
    name: str


class Line(NamedTuple):
    """A product at a corner; quantities in thousandths, money in rupiah.

    ``gross`` is what buyers paid and ``share`` what of it is the producer's, both less what came back; goods that were
    ``bought`` outright have no share, they were owed when they came.
    """

    place: Place
    sku: str
    name: str
    unit: str
    left: int = 0
    quantity: int = 0
    gross: int = 0
    share: int = 0
    bought: bool = False


class Payment(NamedTuple):
    """A slip, or what cancels one (negative); ``deducted`` is what the corner kept of what it owed, in rupiah like
    ``amount``."""

    place: Place
    number: str
    date: str
    tender: str
    from_date: str | None
    through_date: str
    amount: int
    deducted: int
    taken_back: bool
    takes_back: bool


class Movement(NamedTuple):
    """Goods that came or went otherwise than by a sale: ``what`` is received, returned, written_off, missing, found."""

    place: Place
    sku: str
    name: str
    unit: str
    what: str
    quantity: int


class Account(NamedTuple):
    """A producer's codes and products, ready to be asked about; the first code stands for all."""

    code: str
    name: str
    kelurahan: str
    codes: tuple[str, ...]


def account_of(db: Connection, code: str) -> Account | None:
    """The producer that stands under ``code``; None for one that is not in the registry."""
    row = db.execute(sa.select(schema.producers).where(schema.producers.c.code == code)).one_or_none()
    if row is None:
        return None
    return Account(code, row.business_name, row.kelurahan, tuple(all_names(db, schema.producers, [code])))


def shelf(db: Connection, account: Account) -> list[Line]:
    """What of the producer's lies at which corner now, by corner and product; not what corners bought outright."""
    products = {sku: row for sku, row in _products(db, account).items() if row.pricing != "putus"}
    stock, devices = schema.stock, schema.devices
    query = sa.select(devices.c.corner, stock.c.sku, stock.c.quantity).join(devices, devices.c.device == stock.c.device)
    left: dict[tuple[str, str], int] = defaultdict(int)
    for corner, sku, quantity in db.execute(query.where(living(), stock.c.sku.in_(list(products)))):
        left[corner, products[sku].sku] += quantity
    places = _Places(db)
    lines = [
        Line(places(corner), sku, products[sku].name, products[sku].unit, left=quantity)
        for (corner, sku), quantity in left.items()
        if quantity > 0
    ]
    return sorted(lines, key=lambda line: (line.place.name, line.name))


def sales(db: Connection, account: Account, first: date, last: date) -> list[Line]:
    """What was sold between two days, by corner and product, the most money first within a corner."""
    devices = schema.devices
    wanted = (sold.c.producer.in_(account.codes), sold.c.date.between(first.isoformat(), last.isoformat()))
    query = (
        sa.select(devices.c.corner, sold.c.sku, *(sa.func.sum(sold.c[name]) for name in _SUMS))
        .join(devices, devices.c.device == sold.c.device)
        .where(*wanted)
        .group_by(devices.c.corner, sold.c.sku)
    )
    products, places = _products(db, account), _Places(db)
    found: dict[tuple[str, str], list[int]] = {}
    for corner, sku, *sums in db.execute(query):
        end = products[sku].sku if sku in products else sku
        before = found.get((corner, end), [0] * len(_SUMS))
        found[corner, end] = [old + int(new) for old, new in zip(before, sums, strict=True)]
    lines = [
        Line(places(corner), sku, *_named(products, sku), 0, quantity, gross, share, not (share or commission))
        for (corner, sku), (quantity, gross, share, commission) in found.items()
        if quantity or gross or share
    ]
    return sorted(lines, key=lambda line: (line.place.name, -line.share, line.name))


def movements(db: Connection, account: Account, first: date, last: date) -> list[Movement]:
    """Goods that came, went back or were lost between two days, by corner and product."""
    devices = schema.devices
    query = (
        sa.select(devices.c.corner, goods.c.sku, goods.c.what, sa.func.sum(goods.c.quantity))
        .join(devices, devices.c.device == goods.c.device)
        .where(goods.c.producer.in_(account.codes), goods.c.date.between(first.isoformat(), last.isoformat()))
        .group_by(devices.c.corner, goods.c.sku, goods.c.what)
    )
    products, places = _products(db, account), _Places(db)
    found = [
        Movement(places(corner), sku, *_named(products, sku), what, int(quantity))
        for corner, sku, what, quantity in db.execute(query)
        if quantity
    ]
    return sorted(found, key=lambda one: (one.place.name, one.name, one.what))


def payments(
    db: Connection, account: Account, first: date | None = None, last: date | None = None, most: int | None = None
) -> list[Payment]:
    """Slips, the newest first: of a period, or the ``most`` newest."""
    devices = schema.devices
    query = sa.select(paid, devices.c.corner).join(devices, devices.c.device == paid.c.device)
    query = query.where(paid.c.producer.in_(account.codes))
    if first is not None and last is not None:
        query = query.where(paid.c.date.between(first.isoformat(), last.isoformat()))
    query = query.order_by(paid.c.date.desc(), paid.c.number.desc())
    places = _Places(db)
    return [
        Payment(
            places(row.corner),
            row.number,
            row.date,
            row.tender,
            row.from_date,
            row.through_date,
            row.amount,
            row.deducted,
            row.taken_back == TAKEN_BACK,
            row.taken_back == TAKES_BACK,
        )
        for row in db.execute(query.limit(most) if most else query)
    ]


_SUMS = ("quantity", "total", "share", "commission")


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of ``day``."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _products(db: Connection, account: Account) -> dict[str, Any]:
    """The producer's products in the registry by every SKU that they have had; of a merged one that which stands."""
    table = schema.products
    rows = {row.sku: row for row in db.execute(sa.select(table).where(table.c.producer.in_(account.codes)))}
    standing = [sku for sku, row in rows.items() if not row.alias_of]
    return {name: rows[sku] for name, sku in all_names(db, table, standing).items()}


def _named(products: dict[str, Any], sku: str) -> tuple[str, str]:
    """Name and unit of a product; of one that the registry does not know its code."""
    return (products[sku].name, products[sku].unit) if sku in products else (sku, "pcs")


class _Places:
    """Corners by their code, one whose name is not known under its code."""

    def __init__(self, db: Connection) -> None:
        self._names = {
            row.code: row.name for row in db.execute(sa.select(schema.corners.c.code, schema.corners.c.name))
        }

    def __call__(self, code: str) -> Place:
        return Place(code, self._names.get(code, code))
