"""Sealed data is bound to its row: nobody who can write the file puts one person's data in another's place."""

import secrets
from pathlib import Path

import pytest

from pos_app.domain.errors import DiskFull
from pos_app.ledger import binding, persons, registry
from pos_app.ledger.backup import back_up
from pos_app.ledger.vault import NONCE_BYTES, Vault, about
from pos_app.services import backing_up, papers, people, privacy, recovering, shifts
from tests.corner import MORNING, Corner

REASON = "Pak Budi berutang"
NOTE = "untuk Bu Sari"


def unbound(vault: Vault, sealed: bytes, bound_to: bytes) -> bytes:
    """The same data as a program sealed it that did not say whose it is."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    plain = vault.unseal(sealed, bound_to)
    assert plain is not None
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + ChaCha20Poly1305(vault.data_keys()[0]).encrypt(nonce, plain, None)


def forget_binding(corner: Corner) -> None:
    """The ledger as an older program left it: nothing is bound."""
    vault, db = corner.counter.vault, corner.db
    for kind, key, old in list(binding._sealed(db)):
        binding._put(db, kind, key, old, unbound(vault, binding._bytes(old), binding._about(kind, key)))
    (vault.folder / "bound").unlink(missing_ok=True)
    corner.counter.vault = Vault(vault.folder)


@pytest.fixture
def old(open_corner: Corner) -> Corner:
    """Staff, producers, a user, a note and a typed reason, none of them bound."""
    counter = open_corner.counter
    people.add_user(open_corner.ledger, counter.vault, name="Sari", pin="111111", role="kasir", now=MORNING)
    people.log(counter, "approved:x", people.typed(counter, REASON))
    shifts.move_cash(counter, "out", 10_000, reason=NOTE)
    forget_binding(open_corner)
    return open_corner


def names(corner: Corner) -> list[str]:
    staff = registry.staff_members(corner.db, corner.counter.vault.unseal)
    return [member.name for member in staff] + [user.name for user in people.users(corner.counter)]


def texts(corner: Corner) -> list[str]:
    """The note of the last document, and the reason."""
    row = corner.db.execute("SELECT document_id FROM notes").fetchone()
    sealed = corner.db.execute("SELECT sealed FROM notes").fetchone()[0]
    note = corner.counter.vault.unseal(sealed, about("note", row[0]))
    detail = corner.db.execute("SELECT detail FROM activity WHERE action = 'approved:x'").fetchone()[0]
    return [note.decode() if note else "", people.readable(corner.counter, detail)]


def swap(corner: Corner, one: str, other: str) -> None:
    """What somebody does who can write the file and has no key."""
    blobs = {code: persons.held(corner.db, "staff", code) for code in (one, other)}
    for code, held in ((one, blobs[other]), (other, blobs[one])):
        assert held is not None
        corner.db.execute("UPDATE staff SET personal = ? WHERE code = ?", (held.sealed, code))


EVERYTHING = ["Pegawai Dua", "Pegawai Satu", "Sari"]


def test_swapped_data_tells_nothing_instead_of_the_wrong_person(open_corner: Corner) -> None:
    swap(open_corner, "S1", "S2")
    assert not privacy.masked(open_corner.counter, "staff", "S1").readable
    assert names(open_corner) == ["S1", "S2"]


def test_what_an_older_program_sealed_stays_readable(old: Corner) -> None:
    assert names(old) == EVERYTHING
    assert texts(old) == [NOTE, REASON]


def test_a_backup_binds_everything_and_from_then_on_nothing_unbound_is_opened(old: Corner) -> None:
    before = {code: persons.held(old.db, "staff", code) for code in ("S1", "S2")}
    backing_up.run(old.ledger, old.counter.vault, MORNING)
    assert (names(old), texts(old)) == (EVERYTHING, [NOTE, REASON])
    assert old.counter.vault.bound_only
    for code, other in (("S1", "S2"), ("S2", "S1")):
        held = before[other]
        assert held is not None
        old.db.execute("UPDATE staff SET personal = ? WHERE code = ?", (held.sealed, code))
    assert names(old) == ["S1", "S2", "Sari"]
    assert binding.bind(old.ledger, old.counter.vault) == 0
    old.verify()


def test_data_that_is_bound_is_left_as_it_is(old: Corner) -> None:
    assert binding.bind(old.ledger, old.counter.vault) == len(list(binding._sealed(old.db)))
    bound = list(binding._sealed(old.db))
    assert binding.bind(old.ledger, old.counter.vault, again=True) == 0
    assert list(binding._sealed(old.db)) == bound


def test_what_was_corrected_or_anonymised_meanwhile_is_not_brought_back(old: Corner) -> None:
    (kind, key, read), *_rest = binding._sealed(old.db)
    registry_row = persons.held(old.db, "staff", str(key))
    assert (kind, registry_row is not None) == ("staff", True)
    persons.correct(old.db, "staff", str(key), registry.ERASED, {})
    binding._put(old.db, kind, key, read, b"bound")
    held = persons.held(old.db, "staff", str(key))
    assert held is not None
    assert held.erased


def test_without_the_key_nothing_is_touched_and_the_code_binds_it_later(old: Corner, tmp_path: Path) -> None:
    code = recovering.new_code(old.ledger, old.counter.vault, MORNING)
    sealed = list(binding._sealed(old.db))
    elsewhere = Vault(tmp_path / "new computer")
    assert binding.bind(old.ledger, elsewhere) == 0
    assert list(binding._sealed(old.db)) == sealed
    assert not elsewhere.bound_only
    recovering.unlock(old.ledger, elsewhere, code)
    assert elsewhere.bound_only
    old.counter.vault = elsewhere
    assert (names(old), texts(old)) == (EVERYTHING, [NOTE, REASON])


def test_a_disk_that_fails_meanwhile_costs_the_binding_and_not_the_backup(
    old: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise DiskFull("till.db")

    stick = tmp_path / "stick"
    stick.mkdir()
    backing_up.set_folders(old.ledger, [stick])
    monkeypatch.setattr(binding, "bind", full)
    (outcome,) = backing_up.run(old.ledger, old.counter.vault, MORNING)
    assert outcome.path is not None


def test_a_note_is_printed_only_on_the_paper_it_was_written_for(open_corner: Corner) -> None:
    counter = open_corner.counter
    first = shifts.move_cash(counter, "out", 10_000, reason=NOTE)
    second = shifts.move_cash(counter, "out", 20_000, reason="lain")
    open_corner.db.execute(
        "UPDATE notes SET sealed = (SELECT sealed FROM notes WHERE document_id = ?) WHERE document_id = ?",
        (first.id, second.id),
    )
    texts = [str(papers.document_paper(open_corner.ledger, counter.vault, one.id)) for one in (first, second)]
    assert (NOTE in texts[0], NOTE in texts[1]) == (True, False)


def test_a_backup_of_before_is_bound_when_it_is_restored(
    old: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pos_app import bootstrap, coming_back

    copy = back_up(old.ledger, tmp_path, MORNING)
    vault = old.counter.vault
    vault.open_bound_only()
    monkeypatch.setattr(bootstrap, "vault_for", lambda _identity: vault)
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    ledger = coming_back.restored(copy, tmp_path / "again.db")
    try:
        assert [user.name for user in registry.users(ledger.db, vault.unseal)] == ["Sari"]
    finally:
        ledger.close()
