"""The figures that a process holds in memory, so that a question costs a few sums however much was sold.

Held are months: their sums by till, item and mark, and as far as there is room their days (the least used go first).
Before a request asks, it reads how far the tables are (``reported``) and fetches the days of tills that changed since
(``touched``); a till whose tables were made anew makes all be read again. What a request holds (``view.View``) stays as
it is while others go on, and blocks never change: threads share them.

Reading in one transaction what another, older one read less of is no harm: days are fetched whole, so fetching one
twice changes nothing, and a month that was read in an older state takes what is known back to that state. But what a
transaction reads that does not know yet that tables were made anew, or no longer, it keeps for itself.

Nobody waits for what another one reads. While the thread that reads ahead is still at it (``filling``), what a request
finds missing is added up by the database (``fetching.sums_of_days``) and not held.
"""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.reports.answers import Answers
from sync.server.reports.attributes import SCOPES, Attributes
from sync.server.reports.blocks import Block, empty, summed, together
from sync.server.reports.fetching import (
    BEFORE,
    SOURCES,
    Day,
    Names,
    Source,
    days_of_month,
    first_sales,
    first_sales_of,
    some_days,
    sum_of_month,
)

MOST_ROWS: Final = 4_000_000
"""Rows of months that a process holds between requests, at about 45 bytes."""
MOST_ASKED: Final = 500
MONTH: Final = len("2026-10")
QUIET: Final = 600.0
"""Seconds for which a month must not change before it is added up with others."""
FEW: Final = 3
"""Months that are worth adding up."""
MOST_RUNS: Final = 24
RUNS_OF_ROWS: Final = 4
"""The part of the rows that sums of several months may come to, beside what they are made of."""
ANSWERS_OF_ROWS: Final = 8
"""The part of them that answers may come to."""
Key = tuple[str, str]
"""A table and a month."""


class Month(NamedTuple):
    """What was in a month: ``sums`` added up, ``neat`` rows of them before the last changes; the days where they are
    held."""

    sums: Block
    neat: int
    days: Mapping[str, Block] | None

    @property
    def rows(self) -> int:
        return len(self.sums) + sum(map(len, (self.days or {}).values()))


class State(NamedTuple):
    """How far the tables are in the eyes of a transaction: last entry and makings of each till, and its corner."""

    timeline: str
    seqs: dict[str, int]
    made: dict[str, int]
    corners: dict[str, str]
    positions: tuple[int, ...]


