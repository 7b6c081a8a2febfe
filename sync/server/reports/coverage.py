"""Which of the producers that sold have the papers that their goods need, and which goods that sold count for P3DN."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server import schema
from sync.server.holding import FOOD, lacking
from sync.server.reports.scope import Scope
from sync.server.reports.selling import MARKS, Sold, sold

PAPERS: Final = ("nib", "pirt", "halal")
"""Of a producer. Goods have the others: ``selling.MARKS``."""
AT_ONCE: Final = 1_000


class Covered(NamedTuple):
    """``have`` of ``needed`` have it: producers; of goods rupiah of what was sold."""

    kind: str
    have: int
    needed: int


def of_producers(db: Connection, codes: Sequence[str], today: str) -> list[Covered]:
    """The papers of producers, each counted among those whose goods need it."""
    asked, table = set(codes), schema.producers
    parts = [sa.case((needing(kind), sa.case((lacking(kind, today), 0), else_=1))) for kind in PAPERS]
    rows = [row[1:] for row in db.execute(sa.select(table.c.code, *parts)) if row[0] in asked]
    columns = zip(*rows, strict=True) if rows else [()] * len(PAPERS)
    found = ([have for have in column if have is not None] for column in columns)
    return [Covered(kind, sum(some), len(some)) for kind, some in zip(PAPERS, found, strict=True)]


def without(db: Connection, codes: Sequence[str], kind: str, today: str) -> set[str]:
    """Which of these producers need a paper and have none that holds today."""
    table, found = schema.producers, set[str]()
    for first in range(0, len(codes), AT_ONCE):
        mine = table.c.code.in_(codes[first : first + AT_ONCE])
        found |= set(db.execute(sa.select(table.c.code).where(mine, needing(kind), lacking(kind, today))).scalars())
    return found


def of_goods(db: Connection, scope: Scope) -> list[Covered]:
    """How much of what sold, in rupiah, were goods with TKDN and in e-Katalog."""
    rows = sold(db, scope, *MARKS)
    total = sum(row.total for row in rows)
    return [Covered(kind, sum(row.total for row in rows if kind in row.key), total) for kind in MARKS]


def of_goods_without(db: Connection, skus: Sequence[str], kind: str) -> set[str]:
    """Which of these goods have no TKDN, or stand in no e-Katalog."""
    marks = _marks(db, skus)
    return {sku for sku in skus if kind not in marks.get(sku, ())}


def selling_producers(db: Connection, scope: Scope) -> list[Sold]:
    """Producers who sold something, net of what came back; the most first."""
    return [row for row in sold(db, scope, "producer") if row.total > 0 and row.key[0]]


def needing(kind: str) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has goods that need this paper; everybody needs a NIB, all food and drink halal
    (PP 42/2024 Ps 160)."""
    goods = schema.products
    if kind == "nib":
        return sa.true()
    marked = goods.c.needs_pirt == 1 if kind == "pirt" else sa.or_(goods.c.needs_halal == 1, goods.c.category.in_(FOOD))
    return schema.producers.c.code.in_(sa.select(goods.c.producer).where(marked, goods.c.alias_of == ""))


def _marks(db: Connection, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
    goods, found = schema.products, {}
    for first in range(0, len(skus), AT_ONCE):
        query = sa.select(goods.c.sku, goods.c.tkdn_bp, goods.c.e_katalog)
        for sku, tkdn, listed in db.execute(query.where(goods.c.sku.in_(skus[first : first + AT_ONCE]))):
            found[sku] = (*(("tkdn",) if tkdn is not None else ()), *(("ekatalog",) if listed else ()))
    return found
