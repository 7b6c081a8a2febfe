"""What a page of figures is asked for: a period and filters, all of them in its address.

An address says only what differs from "this month, everything". A period that has a name is told by it, so a bookmark
of last month always shows the last month; this month reaches to its end: what a clock that ran ahead dated is in it,
too. What an address says wrongly is left out and told.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from sync.server.reports.scope import FILTERS, Scope, field_of

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
MOST_DAYS = 3_700
"""Ten years: books are kept for so long."""
DAYS, WEEKS = 31, 184
"""A plot shows days in a period up to so many days, weeks up to so many, months beyond."""
LONGEST = 200
WEEK = 7
BUYERS = ("personal", "office")
PERIOD, SINCE, UNTIL = "masa", "dari", "sampai"
USUAL, OTHER = "ini", "lain"
PERIODS = (USUAL, "lalu", "90", "tahun", OTHER)
"""This month, the month before, ninety days, this year; with ``lain`` the address names both ends."""
NAMES = {
    "corner": "pojok",
    "kind": "jenis",
    "kelurahan": "kelurahan",
    "class": "kelas",
    "producer": "produsen",
    "category": "kategori",
    "product": "barang",
    "buyer": "pembeli",
    "unit": "bagian",
}
"""How addresses call the filters."""


class Stretch(NamedTuple):
    """Days of one column of a plot, both ends included."""

    first: date
    last: date


class Asked(Scope, frozen=True, kw_only=True):
    """The scope of a page. ``period`` is one of ``PERIODS``; ``wrong``: the address held something that was left
    out."""

    period: str = OTHER
    wrong: bool = False

    @property
    def span(self) -> int:
        """Days in the period."""
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> str:
        """What one column of a plot is: ``day``, ``week`` or ``month``."""
        return "day" if self.span <= DAYS else "week" if self.span <= WEEKS else "month"

    def stretches(self) -> Iterator[Stretch]:
        """The columns of a plot over the period, without gaps; weeks begin on Mondays, the ends may be cut."""
        first = self.first
        while first <= self.last:
            last = min(end_of(first, self.grain), self.last)
            yield Stretch(first, last)
            first = last + timedelta(days=1)

    def before(self) -> Stretch:
        """The period that this one is compared with: the same days of the month before for a month that begins at
        its first day, else as many days just before."""
        if self.first.day == 1 and self.last.month == self.first.month and self.last.year == self.first.year:
            end = self.first - timedelta(days=1)
            whole = (self.last + timedelta(days=1)).day == 1
            return Stretch(end.replace(day=1), end if whole else end.replace(day=min(self.last.day, end.day)))
        return Stretch(self.first - timedelta(days=self.span), self.first - timedelta(days=1))

    def but(self, **changed: str | date | None) -> "Asked":
        """The same with other filters or another period; None takes a filter away."""
        named = {field_of(name): value if value is not None else "" for name, value in changed.items()}
        if "first" in named or "last" in named:
            named["period"] = OTHER
        return msgspec.structs.replace(self, **named)

    def address(self, path: str, **more: str | int) -> str:
        """``path`` with this period and these filters, and ``more`` of what the page there takes."""
        said: dict[str, str | int] = {} if self.period == USUAL else {PERIOD: self.period}
        if self.period == OTHER:
            said = {SINCE: self.first.isoformat(), UNTIL: self.last.isoformat()}
        said |= {NAMES[name]: value for name, value in self.filters.items()}
        said |= {name: value for name, value in more.items() if value != ""}
        return f"{quote(path)}?{urlencode(said)}" if said else quote(path)


def asked_of(query: Mapping[str, str], today: date) -> Asked:
    """What the query of an address says."""
    period, wrong = query.get(PERIOD, ""), False
    (first, last), named = _named(USUAL, today), USUAL
    if period in PERIODS[:-1]:
        (first, last), named = _named(period, today), period
    elif query.get(SINCE) or query.get(UNTIL):
        found = _period(query.get(SINCE, ""), query.get(UNTIL, ""), today)
        if found is not None:
            (first, last), named = found, OTHER
        wrong = found is None
    else:
        wrong = period not in ("", OTHER)
    filters = {}
    for name in FILTERS:
        value = query.get(NAMES[name], "").strip()
        if "\0" in value or len(value) > LONGEST or (name == "buyer" and value not in ("", *BUYERS)):
            wrong = True
        else:
            filters[field_of(name)] = value
    return Asked(first=first, last=last, period=named, wrong=wrong, **filters)


def _named(period: str, today: date) -> tuple[date, date]:
    begin = today.replace(day=1)
    if period == "lalu":
        end = begin - timedelta(days=1)
        return end.replace(day=1), end
    if period == "90":
        return today - timedelta(days=89), today
    if period == "tahun":
        return begin.replace(month=1), date(today.year, 12, 31)
    return begin, end_of(today, "month")


def _period(first: str, last: str, today: date) -> tuple[date, date] | None:
    try:
        begin = date.fromisoformat(first) if first else None
        end = date.fromisoformat(last) if last else end_of(max(today, begin or today), "month")
        begin = begin or end.replace(day=1)
    except ValueError:
        return None
    if not EARLIEST <= begin <= end <= LATEST or (end - begin).days >= MOST_DAYS:
        return None
    return begin, end


def end_of(first: date, grain: str) -> date:
    """The last day of the day, week or month of ``first``."""
    if grain == "day":
        return first
    if grain == "week":
        return first + timedelta(days=WEEK - 1 - first.weekday())
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
