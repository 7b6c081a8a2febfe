"""Codes that were merged: which one stands for all of them, which documents may name instead of it, and what it gets
back when it is parted again.
"""

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database.tables_registry import merges

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


def own_of(db: Connection, code: str, kind: str = "producer") -> list[str] | None:
    """What a merging remembers: the SKUs of a producer's own goods, or the producer that goods were of; None where
    nothing is remembered."""
    text = db.execute(sa.select(merges.c.goods).where(merges.c.kind == kind, merges.c.code == code)).scalar()
    return msgspec.json.decode(text, type=list[str]) if text else None


def remember(db: Connection, producer: str, sku: str) -> None:
    """Goods that are a merged producer's own as well."""
    own = own_of(db, producer)
    if own is not None:
        mine = (merges.c.kind == "producer", merges.c.code == producer)
        goods = msgspec.json.encode(sorted({*own, sku})).decode()
        db.execute(sa.update(merges).where(*mine).values(goods=goods))


def _key(table: sa.Table) -> sa.Column[str]:
    key: sa.Column[str] = next(iter(table.primary_key))
    return key
