"""A batch: up to 500 entries of one journal on their way to the centre.

It carries whose they are, the hash before the first and the hash of the last; the hashes between are
recomputed by whoever reads it, so they are not sent.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from sync.protocol.entry import HASH_BYTES, BrokenEntry, entry_hash
from sync.protocol.wire import MAX_INFLATED, MAX_WIRE, Oversize, deflate, inflate, unpack

MAX_ENTRIES = 500
ENVELOPE_ROOM = 1_024
"""Bytes kept free for what surrounds the entries."""

Hash = Annotated[bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a till is, for the board of corners; times are ISO texts, empty when it never happened.

    ``at`` is when it was so, in seconds since 1970 by the centre's clock as far as the till knows it; asked after the
    entries of the batch were read, so that ``unsent`` counts these and whatever came since. Other tills of the corner
    are told.
    """

    app: Annotated[str, msgspec.Meta(max_length=40)] = ""
    unsent: int = 0
    oldest_unsent_at: Annotated[str, msgspec.Meta(max_length=40)] = ""
    backup_at: Annotated[str, msgspec.Meta(max_length=40)] = ""
    free_mib: int | None = None
    shift_opened_at: Annotated[str, msgspec.Meta(max_length=40)] = ""
    at: int = 0


class Batch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``entries`` are the bodies of ``first_seq`` and those after it, all of ``epoch``. An empty batch only asks for an
    ack. ``last_hash`` equals ``prev`` when there are no entries.

    ``approval`` is the sealed ``messages.Approval`` of ``epoch``, sent with its first entry. ``condition`` is told at
    most once a minute.
    """

    device: Name
    ledger_id: Name
    corner: Name
    till: Name
    epoch: Annotated[int, msgspec.Meta(ge=1, le=999)]
    first_seq: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    prev: Hash
    last_hash: Hash
    entries: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_ENTRIES)] = ()
    approval: Annotated[bytes, msgspec.Meta(max_length=4_096)] = b""
    condition: Condition | None = None

    @property
    def last_seq(self) -> int:
        """Sequence number of the last entry; of the entry before the first when there is none."""
        return self.first_seq + len(self.entries) - 1

    def hashes(self) -> list[bytes]:
        """The recomputed hash of every entry. Raises ``BrokenEntry`` when they do not end in ``last_hash``."""
        hashes = chain(self.prev, self.entries)
        if (hashes[-1] if hashes else self.prev) != self.last_hash:
            raise BrokenEntry("the chain does not end in the hash that was announced")
        return hashes


def chain(prev: bytes, bodies: Sequence[bytes]) -> list[bytes]:
    """The hash of each of ``bodies``, the first one following ``prev``."""
    hashes = []
    for body in bodies:
        prev = entry_hash(prev, body)
        hashes.append(prev)
    return hashes


def fitting(bodies: Sequence[bytes], limit: int = MAX_ENTRIES) -> int:
    """How many of ``bodies``, from the first, a batch may hold before compression; at least one of any."""
    room = MAX_INFLATED - ENVELOPE_ROOM
    for count, body in enumerate(bodies[: min(limit, MAX_ENTRIES)]):
        room -= len(body) + 8
        if room < 0:
            return max(count, 1)
    return min(len(bodies), limit, MAX_ENTRIES)


def pack_batch(batch: Batch) -> bytes:
    """The bytes that travel. Raises ``Oversize`` when they pass the bound: send fewer entries."""
    plain = msgspec.msgpack.encode(batch)
    packed = deflate(plain)
    if len(plain) > MAX_INFLATED or len(packed) > MAX_WIRE:
        raise Oversize(f"{len(batch.entries)} entries make {len(packed)} bytes")
    return packed


def read_batch(data: bytes) -> Batch:
    """The batch in ``data``. Raises ``Malformed`` or ``Oversize``."""
    if len(data) > MAX_WIRE:
        raise Oversize(f"{len(data)} bytes")
    return unpack(inflate(data), Batch)
