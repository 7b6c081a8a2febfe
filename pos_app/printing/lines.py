"""A paper set in columns of equal letters, for thermal printers and previews."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pos_app.printing.layout import (
    QR,
    Barcode,
    Block,
    Clause,
    Column,
    Columns,
    Cut,
    Facts,
    Item,
    Paper,
    Picture,
    Rule,
    Ruler,
    Signatures,
    Space,
    StampBox,
    Table,
    Text,
    ascii_text,
)

WIDTHS = (32, 42, 48)
"""Columns of 58 mm (32) and 80 mm rolls (48); some 80 mm printers have 42."""

STAMP_WIDTH, STAMP_HEIGHT = 22, 8
"""A duty stamp is 32 by 24 mm; a letter on a roll is 1.5 mm wide and 3.4 mm high."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of at most ``columns`` letters (half of them when ``double``)."""

    text: str
    bold: bool = False
    double: bool = False


Printed = Line | QR | Barcode | Picture | Cut


def set_in_columns(paper: Paper, columns: int, *, doubles: bool = True) -> list[Printed]:
    """The lines and pictures of ``paper`` on a roll of ``columns`` letters (at least 24).

    Without ``doubles`` large letters are set as ordinary ones, for screens.
    """
    blocks = paper.blocks if doubles else tuple(_ordinary(block) for block in paper.blocks)
    return [printed for block in blocks for printed in _set(block, columns)]


def _ordinary(block: Block) -> Block:
    return replace(block, double=False) if isinstance(block, Text | Columns) else block


def _set(block: Block, width: int) -> Iterator[Printed]:
    match block:
        case Text():
            yield from _text(block, width)
        case Clause():
            yield from _text(Text(block.heading, bold=True), width)
            yield from _text(Text(block.text), width)
        case Columns():
            yield from _columns(block, width)
        case Facts():
            for label, value in block.pairs:
                yield from _columns(Columns(label, value), width)
        case Item():
            yield from _wrapped(block.name, width)
            yield from _columns(Columns(f"  {block.detail}", block.amount), width)
        case Table():
            yield from _table(block, width)
        case Rule() | Ruler():
            yield Line(ruler(block.columns) if isinstance(block, Ruler) else ("=" if block.strong else "-") * width)
        case Signatures():
            yield from _signatures(block, width)
        case StampBox():
            yield from _stamp(block)
        case Space():
            yield from (Line("") for _ in range(block.lines))
        case _:
            yield block


def ruler(columns: int) -> str:
    """``12345...890<32``: as many letters as ``columns``, the last three of them tell how many."""
    digits = "".join(str(place % 10) for place in range(1, columns + 1))
    return f"{digits[: columns - 3]}<{columns}"


