"""What officers decide about proposals: confirm or decline (``merging`` merges and parts them).

Whatever was decided goes to the tills with the feeds: a row under the proposal's code, a row that says whose alias it
is, or a message to the corner. What is in the registry is decided about as it stands there, not as it was proposed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import FACTS, Kind, ProducerFacts, ProductFacts
from sync.protocol.soundness import unsound
from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.exchange.feeds import take_positions
from sync.server.exchange.proposals import CHANGEABLE, CONFIRMED, MERGED, REFUSED, WAITING, has_person, keep_person
from sync.server.registry.aliases import FARTHEST, belong, lead_along

TABLES: dict[Kind, tuple[sa.Table, str]] = {
    "producer": (schema.producers, "producers"),
    "product": (schema.products, "catalogue"),
}
LABELS: dict[Kind, str] = {"producer": "business_name", "product": "name"}
"""The column of a name."""
FIXED = ("code", "sku", "alias_of")
"""Facts that nobody may change: documents name the code, and merging is a decision of its own."""
IN_REGISTRY = (CONFIRMED, MERGED)
"""States of proposals whose code has a row in the registry."""
AT_ONCE = 10_000
"""Names that one query looks for."""
MOST_ALIKE = 10


def listed(db: Connection, *, everything: bool = False, corner: str = "") -> list[dict[str, Any]]:
    """Proposals that wait, or all, oldest first, of one corner where it is named, with the rows of the registry that
    may be the same. No person's data: ``person`` says whether some came along, sealed. ``mark`` names the state that
    is shown, for whoever decides; ``given_again`` says that a later ledger of the till gave the code to something else.
    """
    table, devices = schema.proposals, schema.devices
    query = sa.select(table, devices.c.corner, devices.c.till).join(devices, devices.c.device == table.c.device)
    if not everything:
        query = query.where(table.c.state == WAITING)
    if corner:
        query = query.where(devices.c.corner == corner)
    rows = db.execute(query.order_by(table.c.received_at, table.c.code)).all()
    facts: dict[str, dict[str, Any]] = {row.code: msgspec.json.decode(row.facts) for row in rows}
    alike = {kind: _alike(db, kind, [facts[row.code] for row in rows if row.kind == kind]) for kind in TABLES}
    given = {name.split(":")[1] for name in db.execute(_GIVEN).scalars()}
    return [
        {
            "code": row.code,
            "kind": row.kind,
            "name": facts[row.code][LABELS[row.kind]],
            "corner": row.corner,
            "till": row.till,
            "received_at": row.received_at,
            "state": row.state,
            "target": row.target,
            "person": bool(row.sealed),
            "mark": mark_of(row),
            "given_again": row.code in given,
            "alike": alike[row.kind].of(facts[row.code], row.code),
            "facts": facts[row.code],
        }
        for row in rows
    ]


_GIVEN = sa.select(schema.messages.c.id).where(schema.messages.c.id.like("proposal:%:%"))
_NUMBERS: dict[Kind, str] = {"producer": "nib", "product": "barcode"}


def mark_of(row: Any) -> str:
    """What tells this state of a proposal from another: a few signs to be typed."""
    return hashlib.sha256(row.facts.encode() + b"\0" + bytes(row.sealed)).hexdigest()[:8]


class _Alike:
    """Codes of the registry by their names, without regard to case, and by their numbers."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.names: dict[str, list[str]] = defaultdict(list)
        self.numbers: dict[str, list[str]] = defaultdict(list)

    def of(self, facts: dict[str, Any], code: str) -> list[str]:
        """Codes that may be the same: the same number of the business or barcode, or the same name but for case."""
        number = facts.get(_NUMBERS[self.kind])
        found = {*self.names[facts[LABELS[self.kind]].lower()], *(self.numbers[number] if number else ())}
        return sorted(found - {code})[:MOST_ALIKE]


