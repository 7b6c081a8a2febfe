"""A QR code on paper with the amount: for a buyer who cannot read the screen. It is no receipt."""

from pos_app.domain.formats import rupiah
from pos_app.domain.qris import is_static, merchant
from pos_app.i18n import _
from pos_app.printing.layout import QR, Block, Columns, Cut, Paper, Rule, Text
from pos_app.printing.papers.common import Issue, Letterhead, head, moment_text


def qris_slip(payload: str, amount: int, at: str, letterhead: Letterhead) -> Paper:
    """A verified ``payload`` as a code drawn in dots, and ``amount`` (rupiah).

    A static code does not hold the amount: the paper then asks the buyer to type it.
    """
    title = _("PAY BY QRIS")
    who = merchant(payload)
    blocks: list[Block] = [
        *head(letterhead, Issue(at, "", ""), title=title),
        Columns(_("Time"), moment_text(at)),
        Rule(),
        Columns(_("TOTAL"), rupiah(amount), bold=True, double=True),
        QR(payload, native=False),
        Text(who.name, "centre", bold=True),
    ]
    if who.nmid:
        blocks.append(Text(f"NMID {who.nmid}", "centre"))
    if is_static(payload):
        blocks.append(Text(_("Type the amount {amount} yourself.").format(amount=rupiah(amount)), "centre", bold=True))
    blocks += [Rule(), Text(_("Not a receipt. Show the cashier when it is paid."), "centre"), Cut()]
    return Paper("qris_slip", "QRIS", title, tuple(blocks))
