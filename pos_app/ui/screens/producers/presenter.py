"""Rules of the Producers screen: who is owed what, what a payment would pay, and paying it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import DeductedTooMuch, InsufficientCash, PosError
from pos_app.domain.formats import rupiah, thousands
from pos_app.domain.terms import days_waited, is_due
from pos_app.i18n import _
from pos_app.ledger import aliases, hot, queries, settlements, waiting
from pos_app.printing.papers.common import Issue, percent_text
from pos_app.printing.papers.settlement import beyond_the_share, settlement_slip
from pos_app.printing.preview import preview
from pos_app.services import settling, slips
from pos_app.services.alias_words import owed_under
from pos_app.services.context import Counter
from pos_app.services.once import Once
from pos_app.services.papers import letterhead
from pos_app.services.reprints import reprint_newest
from pos_app.services.settling import Due, SettlementTender
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered, of_recorded
from pos_app.ui.paper_words import queued, reprinted
from sync.documents.money import Deduction, DeductionReason, Settlement

Filter = Literal["all", "due", "zero"]
PREVIEW_COLUMNS: Final = 32
NO_HASH_YET: Final = "············"


@dataclass(frozen=True, slots=True)
class Owed:
    """A producer in the list: rupiah, days as in ``days_waited``."""

    code: str
    name: str
    amount: int
    days: int | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class SumLine:
    """One line of the sums; ``strong`` lines are results."""

    label: str
    amount: str
    strong: bool = False


class ProducersPresenter:
    """The list, the chosen producer and the payment being prepared."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The payment."""
        self.filter: Filter = "due"
        self.text = ""
        self.tender: SettlementTender = "cash"
        self.producer = ""
        self.through = self.today
        self.deductions: tuple[Deduction, ...] = ()
        self.note = ""
        self._all: list[Owed] = []

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    # The list ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Reads the payables anew."""
        found = settlements.payables(self.counter.db)
        since = waiting.since(self.counter.db, found)
        self._all = [self._owed(row, since.get(row.producer)) for row in found]

    def _owed(self, row: settlements.Payable, since: str | None) -> Owed:
        due = is_due(row.amount, row.payout_terms, since, self.today)
        return Owed(row.producer, row.name, row.amount, days_waited(since, self.today), due)

    def rows(self) -> list[Owed]:
        """What the filter leaves; while something is searched, whom it finds among all."""
        words = self.text.lower().split()
        return [
            row
            for row in self._all
            if self._passes(row, self.shown) and all(word in f"{row.name} {row.code}".lower() for word in words)
        ]

    @property
    def shown(self) -> Filter:
        """The filter that holds: a search looks among all."""
        return "all" if self.text.strip() else self.filter

    @staticmethod
    def _passes(row: Owed, which: Filter) -> bool:
        return which == "all" or (row.is_due if which == "due" else row.amount == 0)

    def counts(self) -> dict[str, int]:
        """How many producers each filter leaves."""
        names: tuple[Filter, ...] = ("all", "due", "zero")
        return {name: sum(self._passes(row, name) for row in self._all) for name in names}

    def total(self) -> tuple[int, int]:
        """How many are listed, and what is owed to them together."""
        rows = self.rows()
        return len(rows), sum(row.amount for row in rows)

    # The chosen producer ---------------------------------------------------------------------------------------------

    def choose(self, producer: str) -> None:
        """Another producer, paid up to today unless the date is changed."""
        if producer != self.producer:
            self.producer = producer
            self.through = self.today
            self._keep_nothing()

    def told(self) -> Message | None:
        """What to know of the chosen one before paying: the centre may have found it to be another."""
        words = owed_under(self.counter.db, self.producer) if self.producer else ""
        return Message("W", words) if words else None

    def payee(self, due: Due) -> str:
        """Who is paid, with the code that it is now where it has become another."""
        target = aliases.target(self.counter.db, "producer", due.producer)
        if target == due.producer:
            return due.producer_name
        return _("{name} (now {target})").format(name=due.producer_name, target=target)

    def due(self) -> Due | None:
        """What would be paid; None while nobody is chosen."""
        if not self.producer:
            return None
        head = self.counter.ledger.head().seq
        everything = self.through >= self.today
        return settling.due(self.counter.db, self.producer, self.through, head=head, everything=everything)

    def amount(self, due: Due) -> int:
        """What the chosen tender would pay, after what is kept."""
        return due.amount(self.tender, self.counter.cash_step, self.kept)

    @property
    def kept(self) -> int:
        """What the corner keeps of the payment."""
        return sum(deduction.amount for deduction in self.deductions)

    def keep(self, reason: str, amount: int) -> Message | None:
        """Keeps an amount of the payment; why not, where more than is owed would be kept."""
        due = self.due()
        owed = due.owed if due else 0
        if self.kept + amount > owed:
            return Message("E", describe(DeductedTooMuch(owed, self.kept + amount)))
        self.deductions = (*self.deductions, Deduction(cast("DeductionReason", reason), amount))
        return None

    def give_back(self, place: int) -> None:
        """Keeps one deduction less."""
        if 0 <= place < len(self.deductions):
            self.deductions = self.deductions[:place] + self.deductions[place + 1 :]

    def _keep_nothing(self) -> None:
        self.deductions, self.note = (), ""

    def pays(self, due: Due) -> bool:
        """Whether a payment would record anything."""
        return due.owed >= self.kept and self.amount(due) + self.kept > 0

    def drawer(self) -> int:
        """Cash that should lie in the drawer; 0 while no shift is open."""
        return queries.balance(self.counter.db, "cash") if queries.open_shift(self.counter.db) else 0

    def period(self, due: Due) -> tuple[str, str]:
        """First and last day; the first is empty before the first settlement."""
        first = short_date(date.fromisoformat(due.from_date)) if due.from_date else ""
        return first, short_date(date.fromisoformat(due.through_date))

    def sums(self, due: Due) -> list[SumLine]:
        """From sales to what will be paid."""
        gross = sum(line.gross for line in due.goods)
        commission = gross - due.earned
        rate = f" {percent_text(round(commission * 10_000 / gross))}" if gross > 0 and commission > 0 else ""
        lines = [
            SumLine(_("Sales"), rupiah(gross)),
            SumLine(_("Commission") + rate, rupiah(-commission) if commission else rupiah(0)),
            SumLine(_("Producer's share"), rupiah(due.earned), strong=True),
        ]
        explained = slips.explained_due(self.counter.db, due)
        if explained.came_back:
            lines.append(SumLine(_("Included: paid before, came back"), rupiah(-explained.came_back)))
        lines += [SumLine(words, rupiah(amount)) for words, amount in beyond_the_share(due.other, explained)]
        lines.append(SumLine(_("Carried over"), rupiah(due.carried_over - explained.taken_back)))
        if explained.taken_back:
            lines.append(SumLine(_("Payments taken back"), rupiah(explained.taken_back)))
        if self.kept:
            lines.append(SumLine(_("Deductions"), rupiah(-self.kept)))
        rest = due.total - self.kept - self.amount(due)
        if rest and self.pays(due):
            lines.append(SumLine(_("Stays payable"), rupiah(rest)))
        return lines

    def slip(self, due: Due) -> list[str]:
        """The slip as it will be printed, in lines of 32 letters; empty while nothing is payable."""
        amount = self.amount(due)
        if not self.pays(due):
            return []
        user = self.counter.user
        issue = Issue(self.counter.clock().isoformat(timespec="seconds"), user.name if user else "", NO_HASH_YET)
        return preview(
            settlement_slip(
                self._draft(due, amount),
                issue,
                letterhead(self.counter.ledger),
                slips.explained_due(self.counter.db, due),
            ),
            PREVIEW_COLUMNS,
        )

    def _draft(self, due: Due, amount: int) -> Settlement:
        series = f"{Settlement.PREFIX}-{self.counter.ledger.identity.series}"
        number = f"{series}-{hot.last_number(self.counter.db, series) + 1:06d}"
        return settling.settlement(due, self.tender, amount, number=number, deductions=self.deductions)

    # Paying ----------------------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """Why nothing can be paid now."""
        due = self.due()
        if due is None:
            return Message("W", _("Choose a producer in the list."))
        amount = self.amount(due)
        if self.kept > due.owed:
            return Message("E", describe(DeductedTooMuch(due.owed, self.kept)))
        if not self.pays(due):
            text = _("Nothing to pay to {name}: payable {amount}.")
            return Message("I", text.format(name=due.producer_name, amount=rupiah(due.total)))
        if self.tender == "cash" and amount:
            if queries.open_shift(self.counter.db) is None:
                return numbered(15)
            if amount > self.drawer():
                return numbered(24, amount=rupiah(self.drawer()))
        return None

    def question(self, due: Due) -> tuple[str, ...]:
        """What the manager looks at before money moves."""
        first, last = self.period(due)
        tender = _("Cash from the drawer") if self.tender == "cash" else _("Transfer")
        period = _("{first} to {last}").format(first=first, last=last) if first else _("until {date}").format(date=last)
        kept = (_("Kept: {amount}").format(amount=rupiah(self.kept)),) if self.kept else ()
        return due.producer_name, period, tender, *kept

    def pay(self, expected: int, approved_by: str | None) -> Message:
        """Pays the amount that was confirmed, or nothing, and reads the list anew."""
        try:
            recorded = self.once.record(
                (self.producer, self.tender, self.through, self.deductions, expected),
                lambda: settling.settle(
                    self.counter,
                    self.producer,
                    self.tender,
                    through=self.through,
                    deductions=self.deductions,
                    note=self.note.strip() or None,
                    approved_by=approved_by,
                    expected=expected,
                ),
            )
        except InsufficientCash as error:
            return numbered(24, amount=rupiah(error.drawer))
        except PosError as error:
            return Message("E", describe(error))
        self._keep_nothing()
        self.refresh()
        document = recorded.document
        paid = document.amount if isinstance(document, Settlement) else 0
        text = _("{number}: {amount} paid.").format(number=recorded.number, amount=f"Rp {thousands(paid)}")
        words = queued(self.counter, _("The slip is in the print queue."), sheet=True)
        return of_recorded(recorded, f"{text} {words}")

    def debt(self, due: Due) -> int:
        """What this producer owes the corner, as far as the corner owes nothing."""
        return max(-due.payable, 0)

    def debt_obstacle(self) -> Message | None:
        """Why no cash can be taken now."""
        return numbered(15) if queries.open_shift(self.counter.db) is None else None

    def take_debt(self, amount: int, approved_by: str | None) -> Message:
        """The producer pays what is owed to the corner, in cash."""
        try:
            recorded = self.once.record(
                (self.producer, "debt", amount),
                lambda: settling.take_debt(self.counter, self.producer, amount, approved_by=approved_by),
            )
        except PosError as error:
            return Message("E", describe(error))
        self.refresh()
        text = _("{number}: {amount} recorded.").format(number=recorded.number, amount=rupiah(amount))
        return of_recorded(recorded, f"{text} {queued(self.counter, _('Two copies are in the print queue.'))}")

    def reprint(self) -> Message:
        """The newest slip of the chosen producer again."""
        number = reprint_newest(self.counter, ("settlement",), self.producer) if self.producer else None
        if number is None:
            return Message("W", _("Nothing to print again yet."))
        return reprinted(self.counter, number, sheet=True)
