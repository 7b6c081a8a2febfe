"""Codes that were merged: which one stands for all of them, which documents may name instead of it, and what it gets
back when it is parted again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import schema
from sync.server.database.tables_registry import merges
from sync.server.exchange.feeds import take_positions

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


def belong(db: Connection, makers: Mapping[str, str]) -> bool:
    """Remember as whose goods came: ``makers`` names the producer of each SKU. Those of a merged producer go back with
    it, and to no other that they were remembered of. Whether that is anything new."""
    came, new = defaultdict(set), False
    for sku, maker in makers.items():
        came[maker].add(sku)
    mine = (merges.c.kind == "producer", merges.c.goods != "")
    for code, text in db.execute(sa.select(merges.c.code, merges.c.goods).where(*mine)).all():
        own = set(msgspec.json.decode(text, type=list[str]))
        after = {sku for sku in own if makers.get(sku, code) == code} | came[code]
        if after != own:
            goods = msgspec.json.encode(sorted(after)).decode()
            db.execute(sa.update(merges).where(merges.c.kind == "producer", merges.c.code == code).values(goods=goods))
            new = True
    return new


def move_goods(db: Connection, skus: set[str], after: str) -> None:
    """Goods go over to the producer ``after`` with what was merged into them, each to the end of its feed."""
    table = schema.products
    wanted = sa.select(table.c.sku).where(sa.or_(table.c.sku.in_(skus), table.c.alias_of.in_(skus)))
    found = list(db.execute(wanted.order_by(table.c.sku)).scalars()) if skus else []
    if found:
        first = take_positions(db, "catalogue", len(found))
        for place, sku in enumerate(found):
            moved = sa.update(table).where(table.c.sku == sku).values(producer=after, position=first + place)
            db.execute(moved)


def lead_along(db: Connection) -> None:
    """Goods that were merged have the producer of those that stand for them, also when that has changed."""
    table, stands = schema.products, sa.alias(schema.products)
    query = sa.select(table.c.sku, stands.c.producer).join(stands, stands.c.sku == table.c.alias_of)
    rows = db.execute(query.where(table.c.alias_of != "", table.c.producer != stands.c.producer)).all()
    for sku, producer in rows:
        values = {"producer": producer, "position": take_positions(db, "catalogue", 1)}
        db.execute(sa.update(table).where(table.c.sku == sku).values(**values))


def _key(table: sa.Table) -> sa.Column[str]:
    key: sa.Column[str] = next(iter(table.primary_key))
    return key
