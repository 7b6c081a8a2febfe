"""What every document has in common: its number, its checks and its effects.

A document is a fact recorded at a till and never edited. Everything that follows from it (postings,
stock movements, figures of the shift) is computed here from the document alone, so that till and
centre project it with the same rules and can be compared to the rupiah.

Units: money is whole rupiah, quantities are thousandths of the unit, shares are basis points.
"""

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, NamedTuple, Protocol

import msgspec

LIMIT = 10**15
"""No amount or quantity of a counter comes near this; of many such the centre keeps the sums inside 64 bits."""

Rupiah = Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=LIMIT)]
Count = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=200)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}-[A-Z0-9]{2,24}-[0-9]{6,12}$")]
DateText = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
HashText = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Sequence = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Pricing = Literal["titip", "komisi", "putus"]
Bearer = Literal["corner", "producer"]
LossReason = Literal["unsold", "expired", "damaged", "withdrawn", "lost", "other"]
TakeBackReason = Literal["damaged", "expired", "wrong_goods", "changed_mind", "wrong_tender", "mistyped", "other"]
TenderKind = Literal["cash", "qris", "tab", "transfer"]

TENDER_ACCOUNTS = {"cash": "cash", "qris": "qris", "transfer": "bank"}
TENDER_FIGURES = {kind: f"tender_{kind}" for kind in (*TENDER_ACCOUNTS, "tab")}


class InvalidDocument(ValueError):
    """The content of a document contradicts itself; the message names the field."""


Posting = tuple[str, int]
"""One leg of the money effect: account and rupiah, debit positive. Plain, because a replay makes millions of them."""


class Movement(NamedTuple):
    """Signed change of one batch. ``cost`` (rupiah) is set for goods bought outright only.

    ``place`` says where a batch seen for the first time stands in the queue: ``back`` for a delivery,
    ``front`` for pieces that came back and are the next to be taken (rule 9).
    """

    sku: str
    batch: str
    quantity: int
    cost: int = 0
    expires_on: str | None = None
    place: Literal["back", "front"] = "back"


class Effects(msgspec.Struct, frozen=True):
    """All that follows from one document. ``figures`` add up in the shift that was open."""

    postings: tuple[Posting, ...] = ()
    movements: tuple[Movement, ...] = ()
    figures: dict[str, int] = {}


class Document(Protocol):
    """A kind of document: a frozen struct with these three."""

    KIND: ClassVar[str]
    PREFIX: ClassVar[str]

    @property
    def number(self) -> str: ...

    def check(self) -> None:
        """Raise ``InvalidDocument`` where the fields contradict each other."""

    def effects(self) -> Effects: ...


class Base(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Fields of every document.

    ``note`` is the salted SHA-256 of a free note that is kept beside the journal and may be erased;
    ``approved_by`` is the pseudonym of the manager who allowed an exception.
    """

    number: Number
    note: HashText | None = None
    approved_by: Code | None = None


class Take(msgspec.Struct, frozen=True, omit_defaults=True):
    """Pieces of one line that come from one batch; ``cost`` is what they cost (rule 9)."""

    batch: Annotated[str, msgspec.Meta(max_length=64)]
    quantity: Quantity
    cost: Rupiah = 0
    expires_on: DateText | None = None


FIGURES = (
    "sales",
    "refunds",
    "gross",
    "commission",
    "margin",
    "rounding",
    "cash_received",
    "change",
    "refunds_cash",
    "tender_cash",
    "tender_qris",
    "tender_tab",
    "tender_transfer",
    "tab_payments_cash",
    "tab_payments_other",
    "cash_in",
    "cash_out",
    "settlements_cash",
    "settlements_transfer",
)
"""Running totals of a shift, in rupiah (``sales`` and ``refunds`` are counts)."""


def tender_account(kind: str, staff: str | None) -> str:
    """The account that a tender fills; a tab is the buyer's own."""
    return f"tab:{staff}" if kind == "tab" else TENDER_ACCOUNTS[kind]


def postings(*legs: tuple[str, int]) -> tuple[Posting, ...]:
    """Legs of the same account added up, zero legs left out, in order of first mention."""
    sums: dict[str, int] = {}
    for account, amount in legs:
        sums[account] = sums.get(account, 0) + amount
    return tuple([leg for leg in sums.items() if leg[1]])


def require(condition: bool, message: str) -> None:
    """Raise ``InvalidDocument`` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise InvalidDocument(message)


def check_takes(takes: Iterable[Take], quantity: int) -> None:
    """The pieces taken from batches add up to the line's quantity."""
    for take in takes:
        quantity -= take.quantity
    require(quantity == 0, "takes do not add up to the quantity")
