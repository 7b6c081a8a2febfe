"""What is open on a staff tab, and the lists by which it is taken from the salary. Amounts in rupiah.

Money with a name on it goes to what it names: a refund to its sale, a deduction to the entries of its list. A reversal
takes its document away with all it did. Everything else that came clears the oldest entries first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_app.ledger import queries, threads
from pos_app.ledger.standing import stands_for
from sync.documents.deductions import DeductionCollected, DeductionList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pos_app.ledger.queries import Entry
    from pos_app.ledger.sqlite import Connection, Row

_MOVED = f"""{threads.POSTINGS}
SELECT t.seq, d.kind, d.number, d.date, d.party, t.amount FROM thread t CROSS JOIN documents d ON d.seq = t.seq
"""
_LISTS = """
SELECT d.seq, j.document_id, d.number, d.party FROM documents d JOIN journal j ON j.seq = d.seq
WHERE d.kind = :kind AND d.kind <> 'sale' AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id)
"""
"""Documents of a kind that were not reversed."""


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """A sale or a balance taken over that is not (wholly) paid; ``amount`` went on the tab, ``open`` is left."""

    seq: int
    number: str
    kind: str
    date: str
    amount: int
    open: int


@dataclass(frozen=True, slots=True)
class ListRow:
    """A deduction list that stands; ``collected_by`` is the number of what was collected by it."""

    seq: int
    id: str
    number: str
    collected_by: str | None


def open_entries(db: Connection, staff: str) -> list[OpenEntry]:
    """What the tab of a staff member consists of now, oldest first; the sum is the balance, where that is above 0.

    Walks back from the newest entry of this tab, no further than to the oldest that is open.
    """
    account = f"tab:{staff}"
    owed = queries.balance(db, account)
    found: list[OpenEntry] = []
    if owed > 0:
        rows = db.execute(_MOVED, {"account": account, "after": 0})
        for seq, number, kind, date, amount, left in _charges(db, staff, rows):
            found.append(OpenEntry(seq, number, kind, date, amount, min(left, owed)))
            owed -= found[-1].open
            if not owed:
                break
        rows.close()
    return found[::-1]


def _charges(db: Connection, staff: str, rows: Iterator[Row]) -> Iterator[tuple[int, str, str, str, int, int]]:
    """What went on the tab with what no refund, deduction or reversal took off again; newest first."""
    undone: set[str] = set()
    refunded: defaultdict[str, int] = defaultdict(int)
    collected: defaultdict[int, int] = defaultdict(int)
    for seq, kind, number, date, party, amount in rows:
        if kind == "reversal":
            undone.add(party)
        elif number in undone:
            continue
        elif kind == "refund":
            refunded[party] -= amount
        elif kind == DeductionCollected.KIND:
            for covered, taken in _taken(db, seq, staff):
                collected[covered] += taken
        elif (left := amount - refunded[number] - collected[seq]) > 0:
            yield seq, number, kind, date, amount, left


def _taken(db: Connection, seq: int, staff: str) -> Iterator[tuple[int, int]]:
    entry = queries.entry_by_seq(db, seq)
    if entry is not None and isinstance(entry.document, DeductionCollected):
        for line in entry.document.lines:
            if line.staff == staff:
                yield from ((one.seq, one.amount) for one in line.entries)


def lists(db: Connection) -> list[ListRow]:
    """Every list that stands, oldest first."""
    collected = {
        party: number for _seq, _id, number, party in db.execute(_LISTS, {"kind": DeductionCollected.KIND}).fetchall()
    }
    rows = db.execute(f"{_LISTS} ORDER BY d.seq", {"kind": DeductionList.KIND})
    return [ListRow(seq, document_id, number, collected.get(number)) for seq, document_id, number, _party in rows]


def list_for(db: Connection, month: str, unit: str) -> ListRow | None:
    """The list that stands for a month (``2026-11``) and unit."""
    found = {
        row[0]
        for row in db.execute(
            "SELECT seq FROM documents d WHERE kind = ? AND kind <> 'sale' AND party = ?",
            (DeductionList.KIND, stands_for(month, unit)),
        )
    }
    return next((row for row in lists(db) if row.seq in found), None) if found else None


def document(db: Connection, row: ListRow) -> DeductionList:
    """The list itself."""
    entry = queries.entry_by_seq(db, row.seq)
    if entry is None or not isinstance(entry.document, DeductionList):
        raise AssertionError("an entry of the journal is gone")
    return entry.document


def waiting(db: Connection, besides: str = "") -> dict[tuple[str, int], str]:
    """Staff member and entry of everything on a list that is not collected, with the list's number.

    ``besides`` leaves out one list.
    """
    return {
        (line.staff, one.seq): row.number
        for row in lists(db)
        if row.collected_by is None and row.number != besides
        for line in document(db, row).lines
        for one in line.entries
    }


def stands_in_the_way(db: Connection, entry: Entry) -> bool:
    """Whether something builds on a list or on what was collected by it, so that it cannot be reversed."""
    match entry.document:
        case DeductionList(number=number):
            return any(row.number == number and row.collected_by for row in lists(db))
        case DeductionCollected(list_number=number):
            covered = queries.entry_by_number(db, number)
            if covered is None or not isinstance(covered.document, DeductionList):
                return False
            elsewhere = waiting(db, besides=number)
            return any((line.staff, one.seq) in elsewhere for line in covered.document.lines for one in line.entries)
    return False
