"""Deliveries and returns that were recorded: what the producers' notes are found by. Dates are ISO texts."""

from dataclasses import dataclass, replace
from typing import Final

from pos_app.ledger.sqlite import Connection, Row

KINDS: Final = ("goods_received", "goods_returned")
NOTES: Final = """
SELECT d.seq, j.document_id, d.number, d.kind, d.party, coalesce(p.business_name, d.party), j.recorded_at,
       EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id)
FROM documents d JOIN journal j ON j.seq = d.seq LEFT JOIN producers p ON p.code = d.party
"""


@dataclass(frozen=True, slots=True)
class Note:
    """One of them; ``undone`` when another document took it back."""

    seq: int
    document_id: str
    number: str
    kind: str
    producer: str
    producer_name: str
    at: str
    undone: bool


def notes(db: Connection, producer: str = "", day: str = "", limit: int = 20) -> list[Note]:
    """The newest first: of one producer where ``producer`` is given, of one business date where ``day`` is."""
    found: list[int] = []
    for kind in KINDS:
        sql, given = newest_of(kind, producer, day)
        found += [row[0] for row in db.execute(sql, (*given, limit))]
    rows = db.execute(
        f"{NOTES} WHERE d.seq IN (SELECT value FROM json_each(?)) ORDER BY d.seq DESC LIMIT ?", (str(found), limit)
    )
    return [_note(row) for row in rows]


def newest_of(kind: str, producer: str, day: str) -> tuple[str, tuple[str, ...]]:
    """The statement, still without its limit, that gives entries of this kind through an index alone.

    The kind stands in the text, as in the condition of the index ``deliveries``, which tells party and date, too.
    """
    given = {column: value for column, value in (("party", producer), ("date", day)) if value}
    conditions = [f"kind = '{kind}'", *(f"{column} = ?" for column in given)] + ([] if given else ["kind <> 'sale'"])
    order = "date DESC, seq DESC" if producer else "seq DESC"
    sql = f"SELECT seq FROM documents WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT ?"
    return sql, tuple(given.values())


def by_number(db: Connection, number: str) -> Note | None:
    """The delivery or return with this number."""
    row = db.execute(f"{NOTES} WHERE d.number = ? AND d.kind IN {KINDS}", (number,)).fetchone()
    return _note(row) if row else None


def last_delivery(db: Connection, producer: str) -> int | None:
    """The entry of the newest delivery of a producer that was not taken back."""
    row = db.execute(
        "SELECT d.seq FROM documents d JOIN journal j ON j.seq = d.seq"
        " WHERE d.kind = 'goods_received' AND d.party = ?"
        " AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id)"
        " ORDER BY d.date DESC, d.seq DESC LIMIT 1",
        (producer,),
    ).fetchone()
    return row[0] if row else None


def _note(row: Row) -> Note:
    note = Note(*row)
    return replace(note, undone=bool(note.undone))
