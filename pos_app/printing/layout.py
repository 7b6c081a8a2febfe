"""What stands on a paper, independent of printer and paper size.

A ``Paper`` is a list of blocks. ``lines`` sets it in a fixed number of columns (thermal rolls: 32, 42 or 48)
and ``pdf`` draws the same blocks with a proportional font. Words wrap, amounts are never cut; text for a
thermal printer is plain ASCII, so that nothing depends on the code page of a cheap printer.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]
Size = Literal["roll", "sheet"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``double`` is twice as high and wide; ``small`` only shows where fonts have sizes."""

    text: str
    align: Align = "left"
    bold: bool = False
    double: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """A bold heading with its paragraph; a page never ends between the two."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """A label at the left, a figure at the right edge."""

    left: str
    right: str
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what they say: at the right edge on a roll, beside the labels on a sheet."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A sold line: the name over its full width, below it how the amount came about."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table's column of figures. ``short`` is used on rolls; ``beside_name`` keeps it on the name's line."""

    title: str
    short: str = ""
    beside_name: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Named rows of figures; each row is the name and one cell per column."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    strong: bool = False


@dataclass(frozen=True, slots=True)
class QR:
    """A QR code; the payload is ASCII. ``native`` says who draws it (``None``: as the roll is set).

    ``quick`` takes the first mask instead of the best of eight: every reader knows all, and it is done in a small
    part of the time, where hundreds are drawn at once.
    """

    payload: str
    native: bool | None = None
    quick: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A black and white picture (PNG), in the middle and no wider than the paper."""

    png: bytes


@dataclass(frozen=True, slots=True)
class Ruler:
    """``columns`` digits in one row, whatever the width of the paper: what breaks is too wide for it."""

    columns: int


@dataclass(frozen=True, slots=True)
class Barcode:
    """Code 128 where the paper is wide enough for a scanner to read it, else a QR code."""

    payload: str


@dataclass(frozen=True, slots=True)
class StampBox:
    """Room for the duty stamp (meterai)."""

    text: str


@dataclass(frozen=True, slots=True)
class Signatures:
    """Two places to sign, side by side; ``right`` may be empty. A stamp belongs to the left one.

    ``code`` stands between them on a sheet and below them on a roll, with the lines of ``proof`` and its ``caption``.
    """

    left: str
    right: str = ""
    left_name: str = ""
    right_name: str = ""
    stamp: StampBox | None = None
    code: QR | None = None
    proof: tuple[str, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Space:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class Cut:
    """End of a paper; rolls are fed to the tear-off edge and cut where there is a cutter."""


Block = (
    Text
    | Clause
    | Columns
    | Facts
    | Item
    | Table
    | Rule
    | QR
    | Barcode
    | Picture
    | Ruler
    | Signatures
    | StampBox
    | Space
    | Cut
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. ``size`` is what it may be printed on when the till has sheets; ``drawer`` opens the cash drawer."""

    kind: str
    number: str
    title: str
    blocks: tuple[Block, ...]
    size: Size = "roll"
    drawer: bool = False


_SIGNS = str.maketrans(
    {
        "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "×": "x", "·": "-", "•": "-", "…": "...",
        "½": "1/2", "¼": "1/4", "°": " ", "≥": ">=", "≤": "<=", "→": "->", "ß": "ss", "æ": "ae", "ø": "o", "Ø": "O",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\n": " ", "\t": " ", "\r": " ",
    }
)  # fmt: skip


def ascii_text(text: str) -> str:
    """``text`` as a thermal printer can print it: accents dropped, signs spelt, the rest ``?``.

    Control characters vanish: a product's name must not speak to the printer.
    """
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_SIGNS))
    kept = (sign for sign in plain if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cc")
    return "".join(sign if sign.isascii() else "?" for sign in kept)
