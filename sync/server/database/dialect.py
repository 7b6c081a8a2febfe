"""What differs between database engines, beside ``loading``: connecting, reading, writing, locking.

SQLite is the embedded default: WAL, every commit synced, the write lock taken first. PostgreSQL carries several
workers: a read sees one state of the data, a write locks the rows it changes, and nothing outlives its transaction,
so a pooler that lends connections by transaction may stand between. Elsewhere the server uses SQLAlchemy Core only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from sync.server.database import schema
from sync.server.database.migrating import check_centre
from sync.server.errors import CentreError
from sync.server.faults import unavailable

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

Database: TypeAlias = Connection
"""What ``reading`` and ``writing`` give, for who only hands it on."""


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


def nobody_else(connection: Connection, name: str) -> bool:
    """As ``only_one``, without waiting: whether this transaction is now alone in the part that is called ``name``."""
    if connection.dialect.name != POSTGRES:
        return True
    key = sa.func.hashtextextended(f"pojok:{name}", 0)
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(key))).scalar_one())
