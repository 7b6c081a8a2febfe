"""What a printer's bytes look like on paper: a picture of the strip, dot by dot."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_app.i18n import _
from pos_app.printing.codes import bars, qr_rows
from pos_app.printing.escpos import DOTS, modules_picture
from pos_app.printing.escpos_reader import LINE_DOTS, Cut, Dots, Drawer, Drawn, Feed, Printed, Seen, read

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN = 24
"""Dots of bare paper at both sides."""
CELL_HEIGHT = 24
GAP = 6
FONT_SIZE = 20
LETTER_DOTS = 11
"""A letter is squeezed into 11 of the 12 dots of its cell."""
END = 18
"""Dots of the line where the cutter went."""
INK, PAPER, FAINT = 25, 255, 150


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the strip and its height in dots."""

    height: int
    picture: Any = None
    x: int = 0
    note: str = ""


def strip_picture(content: bytes, columns: int) -> "Image":
    """The strip of a printer of ``columns`` letters as a grey picture. Raises ``escpos_reader.NotUnderstood``."""
    from PIL import Image

    parts = [part for seen in read(content) for part in _parts(seen, columns)]
    height = 2 * MARGIN + sum(part.height for part in parts)
    strip = Image.new("L", (DOTS[columns] + 2 * MARGIN, height), PAPER)
    top = MARGIN
    for part in parts:
        if part.picture is not None:
            strip.paste(part.picture, (MARGIN + part.x, top))
        if part.note:
            _note(strip, part.note, top)
        top += part.height
    return strip


def strip_text(content: bytes, columns: int) -> list[str]:
    """The letters of the strip line by line, where the printer would break them; codes as ``[payload]``."""
    shown: list[str] = []
    for seen in read(content):
        match seen:
            case Printed():
                shown += [row.rstrip() for row in _rows(seen, columns)]
            case Drawn():
                shown.append(f"[{seen.payload}]")
            case _:
                pass
    return shown


def _rows(line: Printed, columns: int) -> list[str]:
    """The printer goes on in the next line where the paper ends."""
    room = columns // 2 if line.wide else columns
    return [line.text[start : start + room] for start in range(0, len(line.text), room)] or [""]


def _parts(seen: Seen, columns: int) -> Iterator[_Part]:
    dots = DOTS[columns]
    match seen:
        case Printed():
            for row in _rows(seen, columns):
                yield _letters(seen, row, columns)
        case Dots():
            yield _Part(seen.height, _dots(seen), _place(seen.row_bytes * 8, dots, seen.align))
        case Drawn():
            picture = _code(seen)
            yield _Part(picture.height, picture, _place(picture.width, dots, seen.align))
        case Feed():
            yield _Part(seen.dots)
        case Cut():
            yield _Part(END, note="-  " * 40)
        case Drawer():
            yield _Part(END, note=_("[the drawer opens]"))


def _place(width: int, dots: int, align: str) -> int:
    return {"left": 0, "centre": (dots - width) // 2, "right": dots - width}[align]


def _dots(seen: Dots) -> "Image":
    from PIL import Image, ImageChops

    size = (seen.row_bytes * 8, seen.height)
    return ImageChops.invert(Image.frombytes("1", size, seen.rows).convert("L")).point(lambda grey: max(grey, INK))


def _code(seen: Drawn) -> "Image":
    if seen.kind == "qr":
        return modules_picture(qr_rows(seen.payload), seen.module).convert("L")
    drawn = modules_picture([bars(seen.payload)], seen.module)
    return drawn.resize((drawn.width, seen.height)).convert("L")


def _letters(line: Printed, row: str, columns: int) -> _Part:
    from PIL import Image

    wide, high = 1 + line.wide, 1 + line.high
    cell = DOTS[columns] / columns * wide
    height = CELL_HEIGHT * high
    picture = Image.new("L", (DOTS[columns], height + GAP), PAPER)
    shift = _place(round(len(row) * cell), DOTS[columns], line.align)
    for place, letter in enumerate(row):
        if letter != " ":
            glyph = _glyph(letter, line.bold).resize((LETTER_DOTS * wide, height))
            picture.paste(glyph, (shift + round(place * cell), 0))
    return _Part(max(LINE_DOTS, height + GAP), picture)


@cache
def _glyph(letter: str, bold: bool) -> "Image":
    """A letter in its cell. Bitstream Vera comes with reportlab on every system; wide letters are squeezed."""
    from PIL import Image, ImageDraw

    font = _font("VeraBd" if bold else "Vera")
    wanted = max(LETTER_DOTS, round(font.getlength(letter)) + 1)
    glyph = Image.new("L", (wanted, CELL_HEIGHT), PAPER)
    ImageDraw.Draw(glyph).text((wanted / 2, 1), letter, fill=INK, font=font, anchor="ma")
    return glyph.resize((LETTER_DOTS, CELL_HEIGHT), Image.Resampling.BOX)


@cache
def _font(name: str) -> Any:
    import reportlab
    from PIL import ImageFont

    path = Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"
    return ImageFont.truetype(str(path), FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)


def _note(strip: "Image", note: str, top: int) -> None:
    """What happens beside the paper, in grey across it."""
    from PIL import ImageDraw

    font = _font("Vera").font_variant(size=12)
    ImageDraw.Draw(strip).text((strip.width / 2, top + 2), note, fill=FAINT, font=font, anchor="ma")
