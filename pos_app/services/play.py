"""Play a script: one JSON object a line in, one JSON answer a line out.

``play`` acts as a manager. A refused action changes nothing. ``at`` sets the business time from then on;
until the first one the clock is asked. An answer is given only after the action is durable.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from pos_app.domain.errors import MalformedAction, NotRefundable, NotReversible, PosError, RecordedAfterAll, Unsettled
from pos_app.domain.tendering import Offer
from pos_app.services import (
    checkout,
    count_posting,
    deductions,
    losses,
    people,
    prices,
    receiving,
    refunding,
    settling,
    shifts,
    tabs,
)
from pos_app.services.context import Counter, Recorded, User
from pos_app.services.script import (
    Action,
    AnyAction,
    AtTheDrawer,
    CloseShift,
    CollectDeductions,
    ListDeductions,
    MakeCount,
    MakeRefund,
    MakeSale,
    MakeWriteOff,
    MoveCash,
    OfDeductions,
    OfGoods,
    OfTheBooks,
    OpenShift,
    PayTab,
    Receive,
    ReturnGoods,
    Reverse,
    SetPrice,
    Settle,
    TakeOver,
    amount,
    day,
    moment,
    month,
    names_a_sale,
    optional_amount,
    quantity,
    shown,
)
from sync.documents.base import Document, InvalidDocument
from sync.documents.deductions import DeductionCollected, DeductionList
from sync.documents.money import CashMove, Deduction, Settlement, TabPayment
from sync.documents.refund import Refund
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed

Describe = Callable[[PosError], str]


@dataclass(slots=True)
class Player:
    """Plays actions on a counter. ``describe`` words an error for people."""

    counter: Counter
    describe: Describe
    decoder: msgspec.json.Decoder[AnyAction] = field(default_factory=lambda: msgspec.json.Decoder(AnyAction))
    sales: list[str | None] = field(default_factory=list)
    _open_sales: dict[str, int] = field(default_factory=dict)
    """Sales of which the disk hid whether they were recorded, by id: their place in ``sales``."""
    _at: datetime | None = None
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock = self.counter.clock
        self.counter.clock = lambda: self._at or clock()
        known = people.users(self.counter)
        managers = [user for user in known if user.is_manager]
        self._names = {user.name: user.id for user in managers} | {user.id: user.id for user in managers}
        self.counter.user = managers[0] if managers else User("play", "pengelola")

    def play(self, lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
        """An answer for every line that is not empty."""
        for n, line in enumerate(one for one in lines if one.strip()):
            try:
                answer = {"n": n, "ok": True, **self._answer(line if n else line.removeprefix(codecs.BOM_UTF8))}
            except PosError as error:
                answer = {"n": n, "ok": False, "error": error.name, "message": self.describe(error)}
            yield answer

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            action = self.decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if names_a_sale(line):
                self.sales.append(None)
            raise MalformedAction(str(error)) from None
        if isinstance(action, MakeSale):
            self.sales.append(None)
        if action.at is not None:
            self._at = moment(action.at)
        try:
            recorded = self._do(action)
        except InvalidDocument as error:
            raise MalformedAction(str(error)) from None
        except Unsettled as fault:
            if isinstance(action, MakeSale):
                self._open_sales.setdefault(fault.id, len(self.sales) - 1)
            raise
        except RecordedAfterAll as late:
            if late.id in self._open_sales:
                self.sales[self._open_sales.pop(late.id)] = late.number
            raise
        if isinstance(action, MakeSale):
            self.sales[-1] = recorded.number
        return answer_of(recorded)

    def _approver(self, action: Action) -> str | None:
        """The pseudonym behind ``approved_by``; a name never reaches the journal."""
        if not action.approved_by:
            return None
        acting = self.counter.user
        return self._names.get(action.approved_by, acting.id if acting else "play")

    def _number(self, of: int | str) -> str | None:
        """The document number that ``of`` means; None for a sale of this script that is not there or was refused."""
        if isinstance(of, str):
            return of
        return self.sales[of] if 0 <= of < len(self.sales) else None

    def _do(self, action: AnyAction) -> Recorded:
        match action:
            case Receive() | ReturnGoods() | MakeWriteOff() | MakeCount():
                return self._move_goods(action)
            case SetPrice() | Settle() | Reverse() | TakeOver():
                return self._keep_books(action)
            case ListDeductions() | CollectDeductions():
                return self._deduct(action)
        return self._serve(action)

    def _serve(self, action: AtTheDrawer) -> Recorded:
        counter, note, by = self.counter, action.note, self._approver(action)
        match action:
            case OpenShift():
                return shifts.open_shift(counter, amount(action.float), note=note)
            case CloseShift():
                counted = amount(action.counted)
                return shifts.close_shift(counter, counted, note=note, note_required=False, approved_by=by)
            case MakeSale():
                wanted = [
                    checkout.Wanted(line.code, quantity(line.quantity), amount(line.discount), line.borne_by)
                    for line in action.lines
                ]
                offers = [Offer(one.kind, amount(one.amount), one.staff, one.reference) for one in action.tenders]
                return checkout.sell(counter, wanted, offers, buyer=action.buyer, note=note, approved_by=by)
            case MakeRefund():
                back = [refunding.Back(line.line, quantity(line.quantity)) for line in action.lines]
                number = self._number(action.of)
                if number is None:
                    raise NotRefundable(shown(action.of))
                return refunding.refund(counter, number, back, action.tender, note=note, approved_by=by)
            case PayTab():
                paid = amount(action.amount)
                return tabs.pay_tab(
                    counter, action.staff, paid, action.tender, reference=action.reference, note=note, approved_by=by
                )
            case MoveCash():
                moved, reason = amount(action.amount), action.reason or note
                if action.producer is not None and action.direction == "in":
                    return settling.take_debt(counter, action.producer, moved, approved_by=by)
                return shifts.move_cash(
                    counter,
                    action.direction,
                    moved,
                    purpose="safe" if action.safe else "other",
                    reason=reason,
                    approved_by=by,
                )

    def _move_goods(self, action: OfGoods) -> Recorded:
        counter, note, by = self.counter, action.note, self._approver(action)
        match action:
            case Receive():
                delivered = [
                    receiving.Delivered(
                        line.sku,
                        quantity(line.quantity),
                        line.expires_on,
                        sell_price=optional_amount(line.sell_price),
                        consign_price=optional_amount(line.consign_price),
                        commission_bp=optional_amount(line.commission_bp),
                    )
                    for line in action.lines
                ]
                return receiving.receive(counter, action.producer, delivered, note=note, approved_by=by)
            case ReturnGoods():
                leaving = [receiving.Leaving(line.sku, quantity(line.quantity), line.reason) for line in action.lines]
                return receiving.return_goods(counter, action.producer, leaving, note=note, approved_by=by)
            case MakeWriteOff():
                lost = [
                    losses.Lost(line.sku, quantity(line.quantity), line.reason, line.borne_by, line.batch)
                    for line in action.lines
                ]
                return losses.write_off(counter, lost, note=note, approved_by=by, beyond_expired=True)
            case MakeCount():
                counted_lines = [
                    count_posting.Counted(line.sku, quantity(line.counted), line.borne_by) for line in action.lines
                ]
                return count_posting.count(
                    counter, counted_lines, note=note, approved_by=by, knowingly=action.knowingly
                )

    def _keep_books(self, action: OfTheBooks) -> Recorded:
        counter, note, by = self.counter, action.note, self._approver(action)
        match action:
            case SetPrice():
                return prices.set_price(
                    counter,
                    action.sku,
                    amount(action.sell_price),
                    consign_price=optional_amount(action.consign_price),
                    commission_bp=optional_amount(action.commission_bp),
                    note=note,
                    approved_by=by,
                )
            case Settle():
                through = day(action.through) if action.through else None
                kept = [Deduction(one.reason, amount(one.amount)) for one in action.deductions]
                return settling.settle(
                    counter,
                    action.producer,
                    action.tender,
                    through=through,
                    deductions=kept,
                    note=note,
                    approved_by=by,
                )
            case Reverse():
                number = self._number(action.of)
                if number is None:
                    raise NotReversible(shown(action.of))
                return refunding.reverse(counter, number, reason=action.reason or note, approved_by=by)
            case TakeOver():
                payable = {code: amount(value) for code, value in action.payable.items()}
                owed = {code: amount(value) for code, value in action.tabs.items()}
                return tabs.take_over(counter, payable, owed, note=note, approved_by=by)

    def _deduct(self, action: OfDeductions) -> Recorded:
        counter, note, by = self.counter, action.note, self._approver(action)
        match action:
            case ListDeductions():
                cut_off = day(action.cut_off) if action.cut_off else None
                return deductions.hand_over(
                    counter, month(action.month), action.unit, cut_off=cut_off, note=note, approved_by=by
                )
            case CollectDeductions():
                return deductions.collect(
                    counter, action.of, action.tender, left_out=action.left_out, note=note, approved_by=by
                )


def answer_of(recorded: Recorded) -> dict[str, Any]:
    """What is told of a recorded document: its id, number and sequence, and the sums that apply."""
    answer: dict[str, Any] = {"id": recorded.id, "number": recorded.number, "seq": recorded.seq}
    answer |= _sums(recorded.document)
    if recorded.warnings:
        answer["warnings"] = [name for name, _ in recorded.warnings]
    return answer


def _sums(document: Document) -> dict[str, int]:
    match document:
        case Sale():
            return {"total": document.total, "rounding": document.rounding, "change": document.change}
        case Refund():
            return {"total": document.total}
        case Settlement():
            sums = {"total": document.amount, "paid": document.amount, "remaining": document.remaining}
            return sums | ({"deducted": document.deducted} if document.deductions else {})
        case TabPayment() | CashMove():
            return {"total": document.amount}
        case DeductionList() | DeductionCollected():
            return {"total": document.total}
        case ShiftClosed():
            return {
                "expected": document.expected,
                "counted": document.counted,
                "difference": document.difference,
            }
    return {}
