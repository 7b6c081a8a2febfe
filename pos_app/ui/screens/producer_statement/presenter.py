"""Rules of the statement of a producer: whose, which period, what it says. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.formats import rupiah
from pos_app.i18n import N_, _
from pos_app.ledger import listing, registry, settlements
from pos_app.services import producer_statements
from pos_app.services.context import Counter
from pos_app.services.producer_statements import Period, ProducerStatement, What
from pos_app.ui.messages import Message, failure

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger
    from pos_app.services.producer_papers import Sendable

CHANGES: dict[What, str] = {
    "sold": N_("Share of sales"),
    "refunded": N_("Brought back by buyers"),
    "bought": N_("Bought by the corner"),
    "lost": N_("Losses the corner bears"),
    "opening": N_("From the paper book"),
    "debt": N_("Debts paid"),
    "deducted": N_("Kept by the corner"),
    "paid": N_("Paid"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The page as grey bytes row by row."""

    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a worker read, and the page made of it."""

    statement: ProducerStatement
    preview: Preview


class StatementPresenter:
    """One producer and one period."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.producer = ""
        self.period: Period = "payment"
        self.first = self.last = self.today
        self.full = False
        self.loaded: Loaded | None = None

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def periods(self) -> list[tuple[str, str]]:
        """Codes with words."""
        words = (_("Since last payment"), _("This week"), _("This month"), _("Range …"))
        return list(zip(("payment", "week", "month", "range"), words, strict=True))

    def begin(self) -> None:
        """Somebody to begin with: who is owed most."""
        if not self.producer:
            self.producer = next((row.producer for row in settlements.payables(self.counter.db)), "")

    def find(self, text: str) -> list[tuple[str, str, str]]:
        """Code, name and kelurahan of producers that a text finds."""
        return listing.producers_matching(self.counter.db, text)

    def name(self) -> str:
        """The producer's business name."""
        return registry.producer_name(self.counter.db, self.producer) or ""

    def set_days(self, first: date | None, last: date | None) -> Message | None:
        """Takes the days of a range; what is wrong with them else."""
        if first is None or last is None:
            return Message("W", _("Enter both dates, for example 01/10/2026."))
        if first > last:
            return Message("W", _("The first day is after the last one."))
        self.first, self.last = first, last
        return None

    def asks(self) -> tuple[object, ...]:
        """Whose statement of which days is asked for."""
        days = (self.first, self.last) if self.period == "range" else ()
        return (self.producer, self.period, *days)

    def work(self) -> Callable[[object], Loaded]:
        """What a worker does to read the statement and make its page."""
        counter, read = self.counter, self._reader()

        def work(_tell: object) -> Loaded:
            from pos_app.printing.page_picture import page_picture  # late: printing
            from pos_app.services import producer_papers

            with closing(counter.ledger.another()) as own:
                found = read(own)
                sendable = producer_papers.statement_paper(own, found, counter.clock())
            picture = page_picture(sendable.page, sendable.media)
            return Loaded(found, Preview(picture.width, picture.height, picture.tobytes()))

        return work

    def build(self) -> Callable[[Ledger], Sendable] | None:
        """What makes the paper to send, of the ledger as it is then."""
        if not self.producer:
            return None
        counter, read, full = self.counter, self._reader(), self.full

        def build(ledger: Ledger) -> Sendable:
            from pos_app.services import producer_papers  # late: printing

            return producer_papers.statement_paper(ledger, read(ledger), counter.clock(), full=full)

        return build

    def sums(self) -> list[tuple[str, str]]:
        """From what was owed before to what is owed at the end, in words and rupiah."""
        if self.loaded is None:
            return []
        found = self.loaded.statement
        rows = [(_("Owed before"), rupiah(found.opening))]
        rows += [(_(words), rupiah(found.changes[what])) for what, words in CHANGES.items() if found.changes.get(what)]
        return [*rows, (_("Still owed") if found.closing >= 0 else _("Producer owes"), rupiah(abs(found.closing)))]

    def slips(self) -> list[tuple[str, str]]:
        """The payments: number with date, and rupiah."""
        if self.loaded is None:
            return []
        return [
            (f"{one.number} · {short_date(date.fromisoformat(one.date))}", rupiah(one.amount))
            for one in self.loaded.statement.payments
        ]

    def trouble(self) -> Message | None:
        """That the statement does not agree with the books."""
        if self.loaded is None or not self.loaded.statement.faults:
            return None
        what = ", ".join(self.loaded.statement.faults)
        text = _(
            "This statement does not agree with the books ({what}). Check the ledger in Settings before sending it."
        )
        return Message("E", text.format(what=what))

    def failed(self, error: Exception) -> Message:
        """Why reading failed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))

    def _reader(self) -> Callable[[Ledger], ProducerStatement]:
        producer, period, today, first, last = self.producer, self.period, self.today, self.first, self.last

        def read(ledger: Ledger) -> ProducerStatement:
            db, head = ledger.db, ledger.head().seq
            days = (first, last) if period == "range" else (None, None)
            span = producer_statements.span_of(db, producer, period, today, head, *days)
            return producer_statements.statement(db, producer, span)

        return read
