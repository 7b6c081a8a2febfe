"""Tables on paper, as PDF. Letters are Bitstream Vera, which comes with reportlab."""

import io
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from sync.server.pages.texts import _

REGULAR, BOLD = "Vera", "VeraBd"
MOST_ROWS = 3_000
"""Of one paper; more is for a spreadsheet."""
WIDE_FROM = 6
"""Columns from which on the paper lies on its side."""
MARGIN = 36
SIZE = 8
PADDING = 5
SMALLEST = 0.6
"""To this part of their size letters shrink, so that words stay whole."""
WIDEST = 260.0
"""Points of a column's text, beyond which it is broken into lines."""
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


class Table(NamedTuple):
    """Rows under their headings, a row of ``sums`` below them, and which columns hold numbers."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    sums: Sequence[str]
    numeric: set[int]


def table_paper(title: str, told: Sequence[str], table: Table) -> bytes:
    """The rows on A4 under their headings, which stand on every page; numbers to the right, no word broken where the
    page can be wide enough for it."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    load_letters()
    plain = ParagraphStyle("plain", fontName=REGULAR, fontSize=SIZE, leading=SIZE * 1.3, splitLongWords=True)
    heading = ParagraphStyle("heading", plain, fontName=BOLD, fontSize=14, leading=18)
    least, longest = _lengths(table)
    page = A4 if sum(least) <= A4[0] - 2 * MARGIN and len(least) < WIDE_FROM else landscape(A4)
    width = page[0] - 2 * MARGIN
    body = _body(table, _widths(least, longest, width), max(min(width / sum(least), 1), SMALLEST))
    story: list[Any] = [Paragraph(escape(title), heading), *(Paragraph(escape(line), plain) for line in told)]
    story += [Spacer(1, 8), body]
    if len(table.rows) > MOST_ROWS:
        more = _("Only the first {count} rows are on paper; a spreadsheet holds all.").format(count=MOST_ROWS)
        story += [Spacer(1, 8), Paragraph(escape(more), plain)]
    buffer = io.BytesIO()
    margins: dict[str, Any] = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    SimpleDocTemplate(buffer, pagesize=page, title=title, **margins).build(
        story, onFirstPage=_number_page, onLaterPages=_number_page
    )
    return buffer.getvalue()


def _body(table: Table, widths: list[float], scale: float) -> Any:
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph

    size = SIZE * scale
    plain = ParagraphStyle("cell", fontName=REGULAR, fontSize=size, leading=size * 1.3, splitLongWords=True)
    bold = ParagraphStyle("bold", plain, fontName=BOLD)
    both = [(style, ParagraphStyle("number", style, alignment=TA_RIGHT)) for style in (plain, bold)]

    def cells(row: Sequence[str], styles: tuple[Any, Any]) -> list[Any]:
        return [Paragraph(escape(cell), styles[at in table.numeric]) for at, cell in enumerate(row)]

    lines = [cells(table.headings, both[1]), *(cells(row, both[0]) for row in table.rows[:MOST_ROWS])]
    lines += [cells(table.sums, both[1])] if table.sums else []
    body = LongTable(lines, colWidths=widths, repeatRows=1)
    padding = PADDING * scale
    body.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#E9EDF4")),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#D5DBE5")),
            ("LEFTPADDING", (0, 0), (-1, -1), padding),
            ("RIGHTPADDING", (0, 0), (-1, -1), padding),
        ]
    )
    return body


def _lengths(table: Table) -> tuple[list[float], list[float]]:
    """Of each column the longest word and the longest text, in points with what stands around it."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    least, longest = [], []
    for column, title in enumerate(table.headings):
        texts = [row[column] for row in table.rows[:MOST_ROWS] if column < len(row)]
        texts += list(table.sums[column : column + 1])
        words = {word for text in texts for word in text.split(" ")}
        bold = [stringWidth(word, BOLD, SIZE) for word in (*title.split(" "), *table.sums[column : column + 1])]
        around = 2 * PADDING + 1
        least.append(max([stringWidth(word, REGULAR, SIZE) for word in words] + bold) + around)
        longest.append(max([stringWidth(text, REGULAR, SIZE) for text in {*texts, ""}]) + around)
    return least, [min(text, WIDEST) for text in longest]


def _widths(least: list[float], longest: list[float], width: float) -> list[float]:
    """Every column has room for its longest word, and what is left goes to those whose texts are longer."""
    if sum(least) >= width:
        return [width * length / sum(least) for length in least]
    wish = [max(text - word, 0) for word, text in zip(least, longest, strict=True)]
    more = (width - sum(least)) / (sum(wish) or 1)
    even = 0 if sum(wish) else (width - sum(least)) / len(least)
    return [word + wished * more + even for word, wished in zip(least, wish, strict=True)]


def _number_page(canvas: Any, document: Any) -> None:
    canvas.setFont(REGULAR, SIZE)
    canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, str(document.page))
