"""Reports over a period, from the running totals and the lines that were sold. Run them on a worker."""

from dataclasses import dataclass, field
from datetime import date

from pos_app.ledger import reports
from pos_app.ledger.reports import PeriodFigures
from pos_app.ledger.sqlite import Connection
from sync.documents.refund import Refund, RefundLine
from sync.documents.sale import Sale, SaleLine


@dataclass(slots=True)
class Seller:
    """A product sold in the period: thousandths and rupiah, net of refunds."""

    name: str
    unit: str
    quantity: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the Reports screen tells of a period."""

    first: date
    last: date
    figures: PeriodFigures
    hours: dict[int, int]
    sellers: tuple[Seller, ...]
    share: int
    """What the sales of the period gave the producers, in rupiah."""
    unpaid: int
    """What all producers are owed now, in rupiah."""


@dataclass(slots=True)
class _Goods:
    sellers: dict[str, Seller] = field(default_factory=dict)
    share: int = 0

    def add(self, line: SaleLine | RefundLine, sign: int) -> None:
        seller = self.sellers.setdefault(line.sku, Seller(line.name, line.unit))
        seller.quantity += sign * line.quantity
        seller.total += sign * line.total
        self.share += sign * line.share


def report(db: Connection, first: date, last: date, *, best: int = 10) -> Report:
    """The report of the business dates from ``first`` to ``last``; ``best`` sellers by rupiah."""
    since, until = first.isoformat(), last.isoformat()
    first_seq, last_seq = reports.entry_span(db, since, until)
    goods = _Goods()
    for entry in reports.goods_entries(db, first_seq, last_seq):
        match entry.document:
            case Sale() as sale:
                for line in sale.lines:
                    goods.add(line, 1)
            case Refund() as refund:
                for back in refund.lines:
                    goods.add(back, -1)
    ranked = sorted(goods.sellers.values(), key=lambda seller: (-seller.total, seller.name))
    return Report(
        first=first,
        last=last,
        figures=reports.figures(db, since, until),
        hours=reports.sales_per_hour(db, first_seq, last_seq),
        sellers=tuple(seller for seller in ranked[:best] if seller.quantity > 0),
        share=goods.share,
        unpaid=reports.unpaid(db),
    )
