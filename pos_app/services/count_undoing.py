"""Whether a stock count, a return or a loss can be taken back: while what it says of the goods is the last word.

Once goods were counted anew the later count was compared with this one, and stands or falls first. Pieces that were
found must still be there: whoever bought them was charged for something.
"""

from collections import Counter as Sums

from pos_app.domain.errors import GoodsGone, NotReversible
from pos_app.domain.stock import UNBATCHED
from pos_app.ledger import counted_since
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from sync.documents.goods import StockCount


def check_not_counted(db: Connection, entry: Entry, skus: set[str]) -> None:
    """Raise ``NotReversible`` where a count after the entry tells one of these goods."""
    if counted_since.counted_again(db, skus, entry.seq):
        raise NotReversible(entry.document.number)


def check(db: Connection, entry: Entry, count: StockCount) -> None:
    """Raise ``NotReversible`` where goods were counted again since, ``GoodsGone`` where found pieces left."""
    check_not_counted(db, entry, {line.sku for line in count.lines})
    found = {line.sku: line for line in count.lines if line.counted > line.expected}
    left: Sums[str] = Sums()
    for movement in counted_since.movements(db, found.keys(), entry.seq):
        if movement.batch == UNBATCHED:
            left[movement.sku] -= movement.quantity
    for sku, line in found.items():
        if left[sku] > 0:
            more = line.counted - line.expected
            raise GoodsGone(count.number, line.name, min(left[sku], more), more)
