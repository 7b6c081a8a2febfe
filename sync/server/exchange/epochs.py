"""Epochs of the tills' journals at the centre: what a till is told of its own entries, and how a later epoch begins."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.batch import MAX_ENTRIES, Batch, fitting
from sync.protocol.epochs import epoch_of, left_in_epoch
from sync.protocol.judging import judge_approval
from sync.protocol.messages import EPOCH, Approval, EpochBegun, KeptEntries
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import BadSignature, Malformed, Oversize, Signed, unpack, unseal
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.exchange.entries import hash_of, hashes_of
from sync.server.keys import KeyRing

LAST_SEQ = 2**62


def epochs_of(db: Connection, device: str) -> tuple[EpochBegun, ...]:
    """The later epochs of a till's journal, in order, with their approvals."""
    table = schema.epochs
    rows = db.execute(sa.select(table).where(table.c.device == device).order_by(table.c.epoch))
    return tuple(EpochBegun(row.epoch, row.first_seq, row.base_seq, bytes(row.approval)) for row in rows)


def read_kept(db: Connection, device: Device, after: int, limit: int, nonce: str) -> KeptEntries:
    """At most ``limit`` of the till's entries after ``after``, as many as one message holds, all of one epoch.

    Raises ``ExchangeProblem``: ``malformed`` for numbers out of bounds, ``gap`` when ``after`` is beyond the head.
    """
    if not (0 <= after <= LAST_SEQ and 0 <= limit <= MAX_ENTRIES):
        raise ExchangeProblem("malformed", f"after is 0 to 2^62, limit 0 to {MAX_ENTRIES}")
    if after > device.head_seq:
        raise ExchangeProblem("gap", "The centre has fewer entries", expected_seq=device.head_seq + 1)
    epochs = epochs_of(db, device.device)
    rows = _rows(db, device, after, left_in_epoch(epochs, after + 1, limit))
    prev = bytes(rows[0].prev) if rows else hash_of(db, device, after)
    if prev is None:
        raise LookupError(f"entry {after} of {device.device}")
    return KeptEntries(
        nonce=nonce,
        device=device.device,
        ledger_id=device.ledger_id,
        epoch=epoch_of(epochs, after + 1 if rows else after),
        first_seq=after + 1,
        prev=prev,
        last_hash=bytes(rows[-1].hash) if rows else prev,
        entries=tuple(bytes(row.body) for row in rows),
        head_epoch=device.epoch,
        head_seq=device.head_seq,
        head_hash=device.head_hash,
        epochs=epochs,
    )


def _rows(db: Connection, device: Device, after: int, limit: int) -> Sequence[Any]:
    if not limit:
        return []
    table = schema.entries
    query = sa.select(table.c.body, table.c.prev, table.c.hash).where(
        table.c.device == device.device, table.c.seq > after
    )
    rows = db.execute(query.order_by(table.c.seq).limit(limit)).all()
    return rows[: fitting([row.body for row in rows])]


def approved(db: Connection, ring: KeyRing, device: Device, batch: Batch) -> Approval | None:
    """The approval that ``batch`` carries, when it lets the till begin an epoch right after the centre's head.

    It is one of ours, sealed with any key this centre ever had, for this till; its epoch is the next one; head and base
    are as the centre has them. So a centre that was restored from a copy takes the epoch again once it is sent all that
    came before. Raises ``ExchangeProblem`` ``fork`` for one that does not hold.
    """
    if not batch.approval or batch.epoch <= device.epoch:
        return None
    approval = _sealed_by_us(ring, batch.approval)
    head = (device.head_seq, bytes(device.head_hash))
    base = (approval.base_seq, approval.base_hash)
    ours = (approval.device, approval.ledger_id, approval.epoch) == (device.device, device.ledger_id, batch.epoch)
    wanted = range(approval.base_seq, approval.base_seq + 1) if approval.base_seq <= device.head_seq else range(0)
    holds = ours and judge_approval(
        approved_epoch=approval.epoch,
        approved_head=(approval.head_seq, approval.head_hash),
        base=base,
        head_epoch=device.epoch,
        head=head,
        stored=hashes_of(db, device, wanted),
    )
    return approval if holds else None


def _sealed_by_us(ring: KeyRing, sealed: bytes) -> Approval:
    try:
        key = ring.get(unpack(sealed, Signed).key)
        if key is None:
            raise BadSignature("approval")
        return unseal(sealed, Approval, EPOCH, key.public)
    except (Malformed, Oversize, BadSignature):
        raise ExchangeProblem("fork", "The approval of this epoch is not of this centre; ask for a repair") from None


def begin(centre: Centre, db: Connection, device: Device, approval: Approval, sealed: bytes) -> None:
    """Begin the approved epoch, in the transaction that stores its first entry; the repair is done."""
    row = {
        "device": device.device,
        "epoch": approval.epoch,
        "first_seq": device.head_seq + 1,
        "base_seq": approval.base_seq,
        "base_hash": approval.base_hash,
        "approval": sealed,
        "began_at": centre.now(),
    }
    db.execute(sa.insert(schema.epochs), row)
    table = schema.repairs
    db.execute(sa.update(table).where(table.c.device == device.device).values(state="done"))
