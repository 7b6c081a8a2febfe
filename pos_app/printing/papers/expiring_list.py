"""Goods near their last day, to carry to the shelves: what to take off, what to sell cheaper, with a box to tick."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pos_app.domain.dates import short_date
from pos_app.domain.formats import thousands
from pos_app.i18n import _, ngettext
from pos_app.printing.layout import Block, Column, Cut, Facts, Paper, Rule, Space, Table, Text
from pos_app.printing.papers.common import Letterhead, day_text, moment_text, quantity_with_unit
from pos_app.printing.papers.shift_sections import heading


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """One batch: quantity in thousandths, last day as ISO date, the lower price in rupiah where there is one."""

    shelf: str
    name: str
    producer: str
    quantity: int
    unit: str
    expires_on: str
    expired: bool
    price: int | None = None
    to_return: bool = False


def expiring_list(
    rows: Sequence[ExpiringRow], today: date, letterhead: Letterhead, *, at: str, sheet: bool = False
) -> Paper:
    """The batches by shelf; without shelves by their last day."""
    title = _("GOODS NEAR EXPIRY")
    count = ngettext("{count} batch", "{count} batches", len(rows)).format(count=len(rows))
    blocks: list[Block] = [
        *heading(letterhead, title),
        Facts(((_("Day"), short_date(today)), (_("Time"), moment_text(at)), (_("In all"), count))),
        Rule(),
    ]
    by_shelf = sorted(rows, key=lambda row: (not row.shelf, row.shelf))
    for shelf, group in groupby(by_shelf, key=lambda row: row.shelf):
        if shelf:
            blocks.append(Text(_("Shelf {name}").format(name=shelf), bold=True))
        elif by_shelf[0].shelf:
            blocks.append(Text(_("Without a shelf"), bold=True))
        blocks += _table(list(group))
    if not rows:
        blocks.append(Text(_("Nothing is near its last day.")))
    blocks += [Space(), Cut()]
    return Paper(
        "expiring_list", f"SEGERA-{today.isoformat()}", title, tuple(blocks), size="sheet" if sheet else "roll"
    )


def _table(rows: Sequence[ExpiringRow]) -> Iterator[Block]:
    columns = (Column(_("Quantity"), _("Qty")), Column(_("Last day"), _("Until")), Column(_("What to do"), _("Do")))
    cells = tuple(
        (
            f"[ ] {row.name} · {row.producer}",
            quantity_with_unit(row.quantity, row.unit),
            day_text(row.expires_on),
            _to_do(row),
        )
        for row in rows
    )
    yield Table(_("Goods"), columns, cells)
    yield Rule()


def _to_do(row: ExpiringRow) -> str:
    if row.to_return:
        return _("give back")
    if row.expired:
        return _("take off")
    return thousands(row.price) if row.price is not None else "-"
