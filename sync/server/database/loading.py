"""Many rows at once, on either database engine: copied where they are new, added up, or put in the place of others."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from sync.server.database.dialect import POSTGRES

COPY_TYPES: dict[type[Any], str] = {sa.Text: "text", sa.BigInteger: "int8", sa.LargeBinary: "bytea"}

Insert = sqlite.Insert | postgresql.Insert


def load(connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows, none of which is there."""
    if connection.dialect.name == POSTGRES:
        _copy(connection, table, columns, rows)
    elif rows:
        connection.exec_driver_sql(_plain(table, columns), list(rows))


@cache
def _plain(table: sa.Table, columns: tuple[str, ...]) -> str:
    """For the driver itself: rows of three plain types need nothing of what is done to each of them otherwise."""
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names of the schema


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


def add_up(connection: Connection, table: sa.Table, sums: Sequence[Mapping[str, Any]], *columns: str) -> None:
    """Insert rows, or add ``columns`` to the row of the same primary key."""
    if sums:
        _execute(connection, _adding, table, sums, *columns)


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


def _adding(statement: Insert, table: sa.Table, _names: tuple[str, ...], *columns: str) -> Insert:
    sums = {column: table.c[column] + statement.excluded[column] for column in columns}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)


def _ignoring(statement: Insert, table: sa.Table, _names: tuple[str, ...]) -> Insert:
    quiet = statement.on_conflict_do_nothing(index_elements=list(table.primary_key))
    return quiet.execution_options(preserve_rowcount=True)


def _replacing(statement: Insert, table: sa.Table, names: tuple[str, ...]) -> Insert:
    keys = {column.name for column in table.primary_key}
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)
