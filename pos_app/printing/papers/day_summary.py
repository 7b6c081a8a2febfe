"""What a period brought, on a roll or a sheet: figures alone, nothing to sign."""

from dataclasses import dataclass
from datetime import date

from pos_app.domain.dates import short_date
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.layout import Block, Columns, Cut, Facts, Paper, Rule, Space, Text
from pos_app.printing.papers.common import Letterhead, moment_text
from pos_app.printing.papers.shift_sections import heading, section

Figures = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A period in words and figures; ``parts`` are titles with what stands below them, in rupiah."""

    first: date
    last: date
    at: str
    counts: Figures
    amounts: Figures
    parts: tuple[tuple[str, Figures], ...]


def day_summary(told: Told, letterhead: Letterhead, *, sheet: bool = False) -> Paper:
    """The summary of a day or a longer period."""
    title = _("SALES SUMMARY")
    first, last = short_date(told.first), short_date(told.last)
    days = first if told.first == told.last else _("{first} to {last}").format(first=first, last=last)
    pairs = (
        (_("Period"), days),
        (_("Time"), moment_text(told.at)),
        (_("Till"), f"{letterhead.corner_code} / {letterhead.till}"),
    )
    blocks: list[Block] = [
        *heading(letterhead, title),
        Facts(pairs),
        Rule(),
        *(Columns(words, thousands(number)) for words, number in told.counts),
        *(Columns(words, rupiah(amount)) for words, amount in told.amounts if amount),
    ]
    for words, figures in told.parts:
        blocks += [*section(words), *(Columns(name, rupiah(amount)) for name, amount in figures)]
        if not figures:
            blocks.append(Text(_("No sales in this period.")))
    blocks += [Space(), Cut()]
    number = f"LAPORAN-{told.first.isoformat()}-{told.last.isoformat()}"
    return Paper("day_summary", number, title, tuple(blocks), size="sheet" if sheet else "roll")
