"""What a document says of goods: whose they are, that they are there, and how many there were at their counting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sync.documents.arithmetic import priced
from sync.documents.base import Effects, require
from sync.documents.goods import (
    COUNT_REACH,
    GoodsReceived,
    GoodsReturned,
    LeavingLine,
    StockCount,
    WriteOff,
)
from sync.documents.money import PriceSet

if TYPE_CHECKING:
    from pos_app.ledger.earlier import Earlier
    from sync.documents.refund import RefundLine
    from sync.documents.sale import SaleLine

AboutGoods = GoodsReceived | GoodsReturned | WriteOff | StockCount | PriceSet


class Goods:
    """One replay, from entry 1 on: three numbers and a producer for every product that was ever named.

    A count reads the entries after its first line once, ``COUNT_REACH`` at most.
    """

    def __init__(self, earlier: Earlier) -> None:
        self._earlier = earlier
        self._on_hand: defaultdict[str, int] = defaultdict(int)
        self._unbatched: defaultdict[str, int] = defaultdict(int)
        """Pieces of no batch: below zero those sold before they were recorded."""
        self._owners: dict[str, str] = {}
        """Who was named first as the producer of goods."""
        self._others: set[tuple[str, str]] = set()
        """Goods and a producer named later, whom the registry has."""
        self._dearest: dict[str, int] = {}
        """The highest price or share a unit of goods ever had, as far as deliveries and prices set told it."""
        self._priced = False
        """Whether a loss of the corner said its prices: from then on each does."""

    def move(self, effects: Effects) -> None:
        """Take in what an entry moved."""
        on_hand, unbatched = self._on_hand, self._unbatched
        for sku, batch, quantity, _cost, _expires_on, _place in effects.movements:
            on_hand[sku] += quantity
            if not batch:
                unbatched[sku] += quantity

    def check(self, seq: int, document: AboutGoods) -> None:
        """A document about goods, entry ``seq``, before it is taken in. Raises ``InvalidDocument``."""
        match document:
            case GoodsReceived():
                self._receive(document)
            case GoodsReturned() | WriteOff():
                self._leave(document.lines)
            case StockCount():
                self._count(seq, document)
            case PriceSet():
                self._price(document.sku, document.sell_price, document.consign_price)

    def name(self, lines: Iterable[SaleLine | RefundLine | LeavingLine]) -> None:
        """Goods belong to one producer. Raises ``InvalidDocument``."""
        owner_of = self._owners.setdefault
        for line in lines:
            producer = line.producer
            if owner_of(line.sku, producer) != producer:
                self._check_owner(line.sku, producer)

    def _check_owner(self, sku: str, producer: str) -> None:
        """The registry's producer may be named, too: it could be changed once while goods were on the shelf."""
        if (sku, producer) not in self._others:
            row = self._earlier.db.execute("SELECT producer FROM products WHERE sku = ?", (sku,)).fetchone()
            same = row is not None and row[0] == producer
            self._earlier.require(same, "names another producer of the goods")
            self._others.add((sku, producer))

    def _receive(self, delivery: GoodsReceived) -> None:
        covered: defaultdict[str, int] = defaultdict(int)
        for line in delivery.lines:
            if self._owners.setdefault(line.sku, delivery.producer) != delivery.producer:
                self._check_owner(line.sku, delivery.producer)
            self._price(line.sku, line.sell_price, line.consign_price)
            if line.covers:
                covered[line.sku] += line.covers
                fits = covered[line.sku] <= -self._unbatched[line.sku]
                self._earlier.require(fits, "covers more than was sold before it came")

    def _price(self, sku: str, sell_price: int, consign_price: int | None) -> None:
        self._dearest[sku] = max(self._dearest.get(sku, 0), sell_price, consign_price or 0)

    def _leave(self, lines: Iterable[LeavingLine]) -> None:
        gone: defaultdict[str, int] = defaultdict(int)
        for line in lines:
            self.name((line,))
            gone[line.sku] += line.quantity
            self._earlier.require(gone[line.sku] <= self._on_hand[line.sku], "more leaves than is there")
            if line.share:
                self._owe(line)

    def _owe(self, line: LeavingLine) -> None:
        """The corner owes for a loss; no more than the goods ever cost."""
        self._priced = self._priced or line.sell_price is not None
        self._earlier.require(line.sell_price is not None or not self._priced, "a loss without its prices")
        dearest = self._dearest.get(line.sku)
        fits = dearest is None or line.share <= priced(dearest, line.quantity)
        self._earlier.require(fits, "owes more than the goods ever cost")

    def _count(self, seq: int, count: StockCount) -> None:
        require(count.at_seq < seq, "counts what comes after it")
        if not self._earlier.taking_in:
            self._check_expected(seq, count)
        self._leave(line.missing for line in count.lines if line.missing)

    def _check_expected(self, seq: int, count: StockCount) -> None:
        """What was there when a line was counted."""
        lines = sorted(count.lines, key=count.counted_at, reverse=True)
        stock = {line.sku: self._on_hand.get(line.sku, 0) for line in lines}
        first = count.counted_at(lines[-1])
        require(seq - first <= COUNT_REACH, "was counted too long before")
        known = seq - 1
        for line in lines:
            while known > count.counted_at(line):
                self._take_back(known, stock)
                known -= 1
            require(line.expected == stock[line.sku] + line.elsewhere, "what was expected is not what was there")

    def _take_back(self, seq: int, stock: dict[str, int]) -> None:
        document = self._earlier.document(seq)
        for movement in document.effects().movements if document is not None else ():
            if movement.sku in stock:
                stock[movement.sku] -= movement.quantity
