"""What a page of figures is asked for: a period and filters, all of them in its address.

An address says only what differs from "this month, everything". A period that has a name is told by it, so a bookmark
of last month always shows the last month; this month reaches to its end: what a clock that ran ahead dated is in it,
too, but the days that are compared with others end today. Days that are typed go before a name. What an address says
wrongly is left out and told.
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
YEAR = 12
BUYERS = ("personal", "office")
WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
PERIOD, SINCE, UNTIL, ONLY = "masa", "dari", "sampai", "hari"
UNREAD, ORDER, REACH = "unread", "order", "reach"
"""What is wrong with an address: a part says nothing that is known, the first day comes after the last, or the days lie
too far off or apart."""
USUAL, OTHER = "ini", "lain"
PERIODS = (USUAL, "lalu", "90", "tahun", OTHER)
"""This month, the month before, ninety days, this year; with ``lain`` the address names both ends."""
NAMES = {
    "corner": "pojok",
    "kind": "jenis",
    "place": "lokasi",
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
    """The scope of a page. ``period`` is one of ``PERIODS``, ``today`` the day of the question, ``weekday`` one of
    ``WEEKDAYS`` where sales of it alone are asked for. ``fault``: what was left out of the address, and ``typed`` the
    days that make no period."""

    period: str = OTHER
    today: date = LATEST
    weekday: str = ""
    fault: str = ""
    typed: tuple[str, str] = ("", "")

    @property
    def wrong(self) -> bool:
        """Whether the address held something that was left out."""
        return bool(self.fault)

    @property
    def reached(self) -> date:
        """The last day of the period that is not still to come; of a period that lies ahead its last one."""
        return min(self.last, self.today) if self.first <= self.today else self.last

    @property
    def only(self) -> tuple[str, ...] | None:
        """The business dates of ``weekday`` in the period; None where every day counts."""
        if not self.weekday:
            return None
        first = self.first + timedelta(days=(WEEKDAYS.index(self.weekday) - self.first.weekday()) % WEEK)
        return tuple((first + timedelta(days=n)).isoformat() for n in range(0, (self.last - first).days + 1, WEEK))

    @property
    def span(self) -> int:
        """Days in the period."""
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> str:
        """What one column of a plot is: ``day``, ``week`` or ``month``."""
        if self.weekday:
            return "day" if self.span <= DAYS * WEEK else "month"
        return "day" if self.span <= DAYS else "week" if self.span <= WEEKS else "month"

    def stretches(self) -> Iterator[Stretch]:
        """The columns of a plot over the period, without gaps; weeks begin on Mondays, the ends may be cut."""
        first = self.first
        if self.grain == "day" and self.only is not None:
            yield from (Stretch(day, day) for day in map(date.fromisoformat, self.only))
            return
        while first <= self.last:
            last = min(end_of(first, self.grain), self.last)
            yield Stretch(first, last)
            first = last + timedelta(days=1)

    def before(self) -> Stretch:
        """The days that those up to ``reached`` are compared with. Of a month that begins at its first day, and of
        whole months and years: the same dates as many months earlier, to the end where the month is over. Else as many
        days just before."""
        months = (self.last.year - self.first.year) * YEAR + self.last.month - self.first.month + 1
        if self.first.day > 1 or (months > 1 and not _ends_month(self.last)):
            return Stretch(self.first - (self.reached - self.first) - _DAY, self.first - _DAY)
        end = end_of(_earlier(self.reached, months), "month")
        same = end if _ends_month(self.reached) else end.replace(day=min(self.reached.day, end.day))
        return Stretch(_earlier(self.first, months), same)

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
        said |= {ONLY: self.weekday} if self.weekday else {}
        said |= {name: value for name, value in more.items() if value != ""}
        return f"{quote(path)}?{urlencode(said)}" if said else quote(path)


def asked_of(query: Mapping[str, str], today: date) -> Asked:
    """What the query of an address says."""
    period, days = query.get(PERIOD, ""), (query.get(SINCE, ""), query.get(UNTIL, ""))
    named = period if period in PERIODS[:-1] else USUAL
    (first, last), fault, typed = _named(named, today), "", ("", "")
    if any(days):
        found = _period(*days, today)
        if isinstance(found, str):
            fault, typed = found, days if found != UNREAD else typed
        else:
            (first, last), named = found, OTHER
    elif period not in ("", *PERIODS):
        fault = UNREAD
    filters = {}
    for name in FILTERS:
        value = query.get(NAMES[name], "").strip()
        if "\0" in value or len(value) > LONGEST or (name == "buyer" and value not in ("", *BUYERS)):
            fault = fault or UNREAD
        else:
            filters[field_of(name)] = value
    return Asked(first=first, last=last, period=named, today=today, fault=fault, typed=typed, **filters)


def weekday_of(query: Mapping[str, str], asked: Asked) -> Asked:
    """``asked`` of one day of the week, where the address of a page that can tell them apart names it."""
    value = query.get(ONLY, "")
    if value in ("", *WEEKDAYS):
        return msgspec.structs.replace(asked, weekday=value)
    return msgspec.structs.replace(asked, fault=asked.fault or UNREAD)


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


def _period(first: str, last: str, today: date) -> tuple[date, date] | str:
    """Both ends, or what is wrong with them."""
    try:
        begin = date.fromisoformat(first) if first else None
        end = date.fromisoformat(last) if last else end_of(max(today, begin or today), "month")
        begin = begin or end.replace(day=1)
    except (ValueError, OverflowError):
        return UNREAD
    if begin > end:
        return ORDER
    if begin < EARLIEST or end > LATEST or (end - begin).days >= MOST_DAYS:
        return REACH
    return begin, end


_DAY = timedelta(days=1)


def _earlier(day: date, months: int) -> date:
    """The first day of the month so many months before that of ``day``."""
    years, month = divmod(day.year * YEAR + day.month - 1 - months, YEAR)
    return date(years, month + 1, 1)


def _ends_month(day: date) -> bool:
    return (day + _DAY).day == 1


def end_of(first: date, grain: str) -> date:
    """The last day of the day, week or month of ``first``."""
    if grain == "day":
        return first
    if grain == "week":
        return first + timedelta(days=WEEK - 1 - first.weekday())
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
