"""Reads the figures of this year and the last behind the start of a serving process, so that the first officer does not
wait, and later what is new, so that nobody waits for a morning's sales."""

import gc
import logging
import threading
import time
from datetime import date, timedelta
from typing import Final

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
_log = logging.getLogger(__name__)


class Warming:
    """The thread that reads; it rests as long as it works, so that tills push on."""

    def __init__(self, centre: Centre, every: float = EVERY_SECONDS) -> None:
        self._centre, self._every = centre, every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="warming", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once what is being read is."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        waiting = 0.0
        while not self._stopping.wait(waiting):
            try:
                self.round()
                if not waiting:
                    _keep()
            except Exception as error:  # noqa: BLE001 - a database that restarts; whatever it is, the next round may go well
                _log.warning("figures are not read yet: %s", type(error).__name__)
            waiting = self._every

    def round(self) -> None:
        """Read what is not held yet, the newest first, and what changed."""
        month = date.fromisoformat(self._centre.today()).replace(day=1)
        for place in range(YEAR + month.month):
            began = time.monotonic()
            with reading(self._centre.engine) as db:
                view = view_of(db)
                for source in SOURCES:
                    _add_up(view.month(source, month.isoformat()[:MONTH], by_day=place in BY_DAY))
                for source in ON_HAND if month.month == 1 else ():
                    _add_up(view.month(source, f"{BEFORE}{month.year}"))
            if self._stopping.wait(time.monotonic() - began):
                return
            month = (month - timedelta(days=1)).replace(day=1)


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
