"""How two histories of one till moved goods: its own since they part, and the centre's that it did not have."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sync.documents.base import Document


class Span(NamedTuple):
    """How far a history moved goods, in thousandths: the lowest and the highest it ever was, and at its end."""

    lowest: int = 0
    highest: int = 0
    end: int = 0

    def nearest(self, own: int, counted: int) -> int:
        """What was there at a count, as near to what was counted as this history allows: ``own`` was there without it,
        and nobody knows after which of its entries the count was. Only what none of them explains is a difference.
        """
        return min(max(counted, own + self.lowest), own + self.highest)


def spans(documents: Iterable[Document]) -> dict[str, Span]:
    """How far these documents, in order, moved goods."""
    found: dict[str, Span] = {}
    for document in documents:
        for movement in document.effects().movements:
            lowest, highest, end = found.get(movement.sku, Span())
            end += movement.quantity
            found[movement.sku] = Span(min(lowest, end), max(highest, end), end)
    return found


class Moved:
    """What documents moved since the histories part, by the numbers of the till's own journal, in its order."""

    def __init__(self) -> None:
        self._seqs: defaultdict[str, list[int]] = defaultdict(list)
        self._sums: defaultdict[str, list[int]] = defaultdict(lambda: [0])

    def add(self, seq: int, document: Document) -> None:
        """Take in the document of own entry ``seq``, as it is now."""
        for movement in document.effects().movements:
            self._seqs[movement.sku].append(seq)
            self._sums[movement.sku].append(self._sums[movement.sku][-1] + movement.quantity)

    def through(self, sku: str, seq: int) -> int:
        """Thousandths until own entry ``seq``."""
        return self._sums[sku][bisect_right(self._seqs[sku], seq)]
