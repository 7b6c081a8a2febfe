"""A paper as one picture to send: the page of ``to_pdf`` drawn with Pillow, as far down as something stands on it.

A telephone shows a picture as wide as its screen: ``WIDTH`` dots, letters as large as on the page, grey on white.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pos_app.printing.pdf import MARGINS, PAGE_WIDTHS, Media, face_of, set_in_pages

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

    from pos_app.printing.layout import Paper

WIDTH: Final = 1080
GREYS: Final = 16
"""Enough for smooth letters; a page stays far below 300 KB."""


def page_picture(paper: Paper, media: Media, width: int = WIDTH) -> Image:
    """The first page of ``paper`` as a grey picture of ``width`` dots."""
    from PIL import Image

    face = face_of(media)
    parts = set_in_pages(paper, media, face)[0]
    margin = MARGINS[media]
    height = sum(part.height for part in parts) + 2 * margin
    scale = width / PAGE_WIDTHS[media]
    sheet = _Sheet(Image.new("L", (width, round(height * scale)), 255), height, scale)
    top = height - margin
    canvas: Any = sheet  # the few calls of reportlab's canvas that pieces make
    for part in parts:
        part.draw(canvas, margin, top)
        top -= part.height
    return sheet.picture


def to_png(paper: Paper, media: Media, width: int = WIDTH) -> bytes:
    """The picture as PNG; the same paper gives the same bytes."""
    buffer = io.BytesIO()
    page_picture(paper, media, width).quantize(GREYS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


class _Sheet:
    """Draws on a picture what pieces draw on a PDF page; lengths in points, counted from the bottom left."""

    def __init__(self, picture: Image, height: float, scale: float) -> None:
        from PIL import ImageDraw

        self.picture = picture
        self._draw = ImageDraw.Draw(picture)
        self._height = height
        self._scale = scale
        self._font: FreeTypeFont | None = None
        self._pen = 1

    def setFont(self, name: str, size: float) -> None:  # noqa: N802  the canvas's own name
        self._font = _font(name, round(size * self._scale))

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._text(x, y, text, "ls")

    def drawRightString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._text(x, y, text, "rs")

    def drawCentredString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._text(x, y, text, "ms")

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        self._pen = max(1, round(width * self._scale))

    def setDash(self, *_dash: object) -> None:  # noqa: N802
        """A frame is drawn whole."""

    def saveState(self) -> None:  # noqa: N802
        """Nothing to keep: every piece sets what it draws with."""

    def restoreState(self) -> None:  # noqa: N802
        """See ``saveState``."""

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._draw.line((*self._at(x1, y1), *self._at(x2, y2)), fill=0, width=self._pen)

    def rect(self, x: float, y: float, width: float, height: float, stroke: int = 1, fill: int = 0) -> None:
        left, bottom = self._at(x, y)
        right, top = self._at(x + width, y + height)
        box = (left, top, max(left, right - 1), max(top, bottom - 1))
        self._draw.rectangle(box, fill=0 if fill else None, outline=0 if stroke else None, width=self._pen)

    def drawImage(self, reader: Any, x: float, y: float, width: float, height: float) -> None:  # noqa: N802
        left, top = self._at(x, y + height)
        size = (max(1, round(width * self._scale)), max(1, round(height * self._scale)))
        self.picture.paste(_grey(reader).resize(size), (left, top))

    def _text(self, x: float, y: float, text: str, anchor: str) -> None:
        self._draw.text(self._at(x, y), text, fill=0, font=self._font, anchor=anchor)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self._scale), round((self._height - y) * self._scale)


def _grey(reader: Any) -> Image:
    """The picture behind reportlab's reader, dark on white."""
    from PIL import Image

    width, height = reader.getSize()
    return Image.frombytes("RGB", (width, height), reader.getRGBData()).convert("L")


@cache
def _font(name: str, size: int) -> FreeTypeFont:
    """The fonts of the PDF, which come with reportlab."""
    import reportlab
    from PIL import ImageFont

    path = Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
