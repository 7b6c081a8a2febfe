"""QRIS money found at the bank (CQ): what was received, and what the provider kept as its fee.

The fee (MDR) is the corner's expense and never the buyer's (PBI 23/6/PBI/2021). A match names the entries whose QRIS
money it settles; ``left`` is what stays unmatched among the entries up to ``through_seq``, so that the newest match
and what came after it tell all that is unmatched, however long the history is. Without lines it matches nothing: where
two histories were put together, and both matched an entry of it.
"""

from typing import Annotated, ClassVar

import msgspec

from sync.documents.base import Amount, Base, Effects, Number, Rupiah, Sequence, Text, postings, require

MOST = 1_000
"""Entries that one match settles, and that it may leave behind."""


class MatchedEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry that moved QRIS money: a sale, a tab payment, a refund or a reversal (negative), in rupiah."""

    seq: Sequence
    number: Number
    amount: Rupiah


LeftEntry = tuple[Sequence, Rupiah]
"""Sequence number and rupiah of an entry that stays unmatched."""


class QrisMatched(Base, frozen=True, kw_only=True, omit_defaults=True):
    """``gross`` is the sum of the lines, ``received`` what the bank shows for them, ``fee`` the difference."""

    KIND: ClassVar[str] = "qris_matched"
    PREFIX: ClassVar[str] = "CQ"

    through_seq: Sequence
    lines: Annotated[tuple[MatchedEntry, ...], msgspec.Meta(max_length=MOST)]
    left: Annotated[tuple[LeftEntry, ...], msgspec.Meta(max_length=MOST)] = ()
    gross: Amount
    received: Amount
    fee: Amount = 0
    reference: Text = ""

    def check(self) -> None:
        matched = [line.seq for line in self.lines]
        left = [seq for seq, _amount in self.left]
        require(matched == sorted(set(matched)), "the lines are not in order")
        require(left == sorted(set(left)), "what is left is not in order")
        require(not set(matched) & set(left), "an entry is matched and left")
        require(max([0, *matched, *left]) <= self.through_seq, "an entry comes after the end of the match")
        require(self.gross == sum(line.amount for line in self.lines), "gross is not the sum of the lines")
        require(self.gross == self.received + self.fee, "what came and the fee do not make the gross")

    def effects(self) -> Effects:
        return Effects(postings(("bank", self.received), ("fees", self.fee), ("qris", -self.gross)))
