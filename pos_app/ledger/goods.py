"""Products in the registry beyond what a sale needs: papers, listings, sizes, shelves, codes; and changing them.

Amounts in rupiah, quantities in thousandths, rates in basis points, dates as ISO texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pos_app.domain.sizes import in_order
from pos_app.ledger import search
from pos_app.ledger.sqlite import Connection

COLUMNS: Final = (
    "name",
    "category",
    "unit",
    "producer",
    "pricing",
    "consign_price",
    "commission_bp",
    "sell_price",
    "shelf_life_days",
    "min_stock",
    "needs_pirt",
    "needs_halal",
    "e_katalog",
    "tkdn_bp",
)
"""What can be corrected in the row of a product, one by one."""


@dataclass(frozen=True, slots=True)
class Card:
    """A product as the registry has it. Its prices are those it was registered with; ``version`` is 0 for goods that
    only this corner knows, else how often the centre's catalogue brought them."""

    sku: str
    name: str
    category: str
    unit: str
    producer: str
    pricing: str
    consign_price: int | None
    commission_bp: int | None
    sell_price: int
    shelf_life_days: int | None
    min_stock: int
    needs_pirt: bool
    needs_halal: bool
    e_katalog: bool
    tkdn_bp: int | None
    version: int
    family: str
    size: str
    shelf: str
    katalog_number: str
    tkdn_number: str
    tkdn_expires: str | None


@dataclass(frozen=True, slots=True)
class Size:
    """One of a family of goods: its price at the corner and what is on hand."""

    sku: str
    name: str
    size: str
    sell_price: int
    on_hand: int


def card(db: Connection, sku: str) -> Card | None:
    """All that the registry has of a product."""
    row = db.execute(
        "SELECT p.sku, p.name, p.category, p.unit, p.producer, p.pricing, p.consign_price, p.commission_bp,"
        " p.sell_price, p.shelf_life_days, p.min_stock, p.needs_pirt, p.needs_halal, p.e_katalog, p.tkdn_bp,"
        " p.version, coalesce(v.family, ''), coalesce(v.size, ''), coalesce(s.shelf, ''),"
        " coalesce(l.e_katalog, ''), coalesce(l.tkdn_number, ''), l.tkdn_expires"
        " FROM products p LEFT JOIN variants v USING (sku) LEFT JOIN shelves s USING (sku)"
        " LEFT JOIN listings l USING (sku) WHERE p.sku = ?",
        (sku,),
    ).fetchone()
    if row is None:
        return None
    flags = {name: bool(row[name]) for name in ("needs_pirt", "needs_halal", "e_katalog")}
    values = {name: row[place] for place, name in enumerate(Card.__dataclass_fields__)}
    return Card(**(values | flags))


def has_moved(db: Connection, sku: str) -> bool:
    """Whether a document ever moved pieces of it: a product keeps a row of stock from its first movement on."""
    return db.execute("SELECT 1 FROM stock WHERE sku = ? LIMIT 1", (sku,)).fetchone() is not None


def has_priced(db: Connection, sku: str) -> bool:
    """Whether a document ever changed its price or terms."""
    return db.execute("SELECT 1 FROM prices WHERE sku = ?", (sku,)).fetchone() is not None


def change(db: Connection, sku: str, values: Mapping[str, object]) -> None:
    """Correct columns of ``COLUMNS``, and make the product findable under its present words."""
    wanted = [name for name in COLUMNS if name in values]
    if wanted:
        sets = ", ".join(f"{name} = ?" for name in wanted)
        db.execute(f"UPDATE products SET {sets} WHERE sku = ?", (*(values[name] for name in wanted), sku))
    search.renew(db, [sku])


def set_size(db: Connection, sku: str, family: str, size: str) -> None:
    """The family of a product and which size it is; an empty family ends it."""
    db.execute("DELETE FROM variants WHERE sku = ?", (sku,))
    if family:
        db.execute("INSERT INTO variants VALUES (?, ?, ?)", (sku, family, size))


def set_shelf(db: Connection, sku: str, shelf: str) -> None:
    """Where it stands; empty for nowhere in particular."""
    db.execute("DELETE FROM shelves WHERE sku = ?", (sku,))
    if shelf:
        db.execute("INSERT INTO shelves VALUES (?, ?)", (sku, shelf))


def set_listing(db: Connection, sku: str, e_katalog: str, tkdn_number: str, tkdn_expires: str | None) -> None:
    """Number or address in the e-Katalog, and the TKDN certificate with its last day."""
    db.execute("DELETE FROM listings WHERE sku = ?", (sku,))
    if e_katalog or tkdn_number or tkdn_expires:
        db.execute("INSERT INTO listings VALUES (?, ?, ?, ?)", (sku, e_katalog, tkdn_number, tkdn_expires))


def remove_barcode(db: Connection, sku: str, barcode: str) -> None:
    """A scan of this code finds the product no more."""
    db.execute("DELETE FROM barcodes WHERE sku = ? AND barcode = ?", (sku, barcode))
    search.renew(db, [sku])


def shelves(db: Connection) -> list[str]:
    """The shelves that goods stand on, by name."""
    return [row[0] for row in db.execute("SELECT DISTINCT shelf FROM shelves ORDER BY shelf")]


def families(db: Connection) -> list[str]:
    """The families of goods in several sizes, by name."""
    return [row[0] for row in db.execute("SELECT DISTINCT family FROM variants ORDER BY family")]


def sizes(db: Connection, sku: str) -> list[Size]:
    """All sizes of the family of a product, of the same producer, smallest first; nothing where it has none."""
    rows = db.execute(
        "SELECT p.sku, p.name, v.size, coalesce(c.sell_price, p.sell_price),"
        " (SELECT coalesce(sum(quantity), 0) FROM stock s WHERE s.sku = p.sku)"
        " FROM products this JOIN variants mine ON mine.sku = this.sku"
        " JOIN variants v ON v.family = mine.family"
        " JOIN products p ON p.sku = v.sku AND p.producer = this.producer LEFT JOIN prices c ON c.sku = p.sku"
        " WHERE this.sku = ?",
        (sku,),
    )
    return sorted((Size(*row) for row in rows), key=lambda one: (in_order(one.size), one.sku))
