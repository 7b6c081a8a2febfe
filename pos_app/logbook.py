"""What the program did, for whoever helps: events by name with figures, in rotating files.

    logbook.note("backup", seconds=3.2, entries=1200)

Never personal data, PINs, codes or keys: a text that is not plainly a name of the program's own is written as ``?``.
Events are remembered from the first on and written once ``begin`` was called, which the window does after its first
screen: ``logging.handlers`` costs 14 ms.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from logging import Handler
    from pathlib import Path

FOLDER: Final = "logs"
FILE: Final = "pojok.log"
BYTES: Final = 512 * 1024
FILES: Final = 5
REMEMBERED: Final = 100
"""Lines in memory: those that a crash report repeats."""

_EVENT: Final = r"[a-z][a-z_]{1,40}"
_WORD: Final = r"(?!.*[0-9]{7})[A-Za-z0-9_.:+-]{1,64}"
"""Patterns are compiled with the first note: a start has 4 ms of better use."""


class Logbook:
    """The lines of one process."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=REMEMBERED)
        self._unwritten: deque[str] = deque(maxlen=REMEMBERED)
        self._handler: Handler | None = None
        self._lock = threading.Lock()

    def note(self, event: str, figures: dict[str, int | float | str]) -> None:
        """Remember one event; write it where a file is open. A disk that refuses is no reason to stop."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds")
        name = event if re.fullmatch(_EVENT, event) else "?"
        line = " ".join([moment, name, *(f"{key}={plain(value)}" for key, value in figures.items())])
        with self._lock:
            self._lines.append(line)
            self._unwritten.append(line)
            self._write()

    def lines(self) -> list[str]:
        """The newest lines, oldest first."""
        with self._lock:
            return list(self._lines)

    @property
    def has_more(self) -> bool:
        """Whether something was noted that no file holds."""
        return bool(self._unwritten)

    def begin(self, folder: Path) -> None:
        """Write to files in ``folder`` from now on, what was noted before first."""
        with self._lock:
            if self._handler is None:
                self._handler = _handler(folder)
                self._write()

    def end(self) -> None:
        """Close the file."""
        with self._lock:
            if self._handler is not None:
                self._handler.close()
                self._handler = None

    def _write(self) -> None:
        if self._handler is not None:
            import logging

            while self._unwritten:
                self._handler.handle(logging.makeLogRecord({"msg": self._unwritten.popleft()}))


_book = Logbook()


def note(event: str, **figures: int | float | str) -> None:
    """Remember that something happened. ``event`` is a stable name; texts are names of the program's own."""
    _book.note(event, figures)


def lines() -> list[str]:
    """What was noted last, oldest first."""
    return _book.lines()


def begin(home: Path) -> None:
    """Write to ``home``/logs from now on."""
    _book.begin(home / FOLDER)


def keep(home: Path) -> None:
    """Write what was noted so far, where no file is open; for a command before it ends."""
    if _book.has_more:
        begin(home)
        end()


def end() -> None:
    """Close the file."""
    _book.end()


def plain(value: object) -> str:
    """A value as it may be told: numbers, and words without blanks or the length of a telephone number; else ``?``."""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return text if re.fullmatch(_WORD, text) else "?"


def _handler(folder: Path) -> Handler | None:
    from logging.handlers import RotatingFileHandler

    class Quiet(RotatingFileHandler):
        """A full disk must not print a traceback a line."""

        def handleError(self, record: object) -> None:  # noqa: N802, ARG002  logging's own name
            return

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Quiet(folder / FILE, maxBytes=BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True)
    except OSError:
        return None
