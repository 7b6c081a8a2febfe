"""Sale (struk): goods leave, money comes, the producers' shares become payable."""

from typing import Annotated, ClassVar, Literal

import msgspec

from sync.documents.arithmetic import split_line
from sync.documents.base import (
    TENDER_FIGURES,
    Amount,
    Base,
    BasisPoints,
    Bearer,
    Code,
    Effects,
    Movement,
    Pricing,
    Quantity,
    Rupiah,
    Take,
    TenderKind,
    Text,
    check_takes,
    postings,
    require,
    tender_account,
)


class SaleLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line; prices and shares are copied when it is sold, later changes never touch it."""

    sku: Code
    name: Text
    producer: Code
    unit: Code = "pcs"
    pricing: Pricing
    quantity: Quantity
    sell_price: Amount
    consign_price: Amount | None = None
    commission_bp: BasisPoints | None = None
    discount: Amount = 0
    borne_by: Bearer = "corner"
    total: Amount
    share: Amount = 0
    takes: tuple[Take, ...]

    @property
    def cost(self) -> int:
        """What the pieces cost the corner (rule 9); 0 for consigned goods."""
        return sum(take.cost for take in self.takes)

    def check(self) -> None:
        total, share, _commission = split_line(
            pricing=self.pricing,
            quantity=self.quantity,
            sell_price=self.sell_price,
            consign_price=self.consign_price,
            commission_bp=self.commission_bp,
            discount=self.discount,
            borne_by=self.borne_by,
        )
        require(total >= 0, "discount is above the price of the line")
        require(total == self.total and share == self.share, "total or share of a line is wrong")
        check_takes(self.takes, self.quantity)


Authorised = Literal["pin", "signature"]


class Tender(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How money came. ``amount`` is what it pays of the sale: cash is net of change.

    ``authorised`` says how the staff member confirmed the tab; sales of before do not tell.
    """

    kind: TenderKind
    amount: Amount
    staff: Code | None = None
    reference: Text = ""
    authorised: Authorised | None = None

    def check(self) -> None:
        require(self.authorised is None or self.kind == "tab", "only a tab is confirmed")
        require((self.kind == "tab") == (self.staff is not None), "a tab, and only a tab, names a staff member")


class Buyer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """For whom the sale is: oneself, or the office with its unit."""

    kind: Literal["personal", "office"] = "personal"
    unit: Text = ""


class Sale(Base, frozen=True, kw_only=True, omit_defaults=True):
    """``total`` is the sum of the lines; ``rounding`` the cash adjustment; ``received`` the cash handed over."""

    KIND: ClassVar[str] = "sale"
    PREFIX: ClassVar[str] = "ST"

    lines: Annotated[tuple[SaleLine, ...], msgspec.Meta(min_length=1, max_length=1_000)]
    tenders: tuple[Tender, ...]
    total: Amount
    rounding: Rupiah = 0
    received: Amount = 0
    change: Amount = 0
    buyer: Buyer = Buyer()

    def check(self) -> None:
        total = paid = cash = 0
        for line in self.lines:
            line.check()
            total += line.total
        for tender in self.tenders:
            tender.check()
            paid += tender.amount
            if tender.kind == "cash":
                cash += tender.amount
        require(total == self.total, "total is not the sum of the lines")
        require(paid == total + self.rounding, "tenders do not pay the total")
        require(cash == self.received - self.change, "cash is not what was received less the change")
        require(self.rounding == 0 or any(tender.kind == "cash" for tender in self.tenders), "only cash is rounded")

    def effects(self) -> Effects:
        legs: list[tuple[str, int]] = []
        movements = []
        figures = {
            "sales": 1,
            "gross": self.total,
            "rounding": self.rounding,
            "cash_received": self.received,
            "change": self.change,
        }
        for tender in self.tenders:
            legs.append((tender_account(tender.kind, tender.staff), tender.amount))
            figure = TENDER_FIGURES[tender.kind]
            figures[figure] = figures.get(figure, 0) + tender.amount
        for line in self.lines:
            cost = 0
            for take in line.takes:
                cost += take.cost
                movements.append(Movement(line.sku, take.batch, -take.quantity, -take.cost, take.expires_on))
            if line.pricing == "putus":
                legs += (("sales", -line.total), ("cost", cost), ("stock", -cost))
                figures["margin"] = figures.get("margin", 0) + line.total - cost
            else:
                commission = line.total - line.share
                legs += ((f"payable:{line.producer}", -line.share), ("commission", -commission))
                figures["commission"] = figures.get("commission", 0) + commission
        legs.append(("rounding", -self.rounding))
        return Effects(postings(*legs), tuple(movements), figures)
