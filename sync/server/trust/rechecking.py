"""Checks of tills, one after the other: those that officers asked for first, then those that are due.

A till is due when it closed or paid since its last check, at most once a day. The thread of a serving centre works a
small part of its time, so that tills push on undisturbed; of several workers one is at it at a time. What was asked for
is kept in the database: who was interrupted in the middle of a till begins with that one again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note_decision
from sync.server.background import Background, Pause
from sync.server.centre import Centre, Device, stamp
from sync.server.database import schema
from sync.server.database.dialect import nobody_else, reading, writing
from sync.server.database.loading import put_new
from sync.server.database.tables_corners import checks_asked, till_checks
from sync.server.database.tables_reports import papers
from sync.server.errors import CentreError
from sync.server.faults import unavailable
from sync.server.trust.findings import KINDS, dealt_with, to_look_at
from sync.server.trust.recomputing import Checked, Stopped, keep, recompute

EVERY_SECONDS: Final = 10.0
SHARE: Final = 0.1
"""Of its time that the checker of a serving centre works, at most."""
AGAIN_AFTER: Final = timedelta(days=1)
RETRIED_AFTER: Final = timedelta(hours=1)
"""A till whose check failed; until then it keeps no other waiting."""
LOCK: Final = "rechecking"
_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """A check that waits, or runs since ``began_at``; ``officer`` is empty where it was due."""

    asked_at: str
    officer: str
    began_at: str


class Rechecked(NamedTuple):
    """What a check of several tills saw; ``differing`` documents that nobody dealt with, ``missing`` numbers, and how
    many tills have a broken chain."""

    tills: int
    entries: int
    closings: int
    settlements: int
    differing: int
    missing: int
    broken: int


def ask(centre: Centre, db: Connection, officer: str, device: str | None = None) -> int:
    """Have one till checked, or all that sent something; how many wait for it now that did not before.

    Raises ``CentreError`` ``no_till``, ``unknown_officer``.
    """
    devices = schema.devices
    query = sa.select(devices).where(devices.c.head_seq > 0).order_by(devices.c.device)
    rows = db.execute(query if device is None else query.where(devices.c.device == device)).all()
    if device is not None and not rows:
        raise CentreError("no_till", till=device)
    note_decision(centre, db, officer, "check", f"{rows[0].corner} {rows[0].till}" if device else "*")
    facts = {"asked_at": centre.now(), "officer": officer, "began_at": None}
    return put_new(db, checks_asked, [{"device": row.device, **facts} for row in rows])


def till(db: Connection, device: str) -> Device | None:
    """The till of this id; None where it never sent anything, or is not known."""
    table = schema.devices
    return db.execute(sa.select(table).where(table.c.device == device, table.c.head_seq > 0)).one_or_none()


def asked(db: Connection) -> dict[str, Asked]:
    """Tills that wait for a check, or are being checked."""
    rows = db.execute(sa.select(checks_asked))
    return {row.device: Asked(row.asked_at, row.officer, row.began_at or "") for row in rows}


def check_next(
    centre: Centre, between: Callable[[], None] = lambda: None, failed: dict[str, datetime] | None = None
) -> bool:
    """Check the till that comes next; whether there was one. Nothing where another worker is at it.

    ``failed`` remembers from call to call when the check of a till failed; such a till waits behind the others.
    """
    failed = {} if failed is None else failed
    with reading(centre.engine) as db:
        if not nobody_else(db, LOCK):
            return False
        device = _next(centre, db, failed)
        if device is None:
            return False
        with writing(centre.engine) as writer:
            _begin(centre, writer, device.device, centre.now())
        try:
            _finish(centre, device, recompute(db, device, between))
        except Stopped:
            return False
        except Exception as error:
            if isinstance(error, sa.exc.SQLAlchemyError) and unavailable(error):
                raise
            if device.device not in failed:
                _log.warning("check of %s waits: %s", device.device, type(error).__name__)
            failed[device.device] = centre.clock()
            with writing(centre.engine) as writer:
                _begin(centre, writer, device.device, None)
        else:
            failed.pop(device.device, None)
    return True


def _finish(centre: Centre, device: Device, checked: Checked) -> None:
    with writing(centre.engine) as db:
        mine = checks_asked.c.device == device.device
        by = db.execute(sa.select(checks_asked.c.officer).where(mine)).scalar() or ""
        keep(centre, db, device.device, checked, by, device.head_seq)
        db.execute(sa.delete(checks_asked).where(mine))


def _next(centre: Centre, db: Connection, failed: dict[str, datetime]) -> Any:
    """The till to be checked now; None where none is."""
    devices, past = schema.devices, stamp(centre.clock() - AGAIN_AFTER)
    behind = [device for device, at in failed.items() if at > centre.clock() - RETRIED_AFTER]
    fresh = sa.exists().where(
        papers.c.device == devices.c.device, papers.c.seq > till_checks.c.through, papers.c.kind.in_(KINDS)
    )
    due = sa.or_(till_checks.c.device.is_(None), sa.and_(till_checks.c.checked_at < past, fresh))
    waits = checks_asked.c.device.is_not(None)
    joined = devices.outerjoin(till_checks, till_checks.c.device == devices.c.device)
    joined = joined.outerjoin(checks_asked, checks_asked.c.device == devices.c.device)
    order = (sa.case((waits, 0), else_=1), checks_asked.c.asked_at, till_checks.c.checked_at, devices.c.device)
    query = sa.select(devices).select_from(joined).where(devices.c.head_seq > 0, sa.or_(waits, due))
    query = query.where(devices.c.device.not_in(behind))
    return db.execute(query.order_by(*order).limit(1)).one_or_none()


def _begin(centre: Centre, db: Connection, device: str, at: str | None) -> None:
    """Tell that a till is being checked since ``at``; None: that it waits again."""
    put_new(db, checks_asked, [{"device": device, "asked_at": centre.now(), "officer": "", "began_at": None}])
    db.execute(sa.update(checks_asked).where(checks_asked.c.device == device).values(began_at=at))


def check_all(centre: Centre, corner: str | None = None) -> Rechecked:
    """Check every till at once, or those of a corner. Raises ``CentreError`` ``no_till``."""
    devices, found = schema.devices, dict[str, Checked]()
    query = sa.select(devices).where(devices.c.head_seq > 0)
    query = query if corner is None else query.where(devices.c.corner == corner)
    with reading(centre.engine) as db:
        tills = db.execute(query.order_by(devices.c.corner, devices.c.till)).all()
    if corner is not None and not tills:
        raise CentreError("no_till", till=corner)
    for till in tills:
        with reading(centre.engine) as db:
            device = db.execute(sa.select(devices).where(devices.c.device == till.device)).one()
            found[till.device] = recompute(db, device)
        with writing(centre.engine) as db:
            keep(centre, db, till.device, found[till.device], "", device.head_seq)
    with reading(centre.engine) as db:
        done = dealt_with(db)
    every = list(found.values())
    return Rechecked(
        len(every),
        sum(one.entries for one in every),
        sum(one.closings for one in every),
        sum(one.settlements for one in every),
        sum(len(to_look_at(device, one, done)) for device, one in found.items()),
        sum(series.missing for one in every for series in one.series),
        sum(bool(one.fault) for one in every),
    )


class Checker:
    """Checks the tills of a serving centre."""

    def __init__(self, centre: Centre) -> None:
        self._centre = centre
        self._failed = dict[str, datetime]()

    def round(self, pause: Pause = lambda: False) -> None:
        """Check what waits and what is due."""

        def between() -> None:
            if pause():
                raise Stopped

        while check_next(self._centre, between, self._failed):
            pass


def checking(centre: Centre, every: float = EVERY_SECONDS) -> Background:
    """The thread of a serving centre that checks its tills."""
    return Background("checker", Checker(centre).round, every, SHARE)
