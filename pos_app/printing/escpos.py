"""A paper as ESC/POS bytes.

Codes go out as raster pictures unless the roll says that its printer draws them: cheap printers know neither QR nor
Code 128. Pictures are sent in bands, so that no band is larger than the buffer of a small printer.
"""

import io
import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from platformdirs import user_cache_path

from pos_app.printing.codes import BARS_QUIET, QR_QUIET, bars, qr_rows
from pos_app.printing.layout import QR, Barcode, Paper, Picture
from pos_app.printing.lines import Line, Printed, set_in_columns

if TYPE_CHECKING:
    from PIL.Image import Image

CodesBy = Literal["raster", "native"]

PROFILES = {32: "POS-5890", 42: "TM-T88V", 48: "TM-T20II"}
"""Columns of a roll and the profile of escpos-printer-db with that many."""
DOTS = {32: 384, 42: 512, 48: 576}
"""Dots across the paper."""

BAR_DOTS, BAR_HEIGHT = 2, 72
"""0.25 mm per module: thinner bars are not read by the scanners of a counter."""
QR_DOTS = 6
"""At most 0.75 mm per module."""
BAND = 48
"""Rows of one picture command: at most 3.5 KB, less than the 4 KB that the smallest printers hold."""

FEED_TO_EDGE = 5
CUT = b"\x1dV\x00"
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Roll:
    """A thermal printer: letters per line (32, 42 or 48), and whether it has a cutter and a drawer.

    ``codes`` says who draws QR codes and bars; without ``styles`` nothing is bold or large, for printers that answer
    those commands with rubbish.
    """

    columns: int = 32
    cutter: bool = False
    drawer: bool = False
    codes: CodesBy = "raster"
    styles: bool = True


def to_escpos(paper: Paper, roll: Roll) -> bytes:
    """The bytes that print ``paper``, from initialisation to cut; the drawer opens first where it should."""
    writer = _Writer(roll, open_printer(roll.columns))
    writer.printer.hw("INIT")
    if roll.drawer and paper.drawer:
        writer.printer.cashdraw(2)
    for printed in set_in_columns(paper, roll.columns, doubles=roll.styles):
        writer.put(printed)
    return writer.content()


class _Writer:
    """Collects the bytes of one paper."""

    def __init__(self, roll: Roll, printer: Any) -> None:
        self.printer = printer
        self._roll = roll
        self._dots = DOTS[roll.columns]
        self._chunks: list[bytes] = []
        self._style = (False, False)

    def put(self, printed: Printed) -> None:
        match printed:
            case Line():
                self._line(printed)
            case QR():
                native = self._roll.codes == "native" if printed.native is None else printed.native
                self._qr(printed.payload, native=native)
            case Barcode():
                self._bars(printed.payload)
            case Picture():
                self._raw(raster(_loaded(printed.png, self._dots), self._dots))
            case _:
                self.printer.print_and_feed(FEED_TO_EDGE)
                self._raw(CUT if self._roll.cutter else b"")

    def content(self) -> bytes:
        self._raw(b"")
        return b"".join(self._chunks)

    def _raw(self, content: bytes) -> None:
        self._chunks += [self.printer.output, content]
        self.printer.clear()

    def _line(self, line: Line) -> None:
        style = (line.bold, line.double) if self._roll.styles else (False, False)
        if style != self._style:
            self._style = style
            if line.double:
                self.printer.set(bold=line.bold, double_height=True, double_width=True)
            else:
                self.printer.set(bold=line.bold, normal_textsize=True)
        self.printer.text(f"{line.text}\n")

    def _qr(self, payload: str, *, native: bool) -> None:
        if native:
            self._raw(CENTRE + native_qr(payload, self._dots) + LEFT)
        else:
            self._raw(raster(_qr_picture(payload, self._dots), self._dots))

    def _bars(self, payload: str) -> None:
        """The bars, or a QR code where the paper is too narrow for them."""
        native = self._roll.codes == "native"
        modules = bars(payload)
        if (len(modules) + 2 * BARS_QUIET) * BAR_DOTS > self._dots:
            self._qr(payload, native=native)
        elif native:
            self._raw(CENTRE + native_bars(payload) + LEFT)
        else:
            drawn = modules_picture([modules], BAR_DOTS)
            self._raw(raster(drawn.resize((drawn.width, BAR_HEIGHT)), self._dots))


