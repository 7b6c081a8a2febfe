"""A ledger that is gone is not taken for what an older file beside it tells, and none of its numbers come twice."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.domain.errors import NoUsableBackup
from pos_app.ledger import backup
from pos_app.ledger.backup import back_up, restore
from pos_app.ledger.copying import unfinished_of
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import verify
from pos_app.services import repairing
from tests.corner import MORNING, Corner
from tests.services.test_repairing import closed, scribble, state_of

NOW = MORNING + timedelta(hours=12)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def go_on(corner: Corner, path: Path, stick: Path | None = None) -> None:
    """Two more sales at a ledger that came back, a backup of them, and the file is gone."""
    with closing(Ledger.open(path)) as ledger:
        corner.ledger = ledger
        corner.counter.ledger = ledger
        corner.sell("T1")
        corner.sell("T1")
        if stick is not None:
            back_up(ledger, stick, NOW)
    path.unlink()


def series_of(path: Path) -> str:
    with closing(Ledger.open(path)) as ledger:
        verify(ledger)
        return ledger.identity.series


def files_of(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file() and not one.name.endswith("-shm")}


def repaired_once(corner: Corner) -> Path:
    path = closed(corner)
    scribble(path, "UPDATE balances SET amount = amount + 1")
    assert repairing.repair(path, [], NOW).lost is None
    return path


def restored_once(corner: Corner) -> Path:
    copies = corner.ledger.path.parent / "copies"
    copies.mkdir()
    copy = back_up(corner.ledger, copies, MORNING)
    path = closed(corner)
    restore(copy, path, replace_at=NOW).close()
    return path


@pytest.mark.parametrize("once", [repaired_once, restored_once])
class TestAnOlderFileBesideIt:
    def test_a_backup_that_goes_on_from_it_is_taken(
        self, open_corner: Corner, stick: Path, once: Callable[[Corner], Path]
    ) -> None:
        path = once(open_corner)
        before = series_of(path)
        go_on(open_corner, path, stick)
        told = repairing.rehearse(path, [stick], NOW)
        done = repairing.repair(path, [stick], NOW)
        assert (done.entries, done.backup and done.backup.parent, done.renumbered) == (7, stick, True)
        assert done.lost is not None
        assert (done.lost.first, done.lost.last) == (8, 0)
        assert series_of(path) > before
        assert (told.entries, told.backup, told.lost) == (done.entries, done.backup, done.lost)

    def test_without_a_backup_it_is_told_that_more_may_be_lost_and_numbers_begin_anew(
        self, open_corner: Corner, once: Callable[[Corner], Path]
    ) -> None:
        path = once(open_corner)
        go_on(open_corner, path)
        told = repairing.rehearse(path, [], NOW)
        done = repairing.repair(path, [], NOW)
        assert (done.entries, done.backup, done.renumbered) == (5, None, True)
        assert done.lost is not None
        assert (done.lost.first, done.lost.last) == (6, 0)
        assert series_of(path) == "MTR001A2"
        assert told.lost == done.lost


def test_what_the_backup_knows_of_the_registry_is_not_replaced_by_what_is_older(
    open_corner: Corner, stick: Path
) -> None:
    path = repaired_once(open_corner)
    with closing(Ledger.open(path)) as ledger, ledger.write() as tx:
        tx.db.execute("INSERT INTO settings VALUES ('newer', 'yes')")
    go_on(open_corner, path, stick)
    repairing.repair(path, [stick], NOW)
    with closing(Ledger.open(path)) as ledger:
        assert ledger.db.execute("SELECT count(*) FROM settings WHERE key = 'newer'").fetchone()[0] == 1


def test_a_backup_ahead_that_is_damaged_is_passed_over_and_what_it_had_may_be_lost(
    open_corner: Corner, stick: Path
) -> None:
    path = closed(open_corner)
    whole = path.read_bytes()
    go_on(open_corner, path, stick)
    (copy,) = stick.iterdir()
    scribble(copy, "UPDATE balances SET amount = amount + 1")
    path.write_bytes(whole)
    scribble(path, "UPDATE journal SET prev = zeroblob(32) WHERE seq = 3")
    done = repairing.repair(path, [stick], NOW)
    assert (done.entries, done.backup, done.renumbered) == (5, None, True)


class TestARepairThatWasCutOff:
    def cut_off(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A repair that ended after the damaged file was put aside, as by a power cut."""

        class PowerCut(BaseException):
            pass

        def cut(*_arguments: object) -> None:
            raise PowerCut

        with monkeypatch.context() as patched:
            move = backup._move
            patched.setattr(backup, "give_name", cut)
            patched.setattr(backup, "_move", lambda one, other: move(one, other) if one == path else None)
            with pytest.raises(PowerCut):
                repairing.repair(path, [], NOW)
        assert not path.exists()

    @pytest.fixture
    def path(self, open_corner: Corner, stick: Path) -> Path:
        back_up(open_corner.ledger, open_corner.ledger.path.parent, MORNING)
        path = closed(open_corner)
        scribble(path, "UPDATE journal SET prev = zeroblob(32) WHERE seq = 3")
        return path

    def test_is_done_again_and_misses_nothing(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cut_off(path, monkeypatch)
        told = repairing.rehearse(path, [path.parent], NOW)
        done = repairing.repair(path, [path.parent], NOW)
        assert (told.lost, done.lost, done.entries) == (None, None, 5)

    def test_long_ago_tells_that_more_may_have_been_recorded(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cut_off(path, monkeypatch)
        waiting = unfinished_of(path)
        later = waiting.stat().st_mtime + 3600
        os.utime(waiting, (later, later))
        done = repairing.repair(path, [path.parent], NOW)
        assert done.lost is not None
        assert done.lost.last == 0


class TestALogWithoutItsFile:
    def test_of_a_file_that_was_put_aside_right_then_it_gives_its_entries_back(self, open_corner: Corner) -> None:
        path = open_corner.ledger.path
        open_corner.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        open_corner.sell("T1")
        before, main, log = open_corner.state, path.read_bytes(), Path(f"{path}-wal").read_bytes()
        closed(open_corner).unlink()
        aside = path.with_name("till.db.damaged-20261001-080000")
        aside.write_bytes(main)
        Path(f"{path}-wal").write_bytes(log)
        told = repairing.rehearse(path, [], NOW)
        done = repairing.repair(path, [], NOW)
        assert (told.entries, done.entries, done.aside, done.renumbered) == (6, 6, aside, True)
        assert Path(f"{aside}-wal").read_bytes() == log
        assert not list(path.parent.glob("*.joined*"))
        assert state_of(path) == before

    def test_of_a_later_ledger_it_spoils_no_file_that_was_put_aside(self, open_corner: Corner) -> None:
        path, log = self.log_of_a_later_one(open_corner)
        (aside,) = path.parent.glob("till.db.damaged-*")
        kept = aside.read_bytes()
        done = repairing.repair(path, [], NOW)
        assert (done.entries, done.aside, done.lost is not None) == (5, aside, True)
        assert aside.read_bytes() == kept
        assert not Path(f"{aside}-wal").exists()
        assert Path(f"{path}.left-1-wal").read_bytes() == log
        state_of(path)

    def test_a_repair_that_is_refused_leaves_every_file_where_it_was(self, open_corner: Corner) -> None:
        path, _log = self.log_of_a_later_one(open_corner)
        (aside,) = path.parent.glob("till.db.damaged-*")
        with closing(connect_plainly(str(aside))) as db:
            db.execute("UPDATE journal SET body = x'78' WHERE seq = 4")
        before = files_of(path.parent)
        with pytest.raises(NoUsableBackup):
            repairing.repair(path, [], NOW)
        assert files_of(path.parent) == before

    @staticmethod
    def log_of_a_later_one(corner: Corner) -> tuple[Path, bytes]:
        path = repaired_once(corner)
        ledger = Ledger.open(path)
        corner.ledger = corner.counter.ledger = ledger
        for _sale in range(30):
            corner.sell("K1", cash=1_000_000)
        ledger.db.execute("PRAGMA wal_checkpoint(RESTART)")
        corner.sell("T1")
        log = shutil.copyfile(f"{path}-wal", path.with_name("log"))
        ledger.close()
        path.unlink()
        content = Path(log).rename(f"{path}-wal").read_bytes()
        return path, content


class TestWhichFileTells:
    def test_only_a_file_that_was_put_aside_and_of_one_second_the_last(self, tmp_path: Path) -> None:
        path = tmp_path / "till.db"
        assert repairing.source_of(path) == path
        names = ("080000", "080000-2", "080000-10", "080000-10-journal", "080000-10.reading", "090000.joined", "09")
        for name in names:
            (tmp_path / f"till.db.damaged-20261001-{name}").touch()
        (tmp_path / "till.db.damaged-20261001-090000-wal").touch()
        assert repairing.source_of(path).name == "till.db.damaged-20261001-080000-10"
        (tmp_path / "till.db.damaged-20261001-080001").touch()
        assert repairing.source_of(path).name == "till.db.damaged-20261001-080001"
