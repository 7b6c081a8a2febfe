"""A sale of this corner, whichever of its tills recorded it, and what came back of it at any of them, as far as known.

A refund of another till's sale names the sale's document and its lines (``Refund.elsewhere`` with the document's id);
one made by the paper alone names only the number, and counts for lines of the same goods, the first ones first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pos_app.ledger import neighbours, queries, receipts
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from sync.documents.arithmetic import part
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale

Sums = tuple[int, int, int, int]
"""What came back of a line: thousandths, and rupiah of its total, its share and its cost."""
NOTHING: Sums = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class CornerSale:
    """``own``: this till recorded it. ``undone``: it was reversed as a whole. ``came_back`` by line."""

    entry: Entry
    sale: Sale
    own: bool
    undone: bool
    came_back: dict[int, Sums]

    def line_came_back(self, line: int) -> Sums:
        """What came back of one line, at most what was sold of it."""
        sold, sums = self.sale.lines[line], self.came_back.get(line, NOTHING)
        return (
            min(sums[0], sold.quantity),
            min(sums[1], sold.total),
            min(sums[2], sold.share),
            min(sums[3], sold.cost),
        )

    @property
    def excess(self) -> int:
        """Rupiah that went back beyond what was sold: tills that did not know of each other gave it twice."""
        if self.undone:
            return sum(total for _quantity, total, _share, _cost in self.came_back.values())
        lines = ((self.sale.lines[line], sums) for line, sums in self.came_back.items() if line < len(self.sale.lines))
        return sum(max(0, sums[1] - sold.total) for sold, sums in lines if sums[0] > sold.quantity)


def find(db: Connection, number: str) -> CornerSale | None:
    """The sale of this number that this till or another one of the corner recorded."""
    own = queries.entry_by_number(db, number)
    told = neighbours.entries_about(db, number)
    entry = own or next((one for one in told if isinstance(one.document, Sale)), None)
    if entry is None or not isinstance(entry.document, Sale):
        return None
    came_back = queries.refunded(db, entry.seq) if own else {}
    for refund in _refunds(db, number, told, own=own is not None):
        _add(came_back, entry, entry.document, refund)
    undone = any(isinstance(one.document, Reversal) and one.document.original_id == entry.id for one in told)
    undone = undone or queries.is_reversed(db, entry.id)
    return CornerSale(entry, entry.document, own is not None, undone, came_back)


def look_again(db: Connection, numbers: Iterable[str]) -> None:
    """Remember which of these sales were given back twice, in the caller's transaction."""
    for number in numbers:
        found = find(db, number)
        if found is not None and found.came_back:
            neighbours.keep_given_back_twice(db, number, found.excess)


def _refunds(db: Connection, number: str, told: Iterable[Entry], *, own: bool) -> list[Refund]:
    """Refunds that are not in the projections of the till that recorded the sale."""
    entries: list[Entry | None] = list(told)
    if not own:
        entries += [queries.entry_by_seq(db, seq) for seq in receipts.refunds_of(db, number)]
    return [one.document for one in entries if one is not None and isinstance(one.document, Refund)]


def _add(came_back: dict[int, Sums], entry: Entry, sale: Sale, refund: Refund) -> None:
    for line in refund.lines:
        if refund.sale_id == entry.id:
            _put(came_back, line.line, (line.quantity, line.total, line.share, line.cost))
        else:
            _add_by_goods(came_back, sale, line)


def _add_by_goods(came_back: dict[int, Sums], sale: Sale, back: RefundLine) -> None:
    """Pieces that went back by the paper: no more of a line than is left of it, the rest on the last of its goods."""
    places = [place for place, sold in enumerate(sale.lines) if sold.sku == back.sku]
    left = back.quantity
    for place in places:
        room = max(0, sale.lines[place].quantity - came_back.get(place, NOTHING)[0])
        pieces = left if place == places[-1] else min(room, left)
        if pieces:
            money = (part(whole, pieces, back.quantity, 0, 0) for whole in (back.total, back.share, back.cost))
            _put(came_back, place, (pieces, *money))  # type: ignore[arg-type]
        left -= pieces


def _put(came_back: dict[int, Sums], line: int, more: Sums) -> None:
    before = came_back.get(line, NOTHING)
    came_back[line] = (before[0] + more[0], before[1] + more[1], before[2] + more[2], before[3] + more[3])
