"""Staff tabs taken from the salary: ``deduction_list`` (DP) and ``deduction_collected`` (PG).

Who stands on a list is a code; names and employee numbers are put on the paper from the registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from sync.documents.base import (
    LIMIT,
    Base,
    Code,
    DateText,
    Effects,
    Number,
    Sequence,
    Text,
    postings,
    require,
    tender_account,
)

Month = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
LeftOutReason = Literal["no_mandate", "pay_too_low", "on_leave", "left_office", "repaid", "other"]
Positive = Annotated[int, msgspec.Meta(ge=1, le=LIMIT)]
_PEOPLE = msgspec.Meta(max_length=5_000)
_ENTRIES = msgspec.Meta(min_length=1, max_length=10_000)


class TabEntry(msgspec.Struct, frozen=True):
    """What is open of the entry ``seq``, in rupiah: a sale on the tab, or a balance taken over."""

    seq: Sequence
    amount: Positive


class StaffDeduction(msgspec.Struct, frozen=True, kw_only=True):
    """What one staff member owes for these entries."""

    staff: Code
    amount: Positive
    entries: Annotated[tuple[TabEntry, ...], _ENTRIES]

    def check(self) -> None:
        seqs = [entry.seq for entry in self.entries]
        require(seqs == sorted(set(seqs)), "the entries are not in order")
        require(self.amount == sum(entry.amount for entry in self.entries), "the amount is not the sum of the entries")


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands on the list and was not deducted from."""

    staff: Code
    reason: LeftOutReason = "other"


class DeductionList(Base, frozen=True, kw_only=True, omit_defaults=True):
    """Handed to the treasurer: what is to be deducted in ``month`` from the staff of one unit.

    It covers what was open of the entries up to ``through_seq``, which the date ``cut_off`` was turned into, and
    stood on no other list. It moves no money.
    """

    KIND: ClassVar[str] = "deduction_list"
    PREFIX: ClassVar[str] = "DP"

    month: Month
    unit: Text = ""
    cut_off: DateText
    through_seq: Sequence
    lines: Annotated[tuple[StaffDeduction, ...], msgspec.Meta(min_length=1), _PEOPLE]

    @property
    def total(self) -> int:
        """All deductions together, in rupiah."""
        return sum(line.amount for line in self.lines)

    def check(self) -> None:
        _check_lines(self.lines)
        newest = max(line.entries[-1].seq for line in self.lines)
        require(newest <= self.through_seq, "an entry is newer than the cut-off")

    def effects(self) -> Effects:
        return Effects()


class DeductionCollected(Base, frozen=True, kw_only=True, omit_defaults=True):
    """The treasurer brought what was deducted by one list: it pays exactly these entries.

    An entry may be open with less than the list says, because something was repaid since. Who is ``left_out`` still
    owes what the list says.
    """

    KIND: ClassVar[str] = "deduction_collected"
    PREFIX: ClassVar[str] = "PG"

    list_id: Code
    list_number: Number
    tender: Literal["cash", "transfer"]
    lines: Annotated[tuple[StaffDeduction, ...], _PEOPLE] = ()
    left_out: Annotated[tuple[LeftOut, ...], _PEOPLE] = ()

    @property
    def total(self) -> int:
        """All that was brought, in rupiah."""
        return sum(line.amount for line in self.lines)

    def check(self) -> None:
        _check_lines(self.lines, self.left_out)
        require(bool(self.lines or self.left_out), "nobody stands on the list")

    def effects(self) -> Effects:
        figure = "tab_payments_cash" if self.tender == "cash" else "tab_payments_other"
        legs = [(f"tab:{line.staff}", -line.amount) for line in self.lines]
        legs.append((tender_account(self.tender, None), self.total))
        return Effects(postings(*legs), figures={figure: self.total})


def _check_lines(lines: Iterable[StaffDeduction], left_out: Iterable[LeftOut] = ()) -> None:
    people = [line.staff for line in lines] + [one.staff for one in left_out]
    require(len(people) == len(set(people)), "somebody stands on the list twice")
    for line in lines:
        line.check()
