"""Bytes on the wire: MessagePack inside one bounded zstd frame, and the signed envelope around answers and files.

Whatever arrives is bounded before it is inflated: a frame must declare its size, and neither that nor its
window may pass the limit (a frame of 6 KB can otherwise become 200 MiB).
"""

import hashlib
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from zstandard import ZstdCompressor, ZstdDecompressor

KIB = 1024
MIB = 1024 * KIB
MAX_WIRE = 1 * MIB
"""Compressed size of a request or an answer."""
MAX_INFLATED = 8 * MIB
LEVEL = 6
"""Of zstd: a fifth smaller than level 3 at 8 µs a sale, with tables of 3 MB; higher ones gain less than they cost."""
WINDOW_FLOOR = 1 * KIB

MESSAGE_TYPE = "application/vnd.pojok+msgpack"
PROBLEM_TYPE = "application/problem+json"
PROTOCOL = 1
"""The first and current version of the exchange; the centre accepts every one since the first."""

T = TypeVar("T")


class Malformed(ValueError):
    """Bytes that are not what they should be."""


class Oversize(ValueError):
    """More bytes or entries than the bounds allow."""


class BadSignature(ValueError):
    """The signature does not fit the bytes, the purpose or the key."""


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``payload`` with the signature of whoever holds the private key of ``key`` (see ``key_id``)."""

    payload: bytes
    key: str
    signature: bytes


def key_id(public_key: bytes) -> str:
    """The name of a raw Ed25519 public key: the first 32 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def public_bytes(key: "Ed25519PrivateKey") -> bytes:
    """The raw public half of ``key`` (32 bytes)."""
    return key.public_key().public_bytes_raw()


def sign(key: "Ed25519PrivateKey", purpose: str, payload: bytes) -> bytes:
    """Signature of ``payload`` that is good for ``purpose`` only (64 bytes)."""
    return key.sign(_purposed(purpose, payload))


def verify(public_key: bytes, purpose: str, payload: bytes, signature: bytes) -> None:
    """Raise ``BadSignature`` unless ``signature`` was made by ``sign`` for the same purpose and bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _purposed(purpose, payload))
    except (InvalidSignature, ValueError):
        raise BadSignature(purpose) from None


def _purposed(purpose: str, payload: bytes) -> bytes:
    return f"pojok:{purpose}:{PROTOCOL}\n".encode() + payload


def seal(key: "Ed25519PrivateKey", purpose: str, message: Any) -> bytes:
    """``message`` (a struct) packed, compressed and signed."""
    payload = deflate(msgspec.msgpack.encode(message))
    return msgspec.msgpack.encode(Signed(payload, key_id(public_bytes(key)), sign(key, purpose, payload)))


def unseal(data: bytes, kind: type[T], purpose: str, public_key: bytes, limit: int = MAX_INFLATED) -> T:
    """The message in ``data``, signed by ``public_key`` for ``purpose``.

    Raises ``Malformed``, ``Oversize`` or ``BadSignature``; nothing is inflated before the signature is checked.
    """
    signed = unpack(data, Signed)
    verify(public_key, purpose, signed.payload, signed.signature)
    return unpack(inflate(signed.payload, limit), kind)


def unpack(data: bytes, kind: type[T]) -> T:
    """A validated struct out of MessagePack. Raises ``Malformed``."""
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None


class _Codecs(threading.local):
    """Compressor and decompressors of one thread: making them takes longer than a short message."""

    @cached_property
    def compressor(self) -> "ZstdCompressor":
        import zstandard

        return zstandard.ZstdCompressor(level=LEVEL, write_content_size=True)

    @cached_property
    def _decompressors(self) -> "dict[int, ZstdDecompressor]":
        return {}

    def decompressor(self, window: int) -> "ZstdDecompressor":
        """One that takes frames of at most ``window``."""
        import zstandard

        if window not in self._decompressors:
            self._decompressors[window] = zstandard.ZstdDecompressor(max_window_size=window)
        return self._decompressors[window]


_codecs = _Codecs()


def deflate(data: bytes) -> bytes:
    """One zstd frame that declares its size."""
    return _codecs.compressor.compress(data)


def inflate(data: bytes, limit: int = MAX_INFLATED) -> bytes:
    """The content of one whole zstd frame of at most ``limit`` bytes. Raises ``Malformed`` or ``Oversize``."""
    import zstandard

    window = max(limit, WINDOW_FLOOR)
    try:
        frame = zstandard.get_frame_parameters(data)
        if frame.content_size in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR):
            raise Malformed("the frame does not declare its size")
        if frame.content_size > limit or frame.window_size > window:
            raise Oversize(f"more than {limit} bytes inflated")
        return _codecs.decompressor(window).decompress(data, max_output_size=limit, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Malformed(str(error)) from None
