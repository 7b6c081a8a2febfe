"""The yardstick of goal 6: what a push wrote, brought into the same tables of another database by bare COPY."""

from typing import Any

import psycopg
from psycopg import sql

TABLES = ("entries", "document_ids", "balances", "stock", "figures", "days", "shifts")
"""Those that a push of sales fills."""
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
"""By table: its columns, and its rows."""


def rows_of(database: str) -> Rows:
    """By table: its columns, and what a push put there."""
    found: Rows = {}
    with psycopg.connect(database) as db:
        for name in TABLES:
            cursor = db.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))
            columns = [column.name for column in cursor.description or ()]
            found[name] = (columns, cursor.fetchall())
    return found


def copy_rows(database: str, rows: Rows, batch: int) -> None:
    """All of them on one connection: a transaction for every ``batch`` entries and what belongs to them."""
    entries = max(len(rows["entries"][1]), 1)
    steps = -(-entries // batch)
    with psycopg.connect(database) as db:
        for step in range(steps):
            with db.transaction(), db.cursor() as cursor:
                for name, (columns, found) in rows.items():
                    part = found[len(found) * step // steps : len(found) * (step + 1) // steps]
                    names = sql.SQL(", ").join(map(sql.Identifier, columns))
                    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
                    with cursor.copy(statement) as copy:
                        for row in part:
                            copy.write_row(row)


def empty(database: str) -> None:
    """Take out what a push put there."""
    with psycopg.connect(database) as db:
        db.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, TABLES))))
