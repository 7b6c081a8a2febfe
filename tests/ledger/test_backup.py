"""Copies that prove whole, and the way back."""

import os
import stat
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.domain.errors import DamagedLedger, ForeignSeal, LedgerExists, LedgerMissing, NotALedger, ReadOnlyLedger
from pos_app.ledger import queries
from pos_app.ledger.backup import back_up, restore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.ledger.vouching import vouch
from pos_app.services.context import Counter
from pos_app.services.figures import current_state
from tests.corner import Corner

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=WIB)


def resumed(ledger: Ledger, before: Corner) -> Corner:
    """Work goes on in a restored ledger with the same keys and clock."""
    counter = Counter(ledger, before.counter.vault, before.clock, before.counter.new_id)
    return Corner(ledger, counter, before.clock)


def test_a_backup_and_its_restore_are_the_same_books(open_corner: Corner, tmp_path: Path) -> None:
    open_corner.sell("T1", "2")
    copy = back_up(open_corner.ledger, tmp_path, NOON)
    assert copy.name == "pojok-MTR001A-20261001-120000.db"
    restored = restore(copy, tmp_path / "new.db")
    assert current_state(restored) == open_corner.state
    restored.close()
    assert sorted(one.name for one in tmp_path.glob("*.part*")) == []


def test_a_backup_is_one_file_that_can_be_read_from_a_protected_stick(open_corner: Corner, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    copy = back_up(open_corner.ledger, stick, NOON)
    assert [one.name for one in stick.iterdir()] == [copy.name]
    before = copy.read_bytes()
    stick.chmod(0o555)
    restore(copy, tmp_path / "new.db").close()
    stick.chmod(0o755)
    assert copy.read_bytes() == before
    assert [one.name for one in stick.iterdir()] == [copy.name]


def test_two_backups_in_one_second_are_two_files(open_corner: Corner, tmp_path: Path) -> None:
    first = back_up(open_corner.ledger, tmp_path, NOON)
    content = first.read_bytes()
    open_corner.sell("T1")
    second = back_up(open_corner.ledger, tmp_path, NOON)
    assert second.name == "pojok-MTR001A-20261001-120000-2.db"
    assert first.read_bytes() == content
    restore(second, tmp_path / "new.db").close()


def test_a_backup_that_another_process_is_writing_is_left_alone(open_corner: Corner, tmp_path: Path) -> None:
    busy = tmp_path / "pojok-MTR001A-20261001-120000.db.part"
    busy.write_bytes(b"half a copy")
    copy = back_up(open_corner.ledger, tmp_path, NOON)
    assert copy.name == "pojok-MTR001A-20261001-120000-2.db"
    assert busy.read_bytes() == b"half a copy"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_only_the_user_may_read_a_backup_and_a_restored_ledger(open_corner: Corner, tmp_path: Path) -> None:
    copy = back_up(open_corner.ledger, tmp_path, NOON)
    restore(copy, tmp_path / "new.db").close()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (copy, tmp_path / "new.db")] == [0o600, 0o600]


class TestNumbersAfterARestore:
    """What was sold after the backup is on paper somewhere: no number is ever printed twice."""

    def test_they_start_anew_with_the_next_epoch_in_them(self, open_corner: Corner, tmp_path: Path) -> None:
        assert open_corner.sell("T1")["number"] == "ST-MTR001A-000001"
        copy = back_up(open_corner.ledger, tmp_path, NOON)
        assert open_corner.sell("T1")["number"] == "ST-MTR001A-000002"
        restored = resumed(restore(copy, tmp_path / "new.db"), open_corner)
        assert restored.sell("K1")["number"] == "ST-MTR001A2-000001"
        assert restored.do("cash_move", direction="in", amount=1_000)["number"] == "KK-MTR001A2-000001"
        restored.verify()
        again = back_up(restored.ledger, tmp_path, NOON)
        assert again.name == "pojok-MTR001A2-20261001-120000.db"
        third = resumed(restore(again, tmp_path / "third.db"), open_corner)
        assert third.sell("K1")["number"] == "ST-MTR001A3-000001"
        third.verify()
        restored.ledger.close()
        third.ledger.close()

    def test_earlier_receipts_are_still_found_and_refunded(self, open_corner: Corner, tmp_path: Path) -> None:
        sold = open_corner.sell("T1", "2")["number"]
        restored = resumed(restore(back_up(open_corner.ledger, tmp_path, NOON), tmp_path / "new.db"), open_corner)
        back = restored.do("refund", of=sold, lines=[{"line": 0, "quantity": "1"}], tender="cash")
        assert back["number"] == "PU-MTR001A2-000001"
        restored.verify()
        restored.ledger.close()

    def test_a_backup_itself_is_not_changed(self, open_corner: Corner, tmp_path: Path) -> None:
        copy = back_up(open_corner.ledger, tmp_path, NOON)
        before = copy.read_bytes()
        restore(copy, tmp_path / "new.db").close()
        assert copy.read_bytes() == before


