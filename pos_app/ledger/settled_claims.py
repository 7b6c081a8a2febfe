"""What a payment to a producer says of earlier ones: it begins where the last ended, and pays no more than is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sync.documents.base import require

if TYPE_CHECKING:
    from sync.documents.money import Settlement

PAYABLE: Final = "payable:"


class Settled:
    """What is owed to each producer in a replay, and the payments that stand."""

    def __init__(self) -> None:
        self._owed: dict[str, int] = {}
        self._standing: dict[str, list[tuple[str, int]]] = {}
        """Payments that stand, by producer: document and the entry each ended at."""

    def moved(self, account: str, amount: int) -> None:
        """A posting to a ``payable:`` account; debit positive."""
        self._owed[account] = self._owed.get(account, 0) - amount

    def pay(self, document_id: str, paid: Settlement) -> None:
        """Take in a payment, before its postings. Raises ``InvalidDocument``."""
        standing = self._standing.setdefault(paid.producer, [])
        require(paid.from_seq == (standing[-1][1] if standing else 0), "does not begin where the payment before ended")
        owed = self._owed.get(f"{PAYABLE}{paid.producer}", 0)
        require(paid.amount + paid.deducted <= owed, "pays more than is owed")
        standing.append((document_id, paid.through_seq))

    def take_back(self, document_id: str, paid: Settlement) -> None:
        """A payment was reversed."""
        self._standing[paid.producer] = [one for one in self._standing[paid.producer] if one[0] != document_id]
