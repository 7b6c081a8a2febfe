"""Reads for the log of events: what is no document but was traced, and documents that put something right.

Times and dates are ISO texts; ``user`` is a pseudonym. Nothing is written here.
"""

from dataclasses import dataclass

from pos_app.ledger import queries
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from sync.protocol.entry import read_body

MOST = 5_000
"""Rows of one kind that are read, the newest first."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A row of ``activity``."""

    at: str
    user: str
    action: str
    detail: str


def traced(db: Connection, first: str, last: str) -> list[Traced]:
    """What was traced from the day ``first`` to the day ``last``, the newest first."""
    rows = db.execute(
        "SELECT at, user, action, detail FROM activity WHERE substr(at, 1, 10) BETWEEN ? AND ?"
        " ORDER BY id DESC LIMIT ?",
        (first, last, MOST),
    )
    return [Traced(*row) for row in rows]


def entries(db: Connection, kind: str, first: str, last: str) -> list[Entry]:
    """Documents of a kind that is no sale, by business date, the newest first."""
    rows = db.execute(
        f"SELECT seq FROM documents WHERE {queries.of_kind(kind)} AND date BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?",
        (kind, first, last, MOST),
    ).fetchall()
    found = (queries.entry_by_seq(db, seq) for (seq,) in rows)
    return [entry for entry in found if entry is not None]


def discounted(db: Connection, first_seq: int, last_seq: int) -> list[Entry]:
    """Sales with a discount in a stretch of the journal, the newest first."""
    rows = db.execute(
        "SELECT seq, hash, body FROM journal WHERE seq BETWEEN ? AND ? AND kind = 'sale'"
        " AND instr(body, CAST('\"discount\":' AS BLOB)) ORDER BY seq DESC LIMIT ?",
        (first_seq, last_seq, MOST),
    ).fetchall()
    found = []
    for seq, digest, body in rows:
        envelope = read_body(body)
        found.append(Entry(seq, digest, envelope, envelope.document()))
    return found


def product_names(db: Connection, skus: set[str]) -> dict[str, str]:
    """Names of products by their code."""
    marks = ", ".join("?" * len(skus))
    return dict(db.execute(f"SELECT sku, name FROM products WHERE sku IN ({marks})", sorted(skus)).fetchall())
