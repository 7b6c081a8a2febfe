"""Reads for settlements: what touched a producer between two entries. Amounts in rupiah, quantities in thousandths."""

import sys
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final, Literal

from pos_app.ledger import threads
from pos_app.ledger.sqlite import Connection

STANDS = "NOT EXISTS (SELECT 1 FROM journal j JOIN reversed r ON r.original_id = j.document_id WHERE j.seq = s.seq)"
"""A settlement ``s`` that was not reversed."""
STOOD = (
    "NOT EXISTS (SELECT 1 FROM journal j JOIN reversed r ON r.original_id = j.document_id"
    " WHERE j.seq = s.seq AND r.seq < :before)"
)
"""A settlement ``s`` that was not reversed before entry ``:before``."""
Cause = Literal["sold", "refunded", "bought", "lost", "opening", "debt", "paid"]
"""Why a payable changed: shares sold, shares that came back with the goods, goods bought outright, losses the corner
bears, the paper book, debts that the producer paid, payments."""
CAUSES: Final[dict[str, Cause]] = {
    "ST": "sold",
    "PU": "refunded",
    "NT": "bought",
    "NR": "bought",
    "HR": "lost",
    "SO": "lost",
    "SA": "opening",
    "KK": "debt",
    "BP": "paid",
}
"""By the prefix of the document's number; a reversal counts for what it takes back."""
_PREFIX = (
    "CASE d.kind WHEN 'sale' THEN 'sold' WHEN 'reversal' THEN substr(d.party, 1, 2) ELSE substr(d.number, 1, 2) END"
)
"""The prefix of what moved a payable. A sale is ``sold``, so that ``ST`` are those that were taken back."""


@dataclass(frozen=True, slots=True)
class LastSettlement:
    """Where the last settlement of a producer ended."""

    seq: int
    through_seq: int
    through_date: str


@dataclass(frozen=True, slots=True)
class Payable:
    """A producer in the list of what is owed. ``since`` is the date of the last settlement, if any.

    ``payout_terms`` are those of the agreement where there is one, else the producer's own; ``pays_by`` is what was
    agreed on, or empty.
    """

    producer: str
    name: str
    payout_terms: str
    amount: int
    since: str | None
    pays_by: str


@dataclass(frozen=True, slots=True)
class Slip:
    """One settlement in the list of a producer's. ``amount`` is what was paid, in rupiah."""

    seq: int
    id: str
    number: str
    date: str
    amount: int
    reversed: bool


def last(db: Connection, producer: str) -> LastSettlement | None:
    """The last settlement of a producer that was not reversed."""
    row = db.execute(
        f"SELECT s.seq, s.through_seq, s.through_date FROM settled s WHERE s.producer = ? AND {STANDS}"
        " ORDER BY s.seq DESC LIMIT 1",
        (producer,),
    ).fetchone()
    return LastSettlement(*row) if row else None


def last_before(db: Connection, producer: str, seq: int) -> LastSettlement | None:
    """The settlement of a producer on which the one in entry ``seq`` was built: the last that stood then."""
    row = db.execute(
        f"SELECT s.seq, s.through_seq, s.through_date FROM settled s WHERE s.producer = :producer AND s.seq < :before"
        f" AND {STOOD} ORDER BY s.seq DESC LIMIT 1",
        {"producer": producer, "before": seq},
    ).fetchone()
    return LastSettlement(*row) if row else None


def slips(db: Connection, producer: str, limit: int = 200) -> list[Slip]:
    """The settlements of a producer, newest first, those taken back as well."""
    rows = db.execute(
        f"SELECT s.seq, n.document_id, d.number, d.date, d.amount, NOT ({STANDS}) FROM settled s"
        " JOIN documents d ON d.seq = s.seq JOIN journal n ON n.seq = s.seq"
        " WHERE s.producer = ? ORDER BY s.seq DESC LIMIT ?",
        (producer, limit),
    )
    return [Slip(row[0], row[1], row[2], row[3], row[4], bool(row[5])) for row in rows]


def seq_at_end_of(db: Connection, day: date) -> int:
    """The last entry of a business date and the days before it; 0 when there is none.

    The place in the journal at which the fewest entries stand on the wrong side: later ones before it, earlier ones
    after it; the last of such places. Where dates never go back that is the newest entry of the day (or the days
    before): goods that came before the shift was opened and what a shift did before midnight are in it, whatever the
    shift does after midnight is not. An entry that a clock dated a year back or ahead is outvoted by those around it:
    it never takes them along. The openings of shifts tell where to look, so that only entries around it are read.
    """
    after, before = _around(db, day)
    row = db.execute(
        "SELECT seq, sum(CASE WHEN date <= ? THEN 1 ELSE -1 END) OVER (ORDER BY seq) AS votes FROM documents"
        " WHERE seq > ? AND seq < ? ORDER BY votes DESC, seq DESC LIMIT 1",
        (day.isoformat(), after, before),
    ).fetchone()
    return row[0] if row and row[1] >= 0 else after