class Columns:
    """What a process holds of one database."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self.names = Names()
        self._most = most_rows
        self.answers = Answers(most_rows // ANSWERS_OF_ROWS)
        self._lock = threading.RLock()
        self._months: dict[Key, Month] = {}
        """The least used first."""
        self._known: dict[str, int] = {}
        self._made: dict[str, int] = {}
        self._timeline = ""
        self._attributes: Attributes | None = None
        self.filling = False
        """Whether a thread is still reading what most questions need."""
        self._firsts: dict[str, str] = {}
        self._changed: dict[Key, float] = {}
        self._runs: dict[tuple[int, ...], tuple[list[Block], Block]] = {}
        """Sums of several months, the least used first; they are held with what they are made of, so that its identity
        stays its own, and as long as that is held."""

    def now(self, db: Connection) -> tuple[State, Attributes, dict[Key, Month]]:
        """How far the tables are in the eyes of ``db``, the registry, and what is held, brought up to that."""
        state = _state(db)
        with self._lock:
            self._refresh(db, state)
            self._drop_runs()
            version = (state.timeline, state.positions, tuple(state.corners.items()))
            if self._attributes is None or self._attributes.version != version:
                self._attributes = Attributes(db, version, state.corners)
            return state, self._attributes, dict(self._months)

    def month(self, db: Connection, state: State, source: Source, name: str, *, by_day: bool) -> Month:
        """A month, read where it is not held yet."""
        key = source.name, name
        with self._lock:
            if (held := self._held_as(key, state, by_day=by_day)) is not None:
                return held
        found = _load(db, self.names, source, name, state, by_day=by_day)
        with self._lock:
            if (held := self._held_as(key, state, by_day=by_day)) is not None:
                return held
            if self._same_tables(state):
                self._known = {till: min(seq, state.seqs.get(till, 0)) for till, seq in self._known.items()}
                self._months.pop(key, None)
                self._months[key] = found
                self._drop()
            return found

    def _held_as(self, key: Key, state: State, *, by_day: bool) -> Month | None:
        """A month that is held for the tables that a transaction sees, from now on the last used."""
        found = self._months.get(key)
        if found is None or (by_day and found.days is None) or not self._same_tables(state):
            return None
        self._months[key] = self._months.pop(key)
        return found

    def runs(self, source: Source, months: Sequence[tuple[str, Block]]) -> list[Block]:
        """The sums of months, those together that did not change for a while."""
        found, now = list[Block](), time.monotonic()
        with self._lock:
            for lively, some in groupby(months, lambda one: now < self._changed.get((source.name, one[0]), 0) + QUIET):
                blocks = [block for _name, block in some]
                found += blocks if lively or len(blocks) < FEW else [self._run(blocks)]
        return found

    def _run(self, blocks: list[Block]) -> Block:
        name = tuple(map(id, blocks))
        known = self._runs.pop(name, None)
        self._runs[name] = known = known or (blocks, summed(together(blocks)))
        self._drop_runs()
        return known[1]

    def firsts(self, db: Connection, state: State, producers: Collection[str]) -> dict[str, str]:
        """When each of ``producers`` sold something first; empty for one that never did."""
        with self._lock:
            held = self._firsts if self._same_tables(state) else {}
            found = {code: held[code] for code in producers if code in held}
        missing = [code for code in producers if code not in found]
        if missing:
            found |= dict.fromkeys(missing, "") | first_sales(db, missing)
            with self._lock:
                if self._same_tables(state):
                    self._firsts = {code: found[code] for code in missing} | self._firsts
                    self._known = {till: min(seq, state.seqs.get(till, 0)) for till, seq in self._known.items()}
        return found

    def _same_tables(self, state: State) -> bool:
        """Whether what is held comes from the tables that a transaction sees, or from some that only went on."""
        made = all(state.made.get(till, times) == times for till, times in self._made.items())
        return made and state.timeline == self._timeline

    def _refresh(self, db: Connection, state: State) -> None:
        if not self._same_tables(state):
            self._months.clear()
            self._firsts.clear()
            self._runs.clear()
        if self._months or self._firsts:
            since = {till: self._known.get(till, 0) for till in state.seqs}
            self._take(db, _touched(db, {till: seq for till, seq in since.items() if seq < state.seqs[till]}))
            self._known = {till: max(seq, since[till]) for till, seq in state.seqs.items()}
        else:
            self._known = state.seqs
        self._made, self._timeline = self._made | state.made, state.timeline

    def _take(self, db: Connection, changed: Sequence[Day]) -> None:
        """Put the days of tills that changed in the place of what is held of them."""
        if self._firsts and changed:
            for producer, day in first_sales_of(db, changed).items():
                if producer in self._firsts:
                    self._firsts[producer] = min(day, self._firsts[producer] or day)
        by_month: dict[str, list[Day]] = {}
        for one in changed:
            by_month.setdefault(one[1][:MONTH], []).append(one)
        for name in {name for _table, name in self._months if name.startswith(BEFORE)}:
            by_month[name] = [one for one in changed if one[1] < name.removeprefix(BEFORE)]
        by_month = {name: some for name, some in by_month.items() if some}
        for source in SOURCES:
            held = {name: self._months[source.name, name] for name in by_month if (source.name, name) in self._months}
            wanted = [day for name, month in held.items() if month.days is not None for day in by_month[name]]
            fresh = some_days(db, self.names, source, wanted) if wanted else {}
            for name, month in held.items():
                if month.days is not None:
                    after = self._with_days(source, month, by_month[name], fresh)
                else:
                    after = self._with_tills(db, source, name, {till for till, _date in by_month[name]})
                self._months[source.name, name] = after
                self._changed[source.name, name] = time.monotonic()

    def _with_days(self, source: Source, month: Month, changed: Sequence[Day], fresh: Mapping[str, Block]) -> Month:
        nothing = empty(len(source.figures))
        days, more = dict(month.days or {}), [month.sums]
        for name, some in groupby(sorted(changed, key=lambda day: day[1]), key=lambda day: day[1]):
            before, after = days.get(name, nothing), fresh.get(name, nothing)
            theirs = self._of(before, {till for till, _date in some})
            days[name] = together([before.where(~theirs), after])
            more += [before.where(theirs).negative(), after]
        return _neat(Month(together(more), month.neat, days))

    def _with_tills(self, db: Connection, source: Source, name: str, tills: Collection[str]) -> Month:
        month = self._months[source.name, name]
        after = sum_of_month(db, self.names, source, name, tills)
        sums = together([month.sums.where(~self._of(month.sums, tills)), after])
        return Month(sums, len(sums), None)

    def _of(self, block: Block, tills: Collection[str]) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Which rows of a block are of these tills."""
        theirs = np.zeros(len(self.names.devices), np.bool_)
        theirs[[self.names.devices.of(till) for till in tills if till in self.names.devices]] = True
        found: np.ndarray[tuple[int], np.dtype[np.bool_]] = theirs[block.device]
        return found

    def _drop_runs(self) -> None:
        """Sums of several months go with what they are made of, and the least used once they are many."""
        held = {id(month.sums) for month in self._months.values()}
        self._runs = {made_of: run for made_of, run in self._runs.items() if held.issuperset(made_of)}
        rows = sum(len(run) for _blocks, run in self._runs.values())
        for made_of in list(self._runs)[:-1]:
            if rows <= self._most // RUNS_OF_ROWS and len(self._runs) <= MOST_RUNS:
                return
            rows -= len(self._runs.pop(made_of)[1])

    def _drop(self) -> None:
        """Make room: days of the months that were asked for least lately, then the months."""
        rows = sum(month.rows for month in self._months.values())
        for key, month in list(self._months.items())[:-1]:
            if rows <= self._most:
                return
            rows -= month.rows - len(month.sums)
            self._months[key] = month._replace(days=None)
        for key in list(self._months)[:-1]:
            if rows <= self._most:
                return
            rows -= len(self._months.pop(key).sums)


