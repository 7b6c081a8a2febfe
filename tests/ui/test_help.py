"""F1: the keys of the screen and its page of the manual, offline, in nobody's way; and the size of the text."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_app import coming_back
from pos_app.ledger import queries
from pos_app.ledger.ledger import Identity
from pos_app.ledger.vault import Vault
from pos_app.services.context import User
from pos_app.ui import manual
from pos_app.ui import settings_keys as keys
from pos_app.ui.application import Application
from pos_app.ui.help_pane import HelpPane
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.theme import Theme
from tests.corner import MORNING, Corner
from tests.pictures.scenes import screen_names
from tests.ui.conftest import SIZE, Till
from tests.ui.test_notices import application as application  # noqa: PLC0414  the same fixture
from tests.ui.test_selling import CONTROL, T1


@pytest.fixture
def pane(till: Till) -> HelpPane:
    till.press(Qt.Key.Key_F1)
    assert till.window.overlay is not None
    return till.window.overlay


def words(pane: HelpPane) -> str:
    return pane.browser.toPlainText()


def test_every_screen_has_a_page() -> None:
    assert [name for name in screen_names() if name not in manual.PAGES] == []
    assert [page for page in manual.PAGES.values() if not manual.path_of(page).is_file()] == []


def test_f1_opens_the_page_of_the_screen_with_its_keys_on_top(till: Till, pane: HelpPane) -> None:
    assert pane.isVisible()
    assert pane.title.toolTip() == "Menjual"
    assert words(pane).index("Bayar") < words(pane).index("Layar Kasir")
    till.press(Qt.Key.Key_F1)
    assert not pane.isVisible()
    till.window.go("stock")
    till.press(Qt.Key.Key_F1)
    assert pane.title.toolTip() == "Stok"


def test_escape_closes_it_one_step_at_a_time(till: Till, pane: HelpPane) -> None:
    focused = till.window.focusWidget()
    till.press(Qt.Key.Key_F, CONTROL)
    till.type("uang")
    for _step in range(2):
        till.press(Qt.Key.Key_Escape)
        assert pane.isVisible()
    till.press(Qt.Key.Key_Escape)
    assert not pane.isVisible()
    assert till.window.focusWidget() is focused


def test_the_manual_is_searched_and_read_by_keyboard(till: Till, pane: HelpPane) -> None:
    till.press(Qt.Key.Key_F, CONTROL)
    assert len(pane.hits.model().rows) == len(list(manual.manual_root().glob("*.md")))  # type: ignore[attr-defined]
    till.type("kertas habis")
    assert pane.hits.model().rows  # type: ignore[attr-defined]
    till.press(Qt.Key.Key_Down)
    till.press(Qt.Key.Key_Up)
    till.press(Qt.Key.Key_Return)
    assert "kertas" in words(pane).casefold()
    assert pane.browser.isVisible()
    till.press(Qt.Key.Key_End)
    bar = pane.browser.verticalScrollBar()
    assert bar.value() == bar.maximum()
    till.press(Qt.Key.Key_Backspace)
    assert pane.title.toolTip() == manual.title_of("index")


def test_a_search_that_finds_nothing_says_so(till: Till, pane: HelpPane) -> None:
    till.press(Qt.Key.Key_F, CONTROL)
    till.type("xyzzy")
    assert pane.hits.model().rowCount() == 0
    till.press(Qt.Key.Key_Return)
    assert pane.isVisible()


def test_a_scan_goes_to_the_screen_whatever_the_help_shows(till: Till, pane: HelpPane) -> None:
    till.scan(T1)
    assert not pane.isVisible()
    assert till.sell.presenter.cart.total == 16_000
    till.press(Qt.Key.Key_F1)
    till.press(Qt.Key.Key_F, CONTROL)
    till.scan(T1)
    assert not pane.isVisible()
    assert pane.search.text() == ""
    assert till.sell.presenter.cart.total == 32_000
    assert till.window.focusWidget() is till.sell.field


def test_links_lead_from_page_to_page_and_nowhere_else(pane: HelpPane) -> None:
    pane.browser.anchorClicked.emit(QUrl("bayar.md"))
    assert pane.title.toolTip() == "Bayar"
    pane.browser.anchorClicked.emit(QUrl("https://example.com/none.md"))
    assert pane.title.toolTip() == "Bayar"


def test_pictures_are_as_wide_as_the_pane(pane: HelpPane) -> None:
    kind = QTextDocument.ResourceType.ImageResource.value
    picture = pane.browser.loadResource(kind, QUrl("pictures/sell--light.png"))
    assert not picture.isNull()  # type: ignore[attr-defined]
    assert picture.width() <= pane.browser.viewport().width()  # type: ignore[attr-defined]


def test_without_the_manual_the_keys_are_still_there(
    till: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manual, "manual_root", lambda: tmp_path)
    till.press(Qt.Key.Key_F1)
    pane = till.window.overlay
    assert pane is not None
    assert "F12" in words(pane)
    assert "Panduan tidak ada di komputer ini." in words(pane)


def test_text_size_goes_up_and_down_by_keys_anywhere(till: Till, qtbot: QtBot) -> None:
    sized: list[int] = []
    till.theme.sized.connect(sized.append)
    for count, key in enumerate((Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus), start=1):
        till.press(key, CONTROL)
        qtbot.waitUntil(lambda count=count: len(sized) == count)
    till.press(Qt.Key.Key_F1)
    till.press(Qt.Key.Key_Plus, CONTROL)
    qtbot.waitUntil(lambda: len(sized) == 4)
    assert till.window.overlay is not None
    assert till.window.overlay.isVisible()
    till.press(Qt.Key.Key_F, CONTROL)
    widget = till.window.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, Qt.Key.Key_0, CONTROL)
    qtbot.waitUntil(lambda: len(sized) == 5)
    assert sized == [115, 130, 115, 130, 100]
    assert till.theme.scale == 100
    till.press(Qt.Key.Key_Minus, CONTROL)
    assert sized[-1] == 100


def test_keys_that_come_quickly_are_drawn_once_with_the_last_size(till: Till, qtbot: QtBot) -> None:
    drawn: list[int] = []
    sized: list[int] = []
    till.theme.changed.connect(lambda: drawn.append(till.theme.scale))
    till.theme.sized.connect(sized.append)
    for _press in range(3):
        till.press(Qt.Key.Key_Plus, CONTROL)
    qtbot.waitUntil(lambda: sized != [])
    assert sized == [150]
    assert drawn == [150]


def test_text_is_no_larger_than_the_window_has_room_for(
    make_till: Callable[..., Till], corner: Corner, qtbot: QtBot
) -> None:
    till = make_till(corner, size=(1093, 543))
    for _press in range(6):
        till.press(Qt.Key.Key_Plus, CONTROL)
    qtbot.waitUntil(lambda: till.theme.scale == 125)


def test_the_size_is_kept_for_the_next_start(application: Application, manager: User) -> None:
    application.theme.step_scales((1,))
    assert queries.setting(application.counter.db, keys.TEXT_SCALE, "") == "115"


def test_text_size_changes_on_a_page_that_covers_the_screens_too(application: Application, qtbot: QtBot) -> None:
    window = application.window
    window.show()
    window.cover(application.crash_page)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Plus, CONTROL)
    qtbot.waitUntil(lambda: application.theme.wanted_scale == 115)


def test_text_size_changes_at_the_first_start(qtbot: QtBot, tmp_path: Path) -> None:
    theme = Theme()

    def vault_of(identity: Identity) -> Vault:
        return Vault(tmp_path / identity.ledger_id)

    presenter = FirstRunPresenter(tmp_path, vault_of, lambda: MORNING, coming_back.restored_in_window)
    window = FirstRunWindow(presenter, theme)
    qtbot.addWidget(window)
    window.resize(*SIZE)
    window.show()
    qtbot.waitActive(window)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Plus, CONTROL)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Plus, CONTROL)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Minus, CONTROL)
    qtbot.waitUntil(lambda: theme.scale == 115)
