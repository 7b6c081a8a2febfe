"""How one copy of a ledger is written: unfinished under a name of its own, brought to its disk, then named."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from pos_app.domain.errors import DiskFull, IsBackup, LedgerExists, NoBackupSpace
from pos_app.ledger.durable import sync_folder
from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import (
    Connection,
    connect_plainly,
    fault_of,
    faults,
    make_private,
    put_leftovers_aside,
    remove,
)

Progress = Callable[[int, int], None]
"""Hears of steps done and steps in all. What it raises ends the work, and nothing is left of it."""

STAMP: Final = "backup_at"
"""Row of ``meta``: when this copy was made. The ledger itself has none."""
STEPS: Final = 1_000
PAGES: Final = 1_000
MARGIN_BYTES: Final = 8_000_000
MEGABYTE: Final = 1_000_000


def check_is_no_backup(db: Connection, path: Path) -> None:
    """Raise ``IsBackup`` for a copy that was opened as if it were the ledger."""
    if db.execute("SELECT 1 FROM meta WHERE key = ?", (STAMP,)).fetchone():
        raise IsBackup(str(path))


def unfinished_of(path: Path) -> Path:
    """Where a copy is written; it gets its name only after it proved whole."""
    return path.with_name(f"{path.name}.part")


def reserved(folder: Path, stem: str) -> Path:
    """The first free name. It stays ours because its unfinished file is made here."""
    path = folder / f"{stem}.db"
    for number in count(2):
        try:
            make_private(unfinished_of(path))
            if not path.exists():
                break
            remove(unfinished_of(path))
        except FileExistsError:
            pass
        except OSError as error:
            error.filename = str(folder)  # nobody knows the unfinished file by its name
            raise fault_of(error, str(folder)) from error
        path = folder / f"{stem}-{number}.db"
    return path


def copy_pages(
    source: Connection, unfinished: Path, progress: Progress | None, *, stamp: datetime | None = None
) -> None:
    """All pages of an open ledger as they stand now, whatever is sold meanwhile; ``stamp`` marks a backup."""

    def told(_status: int, left: int, total: int) -> None:
        if progress:
            progress(total - left, total)

    with closing(connect_plainly(str(unfinished))) as copy:
        copy.execute("PRAGMA locking_mode = EXCLUSIVE")  # a network folder has no memory to share
        copy.execute("PRAGMA synchronous = OFF")  # the whole file is synced at the end
        source.execute("BEGIN")
        try:
            source.execute("SELECT 1 FROM meta").fetchone()  # holds this state: a sale would start the copy over
            source.backup(copy, pages=PAGES, progress=told)
        finally:
            source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")
        if stamp is not None:
            row = (STAMP, stamp.isoformat(timespec="seconds"))
            copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)


def part_of(progress: Progress | None, first: int, last: int) -> Progress | None:
    """Tells one stretch of the work in steps of all of it."""
    if progress is None:
        return None
    return lambda done, total: progress(first + (last - first) * done // max(total, 1), STEPS)


def settle(path: Path) -> None:
    """Bring a file to its disk, and let the next read come from there."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if sys.platform == "linux":
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def give_name(unfinished: Path, path: Path) -> None:
    """Give a file its name, never over another one, nor beside another one's log. Raises ``LedgerExists``."""
    put_leftovers_aside(path)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise LedgerExists(str(path)) from None
    except OSError:  # a file system without links
        if path.exists():
            raise LedgerExists(str(path)) from None
        unfinished.rename(path)
    else:
        unfinished.unlink()
    sync_folder(path.parent)


def discard(unfinished: Path, *, main: bool = True) -> None:
    """Remove an unfinished file with what was made beside it."""
    unfinished.with_name(f"{unfinished.name}.before-v{SCHEMA_VERSION}").unlink(missing_ok=True)
    if main:
        remove(unfinished)


@contextmanager
def removed_on_failure(unfinished: Path) -> Iterator[None]:
    """Leaves nothing of an unfinished ledger when the block raises."""
    try:
        yield
    except BaseException:
        with suppress(OSError):  # the stick was pulled out: what is on it is unfinished by its name
            discard(unfinished)
        raise


def size_of(db: Connection) -> int:
    """Bytes of a copy of an open ledger."""
    return int(db.execute("PRAGMA page_count").fetchone()[0]) * int(db.execute("PRAGMA page_size").fetchone()[0])


def check_space(folder: Path, size: int) -> None:
    """Raise ``NoBackupSpace`` unless a copy of ``size`` bytes fits with a margin."""
    with faults(folder):
        free = shutil.disk_usage(folder).free
    if free < size + size // 20 + MARGIN_BYTES:
        raise _no_space(folder, size, free)


def _no_space(folder: Path, size: int, free: int) -> NoBackupSpace:
    needed = size + size // 20 + MARGIN_BYTES
    return NoBackupSpace(str(folder), -(-needed // MEGABYTE), free // MEGABYTE)


@contextmanager
def no_space_when_full(folder: Path, size: int) -> Iterator[None]:
    """Another program may fill the disk meanwhile; the till itself goes on selling."""
    try:
        yield
    except DiskFull:
        raise _no_space(folder, size, shutil.disk_usage(folder).free) from None
