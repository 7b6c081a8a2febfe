"""Crash reports and the file for whoever helps: what happened and where in the program, never with whose data.

A report holds the places in the program (file, line, function), no values: no locals, and of a message only what is
known to come from the program or from SQLite itself.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from pos_app import logbook
from pos_app.domain.dates import WIB
from pos_app.domain.errors import PosError
from pos_app.ledger import condition
from pos_app.ledger.sqlite import LIBRARY_VERSION, faults
from pos_app.paths import home
from pos_app.version import VERSION

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger

FOLDER: Final = "reports"
KEEP: Final = 20
HARD: Final = "hard-crash.txt"
"""Where Python writes its places when the process itself is killed by a fault."""

_ROOTS: Final = ("pos_app", "sync", "PySide6", "shiboken6", "site-packages")
_SAFE: Final = (
    r"database is locked|database or disk is full|disk I/O error|attempt to write a readonly database"
    r"|unable to open database file|database disk image is malformed|file is not a database|out of memory"
    r"|(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(: [a-z_]+(\.[a-z_]+)?(, [a-z_]+\.[a-z_]+)*)?"
    r"|no such (table|index): [a-z_]+|journal entries (are never changed|are never deleted|follow one another)"
    r"|'[A-Za-z_.]+' object has no attribute '[A-Za-z_]+'|list index out of range|division by zero"
    r"|maximum recursion depth exceeded.*|Internal C\+\+ object \([A-Za-z_.]+\) already deleted\.?"
)
"""Messages that hold nothing but words of the program or of SQLite."""


@contextmanager
def watching(ledger: Ledger) -> Iterator[None]:
    """Write the log, catch what threads do not, and let a hard crash leave its places, until the block ends."""
    logbook.begin(home())
    logbook.note("begin", version=VERSION, sqlite=LIBRARY_VERSION, system=sys.platform, entries=ledger.head().seq)
    before, threading.excepthook = threading.excepthook, _on_thread
    try:
        with ExitStack() as held:
            with suppress(OSError):
                held.enter_context(_places_of_a_hard_crash(home() / FOLDER))
            yield
    finally:
        threading.excepthook = before
        logbook.note("end")
        logbook.end()


def record_crash(error: BaseException, ledger: Ledger | None = None, *, where: str = "main") -> Path | None:
    """Write a crash report; None where even that fails. The last ``KEEP`` are kept.

    The same mistake as in the newest report is counted there, not written again. Never raises.
    """
    with suppress(Exception):
        logbook.note("crash", kind=type(error).__name__, where=where)
        report = _report(error, ledger, where)
        folder = home() / FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = _newest(folder)
        if known is not None:
            before = json.loads(known.read_text(encoding="utf-8"))
            if before["errors"] == report["errors"]:
                report = {**report, "at": before["at"], "last_at": report["at"], "times": before["times"] + 1}
                _write(known, _text(report))
                return known
        path = _free(folder, f"crash-{datetime.now(WIB):%Y%m%d-%H%M%S-%f}", ".json")
        _write(path, _text(report))
        for old in crash_reports()[:-KEEP]:
            old.unlink(missing_ok=True)
        return path
    return None


def crash_reports() -> list[Path]:
    """The reports on this computer, oldest first."""
    return sorted((home() / FOLDER).glob("crash-*"))


def collect(ledger: Ledger | None, folder: Path, now: datetime) -> Path:
    """One file in ``folder`` for whoever helps: crash reports, logs, and how the ledger stands; no personal data.

    ``None`` where the ledger cannot even be opened. Raises the faults of the disk.
    """
    import zipfile

    name = f"pojok-report-{ledger.identity.series if ledger else 'x'}-{now:%Y%m%d-%H%M%S}"
    with faults(folder):
        path = _free(folder, name, ".zip")
        unfinished = path.with_suffix(".part")
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("state.json", _text(state(ledger, now)))
            archive.writestr("log-now.txt", "\n".join(logbook.lines()))
            for file in (*crash_reports(), home() / FOLDER / HARD, *sorted((home() / logbook.FOLDER).glob("*.log*"))):
                if file.is_file():
                    archive.writestr(f"{file.parent.name}/{file.name}", _without_folders(file))
        return unfinished.replace(path)


def state(ledger: Ledger | None, now: datetime) -> dict[str, Any]:
    """How program, computer and ledger stand, without replaying anything."""
    import platform
    import shutil

    told: dict[str, Any] = {
        "at": now.isoformat(timespec="seconds"),
        "program": VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": LIBRARY_VERSION,
    }
    if ledger is None:
        return told
    told["ledger"] = condition.figures(ledger.db)
    told["identity"] = _identity(ledger)
    with suppress(OSError):
        files = (ledger.path, ledger.path.with_name(f"{ledger.path.name}-wal"))
        told["bytes"] = {file.suffix or "ledger": file.stat().st_size for file in files if file.exists()}
        told["free_bytes"] = shutil.disk_usage(ledger.path.parent).free
    return told


def _identity(ledger: Ledger) -> dict[str, Any]:
    who = ledger.identity
    return {"corner": who.corner, "till": who.till, "epoch": who.epoch, "beginning": who.beginning}


def _report(error: BaseException, ledger: Ledger | None, where: str) -> dict[str, Any]:
    report: dict[str, Any] = {
        "at": datetime.now(WIB).isoformat(timespec="seconds"),
        "times": 1,
        "program": VERSION,
        "python": ".".join(map(str, sys.version_info[:3])),
        "system": sys.platform,
        "sqlite": LIBRARY_VERSION,
        "where": logbook.plain(where),
        "errors": [_told(one) for one in _chain(error)],
        "log": logbook.lines(),
    }
    if ledger is not None:
        with suppress(Exception):
            report["identity"] = _identity(ledger)
            report |= condition.head(ledger.db)
    return report


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, newest first."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _told(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}", "places": list(_places(error))}
    if isinstance(error, PosError):
        told["name"] = error.name
    elif isinstance(error, OSError):
        told["errno"] = error.errno
    elif re.fullmatch(_SAFE, str(error)):
        told["message"] = str(error)
    return told


def _places(error: BaseException) -> Iterator[str]:
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{_place(code.co_filename)}:{trace.tb_lineno} {code.co_qualname}"
        trace = trace.tb_next


def _place(filename: str) -> str:
    """A file of the program from its package on; of any other the bare name, since folders tell who works there."""
    parts = (PureWindowsPath(filename) if "\\" in filename else PurePosixPath(filename)).parts
    for root in _ROOTS:
        if root in parts[:-1]:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(root) :])
    return parts[-1] if parts else "?"


def _without_folders(file: Path) -> str:
    """The text of a file for whoever helps; what Python writes of a hard crash names every file by its whole path."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix != Path(HARD).suffix:
        return text
    return re.sub(r'File "(.*)", line', lambda found: f'File "{_place(found[1])}", line', text)


def _on_thread(args: threading.ExceptHookArgs) -> None:
    """A thread of our own that ended with an error: reported as any other, told to nobody."""
    if args.exc_value is not None:
        record_crash(args.exc_value, where="thread")


@contextmanager
def _places_of_a_hard_crash(folder: Path) -> Iterator[None]:
    """What the last hard crash left becomes a report of its own; the file waits for the next one.

    It is open as long as the process: a dying one cannot open files.
    """
    import faulthandler

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / HARD
    if path.exists() and path.stat().st_size:
        moment = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone(WIB)
        _write(_free(folder, f"crash-{moment:%Y%m%d-%H%M%S-%f}-hard", ".txt"), _without_folders(path))
    with path.open("w", encoding="utf-8") as file:
        faulthandler.enable(file)
        try:
            yield
        finally:
            faulthandler.disable()


def _newest(folder: Path) -> Path | None:
    return max(folder.glob("crash-*.json"), default=None)


def _text(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """The first free name."""
    path = folder / f"{stem}{suffix}"
    for number in count(2):
        if not path.exists():
            break
        path = folder / f"{stem}-{number:03d}{suffix}"
    return path
