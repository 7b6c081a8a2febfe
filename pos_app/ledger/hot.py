"""Reads that every sale waits for: as few statements and as few columns as the counter needs.

``queries`` answers the same for the screens, with more beside it.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from pos_app.domain.product import Lot, Product
from pos_app.ledger.sqlite import Connection

GOODS = """
SELECT w.code, p.sku, p.name, p.category, p.unit, p.producer, m.business_name, p.pricing,
       coalesce(c.consign_price, p.consign_price), coalesce(c.commission_bp, p.commission_bp),
       coalesce(c.sell_price, p.sell_price), p.shelf_life_days, coalesce(c.min_stock, p.min_stock),
       (SELECT coalesce(sum(n.quantity), 0) FROM neighbour_stock n WHERE n.sku = p.sku),
       s.batch, s.quantity, s.cost, s.expires_on, s.position
FROM (SELECT column1 AS code, column1 AS sku FROM (VALUES {values})
      UNION SELECT barcode, sku FROM barcodes WHERE barcode IN ({marks})) w
CROSS JOIN products p ON p.sku = w.sku
JOIN producers m ON m.code = p.producer
LEFT JOIN prices c ON c.sku = p.sku
LEFT JOIN stock s ON s.sku = p.sku AND s.quantity <> 0
"""
LOT_FROM = 14
"""The first column of a batch; what stands before it is the code and the product."""

OPEN_SHIFTS = "SELECT seq, number, date, opened_at FROM shifts WHERE closed_seq IS NULL AND seq > 0 ORDER BY seq"

LAST_NUMBER = "SELECT number FROM documents WHERE number >= ? AND number < ? ORDER BY number DESC LIMIT 1"
NEWEST_NUMBER = "SELECT number FROM documents WHERE +number >= ? AND +number < ? ORDER BY seq DESC LIMIT 1"
ALL_NINES = "999999"
"""The last number of six digits: those of seven are no longer in the order of their texts."""


class Goods(NamedTuple):
    """A product and its batches that are not at zero."""

    product: Product
    lots: list[Lot]


class OpenShift(NamedTuple):
    """An open shift: its entry and number, its business date, and when it was opened."""

    seq: int
    number: str
    date: str
    opened_at: str


def goods_by_codes(db: Connection, codes: Iterable[str]) -> dict[str, list[Goods]]:
    """For each code the product with this SKU, else all that carry this barcode; with their batches."""
    wanted = list(dict.fromkeys(codes))
    cursor = db.cursor()
    cursor.row_factory = None
    lots_of: dict[tuple[Any, ...], list[Lot]] = {}
    for row in cursor.execute(_statement(len(wanted)), wanted + wanted):
        lots = lots_of.setdefault(row[:LOT_FROM], [])
        if row[LOT_FROM] is not None:
            lots.append(Lot(*row[LOT_FROM:]))
    found: dict[str, list[Goods]] = {}
    for (code, *columns), lots in lots_of.items():
        goods = Goods(_product(columns, lots), lots)
        if goods.product.sku == code:
            found[code] = [goods]
        elif code not in found or found[code][0].product.sku != code:
            found.setdefault(code, []).append(goods)
    return found


@cache
def _statement(codes: int) -> str:
    return GOODS.format(values=", ".join(["(?)"] * codes), marks=", ".join("?" * codes))


def _product(columns: list[Any], lots: list[Lot]) -> Product:
    """The product with what its batches add up to; the last column is what other tills have of it."""
    on_hand, expires_on = 0, None
    for lot in lots:
        on_hand += lot.quantity
        if lot.quantity > 0 and lot.expires_on and (expires_on is None or lot.expires_on < expires_on):
            expires_on = lot.expires_on
    *known, next_door = columns
    return Product(*(*known, on_hand, expires_on, next_door))


def open_shifts(db: Connection) -> list[OpenShift]:
    """The shifts that are open, oldest first; there is one at most."""
    return [OpenShift(*row) for row in db.execute(OPEN_SHIFTS)]


def last_number(db: Connection, series: str) -> int:
    """The last number given in a series such as ``BP-MTR001A``; 0 for none. They are given in order, without gaps."""
    bounds = (f"{series}-", f"{series}.")  # the character after the hyphen ends the series
    row = db.execute(LAST_NUMBER, bounds).fetchone()
    if row and row[0].startswith(ALL_NINES, len(series) + 1):
        # A series of a million numbers is in use all the time: its newest is among the last documents.
        row = db.execute(NEWEST_NUMBER, bounds).fetchone()
    return int(row[0][len(series) + 1 :]) if row else 0
