"""The blocks of a paper drawn on a PDF page."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pos_app.printing.codes import BARS_QUIET, QR_QUIET, bars, qr_rows
from pos_app.printing.layout import (
    QR,
    Barcode,
    Block,
    Clause,
    Columns,
    Facts,
    Item,
    Picture,
    Rule,
    Signatures,
    Space,
    StampBox,
    Table,
    Text,
)
from pos_app.printing.pdf_pieces import (
    BOLD,
    DOUBLE,
    GAP,
    LEADING,
    MM,
    REGULAR,
    SMALL,
    Face,
    Piece,
    line_piece,
    paragraph,
    stack,
    together,
    width_of,
    wrap,
)
from pos_app.printing.pdf_table import table

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

DOT = 72 / 203
"""A logo is as large as a thermal printer makes it."""
STAMP_SIZE = (32 * MM, 24 * MM)
BAR_MODULE, BAR_HEIGHT = 0.25 * MM, 9 * MM
QR_MODULE, QR_SIDE = 0.75 * MM, 26 * MM
SIGNED_SIDE = 21 * MM
"""Of a code between two signatures."""


def pieces(block: Block, face: Face) -> Iterator[Piece]:
    """The pieces of one block, from top to bottom."""
    match block:
        case Text():
            yield from _text(block, face)
        case Clause():
            heading = _text(Text(block.heading, bold=True), face)
            yield stack([*heading, *_text(Text(block.text), face)])
        case Columns():
            yield _columns(block, face)
        case Facts():
            yield from _facts(block, face)
        case Item():
            name = list(paragraph(block.name, face, REGULAR, face.size, face.width))
            yield stack([*name, _columns(Columns(f"  {block.detail}", block.amount), face)])
        case Table():
            yield from table(block, face)
        case Rule():
            yield _rule(block, face)
        case QR() | Barcode() | Picture():
            yield _graphic(block, face)
        case Signatures():
            yield from _signed(block, face)
        case StampBox():
            yield Piece(STAMP_SIZE[1] + GAP, lambda canvas, x, top: _stamp(canvas, x, top, block, face))
        case Space():
            yield Piece(block.lines * face.size * LEADING * 0.7, _nothing)
        case _:
            pass


def _text(block: Text, face: Face) -> Iterator[Piece]:
    size = face.size * (DOUBLE if block.double else SMALL if block.small else 1)
    return paragraph(block.text, face, BOLD if block.bold else REGULAR, size, face.width, block.align)


def _columns(block: Columns, face: Face) -> Piece:
    """The label wraps beside the figure; the figure is never broken."""
    font = BOLD if block.bold else REGULAR
    size = face.size * (DOUBLE if block.double else 1)
    right = face.printable(block.right)
    taken = width_of(right, font, size)
    room = face.width - taken - GAP
    if room < face.width / 4 and width_of(face.printable(block.left), font, size) > room:
        if taken <= face.width:
            return stack(
                [
                    *paragraph(block.left, face, font, size, face.width),
                    line_piece(size, (face.width, "right", font, right)),
                ]
            )
        return stack(
            [
                *paragraph(block.left, face, font, face.size, face.width),
                *paragraph(right, face, font, face.size, face.width, "right"),
            ]
        )
    labels = wrap(block.left, face, font, size, room)
    parts = [line_piece(size, (0, "left", font, label)) for label in labels[:-1]]
    parts.append(line_piece(size, (0, "left", font, labels[-1]), (face.width, "right", font, right)))
    return stack(parts)


def _facts(block: Facts, face: Face) -> Iterator[Piece]:
    if not face.sheet:
        yield from (_columns(Columns(label, value), face) for label, value in block.pairs)
        return
    labels = max(width_of(face.printable(f"{label}:"), REGULAR, face.size) for label, _value in block.pairs) + 2 * GAP
    for label, value in block.pairs:
        lines = wrap(value, face, BOLD, face.size, face.width - labels)
        first = line_piece(
            face.size, (0, "left", REGULAR, face.printable(f"{label}:")), (labels, "left", BOLD, lines[0])
        )
        yield stack([first, *(line_piece(face.size, (labels, "left", BOLD, line)) for line in lines[1:])])


def _nothing(_canvas: "Canvas", _x: float, _top: float) -> None:
    """Empty space draws nothing."""


def _rule(block: Rule, face: Face) -> Piece:
    height = face.size * 0.8

    def draw(canvas: "Canvas", x: float, top: float) -> None:
        canvas.setLineWidth(1.1 if block.strong else 0.5)
        canvas.line(x, top - height / 2, x + face.width, top - height / 2)

    return Piece(height, draw)


def _graphic(block: QR | Barcode | Picture, face: Face) -> Piece:
    match block:
        case QR():
            return _qr(block.payload, face, quick=block.quick)
        case Barcode():
            return _bars(block.payload, face)
        case Picture():
            return _picture(block.png, face)


def _qr(payload: str, face: Face, *, quick: bool = False, most: float = QR_SIDE) -> Piece:
    rows = qr_rows(payload, quick=quick)
    side = len(rows) + 2 * QR_QUIET
    module = min(QR_MODULE, most / side, face.width / side) if len(rows) < 40 else min(40 * MM, face.width) / side

    def draw(canvas: "Canvas", x: float, top: float) -> None:
        left = x + (face.width - side * module) / 2
        for row, modules in enumerate(rows):
            y = top - (row + QR_QUIET + 1) * module
            _runs(canvas, left + QR_QUIET * module, y, modules, module, module)

    return Piece(side * module, draw)


def _picture(png: bytes, face: Face) -> Piece:
    from reportlab.lib.utils import ImageReader

    reader = ImageReader(io.BytesIO(png))
    dots, rows = reader.getSize()
    width = min(face.width, dots * DOT)
    height = rows * width / dots

    def draw(canvas: "Canvas", x: float, top: float) -> None:
        canvas.drawImage(reader, x + (face.width - width) / 2, top - height, width, height)

    return Piece(height + GAP / 2, draw)


def _bars(payload: str, face: Face) -> Piece:
    modules = bars(payload)
    total = (len(modules) + 2 * BARS_QUIET) * BAR_MODULE
    if total > face.width:
        return _qr(payload, face)

    def draw(canvas: "Canvas", x: float, top: float) -> None:
        left = x + (face.width - len(modules) * BAR_MODULE) / 2
        _runs(canvas, left, top - BAR_HEIGHT, modules, BAR_MODULE, BAR_HEIGHT)

    return Piece(BAR_HEIGHT + GAP / 2, draw)


def _runs(canvas: "Canvas", x: float, y: float, modules: list[bool], module: float, height: float) -> None:
    """Neighbouring black modules are one rectangle, so that no hairline shows between them."""
    start = None
    for place, black in enumerate([*modules, False]):
        if black and start is None:
            start = place
        elif not black and start is not None:
            canvas.rect(x + start * module, y, (place - start) * module, height, stroke=0, fill=1)
            start = None


def _stamp(canvas: "Canvas", x: float, top: float, box: StampBox, face: Face) -> None:
    width, height = STAMP_SIZE
    canvas.saveState()
    canvas.setLineWidth(0.6)
    canvas.setDash(3, 2)
    canvas.rect(x, top - height, width, height, stroke=1, fill=0)
    canvas.restoreState()
    size = face.size * SMALL
    lines = wrap(box.text, face, REGULAR, size, width - GAP)
    base = top - height / 2 + (len(lines) / 2 - 1) * size * LEADING + size * 0.3
    canvas.setFont(REGULAR, size)
    for row, line in enumerate(lines):
        canvas.drawCentredString(x + width / 2, base - row * size * LEADING, line)


def _signed(block: Signatures, face: Face) -> Iterator[Piece]:
    """The places to sign; a code between them on a sheet, below them on a roll, and what proves the paper."""
    if block.code is None:
        yield _signatures(block, face)
        return
    size = face.size * SMALL
    if face.sheet:
        code = _qr(block.code.payload, face, quick=block.code.quick, most=SIGNED_SIDE)
        signed = _signatures(block, face, SIGNED_SIDE)
        yield Piece(max(code.height, signed.height) + GAP / 2, together([code, signed]))
        yield from paragraph(" · ".join((*block.proof, block.caption)), face, REGULAR, size, face.width, "centre")
        return
    yield _signatures(block, face)
    for text in block.proof:
        yield from paragraph(text, face, REGULAR, face.size, face.width, "centre")
    yield _qr(block.code.payload, face, quick=block.code.quick)
    yield from paragraph(block.caption, face, REGULAR, size, face.width, "centre")


def _signatures(block: Signatures, face: Face, between: float = 0) -> Piece:
    half = (face.width - between - 2 * GAP) / 2
    sides = [(0.0, block.left, block.left_name), (face.width - half, block.right, block.right_name)]
    captions, names = [], []
    for offset, caption, name in sides:
        if caption:
            captions.append(stack(list(paragraph(caption, face, REGULAR, face.size, half, "centre", offset))))
            dots = line_piece(face.size, (offset + half / 2, "centre", REGULAR, _dots(face, half)))
            under = paragraph(name, face, REGULAR, face.size * SMALL, half, "centre", offset) if name else ()
            names.append(stack([dots, *under]))
    room = (STAMP_SIZE[1] + 2 * GAP) if block.stamp else face.size * 4.5
    caption_height = max(piece.height for piece in captions)
    name_height = max(piece.height for piece in names)

    def draw(canvas: "Canvas", x: float, top: float) -> None:
        together(captions)(canvas, x, top)
        if block.stamp:
            left = x + max(0.0, (half - STAMP_SIZE[0]) / 2)
            _stamp(canvas, left, top - caption_height - GAP, block.stamp, face)
        together(names)(canvas, x, top - caption_height - room)

    return Piece(caption_height + room + name_height, draw)


def _dots(face: Face, width: float) -> str:
    dot = width_of(".", REGULAR, face.size)
    return "." * max(1, int(width * 0.85 / dot))
