"""Repair of a history that differs from the till's: the till asks, an officer decides, the approval begins an epoch.

An approval binds the centre's head and the last common entry as they are when it is given. When the head has moved
since the till asked, nobody can tell what was approved: the till looks again and asks anew.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.messages import EPOCH, Approval, Repair, RepairRequest
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import seal
from sync.server.access.officers import note_decision
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.exchange.entries import hash_of
from sync.server.exchange.ingest import mark_fork

OPEN = ("waiting", "approved", "refused")
"""States of a repair that did not begin an epoch yet."""


class Asked(NamedTuple):
    """A repair that a till asked for: where it is, where both histories end, and what became of it.

    ``approved_at`` is when going on after this head was approved last, for this history or another copy of the till,
    which may still join with that whatever is decided now; empty where it never was.
    """

    corner: str
    till: str
    base_seq: int
    own_seq: int
    head_seq: int
    asked_at: str
    state: str
    decided_by: str | None
    approved_at: str


def ask_repair(centre: Centre, db: Connection, device: Device, wanted: RepairRequest, nonce: str) -> Repair:
    """Note that the till asks, or tell what became of it; asked again the same, nothing changes.

    Raises ``ExchangeProblem`` ``fork`` when base or head are not ours (any more): the till has to look again.
    """
    if hash_of(db, device, wanted.base_seq) != wanted.base_hash:
        raise ExchangeProblem("fork", f"Entry {wanted.base_seq} is not the centre's; compare again")
    if (wanted.head_seq, wanted.head_hash) != (device.head_seq, bytes(device.head_hash)):
        raise ExchangeProblem("fork", f"The centre's journal ends at {device.head_seq}; compare again")
    mark_fork(centre, db, device.device)
    table = schema.repairs
    row = db.execute(sa.select(table).where(table.c.device == device.device)).one_or_none()
    known = row is not None and row.state in OPEN and _about(row) == _about(wanted) and _goes_on(row, wanted)
    if row is None or not known:
        fresh = {"asked_at": centre.now(), "state": "waiting", "decided_at": None, "decided_by": None, "approval": None}
        once = row.approved_at if row is not None and _head(row) == _head(wanted) else ""
        put(db, table, [{"device": device.device, **_fields(wanted), **fresh, "approved_at": once}])
        return Repair(nonce=nonce, device=device.device, state="waiting")
    db.execute(sa.update(table).where(table.c.device == device.device).values(**_fields(wanted)))
    return Repair(nonce=nonce, device=device.device, state=row.state, approval=bytes(row.approval or b""))


def _fields(wanted: RepairRequest) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__struct_fields__}


def _about(what: Any) -> tuple[int, bytes, int, bytes]:
    """What a repair or an approval is about; the till may sell on meanwhile."""
    return what.base_seq, bytes(what.base_hash), what.head_seq, bytes(what.head_hash)


def _head(what: Any) -> tuple[int, bytes]:
    """What an approval holds for: with the centre's head it ends, whatever base it names."""
    return what.head_seq, bytes(what.head_hash)


def _goes_on(row: sa.Row[Any], wanted: RepairRequest) -> bool:
    """Whether the history that asks may be the one that asked: what ends before it, or there with another hash, is
    another copy of the till, about which nobody decided."""
    return wanted.own_seq > row.own_seq or (wanted.own_seq, wanted.own_hash) == (row.own_seq, bytes(row.own_hash))


def repairs(db: Connection) -> list[Asked]:
    """The repairs that did not begin an epoch yet, those that wait for an officer first."""
    table, devices = schema.repairs, schema.devices
    columns = (devices.c.corner, devices.c.till, *(table.c[name] for name in Asked._fields[2:]))
    joined = sa.select(*columns).join(devices, devices.c.device == table.c.device)
    found = [Asked(*row) for row in db.execute(joined.where(table.c.state.in_(OPEN)))]
    return sorted(found, key=lambda one: (one.state != "waiting", one.asked_at, one.corner, one.till))


def approve(centre: Centre, db: Connection, corner: str, till: str, officer: str) -> None:
    """Let the till go on in a new epoch after the centre's head; an officer may also think again of a refusal.

    Raises ``CentreError``: ``unknown_officer``, ``no_repair``, ``repair_moved`` (the till has to ask anew).
    """
    row = _decidable(centre, db, corner, till, officer, "approve")
    head = (row.device_head_seq, bytes(row.device_head_hash))
    if (row.head_seq, bytes(row.head_hash)) != head:
        raise CentreError("repair_moved", till=f"{corner} {till}")
    approval = Approval(
        device=row.device,
        ledger_id=row.ledger_id,
        epoch=row.epoch + 1,
        head_seq=row.head_seq,
        head_hash=bytes(row.head_hash),
        base_seq=row.base_seq,
        base_hash=bytes(row.base_hash),
        approved_at=centre.now(),
    )
    centre.ring.refresh(db)
    _decide(centre, db, row.device, officer, "approved", seal(centre.key, EPOCH, approval))


def refuse(centre: Centre, db: Connection, corner: str, till: str, officer: str) -> None:
    """Leave the histories apart; the till tells its manager. Another copy of it that was approved may still join.

    Raises ``CentreError`` as ``approve`` does, and ``repair_approved`` where it is too late: the till may have the
    approval, and may have joined with it.
    """
    row = _decidable(centre, db, corner, till, officer, "refuse")
    if row.state == "approved":
        raise CentreError("repair_approved", till=f"{corner} {till}")
    _decide(centre, db, row.device, officer, "refused", None)


def _decidable(centre: Centre, db: Connection, corner: str, till: str, officer: str, what: str) -> sa.Row[Any]:
    note_decision(centre, db, officer, what, f"{corner} {till}")
    table, devices = schema.repairs, schema.devices
    heads = (devices.c.head_seq.label("device_head_seq"), devices.c.head_hash.label("device_head_hash"))
    query = sa.select(table, devices.c.ledger_id, devices.c.epoch, *heads)
    query = query.join(devices, devices.c.device == table.c.device)
    query = query.where(devices.c.corner == corner, devices.c.till == till, table.c.state.in_(OPEN))
    row = db.execute(query.order_by(table.c.asked_at.desc()).with_for_update(of=[table, devices])).first()
    if row is None:
        raise CentreError("no_repair", till=f"{corner} {till}")
    return row


def _decide(centre: Centre, db: Connection, device: str, officer: str, state: str, approval: bytes | None) -> None:
    decided = {"state": state, "approval": approval, "decided_by": officer, "decided_at": centre.now()}
    if approval is not None:
        decided["approved_at"] = centre.now()
    db.execute(sa.update(schema.repairs).where(schema.repairs.c.device == device).values(**decided))
