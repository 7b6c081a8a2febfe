"""The exchange on a stick: one signed file with batches and where the pulls stand, and its signed reply.

A bundle carries documents only, which hold no personal data. Loading one twice changes nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from sync.protocol.batch import Name
from sync.protocol.messages import Cursor, Page
from sync.protocol.wire import MIB, Malformed, Oversize, Signed, seal, unpack, unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BUNDLE_MARK = b"POJOK-BUNDLE-1\n"
REPLY_MARK = b"POJOK-REPLY-1\n"
BUNDLE = "bundle"
REPLY = "reply"
MAX_BATCHES = 400
MAX_FILE = 64 * MIB
FILE_ROOM = 1 * MIB
"""Bytes of a file kept free for what surrounds the batches."""


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """``batches`` are packed (``batch.pack_batch``), in order; ``cursors`` say where the till's pulls stand."""

    device: Name
    nonce: str
    made_at: str
    batches: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCHES)]
    cursors: dict[str, Cursor] = {}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The centre's answer for the trip home: a sealed ack, and the pages of the feeds. ``nonce`` is the bundle's."""

    device: Name
    nonce: str
    ack: bytes
    pages: tuple[Page, ...] = ()


def write_bundle(path: Path, key: "Ed25519PrivateKey", bundle: Bundle) -> None:
    """Write the till's file. Raises ``Oversize`` or ``OSError``."""
    _write(path, BUNDLE_MARK + seal(key, BUNDLE, bundle))


def write_reply(path: Path, key: "Ed25519PrivateKey", reply: Reply) -> None:
    """Write the centre's answer. Raises ``Oversize`` or ``OSError``."""
    _write(path, REPLY_MARK + seal(key, REPLY, reply))


def _write(path: Path, data: bytes) -> None:
    if len(data) > MAX_FILE:
        raise Oversize(f"{len(data)} bytes")
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def read_mark(path: Path, mark: bytes) -> bytes:
    """What follows ``mark`` in a file. Raises ``Malformed``, ``Oversize`` or ``OSError``."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Oversize(f"more than {MAX_FILE} bytes")
    if not data.startswith(mark):
        raise Malformed("this is no such file")
    return data[len(mark) :]


def bundle_key(data: bytes) -> str:
    """The id of the key that a bundle says it is signed with; not yet verified."""
    return unpack(data, Signed).key


def open_bundle(data: bytes, public_key: bytes) -> Bundle:
    """The till's bundle. Raises ``Malformed``, ``Oversize`` or ``BadSignature``."""
    return unseal(data, Bundle, BUNDLE, public_key, MAX_FILE)


def open_reply(data: bytes, public_key: bytes) -> Reply:
    """The centre's reply. Raises ``Malformed``, ``Oversize`` or ``BadSignature``."""
    return unseal(data, Reply, REPLY, public_key, MAX_FILE)
