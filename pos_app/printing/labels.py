"""Labels for shelves and goods: name, price, producer and a barcode, on a roll of labels or a sheet of A4.

``set_label`` places everything in millimetres; ``to_pdf``, ``to_tspl`` and ``to_escpos`` draw the same marks.
Sizes of EAN-13: a module of 0.33 mm is 100 %; labels at a counter are read from 75 % on (0.25 mm). The quiet zones are
11 modules before and 7 after the bars (GS1).
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_app.printing.codes import BARS_QUIET, bars, ean13_bars
from pos_app.printing.escpos import CUT, DOTS, FEED_TO_EDGE, Roll, raster
from pos_app.printing.layout import ascii_text
from sync.documents.identifiers import is_ean13

if TYPE_CHECKING:
    from PIL.Image import Image

MM = 72 / 25.4
DOTS_PER_MM = 8
"""203 dpi, as thermal printers have."""
DOT = 1 / DOTS_PER_MM
QUIET_BEFORE, QUIET_AFTER = 11, 7
MOST_MODULE, LEAST_MODULE = 0.33, 0.25
"""Millimetres: 100 % and 75 % of EAN-13."""
A4 = (210.0, 297.0)
FONTS = {False: "Vera", True: "VeraBd"}


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says. ``code`` is an EAN-13 where it has thirteen digits; ``note`` is a date or empty."""

    name: str
    price: str
    producer: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """Labels as they are bought: millimetres. A roll has one column and no sheet."""

    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    pitch: float = 0
    sheet: bool = False

    @property
    def on_a_sheet(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    @property
    def margin(self) -> float:
        """Bare paper inside a label; labels without gaps between them need more, since printers do not hit exactly."""
        return 4.0 if self.sheet and self.width > 60 else 1.0


STOCKS = {
    "40x30": Stock(40, 30),
    "50x30": Stock(50, 30),
    "a4-24": Stock(70, 37, 3, 8, top=0.5, pitch=70, sheet=True),
    "a4-65": Stock(38.1, 21.2, 5, 13, left=4.75, top=10.7, pitch=40.6, sheet=True),
}
"""Rolls of 40x30 and 50x30 mm; A4 with 3x8 labels of 70x37 mm or 5x13 of 38.1x21.2 mm."""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of letters: ``y`` is its base line from the top, ``size`` the height of the letters' em."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Bar:
    """A black bar."""

    x: float
    y: float
    width: float
    height: float


Mark = Words | Bar


def set_label(label: Label, stock: Stock) -> list[Mark]:
    """Everything on one label, in millimetres from its top left corner."""
    small = stock.height < 25
    name_size, line_size, price_size = (2.3, 1.8, 3.0) if small else (3.0, 2.2, 3.7 if stock.width < 45 else 4.2)
    room = stock.width - 2 * stock.margin
    left, right = stock.margin, stock.width - stock.margin
    marks: list[Mark] = []
    y = stock.margin
    for line in _two_lines(label.name, name_size, room):
        y += name_size
        marks.append(Words(left, y - name_size * 0.1, line, name_size, bold=True))
    if label.producer:
        y += line_size * 1.15
        marks.append(Words(left, y - line_size * 0.15, _shortened(label.producer, line_size, room), line_size))
    y += price_size
    marks.append(Words(right, y - price_size * 0.08, label.price, price_size, bold=True, align="right"))
    beside = room - text_width(label.price, price_size, bold=True) - 1
    if label.note:
        marks.append(Words(left, y - price_size * 0.08, _shortened(label.note, line_size, beside), line_size))
    digits = 2.0 if small else 2.6
    top = y + (0.8 if small else 1.2)
    bottom = stock.height - stock.margin - digits
    marks += _bars(label.code, stock, top, bottom - top)
    marks.append(Words(stock.width / 2, bottom + digits * 0.9, _spaced(label.code), digits, align="centre"))
    return marks


def module_width(code: str, stock: Stock) -> float:
    """Width of a module in millimetres: whole dots of the printer on rolls, never below 75 % for EAN-13."""
    before, after = _quiet(code)
    count = before + len(_modules(code)) + after
    room = stock.width if not stock.sheet else stock.width - stock.margin
    widest = min(room / count, MOST_MODULE if stock.sheet else 3 * DOT)
    if stock.sheet:
        return max(widest, LEAST_MODULE)
    return max(1, int(widest / DOT)) * DOT


def _quiet(code: str) -> tuple[int, int]:
    return (QUIET_BEFORE, QUIET_AFTER) if is_ean13(code) else (BARS_QUIET, BARS_QUIET)


def _modules(code: str) -> list[bool]:
    return ean13_bars(code) if is_ean13(code) else bars(code)


def _bars(code: str, stock: Stock, top: float, height: float) -> Iterator[Bar]:
    """Neighbouring black modules are one bar. On rolls every edge lies on a dot."""
    modules, width = _modules(code), module_width(code, stock)
    before, after = _quiet(code)
    x = max(0.0, (stock.width - (before + len(modules) + after) * width) / 2) + before * width
    if not stock.sheet:
        x = round(x / DOT) * DOT
    start = None
    for place, black in enumerate([*modules, False]):
        if black and start is None:
            start = place
        elif not black and start is not None:
            yield Bar(x + start * width, top, (place - start) * width, height)
            start = None


def _spaced(code: str) -> str:
    """The digits in the groups of EAN-13."""
    return f"{code[0]} {code[1:7]} {code[7:]}" if is_ean13(code) else code


def _two_lines(text: str, size: float, room: float) -> list[str]:
    """A name in at most two lines; a third is cut with dots, but its last word (the weight) stays."""
    words = _plain(text).split()
    first: list[str] = []
    while words and (not first or text_width(" ".join([*first, words[0]]), size, bold=True) <= room):
        first.append(words.pop(0))
    return [_shortened(" ".join(line), size, room, bold=True) for line in (first, words) if line]


def _shortened(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """``text``, or as much of its beginning and its last word as there is room for."""
    text = _plain(text)
    if text_width(text, size, bold=bold) <= room:
        return text
    words = text.split()
    weight = 2 if len(words) > 2 and words[-2][:1].isdigit() else 1  # "200 g" are two words
    head, last = " ".join(words[:-weight]), " ".join(words[-weight:])
    end = f"... {last}" if head and text_width(f"... {last}", size, bold=bold) < room * 0.6 else "..."
    head = head if end != "..." else text
    while head and text_width(head + end, size, bold=bold) > room:
        head = head[:-1].rstrip()
    return head + end if head else ""


def _plain(text: str) -> str:
    """Letters that the font has; the others as a thermal printer would write them."""
    return "".join(sign if ord(sign) < 0x250 and sign.isprintable() else ascii_text(sign) for sign in text)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Millimetres."""
    return float(_font(FONTS[bold], 100).getlength(text)) * size / 100


@cache
def _font(name: str, size: int) -> Any:
    """Bitstream Vera comes with reportlab."""
    import reportlab
    from PIL import ImageFont

    path = Path(reportlab.__file__).parent / "fonts" / f"{name}.ttf"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


# Drawing -------------------------------------------------------------------------------------------------------------


def picture(label: Label, stock: Stock, dots_per_mm: float = DOTS_PER_MM) -> "Image":
    """One label in black and white, as a thermal printer makes it."""
    from PIL import Image, ImageDraw

    drawn = Image.new("1", (round(stock.width * dots_per_mm), round(stock.height * dots_per_mm)), 255)
    pen = ImageDraw.Draw(drawn)
    pen.fontmode = "1"
    for mark in set_label(label, stock):
        if isinstance(mark, Bar):
            x, y = round(mark.x * dots_per_mm), round(mark.y * dots_per_mm)
            end = max(x, round((mark.x + mark.width) * dots_per_mm) - 1)
            pen.rectangle((x, y, end, round((mark.y + mark.height) * dots_per_mm) - 1), fill=0)
        else:
            font = _font(FONTS[mark.bold], max(6, round(mark.size * dots_per_mm)))
            anchor = {"left": "ls", "centre": "ms", "right": "rs"}[mark.align]
            pen.text((mark.x * dots_per_mm, mark.y * dots_per_mm), mark.text, fill=0, font=font, anchor=anchor)
    return drawn


def sheet_picture(labels: Sequence[Label], stock: Stock, start: int = 0, dots_per_mm: float = 4) -> "Image":
    """The first sheet, with the labels' edges in it; for the screen."""
    from PIL import Image, ImageDraw

    sheet = Image.new("L", (round(A4[0] * dots_per_mm), round(A4[1] * dots_per_mm)), 255)
    pen = ImageDraw.Draw(sheet)
    for place in range(stock.on_a_sheet):
        x, y = (round(side * dots_per_mm) for side in _corner(stock, place))
        if start <= place < start + len(labels):
            sheet.paste(picture(labels[place - start], stock, dots_per_mm).convert("L"), (x, y))
        edge = (x, y, x + round(stock.width * dots_per_mm), y + round(stock.height * dots_per_mm))
        pen.rectangle(edge, outline=200, fill=235 if place < start else None)
    return sheet


def _corner(stock: Stock, place: int) -> tuple[float, float]:
    """Top left of a label on its sheet."""
    row, column = divmod(place, stock.columns)
    return stock.left + column * stock.pitch, stock.top + row * stock.height


def to_pdf(labels: Sequence[Label], stock: Stock, start: int = 0) -> bytes:
    """A page a label on rolls; sheets of A4, the first beginning at the label ``start`` (0 is the first)."""
    from reportlab.pdfgen.canvas import Canvas

    _register_fonts()
    buffer = io.BytesIO()
    page = A4 if stock.sheet else (stock.width, stock.height)
    canvas = Canvas(buffer, pagesize=(page[0] * MM, page[1] * MM), invariant=1)
    canvas.setTitle("Label")
    canvas.setAuthor("Pojok POS")
    for count, label in enumerate(labels, start if stock.sheet else 0):
        place = count % stock.on_a_sheet
        if place == 0 and count > (start if stock.sheet else 0):
            canvas.showPage()
        x, y = _corner(stock, place) if stock.sheet else (0.0, 0.0)
        _draw_pdf(canvas, set_label(label, stock), x, page[1] - y)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_pdf(canvas: Any, marks: Sequence[Mark], x: float, top: float) -> None:
    for mark in marks:
        if isinstance(mark, Bar):
            y = top - mark.y - mark.height
            canvas.rect((x + mark.x) * MM, y * MM, mark.width * MM, mark.height * MM, stroke=0, fill=1)
        else:
            canvas.setFont(FONTS[mark.bold], mark.size * MM)
            draw = {"left": canvas.drawString, "centre": canvas.drawCentredString, "right": canvas.drawRightString}
            draw[mark.align]((x + mark.x) * MM, (top - mark.y) * MM, mark.text)


def _register_fonts() -> None:
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    fonts = Path(reportlab.__file__).parent / "fonts"
    for name in FONTS.values():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))


