"""Follows the ingest: what entries say goes into the tables of figures, till by till, a stretch at a time.

A stretch is read and gathered while the database is only read, and written in one short transaction that takes nothing
where the till's figures moved meanwhile; so tills push on undisturbed. Of several workers one is at it at a time.
What ingest set aside is left out here too.
"""

import logging
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.background import Background, Pause
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import nobody_else, only_one, reading, writing
from sync.server.database.tables_reports import papers, reported
from sync.server.projecting.projection import Readable, envelope_of, readable
from sync.server.reports import storing, waits
from sync.server.reports.facts import Facts
from sync.server.reports.returning import find_own

AT_ONCE = 500
"""Entries of a stretch."""
EVERY_SECONDS = 3.0
SHARE = 0.1
"""Of its time that the reporter of a serving centre works, at most, so that it takes little from the tills' pushes."""
PATIENCE = 3
"""Rounds in a row in which another worker was faster, before ``catch_up`` leaves the rest to it."""
_log = logging.getLogger(__name__)


def behind(db: Connection) -> int:
    """How many entries the centre has that are not in the figures yet."""
    devices = schema.devices
    waiting = sa.func.coalesce(sa.func.sum(devices.c.head_seq - sa.func.coalesce(reported.c.seq, 0)), 0)
    joined = devices.outerjoin(reported, reported.c.device == devices.c.device)
    return int(db.execute(sa.select(waiting).select_from(joined)).scalar_one())


def catch_up(centre: Centre) -> int:
    """Bring the figures up to the newest entry, without pause; how many entries were taken in."""
    taken = idle = 0
    while idle < PATIENCE and (waiting := _waiting(centre)):
        before = taken
        for device in waiting:
            while stretch := report(centre, device, wait=True):
                taken += stretch
        idle = idle + 1 if taken == before else 0
    _put_waits_right(centre, wait=True)
    return taken


def _put_waits_right(centre: Centre, *, wait: bool = False) -> bool:
    """Whether that is done: another worker may be at it, and only who says ``wait`` comes after it."""
    with writing(centre.engine) as db:
        if not _alone(db, wait=wait):
            return False
        waits.put_right(db)
    return True


def _alone(db: Connection, *, wait: bool) -> bool:
    """Whether this transaction now writes the figures alone; with ``wait`` it does after the others."""
    if wait:
        only_one(db, storing.LOCK)
    return wait or nobody_else(db, storing.LOCK)


def _waiting(centre: Centre) -> list[str]:
    """Tills with entries that are not in the figures, the one that waits for the most first."""
    devices = schema.devices
    missing = devices.c.head_seq - sa.func.coalesce(reported.c.seq, 0)
    joined = devices.outerjoin(reported, reported.c.device == devices.c.device)
    query = sa.select(devices.c.device).select_from(joined).where(missing > 0).order_by(missing.desc())
    with reading(centre.engine) as db:
        return list(db.execute(query).scalars())


class Late(NamedTuple):
    """A till whose entries are here but in no figures: how many, and when the first of them came."""

    corner: str
    till: str
    entries: int
    since: str


def late(db: Connection, before: str) -> list[Late]:
    """Tills with entries that came before this moment and are in no figures yet, the one that waits longest first."""
    devices, entries = schema.devices, schema.entries
    taken = sa.func.coalesce(reported.c.seq, 0)
    first = sa.and_(entries.c.device == devices.c.device, entries.c.seq == taken + 1)
    joined = devices.outerjoin(reported, reported.c.device == devices.c.device).join(entries, first)
    columns = (devices.c.corner, devices.c.till, devices.c.head_seq - taken, entries.c.received_at)
    query = sa.select(*columns).select_from(joined).where(devices.c.head_seq > taken, entries.c.received_at < before)
    return [Late._make(row) for row in db.execute(query.order_by(entries.c.received_at, devices.c.corner))]


class LeftOut(NamedTuple):
    """An entry that is in no figures, because of its amount or its date."""

    device: str
    seq: int
    corner: str
    till: str
    number: str
    date: str


