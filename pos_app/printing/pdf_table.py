"""A table on a PDF page: one row of figures per line where it fits, else the name above its figures."""

from collections.abc import Iterator

from pos_app.printing.layout import Table
from pos_app.printing.pdf_pieces import BOLD, GAP, LEADING, REGULAR, Face, Piece, line_piece, stack, width_of, wrap

NAME_SHARE = 0.28
"""The name keeps at least this part of the paper's width, or it gets a line of its own."""


def table(block: Table, face: Face) -> Iterator[Piece]:
    """The head and one piece per row; the head is repeated on every page."""
    size = face.size * (0.92 if face.sheet else 1)
    widths = _widths(block, [column.title for column in block.columns], face, size, range(len(block.columns)))
    if face.width - sum(widths) >= face.width * NAME_SHARE:
        yield from _flat(block, face, size, widths)
    else:
        yield from _stacked(block, face, size)


def _widths(block: Table, titles: list[str], face: Face, size: float, which: range | list[int]) -> list[float]:
    return [
        max(
            width_of(face.printable(titles[index]), BOLD, size),
            *(width_of(face.printable(row[index + 1]), REGULAR, size) for row in block.rows),
        )
        + GAP
        for index in which
    ]


def _flat(block: Table, face: Face, size: float, widths: list[float]) -> Iterator[Piece]:
    room = face.width - sum(widths)
    ends = [room + sum(widths[: place + 1]) for place in range(len(widths))]

    def row_piece(name: str, cells: tuple[str, ...], font: str) -> Piece:
        lines = wrap(name, face, font, size, room)
        first = [(0.0, "left", font, lines[0])]
        first += [(end, "right", font, face.printable(cell)) for end, cell in zip(ends, cells, strict=True)]
        return _lines(size, [first, *([(0.0, "left", font, line)] for line in lines[1:])])

    yield from _with_head(
        row_piece(block.name, tuple(column.title for column in block.columns), BOLD),
        [row_piece(row[0], row[1:], REGULAR) for row in block.rows],
        face,
    )


def _stacked(block: Table, face: Face, size: float) -> Iterator[Piece]:
    """The name (with what stands beside it) above the figures, which share the width evenly."""
    beside = [index for index, column in enumerate(block.columns) if column.beside_name]
    below = [index for index in range(len(block.columns)) if index not in beside]
    titles = [column.short or column.title for column in block.columns]
    widths = _widths(block, titles, face, size, below)
    spare = (face.width - sum(widths)) / len(below) if below else 0
    shrink = min(1.0, face.width / sum(widths)) if below else 1.0
    ends = [sum(widths[: place + 1]) * shrink + max(spare, 0) * (place + 1) for place in range(len(below))]

    def row_piece(name: str, cells: list[str], font: str) -> Piece:
        right = face.printable("  ".join(cells[index] for index in beside))
        room = face.width - (width_of(right, font, size) + GAP if right else 0)
        names = wrap(name, face, font, size, room)
        lines = [[(0.0, "left", font, text)] for text in names]
        lines[-1].append((face.width, "right", font, right))
        figures = [(end, "right", font, face.printable(cells[index])) for end, index in zip(ends, below, strict=True)]
        small = _lines(size * shrink, [figures]) if below else None
        upper = _lines(size, lines)
        return upper if small is None else stack([upper, small])

    yield from _with_head(
        row_piece(block.name, titles, BOLD), [row_piece(row[0], list(row[1:]), REGULAR) for row in block.rows], face
    )


def _lines(size: float, lines: list[list[tuple[float, str, str, str]]]) -> Piece:
    return stack([line_piece(size, *line) for line in lines])


def _with_head(head: Piece, rows: list[Piece], face: Face) -> Iterator[Piece]:
    pad = face.size * (LEADING - 1)
    yield _padded(head, pad)
    for row in rows:
        padded = _padded(row, pad * 0.6)
        yield Piece(padded.height, padded.draw, head=_padded(head, pad))


def _padded(piece: Piece, pad: float) -> Piece:
    return Piece(piece.height + pad, piece.draw)
