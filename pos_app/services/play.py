"""The script format of ``pojok play``: one JSON object a line in, one JSON answer a line out.

``play`` acts as a manager. A refused action changes nothing. ``at`` sets the business time from then on;
until the first one the clock is asked. An answer is given only after the action is durable.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from pos_app.domain.errors import (
    InvalidAmount,
    InvalidDate,
    InvalidQuantity,
    MalformedAction,
    NotRefundable,
    NotReversible,
    PosError,
)
from pos_app.domain.formats import parse_quantity
from pos_app.domain.tendering import Offer
from pos_app.services import checkout, losses, people, prices, receiving, refunding, settling, shifts, tabs
from pos_app.services.context import Counter, Recorded, User
from sync.documents.base import Bearer, Document, InvalidDocument, LossReason, TenderKind
from sync.documents.money import CashMove, Settlement, TabPayment
from sync.documents.refund import Refund
from sync.documents.sale import Buyer, Sale
from sync.documents.shift import ShiftClosed

Describe = Callable[[PosError], str]

LARGEST_AMOUNT = 10**12
LONGEST_SHOWN = 40


class _Part(msgspec.Struct, kw_only=True):
    """A line of an action; amounts and quantities are judged one by one, so that the answer can name them."""


class SaleLine(_Part):
    code: str
    quantity: Any = "1"
    discount: Any = 0
    borne_by: Bearer = "corner"


class GivenTender(_Part):
    kind: TenderKind
    amount: Any
    staff: str | None = None
    reference: str = ""


class RefundedLine(_Part):
    line: int
    quantity: Any


class GoodsLine(_Part):
    sku: str
    quantity: Any
    expires_on: str | None = None
    reason: LossReason = "damaged"
    borne_by: Bearer | None = None


class ReturnedLine(_Part):
    sku: str
    quantity: Any
    reason: LossReason = "unsold"


class CountedLine(_Part):
    sku: str
    counted: Any
    borne_by: Bearer | None = None


class Action(msgspec.Struct, kw_only=True, tag_field="do"):
    at: str | None = None
    note: str | None = None
    approved_by: str | None = None


class OpenShift(Action, tag="open_shift"):
    float: Any


class CloseShift(Action, tag="close_shift"):
    counted: Any


class Receive(Action, tag="receive"):
    producer: str
    lines: list[GoodsLine]


class MakeSale(Action, tag="sale"):
    lines: list[SaleLine]
    tenders: list[GivenTender]
    buyer: Buyer | None = None


class MakeRefund(Action, tag="refund"):
    of: int | str
    lines: list[RefundedLine]
    tender: TenderKind


class PayTab(Action, tag="tab_payment"):
    staff: str
    amount: Any
    tender: Literal["cash", "qris", "transfer"]
    reference: str = ""


class MoveCash(Action, tag="cash_move"):
    direction: Literal["in", "out"]
    amount: Any
    reason: str | None = None
    safe: bool = False


class ReturnGoods(Action, tag="return_goods"):
    producer: str
    lines: list[ReturnedLine]


class MakeWriteOff(Action, tag="write_off"):
    lines: list[GoodsLine]


class MakeCount(Action, tag="count"):
    lines: list[CountedLine]


class SetPrice(Action, tag="set_price"):
    sku: str
    sell_price: Any
    consign_price: Any = None
    commission_bp: Any = None


class Settle(Action, tag="settle"):
    producer: str
    tender: Literal["cash", "transfer"]
    through: str | None = None


class Reverse(Action, tag="reverse"):
    of: int | str
    reason: str | None = None


class TakeOver(Action, tag="opening"):
    payable: dict[str, Any] = {}
    tabs: dict[str, Any] = {}


AnyAction = (
    OpenShift
    | CloseShift
    | Receive
    | MakeSale
    | MakeRefund
    | PayTab
    | MoveCash
    | ReturnGoods
    | MakeWriteOff
    | MakeCount
    | SetPrice
    | Settle
    | Reverse
    | TakeOver
)


class _Named(msgspec.Struct):
    """As much of a line as tells which action it was meant to be."""

    do: Any = None


def amount(value: object) -> int:
    """Whole rupiah. Raises ``InvalidAmount``."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_AMOUNT:
        raise InvalidAmount(_shown(value))
    return value


