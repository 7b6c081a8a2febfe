"""Days but Saturdays and Sundays on which offices are closed: officers keep the list, the centre itself knows none."""

from datetime import date, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.registry_fields import EARLIEST, LATEST, LONGEST_HOLIDAY, holiday_name
from sync.protocol.registry_reasons import Problem
from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.database.loading import put
from sync.server.database.tables_corners import holidays
from sync.server.errors import CentreError

MOST_DAYS: Final = 31
"""Of one holiday."""


class Holiday(NamedTuple):
    """A day and why offices are closed."""

    day: date
    name: str


def listed(db: Connection, year: int | None = None) -> list[Holiday]:
    """All of them, or those of a year, the first day first."""
    query = sa.select(holidays.c.date, holidays.c.name).order_by(holidays.c.date)
    if year is not None:
        query = query.where(holidays.c.date.between(f"{year:04}-01-01", f"{year:04}-12-31"))
    return [Holiday(date.fromisoformat(row.date), row.name) for row in db.execute(query)]


def holidays_of(db: Connection) -> dict[date, str]:
    """The days with their names."""
    return {one.day: one.name for one in listed(db)}


def add(centre: Centre, db: Connection, first: str, last: str, name: str, officer: str) -> int:
    """Keep the days from ``first`` to ``last`` (ISO; empty: that one day) as ``name``; how many. A day that is there
    takes the new name. Raises ``CentreError`` ``bad_day``, ``bad_holiday``, ``no_holiday_name``, ``unknown_officer``.
    """
    days = _days(first, last)
    try:
        words = holiday_name(name)
    except Problem:
        raise CentreError("no_holiday_name", most=LONGEST_HOLIDAY) from None
    before = ", ".join(one for one in _named(db, days) if one != words)
    note_decision(centre, db, officer, "holiday", _span(days), f"{before} > {words}" if before else words)
    put(db, holidays, [{"date": day, "name": words} for day in days])
    return len(days)


def remove(centre: Centre, db: Connection, first: str, last: str, officer: str) -> int:
    """Take the days from ``first`` to ``last`` out again; how many there were. Raises ``CentreError`` ``no_holiday``
    where none was, and as ``add``."""
    days = _days(first, last)
    note_decision(centre, db, officer, "holiday_removed", _span(days), ", ".join(_named(db, days)))
    gone = db.execute(sa.delete(holidays).where(holidays.c.date.in_(days))).rowcount
    if not gone:
        raise CentreError("no_holiday", day=_span(days))
    return gone


def _named(db: Connection, days: list[str]) -> list[str]:
    """The names of holidays on ``days``, each once, in the order of their first days."""
    query = sa.select(holidays.c.name).where(holidays.c.date.in_(days)).group_by(holidays.c.name)
    return list(db.execute(query.order_by(sa.func.min(holidays.c.date))).scalars())


def _days(first: str, last: str) -> list[str]:
    begin = _day(first)
    count = (_day(last or first) - begin).days + 1
    if not 0 < count <= MOST_DAYS:
        raise CentreError("bad_holiday", most=MOST_DAYS)
    return [(begin + timedelta(days=place)).isoformat() for place in range(count)]


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise CentreError("bad_day") from None
    if not EARLIEST <= found <= LATEST:
        raise CentreError("bad_day")
    return found


def _span(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
