"""Taking in a batch: exactly once, in order, or a precise reason why not.

One transaction: lock the till's row, compare identity, judge (``sync.protocol.judging``) by the hashes of the entries
that are already there, append the rest byte for byte, project, move the head. ``entries`` keeps them.
"""

from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import Books
from sync.protocol.batch import Batch, Condition
from sync.protocol.entry import BrokenEntry, Envelope
from sync.protocol.epochs import link_of
from sync.protocol.judging import Fork, Gap, Take, judge_batch, overlap
from sync.protocol.messages import MAX_LISTED, Ack, Approval, Quarantined
from sync.protocol.problems import ExchangeProblem
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.exchange import drift, neighbours
from sync.server.exchange.contacts import note_contact
from sync.server.exchange.entries import Entry, append, claim_ids, hashes_of
from sync.server.exchange.epochs import approved, begin
from sync.server.exchange.feeds import cursors_at
from sync.server.projecting.projection import envelope_of, storable
from sync.server.projecting.storing import Gathered, sums_of, write_gathered

CONTACT_STEP = timedelta(minutes=1)
AHEAD = 30
"""Seconds by which a till may think that the centre's clock is ahead of what it is."""
MOVED = (
    "epoch",
    "head_seq",
    "head_hash",
    "open_shift",
    "held",
    "last_contact",
    "forked_at",
    "recorded_at",
    "drift",
    "drifted_at",
    "condition",
)
"""Columns of a till's row that a batch may change."""


class Taken(NamedTuple):
    """How many of a batch were new, how many were there already, and the till's row after it."""

    new: int
    known: int
    device: Device


def device_of(db: Connection, key: str, *, lock: bool = False) -> Device | None:
    """The till whose key has the id ``key``, with ``key_id``, ``public``, ``revoked_at`` and ``centre_key`` of the key,
    how many keys the centre has, and its ``timeline`` now.

    With ``lock`` the rows of both are held until the transaction ends: PostgreSQL, where it waited for them, looks at
    these again, and at no other.
    """
    return db.execute(_of_key(lock), {"key": key}).one_or_none()


