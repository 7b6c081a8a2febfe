"""What is sealed opens for its receiver, purpose and names, and for nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.protocol.sealing import open_sealed, public_of, seal_to, sealing_key
from sync.protocol.wire import Malformed

KEY = X25519PrivateKey.generate()
PLAIN = b'{"owner_name":"Umi"}'


def test_the_receiver_reads_what_was_sealed_to_its_key():
    sealed = seal_to(public_of(KEY), PLAIN, "proposals", "device", "MTR001A-P01")
    assert PLAIN not in sealed
    assert open_sealed(KEY, sealed, "proposals", "device", "MTR001A-P01") == PLAIN


def test_the_same_data_never_look_the_same():
    assert seal_to(public_of(KEY), PLAIN, "p") != seal_to(public_of(KEY), PLAIN, "p")


@pytest.mark.parametrize(
    ("purpose", "names"),
    [
        ("other", ("device", "P01")),
        ("proposals", ("device", "P02")),
        ("proposals", ("device",)),
        ("proposals", ("deviceP01",)),
        ("proposals", ("devic", "eP01")),
    ],
)
def test_another_purpose_or_name_opens_nothing(purpose, names):
    sealed = seal_to(public_of(KEY), PLAIN, "proposals", "device", "P01")
    with pytest.raises(Malformed):
        open_sealed(KEY, sealed, purpose, *names)


def test_another_key_opens_nothing():
    with pytest.raises(Malformed):
        open_sealed(X25519PrivateKey.generate(), seal_to(public_of(KEY), PLAIN, "p"), "p")


def test_every_changed_byte_and_every_cut_is_noticed():
    sealed = seal_to(public_of(KEY), PLAIN, "p")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Malformed):
            open_sealed(KEY, bytes(changed), "p")
        with pytest.raises(Malformed):
            open_sealed(KEY, sealed[:place], "p")


def test_a_key_that_is_none_or_makes_a_known_secret_is_refused():
    for public in (b"", b"short", bytes(32)):
        with pytest.raises(Malformed):
            seal_to(public, PLAIN, "p")


def test_the_sealing_key_follows_from_the_signing_key_and_tells_nothing_of_it():
    signing = Ed25519PrivateKey.generate()
    assert public_of(sealing_key(signing)) == public_of(sealing_key(signing))
    assert public_of(sealing_key(signing)) != public_of(sealing_key(Ed25519PrivateKey.generate()))
    assert sealing_key(signing).private_bytes_raw() != signing.private_bytes_raw()
