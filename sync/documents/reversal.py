"""Reversal (BT): undoes one whole document by the opposite of its effects; the original stays."""

from typing import ClassVar

import msgspec

from sync.documents.base import (
    FIGURES,
    Base,
    Code,
    Effects,
    Movement,
    Number,
    Rupiah,
    TakeBackReason,
    postings,
    require,
)


class Reversal(Base, frozen=True, kw_only=True, omit_defaults=True):
    """``original_id`` is reversed; the legs and movements are the original's with the sign turned."""

    KIND: ClassVar[str] = "reversal"
    PREFIX: ClassVar[str] = "BT"

    original_id: Code
    original_number: Number
    original_kind: Code
    postings: tuple[tuple[Code, Rupiah], ...]
    movements: tuple[tuple[Code, str, Rupiah, Rupiah, str | None], ...] = ()
    figures: dict[str, Rupiah] = {}
    reason: TakeBackReason | None = None

    def check(self) -> None:
        require(set(self.figures) <= set(FIGURES), "an unknown figure")
        require(sum(amount for _account, amount in self.postings) == 0, "the postings do not sum to zero")

    def effects(self) -> Effects:
        return Effects(
            postings(*self.postings),
            tuple(Movement(*movement, "front") for movement in self.movements),
            dict(self.figures),
        )


def opposite(effects: Effects) -> Effects:
    """The effects that undo ``effects``."""
    return Effects(
        tuple((account, -amount) for account, amount in effects.postings),
        tuple(m._replace(quantity=-m.quantity, cost=-m.cost, place="front") for m in effects.movements),
        {name: -amount for name, amount in effects.figures.items()},
    )


def undoing(reversal: Reversal, original: Effects) -> Reversal:
    """The reversal as the opposite of these effects."""
    undone = opposite(original)
    movements = tuple((m.sku, m.batch, m.quantity, m.cost, m.expires_on) for m in undone.movements)
    return msgspec.structs.replace(
        reversal, postings=undone.postings, movements=movements, figures=dict(undone.figures)
    )


def check_undoes(reversal: Reversal, original: Effects) -> None:
    """Raise ``InvalidDocument`` unless ``reversal`` is exactly the opposite of ``original``."""
    require(reversal.effects() == opposite(original), "the reversal is not the opposite of its original")