@cache
def _of_key(lock: bool) -> sa.Select[Any]:
    keys, devices = schema.keys, schema.devices
    centre_keys = sa.select(sa.func.count()).select_from(schema.centre_keys).scalar_subquery().label("centre_keys")
    named = sa.select(schema.meta.c.value).where(schema.meta.c.key == "timeline").scalar_subquery().label("timeline")
    columns = (devices, keys.c.key_id, keys.c.public, keys.c.revoked_at, keys.c.centre_key, centre_keys, named)
    query = sa.select(*columns).join(keys, keys.c.device == devices.c.device)
    query = query.where(keys.c.key_id == sa.bindparam("key"))
    return query.with_for_update(of=(devices, keys)) if lock else query


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

    The time of contact is told to the minute, and so are the free disk and a clock that is as wrong as it was, so that
    an idle till does not cost a write each time.
    """
    if batch.entries or device.forked_at or not device.last_contact or _is_news(batch.condition, device.condition):
        return False
    if drift.is_news(drift.at_contact(told, centre.clock()), device.drift):
        return False
    _check_identity(device, batch)
    at_head = (batch.last_seq, batch.last_hash, batch.prev) == (device.head_seq, device.head_hash, device.head_hash)
    return at_head and centre.clock() - datetime.fromisoformat(device.last_contact) < CONTACT_STEP


def take_batch(
    centre: Centre, db: Connection, device: Device, batch: Batch, told: str = "", *, by_file: bool = False
) -> Taken:
    """Store what is new of ``batch``, sent with a key of ``device`` when its clock told ``told``, or ``by_file`` once.

    Raises ``ExchangeProblem``; the caller then rolls back, so nothing is written.
    """
    _check_identity(device, batch)
    try:
        hashes = batch.hashes()
    except BrokenEntry as error:
        raise ExchangeProblem("broken_chain", str(error)) from None
    take, approval = _judged(centre, db, device, batch, hashes)
    if approval is not None:
        begin(centre, db, device, approval, batch.approval)
    fresh = _fresh(batch, hashes, take.known)
    note_contact(centre, db, device)
    row = device._asdict() | {"last_contact": centre.now()}
    if fresh or not by_file:  # an old file tells nothing of where its till stands now
        row["forked_at"] = _forked_at(centre, device, batch)
    off = drift.at_contact(told, centre.clock())
    if fresh:
        envelopes = [envelope_of(entry.body) for entry in fresh]
        stamps = (envelope.at for envelope in envelopes if envelope and storable(envelope.at))
        times = [device.recorded_at or "", *stamps]
        off = off or drift.in_entries(times)
        row |= {**_append(centre, db, device, batch.epoch, fresh, envelopes), "recorded_at": times[-1]}
    if off:
        row |= {"drift": off, "drifted_at": centre.now()}
    if batch.condition is not None:
        row["condition"] = msgspec.json.encode(_after(batch.condition, len(batch.entries), centre.clock())).decode()
    return Taken(len(fresh), take.known, _moved(db, row))


def _judged(
    centre: Centre, db: Connection, device: Device, batch: Batch, hashes: list[bytes]
) -> tuple[Take, Approval | None]:
    """What is new of ``batch``, and the approval of the epoch that begins with it. Raises ``ExchangeProblem``."""
    follows = batch.first_seq == device.head_seq + 1
    approval = approved(db, centre.ring, device, batch) if follows and batch.entries else None
    verdict = judge_batch(
        head_seq=device.head_seq,
        head_hash=device.head_hash,
        head_epoch=device.epoch,
        stored=hashes_of(db, device, overlap(device.head_seq, batch.first_seq, len(hashes))),
        first_seq=batch.first_seq,
        prev=batch.prev,
        hashes=hashes,
        epoch=batch.epoch,
        link=link_of(approval) if approval is not None else None,
    )
    match verdict:
        case Take():
            return verdict, approval if verdict.begins else None
        case Gap(expected):
            raise ExchangeProblem("gap", "Entries are missing", expected_seq=expected)
        case Fork(seq):
            raise ExchangeProblem("fork", f"Entry {seq} is not the one that the centre has, or cannot follow it")


def _is_news(told: Condition | None, kept: str | None) -> bool:
    """Whether ``told`` says more of the till than the time and the free disk, which move by themselves."""
    if told is None or not kept:
        return told is not None
    known = msgspec.json.decode(kept, type=Condition)
    return msgspec.structs.replace(told, free_mib=known.free_mib, at=known.at) != known


def _after(told: Condition, taken: int, now: datetime) -> Condition:
    """How a till is once ``taken`` entries are here that it told as unsent; it told so at ``now`` or before. The clock
    of who names a later moment cannot be believed: nobody knows when it was."""
    left, moment = max(0, told.unsent - taken), int(now.timestamp())
    at = min(told.at, moment) if told.at <= moment + AHEAD else 0
    return msgspec.structs.replace(told, unsent=left, oldest_unsent_at=told.oldest_unsent_at if left else "", at=at)


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


def _fresh(batch: Batch, hashes: list[bytes], known: int) -> list[Entry]:
    before = [batch.prev, *hashes]
    return [
        Entry(batch.first_seq + index, batch.entries[index], before[index], hashes[index])
        for index in range(known, len(hashes))
    ]


def _append(
    centre: Centre, db: Connection, device: Device, epoch: int, fresh: list[Entry], envelopes: list[Envelope | None]
) -> dict[str, Any]:
    """Store and project new entries; the columns of the till's row that follow."""
    append(db, device.device, epoch, fresh, centre.now())
    said = zip((entry.seq for entry in fresh), envelopes, strict=True)
    doubled = claim_ids(db, device.device, epoch, said)
    gathered = Gathered(Books(device.open_shift), partial(sums_of, db, device.device))
    for entry, envelope in zip(fresh, envelopes, strict=True):
        gathered.add(epoch, entry.seq, entry.hash, envelope, doubled=entry.seq in doubled)
    write_gathered(db, device.device, gathered)
    return {
        "epoch": epoch,
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


def make_ack(centre: Centre, db: Connection, device: Device, nonce: str, centre_key: str = "") -> Ack:
    """What the centre durably has of ``device``, whose row was read in this transaction, after any change.

    Who names one of the centre's keys, by its id ``centre_key``, hears what leads from it to the newest.
    """
    named = centre.ring.get(centre_key)
    found = neighbours.ends(db, device)
    return Ack(
        nonce=nonce,
        device=device.device,
        ledger_id=device.ledger_id,
        epoch=device.epoch,
        timeline=centre.timeline,
        acked_seq=device.head_seq,
        head_hash=device.head_hash,
        server_time=centre.now(),
        cursors=cursors_at(centre, found),
        quarantined=_quarantined(db, device) if device.held else (),
        quarantined_count=device.held,
        rollover=centre.ring.rollovers(named) if named else (),
        neighbours=neighbours.told(found),
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
