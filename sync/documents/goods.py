"""Goods that come from and go back to producers, get lost, or are counted.

Kinds: ``goods_received`` (NT), ``goods_returned`` (NR), ``write_off`` (HR), ``stock_count`` (SO).
"""

from typing import Annotated, ClassVar

import msgspec

from sync.documents.arithmetic import priced, share_of_loss
from sync.documents.base import (
    Amount,
    Base,
    BasisPoints,
    Bearer,
    Code,
    Count,
    DateText,
    Effects,
    LossReason,
    Movement,
    Pricing,
    Quantity,
    Sequence,
    Take,
    Text,
    check_takes,
    postings,
    require,
)

MOST_LINES = 2_000
"""Lines of one document."""
COUNT_REACH = 20_000
"""A line is posted within so many entries after it was counted: a replay looks no further back."""
Lines = msgspec.Meta(min_length=1, max_length=MOST_LINES)


class ReceivedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One batch brought by the producer; ``cost`` is what the corner owes at once (rule 9, ``putus`` only).

    ``covers`` pieces were sold before they were recorded: they fill the unbatched stock up to zero.
    """

    sku: Code
    name: Text
    unit: Code = "pcs"
    pricing: Pricing
    quantity: Quantity
    sell_price: Amount
    consign_price: Amount | None = None
    commission_bp: BasisPoints | None = None
    expires_on: DateText | None = None
    batch: Code
    covers: Count = 0
    cost: Amount = 0

    def check(self) -> None:
        require(self.covers <= self.quantity, "a delivery covers more than it brings")
        require(self.covers == 0 or self.pricing != "putus", "bought goods cover nothing")
        cost = priced(self.consign_price or 0, self.quantity) if self.pricing == "putus" else 0
        require(self.cost == cost, "cost of a received line is wrong")


class GoodsReceived(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Delivery of one producer; ``reference`` is the number of the producer's own note."""

    KIND: ClassVar[str] = "goods_received"
    PREFIX: ClassVar[str] = "NT"

    producer: Code
    lines: Annotated[tuple[ReceivedLine, ...], Lines]
    reference: Text = ""

    def check(self) -> None:
        for place, line in enumerate(self.lines):
            line.check()
            require(line.batch == f"{self.number}.{place}", "a batch is not named by its delivery")

    def effects(self) -> Effects:
        cost = sum(line.cost for line in self.lines)
        movements = []
        for line in self.lines:
            movements.append(Movement(line.sku, line.batch, line.quantity - line.covers, line.cost, line.expires_on))
            if line.covers:
                movements.append(Movement(line.sku, "", line.covers))
        return Effects(postings(("stock", cost), (f"payable:{self.producer}", -cost)), tuple(movements))


class LeavingLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces that leave the stock unsold. ``share`` is what the corner owes for them (rule 10).

    The prices say how it was worked out; they stand where the corner bears the loss of goods on consignment.
    """

    sku: Code
    name: Text
    producer: Code
    unit: Code = "pcs"
    pricing: Pricing
    quantity: Quantity
    reason: LossReason
    borne_by: Bearer = "producer"
    share: Amount = 0
    sell_price: Amount | None = None
    consign_price: Amount | None = None
    commission_bp: BasisPoints | None = None
    takes: tuple[Take, ...]

    @property
    def cost(self) -> int:
        """Cost of the pieces (goods bought outright), in rupiah."""
        return sum(take.cost for take in self.takes)

    def check(self) -> None:
        check_takes(self.takes, self.quantity)
        require(self.share == 0 or self.borne_by == "corner", "only a loss of the corner is owed")
        require(self.share == 0 or self.pricing != "putus", "bought goods are owed to nobody")
        if self.sell_price is not None:
            require(self.share == self._owed(self.sell_price), "the share of a loss is wrong")

    def _owed(self, sell_price: int) -> int:
        if self.borne_by == "producer":
            return 0
        return share_of_loss(
            pricing=self.pricing,
            quantity=self.quantity,
            sell_price=sell_price,
            consign_price=self.consign_price,
            commission_bp=self.commission_bp,
        )

    def movements(self) -> list[Movement]:
        return [Movement(self.sku, take.batch, -take.quantity, -take.cost, take.expires_on) for take in self.takes]

    def legs(self) -> list[tuple[str, int]]:
        """Who bears the loss: the corner owes the share, and loses what it had paid."""
        return [
            ("shrinkage", self.share + self.cost),
            (f"payable:{self.producer}", -self.share),
            ("stock", -self.cost),
        ]


class GoodsReturned(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Unsold goods that the producer takes back; bought goods go back against their cost."""

    KIND: ClassVar[str] = "goods_returned"
    PREFIX: ClassVar[str] = "NR"

    producer: Code
    lines: Annotated[tuple[LeavingLine, ...], Lines]

    def check(self) -> None:
        for line in self.lines:
            line.check()
            require(line.share == 0, "returned goods are owed to nobody")
            require(line.producer == self.producer, "a line belongs to another producer")

    def effects(self) -> Effects:
        cost = sum(line.cost for line in self.lines)
        movements = [movement for line in self.lines for movement in line.movements()]
        return Effects(postings((f"payable:{self.producer}", cost), ("stock", -cost)), tuple(movements))


