"""Corners that end: one that never had a till is removed, one that had is closed and can be opened again.

No till ever heard of a corner that none joined: each pulls the row of its own corner alone. So a removed one needs no
row in the feed. A till of a closed corner may still bring what it recorded; the corner counts no more from that day on.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.corners.changing import every, find, mark_of
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.database.tables_corners import closed_corners
from sync.server.errors import CentreError
from sync.server.exchange.enrolment import ENROLLING
from sync.server.exchange.feeds import take_positions


def had_tills(db: Connection, code: str) -> bool:
    """Whether a till ever joined the corner."""
    devices = schema.devices
    return db.execute(sa.select(devices.c.device).where(devices.c.corner == code).limit(1)).first() is not None


def remove(centre: Centre, db: Connection, code: str, officer: str, mark: str | None = None) -> None:
    """Forget a corner that never had a till, with its codes and messages. ``mark`` names the state that was seen.

    Raises ``CentreError`` ``corner_had_tills``, ``unknown_corner``, ``corner_changed``, ``unknown_officer``.
    """
    only_one(db, "deciding")
    only_one(db, ENROLLING)
    _seen(db, code, mark)
    if had_tills(db, code):
        raise CentreError("corner_had_tills", corner=code)
    note_decision(centre, db, officer, "corner_removed", code)
    for table, column in ((schema.corners, "code"), (schema.codes, "corner"), (schema.messages, "corner")):
        db.execute(sa.delete(table).where(table.c[column] == code))


def close(centre: Centre, db: Connection, code: str, officer: str, mark: str | None = None) -> None:
    """Close a corner from today on; codes that no till used end.

    Raises ``CentreError`` ``corner_without_tills``, ``corner_closed``, ``unknown_corner``, ``corner_changed``,
    ``unknown_officer``.
    """
    only_one(db, "deciding")
    only_one(db, ENROLLING)
    _seen(db, code, mark)
    if not had_tills(db, code):
        raise CentreError("corner_without_tills", corner=code)
    if closed_since(db, code):
        raise CentreError("corner_closed", corner=code)
    note_decision(centre, db, officer, "corner_closed", code)
    _renew(db, code)
    put(db, closed_corners, [{"code": code, "since": centre.today(), "officer": officer}])
    codes = schema.codes
    db.execute(sa.delete(codes).where(codes.c.corner == code, codes.c.key_id.is_(None)))


def reopen(centre: Centre, db: Connection, code: str, officer: str, mark: str | None = None) -> None:
    """Open a closed corner again. Raises ``CentreError`` ``corner_open`` and as ``close``."""
    only_one(db, "deciding")
    _seen(db, code, mark)
    if not closed_since(db, code):
        raise CentreError("corner_open", corner=code)
    note_decision(centre, db, officer, "corner_reopened", code)
    db.execute(sa.delete(closed_corners).where(closed_corners.c.code == code))
    _renew(db, code)


def closed_since(db: Connection, code: str) -> str:
    """The day from which on the corner is closed; empty for one that is open."""
    return db.execute(sa.select(closed_corners.c.since).where(closed_corners.c.code == code)).scalar() or ""


def open_corners(db: Connection) -> list[sa.Row[Any]]:
    """The rows of corners that are not closed, by name."""
    closed = set(db.execute(sa.select(closed_corners.c.code)).scalars())
    return [row for row in every(db) if row.code not in closed]


def _seen(db: Connection, code: str, mark: str | None) -> None:
    """Raises ``CentreError`` where there is no such corner, or it is no more what the officer saw."""
    row = find(db, code)
    if row is None:
        raise CentreError("unknown_corner", corner=code)
    if mark is not None and mark != mark_of(row):
        raise CentreError("corner_changed", corner=code)


def _renew(db: Connection, code: str) -> None:
    """A new mark, so that nobody decides about the state of before."""
    table = schema.corners
    db.execute(sa.update(table).where(table.c.code == code).values(position=take_positions(db, "corner", 1)))
