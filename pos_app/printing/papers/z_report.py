"""The report of a closed shift (Z), with the signed head of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.layout import QR, Block, Columns, Cut, Paper, Rule, Signatures, Space, Text
from pos_app.printing.papers.common import Issue, Letterhead, head, identity, moment_text, remarks, signed
from sync.documents.base import FIGURES
from sync.documents.shift import ShiftClosed


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A QRIS payment that no bank statement has confirmed yet; ``amount`` in rupiah."""

    number: str
    reference: str
    amount: int


def z_report(
    closed: ShiftClosed,
    issue: Issue,
    letterhead: Letterhead,
    *,
    unmatched: Sequence[Unmatched] = (),
    seq: int = 0,
    signature: str = "",
) -> Paper:
    """All figures of the shift. ``seq`` and ``issue.hash`` are the Z's own entry, ``signature`` the till's Ed25519
    signature over that hash as text; whoever rewrites the journal later cannot rewrite this paper."""
    title = _("CLOSING REPORT (Z)")
    figures = {name: closed.figures.get(name, 0) for name in FIGURES}
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(
            closed.number,
            issue,
            (_("Shift number"), closed.shift),
            (_("Opened"), moment_text(closed.opened_at)),
            (_("Till"), f"{letterhead.corner_code} / {letterhead.till}"),
        )[:-1],
        *_sales(figures),
        *_tenders(figures),
        *_unmatched(unmatched, figures),
        *_producers_and_tabs(figures),
        *_drawer(closed, figures),
        *_pieces(closed.pieces),
        *remarks(issue),
        *_seal(closed, issue, seq, signature),
        Space(),
        Signatures(_("Cashier"), _("Manager"), issue.cashier, issue.approved_by),
        Cut(),
    ]
    return Paper("z_report", closed.number, title, tuple(blocks))


def _section(title: str) -> list[Block]:
    return [Rule(), Text(title, bold=True)]


def _sales(figures: dict[str, int]) -> list[Block]:
    blocks = _section(_("SALES"))
    blocks += [
        Columns(_("Number of sales"), thousands(figures["sales"])),
        Columns(_("Number of refunds"), thousands(figures["refunds"])),
        Columns(_("Net sales"), rupiah(figures["gross"]), bold=True),
        Columns(_("Commission"), rupiah(figures["commission"])),
    ]
    if figures["margin"]:
        blocks.append(Columns(_("Margin on bought goods"), rupiah(figures["margin"])))
    blocks.append(Columns(_("Rounding"), signed(figures["rounding"])))
    return blocks


def _tenders(figures: dict[str, int]) -> list[Block]:
    return [
        *_section(_("TENDERS (LESS REFUNDS)")),
        Columns(_("Cash"), rupiah(figures["tender_cash"])),
        Columns(_("QRIS"), rupiah(figures["tender_qris"])),
        Columns(_("Staff tab"), rupiah(figures["tender_tab"])),
        Columns(_("Transfer"), rupiah(figures["tender_transfer"])),
    ]


def _unmatched(unmatched: Sequence[Unmatched], figures: dict[str, int]) -> list[Block]:
    if not unmatched and not figures["tender_qris"]:
        return []
    total = sum(payment.amount for payment in unmatched) if unmatched else figures["tender_qris"]
    blocks = _section(_("QRIS NOT YET MATCHED"))
    for payment in unmatched:
        label = _("{number} ref. {reference}").format(number=payment.number, reference=payment.reference or "-")
        blocks.append(Columns(label, thousands(payment.amount)))
    blocks.append(Columns(_("Not yet matched"), rupiah(total), bold=True))
    return blocks


def _producers_and_tabs(figures: dict[str, int]) -> list[Block]:
    return [
        *_section(_("PRODUCERS AND TABS")),
        Columns(_("Producers paid in cash"), rupiah(figures["settlements_cash"])),
        Columns(_("Producers paid by transfer"), rupiah(figures["settlements_transfer"])),
        Columns(_("Tab repaid in cash"), rupiah(figures["tab_payments_cash"])),
        Columns(_("Tab repaid otherwise"), rupiah(figures["tab_payments_other"])),
    ]


def _drawer(closed: ShiftClosed, figures: dict[str, int]) -> list[Block]:
    verdict = _("EXACT") if closed.difference == 0 else _("OVER") if closed.difference > 0 else _("SHORT")
    return [
        *_section(_("CASH IN THE DRAWER")),
        Columns(_("Opening float"), thousands(closed.float)),
        Columns(_("+ Cash received"), thousands(figures["cash_received"])),
        Columns(_("- Change given"), thousands(figures["change"])),
        Columns(_("+ Tab repaid in cash"), thousands(figures["tab_payments_cash"])),
        Columns(_("+ Cash in"), thousands(figures["cash_in"])),
        Columns(_("- Refunds in cash"), thousands(figures["refunds_cash"])),
        Columns(_("- Cash out"), thousands(figures["cash_out"])),
        Columns(_("- Producers paid in cash"), thousands(figures["settlements_cash"])),
        Rule(),
        Columns(_("Expected cash"), rupiah(closed.expected), bold=True),
        Columns(_("Counted cash"), rupiah(closed.counted), bold=True),
        Columns(
            _("DIFFERENCE {verdict}").format(verdict=verdict),
            f"{'+' if closed.difference > 0 else ''}{rupiah(closed.difference)}",
            bold=True,
        ),
        Rule(),
        Columns(_("Deposited"), thousands(closed.deposit)),
        Columns(_("Tomorrow's float"), thousands(closed.counted - closed.deposit)),
    ]


def _pieces(pieces: dict[str, int]) -> list[Block]:
    if not pieces:
        return []
    blocks = _section(_("NOTES AND COINS"))
    for value in sorted((int(value) for value in pieces if pieces[value]), reverse=True):
        count = pieces[str(value)]
        blocks.append(Columns(f"{thousands(value)} x {thousands(count)}", thousands(value * count)))
    return blocks


def _seal(closed: ShiftClosed, issue: Issue, seq: int, signature: str) -> list[Block]:
    blocks = _section(_("SIGNED HEAD OF THE JOURNAL"))
    blocks += [
        Columns(_("First entry of the shift"), str(closed.first_seq)),
        Columns(_("This entry"), str(seq)),
        Text(_("Hash of the entry before:"), small=True),
        Text(closed.head, small=True),
        Text(_("Hash of this entry:"), small=True),
        Text(issue.hash, small=True),
        Text(_("Signature of the till (Ed25519):"), small=True),
        Text(signature or _("unsigned: the till has no key yet"), small=True),
        QR(f"POJOK-Z {closed.number} {seq} {issue.hash} {signature or '-'}"),
    ]
    return blocks
