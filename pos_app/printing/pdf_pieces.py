"""Pieces of a PDF page: what has a height and can draw itself, and texts set in them.

Lengths are in points (1/72 inch); a piece is drawn with its top left corner at ``(x, top)``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pos_app.printing.layout import ascii_text

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Draw = Callable[["Canvas", float, float], None]

MM = 72 / 25.4
REGULAR, BOLD = "Vera", "VeraBd"
LEADING = 1.32
DOUBLE, SMALL = 1.5, 0.82
MOST_WIDTHS = 8192
"""Widths that are kept: the slips of a run say nearly the same."""
GAP = 6.0
"""Least room between two texts on a line."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is never divided between two pages. ``head`` is repeated above it when it begins a page."""

    height: float
    draw: Draw
    head: "Piece | None" = None


@dataclass(frozen=True, slots=True)
class Face:
    """Width and letter size of the page; ``sheet`` is A5, else a roll. ``known`` are the characters of the font."""

    width: float
    size: float
    sheet: bool
    known: Any

    def printable(self, text: str) -> str:
        """``text`` with what the font lacks replaced."""
        if text.isascii() and text.isprintable():
            return text  # the fonts have all of these
        shown = "".join(" " if sign in "\n\r\t\u00a0" else sign for sign in text)
        if all(ord(sign) in self.known for sign in shown):
            return shown
        return "".join(sign if ord(sign) in self.known else ascii_text(sign) for sign in shown)


@lru_cache(maxsize=MOST_WIDTHS)
def width_of(text: str, font: str, size: float) -> float:
    """Width of ``text`` in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font, size))


def wrap(text: str, face: Face, font: str, size: float, width: float) -> list[str]:
    """Lines of at most ``width``; a word longer than that is broken."""
    shown = face.printable(text)
    words = shown.split()
    indent = shown[: len(shown) - len(shown.lstrip())]
    whole = indent + " ".join(words)
    if width_of(whole, font, size) <= width:
        return [whole]
    lines = [indent]
    for word in words:
        trial = f"{lines[-1]} {word}" if lines[-1].strip() else lines[-1] + word
        if width_of(trial, font, size) <= width:
            lines[-1] = trial
            continue
        if lines[-1].strip():
            lines.append("")
        rest = word
        while rest:
            taken = _fitting(rest, font, size, width)
            lines[-1] = rest[:taken]
            rest = rest[taken:]
            if rest:
                lines.append("")
    return lines


def _fitting(word: str, font: str, size: float, width: float) -> int:
    """How many letters of ``word`` fit; at least one."""
    taken = len(word)
    while taken > 1 and width_of(word[:taken], font, size) > width:
        taken -= 1
    return taken


def line_piece(size: float, *texts: tuple[float, str, str, str]) -> Piece:
    """One line of texts ``(x, alignment, font, text)``; alignment is where ``x`` lies: left, right or centre."""

    def draw(canvas: "Canvas", x: float, top: float) -> None:
        base = top - size
        for offset, align, font, text in texts:
            canvas.setFont(font, size)
            if align == "left":
                canvas.drawString(x + offset, base, text)
            elif align == "right":
                canvas.drawRightString(x + offset, base, text)
            else:
                canvas.drawCentredString(x + offset, base, text)

    return Piece(size * LEADING, draw)


def stack(parts: list[Piece]) -> Piece:
    def draw(canvas: "Canvas", x: float, top: float) -> None:
        for part in parts:
            part.draw(canvas, x, top)
            top -= part.height

    return Piece(sum(part.height for part in parts), draw)


def paragraph(
    text: str, face: Face, font: str, size: float, width: float, align: str = "left", offset: float = 0
) -> Iterator[Piece]:
    anchor = offset + {"left": 0.0, "centre": width / 2, "right": width}[align]
    for part in wrap(text, face, font, size, width):
        yield line_piece(size, (anchor, align, font, part))


def together(cells: list[Piece]) -> Draw:
    def draw(canvas: "Canvas", x: float, top: float) -> None:
        for cell in cells:
            cell.draw(canvas, x, top)

    return draw
