"""The lines of ``pojok play``: what an action may say, and how its figures are read.

Every action is a struct named by its ``do``. Amounts and quantities come in as they stand and are judged one by
one, so that the answer can name the figure.
"""

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from pos_app.domain.errors import InvalidAmount, InvalidDate, InvalidQuantity, MalformedAction
from pos_app.domain.formats import parse_quantity
from sync.documents.base import Bearer, LossReason, TenderKind
from sync.documents.deductions import LeftOutReason
from sync.documents.money import DeductionReason
from sync.documents.sale import Buyer

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
    batch: str | None = None


class ReceivedGoods(_Part):
    """A line of a delivery, with the prices confirmed at the counter where they are new."""

    sku: str
    quantity: Any
    expires_on: str | None = None
    sell_price: Any = None
    consign_price: Any = None
    commission_bp: Any = None


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
    lines: list[ReceivedGoods]


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
    producer: str | None = None


class ReturnGoods(Action, tag="return_goods"):
    producer: str
    lines: list[ReturnedLine]


class MakeWriteOff(Action, tag="write_off"):
    lines: list[GoodsLine]


class MakeCount(Action, tag="count"):
    lines: list[CountedLine]
    knowingly: bool = False


class SetPrice(Action, tag="set_price"):
    sku: str
    sell_price: Any
    consign_price: Any = None
    commission_bp: Any = None


class Deducted(msgspec.Struct, forbid_unknown_fields=True):
    """What a payment keeps, and what for."""

    reason: DeductionReason
    amount: Any


class Settle(Action, tag="settle"):
    producer: str
    tender: Literal["cash", "transfer"]
    through: str | None = None
    deductions: list[Deducted] = []


class Reverse(Action, tag="reverse"):
    of: int | str
    reason: str | None = None


class TakeOver(Action, tag="opening"):
    payable: dict[str, Any] = {}
    tabs: dict[str, Any] = {}


class ListDeductions(Action, tag="deduction_list"):
    """``month`` as 2026-11; ``unit`` empty for those without one; ``cut_off`` is a date."""

    month: str
    unit: str = ""
    cut_off: str | None = None


class CollectDeductions(Action, tag="deduction_collected"):
    """``of`` is the number of a list; ``left_out`` tells why nothing was deducted, by staff."""

    of: str
    tender: Literal["cash", "transfer"]
    left_out: dict[str, LeftOutReason] = {}


AtTheDrawer = OpenShift | CloseShift | MakeSale | MakeRefund | PayTab | MoveCash
OfGoods = Receive | ReturnGoods | MakeWriteOff | MakeCount
OfTheBooks = SetPrice | Settle | Reverse | TakeOver
OfDeductions = ListDeductions | CollectDeductions
AnyAction = AtTheDrawer | OfGoods | OfTheBooks | OfDeductions


class _Named(msgspec.Struct):
    """As much of a line as tells which action it was meant to be."""

    do: Any = None


def amount(value: object) -> int:
    """Whole rupiah. Raises ``InvalidAmount``."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_AMOUNT:
        raise InvalidAmount(shown(value))
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
    raise InvalidQuantity(shown(value))


def shown(value: object) -> str:
    """What stood where a figure belongs, short enough for a sentence; what is no text or number is named only."""
    text = str(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def names_a_sale(line: bytes) -> bool:
    """A sale that cannot be understood is one of the script's sales all the same: ``of`` counts it."""
    try:
        return bool(msgspec.json.decode(line, type=_Named).do == "sale")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def optional_amount(value: object) -> int | None:
    """Whole rupiah or basis points, where there are any. Raises ``InvalidAmount``."""
    return None if value is None else amount(value)


def moment(text: str) -> datetime:
    """A time with its offset, of this millennium. Raises ``MalformedAction``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise MalformedAction(f"at: {text}") from None
    if found.tzinfo is None:
        raise MalformedAction(f"at without an offset: {text}")
    if not 2000 <= found.year < 3000:
        raise MalformedAction(f"at: {text}")
    return found


def month(text: str) -> str:
    """A month as ``2026-11``. Raises ``InvalidDate``."""
    day(f"{text}-01")
    return text


def day(text: str) -> date:
    """An ISO date. Raises ``InvalidDate``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidDate(text) from None