def _alike(db: Connection, kind: Kind, wanted: Sequence[dict[str, Any]]) -> _Alike:
    """What of the registry may be one of ``wanted``."""
    table, _scope = TABLES[kind]
    key, name, number = table.c[_key(table)], sa.func.lower(table.c[LABELS[kind]]), table.c[_NUMBERS[kind]]
    found = _Alike(kind)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        names = {facts[LABELS[kind]].lower() for facts in some}
        numbers = {facts.get(_NUMBERS[kind]) for facts in some} - {None, ""}
        for code, its_name, its_number in db.execute(
            sa.select(key, name, number).where(sa.or_(name.in_(names), number.in_(numbers)))
        ):
            found.names[its_name].append(code)
            found.numbers[its_number].append(code)
    return found


def kind_of(db: Connection, code: str) -> Kind:
    """What was proposed. Raises ``CentreError``."""
    kind: Kind | None = db.execute(sa.select(schema.proposals.c.kind).where(schema.proposals.c.code == code)).scalar()
    if kind is None:
        raise CentreError("unknown_proposal", proposal=code)
    return kind


def renamed(db: Connection, code: str, name: str) -> dict[str, str]:
    """The change to a proposal that gives it this name; none where it has it, or where the name is empty."""
    kind = kind_of(db, code)
    facts = db.execute(sa.select(schema.proposals.c.facts).where(schema.proposals.c.code == code)).scalar_one()
    label = LABELS[kind]
    return {label: name.strip()} if name.strip() not in ("", msgspec.json.decode(facts)[label]) else {}


def confirm(
    centre: Centre, db: Connection, code: str, changes: dict[str, str], by: str, mark: str | None = None
) -> None:
    """Take a proposal into the registry under its code, with ``changes`` to its facts; the person behind it goes beside
    the producers' contacts. One that is in the registry is corrected by ``changes``.

    ``mark`` names the state that the officer saw, as it does everywhere here. Raises ``CentreError``; goods need their
    producer in the registry.
    """
    row = claim(centre, db, code, (*CHANGEABLE, CONFIRMED) if changes else CHANGEABLE, "confirm", by, mark)
    facts = _changed(db, row, changes)
    if changes:
        kept = sa.update(schema.proposals).where(schema.proposals.c.code == code)
        db.execute(kept.values(facts=msgspec.json.encode(facts).decode()))
    if isinstance(facts, ProductFacts):
        maker = facts.producer
        facts = msgspec.structs.replace(facts, producer=standing(db, "producer", maker))
        if facts.producer != maker or "producer" in changes:  # they go back with it
            belong(db, {code: maker})
    if row.sealed and not keep_person(db, row.device, row.code, bytes(row.sealed)):
        raise CentreError("cannot_open", proposal=row.code)
    if row.kind == "producer" and row.state == CONFIRMED:
        from sync.server.registry.certificates import correct_row

        correct_row(centre, db, values_of(row_of(db, "producer", code)), _values(facts), by)
    else:
        publish(db, row.kind, [_values(facts)])
        lead_along(db)
    taken(centre, db, row, by)


def taken(centre: Centre, db: Connection, row: Any, by: str) -> None:
    """A proposal is in the registry under its code; the corner hears of it where it had heard something else."""
    decided(centre, db, row, CONFIRMED, by)
    if row.state in (REFUSED, MERGED):
        told = {"kind": "proposal_taken", "code": row.code, "at": centre.now()}
        forgotten = row.kind == "producer" and not has_person(db, row.code)
        _tell(db, row, told | ({"wanted": "person"} if forgotten else {}))


def decline(centre: Centre, db: Connection, code: str, reason: str, by: str, mark: str | None = None) -> None:
    """Do not take a proposal into the registry; the corner is told why. What identifies a person is forgotten.

    Raises ``CentreError``.
    """
    row = claim(centre, db, code, (WAITING,), "decline", by, mark)
    if not reason.strip():
        raise CentreError("no_reason", proposal=code)
    decided(centre, db, row, REFUSED, by)
    _tell(db, row, {"kind": "proposal_refused", "code": code, "reason": reason.strip(), "at": centre.now()})


def _tell(db: Connection, row: Any, body: dict[str, str]) -> None:
    """A message to the corner of the till that proposed; a later one about the code takes its place."""
    corner = db.execute(sa.select(schema.devices.c.corner).where(schema.devices.c.device == row.device)).scalar_one()
    values = {"id": f"proposal:{row.code}", "corner": corner, "body": msgspec.json.encode(body).decode()}
    put(db, schema.messages, [{**values, "position": take_positions(db, "messages", 1)}])


