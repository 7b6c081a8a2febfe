"""Payments to producers by transfer, and which of them stood on a list for the bank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_app.ledger.settlements import STANDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pos_app.ledger.sqlite import Connection

_PAID = (
    "SELECT d.number, s.producer, d.date, d.amount, l.listed_at FROM settled s JOIN documents d ON d.seq = s.seq"
    " LEFT JOIN transfer_listed l ON l.number = d.number WHERE d.amount > 0 AND"
    " EXISTS (SELECT 1 FROM postings p WHERE p.seq = s.seq AND p.account = 'bank')"
)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A slip that was paid by transfer and stands; ``listed_at`` is when it went onto a list, if it did."""

    number: str
    producer: str
    date: str
    amount: int
    listed_at: str | None


def of_days(db: Connection, first: str, last: str) -> list[Transfer]:
    """Transfers of these business dates (ISO), in the order of their numbers."""
    rows = db.execute(f"{_PAID} AND d.date BETWEEN ? AND ? AND {STANDS} ORDER BY s.seq", (first, last))
    return [Transfer(*row) for row in rows]


def of_entries(db: Connection, first_seq: int, last_seq: int) -> list[Transfer]:
    """Transfers in a stretch of the journal."""
    rows = db.execute(f"{_PAID} AND s.seq BETWEEN ? AND ? AND {STANDS} ORDER BY s.seq", (first_seq, last_seq))
    return [Transfer(*row) for row in rows]


def standing(db: Connection, number: str) -> Transfer | None:
    """The transfer of this number; None where it was taken back."""
    row = db.execute(f"{_PAID} AND d.number = ? AND {STANDS}", (number,)).fetchone()
    return Transfer(*row) if row else None


def listed_on(db: Connection, number: str) -> str | None:
    """When a slip was last put on a list (ISO), if it was."""
    row = db.execute("SELECT listed_at FROM transfer_listed WHERE number = ?", (number,)).fetchone()
    return row[0] if row else None


def note(db: Connection, numbers: Iterable[str], at: str) -> None:
    """These slips stand on a list made ``at``."""
    db.executemany("INSERT OR REPLACE INTO transfer_listed VALUES (?, ?)", [(number, at) for number in numbers])


def restore(db: Connection, before: Iterable[Transfer]) -> None:
    """The list was not written: what was noted of these slips before is in force again."""
    for one in before:
        if one.listed_at is None:
            db.execute("DELETE FROM transfer_listed WHERE number = ?", (one.number,))
        else:
            note(db, [one.number], one.listed_at)
