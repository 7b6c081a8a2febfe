"""What the reports of a shift share, the one at its end (Z) and those before (X). ``figures`` are the shift's."""

from typing import Final

from pos_app.domain.corrections import Corrections
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.layout import Block, Columns, Rule, Text
from pos_app.printing.papers.common import Letterhead, signed, training_mark

NOTHING_CORRECTED: Final = Corrections()


def heading(letterhead: Letterhead, title: str) -> list[Block]:
    """The top of a paper that is no document: no number, nothing to check."""
    blocks: list[Block] = [training_mark()] if letterhead.training else []
    return [
        *blocks,
        Text(_("POJOK UMKM"), "centre", bold=True, double=True),
        Text(letterhead.corner_name, "centre", bold=True),
        Rule(strong=True),
        Text(title, "centre", bold=True),
    ]


def section(title: str) -> list[Block]:
    """A heading below a line."""
    return [Rule(), Text(title, bold=True)]


def sales(figures: dict[str, int]) -> list[Block]:
    """What was sold, and the corner's part of it."""
    blocks = [
        *section(_("SALES")),
        *counts(figures),
        Columns(_("Net sales"), rupiah(figures["gross"]), bold=True),
        Columns(_("Commission"), rupiah(figures["commission"])),
    ]
    if figures["margin"]:
        blocks.append(Columns(_("Margin on bought goods"), rupiah(figures["margin"])))
    blocks.append(Columns(_("Rounding"), signed(figures["rounding"])))
    return blocks


def counts(figures: dict[str, int]) -> list[Block]:
    """How many sales and refunds."""
    return [
        Columns(_("Number of sales"), thousands(figures["sales"])),
        Columns(_("Number of refunds"), thousands(figures["refunds"])),
    ]


def tenders(figures: dict[str, int]) -> list[Block]:
    """How money came."""
    return [
        *section(_("TENDERS (LESS REFUNDS)")),
        Columns(_("Cash"), rupiah(figures["tender_cash"])),
        Columns(_("QRIS"), rupiah(figures["tender_qris"])),
        Columns(_("Staff tab"), rupiah(figures["tender_tab"])),
        Columns(_("Transfer"), rupiah(figures["tender_transfer"])),
    ]


def producers_and_tabs(figures: dict[str, int]) -> list[Block]:
    """What producers were paid, and what was repaid on tabs."""
    return [
        *section(_("PRODUCERS AND TABS")),
        Columns(_("Producers paid in cash"), rupiah(figures["settlements_cash"])),
        Columns(_("Producers paid by transfer"), rupiah(figures["settlements_transfer"])),
        Columns(_("Tab repaid in cash"), rupiah(figures["tab_payments_cash"])),
        Columns(_("Tab repaid otherwise"), rupiah(figures["tab_payments_other"])),
    ]


def drawer(opening_float: int, figures: dict[str, int], drops: int) -> list[Block]:
    """How the cash in the drawer came about (rule 7); drops to the safe are told apart from cash that was spent."""
    blocks: list[Block] = [
        Columns(_("Opening float"), thousands(opening_float)),
        Columns(_("+ Cash received"), thousands(figures["cash_received"])),
        Columns(_("- Change given"), thousands(figures["change"])),
        Columns(_("+ Tab repaid in cash"), thousands(figures["tab_payments_cash"])),
        Columns(_("+ Cash in"), thousands(figures["cash_in"])),
        Columns(_("- Refunds in cash"), thousands(figures["refunds_cash"])),
        Columns(_("- Cash out"), thousands(figures["cash_out"] - drops)),
    ]
    if drops:
        blocks.append(Columns(_("- Dropped to the safe"), thousands(drops)))
    return [*blocks, Columns(_("- Producers paid in cash"), thousands(figures["settlements_cash"]))]


def corrected(corrections: Corrections, figures: dict[str, int]) -> list[Block]:
    """What was put right: for whoever reads the report without having stood there."""
    discounted = _("Discounts: {count}").format(count=thousands(corrections.discounts))
    return [
        *section(_("CORRECTIONS")),
        Columns(_("Refunds"), thousands(figures["refunds"])),
        Columns(_("Reversals"), thousands(corrections.reversals)),
        Columns(discounted, rupiah(corrections.discounted)),
        Columns(_("Lines removed before payment"), thousands(corrections.removed)),
        Columns(_("Drawer opened without a sale"), thousands(corrections.drawer_openings)),
    ]
