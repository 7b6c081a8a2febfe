"""Drafts: what is being typed and must survive a power cut, such as carts and deliveries. Text by slot.

Drafts are no figures of the books; each body is its owner's to read.
"""

from dataclasses import dataclass

from pos_app.ledger.sqlite import Connection


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft; ``saved_at`` is an ISO time with its offset, ``body`` is its owner's to read."""

    slot: str
    saved_at: str
    body: str


def save(db: Connection, slot: str, saved_at: str, body: str) -> None:
    """Keep a draft; the one in the same slot is replaced. One short transaction when the caller has none open."""
    db.execute(
        "INSERT INTO drafts VALUES (?, ?, ?)"
        " ON CONFLICT (slot) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body",
        (slot, saved_at, body),
    )


def load(db: Connection, slot: str) -> Draft | None:
    """The draft in a slot."""
    row = db.execute("SELECT slot, saved_at, body FROM drafts WHERE slot = ?", (slot,)).fetchone()
    return Draft(*row) if row else None


def discard(db: Connection, slot: str) -> None:
    """Empty a slot."""
    db.execute("DELETE FROM drafts WHERE slot = ?", (slot,))


def drafts(db: Connection, prefix: str) -> list[Draft]:
    """Drafts whose slot begins with ``prefix``, oldest first."""
    rows = db.execute(
        "SELECT slot, saved_at, body FROM drafts WHERE substr(slot, 1, ?) = ? ORDER BY saved_at, slot",
        (len(prefix), prefix),
    )
    return [Draft(*row) for row in rows]
