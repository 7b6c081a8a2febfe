"""Producers, goods and staff that entries name and this registry does not know: a registry of before the entries.

They stand in under their codes, so that what is on the shelf and owed is seen; the centre's next pull fills in what it
has. Names of people stay lost.
"""

from typing import TYPE_CHECKING, Any

from pos_app.ledger import search
from pos_app.ledger.standing import party_of
from sync.documents.base import Document, Effects
from sync.documents.goods import GoodsReceived, StockCount

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection

CATEGORY = "lainnya"
PAYABLE, TAB = "payable:", "tab:"
THOUSAND = 1_000


def stand_in(db: "Connection", document: Document, effects: Effects) -> None:
    """Add what ``document`` names and the registry lacks; inside the caller's transaction, before it is projected."""
    accounts = [account for account, _amount in effects.postings]
    for account in accounts:
        if account.startswith(TAB):
            db.execute("INSERT OR IGNORE INTO staff (code) VALUES (?)", (account.removeprefix(TAB),))
    for account in accounts:
        if account.startswith(PAYABLE):
            _producer(db, account.removeprefix(PAYABLE))
    for line in _lines(document):
        if db.execute("SELECT 1 FROM products WHERE sku = ?", (line.sku,)).fetchone() is None:
            producer = party_of(document) if isinstance(document, GoodsReceived) else line.producer
            _producer(db, producer)
            _product(db, line, producer)


def _lines(document: Document) -> list[Any]:
    """The lines of a document that say what goods are: price, unit and how they are supplied."""
    lines = getattr(document, "lines", ())
    if isinstance(document, StockCount):
        return [line.missing for line in document.lines if line.missing]
    return [line for line in lines if hasattr(line, "pricing")]


def _producer(db: "Connection", code: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO producers (code, business_name, class, payout_terms)"
        " VALUES (:code, :code, 'mikro', 'mingguan')",
        {"code": code},
    )


def _product(db: "Connection", line: Any, producer: str) -> None:
    price = getattr(line, "sell_price", None) or getattr(line, "total", 0) * THOUSAND // line.quantity
    first = db.execute("SELECT coalesce(max(id), 0) + 1 FROM products").fetchone()[0]
    facts = (
        *(line.sku, line.name, CATEGORY, line.unit, producer, line.pricing),
        *(getattr(line, "consign_price", None), getattr(line, "commission_bp", None), price),
    )
    db.execute(
        "INSERT INTO products (sku, name, category, unit, producer, pricing, consign_price, commission_bp, sell_price)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        facts,
    )
    search.add_from(db, first)
