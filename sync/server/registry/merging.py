"""Two codes of the registry that are one: merged under one of them, and parted again, in any order.

Tills keep the code that was merged and are led to the other one, since documents name it. What is merged always names
the code that stands for itself, however many mergings lie between; each merging remembers what it was merged into and
which goods were its own, so that taking one back gives just that back. Contacts stay under each code.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind, ProductFacts
from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.database.tables_registry import merges
from sync.server.errors import CentreError
from sync.server.exchange.proposals import CHANGEABLE, CONFIRMED, MERGED
from sync.server.registry import certificates, deciding
from sync.server.registry.aliases import belong, move_goods, own_of

KEYS: dict[Kind, str] = {"producer": "code", "product": "sku"}


def merge(centre: Centre, db: Connection, kind: Kind, code: str, into: str, by: str) -> str:
    """Say that ``code`` of the registry is ``into``; what ``into`` stands for now. Raises ``CentreError``."""
    only_one(db, "deciding")
    row = deciding.row_of(db, kind, code)
    if row.alias_of:
        raise CentreError("merged_already", proposal=code, target=row.alias_of)
    if _proposal(db, code, CONFIRMED):
        return merge_proposed(centre, db, code, into, by)
    target = _fold(centre, db, kind, deciding.values_of(row), into, by)
    note(centre, db, by, "merge", code, target)
    return target


def merge_proposed(centre: Centre, db: Connection, code: str, into: str, by: str, mark: str | None = None) -> str:
    """The same for what a till proposed, whether it is in the registry or not; a person that came sealed with it is
    forgotten. Raises ``CentreError``."""
    row = deciding.claim(centre, db, code, (*CHANGEABLE, CONFIRMED), "merge", by, mark)
    target = _fold(centre, db, row.kind, deciding.values_decided(db, row), into, by)
    deciding.decided(centre, db, row, MERGED, by, target)
    return target


def unmerge(centre: Centre, db: Connection, kind: Kind, code: str, by: str) -> None:
    """Part two codes again: ``code`` stands for itself, with the goods that were its own and are still where they went,
    and with what had been merged into it. Raises ``CentreError``."""
    only_one(db, "deciding")
    row = deciding.row_of(db, kind, code)
    if not row.alias_of:
        raise CentreError("not_merged", proposal=code)
    if _proposal(db, code, MERGED):
        unmerge_proposed(centre, db, code, by)
    else:
        note(centre, db, by, "unmerge", code, row.alias_of)
        _part(centre, db, kind, code, by)


def unmerge_proposed(centre: Centre, db: Connection, code: str, by: str) -> None:
    """The same for what a till proposed. Raises ``CentreError``."""
    row = deciding.claim(centre, db, code, (MERGED,), "unmerge", by)
    _part(centre, db, row.kind, code, by)
    deciding.taken(centre, db, row, by)


def _fold(centre: Centre, db: Connection, kind: Kind, values: dict[str, Any], into: str, by: str) -> str:
    """Publish ``values`` as an alias of what ``into`` stands for, and whatever was merged into them before."""
    code, target = values[KEYS[kind]], deciding.standing(db, kind, into)
    if target == code:
        raise CentreError("merged_into_itself", proposal=code, into=into)
    changed = {"alias_of": target}
    if kind == "product":
        own = [_maker_of(db, code, values["producer"])]
        changed["producer"] = deciding.row_of(db, "product", target).producer
    else:
        own = sorted(_goods_of(db, code) - {sku for one in _below(db, kind, code) for sku in own_of(db, one) or ()})
    if kind == "producer":
        certificates.write_down(centre, db, target, by)
    below = _below(db, kind, code)
    deciding.publish(db, kind, [values | changed])
    _point(db, kind, below, changed)
    if kind == "producer":
        move_goods(db, _goods_of(db, code), target)
        certificates.settle(centre, db, code, by, _papers(db, below))
        certificates.settle(centre, db, target, by)
    kept = {"kind": kind, "code": code, "target": target, "at": centre.now(), "by": by}
    put(db, merges, [{**kept, "goods": msgspec.json.encode(own).decode()}])
    return target


def _part(centre: Centre, db: Connection, kind: Kind, code: str, by: str) -> None:
    """Publish ``code`` as standing for itself, and whatever had been merged into it as its alias."""
    row = deciding.row_of(db, kind, code)
    below, own = _below(db, kind, code), own_of(db, code, kind)
    db.execute(sa.delete(merges).where(merges.c.kind == kind, merges.c.code == code))
    changed = {"alias_of": ""}
    if kind == "product":
        maker = own[0] if own else row.producer
        changed["producer"] = deciding.standing(db, "producer", maker)
        if changed["producer"] != maker:  # merged meanwhile: these come back with it
            belong(db, {code: maker})
    deciding.publish(db, kind, [deciding.values_of(row) | changed])
    _point(db, kind, below, changed | {"alias_of": code})
    if kind == "producer":
        mine = _proposed_for(db, code) if own is None else set(own)
        mine |= {sku for one in below for sku in own_of(db, one) or ()}
        move_goods(db, mine & _goods_of(db, row.alias_of), code)
        certificates.settle(centre, db, row.alias_of, by, _papers(db, [] if own is None else [code, *below]))
        certificates.settle(centre, db, code, by)


def _papers(db: Connection, codes: Sequence[str]) -> set[certificates.Paper]:
    """What these codes have, by kind and number."""
    return {(one.kind, one.number) for code in codes for one in certificates.of(db, code)}


def _below(db: Connection, kind: Kind, code: str) -> list[str]:
    """What was merged into ``code``, and into that, and so on."""
    under = defaultdict(list)
    for one, target in db.execute(sa.select(merges.c.code, merges.c.target).where(merges.c.kind == kind)):
        under[target].append(one)
    found = [code]
    for one in found:
        found += under[one]
    return sorted(found[1:])


def _point(db: Connection, kind: Kind, codes: Sequence[str], changed: dict[str, str]) -> None:
    """Publish what was merged before as aliases of something else."""
    rows = [deciding.values_of(deciding.row_of(db, kind, code)) | changed for code in codes]
    if rows:
        deciding.publish(db, kind, rows)


def _maker_of(db: Connection, sku: str, producer: str) -> str:
    """Whose own these goods of ``producer`` are: of one that was merged into it, or its."""
    found = (one for one in _below(db, "producer", producer) if sku in (own_of(db, one) or ()))
    return next(found, producer)


def _goods_of(db: Connection, producer: str) -> set[str]:
    """The SKUs of a producer in the catalogue that stand for themselves."""
    table = schema.products
    mine = (table.c.producer == producer, table.c.alias_of == "")
    return set(db.execute(sa.select(table.c.sku).where(*mine)).scalars())


def _proposed_for(db: Connection, producer: str) -> set[str]:
    """The SKUs of goods that a till proposed as a producer's."""
    rows = db.execute(sa.select(schema.proposals.c.facts).where(schema.proposals.c.kind == "product"))
    facts = [msgspec.json.decode(text, type=ProductFacts) for (text,) in rows]
    return {one.sku for one in facts if one.producer == producer}


def _proposal(db: Connection, code: str, state: str) -> bool:
    table = schema.proposals
    return db.execute(sa.select(table.c.code).where(table.c.code == code, table.c.state == state)).first() is not None
