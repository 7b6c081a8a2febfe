"""A log whose ledger is gone is never read into another one, and never thrown away."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.ledger.backup import back_up, put_in_place, restore
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import put_leftovers_aside
from pos_app.ledger.verify import verify
from tests.corner import MORNING, Corner

OTHER = Identity("f" * 32, "MTR-002", "Pasar Lain", "B")


@pytest.fixture
def copy(open_corner: Corner, tmp_path: Path) -> Path:
    """A backup, after which five sales are made."""
    (tmp_path / "stick").mkdir()
    made = back_up(open_corner.ledger, tmp_path / "stick", MORNING)
    for _sale in range(5):
        open_corner.sell("T1")
    return made


@pytest.fixture
def crashed(open_corner: Corner, copy: Path, tmp_path: Path) -> Path:
    """The name of a ledger whose file was removed after a crash; its log stayed."""
    folder = tmp_path / "pc"
    folder.mkdir()
    for suffix in ("-wal", "-shm"):
        shutil.copyfile(tmp_path / f"till.db{suffix}", folder / f"till.db{suffix}")
    return folder / "till.db"


def test_a_restored_ledger_is_that_of_the_backup(crashed: Path, copy: Path) -> None:
    log = crashed.with_name("till.db-wal").read_bytes()
    with closing(restore(copy, crashed)) as ledger:
        assert verify(ledger).entries == 5
        assert ledger.identity.series == "MTR001A2"
    assert crashed.with_name("till.db.left-1-wal").read_bytes() == log


def test_a_new_ledger_is_empty(crashed: Path) -> None:
    with closing(Ledger.create(crashed, OTHER)) as ledger:
        assert (ledger.identity, verify(ledger).entries) == (OTHER, 0)
    assert crashed.with_name("till.db.left-1-wal").exists()


def test_what_was_put_aside_earlier_stays(crashed: Path) -> None:
    earlier = crashed.with_name("till.db.left-1-wal")
    earlier.write_bytes(b"sales")
    Ledger.create(crashed, OTHER).close()
    assert earlier.read_bytes() == b"sales"
    assert crashed.with_name("till.db.left-2-wal").exists()


def test_a_log_beside_a_ledger_that_is_there_is_left_alone(open_corner: Corner, copy: Path, tmp_path: Path) -> None:
    assert put_leftovers_aside(tmp_path / "till.db") == []
    assert (tmp_path / "till.db-wal").exists()


def test_a_kill_before_the_name_is_given_leaves_no_log_beside_it(
    crashed: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log goes first: whenever the machine stops, no file meets it."""

    def killed(*_paths: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.link", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(copy, crashed)
    assert not crashed.exists()
    assert not crashed.with_name("till.db-wal").exists()
    with closing(restore(copy, crashed)) as ledger:
        assert verify(ledger).entries == 5


def test_a_ledger_that_was_put_aside_without_its_log_meets_no_new_one(crashed: Path, copy: Path) -> None:
    """A replacement that was killed between renaming the file and renaming its log, then a restore."""
    crashed.write_bytes(copy.read_bytes())
    crashed.rename(crashed.with_name("till.db.damaged-20261001-080000"))
    unfinished = crashed.with_name("till.db.part")
    shutil.copyfile(copy, unfinished)
    assert put_in_place(unfinished, crashed, None) is None
    assert not crashed.with_name("till.db-wal").exists()
    assert crashed.with_name("till.db.left-1-wal").exists()
