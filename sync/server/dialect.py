"""The one place that knows which database engine is below: connecting, locking, adding up.

SQLite is the embedded default: WAL, every commit synced, the write lock taken first. Elsewhere the server
uses SQLAlchemy Core only.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import Connection, Engine

from sync.server.errors import CentreError

READ_ONLY = "pojok_read_only"
BUSY_MILLISECONDS = 10_000
CONNECTIONS = 40
"""As many as there are threads for requests; they are opened when they are needed."""
FIXED_WAL = (3, 51, 3)
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


def connect(database: str, *, create: bool = False) -> Engine:
    """The engine for a database URL (``sqlite:///file.db``). Raises ``CentreError``.

    A file that does not exist is made only where ``create`` says so.
    """
    try:
        url = sa.make_url(database)
    except sa.exc.ArgumentError:
        raise CentreError("bad_url", database=database) from None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise CentreError("only_sqlite")
    path = Path(url.database)
    if not create and not path.is_file():
        raise CentreError("no_centre", path=path, database=database)
    if not path.parent.is_dir():
        raise CentreError("no_folder", path=path.parent)
    if not path.exists():
        _make_private(path)
    return _sqlite(url)


def _make_private(path: Path) -> None:
    """The file will hold the centre's signing key: only its user may read it."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise CentreError("no_access", path=path, reason=error.strerror) from None


def _sqlite(url: sa.URL) -> Engine:
    import pysqlite3

    if pysqlite3.sqlite_version_info < FIXED_WAL:
        raise CentreError("old_sqlite", version=pysqlite3.sqlite_version)
    engine = sa.create_engine(
        url.set(drivername="sqlite"),
        module=pysqlite3,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_MILLISECONDS / 1_000,
        hide_parameters=True,  # an error in a log must not tell what was to be stored
    )
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise CentreError("bad_setting", name=name, value=value)


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the data."""
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that took the write lock first; committed at the end, rolled back on any error."""
    with engine.begin() as connection:
        yield connection


def add_up(connection: Connection, table: sa.Table, sums: Sequence[Mapping[str, Any]], column: str) -> None:
    """Insert rows, or add ``column`` to the row of the same primary key."""
    if sums:
        connection.execute(_adding(table, column), sums)


@cache
def _adding(table: sa.Table, column: str) -> Insert:
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={column: table.c[column] + statement.excluded[column]}
    )


def put_new(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose primary key is not there yet; how many they were."""
    return connection.execute(_ignoring(table), rows).rowcount if rows else 0


@cache
def _ignoring(table: sa.Table) -> Insert:
    statement = insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key))
    return statement.execution_options(preserve_rowcount=True)


def put(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace all other columns of the row of the same primary key."""
    if rows:
        connection.execute(_replacing(table, tuple(rows[0])), rows)


@cache
def _replacing(table: sa.Table, columns: tuple[str, ...]) -> Insert:
    keys = {column.name for column in table.primary_key}
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
