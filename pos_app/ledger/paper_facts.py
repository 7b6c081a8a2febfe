"""What papers show beyond their own document. Every answer is as of an entry, so a reprint says the same, except that
a document was taken back."""

from pos_app.ledger import queries, threads
from pos_app.ledger.qris_money import OF_A_MATCH
from pos_app.ledger.sqlite import Connection
from sync.documents.qris_matched import QrisMatched


def sealed_note(db: Connection, document_id: str) -> bytes | None:
    """The sealed free note of a document; ``None`` when there is none or it was erased."""
    row = db.execute("SELECT sealed FROM notes WHERE document_id = ?", (document_id,)).fetchone()
    return row[0] if row else None


def reversed_by(db: Connection, document_id: str) -> str:
    """The number of the document that took this one back; empty while it stands."""
    row = db.execute(
        "SELECT d.number FROM reversed r JOIN documents d ON d.seq = r.seq WHERE r.original_id = ?", (document_id,)
    ).fetchone()
    return str(row[0]) if row else ""


def head_signature(db: Connection, seq: int) -> bytes | None:
    """The till's signature over the hash of entry ``seq`` (64 bytes), made when a shift was closed."""
    row = db.execute("SELECT signature FROM signed_heads WHERE seq = ?", (seq,)).fetchone()
    return row[0] if row else None


def balance_after(db: Connection, account: str, seq: int) -> int:
    """Balance of an account after entry ``seq``, in rupiah, debit positive."""
    row = db.execute(
        f"{threads.POSTINGS} SELECT coalesce(sum(amount), 0) FROM thread", {"account": account, "after": seq}
    ).fetchone()
    return queries.balance(db, account) - int(row[0])


def qris_entries(db: Connection, first_seq: int, last_seq: int) -> list[tuple[int, int]]:
    """Sequence number and amount (rupiah) of what buyers paid and got back by QRIS between two entries."""
    rows = db.execute(
        "SELECT p.seq, p.amount FROM postings p CROSS JOIN documents d ON d.seq = p.seq"
        f" WHERE p.seq BETWEEN ? AND ? AND p.account = 'qris' AND NOT {OF_A_MATCH} ORDER BY p.seq",
        (first_seq, last_seq),
    )
    return [(row[0], row[1]) for row in rows]


def matched_between(db: Connection, first_seq: int, last_seq: int) -> set[int]:
    """Entries whose QRIS money a match between two entries settled, and none of them took back."""
    rows = db.execute(
        f"SELECT seq FROM documents WHERE {queries.of_kind('qris_matched')} AND seq BETWEEN ? AND ?",
        ("qris_matched", first_seq, last_seq),
    ).fetchall()
    found = (queries.entry_by_seq(db, seq) for (seq,) in rows)
    undone = "SELECT 1 FROM reversed WHERE original_id = ? AND seq <= ?"
    matches = [one for one in found if one is not None and not db.execute(undone, (one.id, last_seq)).fetchone()]
    return {line.seq for entry in matches if isinstance(entry.document, QrisMatched) for line in entry.document.lines}


def documents_with_paper(db: Connection, kinds: tuple[str, ...]) -> list[str]:
    """Ids of the documents of these kinds, oldest first."""
    found: list[tuple[int, str]] = []
    for kind in kinds:
        rows = db.execute(
            "SELECT d.seq, j.document_id FROM documents d JOIN journal j ON j.seq = d.seq"
            f" WHERE {queries.of_kind(kind, 'd.kind')}",
            (kind,),
        )
        found += [(row[0], row[1]) for row in rows]
    return [document_id for _seq, document_id in sorted(found)]