def _wrap(text: str, width: int) -> list[str]:
    """``text`` in ASCII, broken between words where possible; indentation goes on."""
    plain = ascii_text(text).rstrip()
    indent = " " * (len(plain) - len(plain.lstrip()))
    return textwrap.wrap(plain, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _wrapped(text: str, width: int) -> Iterator[Line]:
    return (Line(part) for part in _wrap(text, width))


def _text(block: Text, width: int) -> Iterator[Line]:
    room = width // 2 if block.double else width
    for part in _wrap(block.text, room):
        placed = {"left": part, "centre": part.center(room).rstrip(), "right": part.rjust(room)}[block.align]
        yield Line(placed, block.bold, block.double)


def _columns(block: Columns, width: int) -> Iterator[Line]:
    """The label wraps beside the figure; a figure that leaves no room for it goes below."""
    left, right = ascii_text(block.left), ascii_text(block.right)
    double = block.double and len(right) <= width // 2
    room = width // 2 if double else width
    if len(right) > room:
        yield from (Line(part, block.bold) for part in _wrap(left, room))
        yield from (Line(part.rjust(room), block.bold) for part in textwrap.wrap(right, room))
        return
    beside = room - len(right) - 1
    labels = _wrap(left, beside if beside >= min(len(left), 8) else room)
    if len(labels[-1]) <= beside:
        last = labels.pop()
        labels.append((last.ljust(room - len(right)) + right).rstrip())
    else:
        labels.append(right.rjust(room))
    yield from (Line(part, block.bold, double) for part in labels)


def _table(table: Table, width: int) -> Iterator[Line]:
    beside = [index for index, column in enumerate(table.columns) if column.beside_name]
    below = [index for index in range(len(table.columns)) if index not in beside]
    titles = [ascii_text(column.short or column.title) for column in table.columns]
    widths = {
        index: max([len(titles[index]), *(len(ascii_text(row[index + 1])) for row in table.rows)]) for index in below
    }
    fits = sum(widths.values()) + len(below) - 1 <= width
    if fits and below:
        _spread(widths, width - len(below) + 1)
    heads = [titles[index] for index in beside]
    yield from _bold(_columns(Columns(table.name, "  ".join(heads)), width))
    if fits and below:
        yield Line(_cells([titles[index] for index in below], [widths[index] for index in below]), bold=True)
    for row in table.rows:
        yield from _columns(Columns(row[0], "  ".join(row[index + 1] for index in beside)), width)
        if fits and below:
            yield Line(_cells([row[index + 1] for index in below], [widths[index] for index in below]))
        else:
            yield from _named(table.columns, row, below, width)


def _spread(widths: dict[int, int], width: int) -> None:
    """Gives the spare letters to the columns evenly, so that they fill the paper."""
    spare, each = width - sum(widths.values()), 0
    if widths:
        each = spare // len(widths)
    for index in widths:
        widths[index] += each


def _cells(cells: list[str], widths: list[int]) -> str:
    return " ".join(ascii_text(cell).rjust(width) for cell, width in zip(cells, widths, strict=True))


def _named(columns: tuple[Column, ...], row: tuple[str, ...], below: list[int], width: int) -> Iterator[Line]:
    """Figures too wide to stand in a row: each with its title."""
    for index in below:
        yield from _columns(Columns(f"  {columns[index].title}", row[index + 1]), width)


def _bold(lines: Iterator[Line]) -> Iterator[Line]:
    return (Line(line.text, bold=True) for line in lines)


def _stamp(box: StampBox) -> Iterator[Line]:
    inside = STAMP_WIDTH - 2
    words = _wrap(box.text, inside)
    above = (STAMP_HEIGHT - 2 - len(words)) // 2
    rows = [""] * above + words
    rows += [""] * (STAMP_HEIGHT - 2 - len(rows))
    edge = "+" + "-" * inside + "+"
    yield Line(edge)
    yield from (Line(f"|{row.center(inside)}|") for row in rows)
    yield Line(edge)


def _signatures(block: Signatures, width: int) -> Iterator[Printed]:
    half = (width - 2) // 2
    right = ascii_text(block.right)
    yield from _side_by_side(_wrap(block.left, half), _wrap(right, half), half)
    if block.stamp:
        yield from _stamp(block.stamp)
        yield Line("")
    else:
        yield from (Line("") for _ in range(4))
    dots = "." * (half - 2)
    yield from _side_by_side([dots], [dots] if right else [""], half)
    if block.left_name or block.right_name:
        yield from _side_by_side(_wrap(block.left_name, half), _wrap(block.right_name, half), half)
    if block.code is not None:
        yield from _code_below(block, block.code, width)


def _code_below(block: Signatures, code: QR, width: int) -> Iterator[Printed]:
    yield Line("")
    for text in block.proof:
        yield from _text(Text(text, "centre"), width)
    yield Line("")
    yield code
    yield from _text(Text(block.caption, "centre"), width)


def _side_by_side(left: list[str], right: list[str], half: int) -> Iterator[Line]:
    for row in range(max(len(left), len(right))):
        texts = [part[row] if row < len(part) else "" for part in (left, right)]
        yield Line(f"{texts[0].center(half)}  {texts[1].center(half)}".rstrip())
