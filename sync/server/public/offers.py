"""Where goods are on hand and what they cost there, over all tills that live, of corners that are not closed.

A corner's stock is the sum over its tills, under every code that was merged into the product. A corner sells at the
price that its newest price document says, or at the registry's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.corners.standing import living
from sync.server.database import schema
from sync.server.database.tables_corners import closed_corners
from sync.server.database.tables_reports import shelf_prices
from sync.server.public.catalogue import Index

STOCK_AGE = timedelta(seconds=60)
"""A list may be so old; the page of a product is not."""


class Corner(NamedTuple):
    """A corner where a product is on hand: ``price`` in rupiah, ``left`` in thousandths."""

    code: str
    name: str
    address: str
    price: int
    left: int


class Range(NamedTuple):
    """Over the corners that have a product: the lowest and the highest price in rupiah, and how many they are."""

    lowest: int
    highest: int
    corners: int


class _Remembered(NamedTuple):
    of: Index
    until: datetime
    ranges: Mapping[str, Range]


def ranges(centre: Centre, db: Connection, index: Index) -> Mapping[str, Range]:
    """By SKU, for all products that are on hand somewhere; read anew once a minute."""
    known: _Remembered | None = centre.stretches.get("offers")
    now = centre.clock()
    if known is None or known.of is not index or not now < known.until <= now + STOCK_AGE:
        found = {sku: _range(corners) for sku, corners in _offers(db, index, None).items()}
        known = _Remembered(index, now + STOCK_AGE, found)
        centre.stretches.put("offers", known)
    return known.ranges


def corners_with(db: Connection, index: Index, sku: str) -> list[Corner]:
    """The corners that have the product ``sku`` now, the cheapest first."""
    names = [sku, *(code for code, end in index.stands_for.items() if end == sku)]
    found = _offers(db, index, names).get(sku, {})
    table = schema.corners
    rows = {row.code: row for row in db.execute(sa.select(table).where(table.c.code.in_(list(found))))}
    corners = [
        Corner(code, rows[code].name if code in rows else code, rows[code].address if code in rows else "", price, left)
        for code, (left, price) in found.items()
    ]
    return sorted(corners, key=lambda corner: (corner.price, corner.name))


def _range(corners: Mapping[str, tuple[int, int]]) -> Range:
    prices = [price for _left, price in corners.values()]
    return Range(min(prices), max(prices), len(corners))


def _offers(db: Connection, index: Index, names: Sequence[str] | None) -> dict[str, dict[str, tuple[int, int]]]:
    """By SKU and corner: what is left, and the price; of the products ``names``, or all, that are on hand."""
    left: dict[tuple[str, str], int] = defaultdict(int)
    prices: dict[tuple[str, str], int] = {}
    for name, corner, quantity, price in db.execute(_lots(names)):
        sku = index.stands_for.get(name, name)
        if sku not in index.by_sku:
            continue
        left[sku, corner] += quantity
        if price is not None and (name == sku or (sku, corner) not in prices):
            prices[sku, corner] = price
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for (sku, corner), quantity in left.items():
        if quantity > 0:
            found[sku][corner] = (quantity, prices.get((sku, corner), index.by_sku[sku].price))
    return dict(found)


def _lots(names: Iterable[str] | None) -> sa.Select[Any]:
    stock, devices, prices = schema.stock, schema.devices, shelf_prices
    same = sa.and_(prices.c.device == stock.c.device, prices.c.sku == stock.c.sku)
    tables = stock.join(devices, devices.c.device == stock.c.device).outerjoin(prices, same)
    query = sa.select(stock.c.sku, devices.c.corner, stock.c.quantity, prices.c.sell_price).select_from(tables)
    gone = devices.c.corner.in_(sa.select(closed_corners.c.code))
    query = query.where(living(), sa.not_(gone), stock.c.quantity != 0).order_by(
        sa.func.coalesce(prices.c.at, ""), devices.c.enrolled_at
    )
    return query if names is None else query.where(stock.c.sku.in_(list(names)))
