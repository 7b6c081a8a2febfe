"""Tables on paper, as PDF. Letters are Bitstream Vera, which comes with reportlab."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sync.server.pages.texts import _

REGULAR, BOLD = "Vera", "VeraBd"
MOST_ROWS = 3_000
"""Of one paper; more is for a spreadsheet."""
WIDE_FROM = 6
"""Columns from which on the paper lies on its side."""
MARGIN = 36
SIZE = 8
_loading = threading.Lock()


def load_letters() -> None:
    """Make the letters known to reportlab, once for all threads."""
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _loading:
        if REGULAR not in pdfmetrics.getRegisteredFontNames():
            fonts = Path(reportlab.__file__).parent / "fonts"
            for name in (BOLD, REGULAR):
                pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))


def table_paper(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], numeric: set[int]) -> bytes:
    """The rows on A4 under their headings, which stand on every page; the columns in ``numeric`` to the right."""
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer

    load_letters()
    plain = ParagraphStyle("plain", fontName=REGULAR, fontSize=SIZE, leading=SIZE * 1.3, splitLongWords=True)
    number = ParagraphStyle("number", plain, alignment=TA_RIGHT)
    bold = ParagraphStyle("bold", plain, fontName=BOLD)
    heading = ParagraphStyle("heading", plain, fontName=BOLD, fontSize=14, leading=18)
    page = landscape(A4) if len(headings) >= WIDE_FROM else A4

    def cells(row: Sequence[str]) -> list[Any]:
        return [Paragraph(escape(cell), number if at in numeric else plain) for at, cell in enumerate(row)]

    lines = [[Paragraph(escape(text), bold) for text in headings], *map(cells, rows[:MOST_ROWS])]
    width = page[0] - 2 * MARGIN
    table = LongTable(lines, colWidths=_widths(headings, rows, width), repeatRows=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#E9EDF4")),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#D5DBE5")),
        ]
    )
    story: list[Any] = [Paragraph(escape(title), heading), Spacer(1, 8), table]
    if len(rows) > MOST_ROWS:
        more = _("Only the first {count} rows are on paper; a spreadsheet holds all.").format(count=MOST_ROWS)
        story += [Spacer(1, 8), Paragraph(escape(more), plain)]
    buffer = io.BytesIO()
    margins: dict[str, Any] = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    SimpleDocTemplate(buffer, pagesize=page, title=title, **margins).build(
        story, onFirstPage=_number_page, onLaterPages=_number_page
    )
    return buffer.getvalue()


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]], width: float) -> list[float]:
    """A column is as wide as its texts are long, within reason."""
    sample = [headings, *rows[:200]]
    longest = [
        min(max(6, *(len(row[column]) for row in sample if column < len(row))), 40) for column in range(len(headings))
    ]
    return [width * length / sum(longest) for length in longest]


def _number_page(canvas: Any, document: Any) -> None:
    canvas.setFont(REGULAR, SIZE)
    canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, str(document.page))
