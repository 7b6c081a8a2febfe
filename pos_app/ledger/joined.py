"""What the books of a till tell after two of its histories were put together, for who has to put it right by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pos_app.ledger import queries
from sync.documents.sale import Sale

if TYPE_CHECKING:
    from pos_app.ledger.rejoining import Entered
    from pos_app.ledger.sqlite import Connection


def twice(db: "Connection", base: int, head: int, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Kind and party of documents that stand both in the centre's part, which ends at ``head``, and after it."""
    marks = ", ".join("?" * len(kinds))
    rows: Any = db.execute(
        f"SELECT kind, party FROM documents WHERE seq > ? AND seq <= ? AND kind IN ({marks})"
        f" INTERSECT SELECT kind, party FROM documents WHERE seq > ? AND kind IN ({marks}) ORDER BY 1, 2",
        (base, head, *kinds, head, *kinds),
    )
    return [tuple(row) for row in rows]


def owing(db: "Connection") -> tuple[tuple[str, int], ...]:
    """Producers who owe the corner, with the rupiah."""
    rows: Any = db.execute(
        "SELECT substr(account, 9), amount FROM balances WHERE account GLOB 'payable:*' AND amount > 0 ORDER BY 1"
    )
    return tuple((row[0], row[1]) for row in rows)


def short(db: "Connection") -> list[tuple[str, int]]:
    """Goods, by name, that lie below zero, with the thousandths."""
    rows = db.execute(
        "SELECT coalesce(p.name, s.sku), sum(s.quantity) FROM stock s LEFT JOIN products p ON p.sku = s.sku"
        " GROUP BY s.sku HAVING sum(s.quantity) < 0 ORDER BY 1"
    )
    return [(row[0], row[1]) for row in rows]


def left_in_drawer(db: "Connection", entered: "Entered") -> int:
    """Rupiah that the closing put in took out of the drawer, and the opening put in did not put back; nobody did."""

    def amount(number: str) -> int:
        row = db.execute("SELECT amount FROM documents WHERE number = ?", (number,)).fetchone() if number else None
        return row[0] if row is not None else 0

    return amount(entered.closed) - amount(entered.opened) if entered.closed else 0


def overpaid(db: "Connection") -> tuple[tuple[str, int], ...]:
    """Staff members who paid more than was on their tab, with the rupiah."""
    rows: Any = db.execute(
        "SELECT substr(account, 5), -amount FROM balances WHERE account GLOB 'tab:*' AND amount < 0 ORDER BY 1"
    )
    return tuple((row[0], row[1]) for row in rows)


def returned_twice(db: "Connection", base: int, head: int) -> tuple[str, ...]:
    """Sales of which more came back than was sold, by number, because both histories refunded them."""
    found = []
    for _kind, number in twice(db, base, head, ("refund",)):
        sale = queries.entry_by_number(db, number)
        if sale is None or not isinstance(sale.document, Sale):
            continue
        rows: Any = db.execute(
            "SELECT line, sum(quantity) FROM refunded r WHERE sale_seq = ? GROUP BY line", (sale.seq,)
        )
        if any(quantity > sale.document.lines[line].quantity for line, quantity in rows):
            found.append(number)
    return tuple(found)