class WriteOff(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Goods lost or spoiled (rule 10)."""

    KIND: ClassVar[str] = "write_off"
    PREFIX: ClassVar[str] = "HR"

    lines: Annotated[tuple[LeavingLine, ...], Lines]

    def check(self) -> None:
        for line in self.lines:
            line.check()

    def effects(self) -> Effects:
        legs = [leg for line in self.lines for leg in line.legs()]
        movements = [movement for line in self.lines for movement in line.movements()]
        return Effects(postings(*legs), tuple(movements))


class CountedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found of one product. ``missing`` is set when less was found than ``expected`` (rules 10, 11).

    ``expected`` was the stock right after entry ``at_seq`` (0: that of the document). Only the difference between the
    two moves the stock of now, so what was sold or brought after the counting is neither lost nor counted twice.
    Tills of a corner share its shelves: ``elsewhere`` is the part of ``expected`` that stood in the books of others.
    """

    sku: Code
    name: Text
    expected: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]
    counted: Count
    at_seq: Sequence = 0
    elsewhere: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)] = 0
    missing: LeavingLine | None = None

    def check(self) -> None:
        if self.missing:
            self.missing.check()
            require(self.missing.sku == self.sku, "other goods are missing than were counted")
        missing = self.missing.quantity if self.missing else 0
        require(missing == max(self.expected - self.counted, 0), "what is missing does not follow from the count")

    def movements(self) -> list[Movement]:
        if self.missing:
            return self.missing.movements()
        return [Movement(self.sku, "", self.counted - self.expected)] if self.counted > self.expected else []


class AsOf(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another till of the corner, and the last of its entries that a count knew.

    ``unheard``: it may have recorded more before the counting; a manager knew so.
    """

    till: Code
    seq: Sequence
    unheard: bool = False


class StockCount(Base, frozen=True, kw_only=True, omit_defaults=True):
    """A count, posted when the journal stood at ``at_seq``; its lines may have been counted earlier.

    ``others`` are the tills in whose books a part of what was expected stood, or may have stood.
    """

    KIND: ClassVar[str] = "stock_count"
    PREFIX: ClassVar[str] = "SO"

    at_seq: Sequence
    lines: Annotated[tuple[CountedLine, ...], Lines]
    others: tuple[AsOf, ...] = ()

    def counted_at(self, line: CountedLine) -> int:
        """The entry after which a line was counted."""
        return line.at_seq or self.at_seq

    def check(self) -> None:
        for line in self.lines:
            line.check()
            require(line.at_seq <= self.at_seq, "a line was counted after its count")
        require(len({line.sku for line in self.lines}) == len(self.lines), "goods are counted twice")

    def effects(self) -> Effects:
        legs = [leg for line in self.lines if line.missing for leg in line.missing.legs()]
        movements = [movement for line in self.lines for movement in line.movements()]
        return Effects(postings(*legs), tuple(movements))
