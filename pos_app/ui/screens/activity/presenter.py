"""Rules of the log of events: which days, kinds and persons are shown. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from pos_app.domain.dates import business_date, short_date
from pos_app.i18n import _
from pos_app.services import events
from pos_app.services.context import Counter
from pos_app.services.events import KINDS, Event
from pos_app.ui.messages import Message, failure
from pos_app.ui.paper_words import past_the_queue

ALL = "all"


class ActivityPresenter:
    """The events of some days, filtered."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.kind = ALL
        self.who = ALL
        self.first = self.last = self.today
        self.events: list[Event] = []

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    @property
    def is_manager(self) -> bool:
        """Whether the acting user may read the log without a PIN."""
        return self.counter.is_manager

    def kinds(self) -> list[tuple[str, str]]:
        """What the log is filtered by: codes with words."""
        return [(ALL, _("All")), *((code, _(words)) for code, words in KINDS.items())]

    def persons(self) -> list[tuple[str, str]]:
        """Who stands in what was read."""
        return [(ALL, _("Everybody")), *((name, name) for name in sorted({event.who for event in self.events}))]

    def set_days(self, first: date | None, last: date | None) -> Message | None:
        """Takes the days; what is wrong with them else."""
        if first is None or last is None:
            return Message("W", _("Enter both dates, for example 01/10/2026."))
        if first > last:
            return Message("W", _("The first day is after the last one."))
        self.first, self.last = first, last
        return None

    def work(self) -> Callable[[], list[Event]]:
        """What a worker does to read the log."""
        counter, first, last = self.counter, self.first, self.last

        def read() -> list[Event]:
            with closing(counter.ledger.another()) as own:
                return events.events(counter, own.db, first, last)

        return read

    def rows(self) -> list[Event]:
        """What the filters leave, the newest first."""
        return [event for event in self.events if self.kind in (ALL, event.kind) and self.who in (ALL, event.who)]

    def counts(self) -> dict[str, int]:
        """How many events of each kind."""
        found = {code: 0 for code, _words in self.kinds()}
        for event in self.events:
            found[event.kind] += 1
        return found | {ALL: len(self.events)}

    def period_text(self) -> str:
        """The days in words."""
        first, last = short_date(self.first), short_date(self.last)
        return first if self.first == self.last else f"{first} – {last}"

    def print_work(self) -> Callable[[], bool]:
        """What a worker does to print what is shown; whether there was a printer."""
        counter, rows, span, at = self.counter, self.rows(), (self.first, self.last), self.counter.clock()

        def work() -> bool:
            from pos_app.services import day_papers, printing  # late: printing

            with closing(counter.ledger.another()) as own:
                return printing.print_now(own, day_papers.log_paper(own, rows, span, at))

        return work

    def save_work(self, kind: str, folder: Path) -> Callable[[], Path]:
        """What a worker does to write what is shown into a folder, as ``xlsx`` or ``pdf``."""
        counter, rows, span, at = self.counter, self.rows(), (self.first, self.last), self.counter.clock()

        def work() -> Path:
            from pos_app.services import day_papers  # late: printing and spreadsheets

            with closing(counter.ledger.another()) as own:
                return day_papers.save_log(own, rows, span, at, kind, folder)

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of the paper."""
        return past_the_queue(_("Log of events printed."), printed=printed)

    def failed(self, error: Exception) -> Message:
        """Why reading or printing failed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))
