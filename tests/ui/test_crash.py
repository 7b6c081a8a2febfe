"""After a mistake of the program: a calm page, the books are safe, work goes on, and a report can be handed over."""

import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import DiskFull
from pos_app.services import backing_up, diagnostics
from pos_app.ui.application import Application
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.test_looks import clipped
from tests.ui.test_notices import application as application  # noqa: PLC0414  the same fixture
from tests.ui.test_selling import T1


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def fail(application: Application, error: Exception) -> None:
    try:
        raise error
    except type(error) as raised:
        application.on_error(type(raised), raised, raised.__traceback__)


def till_of(application: Application) -> Till:
    return Till(application.window, Corner.__new__(Corner), application.theme, application.scanner)


def test_a_bug_gets_a_page_that_says_what_is_safe(application: Application, open_corner: Corner) -> None:
    fail(application, ValueError("Pegawai Satu"))
    window, page = application.window, application.crash_page
    assert window.covered
    assert page.isVisible()
    assert "Catatan aman" in page.facts.text()
    last = open_corner.db.execute("SELECT number FROM documents ORDER BY seq DESC LIMIT 1").fetchone()[0]
    assert last in page.facts.text()
    till_of(application).press(Qt.Key.Key_F12)
    assert not window.covered


def test_the_report_of_a_bug_holds_no_data(application: Application) -> None:
    fail(application, ValueError("Pegawai Satu"))
    (report,) = diagnostics.crash_reports()
    text = report.read_text(encoding="utf-8")
    assert json.loads(text)["errors"][0]["type"] == "builtins.ValueError"
    assert "Pegawai" not in text


def test_no_key_and_no_scan_reaches_the_cart_behind_the_page(application: Application) -> None:
    till = till_of(application)
    fail(application, ValueError("x"))
    till.scan(T1)
    for key in (Qt.Key.Key_F6, Qt.Key.Key_F1):
        till.press(key)
    assert application.window.covered
    till.press(Qt.Key.Key_F12)
    assert not till.sell.presenter.cart.lines
    till.scan(T1)
    assert len(till.sell.presenter.cart.lines) == 1


def test_the_page_hands_over_the_report_and_closes_the_program(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    fail(application, ValueError("x"))
    page = application.crash_page
    page.save_box.folder.field.setFocus()
    QTest.keyClicks(page.save_box.folder.field, str(tmp_path))
    QTest.keyClick(page.save_box.folder.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Tersimpan" in page.save_box.facts.text())
    assert len(list(tmp_path.glob("pojok-report-*.zip"))) == 1
    page.close_button.click()
    assert not application.window.isVisible()


def test_bad_luck_stays_a_sentence(application: Application) -> None:
    fail(application, DiskFull("till.db"))
    assert not application.window.covered
    assert application.window.current is not None
    assert application.window.current.strip.text().startswith("Disk penuh")


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_nothing_is_clipped(application: Application, scale: int) -> None:
    application.theme.set_scale(scale)
    fail(application, ValueError("x"))
    application.window.resize(1366, 697)
    assert clipped(till_of(application)) == []
    assert (application.window.width(), application.window.height()) == (1366, 697)


def test_a_window_closed_while_a_backup_is_made_waits_for_it(
    application: Application, open_corner: Corner, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backing_up.set_folders(open_corner.ledger, [tmp_path])
    go_on, back_up = Event(), backing_up.run

    def slowly(*arguments: Any) -> list[backing_up.Outcome]:
        go_on.wait()
        return back_up(*arguments)

    monkeypatch.setattr(backing_up, "run", slowly)
    application.backup.run()
    window = application.window
    assert not window.close()
    assert window.covered
    for key in (Qt.Key.Key_F12, Qt.Key.Key_Return, Qt.Key.Key_Escape):
        till_of(application).press(key)
    assert window.covered
    go_on.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert len(list(tmp_path.glob("pojok-*.db"))) == 1


def test_whoever_cannot_wait_gives_the_backup_up(
    application: Application, open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    backing_up.set_folders(open_corner.ledger, [tmp_path])
    application.backup.run()
    application.window.close()
    assert application._closing is not None
    application._closing.stop_button.click()
    qtbot.waitUntil(lambda: not application.window.isVisible())
    assert application.backup.faults() == []
    assert list(tmp_path.glob("*.part")) == []


def test_a_repair_ends_the_window_and_is_passed_on(application: Application) -> None:
    application.repair()
    assert application.repair_wanted
    assert not application.window.isVisible()
