"""What the corner keeps of its staff beside name and tab: PINs for purchases on the tab, and letters of authority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_app.ledger import threads

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection


@dataclass(frozen=True, slots=True)
class StaffPin:
    """The PIN of a staff member as kept: argon2, wrong ones so far, and until when (ISO) nobody may try."""

    pin_hash: str
    failures: int
    locked_until: str | None


def pin(db: Connection, code: str) -> StaffPin | None:
    """The PIN of a staff member; None where none was set."""
    row = db.execute("SELECT pin_hash, failures, locked_until FROM staff_pins WHERE code = ?", (code,)).fetchone()
    return StaffPin(*row) if row else None


def set_pin(db: Connection, code: str, pin_hash: str) -> None:
    """Give a staff member this PIN; wrong ones before are forgiven."""
    db.execute(
        "INSERT INTO staff_pins (code, pin_hash) VALUES (?, ?) ON CONFLICT (code)"
        " DO UPDATE SET pin_hash = excluded.pin_hash, failures = 0, locked_until = NULL",
        (code, pin_hash),
    )


def record_attempt(db: Connection, code: str, failures: int, locked_until: str | None) -> None:
    """Remember wrong PINs, so that a restart does not forgive them."""
    db.execute("UPDATE staff_pins SET failures = ?, locked_until = ? WHERE code = ?", (failures, locked_until, code))


def owing(db: Connection) -> list[tuple[str, str]]:
    """Code and unit of everybody whose tab is above 0, by code."""
    rows = db.execute(
        "SELECT s.code, s.unit FROM staff s JOIN balances b ON b.account = 'tab:' || s.code WHERE b.amount > 0"
        " ORDER BY s.code"
    )
    return [(row[0], row[1]) for row in rows]


def mandates(db: Connection) -> dict[str, str]:
    """On which day (ISO) each who signed a letter of authority did so, by code."""
    return {row[0]: row[1] for row in db.execute("SELECT code, given_on FROM mandates")}


def set_mandate(db: Connection, code: str, given_on: str | None) -> None:
    """The letter of authority lies here since ``given_on``; None: it was withdrawn, or never was."""
    if given_on is None:
        db.execute("DELETE FROM mandates WHERE code = ?", (code,))
        return
    db.execute(
        "INSERT INTO mandates VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET given_on = excluded.given_on",
        (code, given_on),
    )


def set_limit(db: Connection, code: str, limit: int) -> None:
    """How much the tab may come to, in rupiah; 0: no tab."""
    db.execute("UPDATE staff SET tab_limit = ? WHERE code = ?", (limit, code))


def forget(db: Connection, code: str) -> None:
    """Drop PIN and letter of somebody who is anonymised."""
    db.execute("DELETE FROM staff_pins WHERE code = ?", (code,))
    db.execute("DELETE FROM mandates WHERE code = ?", (code,))


@dataclass(frozen=True, slots=True)
class TabMove:
    """One posting on a staff tab: entry, number, kind, ISO date, and rupiah (positive went on the tab)."""

    seq: int
    number: str
    kind: str
    date: str
    amount: int


def moves_since(db: Connection, code: str, since: str) -> list[TabMove]:
    """What moved a tab since an ISO date, oldest first; reads no further back than to the entry before it."""
    rows = db.execute(
        f"{threads.POSTINGS} SELECT t.seq, d.number, d.kind, d.date, t.amount FROM thread t"
        " CROSS JOIN documents d ON d.seq = t.seq",
        {"account": f"tab:{code}", "after": 0},
    )
    found = []
    for row in rows:
        if row["date"] < since:
            break
        found.append(TabMove(*row))
    rows.close()
    return found[::-1]
