"""The exchange on a stick: one signed file with batches and where the pulls stand, and its signed reply.

A bundle carries documents only, which hold no personal data. Loading one twice changes nothing.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

import msgspec

from sync.protocol.batch import Name
from sync.protocol.messages import Cursor, Page, ProposalsTaken
from sync.protocol.wire import MAX_WIRE, MIB, BadSignature, Malformed, Oversize, Signed, key_id, seal, unpack, unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BUNDLE_MARK: Final = b"POJOK-BUNDLE-1\n"
REPLY_MARK: Final = b"POJOK-REPLY-1\n"
BUNDLE: Final = "bundle"
REPLY: Final = "reply"
MAX_BATCHES = 400
MAX_FILE = 64 * MIB
FILE_ROOM = 1 * MIB
"""Bytes of a file kept free for what surrounds the batches or pages."""

Fault = Literal["no_bundle", "other_way", "newer_file", "cut_off", "changed", "too_large", "other_key"]
T = TypeVar("T")


class BadFile(Malformed):
    """A file that is not taken. ``name`` says why:

    ``no_bundle``: none of this exchange. ``other_way``: a till's file where the centre's reply belongs, or the reverse.
    ``newer_file``: written by a later program. ``cut_off``: its end is missing. ``changed``: bytes of it are not those
    that were signed. ``too_large``: more than ``MAX_FILE``. ``other_key``: signed by somebody else.
    """

    def __init__(self, name: Fault) -> None:
        super().__init__(name)
        self.name = name


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """``batches`` are packed (``batch.pack_batch``), in order; ``cursors`` say where the till's pulls stand.

    ``centre_key`` is the id of the key that the till trusts: the reply is sealed with it. ``proposals`` is packed as
    for a request of their own; empty for none.
    """

    device: Name
    nonce: str
    made_at: str
    batches: Annotated[tuple[bytes, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCHES)]
    cursors: dict[str, Cursor] = {}
    centre_key: Annotated[str, msgspec.Meta(max_length=64)] = ""
    proposals: Annotated[bytes, msgspec.Meta(max_length=MAX_WIRE)] = b""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The centre's answer for the trip home: a sealed ack, and the pages of the feeds. ``nonce`` is the bundle's.

    ``problem`` is the name of what kept the centre from taking the batches (``problems.STATUS``); the ack then tells
    what it has, and is empty where it has nothing to say to this till. ``more``: not all pages found room.
    ``proposals`` answers those of the bundle; where they could not be taken, ``proposals_problem`` names why.
    """

    device: Name
    nonce: str
    ack: bytes
    pages: tuple[Page, ...] = ()
    problem: Annotated[str, msgspec.Meta(max_length=64)] = ""
    detail: Annotated[str, msgspec.Meta(max_length=400)] = ""
    more: bool = False
    proposals: ProposalsTaken | None = None
    proposals_problem: Annotated[str, msgspec.Meta(max_length=64)] = ""


def write_bundle(path: Path, key: "Ed25519PrivateKey", bundle: Bundle) -> None:
    """Write the till's file. Raises ``Oversize`` or ``OSError``."""
    _write(path, BUNDLE_MARK + seal(key, BUNDLE, bundle))


def write_reply(path: Path, key: "Ed25519PrivateKey", reply: Reply) -> None:
    """Write the centre's answer. Raises ``Oversize`` or ``OSError``."""
    _write(path, REPLY_MARK + seal(key, REPLY, reply))


def _write(path: Path, data: bytes) -> None:
    """Whole under its name or not at all: a stick may be full, or be pulled at any moment."""
    if len(data) > MAX_FILE:
        raise Oversize(f"{len(data)} bytes")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        _forget(part)
        raise


def _forget(part: Path) -> None:
    """Take away what was begun; a stick that is gone keeps it, under a name that nobody reads."""
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return


def read_mark(path: Path, mark: bytes) -> bytes:
    """What follows ``mark`` in a file. Raises ``BadFile`` or ``OSError``."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise BadFile("too_large" if data.startswith(mark) else "no_bundle")
    if data.startswith(mark):
        return data[len(mark) :]
    if data.startswith((BUNDLE_MARK, REPLY_MARK)):
        raise BadFile("other_way")
    if mark.startswith(data):
        raise BadFile("cut_off")
    raise BadFile("newer_file" if _is_newer(data, mark) else "no_bundle")


def _is_newer(data: bytes, mark: bytes) -> bool:
    """Whether the file says that it is of a later form than ``mark``."""
    name, _dash, own = mark.rpartition(b"-")
    found, _dash, number = data.partition(b"\n")[0].rpartition(b"-")
    return found == name and number.isdigit() and int(number[:9]) > int(own)


def bundle_key(data: bytes) -> str:
    """The id of the key that a bundle says it is signed with; not yet verified. Raises ``BadFile``."""
    return _signed(data).key


def open_bundle(data: bytes, public_key: bytes) -> Bundle:
    """The till's bundle. Raises ``BadFile``."""
    return _open(data, Bundle, BUNDLE, public_key)


def open_reply(data: bytes, public_key: bytes) -> Reply:
    """The centre's reply. Raises ``BadFile``."""
    return _open(data, Reply, REPLY, public_key)


def _open(data: bytes, kind: type[T], purpose: str, public_key: bytes) -> T:
    if _signed(data).key != key_id(public_key):
        raise BadFile("other_key")
    try:
        return unseal(data, kind, purpose, public_key, MAX_FILE)
    except (Malformed, Oversize, BadSignature):
        raise BadFile("changed") from None


def _signed(data: bytes) -> Signed:
    try:
        return unpack(data, Signed)
    except Malformed as error:
        raise BadFile("cut_off" if "truncated" in str(error) else "changed") from None
