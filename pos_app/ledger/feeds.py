"""Rows that the centre's feeds bring: its registry wins, the corner's own price and terms stay.

A producer or product that a feed no longer lists is kept: documents name it.
"""

from typing import Any

import msgspec

from pos_app.ledger.sqlite import Connection
from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.messages import Page, Row
from sync.protocol.wire import Malformed

FACTS: dict[str, type[Any]] = {"producers": ProducerFacts, "catalogue": ProductFacts}
NOTICE = "feed:"
"""Rows of the other scopes are kept as they came, in ``exchange``, under this prefix, scope and key."""


def read_rows(page: Page) -> list[Any]:
    """The rows of a page as facts. Raises ``Malformed``."""
    kind = FACTS.get(page.scope)
    if kind is None:
        return list(page.rows)
    try:
        return [msgspec.json.decode(row.body, type=kind) for row in page.rows if row.body]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(str(error)) from None


def apply(db: Connection, scope: str, rows: list[Any]) -> None:
    """Store what ``read_rows`` gave; inside the caller's transaction."""
    if scope == "producers":
        _apply_producers(db, rows)
    elif scope == "catalogue":
        _apply_products(db, rows)
    else:
        _keep(db, scope, rows)


def _apply_producers(db: Connection, rows: list[ProducerFacts]) -> None:
    names = dict(db.execute("SELECT code, business_name FROM producers").fetchall())
    db.executemany(
        "INSERT INTO producers (code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no,"
        " halal_expires, joined_on, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (code) DO UPDATE SET business_name = excluded.business_name, kelurahan = excluded.kelurahan,"
        " class = excluded.class, payout_terms = excluded.payout_terms, nib = excluded.nib, pirt = excluded.pirt,"
        " halal_no = excluded.halal_no, halal_expires = excluded.halal_expires, joined_on = excluded.joined_on,"
        " version = version + 1",
        [
            (
                row.code,
                row.business_name,
                row.kelurahan,
                row.class_,
                row.payout_terms,
                row.nib,
                row.pirt,
                row.halal_no,
                row.halal_expires,
                row.joined_on,
            )
            for row in rows
        ],
    )
    renamed = [row.code for row in rows if names.get(row.code, row.business_name) != row.business_name]
    for code in renamed:
        _index(db, [found[0] for found in db.execute("SELECT sku FROM products WHERE producer = ?", (code,))])


def _apply_products(db: Connection, rows: list[ProductFacts]) -> None:
    _stand_in(db, {row.producer for row in rows})
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM products").fetchone()[0]
    db.executemany(
        "INSERT INTO products (id, sku, name, category, unit, producer, pricing, consign_price, commission_bp,"
        " sell_price, shelf_life_days, min_stock, needs_pirt, needs_halal, e_katalog, tkdn_bp, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
        " ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category = excluded.category, unit = excluded.unit,"
        " producer = excluded.producer, shelf_life_days = excluded.shelf_life_days, needs_pirt = excluded.needs_pirt,"
        " needs_halal = excluded.needs_halal, e_katalog = excluded.e_katalog, tkdn_bp = excluded.tkdn_bp,"
        " version = version + 1",
        [
            (
                first + index,
                row.sku,
                row.name,
                row.category,
                row.unit,
                row.producer,
                row.pricing,
                row.consign_price,
                row.commission_bp,
                row.sell_price,
                row.shelf_life_days,
                row.min_stock * 1_000,
                row.needs_pirt,
                row.needs_halal,
                row.e_katalog,
                row.tkdn_bp,
            )
            for index, row in enumerate(rows)
        ],
    )
    barcodes = [(row.barcode, row.sku) for row in rows if row.barcode]
    db.executemany("DELETE FROM barcodes WHERE sku = ?", [(sku,) for _barcode, sku in barcodes])
    db.executemany("INSERT INTO barcodes VALUES (?, ?)", barcodes)
    _index(db, [row.sku for row in rows])


def _stand_in(db: Connection, codes: set[str]) -> None:
    """A product may arrive before its producer, who was registered between two pulls; the next pull fills it in."""
    db.executemany(
        "INSERT INTO producers (code, business_name, class, payout_terms) VALUES (?, ?, 'mikro', 'mingguan')"
        " ON CONFLICT (code) DO NOTHING",
        [(code, code) for code in sorted(codes)],
    )


def _index(db: Connection, skus: list[str]) -> None:
    """Make products findable under their present names."""
    db.executemany(
        "INSERT OR REPLACE INTO product_search (rowid, text)"
        " SELECT p.id, p.name || ' ' || m.business_name || ' ' || p.sku || ' ' ||"
        " coalesce((SELECT max(barcode) FROM barcodes b WHERE b.sku = p.sku), '')"
        " FROM products p JOIN producers m ON m.code = p.producer WHERE p.sku = ?",
        [(sku,) for sku in skus],
    )


def _keep(db: Connection, scope: str, rows: list[Row]) -> None:
    for row in rows:
        key = f"{NOTICE}{scope}:{row.key}"
        if row.body:
            db.execute(
                "INSERT INTO exchange VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, row.body.decode("utf-8", "replace")),
            )
        else:
            db.execute("DELETE FROM exchange WHERE key = ?", (key,))
