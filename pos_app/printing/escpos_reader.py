"""The other end of ESC/POS: what a printer does with the bytes, for the virtual printer and for tests.

``read`` is strict: a command that it does not know is an error, as a cheap printer would print rubbish for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

Align = Literal["left", "centre", "right"]

_ALIGNS: tuple[Align, ...] = ("left", "centre", "right")
LINE_DOTS = 30
"""Height of a line of ordinary letters with its gap (ESC 2)."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of letters; ``wide`` and ``high`` letters are of double width and height."""

    text: str
    bold: bool = False
    wide: bool = False
    high: bool = False
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Dots:
    """A picture: rows of bytes, eight dots each, black is 1."""

    row_bytes: int
    rows: bytes
    align: Align = "left"

    @property
    def height(self) -> int:
        """Rows of dots."""
        return len(self.rows) // self.row_bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code that the printer draws itself; ``module`` in dots, ``height`` of bars."""

    kind: Literal["qr", "code128"]
    payload: str
    module: int
    height: int = 0
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper."""

    dots: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The cutter."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """The pulse that opens the cash drawer."""


Seen = Printed | Dots | Drawn | Feed | Cut | Drawer


@dataclass(eq=False)
class NotUnderstood(ValueError):
    """The bytes from ``place`` on are no command that this printer knows."""

    place: int
    found: bytes

    def __str__(self) -> str:
        return f"{self.found.hex(' ')} at byte {self.place}"


def read(content: bytes) -> list[Seen]:
    """What comes out of the printer. Raises ``NotUnderstood``."""
    return _Printer(content).run()


class _Printer:
    """The state of a printer while it takes bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._seen: list[Seen] = []
        self._text = bytearray()
        self._reset()
        self._commands: dict[bytes, Callable[[], None]] = {
            b"\x1b@": self._reset,
            b"\x1bE": self._bold,
            b"\x1b!": self._mode,
            b"\x1d!": self._size,
            b"\x1ba": self._place,
            b"\x1bd": self._feed_lines,
            b"\x1bJ": self._feed_dots,
            b"\x1bp": self._drawer,
            b"\x1dV": self._cut,
            b"\x1dv": self._raster,
            b"\x1d(": self._symbol,
            b"\x1dk": self._barcode,
            b"\x1dh": self._bar_height,
            b"\x1dw": self._bar_width,
            b"\x1b2": self._nothing,
        }
        for ignored in (b"\x1bt", b"\x1bR", b"\x1bM", b"\x1b-", b"\x1b3", b"\x1dB", b"\x1dH", b"\x1dr"):
            self._commands[ignored] = self._ignore_one

    def run(self) -> list[Seen]:
        while self._at < len(self._content):
            self._step()
        self._end_line(always=False)
        return self._seen

    def _step(self) -> None:
        start, byte = self._at, self._content[self._at]
        if byte == 0x0A:
            self._at += 1
            self._end_line()
        elif byte == 0x0D:
            self._at += 1
        elif 0x20 <= byte < 0x7F:
            self._at += 1
            self._text.append(byte)
        elif byte == 0x10 and self._content[start : start + 2] == b"\x10\x04":
            self._at += 3
        else:
            command = self._commands.get(self._content[start : start + 2])
            if command is None:
                raise NotUnderstood(start, self._content[start : start + 4])
            self._at += 2
            command()

    def _take(self, count: int = 1) -> bytes:
        taken = self._content[self._at : self._at + count]
        if len(taken) < count:
            raise NotUnderstood(self._at, taken)
        self._at += count
        return taken

    def _number(self, count: int = 1) -> int:
        return int.from_bytes(self._take(count), "little")

    # Letters -------------------------------------------------------------------------------------------------------

    def _reset(self) -> None:
        self._style = Printed("")
        self._bars = (162, 3)
        self._symbol_size, self._symbol_data = 3, b""

    def _end_line(self, *, always: bool = True) -> None:
        if self._text or always:
            self._seen.append(replace(self._style, text=self._text.decode("ascii")))
            self._text.clear()

    def _bold(self) -> None:
        self._style = replace(self._style, bold=bool(self._number() & 1))

    def _mode(self) -> None:
        mode = self._number()
        self._style = replace(self._style, bold=bool(mode & 8), high=bool(mode & 16), wide=bool(mode & 32))

    def _size(self) -> None:
        size = self._number()
        self._style = replace(self._style, wide=bool(size >> 4), high=bool(size & 7))

    def _place(self) -> None:
        self._end_line(always=False)
        place = self._number() % 48
        if place >= len(_ALIGNS):
            raise NotUnderstood(self._at, bytes([place]))
        self._style = replace(self._style, align=_ALIGNS[place])

    # Paper ---------------------------------------------------------------------------------------------------------

    def _feed_lines(self) -> None:
        self._end_line(always=False)
        self._seen.append(Feed(self._number() * LINE_DOTS))

    def _feed_dots(self) -> None:
        self._end_line(always=False)
        self._seen.append(Feed(self._number()))

    def _cut(self) -> None:
        if self._number() >= 65:
            self._seen.append(Feed(self._number()))
        self._seen.append(Cut())

    def _drawer(self) -> None:
        self._take(3)
        self._seen.append(Drawer())

    def _nothing(self) -> None:
        """A command without anything that shows."""

    def _ignore_one(self) -> None:
        self._take()

    # Pictures ------------------------------------------------------------------------------------------------------

    def _raster(self) -> None:
        """GS v 0; bands that follow each other are one picture, as on paper."""
        if self._take() != b"0":
            raise NotUnderstood(self._at, b"\x1dv")
        self._take()
        row_bytes, height = self._number(2), self._number(2)
        rows = self._take(row_bytes * height)
        last = self._seen[-1] if self._seen else None
        if isinstance(last, Dots) and (last.row_bytes, last.align) == (row_bytes, self._style.align):
            self._seen[-1] = replace(last, rows=last.rows + rows)
        else:
            self._seen.append(Dots(row_bytes, rows, self._style.align))

    def _symbol(self) -> None:
        """GS ( k: a QR code is stored, then printed."""
        if self._take() != b"k":
            raise NotUnderstood(self._at, b"\x1d(")
        data = self._take(self._number(2))
        kind, function, rest = data[:1], data[1:2], data[2:]
        if kind != b"1":
            raise NotUnderstood(self._at, data[:4])
        if function == b"C":
            self._symbol_size = rest[0]
        elif function == b"P":
            self._symbol_data = rest[1:]
        elif function == b"Q":
            payload = self._symbol_data.decode("ascii")
            self._seen.append(Drawn("qr", payload, self._symbol_size, align=self._style.align))
        elif function not in (b"A", b"E"):
            raise NotUnderstood(self._at, data[:4])

    def _bar_height(self) -> None:
        self._bars = (self._number(), self._bars[1])

    def _bar_width(self) -> None:
        self._bars = (self._bars[0], self._number())

    def _barcode(self) -> None:
        """GS k I: Code 128 in code set B."""
        if self._take() != b"I":
            raise NotUnderstood(self._at, b"\x1dk")
        data = self._take(self._number())
        if not data.startswith(b"{B"):
            raise NotUnderstood(self._at, data[:4])
        payload = data[2:].replace(b"{{", b"{").decode("ascii")
        self._seen.append(Drawn("code128", payload, self._bars[1], self._bars[0], self._style.align))
