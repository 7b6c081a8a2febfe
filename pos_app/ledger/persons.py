"""What the ledger holds about one person, and how it is erased: staff, the contact of a producer, users of the till.

Personal data is one sealed blob a person. An erased person keeps the row and its code, because documents name it; the
blob is then empty (``ERASED``), which nothing fills again: not a feed, not an import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from pos_app.domain.errors import StorageFault
from pos_app.ledger import drafts, proposed, queries, search, staff, threads
from pos_app.ledger.registry import ERASED, ProducerPersonal, StaffPersonal, UserPersonal
from pos_app.ledger.sqlite import faults

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.sqlite import Connection, Row

Kind = Literal["staff", "producer", "user"]
KINDS: Final[tuple[Kind, ...]] = ("staff", "producer", "user")

LOOK: Final = "look:"
"""How the action of a look begins in ``activity``; the purpose follows, the detail is ``kind:code``."""
ANONYMISED: Final = "anonymised"
"""The action of who anonymised somebody; the detail is the same."""

DRAFT_OF_PRODUCER: Final = "producer:"
"""How the slot of a draft begins that holds what was typed about a producer; the code follows, none for a new one."""

PERSONAL: Final[dict[Kind, type[msgspec.Struct]]] = {
    "staff": StaffPersonal,
    "producer": ProducerPersonal,
    "user": UserPersonal,
}

REWRITE_DUE: Final = "privacy.rewrite_due"
"""Setting: how often somebody was erased since the file was last written anew; not there when nothing is left to do."""

CORRECTABLE: Final[dict[Kind, tuple[str, ...]]] = {"staff": ("unit", "tab_limit"), "producer": (), "user": ()}
"""Plain columns that are the corner's own to correct; the others come from the centre or from documents."""

_ROWS: Final[dict[Kind, str]] = {
    "staff": "SELECT s.code, unit, tab_limit, m.given_on AS mandate_given_on, p.code IS NOT NULL AS has_pin, personal"
    " FROM staff s LEFT JOIN mandates m ON m.code = s.code LEFT JOIN staff_pins p ON p.code = s.code WHERE s.code = ?",
    "producer": "SELECT code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no, halal_expires,"
    " joined_on, personal FROM producers WHERE code = ?",
    "user": "SELECT id AS code, role, active, personal FROM users WHERE id = ?",
}
_ACCOUNTS: Final[dict[Kind, str]] = {"staff": "tab:", "producer": "payable:"}
_ABOUT_STAFF = "EXISTS (SELECT 1 FROM postings p WHERE p.account = 'tab:' || :code AND p.seq = d.seq)"
_ABOUT_PRODUCER = (
    "(d.party = :code OR (d.kind = 'reversal' AND EXISTS"
    " (SELECT 1 FROM postings p WHERE p.account = 'payable:' || :code AND p.seq = d.seq)))"
)
_NOTES: Final[dict[Kind, str]] = {"staff": _ABOUT_STAFF, "producer": _ABOUT_PRODUCER, "user": "0"}
"""Which documents are about a person. A user writes notes about others: those stay."""


@dataclass(frozen=True, slots=True)
class Held:
    """The row of a person: plain columns by name, and the sealed blob."""

    code: str
    columns: dict[str, Any]
    sealed: bytes | None

    @property
    def erased(self) -> bool:
        return self.sealed == ERASED


@dataclass(frozen=True, slots=True)
class Noted:
    """A free note beside a document, still sealed."""

    document_id: str
    number: str
    date: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Happened:
    """A row of ``activity``: ``user`` is a pseudonym, ``at`` an ISO time with its offset."""

    at: str
    user: str
    action: str
    detail: str


def held(db: Connection, kind: Kind, code: str) -> Held | None:
    """The row of this person."""
    row = db.execute(_ROWS[kind], (code,)).fetchone()
    if row is None:
        return None
    columns = {name: row[name] for name in row.keys() if name not in ("code", "personal")}  # noqa: SIM118  a Row
    return Held(row["code"], columns, row["personal"])


def balance_account(kind: Kind, code: str) -> str | None:
    """The account that is this person's own; a user has none."""
    return f"{_ACCOUNTS[kind]}{code}" if kind in _ACCOUNTS else None


def stock_of(db: Connection, producer: str) -> int:
    """Consigned pieces of a producer that lie on the shelf, in thousandths."""
    row = db.execute(
        "SELECT coalesce(sum(quantity), 0) FROM stock WHERE quantity <> 0 AND sku IN"
        " (SELECT sku FROM products WHERE producer = ? AND pricing <> 'putus')",
        (producer,),
    ).fetchone()
    return int(row[0])


def notes_about(db: Connection, kind: Kind, code: str) -> list[Noted]:
    """Free notes beside documents about this person, oldest first."""
    rows = db.execute(
        "SELECT n.document_id, d.number, d.date, n.sealed FROM notes n JOIN journal j ON j.document_id = n.document_id"
        f" JOIN documents d ON d.seq = j.seq WHERE {_NOTES[kind]} ORDER BY d.seq",
        {"code": code},
    )
    return [Noted(*row) for row in rows]


