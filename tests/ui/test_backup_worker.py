"""Backups by themselves: once a day, after a closing, never twice at once, and what went wrong is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.backup import backups_in
from pos_app.services import backing_up
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.worker import Stopped, Workers
from tests.corner import Corner


@pytest.fixture
def workers(qapp: QApplication) -> Iterator[Workers]:
    made = Workers()
    yield made
    made.finish()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def stick(open_corner: Corner, tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    backing_up.set_folders(open_corner.ledger, [folder])
    return folder


@pytest.fixture
def worker(open_corner: Corner, workers: Workers) -> Iterator[BackupWorker]:
    made = BackupWorker(open_corner.counter, workers)
    yield made
    made.stop()
    workers.finish()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


def idle(worker: BackupWorker, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not worker.running)


def test_the_backup_of_the_day_is_made_once_a_day(
    worker: BackupWorker, stick: Path, open_corner: Corner, qtbot: QtBot
) -> None:
    worker.start()
    assert worker.running
    idle(worker, qtbot)
    assert len(backups_in(stick)) == 1
    worker.look()
    assert not worker.running
    open_corner.clock.pass_by(days=1)
    worker.look()
    idle(worker, qtbot)
    assert len(backups_in(stick)) == 2


def test_without_a_folder_nothing_is_tried(worker: BackupWorker) -> None:
    worker.start()
    assert not worker.running


def test_a_closing_while_a_backup_is_under_way_is_in_the_one_after_it(
    worker: BackupWorker, stick: Path, open_corner: Corner, qtbot: QtBot
) -> None:
    worker.run()
    open_corner.do("close_shift", counted=200_000)
    worker.run()
    worker.run()
    idle(worker, qtbot)
    assert backups_in(stick)[0].entries == open_corner.ledger.head().seq


def test_a_missing_stick_is_remembered_until_a_backup_succeeds(
    worker: BackupWorker, stick: Path, open_corner: Corner, qtbot: QtBot
) -> None:
    stick.rmdir()
    worker.run()
    idle(worker, qtbot)
    assert len(worker.faults()) == 1
    stick.mkdir()
    worker.run()
    idle(worker, qtbot)
    assert worker.faults() == []


def test_a_damaged_ledger_is_found_by_the_backup_and_no_copy_is_kept(
    worker: BackupWorker, stick: Path, open_corner: Corner, qtbot: QtBot
) -> None:
    open_corner.db.execute("UPDATE balances SET amount = amount + 1 WHERE account = 'cash'")
    worker.run()
    idle(worker, qtbot)
    assert [type(fault) for fault in worker.faults()] == [DamagedLedger]
    assert list(stick.iterdir()) == []


def test_work_tells_how_far_it_is_and_may_be_stopped(workers: Workers, qtbot: QtBot) -> None:
    heard: list[tuple[int, int]] = []
    ended: list[object] = []
    workers.run_told(
        lambda tell: tell(1, 2), lambda done, total: heard.append((done, total)), ended.append, ended.append
    )
    qtbot.waitUntil(lambda: bool(ended))
    assert (heard, ended) == ([(1, 2)], [None])
    task = workers.run_told(
        lambda tell: [tell(0, 0) for _ in iter(int, 1)], lambda *_: None, ended.append, ended.append
    )
    task.stop()
    qtbot.waitUntil(lambda: len(ended) == 2)
    assert isinstance(ended[1], Stopped)
