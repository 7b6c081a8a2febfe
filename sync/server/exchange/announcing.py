"""What the centre tells corners: messages of officers, and the oldest program that may pull.

Both go out in feeds: a message in ``messages``, to one corner or to all, and the program in ``program``. A till whose
program is older than that is answered 426 when it pulls; what it sells is taken all the same.
"""

import re
import secrets
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.batch import Condition
from sync.server.access.officers import note_decision
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.exchange.feeds import take_positions

LONGEST = 500
"""Letters of a message: what fits on the till's screen."""
ANY = "0"
"""The oldest program where every one may pull."""
TOLD_TO_ALL = ("messages", "program")
"""Feeds that an outdated program may pull: they say what to do."""
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}")


class Sent(NamedTuple):
    """A message that an officer sent; ``corner`` is empty where it went to all."""

    id: str
    corner: str
    text: str
    at: str
    officer: str


def send(centre: Centre, db: Connection, corner: str, text: str, officer: str) -> str:
    """Send ``text`` to one corner, or to all where ``corner`` is empty; its id. Nobody removes the corner meanwhile.

    Raises ``CentreError`` ``unknown_corner``, ``no_words``, ``unknown_officer``.
    """
    words = " ".join(text.split())
    if not words or len(words) > LONGEST:
        raise CentreError("no_words", most=LONGEST)
    corners = schema.corners
    held = sa.select(corners.c.code).where(corners.c.code == corner).with_for_update(read=True, key_share=True)
    if corner and not db.execute(held).first():
        raise CentreError("unknown_corner", corner=corner)
    note_decision(centre, db, officer, "message", corner or "*")
    name = f"officer:{secrets.token_hex(8)}"
    body = msgspec.json.encode({"text": words, "at": centre.now(), "from": officer}).decode()
    row = {"id": name, "corner": corner, "body": body, "position": take_positions(db, "messages", 1)}
    db.execute(sa.insert(schema.messages), row)
    return name


def sent(db: Connection, corner: str | None = None, limit: int = 50) -> list[Sent]:
    """Messages of officers, newest first: all, or those that ``corner`` reads."""
    table = schema.messages
    query = sa.select(table.c.id, table.c.corner, table.c.body).where(table.c.id.like("officer:%"))
    if corner is not None:
        query = query.where(table.c.corner.in_(("", corner)))
    rows = db.execute(query.order_by(table.c.position.desc()).limit(limit))
    return [_sent(row.id, row.corner, msgspec.json.decode(row.body, type=dict[str, str])) for row in rows]


def _sent(name: str, corner: str, told: dict[str, str]) -> Sent:
    return Sent(name, corner, told.get("text", ""), told.get("at", ""), told.get("from", ""))


def require_version(centre: Centre, db: Connection, version: str, officer: str) -> None:
    """From now on only tills with program ``version`` or a newer one may pull; ``ANY`` lets all.

    Raises ``CentreError`` ``bad_version`` and ``unknown_officer``.
    """
    if not _VERSION.fullmatch(version):
        raise CentreError("bad_version", version=version)
    note_decision(centre, db, officer, "version", version)
    body = msgspec.json.encode({"least": version, "at": centre.now()}).decode()
    put(db, schema.program, [{"version": version, "body": body, "position": take_positions(db, "program", 1)}])


def required_version(db: Connection) -> str:
    """The oldest program that may pull; ``ANY`` where nobody asked for one."""
    table = schema.program
    found = db.execute(sa.select(table.c.version).order_by(table.c.position.desc()).limit(1)).scalar()
    return found or ANY


def is_outdated(db: Connection, device: Device) -> bool:
    """Whether the program that the till told of is older than the one that is asked for; one that told nothing may
    pull."""
    least = required_version(db)
    if least == ANY or not device.condition:
        return False
    return is_older(msgspec.json.decode(device.condition, type=Condition).app, least)


def is_older(app: str, least: str) -> bool:
    """Whether program ``app`` is older than ``least``; one whose name is no version is not."""
    parts = _parts(app)
    return bool(parts) and parts < _parts(least)


def _parts(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with, without noughts at its end."""
    found = _VERSION.match(version)
    parts = [int(part) for part in found[0].split(".")] if found else []
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)
