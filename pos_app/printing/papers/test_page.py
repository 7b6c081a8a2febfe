"""The page that shows whether a printer is set up well."""

from pos_app.i18n import _
from pos_app.printing.layout import Barcode, Block, Columns, Cut, Item, Paper, Rule, Text
from pos_app.printing.papers.common import Issue, Letterhead, head, moment_text

SAMPLE_NUMBER = "ST-MTR001A-000001"


def printer_test(letterhead: Letterhead, at: str, columns: int) -> Paper:
    """A page with a ruler of ``columns`` letters: when the ruler breaks, the setting is too wide."""
    title = _("PRINTER TEST")
    blocks: list[Block] = [
        *head(letterhead, Issue(at, "", ""), title=title),
        Columns(_("Time"), moment_text(at)),
        Columns(_("Columns"), str(columns)),
        Text("".join(str(place % 10) for place in range(1, columns + 1))),
        Text(_("The digits above must stand on one line.")),
        Rule(),
        Item("Keripik Pisang Cokelat 200 g", "2 x 16.000", "32.000"),
        Columns(_("TOTAL"), "Rp 32.000", bold=True, double=True),
        Text(_("At the left")),
        Text(_("In the centre"), "centre"),
        Text(_("At the right"), "right"),
        Text(_("Bold letters"), bold=True),
        Barcode(SAMPLE_NUMBER),
        Text(_("Scan the code: it must read {number}").format(number=SAMPLE_NUMBER), "centre"),
        Cut(),
    ]
    return Paper("test", "TEST", title, tuple(blocks))
