"""Reads of what got lost: write-offs and stock counts of a period, and the goods they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_app.ledger.queries import of_kind
from sync.protocol.entry import read_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pos_app.ledger.sqlite import Connection
    from sync.documents.base import Document

KINDS = ("write_off", "stock_count")


def documents(db: Connection, first: str, last: str) -> Iterator[Document]:
    """Write-offs and stock counts of the business dates from ``first`` to ``last`` that stand, oldest first."""
    for kind in KINDS:
        rows = db.execute(
            f"SELECT j.body FROM documents d JOIN journal j ON j.seq = d.seq"
            f" WHERE {of_kind(kind, 'd.kind')} AND d.date BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id) ORDER BY d.seq",
            (kind, first, last),
        )
        for row in rows:
            yield read_body(row[0]).document()


def goods(db: Connection) -> dict[str, tuple[str, int]]:
    """Producer and sell price of today of all goods, by SKU."""
    rows = db.execute(
        "SELECT p.sku, p.producer, coalesce(c.sell_price, p.sell_price)"
        " FROM products p LEFT JOIN prices c ON c.sku = p.sku"
    )
    return {row[0]: (row[1], row[2]) for row in rows}
