"""Taking in a batch: exactly once, in order, or a precise reason why not.

One transaction: lock the till's row, compare identity and epoch, compare the hash of every entry that is
already there, check the chain of the rest, append byte for byte, project, move the head.
"""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import Books
from sync.protocol.batch import Batch
from sync.protocol.entry import BrokenEntry, Envelope, genesis
from sync.protocol.messages import MAX_LISTED, Ack, Quarantined
from sync.protocol.problems import ExchangeProblem
from sync.server import schema
from sync.server.centre import Centre, Device
from sync.server.feeds import current_cursors
from sync.server.projection import Unprojectable, add_to, envelope_of, readable, write_books


class Entry(NamedTuple):
    """One new entry on its way into the tables."""

    seq: int
    body: bytes
    prev: bytes
    hash: bytes


class Taken(NamedTuple):
    """How many of a batch were new and how many were there already."""

    new: int
    known: int


def lock_device(db: Connection, device: str) -> Device:
    """The till's row, held until the transaction ends."""
    return db.execute(sa.select(schema.devices).where(schema.devices.c.device == device).with_for_update()).one()


def take_batch(centre: Centre, db: Connection, device: Device, batch: Batch) -> Taken:
    """Store what is new of ``batch``, sent with a key of ``device``.

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
    values: dict[str, Any] = {"last_contact": centre.now(), "forked_at": None}
    if fresh:
        values |= _append(centre, db, device, fresh)
    db.execute(sa.update(schema.devices).where(schema.devices.c.device == device.device).values(values))
    return Taken(len(fresh), known)


def _check_identity(device: Device, batch: Batch) -> None:
    """The key decides whose batch it is; a claim that differs is refused."""
    claims = (batch.device, batch.ledger_id, batch.corner, batch.till)
    if claims != (device.device, device.ledger_id, device.corner, device.till):
        raise ExchangeProblem("foreign_device", "The batch is not of the till that signed it")
    if batch.epoch != device.epoch:
        raise ExchangeProblem("fork", f"The centre knows epoch {device.epoch}, the batch is of {batch.epoch}")


def _compare_overlap(db: Connection, device: Device, batch: Batch, hashes: list[bytes]) -> int:
    """How many entries of the batch the centre has, after comparing the hash of each, and of the one before."""
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


def _append(centre: Centre, db: Connection, device: Device, fresh: list[Entry]) -> dict[str, Any]:
    """Store and project new entries; the columns of the till's row that follow."""
    whose = {"device": device.device, "epoch": device.epoch}
    received = centre.now()
    db.execute(sa.insert(schema.entries), [{**whose, **entry._asdict(), "received_at": received} for entry in fresh])
    envelopes = [envelope_of(entry.body) for entry in fresh]
    doubled = _claim_ids(db, whose, fresh, envelopes)
    books = Books(device.open_shift)
    held: list[dict[str, Any]] = []
    for entry, envelope in zip(fresh, envelopes, strict=True):
        content = readable(envelope, device.epoch, entry.seq)
        if entry.seq in doubled and not isinstance(content, Unprojectable):
            content = Unprojectable("duplicate_document", f"document {content.envelope.id} is stored already")
        if isinstance(content, Unprojectable):
            held.append({**whose, "seq": entry.seq, **content._asdict()})
        else:
            add_to(books, entry.seq, content)
    if held:
        db.execute(sa.insert(schema.quarantine), held)
    write_books(db, device.device, books)
    return {"head_seq": fresh[-1].seq, "head_hash": fresh[-1].hash, "open_shift": books.open_shift}


def _claim_ids(db: Connection, whose: dict[str, Any], fresh: list[Entry], envelopes: list[Envelope | None]) -> set[int]:
    """Register the document ids; the sequence numbers whose id was taken before."""
    table = schema.document_ids
    wanted = {envelope.id for envelope in envelopes if envelope}
    taken = set(db.execute(sa.select(table.c.document_id).where(table.c.document_id.in_(wanted))).scalars())
    claims, doubled = [], set()
    for entry, envelope in zip(fresh, envelopes, strict=True):
        if envelope is None:
            continue
        if envelope.id in taken:
            doubled.add(entry.seq)
            continue
        taken.add(envelope.id)
        claims.append({**whose, "document_id": envelope.id, "seq": entry.seq})
    if claims:
        db.execute(sa.insert(table), claims)
    return doubled


def mark_fork(centre: Centre, db: Connection, device: str) -> None:
    """Remember when a till's history first differed, so that officers see it."""
    table = schema.devices
    changed = sa.update(table).where(table.c.device == device, table.c.forked_at.is_(None))
    db.execute(changed.values(forked_at=centre.now()))


def make_ack(centre: Centre, db: Connection, device: str, nonce: str) -> Ack:
    """What the centre durably has of ``device``; read in the transaction that wrote it."""
    row = db.execute(sa.select(schema.devices).where(schema.devices.c.device == device)).one()
    table = schema.quarantine
    of_device = table.c.device == device
    held = db.execute(
        sa.select(table.c.seq, table.c.reason).where(of_device).order_by(table.c.seq.desc()).limit(MAX_LISTED)
    )
    count = db.execute(sa.select(sa.func.count()).select_from(table).where(of_device)).scalar_one()
    return Ack(
        nonce=nonce,
        device=row.device,
        ledger_id=row.ledger_id,
        epoch=row.epoch,
        timeline=centre.timeline,
        acked_seq=row.head_seq,
        head_hash=row.head_hash,
        server_time=centre.now(),
        cursors=current_cursors(centre, db),
        quarantined=tuple(Quarantined(item.seq, item.reason) for item in held),
        quarantined_count=count,
    )
