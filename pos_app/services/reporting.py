"""Reports over a period, from the running totals and the lines that were sold. Run them on a worker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pos_app.i18n import N_, _
from pos_app.ledger import reports, settlements
from pos_app.ledger.reports import PeriodFigures, Sold
from pos_app.ledger.sqlite import Connection

Tell = Callable[[int, int], None]
"""Hears how many entries were read, and of how many; raises to stop the reading."""
WEEK = 7
CATEGORY_NAMES = {
    "makanan": N_("Food"),
    "minuman": N_("Drinks"),
    "kerajinan": N_("Crafts"),
    "batik": N_("Batik"),
    "tapis": N_("Tapis"),
    "sembako": N_("Staples"),
    "atk": N_("Stationery"),
    "perawatan": N_("Care products"),
}


@dataclass(slots=True)
class Seller:
    """A product sold in the period: thousandths and rupiah, net of refunds."""

    name: str
    unit: str
    quantity: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Owed:
    """What a producer is owed now, in rupiah."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The same weekdays some weeks before. Of today only as much of that day as has passed today."""

    first: date
    last: date
    sales: int
    gross: int
    commission: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the Reports screen tells of a period."""

    first: date
    last: date
    figures: PeriodFigures
    before: Compared
    hours: dict[int, int]
    """Rupiah by the hour of the till's clock; what came back counts against the hour in which it came."""
    days: dict[str, int]
    categories: tuple[tuple[str, int], ...]
    """Category and rupiah, the largest first."""
    sellers: tuple[Seller, ...]
    share: int
    """What the sales of the period gave the producers, in rupiah."""
    unpaid: int
    """What all producers are owed now, in rupiah."""
    owed: tuple[Owed, ...]
    """Producers who are owed something, the most first."""


@dataclass(slots=True)
class _Goods:
    sellers: dict[str, Seller] = field(default_factory=dict)
    hours: dict[int, int] = field(default_factory=dict)
    sales: int = 0
    gross: int = 0
    commission: int = 0
    share: int = 0

    def add(self, sold: Sold) -> None:
        sign, sum_of = sold.sign, 0
        for line in sold.lines:
            seller = self.sellers.get(line.sku)
            if seller is None:
                seller = self.sellers[line.sku] = Seller(line.name, line.unit)
            seller.quantity += sign * line.quantity
            seller.total += sign * line.total
            sum_of += sign * line.total
            self.share += sign * line.share
            self.commission += sign * line.commission
        hour = int(sold.at[11:13])
        self.hours[hour] = self.hours.get(hour, 0) + sum_of
        self.gross += sum_of
        self.sales += sold.sales


def category_words(code: str) -> str:
    """A category of goods in words; one that is not known as it is written."""
    return _(CATEGORY_NAMES[code]) if code in CATEGORY_NAMES else code or _("Other goods")


def tender_sums(figures: PeriodFigures) -> list[tuple[str, int]]:
    """How money came, in words and rupiah."""
    return [
        (_("Cash"), figures.cash),
        (_("QRIS"), figures.qris),
        (_("Staff tab"), figures.tab),
        (_("Transfer"), figures.transfer),
    ]


def _silent(_done: int, _total: int) -> None:
    """Nobody waits."""


def report(
    db: Connection, first: date, last: date, *, now: datetime | None = None, best: int = 10, tell: Tell = _silent
) -> Report:
    """The report of the business dates from ``first`` to ``last``; ``best`` sellers by rupiah.

    ``now`` is the till's clock: where the period ends today, the comparison ends at the same time of the day.
    """
    since, until = first.isoformat(), last.isoformat()
    goods = _read(db, since, until, tell)
    known = reports.categories(db)
    by_category: dict[str, int] = {}
    for sku, seller in goods.sellers.items():
        category = known.get(sku, "")
        by_category[category] = by_category.get(category, 0) + seller.total
    ranked = sorted(goods.sellers.values(), key=lambda seller: (-seller.total, seller.name))
    return Report(
        first=first,
        last=last,
        figures=reports.figures(db, since, until),
        before=_before(db, first, last, now),
        hours=dict(sorted(goods.hours.items())),
        days=reports.by_day(db, since, until),
        categories=tuple(sorted(by_category.items(), key=lambda pair: (-pair[1], pair[0]))),
        sellers=tuple(seller for seller in ranked[:best] if seller.quantity > 0),
        share=goods.share,
        unpaid=reports.unpaid(db),
        owed=tuple(Owed(row.name, row.amount) for row in settlements.payables(db) if row.amount > 0),
    )


def _read(db: Connection, since: str, until: str, tell: Tell, before: str = "") -> _Goods:
    """What was sold in the shifts of the dates, of the last day only what happened before a time (``14:05:00``)."""
    goods, done = _Goods(), 0
    spans = reports.spans(db, since, until)
    total = sum(end - start + 1 for start, end in spans)
    for start, end in spans:
        for chunk in reports.sold(db, start, end, spans[0][0]):
            for sold in chunk:
                if not before or sold.at[11:19] <= before:
                    goods.add(sold)
            done = min(done + reports.CHUNK, total)
            tell(done, total)
    return goods


def _before(db: Connection, first: date, last: date, now: datetime | None) -> Compared:
    back = timedelta(days=-(-((last - first).days + 1) // WEEK) * WEEK)
    first, last = first - back, last - back
    if now is None:
        got = reports.figures(db, first.isoformat(), last.isoformat())
        return Compared(first, last, got.sales, got.gross, got.commission)
    whole = reports.figures(db, first.isoformat(), (last - timedelta(days=1)).isoformat())
    part = _read(db, last.isoformat(), last.isoformat(), _silent, now.isoformat()[11:19])
    return Compared(first, last, whole.sales + part.sales, whole.gross + part.gross, whole.commission + part.commission)