def left_out(db: Connection, most: int) -> list[LeftOut]:
    """The last of them."""
    devices = schema.devices
    columns = (papers.c.device, papers.c.seq, devices.c.corner, devices.c.till, papers.c.number, papers.c.date)
    joined = papers.join(reported, reported.c.device == papers.c.device)
    joined = joined.join(devices, devices.c.device == papers.c.device)
    query = sa.select(*columns).select_from(joined).where(reported.c.aside > 0, papers.c.counted == 0)
    rows = db.execute(query.order_by(papers.c.at.desc(), papers.c.device, papers.c.seq.desc()).limit(most))
    return [LeftOut._make(row) for row in rows]


def report(centre: Centre, device: str, *, wait: bool = False) -> int:
    """Take in the next stretch of a till; how many entries it had: 0 where there is nothing to do, or where another
    worker is at it and ``wait`` does not say to come after it."""
    with reading(centre.engine) as db:
        if not _alone(db, wait=wait):
            return 0
        before = db.execute(_reported(), {"whose": device}).scalar() or 0
        last, facts = gather(db, device, before, AT_ONCE)
        if last == before:
            return 0
        with writing(centre.engine) as writer:
            if not storing.move_on(writer, device, before, last, facts.aside):
                writer.rollback()
                return 0
            storing.write(writer, device, facts)
    return last - before


def gather(db: Connection, device: str, after: int, limit: int) -> tuple[int, Facts]:
    """What at most ``limit`` entries of a till say after entry ``after``, and the last of them."""
    facts = Facts()
    held = set(db.execute(_held(), {"whose": device, "after": after}).scalars())

    find = find_own(db)
    last = after
    for row in db.execute(_after(), {"whose": device, "after": after, "most": limit}):
        last = row.seq
        if row.seq in held:
            continue
        content = readable(envelope_of(row.body), row.epoch, row.seq)
        if isinstance(content, Readable):
            facts.add(row.seq, content, find)
    return last, facts


@cache
def _reported() -> sa.Select[Any]:
    return sa.select(reported.c.seq).where(reported.c.device == sa.bindparam("whose"))


@cache
def _after() -> sa.Select[Any]:
    table = schema.entries
    mine = (table.c.device == sa.bindparam("whose"), table.c.seq > sa.bindparam("after"))
    query = sa.select(table.c.seq, table.c.epoch, table.c.body).where(*mine)
    return query.order_by(table.c.seq).limit(sa.bindparam("most"))


@cache
def _held() -> sa.Select[Any]:
    table = schema.quarantine
    return sa.select(table.c.seq).where(table.c.device == sa.bindparam("whose"), table.c.seq > sa.bindparam("after"))


class Reporter:
    """Keeps the figures of a serving centre up to date."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._taken_over: list[Any] | None = None
        """What tills took over from others when the waits for that were put right."""
        self._failing: dict[str, str] = {}
        """Tills whose last stretch failed, with the error: it is logged once."""

    def round(self, pause: Pause = lambda: False) -> None:
        """Take in what waits, of every till; one that fails keeps nobody else waiting."""
        for device in _waiting(self._centre):
            taken = AT_ONCE
            while taken == AT_ONCE:
                taken = self._stretch(device)
                if pause():
                    return
        with reading(self._centre.engine) as db:
            taken_over = waits.taken_over_so_far(db)
        if taken_over != self._taken_over and _put_waits_right(self._centre):
            self._taken_over = taken_over

    def _stretch(self, device: str) -> int:
        """How many entries of a till were taken in: 0 where that fails, as with a database that only reads."""
        try:
            taken = report(self._centre, device)
        except Exception as error:  # noqa: BLE001 - whatever it is, other tills go on
            name = type(error).__name__
            if self._failing.get(device) != name:
                _log.warning("figures of %s wait: %s", device, name)
            self._failing[device] = name
            return 0
        self._failing.pop(device, None)
        return taken


def following(centre: Centre, every: float = EVERY_SECONDS) -> Background:
    """The thread of a serving centre that follows its ingest."""
    return Background("reporter", Reporter(centre).round, every, SHARE)
