"""The search index: under which words a product is found. Its name, whose it is, its code and barcodes."""

from contextlib import suppress
from typing import Final

import msgspec

from pos_app.ledger.sqlite import Connection, Error

MERGE_PAGES: Final = 1
"""Pages of the index that one step of merging writes, about; more would hold the lock beyond a frame."""

_TEXTS: Final = (
    " INTO product_search (rowid, text)"
    " SELECT p.id, concat_ws(' ', p.name, m.business_name, p.sku, group_concat(b.barcode, ' '))"
    " FROM products p JOIN producers m ON m.code = p.producer LEFT JOIN barcodes b ON b.sku = p.sku"
)


def add_from(db: Connection, first: int) -> None:
    """Make products findable that are in no index yet: those from the number ``first`` on."""
    db.execute(f"INSERT{_TEXTS} WHERE p.id >= ? GROUP BY p.id", (first,))


def renew(db: Connection, skus: list[str]) -> None:
    """Make products findable under their present words, and no longer under those of before."""
    these = msgspec.json.encode(skus).decode()
    db.execute(f"INSERT OR REPLACE{_TEXTS} WHERE p.sku IN (SELECT value FROM json_each(?)) GROUP BY p.id", (these,))


def renew_of_producers(db: Connection, codes: list[str]) -> None:
    """The same for all products of these producers."""
    these = msgspec.json.encode(codes).decode()
    found = db.execute("SELECT sku FROM products WHERE producer IN (SELECT value FROM json_each(?))", (these,))
    renew(db, [sku for (sku,) in found.fetchall()])


def fill(db: Connection) -> None:
    """Make the whole index anew."""
    db.execute("INSERT INTO product_search (product_search) VALUES ('delete-all')")
    add_from(db, 0)


def merge(db: Connection) -> bool:
    """One short step towards fewer segments of the index; whether there was something to do."""
    before = db.total_changes
    db.execute("INSERT INTO product_search (product_search, rank) VALUES ('merge', ?)", (MERGE_PAGES,))
    return bool(db.total_changes - before >= 2)


def condense(db: Connection) -> None:
    """Bring the index into one segment, in which nothing is left of words that were replaced."""
    db.execute("INSERT INTO product_search (product_search) VALUES ('optimize')")


def look_again(db: Connection) -> None:
    """Lets the connection see what others made of the index since it last searched.

    Any search does; SQLite's own check of the index does not, and takes parts that were merged for missing ones.
    """
    with suppress(Error):  # an index that cannot be read is for the check to tell
        db.execute("SELECT rowid FROM product_search WHERE rowid = 0").fetchall()
