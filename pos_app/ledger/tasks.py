"""What is to be done with a batch before or after it expires: sell it cheaper, give it back to its producer.

A task is open while it has no end and pieces of its batch are on hand: one whose batch is sold out is no longer told,
and comes back with a refund that brings pieces back. Prices in rupiah, dates and times as ISO texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pos_app.ledger.sqlite import Connection
from sync.documents.base import Bearer

Kind = Literal["price_down", "return"]

OPEN = """
SELECT t.id, t.kind, t.sku, t.batch, t.due_on, t.price, t.borne_by, t.made_at, t.made_by
FROM tasks t JOIN stock s ON s.sku = t.sku AND s.batch = t.batch AND s.quantity > 0
WHERE t.ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Task:
    """``due_on`` is the last day of sale of the batch; ``price`` the lower price, ``borne_by`` who bears the rest."""

    id: int
    kind: Kind
    sku: str
    batch: str
    due_on: str
    price: int | None
    borne_by: Bearer | Literal[""]
    made_at: str
    made_by: str


def add(
    db: Connection,
    kind: Kind,
    sku: str,
    batch: str,
    due_on: str,
    *,
    at: str,
    by: str,
    price: int | None = None,
    borne_by: Bearer | Literal[""] = "",
) -> bool:
    """A task for a batch; False when one of its kind is open already."""
    added = db.execute(
        "INSERT INTO tasks (kind, sku, batch, due_on, price, borne_by, made_at, made_by)"
        " SELECT :kind, :sku, :batch, :due_on, :price, :borne_by, :at, :by WHERE NOT EXISTS (SELECT 1 FROM tasks"
        " WHERE kind = :kind AND sku = :sku AND batch = :batch AND ended_at IS NULL)",
        {"kind": kind, "sku": sku, "batch": batch, "due_on": due_on, "price": price, "borne_by": borne_by}
        | {"at": at, "by": by},
    )
    return bool(added.rowcount)


def end(db: Connection, ids: Iterable[int], *, at: str, outcome: str) -> None:
    """Ends tasks; ``outcome`` is a word or the number of the document that did it."""
    db.executemany(
        "UPDATE tasks SET ended_at = ?, outcome = ? WHERE id = ? AND ended_at IS NULL",
        [(at, outcome, one) for one in ids],
    )


def open_tasks(db: Connection, kind: Kind | None = None) -> list[Task]:
    """Open tasks, the first due first."""
    which = " AND t.kind = :kind" if kind else ""
    rows = db.execute(f"{OPEN}{which} ORDER BY t.due_on, t.sku, t.batch, t.id", {"kind": kind} if kind else {})
    return [Task(*row) for row in rows]


def open_of(db: Connection, kind: Kind, sku: str) -> list[Task]:
    """Open tasks of one kind for some goods, the first due first."""
    rows = db.execute(f"{OPEN} AND t.kind = ? AND t.sku = ? ORDER BY t.due_on, t.batch", (kind, sku))
    return [Task(*row) for row in rows]


def unended(db: Connection, kind: Kind, batches: Mapping[str, Iterable[str]]) -> list[int]:
    """Ids of the tasks of one kind without an end, for batches by SKU, on hand or not."""
    pairs = {(sku, batch) for sku, all_of in batches.items() for batch in all_of}
    rows = db.execute("SELECT id, sku, batch FROM tasks WHERE kind = ? AND ended_at IS NULL", (kind,))
    return [row[0] for row in rows if (row[1], row[2]) in pairs]


def count(db: Connection, kind: Kind) -> int:
    """How many tasks of a kind are open."""
    return int(db.execute(f"SELECT count(*) FROM ({OPEN} AND t.kind = ?)", (kind,)).fetchone()[0])


def end_gone(db: Connection, at: str) -> None:
    """Ends tasks whose batches are no longer on hand."""
    db.execute(
        "UPDATE tasks SET ended_at = ?, outcome = 'gone' WHERE ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM stock s"
        " WHERE s.sku = tasks.sku AND s.batch = tasks.batch AND s.quantity > 0)",
        (at,),
    )


def to_return(db: Connection, producer: str) -> list[tuple[str, str, int, str]]:
    """What of a producer's goods on hand is to go back: SKU, name, thousandths and last day of each batch."""
    rows = db.execute(
        "SELECT t.sku, p.name, s.quantity, t.due_on FROM tasks t JOIN products p ON p.sku = t.sku"
        " JOIN stock s ON s.sku = t.sku AND s.batch = t.batch AND s.quantity > 0"
        " WHERE t.ended_at IS NULL AND t.kind = 'return' AND p.producer = ? ORDER BY t.due_on, p.name",
        (producer,),
    )
    return [tuple(row) for row in rows]
