"""Entries of tills as officers read them: what each says, in short, and the bytes as they are kept."""

from typing import Annotated, Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.entry import Envelope
from sync.server.database import schema
from sync.server.projecting.projection import Unprojectable, envelope_of, readable

AMOUNTS = ("amount", "total", "counted", "float")
"""Fields that say how much a document is about, in rupiah; the first that is there counts."""
LONGEST = 20_000
"""Letters of an entry that are shown."""
MOST_SUMMED = 10_000
"""Entries that one sum is made of."""


class Listed(NamedTuple):
    """An entry in short; ``kind``, ``number`` and ``at`` are empty where its bytes do not tell, ``amount`` is None."""

    seq: int
    kind: str
    number: str
    at: str
    amount: int | None


def listed(db: Connection, device: str, after: int, through: int, limit: int = 200) -> list[Listed]:
    """The entries of a till after ``after`` up to ``through``, at most ``limit`` of them."""
    table = schema.entries
    mine = (table.c.device == device, table.c.seq > after, table.c.seq <= through)
    rows = db.execute(
        sa.select(table.c.seq, table.c.epoch, table.c.body).where(*mine).order_by(table.c.seq).limit(limit)
    )
    return [_listed(row.seq, row.epoch, envelope_of(row.body)) for row in rows]


def _listed(seq: int, epoch: int, envelope: Envelope | None) -> Listed:
    if envelope is None:
        return Listed(seq, "", "", "", None)
    content = readable(envelope, epoch, seq)
    if isinstance(content, Unprojectable):
        return Listed(seq, envelope.kind, _number(envelope), envelope.at, None)
    document: Any = content.document
    amount = next((getattr(document, name) for name in AMOUNTS if hasattr(document, name)), None)
    return Listed(seq, envelope.kind, document.number, envelope.at, amount)


class Sums(NamedTuple):
    """A stretch of a journal in short: the times of its first and last document (empty for none), and of each kind how
    many there are and what they are about together, in rupiah."""

    first_at: str
    last_at: str
    kinds: dict[str, tuple[int, int]]


def sums(db: Connection, device: str, after: int, through: int) -> Sums:
    """The entries of a till after ``after`` up to ``through``, summed up; of many the first ``MOST_SUMMED``."""
    kinds: dict[str, tuple[int, int]] = {}
    entries = listed(db, device, after, through, MOST_SUMMED)
    for one in entries:
        count, amount = kinds.get(one.kind, (0, 0))
        kinds[one.kind] = (count + 1, amount + (one.amount or 0))
    times = [one.at for one in entries if one.at] or [""]
    return Sums(times[0], times[-1], kinds)


class _Numbered(msgspec.Struct):
    """What of a document is read where all of it is not sound."""

    number: Annotated[str, msgspec.Meta(max_length=64)] = ""


def _number(envelope: Envelope) -> str:
    try:
        return msgspec.json.decode(envelope.doc, type=_Numbered).number
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def told_by(body: bytes) -> tuple[str, str]:
    """Kind and number of the paper that an entry is, as far as its bytes tell them."""
    envelope = envelope_of(body)
    return (envelope.kind, _number(envelope)) if envelope else ("", "")


class Stored(NamedTuple):
    """An entry as it is kept: its text, put in order for reading where it is JSON, and its hashes in hex."""

    corner: str
    till: str
    seq: int
    epoch: int
    text: str
    cut: bool
    prev: str
    hash: str
    received_at: str


def stored(db: Connection, device: str, seq: int) -> Stored | None:
    """One entry as it is kept; None where there is none."""
    table, devices = schema.entries, schema.devices
    query = sa.select(table, devices.c.corner, devices.c.till).join(devices, devices.c.device == table.c.device)
    row = db.execute(query.where(table.c.device == device, table.c.seq == seq)).one_or_none()
    if row is None:
        return None
    text = _readable(bytes(row.body))
    shown = text[:LONGEST]
    hashes = (bytes(row.prev).hex(), bytes(row.hash).hex())
    return Stored(row.corner, row.till, seq, row.epoch, shown, len(text) > len(shown), *hashes, row.received_at)


def _readable(body: bytes) -> str:
    try:
        return msgspec.json.format(body, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body.decode("utf-8", "backslashreplace")
