"""Where entries are kept: appended byte for byte, read by till and sequence number. The decisions are ``ingest``'s."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.entry import FIRST_EPOCH, Envelope, genesis
from sync.protocol.judging import HashAt
from sync.server.centre import Device
from sync.server.database import schema
from sync.server.database.loading import claim, load
from sync.server.projecting.projection import storable


class Entry(NamedTuple):
    """One new entry on its way into the tables."""

    seq: int
    body: bytes
    prev: bytes
    hash: bytes


def genesis_of(device: Device) -> bytes:
    """What the first entry of a till follows."""
    return genesis(device.ledger_id, device.corner, device.till, FIRST_EPOCH)


def hashes_of(db: Connection, device: Device, wanted: range) -> HashAt:
    """The stored hashes of the ``wanted`` entries of a till, of the genesis for 0."""
    found: dict[int, bytes] = {device.head_seq: bytes(device.head_hash), 0: genesis_of(device)}
    if any(seq not in found for seq in wanted):
        rows = db.execute(_between(), {"whose": device.device, "low": wanted[0], "high": wanted[-1]})
        found |= {row.seq: bytes(row.hash) for row in rows}
    return found.get


def hash_of(db: Connection, device: Device, seq: int) -> bytes | None:
    """The stored hash of one entry; None when there is none."""
    return hashes_of(db, device, range(seq, seq + 1))(seq) if seq <= device.head_seq else None


@cache
def _between() -> sa.Select[Any]:
    table = schema.entries
    mine = table.c.seq.between(sa.bindparam("low"), sa.bindparam("high"))
    return sa.select(table.c.seq, table.c.hash).where(table.c.device == sa.bindparam("whose"), mine)


def append(db: Connection, device: str, epoch: int, fresh: Sequence[Entry], received: str) -> None:
    """Keep new entries as they came."""
    rows = [(device, entry.seq, epoch, entry.body, entry.prev, entry.hash, received) for entry in fresh]
    load(db, schema.entries, ("device", "seq", "epoch", "body", "prev", "hash", "received_at"), rows)


def claim_ids(db: Connection, device: str, epoch: int, fresh: Iterable[tuple[int, Envelope | None]]) -> set[int]:
    """Register the document ids of entries (sequence number and what it says); the sequence numbers of those whose id
    another entry had before."""
    claims = [(found.id, device, epoch, seq) for seq, found in fresh if found and storable(found.id)]
    if claim(db, schema.document_ids, ("document_id", "device", "epoch", "seq"), claims) == len(claims):
        return set()
    table = schema.document_ids
    rows = db.execute(sa.select(table).where(table.c.document_id.in_({name for name, *_whose in claims})))
    owners = {row.document_id: (row.device, row.seq) for row in rows}
    return {seq for name, _device, _epoch, seq in claims if owners[name] != (device, seq)}
