"""Schema versions of the ledger file, applied with sqlite-utils after an automatic copy of the file.

``user_version`` counts the migrations that a file has seen. A file of a newer program is refused.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pos_app.domain.errors import NewerLedger
from pos_app.ledger.schema import JOURNAL, PROJECTIONS, REGISTRY
from pos_app.ledger.sqlite import APPLICATION_ID, Connection, complete_statement, connect_plainly, make_private

SCHEMA_VERSION = 1


def schema_version(connection: Connection) -> int:
    """The number of migrations the file has seen; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: Connection, path: Path) -> None:
    """Bring the file to this program's schema. Raises ``NewerLedger``.

    A file with content is copied beside itself first (``<name>.before-v<N>``).
    """
    version = schema_version(connection)
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise NewerLedger(version, SCHEMA_VERSION)
    if version > 0:
        _copy(connection, path.with_name(f"{path.name}.before-v{SCHEMA_VERSION}"))
    _apply(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _copy(connection: Connection, path: Path) -> None:
    """Copy the open file by SQLite's own means: another handle on it would end the locks of this process."""
    path.unlink(missing_ok=True)
    make_private(path)
    with closing(connect_plainly(str(path))) as copy:
        connection.backup(copy)


def _apply(connection: Connection) -> None:
    from sqlite_utils import Database, Migrations  # late: 80 ms that a ledger of today's schema need not wait for

    migrations = Migrations("pojok")

    @migrations()
    def m001_journal_projections_registry(database: Database) -> None:
        for script in (JOURNAL, PROJECTIONS, REGISTRY):
            for statement in statements(script):
                database.execute(statement)

    migrations.apply(Database(connection, use_counts_table=False))


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would end the migration's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement
            statement = ""
