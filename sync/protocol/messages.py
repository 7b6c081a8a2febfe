"""What centre and till say to each other besides batches. Every answer is signed (``wire.seal``)."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from sync.protocol.batch import Hash, Name
from sync.protocol.wire import PROTOCOL, deflate, inflate, unpack

SCOPES = ("producers", "catalogue", "corner", "messages", "program")
"""The feeds a till pulls, in the order in which they are applied: products name their producers."""

ENROL_PATH = "/v1/enrol"
ENROL = "enrolment"
ACK = "ack"
PAGE = "page"

MAX_LISTED = 500
"""Quarantined entries named in one ack."""

Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Cursor = Annotated[str, msgspec.Meta(max_length=128)]


def entries_path(device: str) -> str:
    """Where a till pushes its batches."""
    return f"/v1/devices/{device}/entries"


def pull_path(device: str, scope: str, cursor: str) -> str:
    """Where a till asks for what is new in ``scope`` after ``cursor`` (empty: everything)."""
    return f"/v1/devices/{device}/pull/{scope}?after={cursor}"


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``corner`` and ``till`` are empty for a till that has none yet and takes those of the code."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    public_key: Key
    ledger_id: Name
    corner: Annotated[str, msgspec.Meta(max_length=64)] = ""
    till: Annotated[str, msgspec.Meta(max_length=64)] = ""
    epoch: Annotated[int, msgspec.Meta(ge=1, le=999)] = 1


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """The centre's answer; ``centre_key`` is the raw public key that signs everything it says from now on."""

    nonce: str
    device: Name
    ledger_id: Name
    corner: Name
    corner_name: str
    till: Name
    epoch: int
    timeline: Name
    centre_key: Key
    server_time: str
    protocol: int = PROTOCOL


class Quarantined(msgspec.Struct, frozen=True):
    """An entry that is stored but could not be projected; ``reason`` is a stable code."""

    seq: int
    reason: str


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """Entries 1 to ``acked_seq`` are durably committed, byte for byte, and end in ``head_hash``.

    It says nothing about whether their content is sensible. ``cursors`` are the current positions of the
    feeds: a scope whose cursor equals the till's own has nothing new. ``quarantined`` are this till's latest,
    ``quarantined_count`` all of them.
    """

    nonce: str
    device: Name
    ledger_id: Name
    epoch: int
    timeline: Name
    acked_seq: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    head_hash: Hash
    server_time: str
    cursors: dict[str, Cursor] = {}
    quarantined: tuple[Quarantined, ...] = ()
    quarantined_count: int = 0
    protocol: int = PROTOCOL


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of a feed: ``body`` is JSON, or empty when the row is gone."""

    key: str
    body: bytes


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a feed that follows the cursor ``after``; ``cursor`` is where the next page starts.

    ``block`` holds the rows (``pack_rows``); packed by itself it is the same for every till, so the centre makes it
    once. ``restart`` says that the asked cursor was of another timeline and the feed begins anew.
    """

    nonce: str
    device: Name
    scope: str
    timeline: Name
    after: Cursor
    cursor: Cursor
    block: bytes = b""
    more: bool = False
    restart: bool = False

    def rows(self) -> list[Row]:
        """The rows in ``block``. Raises ``Malformed`` or ``Oversize``."""
        return unpack(inflate(self.block), list[Row]) if self.block else []


def pack_rows(rows: Sequence[Row]) -> bytes:
    """The block of a page: MessagePack ``[[key, body], …]`` in one zstd frame; empty for no rows."""
    return deflate(msgspec.msgpack.encode(rows)) if rows else b""
