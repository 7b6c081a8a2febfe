"""Marks: what tells one state from another, for officers, so that nobody undoes unseen what somebody else did, and for
what a process keeps in memory."""

import hashlib
import secrets
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import schema
from sync.server.database.loading import put

PAPERS: Final = "papers"
"""In ``meta``: drawn anew by every change of certificates, in its transaction."""


def mark_of(*parts: str) -> str:
    """A few signs for a state; the empty state has one too."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def papers_changed(db: Connection) -> None:
    """Tell the state that this transaction leaves from any before it."""
    put(db, schema.meta, [{"key": PAPERS, "value": secrets.token_hex(8)}])


def papers_state(db: Connection) -> tuple[Any, ...]:
    """What producers and their certificates are now: another with every change of them, and in a database that came
    back from a copy."""
    meta, feeds = schema.meta, schema.positions
    found = db.execute(sa.select(meta.c.key, meta.c.value).where(meta.c.key.in_(("timeline", PAPERS)))).all()
    position = db.execute(sa.select(feeds.c.value).where(feeds.c.scope == "producers")).scalar_one()
    return position, *sorted(tuple(row) for row in found)
