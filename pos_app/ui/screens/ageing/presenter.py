"""Rules of the age of payables: who waits how long, what is overdue, who owes. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import N_, _
from pos_app.services import ageing
from pos_app.services.ageing import OLDEST, SPANS, Ageing
from pos_app.services.context import Counter
from pos_app.ui.messages import Message, failure
from pos_app.ui.paper_words import past_the_queue

Tell = Callable[[int, int], None]
ALL: Final = "all"
OVERDUE: Final = "overdue"
OWING: Final = "owing"
TERMS: Final = {"harian": N_("daily"), "mingguan": N_("weekly"), "bulanan": N_("monthly")}


@dataclass(frozen=True, slots=True)
class Row:
    """A producer in the list; rupiah. ``waits`` tells terms and age of the oldest part."""

    producer: str
    name: str
    waits: str
    spans: Sequence[int]
    overdue: int
    amount: int


class AgeingPresenter:
    """The ages of one business date."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.filter = ALL
        self.found: Ageing | None = None

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def filters(self) -> list[tuple[str, str]]:
        """Codes with words."""
        return [(ALL, _("All")), (OVERDUE, _("Overdue")), (OWING, _("Producers who owe"))]

    def work(self) -> Callable[[Tell], Ageing]:
        """What a worker does to read the ages."""
        counter, day = self.counter, self.today

        def work(tell: Tell) -> Ageing:
            with closing(counter.ledger.another()) as own:
                return ageing.ageing(own.db, day, tell)

        return work

    def rows(self) -> list[Row]:
        """What the filter leaves: the longest wait first, then the largest amount."""
        if self.found is None:
            return []
        owing = [
            Row(one.producer, one.name, _("owes the corner"), (0, 0, 0, 0), 0, one.amount) for one in self.found.owing
        ]
        aged = sorted(self.found.owed, key=lambda one: (-min(one.days, OLDEST + 1), -one.amount, one.name))
        owed = [
            Row(one.producer, one.name, self._waits(one.terms, one.days), one.spans, one.overdue, one.amount)
            for one in aged
        ]
        if self.filter == OWING:
            return owing
        if self.filter == OVERDUE:
            return [row for row in owed if row.overdue]
        return owed + owing

    def counts(self) -> dict[str, int]:
        """How many producers each filter leaves."""
        if self.found is None:
            return {}
        overdue = sum(one.overdue > 0 for one in self.found.owed)
        owing = len(self.found.owing)
        return {ALL: len(self.found.owed) + owing, OVERDUE: overdue, OWING: owing}

    def spans(self) -> list[tuple[str, int, str]]:
        """Each span in words, with what is owed of that age and its share of all."""
        if self.found is None or not self.found.amount:
            return []
        shares = [f"{100 * amount // self.found.amount} %" for amount in self.found.spans]
        return list(zip(span_words(), self.found.spans, shares, strict=True))

    def sums(self) -> list[tuple[str, str]]:
        """What is owed in all, what of it is overdue, what producers owe, and what the ledger says."""
        if self.found is None:
            return []
        owing = -sum(one.amount for one in self.found.owing)
        return [
            (_("Total owed"), rupiah(self.found.amount)),
            (_("Producers owe"), rupiah(owing)),
            (_("The ledger's balance"), rupiah(self.found.amount - owing + self.found.unexplained)),
            (_("Overdue"), rupiah(self.found.overdue)),
        ]

    def agrees(self) -> tuple[str, str, str]:
        """Whether the parts make the ledger's balances: words, icon and tone."""
        if self.found is not None and self.found.unexplained:
            text = _("{amount} of the ledger's balances stand in no row. Check the ledger in Settings.")
            return text.format(amount=rupiah(self.found.unexplained)), "alert-circle-outline", "danger"
        return _("The parts make the ledger's balances exactly."), "check-circle-outline", "success"

    def print_work(self, found: Ageing) -> Callable[[], bool]:
        """What a worker does to print the list; whether there was a printer."""
        counter, at = self.counter, self.counter.clock()

        def work() -> bool:
            from pos_app.services import printing, producer_papers  # late: printing

            with closing(counter.ledger.another()) as own:
                return printing.print_now(own, producer_papers.ageing_paper(own, found, at))

        return work

    def save_work(self, found: Ageing, kind: str, folder: Path) -> Callable[[], Path]:
        """What a worker does to write the list into a folder, as ``xlsx``, ``csv`` or ``pdf``."""
        counter, at = self.counter, self.counter.clock()

        def work() -> Path:
            from pos_app.services import producer_papers  # late: printing and spreadsheets

            with closing(counter.ledger.another()) as own:
                return producer_papers.save_ageing(own, found, kind, folder, at)

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of the paper."""
        return past_the_queue(_("List printed."), printed=printed)

    def failed(self, error: Exception) -> Message:
        """Why reading or printing failed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))

    def day_text(self) -> str:
        """The day of the list."""
        return short_date(self.found.day if self.found else self.today)

    def _waits(self, terms: str, days: int) -> str:
        age = _("over {days} days").format(days=OLDEST) if days > OLDEST else _("{days} days").format(days=days)
        return f"{_(TERMS[terms]) if terms in TERMS else terms} · {_('oldest')} {age}"


def span_words() -> tuple[str, ...]:
    """``0-7 hari`` … in the user's language."""
    spans = (_("{first}-{last} days").format(first=first, last=last) for first, last in SPANS)
    return *spans, _("over {days} days").format(days=OLDEST)


def figure(amount: int) -> str:
    """A figure of the table; nothing for 0."""
    return thousands(amount) if amount else "-"
