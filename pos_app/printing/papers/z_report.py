"""The report of a closed shift (Z), with the signed head of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.corrections import Corrections
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.layout import QR, Block, Columns, Cut, Paper, Rule, Signatures, Space, Text
from pos_app.printing.papers.common import Issue, Letterhead, head, identity, moment_text, remarks
from pos_app.printing.papers.shift_sections import (
    NOTHING_CORRECTED,
    corrected,
    drawer,
    producers_and_tabs,
    sales,
    section,
    tenders,
)
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
    unmatched_in_all: int = 0,
    corrections: Corrections = NOTHING_CORRECTED,
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
        *sales(figures),
        *tenders(figures),
        *_unmatched(unmatched, unmatched_in_all),
        *producers_and_tabs(figures),
        *_drawer(closed, figures, corrections.drops),
        *_pieces(closed.pieces),
        *corrected(corrections, figures),
        *remarks(issue),
        *_seal(closed, issue, seq, signature),
        Space(),
        Signatures(_("Cashier"), _("Manager"), issue.cashier, issue.approved_by),
        Cut(),
    ]
    return Paper("z_report", closed.number, title, tuple(blocks))


def _unmatched(unmatched: Sequence[Unmatched], in_all: int) -> list[Block]:
    """What the bank has not confirmed: of this shift, and with what was open before (``in_all``)."""
    if not unmatched and not in_all:
        return []
    total = sum(payment.amount for payment in unmatched)
    blocks = section(_("QRIS NOT YET MATCHED"))
    for payment in unmatched:
        blocks.append(Columns(payment.number, thousands(payment.amount)))
        if payment.reference:
            blocks.append(Text(_("  ref. {reference}").format(reference=payment.reference)))
    blocks.append(Columns(_("Not yet matched"), rupiah(total), bold=True))
    if in_all and in_all != total:
        blocks.append(Columns(_("Not matched in all"), rupiah(in_all)))
    return blocks


def _drawer(closed: ShiftClosed, figures: dict[str, int], drops: int) -> list[Block]:
    verdict = _("EXACT") if closed.difference == 0 else _("OVER") if closed.difference > 0 else _("SHORT")
    return [
        *section(_("CASH IN THE DRAWER")),
        *drawer(closed.float, figures, drops),
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
    blocks = section(_("NOTES AND COINS"))
    for value in sorted((int(value) for value in pieces if pieces[value]), reverse=True):
        count = pieces[str(value)]
        blocks.append(Columns(f"{thousands(value)} x {thousands(count)}", thousands(value * count)))
    return blocks


def _seal(closed: ShiftClosed, issue: Issue, seq: int, signature: str) -> list[Block]:
    blocks = section(_("SIGNED HEAD OF THE JOURNAL"))
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
