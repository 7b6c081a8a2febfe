"""Reads that every sale waits for: as few statements and as few columns as the counter needs.

``queries`` answers the same for the screens, with more beside it.
"""

from typing import Any, NamedTuple

from pos_app.domain.product import Lot, Product
from pos_app.ledger.sqlite import Connection

GOODS = """
SELECT p.sku, p.name, p.category, p.unit, p.producer, m.business_name, p.pricing,
       coalesce(c.consign_price, p.consign_price), coalesce(c.commission_bp, p.commission_bp),
       coalesce(c.sell_price, p.sell_price), p.shelf_life_days, coalesce(c.min_stock, p.min_stock),
       s.batch, s.quantity, s.cost, s.expires_on, s.position
FROM products p JOIN producers m ON m.code = p.producer LEFT JOIN prices c ON c.sku = p.sku
LEFT JOIN stock s ON s.sku = p.sku AND s.quantity <> 0
"""
BY_CODE = (
    GOODS + "WHERE p.sku IN (SELECT :code UNION ALL SELECT sku FROM barcodes WHERE barcode = :code) ORDER BY p.sku"
)
PRODUCT_COLUMNS = 12

SHIFT_DAY = "SELECT date, opened_at FROM shifts WHERE closed_seq IS NULL AND seq > 0"


class Goods(NamedTuple):
    """A product and its batches that are not at zero."""

    product: Product
    lots: list[Lot]


class ShiftDay(NamedTuple):
    """Business date of the open shift, and when it was opened."""

    date: str
    opened_at: str


def goods_by_code(db: Connection, code: str) -> list[Goods]:
    """The product with this SKU, else all that carry this barcode; with their batches."""
    cursor = db.cursor()
    cursor.row_factory = None
    lots_of: dict[tuple[Any, ...], list[Lot]] = {}
    for row in cursor.execute(BY_CODE, {"code": code}):
        lots = lots_of.setdefault(row[:PRODUCT_COLUMNS], [])
        if row[PRODUCT_COLUMNS] is not None:
            lots.append(Lot(*row[PRODUCT_COLUMNS:]))
    found = [Goods(_product(columns, lots), lots) for columns, lots in lots_of.items()]
    return [goods for goods in found if goods.product.sku == code] or found


def _product(columns: tuple[Any, ...], lots: list[Lot]) -> Product:
    """The product with what its batches add up to."""
    on_hand, expires_on = 0, None
    for lot in lots:
        on_hand += lot.quantity
        if lot.quantity > 0 and lot.expires_on and (expires_on is None or lot.expires_on < expires_on):
            expires_on = lot.expires_on
    return Product(*(*columns, on_hand, expires_on))


def open_shift_day(db: Connection) -> ShiftDay | None:
    """When the open shift was opened."""
    row = db.execute(SHIFT_DAY).fetchone()
    return ShiftDay(*row) if row else None
