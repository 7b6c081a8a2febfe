"""Rows that the centre's feeds bring: its registry wins, the corner's own price and terms stay.

A producer or product that a feed no longer lists is kept: documents name it. Goods that documents name keep their
producer and unit, whatever a feed says: what is on the shelf and owed is by those.
"""

from typing import Any

import msgspec

from pos_app.ledger import search
from pos_app.ledger.sqlite import Connection
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.messages import Page, Row
from sync.protocol.wire import Malformed

DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "producers": msgspec.json.Decoder(ProducerFacts),
    "catalogue": msgspec.json.Decoder(ProductFacts),
}
NOTICE = "feed:"
"""Rows of the other scopes are kept as they came, in ``exchange``, under this prefix, scope and key."""
KEPT = f"{NOTICE}kept:"
"""Goods whose producer or unit a feed would have changed stand under this prefix, with what it says of them."""
SLICE = 100
"""Rows that one transaction applies while the counter may be selling: less than a frame."""

Place = tuple[str, str]
"""Producer and unit of goods."""
_THESE = "(SELECT value FROM json_each(?))"
_PRODUCER = (
    "INSERT INTO producers (code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no,"
    " halal_expires, joined_on, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
    " ON CONFLICT (code) DO UPDATE SET business_name = excluded.business_name, kelurahan = excluded.kelurahan,"
    " class = excluded.class, payout_terms = excluded.payout_terms, nib = excluded.nib, pirt = excluded.pirt,"
    " halal_no = excluded.halal_no, halal_expires = excluded.halal_expires, joined_on = excluded.joined_on,"
    " version = version + 1 WHERE producers.personal IS NOT x''"
)
"""A producer who was anonymised stays so, whatever the centre still says."""
_PRODUCT = (
    "INSERT INTO products (sku, name, category, unit, producer, pricing, consign_price, commission_bp, sell_price,"
    " shelf_life_days, min_stock, needs_pirt, needs_halal, e_katalog, tkdn_bp, version)"
    " VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 * 1000, ?13, ?14, ?15, ?16, 1)"
    " ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category = excluded.category, unit = excluded.unit,"
    " producer = excluded.producer, shelf_life_days = excluded.shelf_life_days, needs_pirt = excluded.needs_pirt,"
    " needs_halal = excluded.needs_halal, e_katalog = excluded.e_katalog, tkdn_bp = excluded.tkdn_bp,"
    " version = version + 1"
)
"""Parameters are the fields of ``ProductFacts`` in their order; the second, the barcode, has a table of its own."""


def read_rows(page: Page) -> list[Any]:
    """The rows of a page as facts. Raises ``Malformed`` or ``Oversize``."""
    rows = page.rows()
    decoder = DECODERS.get(page.scope)
    if decoder is None:
        return rows
    try:
        return [decoder.decode(row.body) for row in rows if row.body]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(str(error)) from None


def apply(db: Connection, scope: str, rows: list[Any]) -> None:
    """Store what ``read_rows`` gave; inside the caller's transaction. Applying rows again changes nothing."""
    if scope == "producers":
        _apply_producers(db, rows)
    elif scope == "catalogue":
        _apply_products(db, rows)
    else:
        _keep(db, scope, rows)


def _apply_producers(db: Connection, rows: list[ProducerFacts]) -> None:
    names = _names(db, [row.code for row in rows])
    db.executemany(_PRODUCER, (msgspec.structs.astuple(row)[:-1] for row in rows))
    changed = [row.code for row in rows if names.get(row.code, row.business_name) != row.business_name]
    now = _names(db, changed) if changed else {}
    renamed = [code for code in changed if now.get(code) != names[code]]
    if renamed:
        search.renew_of_producers(db, renamed)