def native_qr(payload: str, dots: int) -> bytes:
    """The printer draws the code itself (GS ( k): model 2, error correction M."""
    data = payload.encode("ascii")
    side = len(qr_rows(payload)) + 2 * QR_QUIET
    size = max(1, min(QR_DOTS, dots // side))
    store = (len(data) + 3).to_bytes(2, "little")
    parts = (b"\x041A2\x00", b"\x031C" + bytes([size]), b"\x031E1")
    settings = b"".join(b"\x1d(k" + part[:1] + b"\x00" + part[1:] for part in parts)
    return settings + b"\x1d(k" + store + b"1P0" + data + b"\x1d(k\x03\x001Q0"


def native_bars(payload: str) -> bytes:
    """The printer draws Code 128 itself (GS k 73, code set B), without the number below."""
    data = b"{B" + payload.encode("ascii").replace(b"{", b"{{")
    look = b"\x1dh%c\x1dw%c\x1dH\x00" % (BAR_HEIGHT, BAR_DOTS)
    return look + b"\x1dkI%c" % len(data) + data


def raster(picture: "Image", dots: int) -> bytes:
    """A black and white picture in bands (GS v 0), in the middle of ``dots``; blank at both sides."""
    from PIL import Image, ImageChops

    paper = Image.new("L", (-(-dots // 8) * 8, picture.height), 255)
    paper.paste(picture.convert("L"), ((dots - picture.width) // 2, 0))
    row_bytes = paper.width // 8
    rows = ImageChops.invert(paper).convert("1").tobytes()
    bands = []
    for top in range(0, picture.height, BAND):
        height = min(BAND, picture.height - top)
        head = b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + height.to_bytes(2, "little")
        bands.append(head + rows[top * row_bytes : (top + height) * row_bytes])
    return b"".join(bands)


def _qr_picture(payload: str, dots: int) -> "Image":
    rows = qr_rows(payload)
    side = len(rows) + 2 * QR_QUIET
    quiet = [False] * QR_QUIET
    framed = [[*quiet, *row, *quiet] for row in rows]
    empty = [[False] * side] * QR_QUIET
    return modules_picture([*empty, *framed, *empty], max(1, min(QR_DOTS, dots // side)))


def modules_picture(rows: list[list[bool]], dots: int) -> "Image":
    """Modules as a black and white picture, each ``dots`` wide and high."""
    from PIL import Image

    picture = Image.new("1", (len(rows[0]), len(rows)), 1)
    picture.putdata([0 if module else 255 for row in rows for module in row])
    return picture.resize((picture.width * dots, picture.height * dots), Image.Resampling.NEAREST)


def _loaded(png: bytes, dots: int) -> "Image":
    """A picture at most ``dots`` wide."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("L")
    if picture.width > dots:
        picture = picture.resize((dots, max(1, picture.height * dots // picture.width)), Image.Resampling.BILINEAR)
    return picture.convert("1")


def open_printer(columns: int) -> Any:
    """A printer of this many columns that only collects bytes.

    The library reads its printer data at import: once from YAML, later from a cache that must be given a
    folder, and it makes a temporary folder that it never removes; that one is made here and cleared.
    """
    with _loading:
        cache = _cache_folder()
        cache.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", str(cache))
        before, tempfile.tempdir = tempfile.tempdir, str(cache)
        try:
            from escpos.printer import Dummy
        finally:
            tempfile.tempdir = before
        _clear(cache)
    return Dummy(profile=PROFILES[columns])


def _cache_folder() -> Path:
    home = os.environ.get("POJOK_HOME")
    return (Path(home) / "cache" if home else user_cache_path("pojok", appauthor=False)) / "printers"


def _clear(cache: Path) -> None:
    for folder in cache.glob("tmp*"):
        with suppress(OSError):
            folder.rmdir()
