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
from sync.server.checking import Slips, write_slips
from sync.server.dialect import put_new
from sync.server.feeds import current_cursors
from sync.server.projection import Unprojectable, add_to, envelope_of, readable, write_books

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


_ENTRIES = sa.insert(schema.entries)


class Entry(NamedTuple):
    """One new entry on its way into the tables."""

    seq: int
    body: bytes
    prev: bytes
    hash: bytes


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
        times = [device.recorded_at or "", *(envelope.at for envelope in envelopes if envelope)]
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
    whose = {"device": device.device, "epoch": device.epoch}
    received = centre.now()
    db.execute(_ENTRIES, [{**whose, **entry._asdict(), "received_at": received} for entry in fresh])
    doubled = _claim_ids(db, whose, fresh, envelopes)
    books, slips = Books(device.open_shift), Slips()
    held: list[dict[str, Any]] = []
    for entry, envelope in zip(fresh, envelopes, strict=True):
        content = readable(envelope, device.epoch, entry.seq)
        if entry.seq in doubled and not isinstance(content, Unprojectable):
            content = Unprojectable("duplicate_document", f"document {content.envelope.id} is stored already")
        if isinstance(content, Unprojectable):
            held.append({**whose, "seq": entry.seq, **content._asdict()})
        else:
            add_to(books, entry.seq, content)
            slips.add(entry.seq, entry.hash, content)
    if held:
        db.execute(sa.insert(schema.quarantine), held)
    write_books(db, device.device, books)
    write_slips(db, device.device, device.epoch, slips)
    return {
        "head_seq": fresh[-1].seq,
        "head_hash": fresh[-1].hash,
        "open_shift": books.open_shift,
        "held": device.held + len(held),
    }


def _claim_ids(db: Connection, whose: dict[str, Any], fresh: list[Entry], envelopes: list[Envelope | None]) -> set[int]:
    """Register the document ids; the sequence numbers whose id was taken before."""
    claims = [
        {**whose, "document_id": envelope.id, "seq": entry.seq}
        for entry, envelope in zip(fresh, envelopes, strict=True)
        if envelope is not None
    ]
    if not claims or put_new(db, schema.document_ids, claims) == len(claims):
        return set()
    table = schema.document_ids
    rows = db.execute(sa.select(table).where(table.c.document_id.in_({claim["document_id"] for claim in claims})))
    owners = {row.document_id: (row.device, row.epoch, row.seq) for row in rows}
    mine = (whose["device"], whose["epoch"])
    return {claim["seq"] for claim in claims if owners[claim["document_id"]] != (*mine, claim["seq"])}


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
