"""Bytes are bounded before they are inflated, and signatures are good for one purpose only."""

import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.wire import (
    MIB,
    BadSignature,
    Malformed,
    Oversize,
    deflate,
    inflate,
    key_id,
    public_bytes,
    seal,
    sign,
    unseal,
    verify,
)


class Note(msgspec.Struct):
    text: str


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.mark.parametrize("size", [0, 1, 100_000, 3 * MIB])
def test_what_is_deflated_inflates_again(size):
    assert inflate(deflate(b"x" * size)) == b"x" * size


def test_a_frame_that_declares_too_much_is_refused_before_it_is_inflated():
    with pytest.raises(Oversize):
        inflate(deflate(bytes(101)), limit=100)


def test_a_frame_without_a_size_is_refused():
    frame = zstandard.ZstdCompressor(write_content_size=False).compress(b"abc" * 100)
    with pytest.raises(Malformed):
        inflate(frame)


def test_a_frame_that_lies_about_its_size_is_refused():
    frame = bytearray(deflate(b"x" * 200))
    assert frame[5] == 200, "the byte that declares the size"
    frame[5] = 100
    with pytest.raises((Malformed, Oversize)):
        inflate(bytes(frame))


def test_a_window_above_the_limit_is_refused():
    compressor = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=25, write_content_size=False)
    )
    with pytest.raises((Malformed, Oversize)):
        inflate(compressor.compress(bytes(40 * MIB)))


@pytest.mark.parametrize("cut", [0, 3, 6, -1])
def test_truncated_bytes_are_refused(cut):
    with pytest.raises(Malformed):
        inflate(deflate(b"abc" * 1_000)[:cut])


def test_bytes_after_the_frame_are_refused():
    with pytest.raises(Malformed):
        inflate(deflate(b"abc") + b"x")


def test_a_sealed_message_opens_for_its_purpose_and_key_only(key):
    data = seal(key, "ack", Note("halo"))
    assert unseal(data, Note, "ack", public_bytes(key)) == Note("halo")
    with pytest.raises(BadSignature):
        unseal(data, Note, "page", public_bytes(key))
    with pytest.raises(BadSignature):
        unseal(data, Note, "ack", public_bytes(Ed25519PrivateKey.generate()))


def test_every_changed_byte_of_a_sealed_message_is_seen(key):
    data = seal(key, "ack", Note("halo"))
    unseen = []
    for index in range(len(data)):
        changed = bytearray(data)
        changed[index] ^= 1
        try:
            unseal(bytes(changed), Note, "ack", public_bytes(key))
        except (Malformed, BadSignature):
            continue
        unseen.append(index)
    named = data.index(key_id(public_bytes(key)).encode())
    assert set(unseen) <= set(range(named, named + 32)), "only the name of the key is outside the signature"


def test_a_key_that_is_none_verifies_nothing(key):
    with pytest.raises(BadSignature):
        verify(b"short", "ack", b"x", sign(key, "ack", b"x"))
