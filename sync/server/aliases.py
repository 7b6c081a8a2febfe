"""Codes that were merged: which one stands for all of them, and which documents may name instead of it."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

FARTHEST = 20
"""Steps from an alias to the code that stands for itself, at most."""


def standing(db: Connection, table: sa.Table, code: str) -> str:
    """What ``code`` of the registry's ``table`` is now: itself, or the end of its aliases."""
    for _step in range(FARTHEST):
        after = db.execute(sa.select(table.c.alias_of).where(_key(table) == code)).scalar()
        if not after:
            break
        code = after
    return code


def all_names(db: Connection, table: sa.Table, codes: Iterable[str]) -> dict[str, str]:
    """``codes`` and whatever was merged into one of them, each with the one of ``codes`` that stands for it."""
    found = {code: code for code in codes}
    newest = list(found)
    for _step in range(FARTHEST):
        rows = db.execute(sa.select(_key(table), table.c.alias_of).where(table.c.alias_of.in_(newest))).all()
        newest = [row[0] for row in rows if row[0] not in found]
        found |= {row[0]: found[row[1]] for row in rows if row[0] not in found}
        if not newest:
            break
    return found


def _key(table: sa.Table) -> sa.Column[str]:
    key: sa.Column[str] = next(iter(table.primary_key))
    return key
