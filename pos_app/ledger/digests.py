"""Whether the registry here is the centre's: the token of each row that a feed brought is the row's ``version``.

    version > 0    the token of the row as the feed sent it, whatever was kept of it on purpose
    version = 0    no feed brought it: goods and producers of the corner's own
    version < 0    a feed brought it once, and lists it no more, or as another's alias

An alias has its token in ``aliases``, a row that is left out in ``left_out``. Count and sum of all of them are compared
with what the last page told.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from pos_app.ledger import aliases, left_out
from pos_app.ledger.left_out import Left
from pos_app.ledger.sqlite import Connection
from sync.protocol.facts import Kind


class Table(NamedTuple):
    """Where the rows of a feed are kept."""

    name: str
    key: str
    kind: Kind


TABLES: Final = {
    "producers": Table("producers", "code", "producer"),
    "catalogue": Table("products", "sku", "product"),
}
EVERY: Final = timedelta(days=1)
"""A feed without news is compared so often; one that differed after it was fetched anew, ``AGAIN`` later."""
AGAIN: Final = timedelta(hours=1)
ROOM: Final = 62
HALF: Final = 31
MARKED_AT_ONCE: Final = 1_000
"""Rows that one transaction marks: less than a frame."""
_THESE: Final = "(SELECT value FROM json_each(?))"


def settle(db: Connection, scope: str, rows: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Take in what a feed says of aliases and of rows that are gone; gives the rows that stand for themselves.

    What was proposed and came back is no longer a proposal. Of what is left out the token alone is taken.
    """
    table = TABLES[scope]
    rows = _leave_out(db, scope, rows)
    gone = [key for key, token in rows if not token]
    merged = [(getattr(row, table.key), row.alias_of, token) for row, token in rows if token and row.alias_of]
    standing = [(row, token) for row, token in rows if token and not row.alias_of] if gone or merged else rows
    alone = _json([*gone, *(getattr(row, table.key) for row, _token in standing)]) if _any(db, "aliases") else ""
    if alone:
        aliases.drop(db, table.kind, alone)
    if gone or merged:
        codes = _json([*gone, *(code for code, _target, _token in merged)])
        db.execute(f"UPDATE {table.name} SET version = -max(abs(version), 1) WHERE {table.key} IN {_THESE}", (codes,))
        aliases.put(db, table.kind, merged)
    if _any(db, "proposed"):
        brought = [code for code, _target, _token in merged] + [getattr(row, table.key) for row, _token in standing]
        db.execute(f"DELETE FROM proposed WHERE kind = ? AND code IN {_THESE}", (table.kind, _json(brought)))
    return standing


def _leave_out(db: Connection, scope: str, rows: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """Keep what is left out by its token; gives the other rows, which are no longer left out."""
    left = [(row, token) for row, token in rows if isinstance(row, Left)]
    if left:
        table, codes = TABLES[scope], _json([row.key for row, _token in left])
        db.execute(f"UPDATE {table.name} SET version = -abs(version) WHERE {table.key} IN {_THESE}", (codes,))
        db.execute(f"UPDATE aliases SET token = 0 WHERE kind = ? AND code IN {_THESE}", (table.kind, codes))
        rows = [(row, token) for row, token in rows if not isinstance(row, Left)]
    if left_out.any_in(db, scope):
        left_out.drop(db, scope, [getattr(row, TABLES[scope].key) if token else row for row, token in rows])
    left_out.put(db, scope, left)
    return rows


def totals(db: Connection, scope: str) -> tuple[int, int]:
    """How many rows of a feed are here, and the sum of their tokens modulo 2**62: one reading of the table."""
    table = TABLES[scope]
    low = (1 << HALF) - 1
    # Halves, because a sum of tokens passes SQLite's whole numbers.
    count, high_sum, low_sum = db.execute(
        f"SELECT count(*), coalesce(sum(token >> {HALF}), 0), coalesce(sum(token & {low}), 0) FROM"
        f" (SELECT version AS token FROM {table.name} WHERE version > 0"
        " UNION ALL SELECT token FROM aliases WHERE kind = ? AND token > 0)",
        (table.kind,),
    ).fetchone()
    left = left_out.tokens(db, scope)
    return count + len(left), ((high_sum << HALF) + low_sum + sum(left)) % (1 << ROOM)


def mark(db: Connection, scope: str) -> bool:
    """Mark some of the rows that a feed brought as not listed; whether there are more. Those that it still lists come
    back with their tokens."""
    table = TABLES[scope]
    aliases.doubt(db, table.kind)
    left_out.doubt(db, scope)
    done = db.execute(
        f"UPDATE {table.name} SET version = -version WHERE rowid IN"
        f" (SELECT rowid FROM {table.name} WHERE version > 0 LIMIT {MARKED_AT_ONCE})"
    )
    return done.rowcount == MARKED_AT_ONCE


def is_due(at: str, compared_at: str, *, differed: bool) -> bool:
    """Whether it is time to compare again; also when either time cannot be read, or lies in the future."""
    try:
        passed = datetime.fromisoformat(at) - datetime.fromisoformat(compared_at)
    except (ValueError, TypeError):
        return True
    return abs(passed) >= (AGAIN if differed else EVERY)


def _any(db: Connection, table: str) -> bool:
    return bool(db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])


def _json(values: list[str]) -> str:
    return msgspec.json.encode(values).decode()
