"""What a computer knows of a till outlives its ledger: no number comes again, no old log becomes a new ledger."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pos_app import bootstrap, coming_back, start
from pos_app.ledger import beginnings
from pos_app.ledger.backup import back_up
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.services import backup_note, setup
from tests.corner import IDENTITY, MORNING, Corner, StillClock


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def worked(path: Path, beginning: int = 1, ledger_id: str = IDENTITY.ledger_id, *, anew: bool = False) -> Ledger:
    """A ledger with one document, which this computer has noted."""
    ledger = Ledger.create(path, replace(IDENTITY, beginning=beginning, ledger_id=ledger_id))
    corner = Corner(ledger, bootstrap.counter_for(ledger), StillClock(MORNING))
    corner.do("open_shift", float=1_000)
    backup_note.keep(ledger, anew=anew)
    return ledger


def new_corner(path: Path, beginning: int) -> Path:
    return setup.new_corner(
        path,
        code="MTR-001",
        name="Pojok Uji",
        till="A",
        manager="Ratna",
        pin="123456",
        vault_for=bootstrap.vault_for,
        now=MORNING,
        beginning=beginning,
    )


def test_a_first_start_beside_the_log_of_a_lost_ledger_begins_empty(home: Path) -> None:
    path = home / "till.db"
    ledger = worked(path)
    log = path.with_name("till.db-wal").read_bytes()
    ledger.close()
    path.unlink()
    path.with_name("till.db-wal").write_bytes(log)
    coming_back.put_lost_aside(path)
    new_corner(path, coming_back.next_beginning("MTR-001", "A"))
    assert [one.name for one in home.glob("till.db.left-*")] == ["till.db.left-1-wal"]
    with closing(Ledger.open(path)) as fresh:
        assert verify(fresh).entries == 0


def test_a_new_corner_takes_no_name_that_has_a_log(home: Path) -> None:
    path = home / "till.db"
    path.with_name("till.db-wal").write_bytes(b"the last sales")
    new_corner(path, 1)
    assert path.with_name("till.db.left-1-wal").read_bytes() == b"the last sales"


def test_an_old_backup_found_after_beginning_anew_gets_numbers_of_its_own(home: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    with closing(worked(home / "till.db")) as first:
        copy = back_up(first, tmp_path / "stick", MORNING)
    (home / "till.db").unlink()
    with closing(worked(home / "anew.db", coming_back.next_beginning("MTR-001", "A"), "f" * 32, anew=True)) as new:
        assert new.identity.series == "MTR001A2"
    with closing(coming_back.restored(copy, home / "till.db")) as back:
        assert back.identity.series == "MTR001A3"
    assert coming_back.next_beginning("MTR-001", "A") == 4


def test_notes_that_cannot_be_read_may_have_told_any_beginning(home: Path) -> None:
    worked(home / "till.db").close()
    (home / backup_note.FILE).write_bytes(b"")
    far = beginnings.beyond_all(bootstrap.now())
    assert coming_back.next_beginning("MTR-001", "A") > far
    worked(home / "other.db", ledger_id="e" * 32).close()
    assert (home / backup_note.UNREADABLE).exists()
    assert coming_back.next_beginning("MTR-001", "A") > far


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"  \n"])
def test_a_garbled_note_of_the_last_ledger_leads_to_the_one_that_is_known(home: Path, content: bytes) -> None:
    (home / "last_ledger").write_bytes(content)
    assert start.last_ledger() is None
    worked(home / "till.db").close()
    assert start.last_ledger() == home / "till.db"
