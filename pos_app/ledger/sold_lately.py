"""What moved on the days when the corner was open lately: sold, brought and taken away, by product and date.

Reads the documents of those days only. Quantities in thousandths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_app.domain.product import Product
from pos_app.ledger.queries import PRODUCT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pos_app.ledger.sqlite import Connection

_MOVED = """
SELECT CAST(m.value ->> 0 AS TEXT) AS sku, d.date, sum(m.value ->> 2), sum(max(m.value ->> 2, 0)),
       -sum(CASE WHEN d.kind IN ('sale', 'refund') OR (d.kind = 'reversal' AND substr(d.party, 1, 2) IN ('ST', 'PU'))
                 THEN m.value ->> 2 ELSE 0 END)
FROM documents d CROSS JOIN json_each(d.movements) m
WHERE d.seq > ? AND d.seq <= ? GROUP BY sku, d.date
"""


@dataclass(slots=True)
class Day:
    """One product on one date: by how much its stock changed, what came in, what was sold less what came back."""

    change: int = 0
    came: int = 0
    sold: int = 0


def open_days(db: Connection, last: date, limit: int) -> list[tuple[str, bool]]:
    """The newest dates up to ``last`` on which a shift was opened, newest first, and whether all of them are closed."""
    rows = db.execute(
        "SELECT date, min(closed_seq IS NOT NULL) FROM shifts WHERE seq > 0 AND date <= ?"
        " GROUP BY date ORDER BY date DESC LIMIT ?",
        (last.isoformat(), limit),
    )
    return [(row[0], bool(row[1])) for row in rows]


def newest(db: Connection) -> int:
    """The last entry of the journal."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0])


def moved(db: Connection, after: int, through: int) -> dict[str, dict[str, Day]]:
    """What moved in the entries ``after`` < seq <= ``through``: by SKU, then by ISO date."""
    found: dict[str, dict[str, Day]] = {}
    for sku, day, change, came, sold in db.execute(_MOVED, (after, through)):
        one = found.setdefault(sku, {}).setdefault(day, Day())
        one.change += change
        one.came += came
        one.sold += sold
    return found


def products_there(db: Connection, besides: Iterable[str]) -> list[Product]:
    """Goods on hand (or below zero) and those named ``besides``, by producer and name."""
    rows = db.execute(
        PRODUCT
        + "WHERE p.sku IN (SELECT sku FROM stock GROUP BY sku HAVING sum(quantity) <> 0 UNION"
        + " SELECT value FROM json_each(?)) ORDER BY m.business_name, p.producer, p.name, p.sku",
        (json.dumps(list(besides)),),
    )
    return [Product(*row) for row in rows]


def expiring(db: Connection, before: str) -> dict[str, list[tuple[str, int]]]:
    """Last day of sale and quantity of the batches on hand whose last day comes before an ISO date, by SKU."""
    found: dict[str, list[tuple[str, int]]] = {}
    rows = db.execute(
        "SELECT sku, expires_on, sum(quantity) FROM stock WHERE quantity > 0 AND expires_on < ?"
        " GROUP BY sku, expires_on",
        (before,),
    )
    for sku, last_day, quantity in rows:
        found.setdefault(sku, []).append((last_day, quantity))
    return found
