"""Pay many producers at once: all who are due, or some of them, up to one cut-off and with one confirmation.

    plan = prepare(counter, through, tell=tell)       # on a worker: what each is owed, nothing is locked
    orders = [order(plan, row, ...) for row in ...]   # who is paid, how, and how much was confirmed
    last = record(counter, plan, orders, tell=tell)   # one transaction: all of them, or none
    slips = recorded(counter.db, last, len(orders))

The dues are worked out before the write lock is taken; inside it only those are computed anew whose payable moved
since. Everything that happened after the plan was made waits for the next payment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pos_app.domain.errors import (
    DeductedTooMuch,
    EmptyDocument,
    InsufficientCash,
    NoAccount,
    NothingPayable,
    OwedChanged,
)
from pos_app.domain.terms import days_waited, is_due
from pos_app.ledger import queries, settlements, waiting
from pos_app.services import accounts
from pos_app.services.context import Counter, Recorded, Recording, done
from pos_app.services.settling import Due, SettlementTender, due_up_to, payment, settlement
from sync.documents.money import Deduction, Settlement

if TYPE_CHECKING:
    from datetime import date

    from pos_app.ledger.queries import Entry
    from pos_app.ledger.sqlite import Connection

STRETCH: Final = 100
"""Producers between two words about how far it is."""
Tell = Callable[[int, int], None]
"""Hears of what is done and of what there is in all; may raise to stop the work."""
Standing = Literal["due", "later", "owes", "nothing"]
"""Due by the terms; owed, but not yet; owes the corner; nothing to pay up to the cut-off."""


@dataclass(frozen=True, slots=True)
class Row:
    """A producer in the plan. ``days`` as in ``days_waited``; ``has_account`` for a transfer."""

    due: Due
    standing: Standing
    tender: SettlementTender
    days: int | None
    has_account: bool

    @property
    def code(self) -> str:
        return self.due.producer

    @property
    def differs(self) -> bool:
        """Whether something happened after the cut-off: another sum is owed today."""
        return self.due.total != self.due.payable


@dataclass(frozen=True, slots=True)
class Plan:
    """What could be paid up to a cut-off. ``head`` is the last entry that it knows."""

    through: date
    cut_off: int
    head: int
    cash_step: int
    drawer: int | None
    rows: tuple[Row, ...]
    """``drawer`` is None while no shift is open."""


@dataclass(frozen=True, slots=True)
class Order:
    """One payment as it was confirmed; ``amount`` is what is handed over, in rupiah."""

    producer: str
    tender: SettlementTender
    amount: int
    deductions: tuple[Deduction, ...] = ()


def prepare(counter: Counter, through: date, *, today: date, tell: Tell | None = None) -> Plan:
    """What every producer is owed up to the end of ``through``, and who of them is due by the terms.

    Nothing that is recorded is left out ``through`` today; a later day counts as today. Slow with many producers: run
    it on a worker.
    """
    through = min(through, today)
    db = counter.ledger.db
    head = counter.ledger.head().seq
    cut_off = head if through == today else min(settlements.seq_at_end_of(db, through), head)
    found = settlements.payables(db)
    dates = waiting.since(db, found)
    rows = []
    for place, owed in enumerate(found):
        if tell and place % STRETCH == 0:
            tell(place, len(found))
        due = due_up_to(db, owed.producer, cut_off, through, head=head)
        since = dates.get(owed.producer)
        tender: SettlementTender = "transfer" if owed.pays_by == "transfer" else "cash"
        standing = _standing(due, owed, since, tender, counter.cash_step, today)
        if standing != "nothing" or due.payable:
            has_account = accounts.usable(counter, owed.producer)
            rows.append(Row(due, standing, tender, days_waited(since, today), has_account))
    drawer = queries.balance(db, "cash") if queries.open_shift(db) else None
    return Plan(through, cut_off, head, counter.cash_step, drawer, tuple(rows))


def _standing(
    due: Due, owed: settlements.Payable, since: str | None, tender: SettlementTender, step: int, today: date
) -> Standing:
    if due.payable < 0:
        return "owes"
    if not due.amount(tender, step):
        return "nothing"
    return "due" if is_due(due.owed, owed.payout_terms, since, today) else "later"


def order(plan: Plan, row: Row, tender: SettlementTender) -> Order:
    """The payment of a row by ``tender``."""
    return Order(row.code, tender, row.due.amount(tender, plan.cash_step))


def record(
    counter: Counter,
    plan: Plan,
    orders: Sequence[Order],
    *,
    approved_by: str | None = None,
    papers: bool = False,
    tell: Tell | None = None,
) -> Recorded:
    """Pay all orders in one transaction, or none; the last one recorded tells for all, see ``recorded``.

    ``tell`` may stop it until the last is written. With ``papers`` every slip goes into the print queue. Raises
    ``EmptyDocument``, ``OwedChanged`` where another amount would be paid than was confirmed, ``NoAccount`` for a
    transfer that no bank could make, ``InsufficientCash`` with the drawer and what all need of it, ``NoOpenShift`` and
    ``ManagerNeeded``.
    """
    counter.require_manager("settle", approved_by)
    if not orders:
        raise EmptyDocument
    known = {row.code: row.due for row in plan.rows}
    with counter.record() as now:
        head = now.tx.last[0].seq
        needed = sum(one.amount for one in orders if one.tender == "cash")
        if needed:
            now.require_shift()
            drawer = queries.balance(now.db, "cash")
            if needed > drawer:
                raise InsufficientCash(drawer, needed)
        for place, one in enumerate(orders, start=1):
            if tell and (place - 1) % STRETCH == 0:
                tell(place - 1, len(orders))
            due = _still(now.db, plan, known[one.producer], head)
            _check(counter, due, one)
            _append(now if place == len(orders) else now.another(), due, one, approved_by, papers=papers)
        if tell:
            tell(len(orders), len(orders))
    return done(now)


def record_apart(
    counter: Counter, plan: Plan, orders: Sequence[Order], *, approved_by: str | None, tell: Tell
) -> Recorded:
    """``record`` on a connection of its own, for a worker."""
    with counter.apart() as apart:
        return record(apart, plan, orders, approved_by=approved_by, tell=tell)


def _check(counter: Counter, due: Due, one: Order) -> None:
    """Raise ``OwedChanged`` unless the payment is still what was confirmed, and ``NoAccount``."""
    try:
        amount = payment(due, one.tender, counter.cash_step, one.deductions)
    except (NothingPayable, DeductedTooMuch):
        raise OwedChanged(due.producer_name, due.owed) from None
    if amount != one.amount:
        raise OwedChanged(due.producer_name, due.owed)
    if one.tender == "transfer" and amount and not accounts.usable(counter, one.producer):
        raise NoAccount(due.producer_name)


def _still(db: Connection, plan: Plan, due: Due, head: int) -> Due:
    """What is owed as of the plan's cut-off, computed anew where the payable moved since the plan was made."""
    if settlements.last_change(db, due.producer) <= plan.head:
        return due
    return due_up_to(db, due.producer, plan.cut_off, plan.through, head=head)


def _append(now: Recording, due: Due, one: Order, approved_by: str | None, *, papers: bool) -> None:
    number = now.number(Settlement.PREFIX)
    document = settlement(
        due, one.tender, one.amount, number=number, deductions=one.deductions, approved_by=approved_by
    )
    now.append(document, paper="settlement" if papers else None, copies=2)


def recorded(db: Connection, last_seq: int, count: int) -> list[Entry]:
    """The entries of a run that ended with ``last_seq``, in the order of their numbers."""
    entries = (queries.entry_by_seq(db, seq) for seq in range(last_seq - count + 1, last_seq + 1))
    return [entry for entry in entries if entry is not None]
