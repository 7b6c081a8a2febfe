"""Automatic backups: several folders, rotation, and a till that goes on when a folder fails."""

import json
import os
import shutil
import stat
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.domain.errors import BadCopy, DamagedLedger, ForeignSeal, NoBackupFolder, NoBackupSpace
from pos_app.ledger import backup, queries, registry
from pos_app.ledger.backup import Found, backups_in
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import backing_up
from pos_app.services.backing_up import Outcome
from tests.corner import MORNING, Corner, new_corner

OURS = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def sticks(open_corner: Corner, tmp_path: Path) -> list[Path]:
    """Two chosen folders."""
    folders = [tmp_path / "stick", tmp_path / "network"]
    for folder in folders:
        folder.mkdir()
    backing_up.set_folders(open_corner.ledger, folders)
    return folders


def run(corner: Corner, at: datetime = MORNING) -> list[Outcome]:
    return backing_up.run(corner.ledger, corner.counter.vault, at)


def test_every_folder_gets_the_same_verified_copy(open_corner: Corner, sticks: list[Path]) -> None:
    outcomes = run(open_corner)
    assert [one.fault for one in outcomes] == [None, None]
    first, second = (one.path for one in outcomes)
    assert first is not None
    assert second is not None
    assert first.read_bytes() == second.read_bytes()
    found = backups_in(sticks[1])
    assert [(one.path, one.entries, one.verified, one.made_at) for one in found] == [(second, 5, True, MORNING)]
    assert [sorted(one.name for one in folder.iterdir()) for folder in sticks] == [[first.name], [first.name]]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_only_the_user_may_read_any_copy(open_corner: Corner, sticks: list[Path]) -> None:
    modes = [stat.S_IMODE(one.path.stat().st_mode) for one in run(open_corner) if one.path is not None]
    assert modes == [0o600, 0o600]


def test_a_copy_carries_no_key(open_corner: Corner, sticks: list[Path]) -> None:
    open_corner.do("close_shift", counted=200_000)
    (first, _second) = run(open_corner)
    assert first.path is not None
    content = first.path.read_bytes()
    keys = [path.read_bytes() for path in open_corner.counter.vault.folder.iterdir() if path.suffix == ".key"]
    assert len(keys) >= 1
    assert not any(key in content or key.hex().encode() in content for key in keys)


def test_a_missing_folder_does_not_stop_the_others(open_corner: Corner, sticks: list[Path]) -> None:
    sticks[0].rmdir()
    first, second = run(open_corner)
    assert isinstance(first.fault, NoBackupFolder)
    assert second.path is not None
    assert backing_up.last_good(open_corner.db) == MORNING
    done = json.loads(queries.setting(open_corner.db, backing_up.DONE, ""))
    assert done == {str(sticks[1]): MORNING.isoformat(timespec="seconds")}


