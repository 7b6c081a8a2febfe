"""Many papers in one PDF: page after page of A5, or two of them side by side on A4 lying down.

The same papers give the same bytes.
"""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pos_app.printing.layout import Paper
from pos_app.printing.pdf import MARGINS, PAGE_WIDTHS, SHEET_HEIGHTS, draw_page, face_of, number_page, set_in_pages

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

SIDES: Final = 2
"""Pages of A5 on one of A4."""


def to_book(papers: Iterable[Paper], title: str, *, two_up: bool = False) -> bytes:
    """The PDF of ``papers`` in their order. Every paper begins a page and numbers its own; ``two_up`` is for A4."""
    from reportlab.pdfgen.canvas import Canvas

    face, margin = face_of("a5"), MARGINS["a5"]
    width, height = SHEET_HEIGHTS["a4"] if two_up else PAGE_WIDTHS["a5"], SHEET_HEIGHTS["a5"]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("Pojok POS")
    place = 0
    for paper in papers:
        pages = set_in_pages(paper, "a5", face)
        for count, page in enumerate(pages, start=1):
            if two_up:
                _to_side(canvas, place % SIDES, width / SIDES, height)
            draw_page(canvas, page, margin, height)
            if len(pages) > 1:
                number_page(canvas, paper.number, count, len(pages), face, margin)
            place += 1
            if not two_up:
                canvas.showPage()
            elif place % SIDES:
                canvas.restoreState()
            else:
                canvas.restoreState()
                canvas.showPage()
    if two_up and place % SIDES:
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _to_side(canvas: "Canvas", side: int, width: float, height: float) -> None:
    """From here on the left or the right half is drawn on; between them a line to cut along."""
    canvas.saveState()
    if side:
        canvas.saveState()
        canvas.setDash(2, 4)
        canvas.setLineWidth(0.3)
        canvas.line(width, 0, width, height)
        canvas.restoreState()
        canvas.translate(width, 0)
