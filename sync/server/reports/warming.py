"""Reads the figures of this year and the last, and what else is kept in memory, behind the start of a serving process,
so that the first officer does not wait, and later what is new, so that nobody waits for a morning's sales."""

import gc
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.engine import Connection

from sync.server.background import Background, Pause
from sync.server.centre import Centre
from sync.server.database.dialect import reading
from sync.server.reports.blocks import FACES, Block
from sync.server.reports.columns import MONTH, columns_of
from sync.server.reports.fetching import BEFORE, GOODS, SOLD, SOURCES, Source
from sync.server.reports.view import Period, view_of

BY_DAY: Final = range(13)
"""Months whose days are read, by how long ago: a year begins at a day, and batik is told of its Fridays."""
ON_HAND: Final = (GOODS, SOLD)
"""What lay on the shelves when a year began is all that these moved before."""
YEAR: Final = 12
NINETY, DAYS_OF_YEAR, _DAY = timedelta(days=89), timedelta(days=364), timedelta(days=1)
EVERY_SECONDS: Final = 60.0
SHARE: Final = 0.5
"""Of its time: it rests as long as it works."""
Kept = Callable[[Centre, Connection], Any]
"""Reads what the process keeps in memory, unless it is there as the database has it now."""


class Warming:
    """Reads ahead for a serving process. Until it has, requests let the database add up what is missing."""

    def __init__(self, centre: Centre, others: Sequence[Kept] = ()) -> None:
        """``others``: what is kept beside the figures."""
        self._centre, self._others, self._kept = centre, others, False
        columns_of(centre.engine).filling = True

    def round(self, pause: Pause = lambda: False) -> None:
        """Read what is not held yet, the newest first, and what changed."""
        today = date.fromisoformat(self._centre.today())
        for place, month in enumerate(_months(today)):
            with reading(self._centre.engine) as db:
                view, by_day = view_of(db), place in BY_DAY or month > today
                for source in SOURCES:
                    read = view.month(source, month.isoformat()[:MONTH], by_day=by_day)
                    for block in (read.sums, *(read.days or {}).values()):
                        _add_up(block)
                for source in ON_HAND if month.month == 1 else ():
                    _add_up(view.month(source, f"{BEFORE}{month.year}").sums)
            if pause():
                return
        with reading(self._centre.engine) as db:
            for source, period in _usual(today):
                for _unit, block in view_of(db).spans(source, period):
                    _add_up(block)
        columns_of(self._centre.engine).filling = False
        for other in self._others:
            if pause():
                return
            with reading(self._centre.engine) as db:
                other(self._centre, db)
        if not self._kept:
            _keep()
            self._kept = True


def _keep() -> None:
    """What is there now stays as long as the process: looking through it for garbage, a tenth of a second each time,
    would stop whoever is asking."""
    gc.collect()
    gc.freeze()


def _months(today: date) -> list[date]:
    """Those of this year and the last, this one first; those that are still to come hold what a clock dated that ran
    ahead."""
    back = [date(today.year - back, month, 1) for back in (0, 1) for month in range(YEAR, 0, -1)]
    return [*(month for month in back if month <= today), *(month for month in back if month > today)]


def _usual(today: date) -> Iterator[tuple[Source, Period]]:
    """What pages ask together: ninety days, this year and as many days as a year has, and what was there before."""
    month = today.replace(day=1)
    for first, last in ((today - NINETY, today), (month.replace(month=1), today), (today - DAYS_OF_YEAR, today)):
        yield from ((source, Period(first, last)) for source in SOURCES)
        yield from ((source, Period(date.min, first - _DAY)) for source in ON_HAND)
    for first in (month, (month - _DAY).replace(day=1)):
        yield from ((source, Period(date.min, first - _DAY)) for source in ON_HAND)


def _add_up(block: Block) -> None:
    """By till, by item and in all, as questions will ask."""
    for face in FACES.values():
        block.face(face)


def warming(centre: Centre, every: float = EVERY_SECONDS, others: Sequence[Kept] = ()) -> Background:
    """The thread that reads, from the start on."""
    return Background("warming", Warming(centre, others).round, every, SHARE, at_once=True)
