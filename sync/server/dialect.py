"""The one place that knows which database engine is below: connecting, locking, adding up, loading many rows.

SQLite is the embedded default: WAL, every commit synced, the write lock taken first. PostgreSQL carries several
workers: a read sees one state of the data, a write locks the rows it changes, and nothing outlives its transaction,
so a pooler that lends connections by transaction may stand between. Elsewhere the server uses SQLAlchemy Core only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from sync.server import schema
from sync.server.errors import CentreError
from sync.server.faults import unavailable
from sync.server.migrating import check_centre

READ_ONLY = "pojok_read_only"
BUSY_MILLISECONDS = 10_000
CONNECTIONS = 40
"""To SQLite, as many as there are threads for requests; they are opened when they are needed."""
SERVER_CONNECTIONS = 8
"""To PostgreSQL, of each worker."""
CONNECT_SECONDS = 10
IDLE_MILLISECONDS = 60_000
FIXED_WAL = (3, 51, 3)
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
POSTGRES = "postgresql"
COPY_TYPES: dict[type[Any], str] = {sa.Text: "text", sa.BigInteger: "int8", sa.LargeBinary: "bytea"}

Insert = sqlite.Insert | postgresql.Insert


def connect(database: str, *, create: bool = False) -> Engine:
    """The engine for a database URL (``sqlite:///file.db``, ``postgresql://user@host/name``). Raises ``CentreError``.

    A file that does not exist is made only where ``create`` says so; a database of PostgreSQL is made beforehand.
    """
    url = _url(database)
    if url.drivername in (POSTGRES, f"{POSTGRES}+psycopg") and url.database:
        try:
            return _postgres(url)
        except (sa.exc.ArgumentError, ValueError):
            raise CentreError("bad_url") from None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise CentreError("unknown_engine")
    path = Path(url.database)
    if not create and not path.is_file():
        raise CentreError("no_centre", path=path, database=shown(database))
    if not path.parent.is_dir():
        raise CentreError("no_folder", path=path.parent)
    if not path.exists():
        _make_private(path)
    return _sqlite(url)


def shown(database: str) -> str:
    """A database URL as it may be printed: without its password. Raises ``CentreError``."""
    url = _url(database)
    secrets = [name for name in url.query if "password" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)


def _url(database: str) -> sa.URL:
    """What is no address is not repeated: a password may stand anywhere in it."""
    try:
        url = sa.make_url(database)
    except (sa.exc.ArgumentError, ValueError):
        raise CentreError("bad_url") from None
    if "@" in (url.host or ""):  # of a password that was not quoted
        raise CentreError("bad_url")
    return url


def many_workers(database: str) -> bool:
    """Whether several processes may serve this database."""
    return _url(database).get_backend_name() == POSTGRES


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


def _set_up(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    check_centre({name for (name,) in connection.execute("SELECT name FROM sqlite_schema")})  # before WAL is asked for
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise CentreError("bad_setting", name=name, value=value)


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _postgres(url: sa.URL) -> Engine:
    """Statements are not prepared: a pooler may run each transaction on another connection."""
    engine = sa.create_engine(
        url.set(drivername=f"{POSTGRES}+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=SERVER_CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_MILLISECONDS / 1_000,
        pool_use_lifo=True,
        hide_parameters=True,
        use_native_hstore=False,
        connect_args={
            "prepare_threshold": None,
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "pojok",
            **url.query,
        },
    )
    sa.event.listen(engine, "connect", _set_limits)
    return engine


def _set_limits(connection: Any, _record: ConnectionPoolEntry) -> None:
    """Nobody waits for ever on a row whose holder is gone. (Behind a pooler: set these for the role.)"""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {BUSY_MILLISECONDS}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MILLISECONDS}")
    connection.autocommit = False


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the data."""
    with engine.connect().execution_options(**_reads(engine.dialect.name)) as connection, connection.begin():
        yield connection


@cache
def _reads(name: str) -> dict[str, Any]:
    if name == POSTGRES:
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {READ_ONLY: True}


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that took the write lock first (SQLite) or locks what it changes (PostgreSQL); committed at the
    end, rolled back on any error."""
    try:
        with engine.begin() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as error:
        if unavailable(error):
            _refusing.add(engine)
        raise
    _refusing.discard(engine)


_refusing = WeakSet[Engine]()
"""Databases that did not take the last write."""


def can_write(engine: Engine) -> bool:
    """Whether the database is no standby. Raises ``SQLAlchemyError`` where it did not take the last write and does not
    take one now."""
    if engine.dialect.name == POSTGRES:
        with reading(engine) as db:
            if db.execute(sa.select(sa.func.pg_is_in_recovery())).scalar_one():
                return False
    if engine in _refusing:
        with writing(engine) as db:
            db.execute(sa.update(schema.meta).where(schema.meta.c.key == "version").values(value=schema.meta.c.value))
    return True


def only_one(connection: Connection, name: str) -> None:
    """Wait until no other transaction is in the part that is called ``name``; SQLite has one writer anyway."""
    if connection.dialect.name == POSTGRES:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"pojok:{name}", 0))))


def load(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows, none of which is there."""
    if connection.dialect.name == POSTGRES:
        _copy(connection, table, columns, rows)
    elif rows:
        connection.execute(_plain(table), [dict(zip(columns, row, strict=True)) for row in rows])


@cache
def _plain(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


def _copy(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """In the binary form, which spares both sides writing bytes as hexadecimal digits."""
    import psycopg

    statement, types = _copying(table, columns)
    driver: Any = connection.connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise _as_of_sqlalchemy(connection, statement, error) from error


@cache
def _copying(table: sa.Table, columns: tuple[str, ...]) -> tuple[str, list[str]]:
    """The statement, and the types of the columns."""
    types = [COPY_TYPES[type(table.c[name].type)] for name in columns]
    return f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT binary)", types


def _as_of_sqlalchemy(connection: Connection, statement: str, error: Exception) -> BaseException:
    """An error of the driver in the form in which SQLAlchemy raises it."""
    import psycopg

    return sa.exc.DBAPIError.instance(
        statement, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
    )


def claim(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert the rows whose primary key is not there yet; how many they were. Made for rows that are all new."""
    if not rows:
        return 0
    if connection.dialect.name == POSTGRES:
        try:
            with connection.begin_nested():
                load(connection, table, columns, rows)
        except sa.exc.IntegrityError:
            pass
        else:
            return len(rows)
    return put_new(connection, table, [dict(zip(columns, row, strict=True)) for row in rows])


def add_up(connection: Connection, table: sa.Table, sums: Sequence[Mapping[str, Any]], column: str) -> None:
    """Insert rows, or add ``column`` to the row of the same primary key."""
    if sums:
        _execute(connection, _adding, table, sums, column)


def put_new(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows whose primary key is not there yet; how many they were."""
    return _execute(connection, _ignoring, table, rows).rowcount if rows else 0


def put(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace all other columns of the row of the same primary key."""
    if rows:
        _execute(connection, _replacing, table, rows)


def _execute(
    connection: Connection,
    conflict: Callable[..., Insert],
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    *more: str,
) -> sa.CursorResult[Any]:
    """Run an insert of ``rows`` that says by ``conflict`` what happens to a row whose primary key is there.

    PostgreSQL takes many rows as one array for each column: one statement, however many they are.
    """
    engine, names = connection.dialect.name, tuple(rows[0])
    if engine == POSTGRES and len(rows) > 1:
        columns = {name: [row[name] for row in rows] for name in names}
        return connection.execute(_of_arrays(conflict, table, names, *more), columns)
    return connection.execute(_of_rows(conflict, engine, table, names, *more), rows)


@cache
def _of_rows(
    conflict: Callable[..., Insert], engine: str, table: sa.Table, names: tuple[str, ...], *more: str
) -> Insert:
    plain = postgresql.insert(table) if engine == POSTGRES else sqlite.insert(table)
    return conflict(plain, table, names, *more)


@cache
def _of_arrays(conflict: Callable[..., Insert], table: sa.Table, names: tuple[str, ...], *more: str) -> Insert:
    arrays = [sa.bindparam(name, type_=postgresql.ARRAY(table.c[name].type)) for name in names]
    rows = sa.func.unnest(*arrays).table_valued(*names).render_derived()
    plain = postgresql.insert(table).from_select(names, sa.select(*(rows.c[name] for name in names)))
    return conflict(plain, table, names, *more)


def _adding(statement: Insert, table: sa.Table, _names: tuple[str, ...], column: str) -> Insert:
    sums = {column: table.c[column] + statement.excluded[column]}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)


def _ignoring(statement: Insert, table: sa.Table, _names: tuple[str, ...]) -> Insert:
    quiet = statement.on_conflict_do_nothing(index_elements=list(table.primary_key))
    return quiet.execution_options(preserve_rowcount=True)


def _replacing(statement: Insert, table: sa.Table, names: tuple[str, ...]) -> Insert:
    keys = {column.name for column in table.primary_key}
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
