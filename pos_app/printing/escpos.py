"""A paper as ESC/POS bytes. Codes go out as raster pictures: cheap printers know neither QR nor Code 128."""

import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

from pos_app.printing.codes import BARS_QUIET, QR_QUIET, bars, qr_rows
from pos_app.printing.layout import QR, Barcode, Paper
from pos_app.printing.lines import Line, set_in_columns

if TYPE_CHECKING:
    from PIL.Image import Image

PROFILES = {32: "POS-5890", 42: "TM-T88V", 48: "TM-T20II"}
"""Columns of a roll and the profile of escpos-printer-db with that many."""
DOTS = {32: 384, 42: 512, 48: 576}
"""Dots across the paper."""

BAR_DOTS, BAR_HEIGHT = 2, 72
"""0.25 mm per module: thinner bars are not read by the scanners of a counter."""
QR_DOTS = 6
"""At most 0.75 mm per module."""

FEED_TO_EDGE = 5
CUT = b"\x1dV\x00"

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Roll:
    """A thermal printer: letters per line (32, 42 or 48), and whether it has a cutter and a drawer."""

    columns: int = 32
    cutter: bool = False
    drawer: bool = False


def to_escpos(paper: Paper, roll: Roll) -> bytes:
    """The bytes that print ``paper``, from initialisation to cut; the drawer opens first where it should."""
    printer = _dummy(PROFILES[roll.columns])
    printer.hw("INIT")
    if roll.drawer and paper.drawer:
        printer.cashdraw(2)
    chunks: list[bytes] = []
    style = (False, False)
    for printed in set_in_columns(paper, roll.columns):
        match printed:
            case Line():
                if (printed.bold, printed.double) != style:
                    style = (printed.bold, printed.double)
                    _set_style(printer, *style)
                printer.text(f"{printed.text}\n")
            case QR():
                _picture(printer, _qr_picture(printed.payload, DOTS[roll.columns]))
            case Barcode():
                _picture(printer, _bar_picture(printed.payload, DOTS[roll.columns]))
            case _:
                printer.print_and_feed(FEED_TO_EDGE)
                chunks.append(printer.output + (CUT if roll.cutter else b""))
                printer.clear()
    return b"".join([*chunks, printer.output])


def _set_style(printer: Any, bold: bool, double: bool) -> None:
    if double:
        printer.set(bold=bold, double_height=True, double_width=True)
    else:
        printer.set(bold=bold, normal_textsize=True)


def _picture(printer: Any, picture: "Image") -> None:
    printer.image(picture, impl="bitImageRaster", center=True)


def _qr_picture(payload: str, dots: int) -> "Image":
    rows = qr_rows(payload)
    side = len(rows) + 2 * QR_QUIET
    quiet = [False] * QR_QUIET
    framed = [[*quiet, *row, *quiet] for row in rows]
    empty = [[False] * side] * QR_QUIET
    return _drawn([*empty, *framed, *empty], max(1, min(QR_DOTS, dots // side)))


def _bar_picture(payload: str, dots: int) -> "Image":
    """The bars, or a QR code where the paper is too narrow for them."""
    modules = bars(payload)
    if (len(modules) + 2 * BARS_QUIET) * BAR_DOTS > dots:
        return _qr_picture(payload, dots)
    picture = _drawn([modules], BAR_DOTS)
    return picture.resize((picture.width, BAR_HEIGHT))


def _drawn(rows: list[list[bool]], dots: int) -> "Image":
    from PIL import Image

    picture = Image.new("1", (len(rows[0]), len(rows)), 1)
    picture.putdata([0 if module else 255 for row in rows for module in row])
    return picture.resize((picture.width * dots, picture.height * dots), Image.Resampling.NEAREST)


def _dummy(profile: str) -> Any:
    """A printer that only collects bytes.

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
    return Dummy(profile=profile)


def _cache_folder() -> Path:
    home = os.environ.get("POJOK_HOME")
    return (Path(home) / "cache" if home else user_cache_path("pojok", appauthor=False)) / "printers"


def _clear(cache: Path) -> None:
    for folder in cache.glob("tmp*"):
        with suppress(OSError):
            folder.rmdir()
