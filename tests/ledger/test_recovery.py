"""The recovery code: a typo is told at once, and a new computer reads the names again."""

import random
from pathlib import Path

import pytest

from pos_app.domain.recovery_errors import MistypedCode, NamesLocked, NoRecoveryCode, WrongCode
from pos_app.ledger import recovery
from pos_app.ledger.backup import back_up, restore
from pos_app.ledger.vault import Vault, about
from tests.corner import MORNING, Corner

NAME = b"Ibu Ratna"
ABOUT = about("user", "U1")


@pytest.fixture
def vault(corner: Corner) -> Vault:
    return corner.counter.vault


def test_a_code_has_six_groups_of_five_without_look_alikes(corner: Corner, vault: Vault) -> None:
    codes = {recovery.make(corner.ledger, vault) for _time in range(20)}
    assert len(codes) == 20
    for code in codes:
        assert [len(group) for group in code.split("-")] == [5] * 6
        assert not set(code) & set("ILOUilou")


def test_a_backup_and_its_code_tell_names_on_a_new_computer(corner: Corner, vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal(NAME, ABOUT)
    code = recovery.make(corner.ledger, vault)
    restored = restore(back_up(corner.ledger, tmp_path, MORNING), tmp_path / "new.db")
    elsewhere = Vault(tmp_path / "new computer")
    assert elsewhere.unseal(sealed, ABOUT) is None
    assert recovery.is_locked(restored, elsewhere)
    recovery.unlock(restored, elsewhere, code)
    assert elsewhere.unseal(sealed, ABOUT) == NAME
    assert not recovery.is_locked(restored, elsewhere)
    assert Vault(tmp_path / "new computer").unseal(sealed, ABOUT) == NAME
    restored.close()


def test_neither_the_code_nor_a_key_lies_in_the_ledger(corner: Corner, vault: Vault, tmp_path: Path) -> None:
    code = recovery.make(corner.ledger, vault)
    content = back_up(corner.ledger, tmp_path, MORNING).read_bytes()
    assert code.encode() not in content
    assert code.replace("-", "").encode() not in content
    for key in vault.data_keys():
        assert key not in content
        assert key.hex().encode() not in content


def test_what_was_sealed_before_the_code_came_stays_readable(corner: Corner, vault: Vault, tmp_path: Path) -> None:
    before = vault.seal(NAME, ABOUT)
    code = recovery.make(corner.ledger, vault)
    elsewhere = Vault(tmp_path / "new computer")
    meanwhile = elsewhere.seal(b"Pak Budi", ABOUT)
    recovery.unlock(corner.ledger, elsewhere, code)
    assert (elsewhere.unseal(before, ABOUT), elsewhere.unseal(meanwhile, ABOUT)) == (NAME, b"Pak Budi")
    assert not recovery.covers(corner.ledger, elsewhere)
    newer = recovery.make(corner.ledger, elsewhere)
    third = Vault(tmp_path / "third computer")
    recovery.unlock(corner.ledger, third, newer)
    assert (third.unseal(before, ABOUT), third.unseal(meanwhile, ABOUT)) == (NAME, b"Pak Budi")


def test_a_new_code_replaces_the_old_one_but_never_hides_a_key(corner: Corner, vault: Vault, tmp_path: Path) -> None:
    sealed = vault.seal(NAME, ABOUT)
    old = recovery.make(corner.ledger, vault)
    new = recovery.make(corner.ledger, vault)
    with pytest.raises(WrongCode):
        recovery.unlock(corner.ledger, Vault(tmp_path / "a"), old)
    stranger = Vault(tmp_path / "b")
    stranger.seal(b"", ABOUT)
    theirs = recovery.make(corner.ledger, stranger, older_is_lost=True)
    assert recovery.covers(corner.ledger, stranger)
    for code in (new, theirs):
        recovery.unlock(corner.ledger, stranger, code)
    assert stranger.unseal(sealed, ABOUT) == NAME


def test_no_new_code_is_made_that_would_not_open_the_names_of_before(
    corner: Corner, vault: Vault, tmp_path: Path
) -> None:
    sealed = vault.seal(NAME, ABOUT)
    old = recovery.make(corner.ledger, vault)
    elsewhere = Vault(tmp_path / "new computer")
    with pytest.raises(NamesLocked):
        recovery.make(corner.ledger, elsewhere)
    recovery.unlock(corner.ledger, elsewhere, old)
    newer = recovery.make(corner.ledger, elsewhere)
    third = Vault(tmp_path / "third computer")
    recovery.unlock(corner.ledger, third, newer)
    assert third.unseal(sealed, ABOUT) == NAME


def test_a_code_that_was_said_to_be_lost_still_opens_its_names_when_it_is_found(
    corner: Corner, vault: Vault, tmp_path: Path
) -> None:
    sealed = vault.seal(NAME, ABOUT)
    old = recovery.make(corner.ledger, vault)
    elsewhere = Vault(tmp_path / "new computer")
    recovery.make(corner.ledger, elsewhere, older_is_lost=True)
    assert not recovery.is_locked(corner.ledger, elsewhere)
    recovery.make(corner.ledger, elsewhere)
    assert recovery.may_unlock(corner.ledger, elsewhere)
    recovery.unlock(corner.ledger, elsewhere, old)
    assert elsewhere.unseal(sealed, ABOUT) == NAME
    assert not recovery.may_unlock(corner.ledger, elsewhere)


def test_look_alikes_small_letters_and_spaces_are_understood(corner: Corner, vault: Vault, tmp_path: Path) -> None:
    code = next(code for code in iter(lambda: recovery.make(corner.ledger, vault), "") if {"0", "1"} <= set(code))
    sealed = vault.seal(NAME, ABOUT)
    for number, typed in enumerate(
        (code.replace("0", "O").replace("1", "I"), code.lower().replace("1", "l").replace("-", " "), f"  {code}\n")
    ):
        elsewhere = Vault(tmp_path / str(number))
        recovery.unlock(corner.ledger, elsewhere, typed)
        assert elsewhere.unseal(sealed, ABOUT) == NAME


class TestTypos:
    def test_every_wrong_character_is_told_with_its_group(self, corner: Corner, vault: Vault) -> None:
        code = recovery.make(corner.ledger, vault).replace("-", "")
        for place, right in enumerate(code):
            for wrong in recovery.ALPHABET:
                if wrong != right:
                    with pytest.raises(MistypedCode) as error:
                        recovery.check(code[:place] + wrong + code[place + 1 :])
                    assert error.value.group == place // 5 + 1

    def test_up_to_four_wrong_characters_and_every_swap_are_told(self, corner: Corner, vault: Vault) -> None:
        code = recovery.make(corner.ledger, vault).replace("-", "")
        chance = random.Random(7)
        for _time in range(500):
            letters = list(code)
            for place in chance.sample(range(30), chance.randint(2, 4)):
                letters[place] = chance.choice(recovery.ALPHABET.replace(letters[place], ""))
            with pytest.raises(MistypedCode):
                recovery.check("".join(letters))
        for place in range(29):
            letters = list(code)
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
            if letters != list(code):
                with pytest.raises(MistypedCode):
                    recovery.check("".join(letters))

    @pytest.mark.parametrize("typed", ["", "12345", "A" * 29, "A" * 31, "ABCDE-" * 6 + "!", "é" * 30])
    def test_what_cannot_be_a_code(self, typed: str) -> None:
        with pytest.raises(MistypedCode):
            recovery.check(typed)


def test_a_code_of_another_till_changes_nothing(corner: Corner, vault: Vault, tmp_path: Path) -> None:
    other = recovery.make(corner.ledger, vault)
    recovery.make(corner.ledger, vault)
    elsewhere = Vault(tmp_path / "new computer")
    with pytest.raises(WrongCode):
        recovery.unlock(corner.ledger, elsewhere, other)
    assert not elsewhere.folder.exists()


def test_a_ledger_without_a_code_says_so(corner: Corner, vault: Vault) -> None:
    assert not recovery.covers(corner.ledger, vault)
    assert not recovery.is_locked(corner.ledger, vault)
    with pytest.raises(NoRecoveryCode):
        recovery.unlock(corner.ledger, vault, "0" * 30)
