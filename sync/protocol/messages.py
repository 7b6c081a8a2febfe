"""What centre and till say to each other besides batches. Every answer is signed (``wire.seal``)."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from sync.protocol.batch import MAX_ENTRIES, Hash, Name
from sync.protocol.wire import PROTOCOL, deflate, inflate, unpack

SCOPES = ("producers", "catalogue", "corner", "messages", "program", "neighbours")
"""The feeds a till pulls, in the order in which they are applied: products name their producers. A scope that the
centre's ack does not name is not asked for.
"""

ENROL_PATH = "/v1/enrol"
ENROL = "enrolment"
ACK = "ack"
PAGE = "page"
KEPT = "entries"
REPAIR = "repair"
EPOCH = "epoch"
ROLLOVER = "rollover"
PROPOSALS = "proposals"

MAX_LISTED = 500
"""Quarantined entries named in one ack."""

MAX_PROPOSALS = 500

Key = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Epoch = Annotated[int, msgspec.Meta(ge=1, le=999)]
Token = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Cursor = Annotated[str, msgspec.Meta(max_length=128)]


def entries_path(device: str) -> str:
    """Where a till pushes its batches."""
    return f"/v1/devices/{device}/entries"


def pull_path(device: str, scope: str, cursor: str) -> str:
    """Where a till asks for what is new in ``scope`` after ``cursor`` (empty: everything)."""
    return f"/v1/devices/{device}/pull/{scope}?after={cursor}"


def kept_path(device: str, after: int, limit: int) -> str:
    """Where a till asks for its own entries that follow ``after``, at most ``limit`` of them."""
    return f"/v1/devices/{device}/entries?after={after}&limit={limit}"


def repair_path(device: str) -> str:
    """Where a till whose history differs asks for a new epoch."""
    return f"/v1/devices/{device}/repair"


def proposals_path(device: str) -> str:
    """Where a till proposes producers and products that it registered."""
    return f"/v1/devices/{device}/proposals"


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
    beginning: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)] = 1
    """Numbers of documents and codes of an earlier beginning may be those of another ledger that this till had."""


class Quarantined(msgspec.Struct, frozen=True):
    """An entry that is stored but could not be projected; ``reason`` is a stable code."""

    seq: int
    reason: str


class OtherTill(msgspec.Struct, frozen=True, array_like=True):
    """Another till of the corner. All it had recorded by ``heard`` is at the centre: seconds since 1970, 0 where the
    centre does not know so of any moment.

    ``gone``: it has no valid key, so what it recorded last stands. ``left_out``: the feed has no room for it.
    """

    device: Name
    till: Name
    heard: int = 0
    state: Literal["", "gone", "left_out"] = ""


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
    rollover: tuple[bytes, ...] = ()
    """Sealed ``Rollover`` messages, from the key that the till named to the centre's newest; empty when that is it."""
    neighbours: tuple[OtherTill, ...] | msgspec.UnsetType = msgspec.UNSET
    """As of ``cursors``, in the order of their enrolment; not there where the corner never had another till."""


class Rollover(msgspec.Struct, frozen=True, kw_only=True):
    """From now on the centre signs with ``new_key``; sealed with the key before it (purpose ``rollover``)."""

    new_key: Key
    since: str


class EpochBegun(msgspec.Struct, frozen=True, array_like=True):
    """A later epoch of a till's journal: it begins with the entry ``first_seq``, whose ``prev`` is
    ``entry.epoch_link`` of the entry before it and of ``base_seq``, the last one that both histories had.
    """

    epoch: Epoch
    first_seq: Seq
    base_seq: Seq
    approval: Annotated[bytes, msgspec.Meta(max_length=4_096)] = b""
    """The sealed ``Approval`` of the epoch, where the centre tells of it."""


class KeptEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Entries of the asking till as the centre keeps them: the bodies of ``first_seq`` and those after it, all of
    ``epoch``. ``prev`` is what the first follows, ``last_hash`` the hash of the last. Without entries ``epoch``,
    ``prev`` and ``last_hash`` are those of the entry before ``first_seq``.

    ``head_epoch``, ``head_seq`` and ``head_hash`` say where the whole journal ends, ``epochs`` where later ones began.
    """

    nonce: str
    device: Name
    ledger_id: Name
    epoch: Epoch
    first_seq: Seq
    prev: Hash
    last_hash: Hash
    entries: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_ENTRIES)] = ()
    head_epoch: Epoch
    head_seq: Seq
    head_hash: Hash
    epochs: tuple[EpochBegun, ...] = ()


class RepairRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Histories differ after ``base_seq``, the last entry that both have. The till stands at ``own_seq``, the centre,
    as the till heard, at ``head_seq``.
    """

    base_seq: Seq
    base_hash: Hash
    own_seq: Seq
    own_hash: Hash
    head_seq: Seq
    head_hash: Hash


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a ``RepairRequest``; ``approval`` is a sealed ``Approval`` once an officer allowed it."""

    nonce: str
    device: Name
    state: Literal["waiting", "approved", "refused"]
    approval: bytes = b""


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """The till may go on after the centre's ``head_seq`` with ``epoch``, and enters again there what it has after
    ``base_seq``. Sealed (purpose ``epoch``); the first batch of the epoch carries it, also to a centre that was
    restored from a copy of before.
    """

    device: Name
    ledger_id: Name
    epoch: Epoch
    head_seq: Seq
    head_hash: Hash
    base_seq: Seq
    base_hash: Hash
    approved_at: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A producer or product that a till registered. ``facts`` is the JSON of ``ProducerFacts`` or ``ProductFacts``;
    ``sealed`` holds what identifies the person behind it, for the centre alone (``sealing.seal_to``); empty for none.
    """

    code: Name
    kind: Literal["producer", "product"]
    facts: Annotated[bytes, msgspec.Meta(max_length=8_192)]
    sealed: Annotated[bytes, msgspec.Meta(max_length=8_192)] = b""
    mark: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Comes back with the code, so that the till knows which state of its row was taken."""


class Proposals(msgspec.Struct, frozen=True, kw_only=True):
    """What a till proposes; sending a proposal again replaces it while nobody decided about it."""

    proposals: Annotated[tuple[Proposal, ...], msgspec.Meta(max_length=MAX_PROPOSALS)]


class ProposalsTaken(msgspec.Struct, frozen=True, kw_only=True):
    """The codes that the centre has durably taken in, each with its mark (purpose ``proposals``). ``seal_key`` is the
    X25519 key of the centre; no proposals at all ask for it.
    """

    nonce: str
    device: Name
    taken: tuple[tuple[str, str], ...] = ()
    seal_key: bytes = b""
    given: tuple[str, ...] = ()
    """Of these, the codes that another ledger of the till gave to something else before: the registry's row is that."""


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of a feed: ``body`` is JSON, or empty when the row is gone.

    ``token`` is ``token_of`` the row; the sum of a feed's tokens is its digest. 0 in feeds that have none.
    """

    key: str
    body: bytes
    token: Token = 0


def token_of(key: str, body: bytes) -> int:
    """The first 62 bits of SHA-256 over key, a zero byte and body; 1 where they are all 0."""
    digest = hashlib.sha256(b"%b\0%b" % (key.encode(), body)).digest()
    return int.from_bytes(digest[:8], "big") >> 2 or 1


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a feed that follows the cursor ``after``; ``cursor`` is where the next page starts.

    ``block`` holds the rows (``pack_rows``); packed by itself it is the same for every till, so the centre makes it
    once. ``restart`` says that the asked cursor was of another timeline and the feed begins anew. The first
    and the last page of a scope whose rows have tokens tell how many rows it has in all, the last also the sum of their
    tokens modulo 2**62.
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
    count: int | None = None
    digest: Token | None = None

    def rows(self) -> list[Row]:
        """The rows in ``block``. Raises ``Malformed`` or ``Oversize``."""
        return unpack(inflate(self.block), list[Row]) if self.block else []


def pack_rows(rows: Sequence[Row]) -> bytes:
    """The block of a page: MessagePack ``[[key, body], …]`` in one zstd frame; empty for no rows."""
    return deflate(msgspec.msgpack.encode(rows)) if rows else b""
