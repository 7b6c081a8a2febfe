"""What officers decide about proposals: confirm, merge into another code, take the merging back, decline.

Whatever was decided goes to the tills with the feeds: a row under the proposal's code, a row that says whose alias it
is, or a message to the corner.
"""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind, ProducerFacts, ProductFacts
from sync.protocol.messages import PROPOSALS
from sync.protocol.sealing import open_sealed, sealing_key
from sync.protocol.wire import Malformed
from sync.server import schema
from sync.server.centre import Centre
from sync.server.dialect import only_one, put
from sync.server.errors import CentreError
from sync.server.feeds import take_positions
from sync.server.keys import read_keys
from sync.server.proposals import CHANGEABLE, CONFIRMED, MERGED, REFUSED, WAITING, read_facts

TABLES: dict[Kind, tuple[sa.Table, str]] = {
    "producer": (schema.producers, "producers"),
    "product": (schema.products, "catalogue"),
}
FARTHEST = 20
"""Steps from an alias to the code that stands for itself, at most."""
FIXED = ("code", "sku", "alias_of")
"""Facts that nobody may change: documents name the code, and merging is a decision of its own."""


def listed(db: Connection, *, everything: bool = False) -> list[dict[str, Any]]:
    """Proposals that wait, or all, oldest first, with the rows of the registry that may be the same. No person's data:
    ``person`` says whether some came along, sealed.
    """
    table, devices = schema.proposals, schema.devices
    query = sa.select(table, devices.c.corner, devices.c.till).join(devices, devices.c.device == table.c.device)
    if not everything:
        query = query.where(table.c.state == WAITING)
    found = []
    for row in db.execute(query.order_by(table.c.received_at, table.c.code)):
        facts = read_facts(row.kind, row.facts)
        found.append(
            {
                "code": row.code,
                "kind": row.kind,
                "name": _name_of(facts),
                "corner": row.corner,
                "till": row.till,
                "received_at": row.received_at,
                "state": row.state,
                "target": row.target,
                "person": bool(row.sealed),
                "alike": _alike(db, facts),
                "facts": msgspec.to_builtins(facts),
            }
        )
    return found


def _alike(db: Connection, facts: ProducerFacts | ProductFacts) -> list[str]:
    """Codes that may be the same: the same number of the business or barcode, or the same name but for case."""
    table, _scope = TABLES["producer" if isinstance(facts, ProducerFacts) else "product"]
    key, name = table.c[_key(table)], table.c[_label(table)]
    same = sa.func.lower(name) == _name_of(facts).lower()
    if isinstance(facts, ProducerFacts) and facts.nib:
        same = sa.or_(same, table.c.nib == facts.nib)
    if isinstance(facts, ProductFacts) and facts.barcode:
        same = sa.or_(same, table.c.barcode == facts.barcode)
    own = facts.code if isinstance(facts, ProducerFacts) else facts.sku
    return list(db.execute(sa.select(key).where(same, key != own).order_by(key).limit(10)).scalars())


def confirm(centre: Centre, db: Connection, code: str, changes: dict[str, str], by: str) -> None:
    """Take a proposal into the registry under its code, with ``changes`` to its facts; the person behind it goes beside
    the producers' contacts.

    Raises ``CentreError``; goods need their producer in the registry.
    """
    row = _proposal(db, code, CHANGEABLE)
    facts = _changed(read_facts(row.kind, row.facts), changes)
    if changes:
        kept = sa.update(schema.proposals).where(schema.proposals.c.code == code)
        db.execute(kept.values(facts=msgspec.json.encode(facts).decode()))
    _confirm(centre, db, row, facts, by)


def merge(centre: Centre, db: Connection, code: str, into: str, by: str) -> None:
    """Say that a proposal is ``into``, which is in the registry. Tills keep the code and are led to the other one.

    Goods that were of a merged producer go over to the other one. Raises ``CentreError``.
    """
    row = _proposal(db, code, (*CHANGEABLE, CONFIRMED))
    target = _standing(db, row.kind, into)
    if target == code:
        raise CentreError("merged_into_itself", proposal=code, into=into)
    facts = msgspec.structs.replace(read_facts(row.kind, row.facts), alias_of=target)
    if isinstance(facts, ProductFacts):
        facts = msgspec.structs.replace(facts, producer=_row_of(db, "product", target).producer)
    _publish(db, row.kind, [_values(facts)])
    if row.kind == "producer":
        _move_goods(db, code, target)
    _decide(centre, db, row, MERGED, by, target=target)


def unmerge(centre: Centre, db: Connection, code: str, by: str) -> None:
    """Take a merging back: the code stands for itself from now on. Its goods come back to it.

    Raises ``CentreError``.
    """
    row = _proposal(db, code, (MERGED,))
    _confirm(centre, db, row, read_facts(row.kind, row.facts), by)
    if row.kind == "producer":
        _move_goods(db, row.target, code, only_proposed_for=code)


def _confirm(centre: Centre, db: Connection, row: Any, facts: ProducerFacts | ProductFacts, by: str) -> None:
    if isinstance(facts, ProductFacts):
        facts = msgspec.structs.replace(facts, producer=_standing(db, "producer", facts.producer))
    if row.sealed:
        _keep_person(db, row)
    _publish(db, row.kind, [_values(facts)])
    _decide(centre, db, row, CONFIRMED, by)


