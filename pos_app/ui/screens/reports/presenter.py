"""Rules of the Reports screen: which period, and its figures in words. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _
from pos_app.ledger import listing, settlements
from pos_app.ledger.sqlite import Connection
from pos_app.services import reporting
from pos_app.services.context import Counter
from pos_app.services.reporting import Report

Period = Literal["today", "yesterday", "week", "month"]
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its caption and remark."""

    figure: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar: words, length, figure, remark."""

    label: str
    value: int
    figure: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SellerLine:
    """A best seller: rank, name, quantity, rupiah."""

    rank: int
    name: str
    quantity: str
    total: str


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that needs action, where it is found; ``screen`` empty when all is well."""

    text: str
    screen: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a worker brings back."""

    report: Report
    todos: list[Todo]


class ReportsPresenter:
    """The period chosen and its report."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.period: Period = "today"
        self.report: Report | None = None

    @property
    def is_manager(self) -> bool:
        """Whether the acting user may see every period."""
        return self.counter.user is not None and self.counter.user.is_manager

    def periods(self) -> list[tuple[Period, str]]:
        """The periods to choose among, with their words."""
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("week", _("7 days")),
            ("month", _("This month")),
        ]

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def dates(self) -> tuple[date, date]:
        """First and last day of the period."""
        today = self.today
        if self.period == "yesterday":
            return today - timedelta(days=1), today - timedelta(days=1)
        if self.period == "week":
            return today - timedelta(days=6), today
        if self.period == "month":
            return today.replace(day=1), today
        return today, today

    def period_text(self) -> str:
        """The dates in words."""
        first, last = self.dates()
        return short_date(first) if first == last else f"{short_date(first)} – {short_date(last)}"

    def work(self) -> Callable[[], Loaded]:
        """What a worker does, on a connection of its own."""
        counter = self.counter
        first, last = self.dates()

        def read() -> Loaded:
            own = counter.ledger.another()
            try:
                return Loaded(reporting.report(own.db, first, last), self.todos(own.db))
            finally:
                own.close()

        return read

    def stats(self, report: Report) -> dict[str, Stat]:
        """The four figures at the top."""
        got = report.figures
        average = got.gross // got.sales if got.sales else 0
        refunds = _("{count} refunds").format(count=got.refunds) if got.refunds else ""
        rate = f"{got.commission * 1000 // got.gross / 10:.1f} %".replace(".", ",") if got.gross > 0 else ""
        return {
            "gross": Stat(rupiah(got.gross)),
            "sales": Stat(thousands(got.sales), refunds),
            "average": Stat(rupiah(average)),
            "commission": Stat(rupiah(got.commission), rate),
        }

    def hours(self, report: Report) -> list[BarLine]:
        """Sales per hour, from the first to the last hour with a sale; the busiest is named."""
        if not report.hours:
            return []
        busiest = max(report.hours, key=lambda hour: report.hours[hour])
        return [
            BarLine(
                f"{hour:02d}",
                report.hours.get(hour, 0),
                thousands(report.hours.get(hour, 0) // 1000),
                _("<- busiest") if hour == busiest else "",
            )
            for hour in range(min(report.hours), max(report.hours) + 1)
        ]

    def tenders(self, report: Report) -> list[BarLine]:
        """How money came."""
        got = report.figures
        pairs = [(_("Cash"), got.cash), (_("QRIS"), got.qris), (_("Tab"), got.tab), (_("Transfer"), got.transfer)]
        if not any(amount for _words, amount in pairs):
            return []
        return [BarLine(words, amount, thousands(amount)) for words, amount in pairs]

    def sellers(self, report: Report) -> list[SellerLine]:
        """The best sellers by rupiah."""
        return [
            SellerLine(rank, one.name, quantity_text(one.quantity), thousands(one.total))
            for rank, one in enumerate(report.sellers, start=1)
        ]

    def share_text(self, report: Report) -> str:
        """What producers earned in the period, and what they are owed now."""
        text = _("Producers' share {share} · Unpaid now {unpaid}")
        return text.format(share=rupiah(report.share), unpaid=rupiah(report.unpaid))

    def todos(self, db: Connection) -> list[Todo]:
        """What needs action now."""
        soon = (self.today + timedelta(days=SOON_DAYS)).isoformat()
        counts = listing.stock_counts(db, soon)
        owed = sum(row.amount > 0 for row in settlements.payables(db))
        found = []
        if counts["out"]:
            found.append(Todo(_("{count} items sold out").format(count=counts["out"]), "stock"))
        if counts["expiring"]:
            found.append(Todo(_("{count} expiring soon").format(count=counts["expiring"]), "stock"))
        if owed:
            found.append(Todo(_("{count} producers to pay").format(count=owed), "producers"))
        return found or [Todo(_("Nothing needs action."))]
