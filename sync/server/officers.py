"""Who decides at the centre, and what was decided: every decision names an account and is noted."""

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server import schema
from sync.server.centre import Centre
from sync.server.errors import CentreError

DECIDING = ("admin", "petugas")
"""Roles of officers who may decide."""


def note_decision(centre: Centre, db: Connection, officer: str, what: str, of: str) -> None:
    """Note that ``officer`` decided ``what`` about a code, a till or a key, in the transaction that does it.

    Raises ``CentreError`` ``unknown_officer`` for whoever may not.
    """
    officers = schema.officers
    role = db.execute(sa.select(officers.c.role).where(officers.c.name == officer)).scalar()
    if role not in DECIDING:
        raise CentreError("unknown_officer", name=officer, roles=", ".join(DECIDING))
    row = {"id": secrets.token_hex(16), "at": centre.now(), "officer": officer, "what": what, "of": of}
    db.execute(sa.insert(schema.decisions), row)
