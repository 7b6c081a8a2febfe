"""Closing the window while work is under way: it ends or is waited for in sight, and no process goes on unseen."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, coming_back
from pos_app.domain.errors import LedgerBusy
from pos_app.ledger.backup import back_up
from pos_app.ui.application import Application
from pos_app.ui.worker import Tell
from tests.corner import MORNING, ROOT, Corner
from tests.ui.test_crash import till_of
from tests.ui.test_notices import application as application  # noqa: PLC0414  the same fixture

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def go_on(application: Application) -> Iterator[Event]:
    """Ends the long work; it never outlives the test."""
    event = Event()
    yield event
    event.set()
    application.window.workers.finish(-1)


def test_work_that_tells_how_far_it_is_is_stopped(application: Application, qtbot: QtBot) -> None:
    begun, failures = Event(), list[Exception]()

    def count(tell: Tell) -> None:
        while True:
            tell(0, 0)
            begun.set()

    application.window.workers.run_told(count, lambda *_: None, lambda _none: None, failures.append)
    assert begun.wait(PATIENCE)
    assert application.window.close()
    assert application.window.workers.finish(0)


def test_other_work_is_waited_for_in_sight(application: Application, go_on: Event, qtbot: QtBot) -> None:
    done: list[None] = []
    application.window.workers.run(go_on.wait, lambda _: done.append(None))
    window = application.window
    assert not window.close()
    page = application._closing
    assert page is not None
    assert page.isVisible()
    assert page.title.text() == "Pekerjaan sedang diselesaikan"
    assert not page.stop_button.isVisible()
    for key in (Qt.Key.Key_F12, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        till_of(application).press(key)
    assert not window.close()
    assert window.covered
    go_on.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert done == [None]
    assert application.stop()


def test_whoever_cannot_wait_closes_at_once(application: Application, go_on: Event, qtbot: QtBot) -> None:
    application.window.workers.run(go_on.wait, lambda _: None)
    application.window.close()
    page = application._closing
    assert page is not None
    QTest.mouseClick(page.leave_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not application.window.isVisible())
    assert not application.stop()  # so the process is ended


def test_before_a_repair_nothing_is_left_that_could_hold_the_ledger(
    application: Application, go_on: Event, qtbot: QtBot
) -> None:
    application.window.workers.run(go_on.wait, lambda _: None)
    application.repair()
    page = application._closing
    assert page is not None
    assert page.isVisible()
    assert not page.leave_button.isVisible()
    go_on.set()
    qtbot.waitUntil(lambda: not application.window.isVisible())
    assert application.stop()
    assert application.repair_wanted


def test_no_exchange_begins_once_the_window_is_closing(application: Application, go_on: Event) -> None:
    application.sync.start()
    application.printer.start()
    application.window.workers.run(go_on.wait, lambda _: None)
    application.window.close()
    assert not application.sync._timer.isActive()
    assert not application.printer._timer.isActive()


def test_no_repair_and_no_restore_begins_while_an_exchange_has_the_ledger(open_corner: Corner, tmp_path: Path) -> None:
    path = open_corner.ledger.path
    copy = back_up(open_corner.ledger, tmp_path, MORNING)
    with bootstrap.locked(open_corner.ledger, "sync"):
        with pytest.raises(LedgerBusy):
            coming_back.repaired(path)
        with pytest.raises(LedgerBusy):
            coming_back.restored(copy, path, replace=True)


LONG_WORK = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from threading import Event
    from PySide6.QtCore import QTimer
    from pos_app import start
    from pos_app.ui import application

    never = Event()

    def begin_and_leave(self):
        self.begin()
        self.window.workers.run(never.wait, print)
        self.window.close()
        QTimer.singleShot(0, self._closing.leave_button.click)

    application.Application._begin_next = begin_and_leave
    sys.exit(start.run_window(Path(sys.argv[1])))
    """
)


def test_a_process_whose_window_is_gone_does_not_go_on(open_corner: Corner, home: Path) -> None:
    ledger = open_corner.ledger
    env = {**os.environ, "POJOK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen([sys.executable, "-c", LONG_WORK, str(ledger.path)], cwd=ROOT, env=env)
    try:
        assert process.wait(PATIENCE) == 0
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
    with bootstrap.locked(ledger):
        assert open_corner.verify() == ledger.head().seq
