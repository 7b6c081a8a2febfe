"""A paper as PDF: 58 or 80 mm wide and as long as needed, A5 or A4. The same paper gives the same bytes.

``phone`` is as wide as A5 and as long as A4, in letters that can be read where the page is as wide as a telephone.
"""

import io
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pos_app.printing.layout import Paper
from pos_app.printing.pdf_blocks import pieces
from pos_app.printing.pdf_pieces import BOLD, MM, REGULAR, SMALL, Face, Piece

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Media = Literal["58", "80", "a5", "a4", "phone"]

PAGE_WIDTHS: dict[Media, float] = {"58": 58 * MM, "80": 80 * MM, "a5": 148 * MM, "a4": 210 * MM, "phone": 148 * MM}
MARGINS: dict[Media, float] = {"58": 4 * MM, "80": 5 * MM, "a5": 12 * MM, "a4": 18 * MM, "phone": 9 * MM}
SIZES: dict[Media, float] = {"58": 6.6, "80": 8.2, "a5": 8.5, "a4": 10, "phone": 12}
TIGHT: dict[Media, float] = {"a5": 7.4}
"""Letters of a sheet that then takes a page less: one that is signed is best one page."""
SHEET_HEIGHTS: dict[Media, float] = {"a5": 210 * MM, "a4": 297 * MM, "phone": 297 * MM}

_loading = threading.Lock()


def to_pdf(paper: Paper, media: Media) -> bytes:
    """The PDF of ``paper``. A roll is one page of exactly the needed height; A5 and A4 break into numbered pages."""
    from reportlab.pdfgen.canvas import Canvas

    face = face_of(media)
    margin = MARGINS[media]
    buffer = io.BytesIO()
    sheet = media in SHEET_HEIGHTS
    pages = set_in_pages(paper, media, face)
    height = SHEET_HEIGHTS[media] if sheet else sum(part.height for part in pages[0]) + 2 * margin
    canvas = Canvas(buffer, pagesize=(PAGE_WIDTHS[media], height), invariant=1)
    canvas.setTitle(f"{paper.title} {paper.number}")
    canvas.setAuthor("Pojok POS")
    canvas.setSubject(paper.kind)
    for count, page in enumerate(pages, start=1):
        draw_page(canvas, page, margin, height)
        if sheet and len(pages) > 1:
            number_page(canvas, paper.number, count, len(pages), face, margin)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_page(canvas: "Canvas", page: list[Piece], margin: float, height: float) -> None:
    """Draws the pieces of one page from its top."""
    top = height - margin
    for part in page:
        part.draw(canvas, margin, top)
        top -= part.height


def set_in_pages(paper: Paper, media: Media, face: Face) -> list[list[Piece]]:
    """The pieces of every page from top to bottom; a roll is one."""
    pages = _set(paper, media, face)
    tight = TIGHT.get(media)
    if tight is None or len(pages) == 1:
        return pages
    closer = _set(paper, media, replace(face, size=tight))
    return closer if len(closer) < len(pages) else pages


def _set(paper: Paper, media: Media, face: Face) -> list[list[Piece]]:
    parts = [piece for block in paper.blocks for piece in pieces(block, face)]
    if media not in SHEET_HEIGHTS:
        return [parts]
    room = SHEET_HEIGHTS[media] - 2 * MARGINS[media]
    if sum(part.height for part in parts) <= room:
        return [parts]
    return _paginated(parts, room - face.size * 2)


def page_count(paper: Paper, media: Media) -> int:
    """How many pages the paper takes."""
    return len(set_in_pages(paper, media, face_of(media)))


def _paginated(parts: list[Piece], room: float) -> list[list[Piece]]:
    """Pages of at most ``room`` points. The last row of the last table and what follows it stay together where a page
    holds them: nobody signs a page without its amount, nor one that tells of no goods."""
    ending = max((place for place, part in enumerate(parts) if part.head), default=0)
    head = parts[ending].head
    together = sum(part.height for part in parts[ending:])
    if head is not None and together + head.height > room:
        ending, together = ending + 1, together - parts[ending].height
    pages: list[list[Piece]] = [[]]
    left = room
    for place, part in enumerate(parts):
        needed = together if 0 < place == ending and together <= room else part.height
        if needed > left and pages[-1]:
            pages.append([part.head] if part.head else [])
            left = room - (part.head.height if part.head else 0)
        pages[-1].append(part)
        left -= part.height
    return pages


def number_page(canvas: "Canvas", number: str, count: int, total: int, face: Face, margin: float) -> None:
    canvas.setFont(REGULAR, face.size * SMALL)
    canvas.drawString(margin, margin - face.size * 0.4, number)
    canvas.drawRightString(margin + face.width, margin - face.size * 0.4, f"{count} / {total}")


def face_of(media: Media) -> Face:
    """Letters and width of a page.

    Bitstream Vera comes with reportlab, on every system and in the bundle; its licence allows that.
    """
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _loading:
        if REGULAR not in pdfmetrics.getRegisteredFontNames():
            fonts = Path(reportlab.__file__).parent / "fonts"
            for name in (BOLD, REGULAR):
                pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))
    font: Any = pdfmetrics.getFont(REGULAR)
    return Face(PAGE_WIDTHS[media] - 2 * MARGINS[media], SIZES[media], media in SHEET_HEIGHTS, font.face.charWidths)
