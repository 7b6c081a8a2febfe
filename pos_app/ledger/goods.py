"""Products in the registry beyond what a sale needs: papers, listings, sizes, shelves, codes; and changing them.

Amounts in rupiah, quantities in thousandths, rates in basis points, dates as ISO texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from pos_app.domain.product import Product
from pos_app.domain.sizes import in_order
from pos_app.ledger import queries, registry, search
from pos_app.ledger.queries import PRODUCT, Entry
from pos_app.ledger.sqlite import Connection
from sync.protocol.entry import read_body

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


GoodsFilter = Literal["all", "no_barcode", "no_picture", "own", "e_katalog"]
FILTERS: Final[dict[GoodsFilter, str]] = {
    "all": "1",
    "no_barcode": "NOT EXISTS (SELECT 1 FROM barcodes b WHERE b.sku = products.sku)",
    "no_picture": "NOT EXISTS (SELECT 1 FROM pictures i WHERE i.sku = products.sku)",
    "own": "version = 0",
    "e_katalog": "e_katalog = 1",
}
"""What a list of goods may be cut down to; ``own`` are those that the centre's catalogue never brought."""
COUNTS: Final[dict[GoodsFilter, str]] = {
    "all": "count(*)",
    "no_barcode": "count(*) - (SELECT count(DISTINCT sku) FROM barcodes)",
    "no_picture": "count(*) - (SELECT count(*) FROM pictures WHERE sku IN (SELECT sku FROM products))",
    "own": "coalesce(sum(version = 0), 0)",
    "e_katalog": "coalesce(sum(e_katalog = 1), 0)",
}
"""How many goods each of them leaves, without a look into another table for each of the goods."""


@dataclass(frozen=True, slots=True)
class Card:
    """A product as the registry has it. Its prices are those it was registered with; ``version`` is that of
    ``digests``: 0 for goods that only this corner knows."""

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


def set_listing(db: Connection, sku: str, e_katalog: str, tkdn_number: str, tkdn_expires: str | None) -> None:
    """Number or address in the e-Katalog, and the TKDN certificate with its last day."""
    db.execute("DELETE FROM listings WHERE sku = ?", (sku,))
    if e_katalog or tkdn_number or tkdn_expires:
        db.execute("INSERT INTO listings VALUES (?, ?, ?, ?)", (sku, e_katalog, tkdn_number, tkdn_expires))


def add_barcode(db: Connection, sku: str, barcode: str) -> None:
    """One more code by which a scan finds the product; the catalogue does not take it off."""
    db.execute("INSERT INTO own_barcodes VALUES (?, ?) ON CONFLICT DO NOTHING", (barcode, sku))
    registry.add_barcode(db, sku, barcode)
    search.renew(db, [sku])


def remove_barcode(db: Connection, sku: str, barcode: str) -> None:
    """A scan of this code finds the product no more."""
    for table in ("own_barcodes", "barcodes"):
        db.execute(f"DELETE FROM {table} WHERE sku = ? AND barcode = ?", (sku, barcode))
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


def goods_list(db: Connection, which: GoodsFilter, text: str, limit: int) -> list[Product]:
    """Goods by name; with words, those that a search finds, likeliest first; with a barcode, those that carry it."""
    if text.strip():
        found = queries.search_products(db, text, limit) or queries.products_by_code(db, text.strip())
        kept = _kept(db, which, [one.sku for one in found])
        return [one for one in found if one.sku in kept]
    ids = f"SELECT id FROM products WHERE {FILTERS[which]} ORDER BY name, sku LIMIT ?"
    rows = db.execute(f"{PRODUCT} WHERE p.id IN ({ids}) ORDER BY p.name, p.sku", (limit,))
    return [Product(*row) for row in rows]


def _kept(db: Connection, which: GoodsFilter, skus: list[str]) -> set[str]:
    these = msgspec.json.encode(skus).decode()
    rows = db.execute(
        f"SELECT sku FROM products WHERE sku IN (SELECT value FROM json_each(?)) AND {FILTERS[which]}", (these,)
    )
    return {sku for (sku,) in rows}


def goods_counts(db: Connection) -> dict[str, int]:
    """How many goods each filter leaves."""
    row = db.execute(f"SELECT {', '.join(COUNTS.values())} FROM products").fetchone()
    return {str(name): row[place] for place, name in enumerate(COUNTS)}


def price_entries(db: Connection, sku: str) -> list[Entry]:
    """The entries that set a price of this product, oldest first.

    The index by kind leads to all price changes of the corner; only bodies that name the code are read.
    """
    named = b'"sku":' + msgspec.json.encode(sku)
    rows = db.execute(
        "SELECT j.seq, j.hash, j.body FROM documents d JOIN journal j ON j.seq = d.seq"
        " WHERE d.kind = 'price_set' AND d.kind <> 'sale' AND instr(j.body, ?) > 0 ORDER BY d.seq",
        (named,),
    )
    found = []
    for seq, digest, body in rows:
        envelope = read_body(body)
        found.append(Entry(seq, digest, envelope, envelope.document()))
    return found
