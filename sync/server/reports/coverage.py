"""Which of the producers that sold have the papers that their goods need, and which goods that sold count for P3DN."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import schema
from sync.server.registry.holding import lacking, needing, tkdn_lapsed
from sync.server.reports.scope import Scope
from sync.server.reports.selling import MARKS, Sold, sold
from sync.server.reports.view import view_of

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


def of_goods(db: Connection, scope: Scope, today: str) -> list[Covered]:
    """How much of what sold, in rupiah, were goods whose TKDN counts today and goods in e-Katalog."""
    rows, counts_not = sold(db, scope, *MARKS), _not_counting(db, today)
    total = sum(row.total for row in rows)
    return [
        Covered(kind, sum(row.total for row in rows if row.key[place] not in counts_not), total)
        for place, kind in enumerate(MARKS)
    ]


def of_goods_without(db: Connection, skus: Sequence[str], kind: str, today: str) -> set[str]:
    """Which of these goods have no TKDN that counts today, or stand in no e-Katalog."""
    known, counts_not = view_of(db).attributes, _not_counting(db, today)
    return {sku for sku in skus if known.label(kind, (sku, "")) in counts_not}


def _not_counting(db: Connection, today: str) -> set[str]:
    """What ``MARKS`` are of goods that do not count: none, or that of a producer whose certificates have lapsed."""
    return {"", *db.execute(tkdn_lapsed(today)).scalars()}


def selling_producers(db: Connection, scope: Scope) -> list[Sold]:
    """Producers who sold something, net of what came back; the most first."""
    return [row for row in sold(db, scope, "producer") if row.total > 0 and row.key[0]]
