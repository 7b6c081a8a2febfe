"""Schema versions of the ledger file, applied with sqlite-utils after an automatic copy of the file.

``user_version`` counts the migrations that a file has seen. A file of a newer program is refused. Projections are
never altered: they are made anew from the journal in the form of this program.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app import logbook
from pos_app.domain.errors import DiskFull, NewerLedger
from pos_app.ledger.durable import sync_folder
from pos_app.ledger.schema import CONSIGNMENT, COUNTER, DELIVERIES, EXCHANGE, JOURNAL, REGISTRY, statements
from pos_app.ledger.sqlite import APPLICATION_ID, Connection, Error, connect_plainly, make_private, remove

if TYPE_CHECKING:
    from pos_app.ledger.verify import Progress

SCHEMA_VERSION = 5
KEPT_COPIES = 2
ROOM = 2
"""Free space that an upgrade asks for, in sizes of the file: the copy, and projections beside the old ones."""


def schema_version(connection: Connection) -> int:
    """The number of migrations the file has seen; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: Connection, path: Path, progress: "Progress | None" = None) -> None:
    """Bring the file to this program's schema, whole or not at all.

    A file with content is copied beside itself first (``<name>.before-v<N>``). ``progress`` hears of entries done and
    entries in all. Raises ``NewerLedger``, ``DiskFull``, and ``DamagedLedger`` for a journal that is broken: the file
    then stays as it was.
    """
    version = schema_version(connection)
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise NewerLedger(version, SCHEMA_VERSION)
    copy = _copy(connection, path) if version > 0 else None
    try:
        with _one_transaction(connection):
            _apply(connection, progress)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        if copy:
            copy.unlink(missing_ok=True)
        raise
    if copy is None:
        # A new file is given its name without what lies beside it, so a full disk must be heard of here.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with suppress(Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _forget_older_copies(path)
    logbook.note("migrated", before=version, after=SCHEMA_VERSION)


@contextmanager
def _one_transaction(connection: Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def _apply(connection: Connection, progress: "Progress | None") -> None:
    from sqlite_utils import Database, Migrations  # late: 80 ms that a ledger of today's schema need not wait for

    from pos_app.ledger.rebuild import refill

    migrations = Migrations("pojok")

    # Without savepoints inside the one transaction: they keep every page that changes in memory.
    @migrations(transactional=False)
    def m001_journal_projections_registry(database: Database) -> None:
        for script in (JOURNAL, REGISTRY):
            for statement in statements(script):
                database.execute(statement)

    @migrations(transactional=False)
    def m002_appended_projections(database: Database) -> None:
        refill(database.conn, progress)

    @migrations(transactional=False)
    def m003_counter(database: Database) -> None:
        for statement in statements(COUNTER):
            database.execute(statement)

    @migrations(transactional=False)
    def m004_consignment(database: Database) -> None:
        database.execute("DROP INDEX deliveries")  # of deliveries alone in the schemas before
        database.execute(DELIVERIES)
        for statement in statements(CONSIGNMENT):
            database.execute(statement)

    @migrations(transactional=False)
    def m005_exchange(database: Database) -> None:
        for statement in statements(EXCHANGE):
            database.execute(statement)

    migrations.apply(Database(connection, use_counts_table=False))


def _copy(connection: Connection, path: Path) -> Path:
    """Copy the open file by SQLite's own means: another handle on it would end the locks of this process.

    The copy gets its name only when it is complete and on the disk. A copy that was made before is replaced only by
    one that holds all its entries.
    """
    from pos_app.ledger import copying  # late: it asks for this program's schema version

    if shutil.disk_usage(path.parent).free < ROOM * copying.size_of(connection):
        raise DiskFull(str(path))
    part = copying.unfinished_of(_name_of_copy(connection, path))
    remove(part)
    try:
        make_private(part)
        copying.copy_pages(connection, part, None)
        copying.settle(part)
        copy = part.replace(part.with_suffix(""))
        sync_folder(path.parent)
    except BaseException:
        remove(part)
        raise
    return copy


def _name_of_copy(connection: Connection, path: Path) -> Path:
    """Free, or that of a copy whose last entry is in the journal too."""
    name = path.with_name(f"{path.name}.before-v{SCHEMA_VERSION}")
    number = 1
    found = name
    while found.exists() and not _contains(connection, found):
        number += 1
        found = name.with_name(f"{name.name}-{number}")
    return found


def _contains(connection: Connection, copy: Path) -> bool:
    try:
        with closing(connect_plainly(f"{copy.resolve().as_uri()}?mode=ro&immutable=1")) as older:
            last = older.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    except Error:
        return False
    return (
        last is None
        or connection.execute("SELECT 1 FROM journal WHERE seq = ? AND hash = ?", tuple(last)).fetchone() is not None
    )


def _forget_older_copies(path: Path) -> None:
    copies = [one for one in path.parent.glob(f"{path.name}.before-v*") if one.suffix != ".part"]
    for old in sorted(copies, key=lambda one: one.stat().st_mtime, reverse=True)[KEPT_COPIES:]:
        old.unlink(missing_ok=True)
