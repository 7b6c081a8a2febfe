"""Printers of the operating system: CUPS through ``lp``, the Windows spooler through its own library.

The spooler takes the whole paper and prints when it can: taken means printed as far as we can know.
The Windows part follows the documentation of winspool and has not been run on Windows.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import Any

from pos_app.printing.devices import Format, PrinterFault

SPOOL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class OsSpooler:
    """A printer by its name in the system. Raw ESC/POS for rolls; PDF for sheets (CUPS only)."""

    printer: str
    format: Format = "escpos"
    seconds: float = SPOOL_SECONDS

    def send(self, content: bytes, name: str) -> None:
        """Hand the paper to the spooler. Raises ``PrinterFault``."""
        if sys.platform == "win32":
            if self.format != "escpos":
                raise PrinterFault("unsupported", "sheets go to a folder of PDFs on Windows")
            _windows_raw(self.printer, content, name)
        else:
            _cups(self, content, name)


def _cups(spooler: OsSpooler, content: bytes, name: str) -> None:
    program = which("lp")
    if program is None:
        raise PrinterFault("unsupported", "lp is not installed")
    options = ["-o", "raw"] if spooler.format == "escpos" else []
    command = [program, "-d", spooler.printer, "-t", name, *options]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the printer's name is one argument
            command, input=content, capture_output=True, timeout=spooler.seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PrinterFault("silent", Path(program).name, maybe_printed=True) from error
    except OSError as error:
        raise PrinterFault("offline", str(error)) from error
    if done.returncode:
        raise PrinterFault("refused", done.stderr.decode(errors="replace").strip()[:200])


def _windows_raw(printer: str, content: bytes, name: str) -> None:
    """OpenPrinter, StartDocPrinter with data type RAW, WritePrinter; every handle is closed again."""
    import ctypes

    winspool: Any = ctypes.WinDLL("winspool.drv", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]

    class DocInfo(ctypes.Structure):
        _fields_ = (
            ("document", ctypes.c_wchar_p),
            ("output", ctypes.c_wchar_p),
            ("data_type", ctypes.c_wchar_p),
        )

    handle = ctypes.c_void_p()
    if not winspool.OpenPrinterW(ctypes.c_wchar_p(printer), ctypes.byref(handle), None):
        raise PrinterFault("offline", f"OpenPrinter {printer}")
    try:
        if not winspool.StartDocPrinterW(handle, 1, ctypes.byref(DocInfo(name, None, "RAW"))):
            raise PrinterFault("refused", "StartDocPrinter")
        written = ctypes.c_ulong()
        complete = winspool.WritePrinter(handle, content, len(content), ctypes.byref(written))
        winspool.EndDocPrinter(handle)
        if not complete or written.value != len(content):
            raise PrinterFault("broke_off", f"{written.value} bytes", maybe_printed=written.value > 0)
    finally:
        winspool.ClosePrinter(handle)
