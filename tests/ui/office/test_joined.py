"""The window joins a real centre in a process of its own, sends, and sends again by itself at closing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, start
from pos_app.coming_back import restored_in_window
from pos_app.i18n import set_language
from pos_app.ledger.ledger import Ledger
from pos_app.services import exchange
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.screens.sync.screen import SyncScreen
from pos_app.ui.theme import Theme
from tests.corner import Corner
from tests.e2e.support import CentreProcess, centre_process
from tests.ui.conftest import Till


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreProcess]:
    folder = tmp_path / "centre"
    folder.mkdir()
    with centre_process(folder) as running:
        yield running


def sync_screen(till: Till) -> SyncScreen:
    screen = till.window.current
    assert isinstance(screen, SyncScreen)
    return screen


def test_a_till_joins_sends_and_closes_at_its_window(
    bring: Callable[[str], Till], open_corner: Corner, centre: CentreProcess, qtbot: QtBot, tmp_path: Path
) -> None:
    open_corner.sell("T1", "2")
    till = bring("sync")
    screen = sync_screen(till)
    screen.url_field.setText(centre.url)
    screen.code_field.setText(centre.code("MTR-001", "A"))
    screen.code_field.setFocus()
    said: list[str] = []
    screen.sync.progressed.connect(lambda: said.append(till.said if screen.side.progress.isVisibleTo(screen) else ""))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "catatan terkirim" in till.said)
    assert "Bergabung. Pertukaran pertama sedang berjalan …" in said
    assert centre.state("MTR-001", "A")["gross"] == 32_000, "the first exchange begins at once"
    assert not screen.side.join_box.isVisibleTo(screen)
    assert screen.table.hasFocus()

    screen.again_button.click()
    assert screen.code_field.hasFocus()
    assert screen.url_field.text() == centre.url
    screen.code_field.setText(centre.code("MTR-001", "A"))
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not screen.side.join_box.isVisibleTo(screen))
    qtbot.waitUntil(screen.main_button.isEnabled)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Semua terkirim" in till.said)
    assert screen.waiting_tile.figure.text() == "0"
    assert centre.state("MTR-001", "A")["gross"] == 32_000

    open_corner.sell("T1", "1")
    screen.choose_save = lambda _name: str(tmp_path / "stick")
    screen.export_button.click()
    qtbot.waitUntil(lambda: "ada di stick.pojok" in till.said)
    assert (tmp_path / "stick.pojok").stat().st_size > 0

    till.window.go("close_shift")
    for value in ("2", "", "2", "", "1", "1", "1"):
        till.type(value)
        till.press(Qt.Key.Key_Return)
    for _ in range(3):
        till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Kasir ditutup")
    qtbot.waitUntil(lambda: not screen.sync.running and not screen.presenter.state().unsent)
    ours, theirs = open_corner.state, centre.state("MTR-001", "A")
    assert {**theirs, "journal": {}} == {**ours, "journal": {}}
    till.window.go("sync")
    assert "Diskoperin tersambung" in screen.connection_facts.text()


def test_a_new_corner_joins_in_the_first_setup_and_the_same_code_may_be_sent_again(
    centre: CentreProcess, qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    set_language("id")
    lost: list[str] = ["the first answer"]

    def join(path: Path, url: str, code: str) -> None:
        bootstrap.join(path, url, code)
        if lost:  # the centre has taken the till, and its answer never came
            lost.pop()
            raise ExchangeFailed("unknown", "unreachable", during="join")

    presenter = FirstRunPresenter(
        tmp_path / "home", bootstrap.vault_for, bootstrap.now, restored_in_window, join=join, made=start._made
    )
    window = FirstRunWindow(presenter, Theme())
    qtbot.addWidget(window)
    window.show()
    window.mode_chips.button("join").click()
    office = presenter.matching_offices("")[0]
    page, manager = window.corner_page, window.manager_page
    page.office_field.setText(office.name)
    page.code_field.setText("MTR-001")
    page.centre_field.setText(centre.url)
    page.enrolment_field.setText(centre.code("MTR-001", "A"))
    window.main_action()
    manager.manager_field.setText("Bu Rina")
    manager.pin_field.setText("246810")
    manager.pin_again_field.setText("246810")
    window.main_action()
    qtbot.waitUntil(lambda: window.main_button.isEnabled() and not lost)
    assert window.pages.currentWidget() is window.join_page
    window.main_action()
    qtbot.waitUntil(lambda: presenter.joined)
    assert window.pages.currentWidget() is window.done_page
    path = start.last_ledger()
    assert path is not None
    ledger = Ledger.open(path)
    assert exchange.centre_address(ledger).rstrip("/") == centre.url.rstrip("/")
    ledger.close()
