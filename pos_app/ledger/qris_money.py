"""QRIS money that no bank statement was matched to: read from the newest match on, not from all of history."""

from collections.abc import Iterable
from dataclasses import dataclass

from pos_app.ledger import queries, threads
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from sync.documents.qris_matched import QrisMatched

OF_A_MATCH = "(d.kind = 'qris_matched' OR (d.kind = 'reversal' AND d.party GLOB 'CQ-*'))"
"""A document ``d`` that matches, or takes a match back."""

NEWEST = """
SELECT d.seq FROM documents d CROSS JOIN journal j ON j.seq = d.seq
WHERE d.kind = 'qris_matched' AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id)
ORDER BY d.seq DESC LIMIT 1
"""
SINCE = f"""
{threads.POSTINGS}
SELECT t.seq, t.amount FROM thread t CROSS JOIN documents d ON d.seq = t.seq WHERE NOT {OF_A_MATCH} ORDER BY t.seq
"""


TAKEN_BACK = """
SELECT d.seq FROM reversed r
CROSS JOIN journal j ON j.document_id = r.original_id CROSS JOIN documents d ON d.seq = j.seq
WHERE r.seq > :newest AND d.seq < :newest AND d.kind = 'qris_matched'
"""
"""Earlier matches that were taken back after the newest: two histories put together have such."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest match that stands: its document's id and number, and where it ended."""

    seq: int
    id: str
    number: str
    through_seq: int
    left: tuple[tuple[int, int], ...]


def total(db: Connection) -> int:
    """Unmatched QRIS money, in rupiah."""
    return queries.balance(db, "qris")


def newest(db: Connection) -> Newest | None:
    """The newest match that was not reversed."""
    row = db.execute(NEWEST).fetchone()
    entry = queries.entry_by_seq(db, row[0]) if row else None
    if entry is None or not isinstance(entry.document, QrisMatched):
        return None
    match = entry.document
    return Newest(entry.seq, entry.id, match.number, match.through_seq, match.left)


def open_entries(db: Connection) -> list[tuple[int, int]]:
    """Sequence number and rupiah of every entry whose QRIS money is unmatched, in order."""
    last = newest(db)
    since = db.execute(SINCE, {"account": "qris", "after": last.through_seq if last else 0})
    found = [*(last.left if last else ()), *((row[0], row[1]) for row in since)]
    if last is not None:
        for (seq,) in db.execute(TAKEN_BACK, {"newest": last.seq}).fetchall():
            match = queries.entry_by_seq(db, seq)
            if match is not None and isinstance(match.document, QrisMatched):
                found += [(line.seq, line.amount) for line in match.document.lines]
    return sorted(found)


def numbers(db: Connection, seqs: Iterable[int]) -> dict[int, str]:
    """The documents' numbers of these entries."""
    rows = (db.execute("SELECT seq, number FROM documents WHERE seq = ?", (seq,)).fetchone() for seq in seqs)
    return {row[0]: row[1] for row in rows}


def entries(db: Connection, seqs: Iterable[int]) -> list[Entry]:
    """These entries, in order."""
    return [entry for seq in seqs if (entry := queries.entry_by_seq(db, seq))]