def claim(
    centre: Centre, db: Connection, code: str, states: tuple[str, ...], what: str, by: str, mark: str | None = None
) -> Any:
    """The proposal, locked; one decision is made at a time, and noted. Raises ``CentreError`` where there is none, or
    in another state, or where ``by`` may not decide."""
    only_one(db, "deciding")
    note_decision(centre, db, by, what, code)
    table = schema.proposals
    row = db.execute(sa.select(table).where(table.c.code == code).with_for_update()).one_or_none()
    if row is None:
        raise CentreError("unknown_proposal", proposal=code)
    if row.state not in states:
        raise CentreError(f"proposal_{row.state}", proposal=code, target=row.target)
    if mark is not None and mark != mark_of(row):
        raise CentreError("proposal_changed", proposal=code)
    return row


def decided(centre: Centre, db: Connection, row: Any, state: str, by: str, target: str = "") -> None:
    """What identifies a person is nowhere but beside the contacts from now on."""
    table = schema.proposals
    values = {"state": state, "target": target, "decided_at": centre.now(), "decided_by": by, "sealed": b""}
    db.execute(sa.update(table).where(table.c.code == row.code).values(**values))


def values_decided(db: Connection, row: Any) -> dict[str, Any]:
    """What a decision about a proposal begins with: the row of the registry, or what was proposed. Raises
    ``CentreError``."""
    if row.state in IN_REGISTRY:
        return values_of(row_of(db, row.kind, row.code))
    return _values(_changed(db, row, {}))


def _changed(db: Connection, row: Any, changes: dict[str, str]) -> ProducerFacts | ProductFacts:
    """The facts as they are now with what an officer corrected; texts are read as what the field is. Raises
    ``CentreError`` for what the registry does not take in."""
    plain, kind = msgspec.json.decode(row.facts), FACTS[row.kind]
    if row.state in IN_REGISTRY:
        plain |= values_of(row_of(db, row.kind, row.code))
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    names = sorted(fields.keys() - set(FIXED))
    if unknown := sorted(changes.keys() - set(names)):
        raise CentreError("unknown_fact", name=unknown[0], names=", ".join(names))
    for name, value in changes.items():
        plain[name] = value or (None if type(None) in get_args(fields[name]) else "")
    try:
        facts: ProducerFacts | ProductFacts = msgspec.convert(plain, kind, strict=False)
    except msgspec.ValidationError as error:
        raise CentreError("bad_fact", reason=error) from None
    if name := unsound(facts):
        raise CentreError("bad_fact", reason=name)
    return facts


def row_of(db: Connection, kind: Kind, code: str) -> Any:
    """The row of the registry. Raises ``CentreError`` where there is none."""
    table, _scope = TABLES[kind]
    row = db.execute(sa.select(table).where(table.c[_key(table)] == code)).one_or_none()
    if row is None:
        raise CentreError("not_in_registry", proposal=code)
    return row


def values_of(row: Any) -> dict[str, Any]:
    """A row of the registry as the values that ``publish`` takes."""
    values = dict(row._mapping)  # noqa: SLF001 - the way to the columns of a row
    del values["position"]
    return values


def standing(db: Connection, kind: Kind, code: str) -> str:
    """What ``code`` is now: itself, or the end of its aliases. Raises ``CentreError`` for one that is not known."""
    for _step in range(FARTHEST):
        row = row_of(db, kind, code)
        if not row.alias_of:
            break
        code = row.alias_of
    return code


def publish(db: Connection, kind: Kind, rows: list[dict[str, Any]]) -> None:
    """Write rows of the registry at the end of their feed."""
    table, scope = TABLES[kind]
    first = take_positions(db, scope, len(rows))
    put(db, table, [{**row, "position": first + n} for n, row in enumerate(rows)])


def _values(facts: ProducerFacts | ProductFacts) -> dict[str, Any]:
    """Facts as the columns of their table."""
    plain: dict[str, Any] = msgspec.to_builtins(facts)
    return {name: int(value) if isinstance(value, bool) else value for name, value in plain.items()}


def _key(table: sa.Table) -> str:
    return "code" if table is schema.producers else "sku"
