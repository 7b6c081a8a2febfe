"""Money that moves without goods.

Kinds: ``settlement`` (BP), ``tab_payment`` (PB), ``cash_move`` (KK), ``opening`` (SA), ``price_set`` (PH).
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from sync.documents.base import (
    LIMIT,
    Amount,
    Base,
    BasisPoints,
    Code,
    Count,
    DateText,
    Effects,
    Rupiah,
    Sequence,
    Text,
    postings,
    require,
    tender_account,
)

Positive = Annotated[int, msgspec.Meta(ge=1, le=LIMIT)]


class SettledGoods(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened to one product since the last settlement; quantities in thousandths, money net of refunds."""

    sku: Code
    name: Text
    unit: Code = "pcs"
    start: Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)] = 0
    received: Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)] = 0
    sold: Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)] = 0
    returned: Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)] = 0
    lost: Annotated[int, msgspec.Meta(ge=-LIMIT, le=LIMIT)] = 0
    gross: Rupiah = 0
    share: Rupiah = 0

    @property
    def left(self) -> int:
        """On hand at the end, in thousandths."""
        return self.start + self.received - self.sold - self.returned - self.lost


DeductionReason = Literal["packaging", "labels", "stand_fee", "delivery_cost", "advance", "loss", "other"]
"""What the corner keeps of a payment for; words beyond it stand in the erasable note."""


class Deduction(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rupiah that the corner keeps of what it owes, and what for."""

    reason: DeductionReason
    amount: Positive


class Settlement(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Pays a producer what is owed up to the entry ``through_seq`` (rule 6).

    ``carried_over`` was left by earlier settlements, ``earned`` came since, ``other`` is what neither
    sales nor refunds explain (losses of the corner, bought goods, debts paid, opening balance). Of that, ``amount``
    is paid, ``deductions`` are kept and ``remaining`` stays payable. Nothing is paid only where all of it is kept.
    What is kept is earned by the corner, but for an ``advance``: that was an expense when it was handed out.
    """

    KIND: ClassVar[str] = "settlement"
    PREFIX: ClassVar[str] = "BP"

    producer: Code
    producer_name: Text
    tender: Literal["cash", "transfer"]
    from_seq: Sequence
    through_seq: Sequence
    from_date: DateText | None = None
    through_date: DateText
    goods: tuple[SettledGoods, ...] = ()
    gross: Rupiah = 0
    commission: Rupiah = 0
    earned: Rupiah = 0
    other: Rupiah = 0
    carried_over: Rupiah = 0
    deductions: tuple[Deduction, ...] = ()
    amount: Amount
    remaining: Rupiah = 0

    @property
    def deducted(self) -> int:
        """Kept by the corner, in rupiah."""
        return sum(deduction.amount for deduction in self.deductions)

    def check(self) -> None:
        require(self.from_seq <= self.through_seq, "the settlement ends before it begins")
        require(self.earned == sum(line.share for line in self.goods), "earned is not the sum of the shares")
        require(self.gross == sum(line.gross for line in self.goods), "gross is not the sum of the lines")
        require(self.commission == self.gross - self.earned, "commission is not gross less the shares")
        due = self.carried_over + self.earned + self.other
        paid = self.amount + self.deducted
        require(due == paid + self.remaining, "what is paid, kept and what remains do not make what is due")
        require(paid > 0, "neither pays nor keeps anything")
        require(not self.deductions or self.remaining >= 0, "keeps more than is owed")

    def effects(self) -> Effects:
        advances = sum(deduction.amount for deduction in self.deductions if deduction.reason == "advance")
        return Effects(
            postings(
                (f"payable:{self.producer}", self.amount + self.deducted),
                (tender_account(self.tender, None), -self.amount),
                ("expenses", -advances),
                ("other_income", advances - self.deducted),
            ),
            figures={f"settlements_{self.tender}": self.amount},
        )


class TabPayment(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A staff member pays (part of) the tab."""

    KIND: ClassVar[str] = "tab_payment"
    PREFIX: ClassVar[str] = "PB"

    staff: Code
    amount: Positive
    tender: Literal["cash", "qris", "transfer"]
    reference: Text = ""

    def check(self) -> None:
        """Nothing to check beyond the fields."""

    def effects(self) -> Effects:
        name = "tab_payments_cash" if self.tender == "cash" else "tab_payments_other"
        legs = postings((tender_account(self.tender, None), self.amount), (f"tab:{self.staff}", -self.amount))
        return Effects(legs, figures={name: self.amount})


CashReason = Literal["safe", "other", "supplies", "transport", "wages", "producer"]
"""What cash moved for: ``safe`` only moved, ``producer`` pays what a producer owes; all else is earned or spent."""


class CashMove(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Cash put into or taken out of the drawer; ``reason`` says what for."""

    KIND: ClassVar[str] = "cash_move"
    PREFIX: ClassVar[str] = "KK"

    direction: Literal["in", "out"]
    amount: Positive
    reason: CashReason = "other"
    producer: Code | None = None

    def check(self) -> None:
        require((self.reason == "producer") == (self.producer is not None), "a producer pays, or nobody is named")
        require(self.producer is None or self.direction == "in", "a producer is paid by a settlement")

    def effects(self) -> Effects:
        sign = 1 if self.direction == "in" else -1
        counter = "safe" if self.reason == "safe" else "other_income" if sign > 0 else "expenses"
        if self.producer is not None:
            counter = f"payable:{self.producer}"
        legs = postings(("cash", sign * self.amount), (counter, -sign * self.amount))
        return Effects(legs, figures={f"cash_{self.direction}": self.amount})


class Opening(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Balances taken over from the paper book (rule 12), rupiah by producer and by staff member."""

    KIND: ClassVar[str] = "opening"
    PREFIX: ClassVar[str] = "SA"

    payable: dict[Code, Rupiah] = {}
    tabs: dict[Code, Rupiah] = {}

    def check(self) -> None:
        require(bool(self.payable or self.tabs), "an opening without a balance")

    def effects(self) -> Effects:
        legs = [(f"payable:{producer}", -amount) for producer, amount in self.payable.items()]
        legs += [(f"tab:{staff}", amount) for staff, amount in self.tabs.items()]
        legs.append(("opening", sum(self.payable.values()) - sum(self.tabs.values())))
        return Effects(postings(*legs))


class PriceSet(Base, frozen=True, kw_only=True, omit_defaults=True):
    """New price and terms of a product at this corner; earlier sales keep theirs."""

    KIND: ClassVar[str] = "price_set"
    PREFIX: ClassVar[str] = "PH"

    sku: Code
    sell_price: Positive
    consign_price: Positive | None = None
    commission_bp: BasisPoints | None = None
    min_stock: Count | None = None

    def check(self) -> None:
        """Nothing to check beyond the fields: how the product is supplied is the registry's to know."""

    def effects(self) -> Effects:
        return Effects()