def _around(db: Connection, day: date) -> tuple[int, int]:
    """Openings of shifts between which a business date ended: the last that belongs to it, the first that does not."""
    shifts = db.execute(
        "SELECT seq, CASE WHEN date <= ? THEN 1 ELSE -1 END FROM shifts WHERE seq > 0 ORDER BY seq", (day.isoformat(),)
    ).fetchall()
    votes = list(accumulate((vote for _seq, vote in shifts), initial=0))
    first = votes.index(max(votes))
    last = len(shifts) - votes[::-1].index(max(votes))
    return shifts[first - 1][0] if first else 0, shifts[last][0] if last < len(shifts) else sys.maxsize


def payable_change(
    db: Connection, producer: str, after: int, through: int, *, without_settlements: bool = False
) -> int:
    """By how much the payable grew in the entries ``after`` < seq <= ``through``.

    ``without_settlements`` leaves out what was paid, and payments taken back.
    """
    paid = "d.kind = 'settlement' OR (d.kind = 'reversal' AND d.party GLOB 'BP-*')"
    settled = f" AND NOT ({paid})" if without_settlements else ""
    row = db.execute(
        f"{threads.POSTINGS} SELECT coalesce(-sum(t.amount), 0) FROM thread t CROSS JOIN documents d ON d.seq = t.seq"
        f" WHERE t.seq <= :through{settled}",
        {"account": f"payable:{producer}", "after": after, "through": through},
    ).fetchone()
    return int(row[0])


def changes_by_cause(db: Connection, producer: str, after: int, through: int) -> dict[str, int]:
    """By how much the payable grew in these entries, by the prefix of the kind of document that did it."""
    rows = db.execute(
        f"{threads.POSTINGS} SELECT {_PREFIX}, -sum(t.amount) FROM thread t CROSS JOIN documents d ON d.seq = t.seq"
        " WHERE t.seq <= :through GROUP BY 1",
        {"account": f"payable:{producer}", "after": after, "through": through},
    )
    return {row[0]: row[1] for row in rows}


def last_change(db: Connection, producer: str) -> int:
    """The newest entry that touched the payable of a producer; 0 where none did."""
    row = db.execute("SELECT last_seq FROM balances WHERE account = ?", (f"payable:{producer}",)).fetchone()
    return row[0] if row else 0


def remaining_after(db: Connection, seq: int) -> int:
    """What the settlement in entry ``seq`` left payable, in rupiah."""
    row = db.execute("SELECT json_extract(body, '$.doc.remaining') FROM journal WHERE seq = ?", (seq,)).fetchone()
    return int(row[0] or 0)


def takings_back(db: Connection, producer: str, after: int, through: int) -> list[int]:
    """Those of ``entries_of`` that take something back: refunds and reversals."""
    goods = threads.of_goods("SELECT sku FROM products WHERE producer = :producer")
    rows = db.execute(
        f"{goods} SELECT DISTINCT t.seq FROM thread t CROSS JOIN documents d ON d.seq = t.seq"
        " WHERE t.seq <= :through AND d.kind IN ('refund', 'reversal') ORDER BY t.seq",
        {"producer": producer, "after": after, "through": through},
    )
    return [row[0] for row in rows]


def entries_of(db: Connection, producer: str, after: int, through: int) -> list[int]:
    """Sequence numbers of the entries that moved this producer's goods."""
    goods = threads.of_goods("SELECT sku FROM products WHERE producer = :producer")
    rows = db.execute(
        f"{goods} SELECT DISTINCT seq FROM thread WHERE seq <= :through ORDER BY seq",
        {"producer": producer, "after": after, "through": through},
    )
    return [row[0] for row in rows]


def stock_before(db: Connection, skus: list[str], through: int) -> dict[str, int]:
    """On hand of each product right after an entry: what is there now less what moved since."""
    query = (
        f"{threads.of_goods('SELECT :sku')} SELECT (SELECT coalesce(sum(quantity), 0) FROM stock WHERE sku = :sku)"
        " - (SELECT coalesce(sum(m.quantity), 0) FROM thread t"
        " CROSS JOIN stock_movements m ON m.seq = t.seq AND m.sku = t.sku)"
    )
    return {sku: db.execute(query, {"sku": sku, "after": through}).fetchone()[0] for sku in skus}


def payables(db: Connection) -> list[Payable]:
    """Every producer who supplies this corner, the largest payable first."""
    rows = db.execute(
        "SELECT m.code, m.business_name, coalesce(a.payout_terms, m.payout_terms), coalesce(-b.amount, 0) AS payable,"
        f" (SELECT through_date FROM settled s WHERE s.producer = m.code AND {STANDS} ORDER BY s.seq DESC LIMIT 1)"
        " AS since, coalesce(a.pays_by, '')"
        " FROM producers m LEFT JOIN balances b ON b.account = 'payable:' || m.code"
        " LEFT JOIN agreements a ON a.producer = m.code"
        " WHERE b.account IS NOT NULL OR EXISTS (SELECT 1 FROM products p WHERE p.producer = m.code)"
        " ORDER BY payable DESC, m.business_name"
    )
    return [Payable(*row) for row in rows]
