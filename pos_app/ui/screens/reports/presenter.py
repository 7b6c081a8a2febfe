"""Rules of the Reports screen: which period, and its figures in words. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pos_app.domain.dates import MONTHS, bar_date, business_date, short_date
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _, language
from pos_app.ledger import queries
from pos_app.services import reporting
from pos_app.services.context import Counter
from pos_app.services.reporting import Report, Seller
from pos_app.ui.messages import Message, failure
from pos_app.ui.paper_words import past_the_queue
from pos_app.ui.screens.reports.todo import Todo, todos

Period = Literal["today", "yesterday", "week", "month", "range"]
Tell = Callable[[int, int], None]
MOST_OWED = 6
MOST_DAYS = 31
SERIES = 5


@dataclass(frozen=True, slots=True)
class Stat:
    """A figure with its caption and remark."""

    figure: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BarLine:
    """A bar: words, length, figure, remark, colour among the series."""

    label: str
    value: int
    figure: str
    remark: str = ""
    series: int = 1


@dataclass(frozen=True, slots=True)
class SellerLine:
    """A best seller: rank, name, quantity, rupiah."""

    rank: int
    name: str
    quantity: str
    total: str
    amount: int = 0


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
        self.range = (self.today, self.today)
        self.report: Report | None = None

    @property
    def is_manager(self) -> bool:
        """Whether the acting user may see every period."""
        return self.counter.is_manager

    @property
    def blind(self) -> bool:
        """Whether tenders stay hidden: a cashier counts the drawer without knowing what should lie in it."""
        return not self.is_manager and queries.open_shift(self.counter.db) is not None

    def periods(self) -> list[tuple[Period, str]]:
        """The periods to choose among, with their words."""
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("week", _("7 days")),
            ("month", _("This month")),
            ("range", _("Range …")),
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
        return self.range if self.period == "range" else (today, today)

    def set_range(self, first: date | None, last: date | None) -> Message | None:
        """Takes the dates of a range; what is wrong with them else."""
        if first is None or last is None:
            return Message("W", _("Enter both dates, for example 01/10/2026."))
        if first > last:
            return Message("W", _("The first day is after the last one."))
        self.range = (first, last)
        return None

    def period_text(self) -> str:
        """The dates in words."""
        first, last = self.dates()
        return short_date(first) if first == last else f"{short_date(first)} – {short_date(last)}"

    def work(self) -> Callable[[Tell], Loaded]:
        """What a worker does, on a connection of its own."""
        counter = self.counter
        first, last = self.dates()
        now = counter.clock() if last == self.today else None
        today = self.today

        def read(tell: Tell) -> Loaded:
            with closing(counter.ledger.another()) as own:
                report = reporting.report(own.db, first, last, now=now, tell=tell)
                return Loaded(report, todos(own.db, today))

        return read

    # In words --------------------------------------------------------------------------------------------------------

    def stats(self, report: Report) -> dict[str, Stat]:
        """The four figures at the top, each compared with the same weekdays before."""
        got, before = report.figures, report.before
        whose = self._before_words(report)
        average = got.gross // got.sales if got.sales else 0
        average_before = before.gross // before.sales if before.sales else 0
        refunds = _("{count} refunds").format(count=got.refunds) if got.refunds else ""
        count = _difference(got.sales, before.sales, whose) if before.sales else ""
        return {
            "gross": Stat(rupiah(got.gross), _change(got.gross, before.gross, whose)),
            "sales": Stat(thousands(got.sales), " · ".join(text for text in (count, refunds) if text)),
            "average": Stat(rupiah(average), _change(average, average_before, whose)),
            "commission": Stat(rupiah(got.commission), _change(got.commission, before.commission, whose)),
        }

    def _before_words(self, report: Report) -> str:
        before = report.before
        if report.first != report.last:
            return f"{short_date(before.first)} – {short_date(before.last)}"
        day = bar_date(before.first, language())
        return _("{day}, so far").format(day=day) if report.last == self.today else day

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
                _("← busiest") if hour == busiest else "",
            )
            for hour in range(min(report.hours), max(report.hours) + 1)
        ]

    def days(self, report: Report) -> list[BarLine]:
        """Sales per day of a longer period, per month where days would be too many; nothing for a single day."""
        if report.first == report.last:
            return []
        long = (report.last - report.first).days >= MOST_DAYS
        sums: dict[str, int] = {}
        for day, amount in report.days.items():
            words = month_words(day) if long else bar_date(date.fromisoformat(day), language())
            sums[words] = sums.get(words, 0) + amount
        return [BarLine(words, amount, thousands(amount // 1000)) for words, amount in sums.items()]

    def tenders(self, report: Report) -> list[BarLine]:
        """How money came."""
        got = report.figures
        pairs = [(_("Cash"), got.cash), (_("QRIS"), got.qris), (_("Tab"), got.tab), (_("Transfer"), got.transfer)]
        if self.blind or not any(amount for _words, amount in pairs):
            return []
        return [
            BarLine(words, amount, thousands(amount), series=place)
            for place, (words, amount) in enumerate(pairs, start=1)
        ]

    def no_tenders(self) -> str:
        """What stands in the empty chart of tenders."""
        if self.blind:
            return _("Shown when the drawer has been counted.")
        return _("No sales in this period.")

    def categories(self, report: Report) -> list[BarLine]:
        """Sales by category: the largest in colours of their own, the others together."""
        named = [(reporting.category_words(code), amount) for code, amount in report.categories]
        if len(named) > SERIES:
            rest = sum(amount for _words, amount in named[SERIES - 1 :])
            named = [*named[: SERIES - 1], (_("Others"), rest)]
        shares = [f"{share} %" if share is not None else "" for share in percents([amount for _words, amount in named])]
        return [
            BarLine(words, amount, thousands(amount), share, series=place)
            for place, ((words, amount), share) in enumerate(zip(named, shares, strict=True), start=1)
        ]

    def owed(self, report: Report) -> list[BarLine]:
        """Who is owed most now, and the others together."""
        lines = [BarLine(one.name, one.amount, thousands(one.amount)) for one in report.owed[:MOST_OWED]]
        rest = report.owed[MOST_OWED:]
        if rest:
            amount = sum(one.amount for one in rest)
            words = _("{count} others").format(count=len(rest))
            lines.append(BarLine(words, amount, thousands(amount), series=SERIES))
        return lines

    def sellers(self, report: Report) -> list[SellerLine]:
        """The best sellers by rupiah."""
        return [
            SellerLine(rank, one.name, _quantity(one), thousands(one.total), one.total)
            for rank, one in enumerate(report.sellers, start=1)
        ]

    def seller_bars(self, report: Report) -> list[BarLine]:
        """The same as bars."""
        return [BarLine(one.name, one.amount, one.total, f"({one.quantity})") for one in self.sellers(report)]

    def share_text(self, report: Report) -> str:
        """What producers earned in the period, and what they are owed now; a difference of cash."""
        text = _("Producers' share {share} · Unpaid now {unpaid}")
        text = text.format(share=rupiah(report.share), unpaid=rupiah(report.unpaid))
        if report.figures.over_short and not self.blind:
            cash = _("Cash difference {amount}").format(amount=rupiah(report.figures.over_short))
            text = f"{text} · {cash}"
        return text

    # On paper and in files -------------------------------------------------------------------------------------------

    def print_work(self, report: Report) -> Callable[[], bool]:
        """What a worker does to print the summary; whether there was a printer."""
        counter, blind = self.counter, self.blind

        def work() -> bool:
            from pos_app.services import day_papers, printing  # late: printing

            with closing(counter.ledger.another()) as own:
                return printing.print_now(own, day_papers.summary(own, report, counter.clock(), blind=blind))

        return work

    def save_work(self, report: Report, kind: str, folder: Path) -> Callable[[], Path]:
        """What a worker does to write the report into a folder, as ``xlsx`` or ``pdf``."""
        counter, blind, at = self.counter, self.blind, self.counter.clock()

        def work() -> Path:
            from pos_app.services import day_papers  # late: printing and spreadsheets

            with closing(counter.ledger.another()) as own:
                return day_papers.save(own, report, at, kind, folder, blind=blind)

        return work

    def printed(self, *, printed: bool) -> Message:
        """What became of the summary."""
        return past_the_queue(_("Summary printed."), printed=printed)

    def failed(self, error: Exception) -> Message:
        """Why reading or printing failed. Errors that are bugs are raised again."""
        return failure(error, str(self.counter.ledger.path))


def month_words(day: str) -> str:
    """``Okt 2026`` of an ISO date."""
    return f"{MONTHS[language()][int(day[5:7]) - 1][:3]} {day[:4]}"


def _change(now: int, before: int, whose: str) -> str:
    """``▲ 12 % · Jumat 14/11``; empty where there is nothing to compare with."""
    if before <= 0:
        return ""
    percent = (now - before) * 100 // before if now >= before else -((before - now) * 100 // before)
    arrow = "▲" if percent > 0 else "▼" if percent < 0 else "="
    return f"{arrow} {abs(percent)} % · {whose}"


def _difference(now: int, before: int, whose: str) -> str:
    arrow = "▲" if now > before else "▼" if now < before else "="
    return f"{arrow} {abs(now - before)} · {whose}"


def _quantity(seller: Seller) -> str:
    text = quantity_text(seller.quantity)
    return text if seller.unit == "pcs" else f"{text} {seller.unit}"


def percents(amounts: Sequence[int]) -> list[int | None]:
    """Whole per cent of each amount, together 100: what rounding leaves goes to the largest remainders.

    None for all where they do not come to more than 0.
    """
    whole = sum(amounts)
    if whole <= 0:
        return [None] * len(amounts)
    shares = [amount * 100 // whole for amount in amounts]
    by_remainder = sorted(range(len(amounts)), key=lambda place: -(amounts[place] * 100 % whole))
    for place in by_remainder[: 100 - sum(shares)]:
        shares[place] += 1
    return list(shares)
