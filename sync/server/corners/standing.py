"""How corners and their tills stand: what they told of themselves, what the centre has of them, and who went silent.

Values only; whoever shows them words them.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.batch import Condition
from sync.server.centre import WIB, Centre
from sync.server.corners.holidays import holidays_of
from sync.server.database import schema
from sync.server.database.tables_corners import closed_corners

SILENT_AFTER = timedelta(days=2)
"""Of office days: who went home on Friday is not silent on Monday."""
SATURDAY = 5
LOW_MIB = 1_000
OLD_BACKUP = timedelta(days=7)
LATEST = 5_000
"""Entries of a till among which its last deliveries are looked for."""
REPAIRS = ("waiting", "approved")
"""States of a repair that somebody still has to act on."""
_KELURAHAN = re.compile(r"\bKel(?:\.|urahan)\s*([^,;(]+)", re.IGNORECASE)


def kelurahan_of(address: str) -> str:
    """The kelurahan that an address names (``Kel. Imopuro``); empty where it names none."""
    found = _KELURAHAN.search(address)
    return " ".join(found[1].split()) if found else ""


def quiet_since(now: datetime, holidays: Container[date]) -> datetime:
    """The moment ``SILENT_AFTER`` before ``now``, Saturdays, Sundays and ``holidays`` left out."""
    at, left = now.astimezone(WIB), SILENT_AFTER
    while left:
        midnight = (at - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        office_day = midnight.weekday() < SATURDAY and midnight.date() not in holidays
        part = min(left, at - midnight) if office_day else timedelta()
        left -= part
        at = at - part if part else midnight
    return at


def living() -> sa.ColumnElement[bool]:
    """Whether a row of ``devices`` has a key that was not revoked."""
    keys = schema.keys
    return sa.exists().where(keys.c.device == schema.devices.c.device, keys.c.revoked_at.is_(None))


@dataclass(frozen=True, slots=True)
class TillStanding:
    """One till. ``condition`` is what it told last of itself, None where it never did; times are ISO texts, empty
    where there is none; money in rupiah.

    ``lives`` says that a key of it is good: one that was replaced or revoked is no till any more, but sold what it
    sold. ``drift`` are seconds by which its clock was ahead, at ``drifted_at``.
    """

    device: str
    corner: str
    name: str
    lives: bool
    condition: Condition | None
    repair: str
    entries: int
    held: int
    contact: str
    forked_at: str
    drift: int
    drifted_at: str
    enrolled_at: str
    shift_open: bool
    sales: int
    gross: int


@dataclass(frozen=True, slots=True)
class CornerStanding:
    """A corner and what its living tills tell together: sums, the oldest times, the least room; None where nothing was
    told. ``backup_at`` is empty where a till has no backup. ``closed`` is the day from which on it counts no more,
    empty for all others. ``silent`` is for one that counts, has tills and did not call.
    """

    code: str
    name: str
    kind: str
    address: str
    kelurahan: str
    tills: tuple[TillStanding, ...]
    joined: bool
    closed: str
    silent: bool
    contact: str
    unsent: int | None
    apps: tuple[str, ...]
    backup_at: str | None
    old_backup: bool
    free_mib: int | None
    low_disk: bool
    open_shifts: int
    open_since: str
    held: int
    forked: bool
    repair: str
    drift: int
    sales: int
    gross: int

    @property
    def alarm(self) -> bool:
        """Whether somebody has to look: it is silent, its journal forked, or entries are set aside."""
        return self.silent or self.forked or bool(self.held)

    @property
    def counts(self) -> bool:
        """Whether it is a corner of the programme now: it has a till and is not closed."""
        return self.joined and not self.closed

    @property
    def well(self) -> bool:
        """Whether its tills tell nothing that somebody has to look at."""
        return not (self.alarm or self.drift or self.low_disk or self.old_backup)


def corners(centre: Centre, db: Connection) -> list[CornerStanding]:
    """Every corner of the registry, and those that only tills name: silent ones first, the longest silent at the top,
    then those with another alarm; corners that are closed, never had a till, or have none any more, come last."""
    moment = _moment(centre, db)
    by_corner: dict[str, list[TillStanding]] = {}
    for till in tills(centre, db):
        by_corner.setdefault(till.corner, []).append(till)
    rows = {row.code: row for row in db.execute(sa.select(schema.corners))}
    found = [_corner(code, rows.get(code), by_corner.get(code, ()), moment) for code in rows.keys() | by_corner.keys()]
    return sorted(found, key=_urgency)


def corner(centre: Centre, db: Connection, code: str) -> CornerStanding | None:
    """One corner; None where neither the registry nor a till knows it."""
    row = db.execute(sa.select(schema.corners).where(schema.corners.c.code == code)).one_or_none()
    mine = tills(centre, db, code)
    return _corner(code, row, mine, _moment(centre, db)) if row is not None or mine else None


class _Moment(NamedTuple):
    """Now, since when who did not call is silent, and the corners that are closed, with the day."""

    now: datetime
    quiet: datetime
    closed: dict[str, str]


def _moment(centre: Centre, db: Connection) -> _Moment:
    now, table = centre.clock(), closed_corners
    closed = {row.code: row.since for row in db.execute(sa.select(table))}
    return _Moment(now, quiet_since(now, holidays_of(db)), closed)


def _urgency(one: CornerStanding) -> tuple[bool, bool, bool, str, str]:
    return not one.counts, not one.silent, not one.alarm, one.contact if one.silent else "", one.code


def tills(centre: Centre, db: Connection, corner: str | None = None) -> list[TillStanding]:
    """Every till, or those of one corner, in the order of their enrolment."""
    devices, days, repairs = schema.devices, schema.days, schema.repairs
    today = centre.today()

    def of_today(name: str) -> sa.Label[int]:
        mine = (days.c.device == devices.c.device, days.c.date == today, days.c.name == name)
        return sa.func.coalesce(sa.select(days.c.amount).where(*mine).scalar_subquery(), 0).label(f"{name}_today")

    state = sa.func.coalesce(repairs.c.state, "").label("repair")
    columns = (devices, living().label("lives"), state, of_today("sales"), of_today("gross"))
    query = sa.select(*columns).outerjoin(repairs, repairs.c.device == devices.c.device)
    if corner is not None:
        query = query.where(devices.c.corner == corner)
    return [_till(row) for row in db.execute(query.order_by(devices.c.enrolled_at, devices.c.device))]


def _till(row: Any) -> TillStanding:
    return TillStanding(
        device=row.device,
        corner=row.corner,
        name=row.till,
        lives=bool(row.lives),
        condition=msgspec.json.decode(row.condition, type=Condition) if row.condition else None,
        repair=row.repair if row.repair in REPAIRS else "",
        entries=row.head_seq,
        held=row.held,
        contact=row.last_contact or "",
        forked_at=row.forked_at or "",
        drift=row.drift,
        drifted_at=row.drifted_at or "",
        enrolled_at=row.enrolled_at,
        shift_open=bool(row.open_shift),
        sales=int(row.sales_today),
        gross=int(row.gross_today),
    )


def _corner(code: str, row: Any, every: Iterable[TillStanding], moment: _Moment) -> CornerStanding:
    """Figures of today are of every till, also of one that was revoked since; all else is of those that live."""
    every = tuple(every)
    alive = tuple(till for till in every if till.lives)
    told = [till.condition for till in alive if till.condition is not None]
    free = [one.free_mib for one in told if one.free_mib is not None]
    contact = max((till.contact for till in alive), default="")
    backup = _backup(told)
    closed = moment.closed.get(code, "")
    drifting = [till.drift for till in alive if till.drifted_at and not _before(till.drifted_at, moment.quiet)]
    address = row.address if row is not None else ""
    return CornerStanding(
        code=code,
        name=row.name if row is not None else code,
        kind=row.kind if row is not None else "",
        address=address,
        kelurahan=kelurahan_of(address),
        tills=alive,
        joined=bool(alive),
        closed=closed,
        silent=bool(alive) and not closed and _before(contact, moment.quiet),
        contact=contact,
        unsent=sum(one.unsent for one in told) if told else None,
        apps=tuple(sorted({one.app for one in told if one.app})),
        backup_at=backup,
        old_backup=backup is not None and _before(backup, moment.now - OLD_BACKUP),
        free_mib=min(free) if free else None,
        low_disk=bool(free) and min(free) < LOW_MIB,
        open_shifts=sum(bool(one.shift_opened_at) for one in told),
        open_since=min((one.shift_opened_at for one in told if one.shift_opened_at), default=""),
        held=sum(till.held for till in alive),
        forked=any(till.forked_at for till in alive),
        repair=next((till.repair for till in alive if till.repair), ""),
        drift=max(drifting, key=abs, default=0),
        sales=sum(till.sales for till in every),
        gross=sum(till.gross for till in every),
    )


def _backup(told: list[Condition]) -> str | None:
    """The oldest of the newest backups; empty where a till has none, None where no till told."""
    if not told:
        return None
    return "" if any(not one.backup_at for one in told) else min(one.backup_at for one in told)


def _before(text: str, limit: datetime) -> bool:
    """Whether ``text``, an ISO time, lies before ``limit``, or is none."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=WIB)) < limit
    except (ValueError, OverflowError):
        return True


