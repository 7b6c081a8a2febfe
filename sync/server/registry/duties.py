"""What the law wants answered or told within 3 x 24 hours (UU 27/2022): requests of persons, and breaches."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note
from sync.server.centre import WIB, Centre, stamp
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.database.tables_registry import breaches, person_requests
from sync.server.errors import CentreError
from sync.server.registry import deciding
from sync.server.registry.marks import mark_of

REQUESTS: Final = ("access", "correction", "erasure", "restriction", "other")
DAYS: Final = timedelta(days=3)
"""3 x 24 hours, in which a request is met (Ps 30, 32, 40, 41) and a breach is told (Ps 46)."""


def ask(centre: Centre, db: Connection, code: str, what: str, asked_at: str, by: str) -> str:
    """Write down that the person behind a producer asked something, at a moment (ISO, as it is at the corners where no
    offset is told); the id. Raises ``CentreError``."""
    deciding.row_of(db, "producer", code)
    if what not in REQUESTS:
        raise CentreError("bad_request_kind", kinds=", ".join(REQUESTS))
    at = _moment(centre, asked_at)
    note(centre, db, by, "person_request", code, what)
    name = secrets.token_hex(8)
    row = {"id": name, "producer": code, "what": what, "asked_at": stamp(at), "due_at": stamp(at + DAYS), "by": by}
    db.execute(sa.insert(person_requests), row)
    return name


def answer(centre: Centre, db: Connection, name: str, text: str, by: str) -> None:
    """Write down how a request was met. Raises ``CentreError``."""
    table = person_requests
    row = db.execute(sa.select(table).where(table.c.id == name).with_for_update()).one_or_none()
    if row is None or row.answered_at:
        raise CentreError("no_request")
    if not text.strip():
        raise CentreError("no_answer")
    note(centre, db, by, "person_answered", row.producer, row.what)
    values = {"answered_at": centre.now(), "answer": text.strip()[:1_000], "by": by}
    db.execute(sa.update(table).where(table.c.id == name).values(**values))


def requests(db: Connection) -> list[Any]:
    """All requests: those that wait first, the most pressing first, then the newest."""
    table = person_requests
    order = (table.c.answered_at.is_not(None), sa.case((table.c.answered_at.is_(None), table.c.due_at), else_=""))
    return list(db.execute(sa.select(table).order_by(*order, table.c.asked_at.desc())))


def record_breach(centre: Centre, db: Connection, told: dict[str, str], by: str, name: str = "") -> str:
    """Write a breach down, or what became of the one called ``name``: when it was noticed, what, whose data, what was
    done, when persons and the authority were told; ``mark`` is that of the state that the officer saw. The id. Raises
    ``CentreError``."""
    noticed = _moment(centre, told["noticed_at"])
    texts = {each: told.get(each, "").strip()[:2_000] for each in ("what", "whose", "measures")}
    if not texts["what"] or not texts["whose"]:
        raise CentreError("no_breach")
    moments = {
        each: stamp(_moment(centre, told[each])) if told.get(each) else None
        for each in ("persons_told_at", "authority_told_at")
    }
    only_one(db, "breaches")
    before = db.execute(sa.select(breaches).where(breaches.c.id == name)).one_or_none()
    if name and before is None:
        raise CentreError("unknown_breach")
    if before and told.get("mark", "") != breach_mark(before):
        raise CentreError("breach_changed")
    name = name or secrets.token_hex(8)
    note(centre, db, by, "breach", name)
    row = {"id": name, "noticed_at": stamp(noticed), "due_at": stamp(noticed + DAYS), **texts, **moments}
    put(db, breaches, [row | {"changed_at": centre.now(), "by": by}])
    return name


def breach_mark(row: Any) -> str:
    """What tells this state of a breach from another."""
    return mark_of(*(str(value) for value in row))


def breach_list(db: Connection) -> list[Any]:
    """All breaches, the newest first."""
    return list(db.execute(sa.select(breaches).order_by(breaches.c.noticed_at.desc())))


def _moment(centre: Centre, text: str) -> datetime:
    """A moment that has come. Raises ``CentreError``."""
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=WIB)
        found.astimezone(WIB)
    except (ValueError, OverflowError):
        raise CentreError("bad_moment") from None
    if found > centre.clock() + timedelta(minutes=5):
        raise CentreError("bad_moment")
    return found
