"""The page that shows whether a printer is set up well."""

from pos_app.i18n import _
from pos_app.printing.layout import QR, Barcode, Block, Columns, Cut, Item, Paper, Rule, Ruler, Text
from pos_app.printing.lines import WIDTHS
from pos_app.printing.papers.common import Issue, Letterhead, head, moment_text

SAMPLE_NUMBER = "ST-MTR001A-000001"


def printer_test(letterhead: Letterhead, at: str, columns: int) -> Paper:
    """A page with a ruler of every width (the longest that is not broken is the right one), letters, both kinds of
    codes, the drawer's pulse and the cut."""
    title = _("PRINTER TEST")
    blocks: list[Block] = [
        *head(letterhead, Issue(at, "", ""), title=title),
        Columns(_("Time"), moment_text(at)),
        Columns(_("Columns"), str(columns)),
        Rule(),
        Text(_("Columns: the longest row of digits that is not broken.")),
        *(Ruler(width) for width in WIDTHS),
        Rule(),
        Item("Keripik Pisang Cokelat 200 g", "2 x 16.000", "32.000"),
        Columns(_("TOTAL"), "Rp 32.000", bold=True, double=True),
        Text(_("At the left")),
        Text(_("In the centre"), "centre"),
        Text(_("At the right"), "right"),
        Text(_("Bold letters"), bold=True),
        Text("Kopi “Robusta” – ½ kg · Rp 12.500 · café", "centre"),
        Rule(),
        Text(_("Code A, drawn as a picture:"), "centre"),
        QR(SAMPLE_NUMBER, native=False),
        Text(_("Code B, drawn by the printer:"), "centre"),
        QR(SAMPLE_NUMBER, native=True),
        Text(_("If B is missing, set the codes to pictures."), "centre"),
        Barcode(SAMPLE_NUMBER),
        Text(_("Scan the code: it must read {number}").format(number=SAMPLE_NUMBER), "centre"),
        Text(_("The drawer opened when this page began; the paper is cut here, where there are such."), "centre"),
        Cut(),
    ]
    return Paper("test", "TEST", title, tuple(blocks), drawer=True)
