"""The figures in the eyes of one request: the same at each of its questions."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary, ref

from sqlalchemy.engine import Connection

from sync.server.reports.answers import Units
from sync.server.reports.attributes import Attributes
from sync.server.reports.blocks import Block
from sync.server.reports.columns import MONTH, Columns, Key, Month, State, columns_of
from sync.server.reports.fetching import BEFORE, DAY, Source, sums_of_days


class Period(NamedTuple):
    """Business dates from one to the other, or these alone."""

    first: date
    last: date
    days: tuple[str, ...] | None = None


class Cut(NamedTuple):
    """The rows of a period that filters leave, told apart by these sides."""

    filters: dict[str, str]
    sides: frozenset[str]
    rows: Block


class View:
    """The figures of one transaction."""

    def __init__(
        self, columns: Columns, db: Connection, state: State, attributes: Attributes, months: dict[Key, Month]
    ) -> None:
        self.names, self.attributes = columns.names, attributes
        self.cuts: dict[object, list[Cut]] = {}
        """By table and period, rows that questions left, for the next ones."""
        self._columns, self._state, self._months = columns, state, months
        self._db = ref(db)

    def units(self, source: Source, period: Period, letters: int, face: str) -> Units:
        """The rows of a period added up as ``face`` says, by so many letters of their date: a month comes whole or in
        days. Without letters they come as long stretches as there are."""
        by_day = letters == DAY or period.days is not None
        if self._columns.filling and not self._holds(source, period, by_day=by_day):
            db, devices = self._transaction(), self._state.corners
            dates = (period.first.isoformat(), period.last.isoformat()) if period.days is None else period.days
            return sums_of_days(db, self.names, source, devices, dates, (letters, face), only=period.days is not None)
        if by_day:
            units = self._days(source, period)
        else:
            units = self.months(source, period) if letters else self.spans(source, period)
        return [(unit, block.face(face)) for unit, block in units]

    def spans(self, source: Source, period: Period) -> Iterator[tuple[str, Block]]:
        """The period as long stretches as there are: months of which nothing is heard any more come as one."""
        whole: list[tuple[str, Block]] = []
        for name, block in self.months(source, period):
            if len(name) == MONTH:
                whole.append((name, block))
            else:
                yield "", block
        yield from (("", block) for block in self._columns.runs(source, whole))

    def months(self, source: Source, period: Period) -> Iterator[tuple[str, Block]]:
        """The period as whole months and the days at its ends, named 2026-10 and 2026-10-31; days without rows are
        left out, and a month that has no rows outside the period is whole."""
        for name, first, last, whole in _stretches(period):
            if whole:
                yield name, self.month(source, name).sums
                continue
            month = self.month(source, name, by_day=True)
            if month.days and first.isoformat() <= min(month.days) and max(month.days) <= last.isoformat():
                yield name, month.sums
            else:
                yield from self._days(source, Period(first, last))

    def _days(self, source: Source, period: Period) -> Iterator[tuple[str, Block]]:
        """The days of a period that have rows."""
        for name in _dates(period):
            held = self.month(source, name[:MONTH], by_day=True).days or {}
            if name in held:
                yield name, held[name]

    def firsts(self, producers: Collection[str]) -> dict[str, str]:
        """When each of ``producers`` sold something first, as their documents name them; empty for never."""
        return self._columns.firsts(self._transaction(), self._state, producers)

    def answer(self, blocks: Sequence[Block], question: Hashable, make: Callable[[], Units]) -> Units:
        """What ``make`` leaves of ``blocks``, where nobody asked the same of the same before."""
        if self._columns.filling:
            return make()
        return self._columns.answers.of((self.attributes, *blocks), question, make)

    def month(self, source: Source, name: str, *, by_day: bool = False) -> Month:
        """A month, with its days where ``by_day`` asks for them."""
        key = source.name, name
        found = self._months.get(key)
        if found is None or (by_day and found.days is None):
            db = self._transaction()
            found = self._months[key] = self._columns.month(db, self._state, source, name, by_day=by_day)
        return found

    def _holds(self, source: Source, period: Period, *, by_day: bool) -> bool:
        """Whether a period is held as it is asked for."""
        if period.days is None:
            wanted = {name: whole and not by_day for name, _first, _last, whole in _stretches(period)}
        else:
            wanted = {name[:MONTH]: False for name in period.days}
        found = ((self._months.get((source.name, name)), sums) for name, sums in wanted.items())
        return all(month is not None and (sums or month.days is not None) for month, sums in found)

    def _transaction(self) -> Connection:
        db = self._db()
        if db is None:
            raise RuntimeError("the transaction of these figures has ended")
        return db


def view_of(db: Connection) -> View:
    """The figures in the eyes of the transaction of ``db``: the same at each question."""
    found = _views.get(db)
    if found is None:
        columns = columns_of(db.engine)
        state, attributes, months = columns.now(db)
        found = _views[db] = View(columns, db, state, attributes, months)
    return found


_views = WeakKeyDictionary[Connection, View]()


def _stretches(period: Period) -> Iterator[tuple[str, date, date, bool]]:
    """The months of a period with the first and last day of each in it, and whether those are all. From ``date.min``
    on, the years before that of the day after the period come as one."""
    day, last = period.first, period.last
    if day == date.min:
        day = date((last + timedelta(days=1)).year, 1, 1)
        yield f"{BEFORE}{day.year}", date.min, day - timedelta(days=1), True
    while day <= last:
        end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        yield day.isoformat()[:MONTH], day, min(end, last), day.day == 1 and end <= last
        day = end + timedelta(days=1)


def _dates(period: Period) -> Iterator[str]:
    if period.days is not None:
        return iter(period.days)
    return (date.fromordinal(n).isoformat() for n in range(period.first.toordinal(), period.last.toordinal() + 1))
