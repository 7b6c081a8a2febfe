"""Who is signed in: a row for each browser, so that any worker knows it and it can be ended from anywhere.

The browser holds a random token, the database only its hash: a copy of the database lets nobody in.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import ROLES, Role
from sync.server.centre import Centre, stamp
from sync.server.database import schema

IDLE = timedelta(minutes=60)
"""A session ends when nothing was asked for so long."""
LONGEST = timedelta(hours=12)
"""It ends then in any case: a day at the office."""
NOTED_EVERY = timedelta(minutes=1)
"""That a session is in use is written no more often."""


class Officer(NamedTuple):
    """Who asks."""

    name: str
    role: Role
    must_change: bool = False
    """The password was given by somebody else, and has to be changed before anything else."""


def begin(centre: Centre, db: Connection, officer: str, address: str) -> str:
    """A new session of ``officer``: its token. What has ended is swept out on the way."""
    sessions, token, now = schema.sessions, secrets.token_urlsafe(32), centre.now()
    ended = sa.or_(sessions.c.seen_at < _idle_since(centre), sessions.c.began_at < _oldest(centre))
    db.execute(sa.delete(sessions).where(ended))
    row = {"token_hash": _hash(token), "officer": officer, "began_at": now, "seen_at": now, "address": address}
    db.execute(sa.insert(sessions), row)
    return token


def find(centre: Centre, db: Connection, token: str) -> tuple[Officer, bool] | None:
    """Whose session ``token`` is, and whether its use should be noted (``seen``); None for one that has ended."""
    sessions, officers = schema.sessions.c, schema.officers.c
    query = (
        sa.select(officers.name, officers.role, officers.must_change, sessions.seen_at)
        .join_from(schema.sessions, schema.officers, officers.name == sessions.officer)
        .where(
            sessions.token_hash == _hash(token),
            sessions.seen_at >= _idle_since(centre),
            sessions.began_at >= _oldest(centre),
            officers.disabled_at.is_(None),
        )
    )
    row = db.execute(query).one_or_none()
    if row is None or row.role not in ROLES:
        return None
    found = Officer(row.name, ROLES[row.role], bool(row.must_change))
    return found, row.seen_at < stamp(centre.clock() - NOTED_EVERY)


def seen(centre: Centre, db: Connection, token: str) -> None:
    """Note that a session is in use."""
    row = schema.sessions
    db.execute(sa.update(row).where(row.c.token_hash == _hash(token)).values(seen_at=centre.now()))


def end(db: Connection, token: str) -> None:
    """End one session."""
    db.execute(sa.delete(schema.sessions).where(schema.sessions.c.token_hash == _hash(token)))


def end_all(db: Connection, officer: str) -> int:
    """End all sessions of ``officer``, wherever they are; how many there were."""
    return db.execute(sa.delete(schema.sessions).where(schema.sessions.c.officer == officer)).rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _idle_since(centre: Centre) -> str:
    return stamp(centre.clock() - IDLE)


def _oldest(centre: Centre) -> str:
    return stamp(centre.clock() - LONGEST)
