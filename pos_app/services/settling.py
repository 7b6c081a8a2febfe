"""Pay a producer what is owed (rule 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pos_app.domain.errors import (
    DeductedTooMuch,
    InsufficientCash,
    InvalidAmount,
    NothingPayable,
    OwedChanged,
    UnknownProducer,
)
from pos_app.ledger import queries, registry, settlements
from pos_app.ledger.settlements import LastSettlement
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.settled_goods import goods_between
from sync.documents.arithmetic import whole_steps
from sync.documents.base import LIMIT
from sync.documents.money import CashMove, Deduction, SettledGoods, Settlement

SettlementTender = Literal["cash", "transfer"]


@dataclass(frozen=True, slots=True)
class Due:
    """What a settlement would pay: see ``Settlement`` for the meaning of the sums (rupiah)."""

    producer: str
    producer_name: str
    from_seq: int
    through_seq: int
    from_date: str | None
    through_date: str
    goods: tuple[SettledGoods, ...]
    carried_over: int
    earned: int
    other: int
    payable: int

    @property
    def total(self) -> int:
        """Owed at the cut-off."""
        return self.carried_over + self.earned + self.other

    @property
    def owed(self) -> int:
        """What can be paid or kept of it: never more than is owed now."""
        return max(min(self.total, self.payable), 0)

    def amount(self, tender: SettlementTender, cash_step: int, deducted: int = 0) -> int:
        """What this tender would pay after deductions: whole cash steps, or all of it; 0 where they take it all."""
        left = max(self.owed - deducted, 0)
        return whole_steps(left, cash_step) if tender == "cash" else left


def due(db: Connection, producer: str, through: date, *, head: int, everything: bool = False) -> Due:
    """What is owed to a producer for everything recorded up to the end of business date ``through``.

    The date is turned into a sequence number; ``head`` is the journal's last one. With ``everything`` no entry
    is left out, even one that a wrong clock dated after ``through``. Raises ``UnknownProducer``.
    """
    cut_off = head if everything else min(settlements.seq_at_end_of(db, through), head)
    return due_up_to(db, producer, cut_off, through, head=head)


def due_up_to(db: Connection, producer: str, cut_off: int, through: date, *, head: int) -> Due:
    """``due`` where the entry of the cut-off is known; ``through`` is the date that is told of it."""
    name = registry.producer_name(db, producer)
    if name is None:
        raise UnknownProducer(producer)
    last = settlements.last(db, producer)
    payable = queries.payable(db, producer)
    return due_after(db, producer, name, last, cut_off, through, payable=payable, head=head)


def due_after(
    db: Connection,
    producer: str,
    name: str,
    last: LastSettlement | None,
    cut_off: int,
    through: date,
    *,
    payable: int,
    head: int,
) -> Due:
    """What follows from the journal for a payment after ``last``, where ``payable`` was owed at entry ``head``."""
    from_seq = last.through_seq if last else 0
    through_seq = max(cut_off, from_seq)
    goods = goods_between(db, producer, from_seq, through_seq)
    # What was paid after the cut-off was paid for what came before it.
    owed = payable - settlements.payable_change(db, producer, through_seq, head, without_settlements=True)
    earned = sum(line.share for line in goods)
    other = settlements.payable_change(db, producer, from_seq, through_seq, without_settlements=True) - earned
    return Due(
        producer=producer,
        producer_name=name,
        from_seq=from_seq,
        through_seq=through_seq,
        from_date=last.through_date if last else None,
        through_date=through.isoformat(),
        goods=goods,
        carried_over=owed - earned - other,
        earned=earned,
        other=other,
        payable=payable,
    )


def settle(
    counter: Counter,
    producer: str,
    tender: SettlementTender,
    *,
    through: date | None = None,
    deductions: Sequence[Deduction] = (),
    note: str | None = None,
    approved_by: str | None = None,
    expected: int | None = None,
) -> Recorded:
    """Pay a producer by cash from the open drawer, or by transfer, less what the corner keeps (``deductions``).

    What is recorded up to the end of ``through`` is paid; from today on, or without it, everything. ``expected`` is
    the amount that was confirmed, in rupiah. Raises ``NothingPayable``, ``DeductedTooMuch``, ``InvalidAmount``,
    ``InsufficientCash``, ``NoOpenShift`` (cash), ``UnknownProducer``, and ``OwedChanged`` where another amount than
    ``expected`` would be paid.
    """
    counter.require_manager("settle", approved_by)
    with counter.record() as now:
        head = counter.ledger.head().seq
        until = min(through or now.today, now.today)
        owed = due(now.db, producer, until, head=head, everything=until == now.today)
        amount = payment(owed, tender, counter.cash_step, deductions)
        if expected is not None and amount != expected:
            raise OwedChanged(owed.producer_name, owed.owed)
        if tender == "cash" and amount:
            now.require_shift()
            drawer = queries.balance(now.db, "cash")
            if amount > drawer:
                raise InsufficientCash(drawer, amount)
        number = now.number(Settlement.PREFIX)
        document = settlement(
            owed, tender, amount, number=number, deductions=deductions, note=now.note(note), approved_by=approved_by
        )
        now.append(document, paper="settlement", copies=2)
    return done(now)


def payment(owed: Due, tender: SettlementTender, cash_step: int, deductions: Sequence[Deduction] = ()) -> int:
    """What is handed over, in rupiah; 0 only where deductions take all that can be paid.

    Raises ``NothingPayable``, ``DeductedTooMuch`` and ``InvalidAmount``.
    """
    for deduction in deductions:
        if not 0 < deduction.amount <= LIMIT:
            raise InvalidAmount(str(deduction.amount))
    deducted = sum(deduction.amount for deduction in deductions)
    if not owed.owed:
        raise NothingPayable(owed.payable)
    if deducted > owed.owed:
        raise DeductedTooMuch(owed.owed, deducted)
    amount = owed.amount(tender, cash_step, deducted)
    if not amount + deducted:
        raise NothingPayable(owed.payable)
    return amount


def take_debt(counter: Counter, producer: str, amount: int, *, approved_by: str | None = None) -> Recorded:
    """A producer who was paid for goods that came back pays (part of) what is owed to the corner, in cash.

    Raises ``InvalidAmount`` above the debt, ``NothingPayable`` where there is none, ``NoOpenShift`` and
    ``UnknownProducer``.
    """
    counter.require_manager("cash_move", approved_by)
    with counter.record() as now:
        if registry.producer_name(now.db, producer) is None:
            raise UnknownProducer(producer)
        payable = queries.payable(now.db, producer)
        if payable >= 0:
            raise NothingPayable(payable)
        if not 0 < amount <= -payable:
            raise InvalidAmount(str(amount))
        now.require_shift()
        move = CashMove(
            number=now.number(CashMove.PREFIX),
            approved_by=approved_by,
            direction="in",
            amount=amount,
            reason="producer",
            producer=producer,
        )
        now.append(move, paper="cash_move", copies=2)
    return done(now)


def settlement(
    owed: Due,
    tender: SettlementTender,
    amount: int,
    *,
    number: str,
    deductions: Sequence[Deduction] = (),
    note: str | None = None,
    approved_by: str | None = None,
) -> Settlement:
    """The document that pays ``amount`` rupiah of what is owed; also for a look at the slip before paying."""
    deducted = sum(deduction.amount for deduction in deductions)
    gross = sum(line.gross for line in owed.goods)
    return Settlement(
        number=number,
        note=note,
        approved_by=approved_by,
        producer=owed.producer,
        producer_name=owed.producer_name,
        tender=tender,
        from_seq=owed.from_seq,
        through_seq=owed.through_seq,
        from_date=owed.from_date,
        through_date=owed.through_date,
        goods=owed.goods,
        gross=gross,
        commission=gross - owed.earned,
        earned=owed.earned,
        other=owed.other,
        carried_over=owed.carried_over,
        deductions=tuple(deductions),
        amount=amount,
        remaining=owed.total - deducted - amount,
    )
