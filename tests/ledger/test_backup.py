"""Copies that prove whole, and the way back."""

from datetime import datetime
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.domain.errors import DamagedLedger, LedgerExists, LedgerMissing, NotALedger, ReadOnlyLedger
from pos_app.ledger.backup import back_up, restore
from pos_app.services.figures import current_state
from tests.corner import Corner

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=WIB)


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
