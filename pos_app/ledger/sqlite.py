"""Connections to the ledger's SQLite file, and the one way to write.

WAL before SQLite 3.51.3 can corrupt a file when two connections meet (WAL-reset), so an older library is
refused. Settings that matter are read back, because SQLite ignores what it does not like.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.domain.errors import (
    DamagedLedger,
    DiskFull,
    EnvironmentFault,
    LedgerBusy,
    OldSqlite,
    ReadOnlyLedger,
    StorageFault,
)
from pos_app.ledger.durable import sync_folder

if TYPE_CHECKING:
    import sqlite3
else:
    import pysqlite3.dbapi2 as sqlite3

Connection = sqlite3.Connection
Row = sqlite3.Row
Error = sqlite3.Error
REFUSALS = (sqlite3.IntegrityError, sqlite3.DataError, OverflowError, UnicodeEncodeError)
"""A row that the schema does not take, whatever the disk does."""
CONFUSED = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""Where a damaged cell, or a name in the schema, leads a reader who trusts that it is what the schema says."""
complete_statement = sqlite3.complete_statement
LIBRARY_VERSION: str = sqlite3.sqlite_version

APPLICATION_ID = 0x504F4A4B
"""``POJK``: tells a ledger from other SQLite files."""

FIXED_WAL = (3, 51, 3)
BUSY_MILLISECONDS = 5_000

SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "busy_timeout": BUSY_MILLISECONDS,
    "cache_size": -16_000,
    "temp_store": 2,
}


def connect(path: Path) -> Connection:
    """A connection with ``Row`` rows, no implicit transactions, and the settings above.

    Raises ``OldSqlite``, ``ReadOnlyLedger`` or another ``EnvironmentFault``.
    """
    if sqlite3.sqlite_version_info < FIXED_WAL:
        raise OldSqlite(sqlite3.sqlite_version)
    with faults(path):
        connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            _set_up(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def connect_plainly(name: str) -> Connection:
    """A connection with SQLite's own settings, for copies and scratch work.

    ``name`` is a path, a ``file:`` address, or empty for a temporary database on disk.
    """
    connection = sqlite3.connect(name, isolation_level=None, uri=name.startswith("file:"))
    connection.row_factory = sqlite3.Row
    return connection


def _set_up(connection: Connection) -> None:
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise sqlite3.OperationalError(f"PRAGMA {name} is {found}, not {value}")


@contextmanager
def savepoint(db: Connection) -> Iterator[None]:
    """A part of the open transaction that is undone by itself when it raises."""
    db.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK TO part")
        raise
    finally:
        db.execute("RELEASE part")


@contextmanager
def faults(path: Path | str) -> Iterator[None]:
    """Turns errors of SQLite and of the file system into faults the cashier can read."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes what stands in a damaged schema
        raise DamagedLedger(0, str(error)) from error
    except (sqlite3.Error, OSError) as error:
        raise fault_of(error, str(path)) from error


def fault_of(error: Exception, path: str) -> EnvironmentFault:
    """The fault behind an error of SQLite or of the file system."""
    if isinstance(error, OSError):
        return _system_fault(error, str(error.filename or path))
    text = " ".join(str(error).split())  # SQLite quotes whole statements of a damaged schema
    if "disk is full" in text:
        return DiskFull(path)
    if "readonly" in text or "unable to open" in text:
        return ReadOnlyLedger(path)
    if "locked" in text or "busy" in text:
        return LedgerBusy(path)
    if "malformed" in text or "not a database" in text:
        return DamagedLedger(0, text)
    if isinstance(error, sqlite3.IntegrityError):  # a row that is there already, or a table that was changed
        return DamagedLedger(0, text)
    return StorageFault(text)


def is_of_the_disk(error: Exception) -> bool:
    """Whether an error of SQLite or of the file system comes from outside the program, not from a wrong statement."""
    if isinstance(error, sqlite3.IntegrityError):
        return False
    if isinstance(error, sqlite3.Error):
        return not isinstance(fault_of(error, ""), StorageFault) or "disk I/O" in str(error)
    return isinstance(error, OSError)


def _system_fault(error: OSError, path: str) -> EnvironmentFault:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR):
        return ReadOnlyLedger(path)
    return StorageFault(error.strerror or str(error))


def make_private(path: Path) -> None:
    """An empty new file that only its user may read; what SQLite keeps beside it gets the same mode.

    Raises ``FileExistsError``.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, by the end of its name."""


def remove(path: Path) -> None:
    """Remove a database file with what SQLite keeps beside it, where they are there."""
    for suffix in ("", *BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def put_leftovers_aside(path: Path) -> list[Path]:
    """Rename what lies beside a name that no file has; where it lies now.

    A file that is gone may leave its log: SQLite would replay it into the next file of that name. It is kept, because
    the last sales may be in it. To be done before a file gets its name; nothing is touched beside a file that is there.
    """
    found = [suffix for suffix in BESIDE if path.with_name(path.name + suffix).exists()]
    if path.exists() or not found:
        return []
    stems = (f"{path.name}.left-{number}" for number in count(1))
    stem = next(one for one in stems if not any(path.with_name(one + suffix).exists() for suffix in BESIDE))
    moved = [path.with_name(path.name + suffix).rename(path.with_name(stem + suffix)) for suffix in found]
    sync_folder(path.parent)
    return moved


def file_of(db: Connection) -> Path:
    """The file that a connection has open."""
    return Path(next(row[2] for row in db.execute("PRAGMA database_list") if row[1] == "main"))
