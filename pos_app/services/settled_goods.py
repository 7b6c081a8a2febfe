"""What happened to a producer's goods between two entries: what a payment lists, and what recomputes it.

Quantities in thousandths, money in rupiah, net of refunds and reversals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pos_app.domain.product import Product
from pos_app.ledger import queries, settlements
from pos_app.ledger.sqlite import Connection
from sync.documents.base import Document
from sync.documents.goods import CountedLine, GoodsReceived, GoodsReturned, LeavingLine, StockCount, WriteOff
from sync.documents.money import SettledGoods
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale, SaleLine


@dataclass(slots=True)
class Tally:
    """What happened to one product in the window: thousandths and rupiah."""

    name: str
    unit: str
    received: int = 0
    sold: int = 0
    returned: int = 0
    lost: int = 0
    gross: int = 0
    share: int = 0


def goods_between(db: Connection, producer: str, from_seq: int, through_seq: int) -> tuple[SettledGoods, ...]:
    """One line a product, by SKU; goods bought outright are not settled when sold and stay out."""
    return _Window(db, producer, from_seq, through_seq).goods()


def came_back(db: Connection, producer: str, from_seq: int, through_seq: int) -> int:
    """Shares, in rupiah, of goods that an earlier settlement paid and that buyers brought back between two entries."""
    return sum(
        _came_back(db, entry.document, producer, from_seq)
        for seq in settlements.takings_back(db, producer, from_seq, through_seq)
        if (entry := queries.entry_by_seq(db, seq)) is not None
    )


def _came_back(db: Connection, document: Document, producer: str, paid_until: int) -> int:
    if isinstance(document, Refund):
        sale = None if document.elsewhere else queries.entry_by_id(db, document.sale_id)
        return _shares(document.lines, producer) if sale is None or sale.seq <= paid_until else 0
    original = queries.entry_by_id(db, document.original_id) if isinstance(document, Reversal) else None
    if original is None:
        return 0
    if isinstance(original.document, Sale):
        return _shares(original.document.lines, producer) if original.seq <= paid_until else 0
    return -_came_back(db, original.document, producer, paid_until)


def _shares(lines: Sequence[SaleLine | RefundLine], producer: str) -> int:
    return sum(line.share for line in lines if line.producer == producer)


@dataclass(slots=True)
class _Window:
    """Everything that happened to a producer's goods between two entries."""

    db: Connection
    producer: str
    from_seq: int
    through_seq: int
    tallies: dict[str, Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for seq in settlements.entries_of(self.db, self.producer, self.from_seq, self.through_seq):
            entry = queries.entry_by_seq(self.db, seq)
            if entry is not None:
                self._add(entry.document, 1)

    def goods(self) -> tuple[SettledGoods, ...]:
        """One line a product, by SKU; goods bought outright are not settled when sold and stay out."""
        starts = settlements.stock_before(self.db, list(self.tallies), self.from_seq)
        return tuple(
            SettledGoods(
                sku=sku,
                name=tally.name,
                unit=tally.unit,
                start=starts.get(sku, 0),
                received=tally.received,
                sold=tally.sold,
                returned=tally.returned,
                lost=tally.lost,
                gross=tally.gross,
                share=tally.share,
            )
            for sku, tally in sorted(self.tallies.items())
        )

    def _add(self, document: Document, sign: int) -> None:
        match document:
            case Sale():
                for sold in document.lines:
                    self._sold(sold, sign)
            case Refund():
                for back in document.lines:
                    self._sold(back, -sign)
            case GoodsReceived():
                self._came(document, sign)
            case GoodsReturned() | WriteOff():
                for leaving in document.lines:
                    self._left(leaving, sign, returned=isinstance(document, GoodsReturned))
            case StockCount():
                for counted in document.lines:
                    self._counted(counted, sign)
            case Reversal():
                original = queries.entry_by_id(self.db, document.original_id)
                if original is not None:
                    self._add(original.document, -sign)

    def _came(self, delivery: GoodsReceived, sign: int) -> None:
        for line in delivery.lines:
            if delivery.producer == self.producer and line.pricing != "putus":
                self._tally(line.sku, line.name, line.unit).received += sign * line.quantity

    def _counted(self, line: CountedLine, sign: int) -> None:
        if line.missing:
            self._left(line.missing, sign, returned=False)
        elif product := self._owned(line.sku):
            self._tally(line.sku, line.name, product.unit).lost -= sign * (line.counted - line.expected)

    def _owned(self, sku: str) -> Product | None:
        """The product, where it is this producer's and settled when sold; a line that found more says neither."""
        product = queries.product(self.db, sku)
        return product if product and product.producer == self.producer and product.pricing != "putus" else None

    def _tally(self, sku: str, name: str, unit: str) -> Tally:
        return self.tallies.setdefault(sku, Tally(name, unit))

    def _sold(self, line: SaleLine | RefundLine, sign: int) -> None:
        if line.producer == self.producer and line.pricing != "putus":
            tally = self._tally(line.sku, line.name, line.unit)
            tally.sold += sign * line.quantity
            tally.gross += sign * line.total
            tally.share += sign * line.share

    def _left(self, line: LeavingLine, sign: int, *, returned: bool) -> None:
        if line.producer == self.producer and line.pricing != "putus":
            tally = self._tally(line.sku, line.name, line.unit)
            if returned:
                tally.returned += sign * line.quantity
            else:
                tally.lost += sign * line.quantity
