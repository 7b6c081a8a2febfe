"""Corners that officers make and change, one at a time, by the rules of the import; what changed goes out."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.registry_reasons import Rejection
from sync.protocol.registry_rows import CornerRow, Known, check_corners
from sync.protocol.registry_tables import Sheet
from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.exchange.feeds import take_positions

FIELDS = ("corner_code", "name", "kind", "address", "postcode", "staff_count")


def find(db: Connection, code: str) -> sa.Row[Any] | None:
    """The row of a corner."""
    return db.execute(sa.select(schema.corners).where(schema.corners.c.code == code)).one_or_none()


def every(db: Connection) -> list[sa.Row[Any]]:
    """The rows of all corners, by name."""
    table = schema.corners
    return list(db.execute(sa.select(table).order_by(sa.func.lower(table.c.name), table.c.code)))


def save_corner(
    centre: Centre, db: Connection, facts: dict[str, str], officer: str, *, new: bool, mark: str | None = None
) -> tuple[Rejection, ...]:
    """Make a corner of ``facts``, texts by the names in ``FIELDS``, or change the one of that code; why not.

    A code never changes: journals name it. Saved as it is, nothing is sent out. ``mark`` names the state that the
    officer saw. Raises ``CentreError`` ``unknown_officer``, ``corner_changed``, and ``unknown_corner`` where there is
    none to change.
    """
    only_one(db, "deciding")
    table, code = schema.corners, facts.get("corner_code", "").strip()
    there = find(db, code)
    if not new and there is None:
        raise CentreError("unknown_corner", corner=code)
    if not new and there is not None and mark is not None and mark != mark_of(there):
        raise CentreError("corner_changed", corner=code)
    note_decision(centre, db, officer, "corner", code)
    sheet = Sheet(list(FIELDS), [(1, [facts.get(name, "").strip() for name in FIELDS])])
    checked = check_corners(sheet, Known(corner_codes={code} if new and there is not None else frozenset()))
    if checked.rejected or checked.warnings:  # what an import would leave out, an officer can put right
        return (*checked.rejected, *checked.warnings)
    if not checked.rows:  # an import skips a row without any field
        return tuple(Rejection(1, name, "required") for name in ("corner_code", "name", "kind"))
    values = values_of(checked.rows[0])
    if there is None or any(getattr(there, name) != value for name, value in values.items()):
        put(db, table, [{**values, "position": take_positions(db, "corner", 1)}])
    return ()


def unlike(db: Connection, code: str) -> str:
    """The code of another corner, where ``code`` looks like none that there is and so may be mistyped; else empty."""
    codes = db.execute(sa.select(schema.corners.c.code).order_by(schema.corners.c.code)).scalars().all()
    return codes[0] if codes and _shape(code) not in map(_shape, codes) else ""


def _shape(code: str) -> str:
    """``MTR-097`` as ``AAA-000``."""
    return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", re.sub("[0-9]", "0", code)))


def mark_of(row: sa.Row[Any]) -> str:
    """What tells this state of a corner from another."""
    return str(row.position)


def values_of(row: CornerRow) -> dict[str, Any]:
    """A checked corner as the columns of its table."""
    return {
        "code": row.corner_code,
        "name": row.name,
        "kind": row.kind,
        "address": row.address,
        "postcode": row.postcode,
        "staff_count": row.staff_count or 0,
    }
