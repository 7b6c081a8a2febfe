"""Papers for producers that are no documents: the statement of a period, what to deliver tomorrow, what is owed by age.

The first two are made to be sent and read on a telephone: one page, plain words, nothing but the business's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pos_app.domain.dates import DAYS, short_date
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import N_, _, language
from pos_app.printing.layout import Block, Column, Columns, Cut, Facts, Paper, Rule, Space, Table, Text
from pos_app.printing.papers.common import Issue, Letterhead, day_text, head, moment_text, signed

if TYPE_CHECKING:
    from datetime import date

    from sync.documents.money import SettledGoods

DEDUCTED: Final = "deducted"
CHANGES: Final = {
    "sold": N_("Your share of sales"),
    "refunded": N_("Brought back by buyers"),
    "bought": N_("Bought by the corner"),
    "lost": N_("Losses the corner bears"),
    "opening": N_("From the paper book"),
    "debt": N_("Debts you paid"),
    DEDUCTED: N_("Kept by the corner"),
    "paid": N_("Paid to you"),
}
"""Why a payable changed, in the order of the paper."""
SLIPS: Final = 3
"""Slips that a short statement names one by one; more are one sum."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A payment: number, ISO date and rupiah, below zero for one that was undone; what was kept, by reason."""

    number: str
    date: str
    amount: int
    kept: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement says; rupiah, goods as on a payment slip. ``changes`` by the names of ``CHANGES``.

    ``since`` is the slip after which it begins. ``documents`` are number, ISO date and change of the payable.
    """

    producer: str
    name: str
    first: date | None
    last: date
    since: str
    opening: int
    changes: dict[str, int]
    closing: int
    goods: tuple[SettledGoods, ...]
    slips: tuple[Slip, ...]
    documents: tuple[tuple[str, str, int], ...] = ()
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Goods to deliver: thousandths, and in tenths what sells a day."""

    name: str
    unit: str
    quantity: int
    left: int
    average: int


@dataclass(frozen=True, slots=True)
class AgedRow:
    """A producer in the list by age; rupiah."""

    name: str
    spans: tuple[int, ...]
    amount: int
    overdue: int


def producer_statement(told: Told, letterhead: Letterhead, at: str, most: int | None = None) -> Paper:
    """The statement in short, with at most ``most`` goods by name; the rest is one line."""
    shown = told.goods if most is None else told.goods[:most]
    blocks = _begun(told, letterhead, at)
    if told.goods:
        columns = (*_pieces(), Column(_("Your share"), beside_name=True))
        rows: list[tuple[str, ...]] = [(_named(line), *_counted((line,)), thousands(line.share)) for line in shown]
        if rest := told.goods[len(shown) :]:
            rows.append(_others(rest))
        blocks += [Table(_("Goods"), columns, tuple(rows)), Rule()]
    return _ended(told, [*blocks, *_sums(told, SLIPS)])


def full_statement(told: Told, letterhead: Letterhead, at: str) -> Paper:
    """The statement with every product's way from start to what is left, every slip and every document."""
    blocks = _begun(told, letterhead, at)
    if told.goods:
        columns = (
            *_pieces(),
            Column(_("Sales"), beside_name=True),
            Column(_("Commission")),
            Column(_("Your share")),
        )
        blocks += [Table(_("Goods"), columns, tuple(_way(line) for line in told.goods)), Rule()]
    blocks += _sums(told, len(told.slips))
    if told.documents:
        rows = tuple((f"{day_text(day)} {number}", signed(amount)) for number, day, amount in told.documents)
        blocks += [Rule(), Table(_("Documents"), (Column(_("Payable"), beside_name=True),), rows)]
    return _ended(told, blocks)


def delivery_request(
    producer: str, name: str, day: date, wanted: tuple[Wanted, ...], target: int, letterhead: Letterhead, at: str
) -> Paper:
    """What a producer is asked to deliver on ``day``, and how that was worked out."""
    title = _("PLEASE DELIVER")
    words = DAYS[language()][day.weekday()]
    columns = (Column(_("Left")), Column(_("A day")), Column(_("Deliver"), beside_name=True))
    rows = tuple(
        (_with_unit(one.name, one.unit), quantity_text(one.left), tenths(one.average), quantity_text(one.quantity))
        for one in wanted
    )
    formula = _("Deliver = sold a day x {days} days (fewer if it keeps less) - what is left and keeps, rounded up.")
    blocks: list[Block] = [
        *head(letterhead, Issue(at, "", ""), title=title),
        Facts(((_("For"), f"{name} ({producer})"), (_("Made"), moment_text(at)))),
        Space(),
        Text(_("On {day} {date} please deliver:").format(day=words, date=short_date(day)), bold=True),
        Space(),
        Table(_("Goods"), columns, rows),
        Rule(),
        Text(formula.format(days=target), small=True),
        Text(_("Sold a day: average of the last 14 days on which the corner was open and had the goods."), small=True),
        Text(_("The quantities are a suggestion. Tell the corner when you cannot come."), small=True),
        Cut(),
    ]
    return Paper("delivery_request", f"ANTAR-{producer}-{day.isoformat()}", title, tuple(blocks), size="sheet")


