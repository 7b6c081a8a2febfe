"""What happened to goods since they were counted, for a stock count that is to be taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pos_app.ledger.queries import of_kind
from pos_app.ledger.threads import of_goods
from sync.documents.goods import StockCount
from sync.protocol.entry import read_body

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pos_app.ledger.sqlite import Connection
    from sync.documents.base import Movement


def counted_again(db: Connection, skus: Collection[str], after: int) -> bool:
    """Whether a count after entry ``after`` that stands tells one of these goods, with a difference or without."""
    rows = db.execute(
        f"SELECT j.body FROM documents d JOIN journal j ON j.seq = d.seq"
        f" WHERE {of_kind('stock_count', 'd.kind')} AND d.seq > ?"
        " AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id)",
        ("stock_count", after),
    )
    for row in rows:
        document = read_body(row[0]).document()
        if isinstance(document, StockCount) and any(line.sku in skus for line in document.lines):
            return True
    return False


def movements(db: Connection, skus: Collection[str], after: int) -> Iterator[Movement]:
    """Everything that moved these goods after an entry."""
    found = db.execute(
        f"{of_goods('SELECT value FROM json_each(:skus)')} SELECT DISTINCT seq FROM thread",
        {"skus": json.dumps(sorted(skus)), "after": after},
    ).fetchall()
    for (seq,) in found:
        row = db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
        for movement in read_body(row[0]).document().effects().movements:
            if movement.sku in skus:
                yield movement
