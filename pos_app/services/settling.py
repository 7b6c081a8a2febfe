"""Pay a producer what is owed (rule 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pos_app.domain.errors import DeductedTooMuch, InsufficientCash, InvalidAmount, NothingPayable, UnknownProducer
from pos_app.domain.product import Product
from pos_app.ledger import queries, registry, settlements
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, done
from sync.documents.arithmetic import whole_steps
from sync.documents.base import LIMIT, Document
from sync.documents.goods import CountedLine, GoodsReceived, GoodsReturned, LeavingLine, StockCount, WriteOff
from sync.documents.money import CashMove, Deduction, SettledGoods, Settlement
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale, SaleLine

SettlementTender = Literal["cash", "transfer"]


@dataclass(slots=True)
class Tally:
    """What happened to one product in the window: thousandths and rupiah."""

    name: str
    unit: str
    received: int = 0
    sold: int = 0
    returned: int = 0
    lost: int = 0
    gross: int = 0
    share: int = 0


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
    name = registry.producer_name(db, producer)
    if name is None:
        raise UnknownProducer(producer)
    last = settlements.last(db, producer)
    from_seq = last.through_seq if last else 0
    cut_off = head if everything else min(settlements.seq_at_end_of(db, through), head)
    through_seq = max(cut_off, from_seq)
    goods = _Window(db, producer, from_seq, through_seq).goods()
    payable = queries.payable(db, producer)
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
) -> Recorded:
    """Pay a producer by cash from the open drawer, or by transfer, less what the corner keeps (``deductions``).

    Raises ``NothingPayable``, ``DeductedTooMuch``, ``InvalidAmount``, ``InsufficientCash``, ``NoOpenShift`` (cash) and
    ``UnknownProducer``.
    """
    counter.require_manager("settle", approved_by)
    with counter.record() as now:
        head = counter.ledger.head().seq
        owed = due(now.db, producer, through or now.today, head=head, everything=through is None)
        amount = payment(owed, tender, counter.cash_step, deductions)
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


def came_back(db: Connection, producer: str, from_seq: int, through_seq: int) -> int:
    """Shares, in rupiah, of goods that an earlier settlement paid and that buyers brought back between two entries."""
    return sum(
        _came_back(db, entry.document, producer, from_seq)
        for seq in settlements.entries_of(db, producer, from_seq, through_seq)
        if (entry := queries.entry_by_seq(db, seq)) is not None
    )


def _came_back(db: Connection, document: Document, producer: str, paid_until: int) -> int:
    if isinstance(document, Refund):
        sale = None if document.elsewhere else queries.entry_by_id(db, document.sale_id)
        return _shares(document.lines, producer) if sale is None or sale.seq <= paid_until else 0
    original = queries.entry_by_id(db, document.original_id) if isinstance(document, Reversal) else None
    if original is None:
        return 0
    if isinstance(original.document, Sale):
        return _shares(original.document.lines, producer) if original.seq <= paid_until else 0
    return -_came_back(db, original.document, producer, paid_until)


def _shares(lines: Sequence[SaleLine | RefundLine], producer: str) -> int:
    return sum(line.share for line in lines if line.producer == producer)


@dataclass(slots=True)
class _Window:
    """Everything that happened to a producer's goods between two entries."""

    db: Connection
    producer: str
    from_seq: int
    through_seq: int
    tallies: dict[str, Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for seq in settlements.entries_of(self.db, self.producer, self.from_seq, self.through_seq):
            entry = queries.entry_by_seq(self.db, seq)
            if entry is not None:
                self._add(entry.document, 1)

    def goods(self) -> tuple[SettledGoods, ...]:
        """One line a product, by SKU; goods bought outright are not settled when sold and stay out."""
        starts = settlements.stock_before(self.db, list(self.tallies), self.from_seq)
        return tuple(
            SettledGoods(
                sku=sku,
                name=tally.name,
                unit=tally.unit,
                start=starts.get(sku, 0),
                received=tally.received,
                sold=tally.sold,
                returned=tally.returned,
                lost=tally.lost,
                gross=tally.gross,
                share=tally.share,
            )
            for sku, tally in sorted(self.tallies.items())
        )

    def _add(self, document: Document, sign: int) -> None:
        match document:
            case Sale():
                for sold in document.lines:
                    self._sold(sold, sign)
            case Refund():
                for back in document.lines:
                    self._sold(back, -sign)
            case GoodsReceived():
                self._came(document, sign)
            case GoodsReturned() | WriteOff():
                for leaving in document.lines:
                    self._left(leaving, sign, returned=isinstance(document, GoodsReturned))
            case StockCount():
                for counted in document.lines:
                    self._counted(counted, sign)
            case Reversal():
                original = queries.entry_by_id(self.db, document.original_id)
                if original is not None:
                    self._add(original.document, -sign)

    def _came(self, delivery: GoodsReceived, sign: int) -> None:
        for line in delivery.lines:
            if delivery.producer == self.producer and line.pricing != "putus":
                self._tally(line.sku, line.name, line.unit).received += sign * line.quantity

    def _counted(self, line: CountedLine, sign: int) -> None:
        if line.missing:
            self._left(line.missing, sign, returned=False)
        elif product := self._owned(line.sku):
            self._tally(line.sku, line.name, product.unit).lost -= sign * (line.counted - line.expected)

    def _owned(self, sku: str) -> Product | None:
        """The product, where it is this producer's and settled when sold; a line that found more says neither."""
        product = queries.product(self.db, sku)
        return product if product and product.producer == self.producer and product.pricing != "putus" else None

    def _tally(self, sku: str, name: str, unit: str) -> Tally:
        return self.tallies.setdefault(sku, Tally(name, unit))

    def _sold(self, line: SaleLine | RefundLine, sign: int) -> None:
        if line.producer == self.producer and line.pricing != "putus":
            tally = self._tally(line.sku, line.name, line.unit)
            tally.sold += sign * line.quantity
            tally.gross += sign * line.total
            tally.share += sign * line.share

    def _left(self, line: LeavingLine, sign: int, *, returned: bool) -> None:
        if line.producer == self.producer and line.pricing != "putus":
            tally = self._tally(line.sku, line.name, line.unit)
            if returned:
                tally.returned += sign * line.quantity
            else:
                tally.lost += sign * line.quantity