def test_a_folder_that_vanishes_midway_leaves_the_others_whole(
    open_corner: Corner, sticks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled_out(done: int, _total: int) -> None:
        if done > 100:
            shutil.rmtree(sticks[0], ignore_errors=True)

    first, second = backing_up.run(open_corner.ledger, open_corner.counter.vault, MORNING, pulled_out)
    assert first.path is None
    assert first.fault is not None
    assert second.path is not None
    assert len(backups_in(sticks[1])) == 1


def test_what_is_cancelled_leaves_nothing(open_corner: Corner, sticks: list[Path]) -> None:
    class Enough(Exception):
        pass

    def cancel(done: int, _total: int) -> None:
        if done >= backup.COPIED:
            raise Enough

    with pytest.raises(Enough):
        backing_up.run(open_corner.ledger, open_corner.counter.vault, MORNING, cancel)
    assert [list(folder.iterdir()) for folder in sticks] == [[], []]
    assert backing_up.last_good(open_corner.db) is None


def test_selling_goes_on_during_a_backup_which_is_of_one_moment(open_corner: Corner, sticks: list[Path]) -> None:
    own = open_corner.ledger.another()
    told: list[int] = []

    def sell(done: int, _total: int) -> None:
        told.append(done)
        open_corner.sell("T1") if len(told) < 5 else None

    outcomes = backing_up.run(own, open_corner.counter.vault, MORNING, sell)
    own.close()
    assert all(one.path is not None for one in outcomes)
    assert backups_in(sticks[0])[0].entries == 5
    assert open_corner.ledger.head().seq > 5
    assert told == sorted(told)


def test_a_damaged_ledger_is_told_and_the_last_good_backup_stays(open_corner: Corner, sticks: list[Path]) -> None:
    run(open_corner)
    open_corner.db.execute("UPDATE balances SET amount = amount + 1")
    outcomes = run(open_corner, MORNING + timedelta(days=1))
    assert [type(one.fault) for one in outcomes] == [DamagedLedger, DamagedLedger]
    assert backing_up.last_good(open_corner.db) == MORNING
    assert [len(list(folder.iterdir())) for folder in sticks] == [1, 1]


def test_a_disk_that_reads_back_something_else_is_told_from_a_damaged_ledger(
    open_corner: Corner, sticks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content.replace(b"open_shift", b"open_shaft").replace(b"200000", b"200001"))

    monkeypatch.setattr(backup, "settle", failing)
    first, second = run(open_corner)
    assert (type(first.fault), type(second.fault)) == (BadCopy, BadCopy)
    assert [list(folder.iterdir()) for folder in sticks] == [[], []]


def test_a_full_disk_is_told_before_anything_is_written(
    open_corner: Corner, sticks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    first, _second = run(open_corner)
    assert isinstance(first.fault, NoBackupSpace)
    assert (first.fault.free, first.fault.size) == (1, 9)
    assert list(sticks[0].iterdir()) == []


def test_a_protected_folder_is_a_fault_of_that_folder(
    open_corner: Corner, sticks: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def protected(path: object, flags: int, *rest: int) -> int:
        if str(sticks[0]) in str(path) and flags & os.O_CREAT:
            raise PermissionError(13, "read-only", str(path))
        return real(path, flags, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", protected)
    first, second = run(open_corner)
    assert first.fault is not None
    assert first.fault.name == "read_only"
    assert second.path is not None


class TestWhenOneIsDue:
    def test_once_a_day_as_soon_as_there_is_something_to_keep(self, empty_corner: Corner, tmp_path: Path) -> None:
        assert not backing_up.due(empty_corner.db, MORNING)
        backing_up.set_folders(empty_corner.ledger, [tmp_path])
        assert not backing_up.due(empty_corner.db, MORNING)
        empty_corner.do("open_shift", float=0)
        assert backing_up.due(empty_corner.db, MORNING)
        run(empty_corner)
        assert not backing_up.due(empty_corner.db, MORNING + timedelta(hours=8))
        assert backing_up.due(empty_corner.db, MORNING + timedelta(days=1))

    def test_also_when_the_clock_ran_ahead(self, open_corner: Corner, sticks: list[Path]) -> None:
        run(open_corner, MORNING + timedelta(days=400))
        assert backing_up.due(open_corner.db, MORNING)

    def test_a_ledger_of_an_earlier_program_knows_one_folder(self, open_corner: Corner, tmp_path: Path) -> None:
        with open_corner.ledger.write() as tx:
            registry.set_setting(tx.db, backing_up.FOLDER, str(tmp_path))
        assert backing_up.folders(open_corner.db) == [tmp_path]
        backing_up.set_folders(open_corner.ledger, [])
        assert backing_up.folders(open_corner.db) == []


def made(*moments: datetime, entries: Sequence[int] | None = None) -> list[Found]:
    counts = entries or range(1, len(moments) + 1)
    return [
        Found(Path(f"{number}.db"), at, OURS, "MTR-001", "Dinas", "A", count, "", "", True)
        for number, (at, count) in enumerate(zip(moments, counts, strict=True))
    ]


class TestRotation:
    def test_days_weeks_and_months_are_kept(self) -> None:
        start = datetime(2024, 1, 1, 16, tzinfo=WIB)
        every = made(*(start + timedelta(days=day) for day in range(1000)))
        gone = {one.path for one in backing_up.outdated(every)}
        kept = [one.made_at for one in every if one.path not in gone]
        last = every[-1].made_at
        assert [last - timedelta(days=day) for day in range(13, -1, -1)] == kept[-14:]
        assert len(kept) <= 14 + 8 + 12
        assert len({(at.year, at.month) for at in kept}) == 12
        assert len({at.isocalendar()[:2] for at in kept}) >= 8

    def test_of_one_day_the_last_is_kept(self) -> None:
        start = datetime(2026, 10, 1, 8, tzinfo=WIB)
        every = made(*(start + timedelta(hours=hour) for hour in range(6)))
        assert [one.path for one in backing_up.outdated(every)] == [Path(f"{number}.db") for number in (4, 3, 2, 1, 0)]

    def test_the_one_with_the_most_entries_is_never_removed(self) -> None:
        """A clock that ran ahead makes an old backup look like the newest."""
        start = datetime(2026, 10, 1, 8, tzinfo=WIB)
        every = made(
            start + timedelta(days=3000), *(start + timedelta(hours=h) for h in range(3)), entries=[1, 9, 2, 3]
        )
        gone = {str(one.path) for one in backing_up.outdated(every)}
        assert gone == {"2.db"}

    def test_nothing_but_this_tills_own_backups_is_touched(self, open_corner: Corner, tmp_path: Path) -> None:
        stick = tmp_path / "stick"
        stick.mkdir()
        (tmp_path / "other").mkdir()
        neighbour = new_corner(tmp_path / "other", Identity("f" * 32, "MTR-001", "Dinas", "B"))
        for hour in range(3):
            backup.back_up(neighbour.ledger, stick, MORNING + timedelta(hours=hour))
        neighbour.ledger.close()
        (stick / "pojok-MTR001A-20250101-000000.db").write_bytes(b"not what its name says")
        (stick / "photo.jpg").write_bytes(b"JFIF")
        shutil.copy(open_corner.ledger.path, stick / "copied-by-hand.db")
        foreign = sorted(one.name for one in stick.iterdir())
        backing_up.set_folders(open_corner.ledger, [stick])
        for hour in range(3):
            run(open_corner, MORNING + timedelta(hours=hour))
        ours = {one.path.name for one in backups_in(stick, OURS) if one.verified}
        assert ours == {"pojok-MTR001A-20261001-100000.db"}
        assert sorted(one.name for one in stick.iterdir() if one.name not in ours) == foreign

    def test_a_copy_in_which_somebody_went_on_selling_is_kept(self, open_corner: Corner, sticks: list[Path]) -> None:
        (one, _other) = run(open_corner)
        assert one.path is not None
        used = Ledger.open(one.path)
        used.db.execute("UPDATE meta SET value = '2026-10-01T07:00:00+07:00' WHERE key = 'backup_at'")
        used.close()
        for hour in range(1, 3):
            run(open_corner, MORNING + timedelta(hours=hour))
        assert one.path.exists()

    def test_what_a_killed_run_left_is_removed_after_a_day(self, open_corner: Corner, sticks: list[Path]) -> None:
        old, fresh = (sticks[0] / f"pojok-MTR001A-20260101-00000{number}.db.part" for number in (1, 2))
        theirs = sticks[0] / "pojok-MTR001B-20260101-000000.db.part"
        for path in (old, fresh, theirs):
            path.write_bytes(b"half")
        for path in (old, theirs):
            os.utime(path, (1, 1))
        run(open_corner)
        assert [path.exists() for path in (old, fresh, theirs)] == [False, True, True]


def test_the_backups_of_all_folders_newest_first(open_corner: Corner, sticks: list[Path], tmp_path: Path) -> None:
    run(open_corner)
    sticks[0].rename(tmp_path / "elsewhere")
    run(open_corner, MORNING + timedelta(days=1))
    found = backing_up.available(open_corner.ledger, [tmp_path / "elsewhere"])
    assert [(one.made_at.day, one.path.parent.name) for one in found] == [
        (2, "network"),
        (1, "network"),
        (1, "elsewhere"),
    ]


def test_a_seal_by_another_computer_s_key_is_told_and_stops_no_backup(
    open_corner: Corner, sticks: list[Path], tmp_path: Path
) -> None:
    open_corner.do("close_shift", counted=200_000)
    here = Vault(tmp_path / "here")
    here.signing_key()
    outcomes = backing_up.run(open_corner.ledger, here, MORNING)
    assert [type(one.fault) for one in outcomes] == [ForeignSeal, type(None)]
    assert all(one.path is not None for one in outcomes)
    open_corner.counter.vault = here
    open_corner.do("open_shift", float=0)
    open_corner.do("close_shift", counted=0, note="x")
    assert [one.fault for one in backing_up.run(open_corner.ledger, here, MORNING)] == [None, None]


def test_the_copy_just_made_stays_when_the_clock_went_back(open_corner: Corner, sticks: list[Path]) -> None:
    for hour in range(4):
        run(open_corner, MORNING + timedelta(days=30, hours=hour))
    (first, _second) = run(open_corner, MORNING + timedelta(days=30, hours=-1))
    assert first.path is not None
    assert first.path.exists()