def columns_of(engine: Engine) -> Columns:
    """What this process holds of a database."""
    found = _held.get(engine)
    return found if found is not None else _held.setdefault(engine, Columns())


_held = WeakKeyDictionary[Engine, Columns]()


def _state(db: Connection) -> State:
    devices, reported, meta, positions = schema.devices, tables.reported, schema.meta, schema.positions
    timeline = sa.select(meta.c.value).where(meta.c.key == "timeline").scalar_subquery()
    query = sa.select(devices.c.device, devices.c.corner, reported.c.seq, reported.c.made, timeline)
    joined = devices.outerjoin(reported, reported.c.device == devices.c.device)
    rows = db.execute(query.select_from(joined).order_by(devices.c.device)).all()
    feeds = {row.scope: row.value for row in db.execute(sa.select(positions.c.scope, positions.c.value))}
    return State(
        rows[0][4] if rows else "",
        {row[0]: row[2] or 0 for row in rows},
        {row[0]: row[3] or 0 for row in rows},
        {row[0]: row[1] for row in rows},
        tuple(feeds.get(scope, 0) for scope in SCOPES),
    )


def _touched(db: Connection, since: Mapping[str, int]) -> list[Day]:
    """The days of tills that changed after these entries."""
    every, found, table = list(since.items()), list[Day](), tables.touched
    for first in range(0, len(every), MOST_ASKED):
        data = every[first : first + MOST_ASKED]
        asked = sa.values(sa.column("device", sa.Text), sa.column("seq", sa.BigInteger), name="asked").data(data).cte()
        after = sa.and_(table.c.device == asked.c.device, table.c.seq > asked.c.seq)
        rows = db.execute(sa.select(table.c.device, table.c.date).select_from(asked.join(table, after)))
        found += [(row.device, row.date) for row in rows]
    return found


def _load(db: Connection, names: Names, source: Source, name: str, state: State, *, by_day: bool) -> Month:
    if not by_day:
        sums = sum_of_month(db, names, source, name, state.corners)
        return Month(sums, len(sums), None)
    days = days_of_month(db, names, source, name, state.corners)
    return _neat(Month(together([empty(len(source.figures)), *days.values()]), 0, days))


def _neat(month: Month) -> Month:
    """The sums with one row for each till, item and mark, once there are many more."""
    if len(month.sums) <= month.neat + month.neat // 4:
        return month
    sums = summed(month.sums)
    return Month(sums, len(sums), month.days)
