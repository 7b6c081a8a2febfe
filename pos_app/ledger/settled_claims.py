"""What a payment to a producer says of earlier entries: where it begins, what was earned and owed until its cut-off.

Its sums are compared; the pieces of each product on it are not (``services/slips`` recomputes one slip on request).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from sync.documents.base import require
from sync.documents.money import CashMove, Settlement
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale

if TYPE_CHECKING:
    from pos_app.ledger.earlier import Earlier
    from sync.documents.base import Document

PAYABLE: Final = "payable:"
SOLD: Final = ("sale", "refund")


class _Slip(NamedTuple):
    """A payment that stands: where it ended, and what had been earned and else become payable by then."""

    document_id: str
    through_seq: int
    earned: int
    other: int


class Piles:
    """By how much payables grew, by account, through sales, payments and everything else."""

    def __init__(self) -> None:
        self.earned: defaultdict[str, int] = defaultdict(int)
        self.other: defaultdict[str, int] = defaultdict(int)
        self.paid: defaultdict[str, int] = defaultdict(int)

    def of(self, document: Document) -> defaultdict[str, int]:
        """The pile to which a document adds; a reversal belongs to what it takes back."""
        match document:
            case Sale() | Refund():
                return self.earned
            case Settlement():
                return self.paid
            case Reversal() if document.original_kind in SOLD:
                return self.earned
            case Reversal() if document.original_kind == Settlement.KIND:
                return self.paid
        return self.other


class Settled(Piles):
    """What became payable to each producer in a replay, and the payments that stand."""

    def __init__(self, earlier: Earlier) -> None:
        super().__init__()
        self._earlier = earlier
        self._standing: dict[str, list[_Slip]] = {}
        """Payments that stand, by producer."""
        self._later = _Later(earlier)

    def pay(self, seq: int, document_id: str, paid: Settlement) -> None:
        """Take in a payment, entry ``seq``, before its postings. Raises ``InvalidDocument``."""
        require(paid.through_seq < seq, "settles what comes after it")
        standing = self._standing.setdefault(paid.producer, [])
        before = standing[-1] if standing else _Slip("", 0, 0, 0)
        account = PAYABLE + paid.producer
        earned, other = self._later.since(paid.through_seq, seq, account)
        earned, other = self.earned[account] - earned, self.other[account] - other
        if not self._earlier.taking_in:
            require(paid.from_seq == before.through_seq, "does not begin where the payment before ended")
            require(paid.amount + paid.deducted <= self._owed(account), "pays more than is owed")
            require(paid.earned == earned - before.earned, "earned is not what sales brought until the cut-off")
            require(paid.other == other - before.other, "other is not what else became payable until the cut-off")
            due = paid.carried_over + paid.earned + paid.other
            require(due == earned + other + self.paid[account], "what is due is not what was owed at the cut-off")
        standing.append(_Slip(document_id, paid.through_seq, earned, other))

    def take_back(self, document_id: str, paid: Settlement) -> None:
        """A payment was reversed."""
        standing = self._standing.get(paid.producer, [])
        self._standing[paid.producer] = [one for one in standing if one[0] != document_id]

    def repay(self, move: CashMove) -> None:
        """A producer pays a debt, before it is posted. Raises ``InvalidDocument``."""
        if move.producer is not None:
            fits = move.amount <= -self._owed(PAYABLE + move.producer)
            self._earlier.require(fits, "a producer pays more than the debt")

    def _owed(self, account: str) -> int:
        return self.earned[account] + self.other[account] + self.paid[account]


class _Later:
    """What became payable after a cut-off that lies back. Payments of one day share it, so it is read once for all."""

    def __init__(self, earlier: Earlier) -> None:
        self._earlier = earlier
        self._after = self._read = -1
        self._piles = Piles()

    def since(self, after: int, before: int, account: str) -> tuple[int, int]:
        """Earned and else, in the entries between these two."""
        if after + 1 >= before:
            return 0, 0
        if after != self._after or self._read >= before:
            self._after = self._read = after
            self._piles = Piles()
        for document in self._earlier.between(self._read, before):
            pile = self._piles.of(document)
            for name, amount in document.effects().postings:
                if name.startswith(PAYABLE):
                    pile[name] -= amount
        self._read = before - 1
        return self._piles.earned[account], self._piles.other[account]
