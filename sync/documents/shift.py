"""The shift of a till: opened with a float, closed with a count. Kinds ``shift_opened`` (BK), ``shift_closed`` (TK)."""

from typing import Annotated, ClassVar

import msgspec

from sync.documents.base import (
    FIGURES,
    Amount,
    Base,
    Effects,
    HashText,
    Number,
    Rupiah,
    Sequence,
    Text,
    postings,
    require,
)

Denomination = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,6}$", max_length=7)]
"""What a note or coin is worth, in rupiah; text, because the keys of JSON are."""


class ShiftOpened(Base, frozen=True, kw_only=True, omit_defaults=True):
    """The float moves from the safe to the drawer."""

    KIND: ClassVar[str] = "shift_opened"
    PREFIX: ClassVar[str] = "BK"

    float: Amount

    def check(self) -> None:
        """Nothing to check beyond the fields."""

    def effects(self) -> Effects:
        return Effects(postings(("cash", self.float), ("safe", -self.float)))


def expected_cash(opening_float: int, figures: dict[str, int]) -> int:
    """Cash that should lie in the drawer, in rupiah (rule 7). ``figures`` are those of the shift."""
    got = {name: figures.get(name, 0) for name in FIGURES}
    return (
        opening_float
        + got["cash_received"]
        - got["change"]
        - got["refunds_cash"]
        + got["tab_payments_cash"]
        + got["cash_in"]
        - got["cash_out"]
        - got["settlements_cash"]
    )


class ShiftClosed(Base, frozen=True, kw_only=True, omit_defaults=True):
    """The Z: what was sold, what should be there, what was counted; ``difference = counted - expected``.

    ``head`` is the hash of the entry before this one. ``deposit`` is what is taken away to the bank.
    ``pieces`` counts notes and coins by what they are worth; empty when only the sum was counted.
    """

    KIND: ClassVar[str] = "shift_closed"
    PREFIX: ClassVar[str] = "TK"

    shift: Number
    opened_at: Text
    first_seq: Sequence
    head: HashText
    float: Amount
    figures: dict[str, Rupiah] = {}
    expected: Rupiah
    counted: Amount
    difference: Rupiah
    deposit: Amount = 0
    pieces: dict[Denomination, Amount] = {}

    def check(self) -> None:
        require(set(self.figures) <= set(FIGURES), "an unknown figure")
        require(self.expected == expected_cash(self.float, self.figures), "expected cash does not follow")
        require(self.difference == self.counted - self.expected, "difference is not counted less expected")
        require(self.deposit <= self.counted, "more is deposited than was counted")
        worth = sum(int(value) * pieces for value, pieces in self.pieces.items())
        require(not self.pieces or worth == self.counted, "the pieces do not make the counted cash")

    def effects(self) -> Effects:
        return Effects(
            postings(
                ("cash", -self.expected),
                ("safe", self.counted - self.deposit),
                ("bank", self.deposit),
                ("over_short", -self.difference),
            )
        )
