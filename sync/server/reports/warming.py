"""Reads the figures of this year and the last behind the start of a serving process, so that the first officer does not
wait, and later what is new, so that nobody waits for a morning's sales."""

import gc
from datetime import date, timedelta
from typing import Final

from sync.server.background import Background, Pause
from sync.server.centre import Centre
from sync.server.database.dialect import reading
from sync.server.reports.blocks import FACES
from sync.server.reports.columns import MONTH, Month, view_of
from sync.server.reports.fetching import BEFORE, GOODS, SOLD, SOURCES

BY_DAY: Final = {*range(7), 12}
"""Months whose days are read, by how long ago: plots tell days and weeks of half a year, a year begins at a day."""
ON_HAND: Final = (GOODS, SOLD)
"""What lay on the shelves when a year began is all that these moved before."""
YEAR: Final = 12
EVERY_SECONDS: Final = 60.0
SHARE: Final = 0.5
"""Of its time: it rests as long as it works."""


class Warming:
    """Reads ahead for a serving process."""

    def __init__(self, centre: Centre) -> None:
        self._centre, self._kept = centre, False

    def round(self, pause: Pause = lambda: False) -> None:
        """Read what is not held yet, the newest first, and what changed."""
        month = date.fromisoformat(self._centre.today()).replace(day=1)
        for place in range(YEAR + month.month):
            with reading(self._centre.engine) as db:
                view = view_of(db)
                for source in SOURCES:
                    _add_up(view.month(source, month.isoformat()[:MONTH], by_day=place in BY_DAY))
                for source in ON_HAND if month.month == 1 else ():
                    _add_up(view.month(source, f"{BEFORE}{month.year}"))
            if pause():
                return
            month = (month - timedelta(days=1)).replace(day=1)
        if not self._kept:
            _keep()
            self._kept = True


def _keep() -> None:
    """What is there now stays as long as the process: looking through it for garbage, a tenth of a second each time,
    would stop whoever is asking."""
    gc.collect()
    gc.freeze()


def _add_up(month: Month) -> None:
    """By till, by item and in all, as questions will ask."""
    for block in (month.sums, *(month.days or {}).values()):
        for face in FACES.values():
            block.face(face)


def warming(centre: Centre, every: float = EVERY_SECONDS) -> Background:
    """The thread that reads, from the start on."""
    return Background("warming", Warming(centre).round, every, SHARE, at_once=True)
