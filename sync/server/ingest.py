"""Taking in a batch: exactly once, in order, or a precise reason why not.

One transaction: lock the till's row, compare identity and epoch, compare the hash of every entry that is
already there, check the chain of the rest, append byte for byte, project, move the head.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import Books
from sync.protocol.batch import Batch
from sync.protocol.entry import BrokenEntry, Envelope, genesis
from sync.protocol.messages import MAX_LISTED, Ack, Quarantined
from sync.protocol.problems import ExchangeProblem
from sync.server import drift, schema
from sync.server.centre import Centre, Device
from sync.server.entries import Entry, append, claim_ids
from sync.server.feeds import current_cursors
from sync.server.projection import envelope_of, storable
from sync.server.storing import Gathered, write_gathered

CONTACT_STEP = timedelta(minutes=1)
MOVED = (
    "head_seq",
    "head_hash",
    "open_shift",
    "held",
    "last_contact",
    "forked_at",
    "recorded_at",
    "drift",
    "drifted_at",
)
"""Columns of a till's row that a batch may change."""


class Taken(NamedTuple):
    """How many of a batch were new, how many were there already, and the till's row after it."""

    new: int
    known: int
    device: Device


def device_of(db: Connection, key: str, *, lock: bool = False) -> Device | None:
    """The till whose key has the id ``key``, with ``key_id``, ``public`` and ``revoked_at`` of the key.

    With ``lock`` the row is held until the transaction ends.
    """
    return db.execute(_of_key(lock), {"key": key}).one_or_none()


@cache
def _of_key(lock: bool) -> sa.Select[Any]:
    keys, devices = schema.keys, schema.devices
    columns = (devices, keys.c.key_id, keys.c.public, keys.c.revoked_at)
    query = sa.select(*columns).join(keys, keys.c.device == devices.c.device)
    query = query.where(keys.c.key_id == sa.bindparam("key"))
    return query.with_for_update(of=devices) if lock else query


def known_device(device: Device | None) -> Device:
    """``device``, unless its key is unknown. Raises ``ExchangeProblem``."""
    if device is None:
        raise ExchangeProblem("unknown_key", "The centre does not know this key; enrol the till")
    return device


def valid_device(device: Device | None) -> Device:
    """``device``, unless its key is unknown or was revoked. Raises ``ExchangeProblem``."""
    found = known_device(device)
    if found.revoked_at is not None:
        raise ExchangeProblem("key_revoked", "The key of this till was revoked")
    return found


def asks_only(centre: Centre, device: Device, batch: Batch, told: str) -> bool:
    """Whether ``batch`` brings nothing and nothing need be written about it: it agrees with what the centre has.

    The time of contact is told to the minute, so that an idle till does not cost a write each time.
    """
    if batch.entries or device.forked_at or not device.last_contact or drift.at_contact(told, centre.clock()):
        return False
    _check_identity(device, batch)
    at_head = (batch.last_seq, batch.last_hash, batch.prev) == (device.head_seq, device.head_hash, device.head_hash)
    return at_head and centre.clock() - datetime.fromisoformat(device.last_contact) < CONTACT_STEP


def take_batch(centre: Centre, db: Connection, device: Device, batch: Batch, told: str = "") -> Taken:
    """Store what is new of ``batch``, sent with a key of ``device`` when its clock told ``told``.

    Raises ``ExchangeProblem``; the caller then rolls back, so nothing is written.
    """
    _check_identity(device, batch)
    try:
        hashes = batch.hashes()
    except BrokenEntry as error:
        raise ExchangeProblem("broken_chain", str(error)) from None
    if batch.first_seq > device.head_seq + 1:
        raise ExchangeProblem("gap", "Entries are missing", expected_seq=device.head_seq + 1)
    known = _compare_overlap(db, device, batch, hashes)
    fresh = _fresh(batch, hashes, known)
    row = device._asdict() | {"last_contact": centre.now()}
    row["forked_at"] = _forked_at(centre, device, batch)
    off = drift.at_contact(told, centre.clock())
    if fresh:
        envelopes = [envelope_of(entry.body) for entry in fresh]
        stamps = (envelope.at for envelope in envelopes if envelope and storable(envelope.at))
        times = [device.recorded_at or "", *stamps]
        off = off or drift.in_entries(times)
        row |= {**_append(centre, db, device, fresh, envelopes), "recorded_at": times[-1]}
    if off:
        row |= {"drift": off, "drifted_at": centre.now()}
    return Taken(len(fresh), known, _moved(db, row))


def _forked_at(centre: Centre, device: Device, batch: Batch) -> str | None:
    """Since when the histories differ. Only a till that knows our last entry is known to agree with all of them; one
    that asks from below it has lost entries that we have."""
    if batch.last_seq >= device.head_seq:
        return None
    told: str | None = device.forked_at
    return told if batch.entries else told or centre.now()


