"""What a stock count says of earlier entries: the stock of each of its goods when they were counted."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sync.documents.base import Effects, require
from sync.documents.goods import COUNT_REACH, StockCount
from sync.protocol.entry import read_body

if TYPE_CHECKING:
    from pos_app.ledger.sqlite import Connection


class Counts:
    """One replay, from entry 1 on: one number for every product that ever moved.

    A count reads the entries after its first line once, ``COUNT_REACH`` at most.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._on_hand: defaultdict[str, int] = defaultdict(int)

    def move(self, effects: Effects) -> None:
        """Take in what an entry moved."""
        on_hand = self._on_hand
        for movement in effects.movements:
            on_hand[movement.sku] += movement.quantity

    def check(self, seq: int, count: StockCount) -> None:
        """Compare a count, entry ``seq``, before it is taken in. Raises ``InvalidDocument``."""
        require(count.at_seq < seq, "counts what comes after it")
        lines = sorted(count.lines, key=count.counted_at, reverse=True)
        stock = {line.sku: self._on_hand.get(line.sku, 0) for line in lines}
        first = count.counted_at(lines[-1])
        require(seq - first <= COUNT_REACH, "was counted too long before")
        known = seq - 1
        for line in lines:
            while known > count.counted_at(line):
                self._take_back(known, stock)
                known -= 1
            require(stock[line.sku] == line.expected, "what was expected is not what was there")

    def _take_back(self, seq: int, stock: dict[str, int]) -> None:
        row = self._db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()
        for movement in read_body(row[0]).document().effects().movements:
            if movement.sku in stock:
                stock[movement.sku] -= movement.quantity
