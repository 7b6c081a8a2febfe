"""Who may do what at the centre, and what was done: every change and every look at personal data names an account."""

import secrets
from contextvars import ContextVar
from enum import IntEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.errors import CentreError


class Role(IntEnum):
    """What an account may do; each may do what those below it may."""

    VIEWER = 1
    """Sees figures, and nothing of a person."""
    OFFICER = 2
    """Decides, and sees personal data where the work needs it."""
    ADMIN = 3
    """Has the accounts too."""

    @property
    def code(self) -> str:
        """The name it has in the database and at the command line."""
        return CODES[self]


CODES = {Role.VIEWER: "pemantau", Role.OFFICER: "petugas", Role.ADMIN: "admin"}
ROLES = {code: role for role, code in CODES.items()}
DECIDING = tuple(code for code, role in ROLES.items() if role >= Role.OFFICER)
"""Roles of officers who may decide."""

asked_from: ContextVar[str] = ContextVar("asked_from", default="")
"""The address that the request being answered came from; empty at the command line."""


def note(centre: Centre, db: Connection, officer: str, what: str, of: str, detail: str = "") -> None:
    """Note that ``officer`` did ``what`` to a code, a till, a key or an account, or looked at its personal data.

    In the transaction that does it. ``detail`` says what changed; it holds no personal data itself.
    """
    row = {"id": secrets.token_hex(16), "at": centre.now(), "officer": officer, "what": what, "of": of}
    db.execute(sa.insert(schema.audit), row | {"detail": detail, "address": asked_from.get()})


def role_of(db: Connection, officer: str) -> str:
    """The code of the role of an account that is open; empty for anybody else."""
    officers = schema.officers
    query = sa.select(officers.c.role).where(officers.c.name == officer, officers.c.disabled_at.is_(None))
    return db.execute(query).scalar() or ""


def note_decision(centre: Centre, db: Connection, officer: str, what: str, of: str, detail: str = "") -> None:
    """The same for a decision. Raises ``CentreError`` ``unknown_officer`` for whoever may not decide."""
    if role_of(db, officer) not in DECIDING:
        raise CentreError("unknown_officer", name=officer, roles=", ".join(DECIDING))
    note(centre, db, officer, what, of, detail)