def to_tspl(labels: Sequence[tuple[Label, int]], stock: Stock, gap: float = 2.0) -> bytes:
    """For label printers (TSC, Xprinter, Zjiang …): each label as a picture, and how often it is wanted."""
    parts = [f"SIZE {stock.width:g} mm,{stock.height:g} mm\r\nGAP {gap:g} mm,0 mm\r\nDIRECTION 1\r\n".encode()]
    for label, count in labels:
        drawn = _on_whole_bytes(picture(label, stock))
        head = f"CLS\r\nBITMAP 0,0,{drawn.width // 8},{drawn.height},0,"
        parts += [head.encode(), drawn.tobytes(), f"\r\nPRINT 1,{count}\r\n".encode()]
    return b"".join(parts)


def _on_whole_bytes(drawn: "Image") -> "Image":
    from PIL import Image

    whole = Image.new("1", (-(-drawn.width // 8) * 8, drawn.height), 255)
    whole.paste(drawn, (0, 0))
    return whole


def to_escpos(labels: Sequence[Label], stock: Stock, roll: Roll, gap: float = 2.0) -> bytes:
    """For receipt printers, also with label rolls: pictures, ``gap`` millimetres of paper between them."""
    from PIL import Image

    dots = DOTS[roll.columns]
    fitting = Stock(min(stock.width, dots / DOTS_PER_MM), stock.height)
    feed = b"\x1bJ" + bytes([round(gap * DOTS_PER_MM)])
    parts = [b"\x1b@"]
    for label in labels:
        drawn: Image.Image = picture(label, fitting)
        parts += [raster(drawn, dots), feed]
    parts.append(b"\x1bd" + bytes([FEED_TO_EDGE]) + (CUT if roll.cutter else b""))
    return b"".join(parts)
