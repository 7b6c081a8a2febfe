"""Refund (pengembalian uang): part of a sale taken back, days later if need be."""

from typing import Annotated, ClassVar

import msgspec

from sync.documents.base import (
    Amount,
    Base,
    Code,
    Effects,
    Movement,
    Number,
    Pricing,
    Quantity,
    Rupiah,
    Take,
    TakeBackReason,
    TenderKind,
    Text,
    check_takes,
    postings,
    require,
    tender_account,
)


class RefundLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces of line ``line`` of the sale that come back; ``takes`` are the batches they return to."""

    line: Annotated[int, msgspec.Meta(ge=0, lt=1_000)]
    sku: Code
    name: Text
    producer: Code
    unit: Code = "pcs"
    pricing: Pricing
    quantity: Quantity
    total: Amount
    share: Amount = 0
    takes: tuple[Take, ...]

    @property
    def commission(self) -> int:
        """Commission given back, in rupiah."""
        return 0 if self.pricing == "putus" else self.total - self.share

    @property
    def cost(self) -> int:
        """Cost at which the pieces go back into stock (rule 9)."""
        return sum(take.cost for take in self.takes)


class Refund(Base, frozen=True, kw_only=True, omit_defaults=True):
    """``sale_id`` is the document id of the sale; refunds in cash are not rounded (rule 5).

    ``elsewhere``: the sale stands in another journal, of the corner's other till or lost with a disk. A till that knows
    it from there names its document and its lines as if it were its own. By the paper alone ``sale_id`` is its number,
    the lines are counted from 0 in this document, and shares are those of today.
    """

    KIND: ClassVar[str] = "refund"
    PREFIX: ClassVar[str] = "PU"

    sale_id: Code
    sale_number: Number
    lines: Annotated[tuple[RefundLine, ...], msgspec.Meta(min_length=1, max_length=1_000)]
    total: Rupiah
    tender: TenderKind
    staff: Code | None = None
    reason: TakeBackReason | None = None
    elsewhere: bool = False

    def check(self) -> None:
        require(self.total == sum(line.total for line in self.lines), "total is not the sum of the lines")
        require((self.tender == "tab") == (self.staff is not None), "a tab, and only a tab, names a staff member")
        for line in self.lines:
            check_takes(line.takes, line.quantity)

    def effects(self) -> Effects:
        legs = [(tender_account(self.tender, self.staff), -self.total)]
        figures = {"refunds": 1, "gross": -self.total, f"tender_{self.tender}": -self.total}
        if self.tender == "cash":
            figures["refunds_cash"] = self.total
        movements = []
        for line in self.lines:
            if line.pricing == "putus":
                legs += [("sales", line.total), ("cost", -line.cost), ("stock", line.cost)]
                figures["margin"] = figures.get("margin", 0) - line.total + line.cost
            else:
                legs += [(f"payable:{line.producer}", line.share), ("commission", line.commission)]
                figures["commission"] = figures.get("commission", 0) - line.commission
            movements += [
                Movement(line.sku, take.batch, take.quantity, take.cost, take.expires_on, "front")
                for take in line.takes
            ]
        return Effects(postings(*legs), tuple(movements), figures)