def _apply_products(db: Connection, rows: list[ProductFacts]) -> None:
    producers = {row.producer for row in rows}
    _stand_in(db, producers - _names(db, list(producers)).keys())
    found = db.execute(
        f"SELECT sku, producer, unit FROM products WHERE sku IN {_THESE}", (_json([row.sku for row in rows]),)
    )
    known = {sku: (producer, unit) for sku, producer, unit in found}
    rows = _as_documents_say(db, rows, known)
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM products").fetchone()[0]
    db.executemany(_PRODUCT, (msgspec.structs.astuple(row)[:-1] for row in rows))
    changed = [row for row in rows if row.sku in known]
    if changed:
        with_barcode = _json([row.sku for row in changed if row.barcode])
        # A label that this corner printed stays on the goods, and so does a code that it gave them.
        db.execute(
            f"DELETE FROM barcodes WHERE barcode NOT GLOB '20*' AND sku IN {_THESE} AND NOT EXISTS"
            " (SELECT 1 FROM own_barcodes o WHERE o.sku = barcodes.sku AND o.barcode = barcodes.barcode)",
            (with_barcode,),
        )
    given = ((row.barcode, row.sku) for row in rows if row.barcode)
    db.executemany("INSERT OR IGNORE INTO barcodes VALUES (?, ?)", given)
    if changed:
        search.renew(db, [row.sku for row in changed])
    search.add_from(db, first)


def _as_documents_say(db: Connection, rows: list[ProductFacts], known: dict[str, Place]) -> list[ProductFacts]:
    """The rows with the producer and unit of goods that documents name; where they differ, a notice is kept."""
    told = set(kept(db))
    stay = []
    for row in rows:
        producer, unit = known.get(row.sku, (row.producer, row.unit))
        if (producer, unit) != (row.producer, row.unit) and _named(db, row.sku):
            _notice(db, KEPT + row.sku, msgspec.json.encode({"producer": row.producer, "unit": row.unit}))
            stay.append(msgspec.structs.replace(row, producer=producer, unit=unit))
            continue
        if row.sku in told:
            _notice(db, KEPT + row.sku, b"")
        stay.append(row)
    return stay


def _named(db: Connection, sku: str) -> bool:
    """Whether a document names the goods: they keep a row of stock from the first movement on."""
    query = "SELECT EXISTS (SELECT 1 FROM stock WHERE sku = :sku) OR EXISTS (SELECT 1 FROM prices WHERE sku = :sku)"
    return bool(db.execute(query, {"sku": sku}).fetchone()[0])


def kept(db: Connection) -> list[str]:
    """Goods that a feed names under another producer or unit than documents do, by SKU."""
    rows = db.execute("SELECT key FROM exchange WHERE key > ? AND key < ? ORDER BY key", (KEPT, f"{KEPT[:-1]};"))
    return [key.removeprefix(KEPT) for (key,) in rows]


def _names(db: Connection, codes: list[str]) -> dict[str, str]:
    """Business names of those of ``codes`` that are known."""
    rows = db.execute(f"SELECT code, business_name FROM producers WHERE code IN {_THESE}", (_json(codes),))
    return dict(iter(rows))


def _stand_in(db: Connection, codes: set[str]) -> None:
    """A product may arrive before its producer, who was registered between two pulls; the next pull fills it in."""
    db.executemany(
        "INSERT INTO producers (code, business_name, class, payout_terms) VALUES (?, ?, 'mikro', 'mingguan')",
        [(code, code) for code in sorted(codes)],
    )


def _json(values: list[str]) -> str:
    return msgspec.json.encode(values).decode()


def _keep(db: Connection, scope: str, rows: list[Row]) -> None:
    for row in rows:
        _notice(db, f"{NOTICE}{scope}:{row.key}", row.body)


def _notice(db: Connection, key: str, body: bytes) -> None:
    """Keep one row in ``exchange``; without a body it goes."""
    if body:
        db.execute(
            "INSERT INTO exchange VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, body.decode("utf-8", "replace")),
        )
    else:
        db.execute("DELETE FROM exchange WHERE key = ?", (key,))
