"""The keys of a ledger: files of their own, made once, read by their user alone."""

import os
import stat
from pathlib import Path

import pytest

from pos_app.domain.errors import DamagedKey
from pos_app.ledger.keystore import KEY_BYTES, KeyStore
from pos_app.ledger.vault import Vault


def test_what_is_sealed_is_read_with_the_same_key_only(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "one").seal(b"Ibu Ratna")
    assert b"Ratna" not in sealed
    assert Vault(tmp_path / "one").unseal(sealed) == b"Ibu Ratna"
    assert Vault(tmp_path / "two").unseal(sealed) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_only_the_user_may_read_a_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys")
    vault.public_key()
    vault.seal(b"")
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in vault.folder.iterdir()}
    assert found == {"signing.key": 0o600, "data.key": 0o600}


def test_a_key_that_another_process_made_meanwhile_is_kept(tmp_path: Path) -> None:
    first = Vault(tmp_path).public_key()
    KeyStore(tmp_path, lambda: None).put("signing.key", b"x" * KEY_BYTES)
    assert Vault(tmp_path).public_key() == first


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 33])
def test_a_damaged_key_is_a_fault_and_no_crash(tmp_path: Path, content: bytes) -> None:
    for name in ("signing.key", "data.key"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DamagedKey):
        Vault(tmp_path).signing_key()
    with pytest.raises(DamagedKey):
        Vault(tmp_path).seal(b"Ibu Ratna")
