"""The log of events on paper: for whoever looks at it together with the cashier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pos_app.domain.dates import short_date
from pos_app.i18n import _
from pos_app.printing.layout import Block, Cut, Facts, Paper, Rule, Space, Text
from pos_app.printing.papers.common import Letterhead, moment_text
from pos_app.printing.papers.shift_sections import heading

MOST_ROWS = 200
"""More is no paper to read; a file holds them all."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: ISO time, who, what, and of what."""

    at: str
    who: str
    what: str
    detail: str


def event_list(
    rows: Sequence[EventRow], first: date, last: date, letterhead: Letterhead, *, at: str, sheet: bool = False
) -> Paper:
    """The events of some days, the newest first."""
    title = _("LOG OF EVENTS")
    days = _("{first} to {last}").format(first=short_date(first), last=short_date(last))
    pairs = (
        (_("Period"), days),
        (_("Time"), moment_text(at)),
        (_("Till"), f"{letterhead.corner_code} / {letterhead.till}"),
    )
    blocks: list[Block] = [
        *heading(letterhead, title),
        Facts(pairs),
        Rule(),
    ]
    shown = rows if sheet else rows[:MOST_ROWS]
    for row in shown:
        blocks += [Text(f"{moment_text(row.at)} {row.who}", small=True), Text(f"{row.what}  {row.detail}".rstrip())]
    if not rows:
        blocks.append(Text(_("Nothing happened in this period.")))
    if len(shown) < len(rows):
        blocks.append(Text(_("{count} older ones are left out.").format(count=len(rows) - len(shown))))
    blocks += [Space(), Cut()]
    number = f"CATATAN-{first.isoformat()}-{last.isoformat()}"
    return Paper("event_list", number, title, tuple(blocks), size="sheet" if sheet else "roll")