@dataclass(frozen=True, slots=True)
class Delivery:
    """Documents that came at one moment: how many, and the first and last number in the till's journal."""

    till: str
    at: str
    count: int
    first: int
    last: int


def deliveries(db: Connection, corner: str, limit: int = 20) -> list[Delivery]:
    """What the tills of a corner brought lately, newest first."""
    table, devices = schema.entries, schema.devices
    found = []
    for till in db.execute(sa.select(devices).where(devices.c.corner == corner)).all():
        sums = (sa.func.count(), sa.func.min(table.c.seq), sa.func.max(table.c.seq))
        latest = (table.c.device == till.device, table.c.seq > till.head_seq - LATEST)
        query = sa.select(table.c.received_at, *sums).where(*latest).group_by(table.c.received_at)
        rows = db.execute(query.order_by(table.c.received_at.desc()).limit(limit))
        found += [Delivery(till.till, *row) for row in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def daily(db: Connection, corner: str, since: str) -> list[tuple[str, int, int]]:
    """Date, number of sales and takings (rupiah) of a corner's days from ``since`` on, newest first."""
    days, devices = schema.days, schema.devices
    query = sa.select(days.c.date, days.c.name, days.c.amount).join(devices, devices.c.device == days.c.device)
    mine = (devices.c.corner == corner, days.c.date >= since, days.c.name.in_(("sales", "gross")))
    sums: dict[str, dict[str, int]] = {}
    for day, name, amount in db.execute(query.where(*mine)):
        of_day = sums.setdefault(day, {"sales": 0, "gross": 0})
        of_day[name] += int(amount)
    return [(day, sums[day]["sales"], sums[day]["gross"]) for day in sorted(sums, reverse=True)]
