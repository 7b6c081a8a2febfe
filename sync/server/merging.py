"""Two codes of the registry that are one: merged under one of them, and parted again.

Tills keep the code that was merged and are led to the other one, since documents name it. Its goods go over; a merging
remembers which, so that the same come back.
"""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind
from sync.server import deciding, schema
from sync.server.centre import Centre
from sync.server.dialect import only_one
from sync.server.errors import CentreError
from sync.server.loading import put
from sync.server.officers import note
from sync.server.pages.tables_registry import merges
from sync.server.proposals import CONFIRMED, MERGED


def merge(centre: Centre, db: Connection, kind: Kind, code: str, into: str, by: str) -> str:
    """Say that ``code`` is ``into``; what ``into`` stands for now. A person's data stay under each code, for undoing.

    One that a till proposed goes the way of proposals (``deciding.merge``). Raises ``CentreError``.
    """
    only_one(db, "deciding")
    row, target = deciding.row_of(db, kind, code), deciding.standing(db, kind, into)
    if row.alias_of:
        raise CentreError("merged_already", proposal=code, target=row.alias_of)
    if target == code:
        raise CentreError("merged_into_itself", proposal=code, into=into)
    goods = deciding.goods_of(db, code) if kind == "producer" else []
    if _proposal(db, code, CONFIRMED):
        deciding.merge(centre, db, code, target, by)
    else:
        note(centre, db, by, "merge", code, target)
        changed = {"alias_of": target}
        if kind == "product":
            changed["producer"] = deciding.row_of(db, kind, target).producer
        deciding.publish(db, kind, [deciding.values_of(row) | changed])
        deciding.move_goods(db, goods, target)
    kept = {"kind": kind, "code": code, "target": target, "at": centre.now(), "by": by}
    put(db, merges, [{**kept, "goods": msgspec.json.encode(_before(row, kind, goods)).decode()}])
    return target


def unmerge(centre: Centre, db: Connection, kind: Kind, code: str, by: str) -> None:
    """Part two codes again: ``code`` stands for itself, with the goods that were its own and are still where they went.

    Raises ``CentreError``.
    """
    only_one(db, "deciding")
    row = deciding.row_of(db, kind, code)
    if not row.alias_of:
        raise CentreError("not_merged", proposal=code)
    mine = (merges.c.kind == kind, merges.c.code == code)
    text = db.execute(sa.select(merges.c.goods).where(*mine)).scalar()
    goods: list[str] = msgspec.json.decode(text) if text else []
    if _proposal(db, code, MERGED):
        deciding.unmerge(centre, db, code, by)
    else:
        note(centre, db, by, "unmerge", code, row.alias_of)
        changed = {"alias_of": ""}
        if kind == "product" and goods:
            changed["producer"] = deciding.standing(db, "producer", goods[0])
        deciding.publish(db, kind, [deciding.values_of(row) | changed])
    if kind == "producer":
        with_target = set(deciding.goods_of(db, deciding.standing(db, kind, row.alias_of)))
        deciding.move_goods(db, [sku for sku in goods if sku in with_target], code)
    db.execute(sa.delete(merges).where(*mine))


def _before(row: Any, kind: Kind, goods: list[str]) -> list[str]:
    """What is remembered: the SKUs of a producer's goods, or the producer that goods were of."""
    return goods if kind == "producer" else [row.producer]


def _proposal(db: Connection, code: str, state: str) -> bool:
    table = schema.proposals
    return db.execute(sa.select(table.c.code).where(table.c.code == code, table.c.state == state)).first() is not None