def ageing_list(
    day: date, titles: tuple[str, ...], rows: tuple[AgedRow, ...], letterhead: Letterhead, at: str
) -> Paper:
    """What is owed to producers by age; ``titles`` name the spans."""
    title = _("WHAT IS OWED TO PRODUCERS BY AGE")
    columns = (*(Column(words) for words in titles), Column(_("Overdue")), Column(_("Total"), beside_name=True))
    cells = tuple((row.name, *(thousands(amount) for amount in (*row.spans, row.overdue, row.amount))) for row in rows)
    blocks: list[Block] = [
        *head(letterhead, Issue(at, "", ""), title=title),
        Facts(((_("Day"), short_date(day)), (_("Made"), moment_text(at)))),
        Rule(),
        Table(_("Producer"), columns, cells),
        Rule(),
        Text(_("Age in days since it was earned. Payments clear the oldest first."), small=True),
        Cut(),
    ]
    return Paper("ageing", f"UMUR-UTANG-{day.isoformat()}", title, tuple(blocks), size="sheet")


def tenths(number: int) -> str:
    """``6,3`` of 63 tenths, ``6`` of 60."""
    whole, rest = divmod(number, 10)
    return f"{whole},{rest}" if rest else str(whole)


def _begun(told: Told, letterhead: Letterhead, at: str) -> list[Block]:
    pairs = (
        (_("For"), f"{told.name} ({told.producer})"),
        (_("Period"), _period(told)),
        (_("Made"), moment_text(at)),
    )
    return [*head(letterhead, Issue(at, "", ""), title=_("CONSIGNMENT STATEMENT")), Facts(pairs), Rule()]


def _ended(told: Told, blocks: list[Block]) -> Paper:
    blocks += [
        Rule(strong=True),
        Columns(_("OWED TO YOU") if told.closing >= 0 else _("YOU OWE"), rupiah(abs(told.closing)), True, True),
        Space(),
    ]
    if not told.sound:
        blocks.append(Text(_("These figures do not agree with the books. Ask the manager."), bold=True))
    blocks.append(Text(_("This is no receipt: every payment has a slip of its own."), "centre", small=True))
    number = f"REKAP-{told.producer}-{told.last.isoformat()}"
    return Paper("producer_statement", number, _("CONSIGNMENT STATEMENT"), (*blocks, Cut()), size="sheet")


def _period(told: Told) -> str:
    last = short_date(told.last)
    if told.since:
        first = short_date(told.first) if told.first else ""
        return _("since slip {number} of {first}, until {last}").format(number=told.since, first=first, last=last)
    if told.first is None:
        return _("until {date}").format(date=last)
    return last if told.first == told.last else _("{first} to {last}").format(first=short_date(told.first), last=last)


def _sums(told: Told, slips: int) -> list[Block]:
    """From what was owed before to what is owed at the end."""
    gross = sum(line.gross for line in told.goods)
    commission = gross - sum(line.share for line in told.goods)
    blocks: list[Block] = []
    if gross or commission:
        blocks += [
            Columns(_("Sales, less what came back"), rupiah(gross)),
            Columns(_("Commission"), rupiah(-commission)),
            Columns(_("Your share of it"), rupiah(gross - commission), bold=True),
            Rule(),
        ]
    blocks.append(Columns(_("Owed before"), rupiah(told.opening)))
    for what, words in CHANGES.items():
        amount = told.changes.get(what, 0)
        if what == "paid" and 0 < len(told.slips) <= slips:
            paid = _("Paid {date}, {number}")
            blocks += [
                Columns(paid.format(date=day_text(slip.date), number=slip.number), rupiah(-slip.amount))
                for slip in told.slips
            ]
        elif amount:
            blocks.append(Columns(_kept(told) if what == DEDUCTED else _(words), rupiah(amount)))
    return blocks


def _kept(told: Told) -> str:
    """What the corner kept, with its reasons."""
    words = _(CHANGES[DEDUCTED])
    reasons = list(dict.fromkeys(reason for slip in told.slips for reason, _amount in slip.kept))
    return f"{words} ({', '.join(reasons)})" if reasons else words


def _others(rest: tuple[SettledGoods, ...]) -> tuple[str, ...]:
    """The goods that have no line of their own; pieces and kilograms are not added up."""
    words = _("and {count} more").format(count=len(rest))
    share = thousands(sum(line.share for line in rest))
    if len({line.unit for line in rest}) > 1:
        return words, *("-" for _column in _pieces()), share
    return _with_unit(words, rest[0].unit), *_counted(rest), share


def _pieces() -> tuple[Column, ...]:
    """Start + in - sold - returned - lost = left."""
    titles = (_("Start"), _("In"), _("Sold"), _("Returned"), _("Lost"), _("Left"))
    shorts = (_("Start"), _("In"), _("Sold"), _("Ret."), _("Lst."), _("Left"))
    return tuple(Column(title, short) for title, short in zip(titles, shorts, strict=True))


def _counted(lines: tuple[SettledGoods, ...]) -> tuple[str, ...]:
    """The figures of ``_pieces``."""
    names = ("start", "received", "sold", "returned", "lost", "left")
    return tuple(quantity_text(sum(getattr(line, name) for line in lines)) for name in names)


def _way(line: SettledGoods) -> tuple[str, ...]:
    money = (line.gross, line.gross - line.share, line.share)
    return _named(line), *_counted((line,)), *(thousands(one) for one in money)


def _named(line: SettledGoods) -> str:
    return _with_unit(line.name, line.unit)


def _with_unit(name: str, unit: str) -> str:
    return name if unit == "pcs" else f"{name} ({unit})"
