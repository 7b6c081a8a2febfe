"""The keys of a ledger: files of their own, made once, read by their user alone."""

import os
import stat
from pathlib import Path

import pytest

from pos_app.domain.errors import DamagedKey, KeyStoreClosed
from pos_app.ledger import vault as vaults
from pos_app.ledger.keystore import KEY_BYTES, KeyStore
from pos_app.ledger.vault import Vault, about

ABOUT = about("user", "U1")


def test_what_is_sealed_is_read_with_the_same_key_only(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "one").seal(b"Ibu Ratna", ABOUT)
    assert b"Ratna" not in sealed
    assert Vault(tmp_path / "one").unseal(sealed, ABOUT) == b"Ibu Ratna"
    assert Vault(tmp_path / "two").unseal(sealed, ABOUT) is None


def test_what_is_sealed_about_one_person_opens_as_nobody_elses(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sealed = vault.seal(b"Ibu Ratna", ABOUT)
    assert vault.unseal(sealed, about("user", "U2")) is None
    assert vault.unseal(sealed, about("staff", "U1")) is None


@pytest.mark.parametrize("blob", [b"", b"x", b"x" * 11, b"x" * 12, b"x" * 40])
def test_a_damaged_blob_is_closed_and_no_crash(tmp_path: Path, blob: bytes) -> None:
    assert Vault(tmp_path).unseal(blob, ABOUT) is None
    assert Vault(tmp_path).bound(blob, ABOUT) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_only_the_user_may_read_a_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys")
    vault.public_key()
    vault.seal(b"", ABOUT)
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
        Vault(tmp_path).seal(b"Ibu Ratna", ABOUT)


class FakeSystem:
    """A key store of the system, as ``keyring`` shows it."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError("the collection is locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise RuntimeError("the collection is locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeSystem:
    store = FakeSystem()
    monkeypatch.setattr(vaults, "system_store", lambda: store)
    return store


class TestTheSystemsKeyStore:
    def test_keys_lie_in_it_and_in_no_file(self, tmp_path: Path, system: FakeSystem) -> None:
        vault = Vault(tmp_path / "ledger1", in_system=True)
        sealed, public = vault.seal(b"Ibu Ratna", ABOUT), vault.public_key()
        assert len(system.kept) == 2
        content = b"".join(path.read_bytes() for path in vault.folder.iterdir())
        assert not any(bytes.fromhex(key) in content or key.encode() in content for key in system.kept.values())
        again = Vault(tmp_path / "ledger1", in_system=True)
        assert (again.unseal(sealed, ABOUT), again.public_key()) == (b"Ibu Ratna", public)

    def test_a_closed_store_is_told_and_never_answered_with_a_new_key(self, tmp_path: Path, system: FakeSystem) -> None:
        public = Vault(tmp_path, in_system=True).public_key()
        system.locked = True
        with pytest.raises(KeyStoreClosed):
            Vault(tmp_path, in_system=True).public_key()
        with pytest.raises(KeyStoreClosed):
            Vault(tmp_path).public_key()
        system.locked = False
        assert Vault(tmp_path, in_system=True).public_key() == public

    def test_a_key_that_somebody_removed_or_changed_there_is_told(self, tmp_path: Path, system: FakeSystem) -> None:
        Vault(tmp_path, in_system=True).public_key()
        (entry,) = system.kept
        system.kept[entry] = "00" * 32
        with pytest.raises(KeyStoreClosed):
            Vault(tmp_path, in_system=True).public_key()
        del system.kept[entry]
        with pytest.raises(KeyStoreClosed):
            Vault(tmp_path, in_system=True).public_key()

    def test_key_files_that_are_there_go_on_working(self, tmp_path: Path, system: FakeSystem) -> None:
        public = Vault(tmp_path).public_key()
        assert Vault(tmp_path, in_system=True).public_key() == public
        assert system.kept == {}

    def test_a_store_that_refuses_leads_to_a_file(self, tmp_path: Path, system: FakeSystem) -> None:
        system.locked = True
        public = Vault(tmp_path, in_system=True).public_key()
        assert [path.name for path in tmp_path.iterdir()] == ["signing.key"]
        system.locked = False
        assert Vault(tmp_path, in_system=True).public_key() == public

    def test_two_ledgers_have_keys_of_their_own(self, tmp_path: Path, system: FakeSystem) -> None:
        keys = {Vault(tmp_path / name, in_system=True).public_key() for name in ("one", "two")}
        assert len(keys) == 2

    def test_of_two_processes_that_make_a_key_the_first_wins(self, tmp_path: Path, system: FakeSystem) -> None:
        first = Vault(tmp_path, in_system=True).public_key()
        KeyStore(tmp_path, lambda: system).put("signing.key", b"x" * KEY_BYTES)
        assert Vault(tmp_path, in_system=True).public_key() == first
        assert len(system.kept) == 1


def test_no_key_is_made_for_a_ledger_that_is_only_looked_at(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys")
    assert vault.known_public_key() is None
    assert not vault.folder.exists()
    assert vault.public_key() == vault.known_public_key()
