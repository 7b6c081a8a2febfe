"""Where goods stand: a free name a product, of this corner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection


def shelf_of(db: Connection, sku: str) -> str:
    """The shelf of a product; empty where none is known."""
    row = db.execute("SELECT shelf FROM shelves WHERE sku = ?", (sku,)).fetchone()
    return str(row[0]) if row else ""


def put(db: Connection, sku: str, shelf: str) -> None:
    """A product stands on this shelf from now on; an empty name takes it off."""
    if not shelf:
        db.execute("DELETE FROM shelves WHERE sku = ?", (sku,))
        return
    db.execute("INSERT INTO shelves VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET shelf = excluded.shelf", (sku, shelf))


def shelves(db: Connection) -> list[tuple[str, int]]:
    """Every shelf with how many goods are on it, by name."""
    rows = db.execute("SELECT shelf, count(*) FROM shelves GROUP BY shelf ORDER BY shelf")
    return [(row[0], row[1]) for row in rows]
