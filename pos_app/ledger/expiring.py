"""Batches on hand by their last day of sale: read from ``stock`` alone, however long the history is.

Quantities in thousandths, amounts in rupiah, dates as ISO texts.
"""

from dataclasses import dataclass

from pos_app.ledger.sqlite import Connection
from sync.documents.base import Pricing

SHORT_LIFE = 14
"""Shelf life in days up to which goods count as fresh ones (wet cakes, lunch boxes)."""

_DUE = f"""
s.quantity > 0 AND s.expires_on <= date(:today, '+' || max(:fresh, :dry) || ' days')
AND (s.expires_on <= :today OR s.expires_on <= date(:today, '+' ||
  CASE WHEN p.shelf_life_days IS NULL THEN :dry
       WHEN p.shelf_life_days <= {SHORT_LIFE} THEN min(:fresh, p.shelf_life_days / 3)
       ELSE min(:dry, p.shelf_life_days / 3) END || ' days'))
"""
BATCHES = f"""
SELECT s.sku, s.batch, s.quantity, s.cost, s.expires_on, p.name, p.unit, p.producer, m.business_name, p.pricing,
       coalesce(c.consign_price, p.consign_price), coalesce(c.commission_bp, p.commission_bp),
       coalesce(c.sell_price, p.sell_price), coalesce(h.shelf, ''),
       (SELECT date FROM documents d WHERE d.number = rtrim(rtrim(s.batch, '0123456789'), '.'))
FROM stock s JOIN products p ON p.sku = s.sku JOIN producers m ON m.code = p.producer
LEFT JOIN prices c ON c.sku = s.sku LEFT JOIN shelves h ON h.sku = s.sku
WHERE {_DUE} ORDER BY s.expires_on, coalesce(h.shelf, ''), p.name, s.batch
"""
COUNTS = f"""
SELECT coalesce(sum(s.expires_on < :today), 0), coalesce(sum(s.expires_on = :today), 0),
       coalesce(sum(s.expires_on > :today), 0)
FROM stock s JOIN products p ON p.sku = s.sku WHERE {_DUE}
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pieces of one delivery on hand. ``since`` is the day they came, where their document is known."""

    sku: str
    batch: str
    quantity: int
    cost: int
    expires_on: str
    name: str
    unit: str
    producer: str
    producer_name: str
    pricing: Pricing
    consign_price: int | None
    commission_bp: int | None
    sell_price: int
    shelf: str
    since: str | None


def batches(db: Connection, today: str, fresh: int, dry: int) -> list[Batch]:
    """Batches that have expired, expire today or soon, the first to expire first.

    Soon is less than a third of the shelf life, at most ``fresh`` days for goods of a short one and ``dry`` days for
    others; where none is known, ``dry`` days.
    """
    return [Batch(*row) for row in db.execute(BATCHES, {"today": today, "fresh": fresh, "dry": dry})]


def counts(db: Connection, today: str, fresh: int, dry: int) -> tuple[int, int, int]:
    """How many batches have expired, expire today, and expire soon; days as in ``batches``."""
    row = db.execute(COUNTS, {"today": today, "fresh": fresh, "dry": dry}).fetchone()
    return row[0], row[1], row[2]
