"""The entry of a journal: an envelope around one document, hash-chained to the one before.

``body`` is the JSON of the envelope, written once; its bytes are hashed, stored and sent as they are.
``hash = SHA-256(prev + body)``; the first ``prev`` (the genesis) binds ledger, corner, till and epoch.
"""

import hashlib
from typing import Annotated

import msgspec

from sync.documents.base import Code, DateText, Document, Sequence, Text
from sync.documents.kinds import VERSION, decode, encode

HASH_BYTES = 32
FIRST_EPOCH = 1
"""Of every journal; the genesis binds it."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is hashed. ``at`` is the till's clock with its offset, ``date`` the business date (WIB).

    ``cashier`` is a pseudonym; ``app`` the version of the program. ``was`` is set where a later epoch enters again what
    diverged: the sequence number that the document had before; ``was_hash`` the hashes in hex that the entry had
    before, oldest first: papers printed then show one of them. Unknown fields of later versions are kept in the bytes
    and ignored here.
    """

    epoch: Annotated[int, msgspec.Meta(ge=1, le=999)]
    seq: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    id: Code
    kind: Code
    version: Annotated[int, msgspec.Meta(ge=1, le=999)] = VERSION
    at: Annotated[str, msgspec.Meta(max_length=40)]
    date: DateText
    cashier: Text = ""
    app: Text = ""
    was: Annotated[int, msgspec.Meta(ge=0, le=2**62)] = 0
    was_hash: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")], ...], msgspec.Meta(max_length=999)
    ] = ()
    doc: msgspec.Raw

    def document(self) -> Document:
        """The validated document. Raises ``UnknownKind`` or ``InvalidDocument``."""
        return decode(self.kind, self.version, self.doc)


class Head(msgspec.Struct, frozen=True):
    """Where a journal stands: the last sequence number (0: empty) and its hash (the genesis: empty)."""

    seq: Sequence
    hash: bytes


class BrokenEntry(ValueError):
    """The bytes of an entry are no envelope, or do not continue the chain."""


_decoder = msgspec.json.Decoder(Envelope)


def genesis(ledger_id: str, corner: str, till: str, epoch: int) -> bytes:
    """The ``prev`` of the first entry (32 bytes)."""
    return hashlib.sha256(f"pojok:{ledger_id}:{corner}:{till}:{epoch}".encode()).digest()


def entry_hash(prev: bytes, body: bytes) -> bytes:
    """SHA-256 over ``prev`` and ``body`` (32 bytes)."""
    return hashlib.sha256(prev + body).digest()


def epoch_link(epoch: int, head_hash: bytes, base_hash: bytes) -> bytes:
    """The ``prev`` of a later epoch's first entry (32 bytes): it binds the centre's head, after which the till goes on,
    and the last entry that both histories had.
    """
    return hashlib.sha256(f"pojok:epoch:{epoch}:".encode() + head_hash + base_hash).digest()


def make_body(
    document: Document, *, epoch: int, seq: int, document_id: str, at: str, date: str, cashier: str, app: str
) -> bytes:
    """The bytes of a new entry."""
    envelope = Envelope(
        epoch=epoch,
        seq=seq,
        id=document_id,
        kind=document.KIND,
        at=at,
        date=date,
        cashier=cashier,
        app=app,
        doc=msgspec.Raw(encode(document)),
    )
    return msgspec.json.encode(envelope)


def read_body(body: bytes) -> Envelope:
    """The envelope in ``body``. Raises ``BrokenEntry``."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenEntry(str(error)) from None
