"""The window joins a real centre in a process of its own, sends, and sends again by itself at closing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ui.screens.sync.screen import SyncScreen
from tests.corner import Corner
from tests.e2e.support import CentreProcess, centre_process
from tests.ui.conftest import Till

PATIENCE_MS = 20_000


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
    screen.join_button.click()
    qtbot.waitUntil(lambda: till.said == "Bergabung. Data mulai dikirim.", timeout=PATIENCE_MS)
    assert not screen.join_button.isVisibleTo(screen)

    screen.again_button.click()
    assert screen.code_field.hasFocus()
    assert screen.url_field.text() == centre.url
    screen.code_field.setText(centre.code("MTR-001", "A"))
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not screen.join_button.isVisibleTo(screen), timeout=PATIENCE_MS)
    assert till.said == "Bergabung. Data mulai dikirim."

    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "data terkirim" in till.said, timeout=PATIENCE_MS)
    assert screen.waiting_tile.figure.text() == "0"
    assert centre.state("MTR-001", "A")["gross"] == 32_000

    open_corner.sell("T1", "1")
    screen.choose_save = lambda _name: str(tmp_path / "stick.pojok")
    screen.export_button.click()
    qtbot.waitUntil(lambda: "ada di USB" in till.said, timeout=PATIENCE_MS)
    assert (tmp_path / "stick.pojok").stat().st_size > 0

    till.window.go("close_shift")
    for value in ("2", "", "2", "", "1", "1", "1"):
        till.type(value)
        till.press(Qt.Key.Key_Return)
    for _ in range(3):
        till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Kasir ditutup")
    qtbot.waitUntil(lambda: not screen.sync.running and not screen.presenter.state().unsent, timeout=PATIENCE_MS)
    ours, theirs = open_corner.state, centre.state("MTR-001", "A")
    assert {**theirs, "journal": {}} == {**ours, "journal": {}}
    till.window.go("sync")
    assert "Diskoperin tersambung" in screen.connection_facts.text()
