"""Every page of a stock count, for everybody: whole at every size, named, one main button."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.i18n import set_language
from pos_app.services import counting
from pos_app.services.context import User
from pos_app.ui.screens.stock_count.screen import StockCountScreen
from tests.corner import Corner
from tests.pictures import looking
from tests.ui.conftest import Till

LOOKS = [((1366, 697), 100), ((1366, 697), 150), ((1366, 697), 200), ((1093, 543), 100)]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
def test_nothing_is_cut_off_on_any_page(
    make_till: Callable[..., Till],
    open_corner: Corner,
    manager: User,
    qtbot: QtBot,
    size: tuple[int, int],
    scale: int,
    language: str,
) -> None:
    till = make_till(open_corner, size=size, scale=scale)
    set_language("en" if language == "en" else "id")
    till.window.rebuild()
    till.log_in(manager)
    open_corner.do("write_off", lines=[{"sku": "T1", "quantity": "1", "reason": "damaged"}])
    till.window.go("stock_count")
    screen = till.window.current
    assert isinstance(screen, StockCountScreen)

    def looked_at(page: str) -> None:
        qtbot.waitUntil(lambda: not till.window.workers.busy)
        for _turn in range(5):  # what was just shown is laid out
            QApplication.processEvents()
        assert screen.page == page
        window = till.window
        assert (window.width(), window.height()) == size
        found = looking.cut_off(window) + looking.too_small(window) + looking.nameless(window)
        found += looking.lonely_labels(window) + looking.elided_figures(window, window.theme)
        assert found == [], page
        assert [key for _words, key in looking.main_buttons(window)] == ["F12"], page

    looked_at("scope")
    for key, page in ((Qt.Key.Key_F6, "shelves"), (Qt.Key.Key_F7, "lost")):
        till.press(key)
        looked_at(page)
        till.press(Qt.Key.Key_Escape)
    looked_at("scope")
    till.press(Qt.Key.Key_F12)
    looked_at("count")
    till.scan("2000000000015")
    looked_at("count")
    till.press(Qt.Key.Key_F12)
    looked_at("count")
    counting.put(open_corner.counter, "T1", 7_000)
    counting.put(open_corner.counter, "K1", 14_000)
    counting.leave_out(open_corner.counter, ["B1", "W1"])
    till.press(Qt.Key.Key_F12)
    looked_at("differences")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: screen.page == "done")
    looked_at("done")