def quantity(value: object) -> int:
    """Thousandths of a quantity in its text form, or of a whole number. Raises ``InvalidQuantity``."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_AMOUNT:
        return value * 1000
    try:
        if isinstance(value, str):
            return parse_quantity(value)
    except ValueError:
        pass
    raise InvalidQuantity(_shown(value))


def _shown(value: object) -> str:
    """What stood where a figure belongs, short enough for a sentence; what is no text or number is named only."""
    text = str(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


@dataclass(slots=True)
class Player:
    """Plays actions on a counter. ``describe`` words an error for people."""

    counter: Counter
    describe: Describe
    decoder: msgspec.json.Decoder[AnyAction] = field(default_factory=lambda: msgspec.json.Decoder(AnyAction))
    sales: list[str | None] = field(default_factory=list)
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
            if _names_a_sale(line):
                self.sales.append(None)
            raise MalformedAction(str(error)) from None
        if isinstance(action, MakeSale):
            self.sales.append(None)
        if action.at is not None:
            self._at = _moment(action.at)
        try:
            recorded = self._do(action)
        except InvalidDocument as error:
            raise MalformedAction(str(error)) from None
        if isinstance(action, MakeSale):
            self.sales[-1] = recorded.number
        return answer_of(recorded)

    def _approver(self, action: Action) -> str | None:
        """The pseudonym behind ``approved_by``; a name never reaches the journal."""
        if action.approved_by is None:
            return None
        acting = self.counter.user
        return self._names.get(action.approved_by, acting.id if acting else "play")

    def _number(self, of: int | str) -> str | None:
        """The document number that ``of`` means; None for a sale of this script that is not there or was refused."""
        if isinstance(of, str):
            return of
        return self.sales[of] if 0 <= of < len(self.sales) else None

    def _do(self, action: AnyAction) -> Recorded:  # noqa: C901, PLR0912  one arm an action
        counter, note, by = self.counter, action.note, self._approver(action)
        match action:
            case OpenShift():
                return shifts.open_shift(counter, amount(action.float), note=note)
            case CloseShift():
                counted = amount(action.counted)
                return shifts.close_shift(counter, counted, note=note, note_required=False, approved_by=by)
            case Receive():
                delivered = [
                    receiving.Delivered(line.sku, quantity(line.quantity), line.expires_on) for line in action.lines
                ]
                return receiving.receive(counter, action.producer, delivered, note=note, approved_by=by)
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
                    raise NotRefundable(_shown(action.of))
                return refunding.refund(counter, number, back, action.tender, note=note, approved_by=by)
            case PayTab():
                paid = amount(action.amount)
                return tabs.pay_tab(
                    counter, action.staff, paid, action.tender, reference=action.reference, note=note, approved_by=by
                )
            case MoveCash():
                moved, reason = amount(action.amount), action.reason or note
                return shifts.move_cash(
                    counter, action.direction, moved, to_safe=action.safe, reason=reason, approved_by=by
                )
            case ReturnGoods():
                leaving = [receiving.Leaving(line.sku, quantity(line.quantity), line.reason) for line in action.lines]
                return receiving.return_goods(counter, action.producer, leaving, note=note, approved_by=by)
            case MakeWriteOff():
                lost = [
                    losses.Lost(line.sku, quantity(line.quantity), line.reason, line.borne_by) for line in action.lines
                ]
                return losses.write_off(counter, lost, note=note, approved_by=by)
            case MakeCount():
                counted_lines = [
                    losses.Counted(line.sku, quantity(line.counted), line.borne_by) for line in action.lines
                ]
                return losses.count(counter, counted_lines, note=note, approved_by=by)
            case SetPrice():
                return prices.set_price(
                    counter,
                    action.sku,
                    amount(action.sell_price),
                    consign_price=_optional(action.consign_price),
                    commission_bp=_optional(action.commission_bp),
                    note=note,
                    approved_by=by,
                )
            case Settle():
                through = _day(action.through) if action.through else None
                return settling.settle(
                    counter, action.producer, action.tender, through=through, note=note, approved_by=by
                )
            case Reverse():
                number = self._number(action.of)
                if number is None:
                    raise NotReversible(_shown(action.of))
                return refunding.reverse(counter, number, reason=action.reason or note, approved_by=by)
            case TakeOver():
                payable = {code: amount(value) for code, value in action.payable.items()}
                owed = {code: amount(value) for code, value in action.tabs.items()}
                return tabs.take_over(counter, payable, owed, note=note, approved_by=by)


def _names_a_sale(line: bytes) -> bool:
    """A sale that cannot be understood is one of the script's sales all the same: ``of`` counts it."""
    try:
        return bool(msgspec.json.decode(line, type=_Named).do == "sale")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _optional(value: object) -> int | None:
    return None if value is None else amount(value)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise MalformedAction(f"at: {text}") from None
    if moment.tzinfo is None:
        raise MalformedAction(f"at without an offset: {text}")
    if not 2000 <= moment.year < 3000:
        raise MalformedAction(f"at: {text}")
    return moment


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidDate(text) from None


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
            return {"total": document.amount, "paid": document.amount, "remaining": document.remaining}
        case TabPayment() | CashMove():
            return {"total": document.amount}
        case ShiftClosed():
            return {
                "expected": document.expected,
                "counted": document.counted,
                "difference": document.difference,
            }
    return {}