def entries_about(db: Connection, kind: Kind, code: str) -> list[int]:
    """Sequence numbers of the entries that are about this person, oldest first.

    Staff: what moved the tab, and deduction lists with it. Producer: deliveries, returns, settlements and balances
    taken over. User: what was recorded or approved by them; that walks the whole journal.
    """
    account = balance_account(kind, code)
    if kind == "user":
        rows = db.execute("SELECT seq FROM journal WHERE instr(body, CAST(? AS BLOB)) ORDER BY seq", (f'"{code}"',))
    elif kind == "staff":
        rows = db.execute(
            f"{threads.POSTINGS} SELECT seq FROM thread UNION SELECT d.seq FROM documents d"
            " JOIN journal j ON j.seq = d.seq WHERE d.kind = 'deduction_list' AND d.kind <> 'sale'"
            " AND instr(j.body, CAST(:named AS BLOB)) ORDER BY seq",
            {"account": account, "after": 0, "named": f'"{code}"'},
        )
    else:
        rows = db.execute(
            f"{threads.POSTINGS} SELECT seq FROM documents WHERE party = :code UNION SELECT t.seq FROM thread t"
            " CROSS JOIN documents d ON d.seq = t.seq WHERE d.kind IN ('opening', 'reversal') ORDER BY seq",
            {"code": code, "account": account, "after": 0},
        )
    return [row[0] for row in rows]


def activity_about(db: Connection, kind: Kind, code: str) -> list[Happened]:
    """What was logged about this person or done by this user, oldest first; looks among them."""
    rows = db.execute(
        "SELECT at, user, action, detail FROM activity WHERE detail IN (?, ?) OR user = ? ORDER BY id",
        (code, f"{kind}:{code}", code if kind == "user" else None),
    )
    return _happened(rows.fetchall())


def looks(db: Connection, limit: int, kind: Kind | None = None, code: str | None = None) -> list[Happened]:
    """Who looked at whom or anonymised whom, newest first."""
    wanted = f"{kind or '*'}:{_glob(code) if code else '*'}"
    rows = db.execute(
        "SELECT at, user, action, detail FROM activity WHERE (action GLOB ? OR action = ?) AND detail GLOB ?"
        " ORDER BY id DESC LIMIT ?",
        (f"{LOOK}*", ANONYMISED, wanted, limit),
    )
    return _happened(rows.fetchall())


def forget_looks(db: Connection, before: str) -> int:
    """Drop looks older than the ISO time ``before``; how many."""
    return int(db.execute("DELETE FROM activity WHERE action GLOB ? AND at < ?", (f"{LOOK}*", before)).rowcount)


def correct(db: Connection, kind: Kind, code: str, sealed: bytes, columns: dict[str, Any]) -> None:
    """Put corrected data in the place of the old; ``columns`` are plain ones of ``CORRECTABLE``."""
    table, key = {"staff": ("staff", "code"), "producer": ("producers", "code"), "user": ("users", "id")}[kind]
    assignments = ", ".join(f"{name} = :{name}" for name in ("personal", *columns))
    db.execute(f"UPDATE {table} SET {assignments} WHERE {key} = :code", {**columns, "personal": sealed, "code": code})


def erase(db: Connection, kind: Kind, code: str, name: str) -> int:
    """Destroy what identifies the person, inside the caller's transaction; how many notes went with it.

    From then on a ``rewrite`` is due, whatever becomes of this program. ``name`` stands where the business name of a
    producer stood. The connection must run with ``secure_delete``.
    """
    erased = {"code": code, "name": name, "blob": ERASED}
    match kind:
        case "staff":
            db.execute("UPDATE staff SET personal = :blob, unit = '', tab_limit = 0 WHERE code = :code", erased)
            staff.forget(db, code)
        case "producer":
            db.execute(
                "UPDATE producers SET personal = :blob, business_name = :name, kelurahan = '', nib = '', pirt = '',"
                " halal_no = '', halal_expires = NULL, joined_on = NULL WHERE code = :code",
                erased,
            )
            db.execute("UPDATE certificates SET number = '' WHERE producer = :code", erased)
            drafts.discard(db, f"{DRAFT_OF_PRODUCER}{code}")
            proposed.forget(db, code)
            search.renew_of_producers(db, [code])
        case "user":
            db.execute(
                "UPDATE users SET personal = :blob, active = 0, pin_hash = '', failures = 0, locked_until = NULL"
                " WHERE id = :code",
                erased,
            )
            db.execute("DELETE FROM settings WHERE key = 'last_user' AND value = :code", erased)
    notes = [(noted.document_id,) for noted in notes_about(db, kind, code)]
    db.executemany("DELETE FROM notes WHERE document_id = ?", notes)
    db.execute(
        "INSERT INTO settings VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
        (REWRITE_DUE,),
    )
    return len(notes)


def overwrite_freed(db: Connection) -> None:
    """From now on this connection overwrites with zeros what it frees."""
    db.execute("PRAGMA secure_delete = ON")


def rewrite_due(db: Connection) -> bool:
    """Whether pages may still hold somebody who was erased: the rewriting failed, or never came to it."""
    return queries.setting(db, REWRITE_DUE, "") != ""


def rewrite(ledger: Ledger) -> bool:
    """Write the whole file anew and empty its write-ahead log, so that no page keeps what was erased.

    Zeros over freed cells are not enough: SQLite leaves copies where it moved rows between pages. Takes room for a
    second copy, as much memory (SQLite as we have it puts temporary files nowhere else), and the write lock as long.
    False while another connection still reads what was there before: it stays due then, as it does after a fault.
    """
    with faults(ledger.path):
        overwrite_freed(ledger.db)
        due = queries.setting(ledger.db, REWRITE_DUE, "")
        search.condense(ledger.db)
        try:
            ledger.db.execute("VACUUM")
        except MemoryError:
            raise StorageFault("out of memory") from None
        if ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            return False
    with ledger.write() as tx:  # unless somebody else was erased meanwhile
        tx.db.execute("DELETE FROM settings WHERE key = ? AND value = ?", (REWRITE_DUE, due))
    return True


def _happened(rows: list[Row]) -> list[Happened]:
    return [Happened(*row) for row in rows]


def _glob(text: str) -> str:
    """A text for GLOB that means itself."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)