def test_a_backup_taken_while_selling_goes_on_is_whole(open_corner: Corner, tmp_path: Path) -> None:
    other = open_corner.ledger.another()
    open_corner.sell("T1")
    copy = back_up(other, tmp_path, NOON)
    other.close()
    open_corner.sell("T1")
    restored = restore(copy, tmp_path / "new.db")
    assert restored.head().seq == 6
    restored.close()


def test_a_ledger_that_is_there_is_not_overwritten(open_corner: Corner, tmp_path: Path) -> None:
    copy = back_up(open_corner.ledger, tmp_path, NOON)
    with pytest.raises(LedgerExists):
        restore(copy, open_corner.ledger.path)


def test_a_damaged_backup_is_refused_and_leaves_nothing(open_corner: Corner, tmp_path: Path) -> None:
    open_corner.db.execute("UPDATE balances SET amount = amount + 1")
    with pytest.raises(DamagedLedger):
        back_up(open_corner.ledger, tmp_path, NOON)
    assert not list(tmp_path.glob("pojok-*"))


def test_a_file_that_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        restore(tmp_path / "none.db", tmp_path / "new.db")
    (tmp_path / "photo.jpg").write_bytes(b"x" * 5000)
    with pytest.raises(NotALedger):
        restore(tmp_path / "photo.jpg", tmp_path / "new.db")
    assert not (tmp_path / "new.db").exists()


def test_a_folder_that_cannot_be_written(open_corner: Corner, tmp_path: Path) -> None:
    with pytest.raises(ReadOnlyLedger):
        back_up(open_corner.ledger, tmp_path / "not there", NOON)


class TestSealsAfterARestore:
    """The closings of before were sealed by another computer's key; the computer that restores vouches for them."""

    @staticmethod
    def closed_on(ledger: Ledger, vault: Vault, before: Corner) -> None:
        corner = Corner(ledger, Counter(ledger, vault, before.clock, before.counter.new_id), before.clock)
        if queries.open_shift(ledger.db) is None:
            corner.do("open_shift", float=0)
        corner.do("cash_move", direction="in", amount=1_000)
        corner.do("close_shift", counted=0, note="x")

    def test_a_computer_that_never_had_a_key_accepts_them(self, open_corner: Corner, tmp_path: Path) -> None:
        self.closed_on(open_corner.ledger, open_corner.counter.vault, open_corner)
        copy, here = back_up(open_corner.ledger, tmp_path, NOON), Vault(tmp_path / "here")
        with closing(restore(copy, tmp_path / "new.db", finish=partial(vouch, vault=here))) as ledger:
            key = here.known_public_key()
            assert key is not None
            assert verify(ledger, trusted_key=key).entries == open_corner.ledger.head().seq
            back_up(ledger, tmp_path, NOON)

    def test_a_file_that_was_only_copied_is_told_from_a_damaged_one(self, open_corner: Corner, tmp_path: Path) -> None:
        self.closed_on(open_corner.ledger, open_corner.counter.vault, open_corner)
        here = Vault(tmp_path / "here")
        with pytest.raises(ForeignSeal) as error:
            verify(open_corner.ledger, trusted_key=here.public_key())
        assert error.value.seq == open_corner.ledger.head().seq
        with closing(
            restore(open_corner.ledger.path, tmp_path / "new.db", finish=partial(vouch, vault=here))
        ) as ledger:
            verify(ledger, trusted_key=here.public_key())

    def test_it_may_move_from_computer_to_computer(self, open_corner: Corner, tmp_path: Path) -> None:
        self.closed_on(open_corner.ledger, open_corner.counter.vault, open_corner)
        vaults = [Vault(tmp_path / name) for name in ("second", "third")] + [open_corner.counter.vault]
        copy = back_up(open_corner.ledger, tmp_path, NOON)
        for number, vault in enumerate(vaults):
            with closing(restore(copy, tmp_path / f"{number}.db", finish=partial(vouch, vault=vault))) as ledger:
                verify(ledger, trusted_key=vault.public_key())
                self.closed_on(ledger, vault, open_corner)
                verify(ledger, trusted_key=vault.public_key())
                copy = back_up(ledger, tmp_path, NOON)

    def test_restored_twice_without_work_between(self, open_corner: Corner, tmp_path: Path) -> None:
        self.closed_on(open_corner.ledger, open_corner.counter.vault, open_corner)
        copy, here = back_up(open_corner.ledger, tmp_path, NOON), Vault(tmp_path / "here")
        for _time in range(2):
            with closing(
                restore(copy, tmp_path / "new.db", finish=partial(vouch, vault=here), replace_at=NOON)
            ) as ledger:
                verify(ledger, trusted_key=here.public_key())
                copy = back_up(ledger, tmp_path, NOON)
