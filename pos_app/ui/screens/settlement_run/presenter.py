"""Rules of paying many producers at once: who is ticked, how they are paid, what it sums up to. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import PosError, Unsettled
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services import run_papers, settlement_run
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.settlement_run import Order, Plan, Row, Tell
from pos_app.services.settling import SettlementTender
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure, numbered

if TYPE_CHECKING:
    from pathlib import Path

Filter = Literal["due", "owed", "out"]
NAMED = 3
"""Producers that a sentence names; of the others it tells how many."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A producer as the table shows it: rupiah, days, and what must be said in words."""

    code: str
    name: str
    tender: SettlementTender
    amount: int
    days: int | None
    ticked: bool
    payable: bool
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What is ticked, in rupiah."""

    count: int = 0
    cash: int = 0
    transfer: int = 0
    transfers: int = 0
    left_out: int = 0

    @property
    def total(self) -> int:
        return self.cash + self.transfer


@dataclass(frozen=True, slots=True)
class Run:
    """What was confirmed, and the plan it was chosen from."""

    plan: Plan
    orders: tuple[Order, ...]

    @property
    def amount(self) -> int:
        """All that is handed over, in rupiah."""
        return sum(one.amount for one in self.orders)


@dataclass(frozen=True, slots=True)
class Done:
    """A run that is recorded: where it lies in the journal, and its sums."""

    first_seq: int
    last_seq: int
    first: str
    last: str
    sums: Sums


class RunPresenter:
    """The plan, the ticks and the run."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The run."""
        self._through: date | None = None
        self.filter: Filter = "due"
        self.plan: Plan | None = None
        self.done: Done | None = None
        self._ticks: dict[str, bool] = {}
        self._tenders: dict[str, SettlementTender] = {}

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    @property
    def through(self) -> date:
        """The cut-off: today, unless an earlier day was chosen."""
        return min(self._through or self.today, self.today)

    @through.setter
    def through(self, day: date) -> None:
        self._through = day if day < self.today else None

    # The plan --------------------------------------------------------------------------------------------------------

    def plan_work(self) -> Callable[[Tell], Plan]:
        """Works out on a worker what everybody is owed; until then there is no plan."""
        counter, through, today = self.counter, self.through, self.today

        def work(tell: Tell) -> Plan:
            with counter.apart() as apart:
                return settlement_run.prepare(apart, through, today=today, tell=tell)

        self.plan = None  # nothing is paid by it any more
        return work

    def take(self, plan: Plan) -> None:
        """Show a plan; who was ticked by hand stays so."""
        self.plan = plan
        known = {row.code for row in plan.rows}
        self._ticks = {code: tick for code, tick in self._ticks.items() if code in known}

    def rows(self) -> list[RunRow]:
        """What the filter leaves."""
        return [self._row(row) for row in self._planned() if self._passes(row)]

    def counts(self) -> dict[str, int]:
        """How many producers each filter leaves."""
        found = {"due": 0, "owed": 0, "out": 0}
        for row in self._planned():
            found["due"] += row.standing == "due"
            found["owed"] += row.standing in ("due", "later")
            found["out"] += row.standing in ("owes", "nothing")
        return found

    def _planned(self) -> tuple[Row, ...]:
        return self.plan.rows if self.plan else ()

    def _passes(self, row: Row) -> bool:
        kinds = {"due": ("due",), "owed": ("due", "later"), "out": ("owes", "nothing")}
        return row.standing in kinds[self.filter]

    def _row(self, row: Row) -> RunRow:
        tender = self._tender(row)
        return RunRow(
            row.code,
            row.due.producer_name,
            tender,
            self._amount(row) if row.standing != "owes" else row.due.payable,
            row.days,
            self.is_ticked(row),
            self._amount(row) > 0,
            self._flag(row, tender),
        )

    def _flag(self, row: Row, tender: SettlementTender) -> str:
        if row.standing == "owes":
            return _("owes the corner: take it on the Producers screen")
        if not self._amount(row):
            return _("nothing to pay up to the cut-off")
        if tender == "transfer" and not row.has_account:
            return _("no bank account that could be paid")
        return _("owed today: {amount}").format(amount=rupiah(row.due.payable)) if row.differs else ""

    def _tender(self, row: Row) -> SettlementTender:
        return self._tenders.get(row.code, row.tender)

    def _amount(self, row: Row) -> int:
        return row.due.amount(self._tender(row), self.plan.cash_step) if self.plan else 0

    # Choosing --------------------------------------------------------------------------------------------------------

    def is_ticked(self, row: Row) -> bool:
        """Whether it is paid: who is due, unless somebody chose otherwise."""
        wanted = self._ticks.get(row.code, row.standing == "due")
        return wanted and row.standing in ("due", "later") and self._amount(row) > 0

    def toggle(self, code: str) -> None:
        """The other of paid and left out."""
        row = self._find(code)
        if row is not None:
            self._ticks[code] = not self.is_ticked(row)

    def toggle_all(self) -> None:
        """All that are shown, or none of them."""
        shown = [row for row in self._planned() if self._passes(row)]
        wanted = not all(self.is_ticked(row) for row in shown if self._amount(row))
        self._ticks.update((row.code, wanted) for row in shown)

    def other_tender(self, code: str) -> None:
        """Cash instead of a transfer, or the other way round."""
        row = self._find(code)
        if row is not None:
            self._tenders[code] = "cash" if self._tender(row) == "transfer" else "transfer"

    def cash_without_account(self) -> None:
        """Whoever has no account is paid in cash."""
        self._tenders.update((row.code, "cash") for row in self._without_account())

    def _find(self, code: str) -> Row | None:
        return next((row for row in self._planned() if row.code == code), None)

    def _chosen(self) -> list[Row]:
        return [row for row in self._planned() if self.is_ticked(row)]

    def _without_account(self) -> list[Row]:
        return [row for row in self._chosen() if self._tender(row) == "transfer" and not row.has_account]

    def sums(self) -> Sums:
        """Of what is ticked."""
        chosen = self._chosen()
        cash = sum(self._amount(row) for row in chosen if self._tender(row) == "cash")
        transfers = [self._amount(row) for row in chosen if self._tender(row) == "transfer"]
        due = sum(row.standing == "due" for row in self._planned())
        left_out = due - sum(row.standing == "due" for row in chosen)
        return Sums(len(chosen), cash, sum(transfers), len(transfers), left_out)

    # Paying ----------------------------------------------------------------------------------------------------------

    def obstacle(self) -> Message | None:
        """Why the run cannot begin."""
        if self.plan is None:
            return Message("I", _("Still reading. Press again in a moment."))
        sums = self.sums()
        if not sums.count:
            return Message("W", _("Nobody is ticked. Space ticks a producer, F6 all of them."))
        without = self._without_account()
        if without:
            names = ", ".join(row.due.producer_name for row in without[:NAMED])
            more = f" +{len(without) - NAMED}" if len(without) > NAMED else ""
            text = _("{count} without a bank account: {names}. Pay them in cash, or leave them out.")
            return Message("W", text.format(count=thousands(len(without)), names=f"{names}{more}"))
        if sums.cash:
            if queries.open_shift(self.counter.db) is None:
                return numbered(15)
            drawer = queries.balance(self.counter.db, "cash")
            if sums.cash > drawer:
                text = _("Drawer has only {drawer}; {needed} is needed. Transfer some, or leave some out.")
                return Message("E", text.format(drawer=rupiah(drawer), needed=rupiah(sums.cash)), number=24)
        return None

    @property
    def lacks_accounts(self) -> bool:
        """Whether somebody who is to get a transfer has no account."""
        return bool(self._without_account())

    def question(self, plan: Plan) -> tuple[str, ...]:
        """What the manager looks at before money moves."""
        sums = self.sums()
        lines = [
            _("{count} producers, recorded up to {date}").format(
                count=thousands(sums.count), date=short_date(plan.through)
            ),
            _("Cash from the drawer: {amount}").format(amount=rupiah(sums.cash)),
            _("Transfer: {amount} to {count} producers").format(
                amount=rupiah(sums.transfer), count=thousands(sums.transfers)
            ),
        ]
        if sums.left_out:
            lines.append(_("{count} who are due are left out.").format(count=thousands(sums.left_out)))
        return (*lines, _("All of them are recorded, or none."))

    def run(self) -> Run:
        """What is to be confirmed."""
        plan = self.plan
        if plan is None:
            raise AssertionError("nothing was planned")
        return Run(plan, tuple(settlement_run.order(plan, row, self._tender(row)) for row in self._chosen()))

    def before(self, run: Run) -> Recorded | None:
        """The run that a try before became, although the disk hid it. Raises what ``Once.earlier`` does."""
        return self.once.earlier((run.plan.through, run.orders))

    def run_work(self, run: Run, approved_by: str | None) -> Callable[[Tell], Recorded]:
        """Pays on a worker; all of them or none."""
        counter, plan, orders = self.counter, run.plan, run.orders
        return lambda tell: settlement_run.record_apart(counter, plan, orders, approved_by=approved_by, tell=tell)

    def finished(self, run: Run, recorded: Recorded) -> Message:
        """The run is recorded."""
        orders = run.orders
        entries = settlement_run.recorded(self.counter.db, recorded.seq, len(orders))
        cash = sum(one.amount for one in orders if one.tender == "cash")
        transfers = [one.amount for one in orders if one.tender == "transfer"]
        sums = Sums(len(orders), cash, sum(transfers), len(transfers))
        first, last = entries[0].document.number, entries[-1].document.number
        self.done = Done(entries[0].seq, recorded.seq, first, last, sums)
        self._ticks.clear()
        self._tenders.clear()
        text = _("{count} producers paid, {amount}: {first} to {last}.")
        return Message("S", text.format(count=thousands(sums.count), amount=rupiah(sums.total), first=first, last=last))

    def failed(self, run: Run, error: Exception, before: str) -> Message:
        """Why nothing was recorded, or why nobody can tell yet."""
        if isinstance(error, Unsettled):
            self.once.doubt((run.plan.through, run.orders), error, before)
        if isinstance(error, PosError):
            return Message("E", describe(error))
        return failure(error, str(self.counter.ledger.path))

    # Papers ----------------------------------------------------------------------------------------------------------

    def slips_work(self, folder: Path, *, two_up: bool) -> Callable[[Tell], Path]:
        """Saves the slips of the run as one PDF, telling of every slip; nothing is written where it is stopped."""
        if self.done is None:
            raise AssertionError("nothing was paid")
        counter, first, last = self.counter, self.done.first_seq, self.done.last_seq

        def work(tell: Tell) -> Path:
            with counter.apart() as apart:
                return run_papers.save_slips(apart, first, last, folder, two_up=two_up, tell=tell)

        return work

    def print_all(self) -> int:
        """Puts every slip of the run that never came out into the print queue, twice for two signatures; how many."""
        done = self.done
        return run_papers.print_slips(self.counter, done.first_seq, done.last_seq) if done else 0