def _moved(db: Connection, row: dict[str, Any]) -> Device:
    values = {f"to_{name}": row[name] for name in MOVED}
    return db.execute(_move(), {"whose": row["device"], **values}).one()


@cache
def _move() -> sa.sql.dml.ReturningUpdate[Any]:
    """Changes the columns of a till's row that a batch moves."""
    table = schema.devices
    moved = sa.update(table).where(table.c.device == sa.bindparam("whose"))
    return moved.values({name: sa.bindparam(f"to_{name}") for name in MOVED}).returning(table)


def _check_identity(device: Device, batch: Batch) -> None:
    """The key decides whose batch it is; a claim that differs is refused."""
    claims = (batch.device, batch.ledger_id, batch.corner, batch.till)
    if claims != (device.device, device.ledger_id, device.corner, device.till):
        raise ExchangeProblem("foreign_device", "The batch is not of the till that signed it")
    if batch.epoch != device.epoch:
        raise ExchangeProblem("fork", f"The centre knows epoch {device.epoch}, the batch is of {batch.epoch}")


def _compare_overlap(db: Connection, device: Device, batch: Batch, hashes: list[bytes]) -> int:
    """How many entries of the batch the centre has, after comparing the hash of each, and of the one before."""
    if (batch.first_seq - 1, batch.prev) == (device.head_seq, device.head_hash):
        return 0
    known: int = min(batch.last_seq, device.head_seq) - batch.first_seq + 1
    table = schema.entries
    rows = db.execute(
        sa.select(table.c.seq, table.c.hash).where(
            table.c.device == device.device,
            table.c.epoch == device.epoch,
            table.c.seq.between(batch.first_seq - 1, batch.first_seq - 1 + known),
        )
    )
    stored = {row.seq: row.hash for row in rows}
    stored[0] = genesis(device.ledger_id, device.corner, device.till, device.epoch)
    for seq, found in enumerate((batch.prev, *hashes[:known]), start=batch.first_seq - 1):
        if stored.get(seq) != found:
            raise ExchangeProblem("fork", f"Entry {seq} differs from the one the centre has")
    return known


def _fresh(batch: Batch, hashes: list[bytes], known: int) -> list[Entry]:
    before = [batch.prev, *hashes]
    return [
        Entry(batch.first_seq + index, batch.entries[index], before[index], hashes[index])
        for index in range(known, len(hashes))
    ]


def _append(
    centre: Centre, db: Connection, device: Device, fresh: list[Entry], envelopes: list[Envelope | None]
) -> dict[str, Any]:
    """Store and project new entries; the columns of the till's row that follow."""
    append(db, device.device, device.epoch, fresh, centre.now())
    said = zip((entry.seq for entry in fresh), envelopes, strict=True)
    doubled = claim_ids(db, device.device, device.epoch, said)
    gathered = Gathered(Books(device.open_shift))
    for entry, envelope in zip(fresh, envelopes, strict=True):
        gathered.add(device.epoch, entry.seq, entry.hash, envelope, doubled=entry.seq in doubled)
    write_gathered(db, device.device, gathered)
    return {
        "head_seq": fresh[-1].seq,
        "head_hash": fresh[-1].hash,
        "open_shift": gathered.books.open_shift,
        "held": device.held + len(gathered.held),
    }


def mark_fork(centre: Centre, db: Connection, device: str) -> None:
    """Remember when a till's history first differed, so that officers see it."""
    table = schema.devices
    changed = sa.update(table).where(table.c.device == device, table.c.forked_at.is_(None))
    db.execute(changed.values(forked_at=centre.now()))


def make_ack(centre: Centre, db: Connection, device: Device, nonce: str) -> Ack:
    """What the centre durably has of ``device``, whose row was read in this transaction, after any change."""
    return Ack(
        nonce=nonce,
        device=device.device,
        ledger_id=device.ledger_id,
        epoch=device.epoch,
        timeline=centre.timeline,
        acked_seq=device.head_seq,
        head_hash=device.head_hash,
        server_time=centre.now(),
        cursors=current_cursors(centre, db),
        quarantined=_quarantined(db, device) if device.held else (),
        quarantined_count=device.held,
    )


def _quarantined(db: Connection, device: Device) -> tuple[Quarantined, ...]:
    table = schema.quarantine
    rows = db.execute(
        sa.select(table.c.seq, table.c.reason)
        .where(table.c.device == device.device)
        .order_by(table.c.seq.desc())
        .limit(MAX_LISTED)
    )
    return tuple(Quarantined(row.seq, row.reason) for row in rows)
