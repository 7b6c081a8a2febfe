"""The report of a shift that goes on (X): nothing is closed by it, and it has no number of its own."""

from dataclasses import dataclass

from pos_app.domain.corrections import Corrections
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.printing.layout import Block, Columns, Cut, Facts, Paper, Rule, Text
from pos_app.printing.papers.common import Letterhead, moment_text
from pos_app.printing.papers.shift_sections import (
    corrected,
    counts,
    drawer,
    heading,
    producers_and_tabs,
    sales,
    section,
    tenders,
)
from sync.documents.base import FIGURES
from sync.documents.shift import expected_cash


@dataclass(frozen=True, slots=True)
class Standing:
    """A shift that is open. ``at`` is now, ``asked_by`` a name, ``float`` rupiah."""

    number: str
    opened_at: str
    at: str
    asked_by: str
    float: int
    figures: dict[str, int]


def x_report(shift: Standing, letterhead: Letterhead, corrections: Corrections, *, blind: bool) -> Paper:
    """How the shift stands. ``blind``: nothing that tells how much cash should lie in the drawer.

    Nor what came otherwise: the day's sales, which a cashier sees on the board, less that is the cash.
    """
    title = _("X REPORT - NOT CLOSED")
    figures = {name: shift.figures.get(name, 0) for name in FIGURES}
    pairs = (
        (_("Shift number"), shift.number),
        (_("Opened"), moment_text(shift.opened_at)),
        (_("Time"), moment_text(shift.at)),
        (_("Asked by"), shift.asked_by),
        (_("Till"), f"{letterhead.corner_code} / {letterhead.till}"),
    )
    blocks: list[Block] = [
        *heading(letterhead, title),
        Facts(pairs),
    ]
    if blind:
        blocks += [*section(_("SALES")), *counts(figures)]
    else:
        blocks += [*sales(figures), *tenders(figures), *producers_and_tabs(figures)]
        blocks += [*section(_("CASH IN THE DRAWER")), *drawer(shift.float, figures, corrections.drops)]
        blocks += [Rule(), Columns(_("Expected cash"), rupiah(expected_cash(shift.float, figures)), bold=True)]
    blocks += corrected(corrections, figures)
    if blind:
        blocks += [Rule(), Text(_("Cash is shown when the drawer has been counted."))]
    blocks += [Rule(strong=True), Text(title, "centre", bold=True), Cut()]
    return Paper("x_report", f"{shift.number}-X", title, tuple(blocks))