def decline(centre: Centre, db: Connection, code: str, reason: str, by: str) -> None:
    """Do not take a proposal into the registry; the corner is told why. What identifies a person is forgotten.

    Raises ``CentreError``.
    """
    row = _proposal(db, code, (WAITING,))
    if not reason.strip():
        raise CentreError("no_reason", proposal=code)
    _decide(centre, db, row, REFUSED, by)
    db.execute(sa.update(schema.proposals).where(schema.proposals.c.code == code).values(sealed=b""))
    _tell(db, row, {"kind": "proposal_refused", "code": code, "reason": reason.strip(), "at": centre.now()})


def _tell(db: Connection, row: Any, body: dict[str, str]) -> None:
    """A message to the corner of the till that proposed; a later one about the code takes its place."""
    corner = db.execute(sa.select(schema.devices.c.corner).where(schema.devices.c.device == row.device)).scalar_one()
    values = {"id": f"proposal:{row.code}", "corner": corner, "body": msgspec.json.encode(body).decode()}
    put(db, schema.messages, [{**values, "position": take_positions(db, "messages", 1)}])


def _proposal(db: Connection, code: str, states: tuple[str, ...]) -> Any:
    """The proposal, locked; one decision is made at a time. Raises ``CentreError`` where there is none, or in another
    state."""
    only_one(db, "deciding")
    table = schema.proposals
    row = db.execute(sa.select(table).where(table.c.code == code).with_for_update()).one_or_none()
    if row is None:
        raise CentreError("unknown_proposal", proposal=code)
    if row.state not in states:
        raise CentreError(f"proposal_{row.state}", proposal=code, target=row.target)
    return row


def _decide(centre: Centre, db: Connection, row: Any, state: str, by: str, target: str = "") -> None:
    table = schema.proposals
    values = {"state": state, "target": target, "decided_at": centre.now(), "decided_by": by}
    db.execute(sa.update(table).where(table.c.code == row.code).values(**values))
    if row.state == REFUSED:
        _tell(db, row, {"kind": "proposal_taken", "code": row.code, "at": centre.now()})


def _changed(facts: ProducerFacts | ProductFacts, changes: dict[str, str]) -> ProducerFacts | ProductFacts:
    """The facts with what an officer corrected; texts are read as what the field is."""
    if not changes:
        return facts
    plain = msgspec.to_builtins(facts)
    unknown = sorted(set(changes) - (set(plain) - set(FIXED)))
    if unknown:
        raise CentreError("unknown_fact", name=unknown[0], names=", ".join(sorted(set(plain) - set(FIXED))))
    plain |= {name: value or None for name, value in changes.items()}
    plain |= {name: "" for name, value in changes.items() if not value and isinstance(getattr(facts, name, 0), str)}
    try:
        return msgspec.convert(plain, type(facts), strict=False)
    except msgspec.ValidationError as error:
        raise CentreError("bad_fact", reason=error) from None


def _row_of(db: Connection, kind: Kind, code: str) -> Any:
    table, _scope = TABLES[kind]
    row = db.execute(sa.select(table).where(table.c[_key(table)] == code)).one_or_none()
    if row is None:
        raise CentreError("not_in_registry", proposal=code)
    return row


def _standing(db: Connection, kind: Kind, code: str) -> str:
    """What ``code`` is now: itself, or the end of its aliases. Raises ``CentreError`` for one that is not known."""
    for _step in range(FARTHEST):
        row = _row_of(db, kind, code)
        if not row.alias_of:
            break
        code = row.alias_of
    return code


def _publish(db: Connection, kind: Kind, rows: list[dict[str, Any]]) -> None:
    """Write rows of the registry at the end of their feed."""
    table, scope = TABLES[kind]
    first = take_positions(db, scope, len(rows))
    put(db, table, [{**row, "position": first + n} for n, row in enumerate(rows)])


def _values(facts: ProducerFacts | ProductFacts) -> dict[str, Any]:
    """Facts as the columns of their table."""
    plain: dict[str, Any] = msgspec.to_builtins(facts)
    return {name: int(value) if isinstance(value, bool) else value for name, value in plain.items()}


def _move_goods(db: Connection, before: str, after: str, only_proposed_for: str = "") -> None:
    """Goods of the catalogue go over to another producer, each to the end of its feed."""
    table = schema.products
    skus = list(db.execute(sa.select(table.c.sku).where(table.c.producer == before).order_by(table.c.sku)).scalars())
    if only_proposed_for:
        rows = db.execute(sa.select(schema.proposals.c.facts).where(schema.proposals.c.kind == "product"))
        facts = [msgspec.json.decode(text, type=ProductFacts) for (text,) in rows]
        skus = sorted(set(skus) & {one.sku for one in facts if one.producer == only_proposed_for})
    if not skus:
        return
    first = take_positions(db, "catalogue", len(skus))
    for place, sku in enumerate(skus):
        moved = sa.update(table).where(table.c.sku == sku).values(producer=after, position=first + place)
        db.execute(moved)


def _keep_person(db: Connection, row: Any) -> None:
    """Open what identifies the person, keep it where such data are kept, and forget what was sealed."""
    for key in reversed(read_keys(db)):
        try:
            plain = open_sealed(sealing_key(key.private), bytes(row.sealed), PROPOSALS, row.device, row.code)
        except Malformed:
            continue
        put(db, schema.producer_contacts, [{"code": row.code, "personal": plain.decode()}])
        break
    else:
        raise CentreError("cannot_open", proposal=row.code)
    db.execute(sa.update(schema.proposals).where(schema.proposals.c.code == row.code).values(sealed=b""))


def _name_of(facts: ProducerFacts | ProductFacts) -> str:
    return facts.business_name if isinstance(facts, ProducerFacts) else facts.name


def _key(table: sa.Table) -> str:
    return "code" if table is schema.producers else "sku"


def _label(table: sa.Table) -> str:
    return "business_name" if table is schema.producers else "name"
