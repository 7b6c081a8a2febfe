"""Goods In beside its plain draft: history, form, return and copied delivery, whole at every size and in every look."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from pos_app.services.context import User
from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from tests.corner import Corner
from tests.pictures import looking
from tests.ui.conftest import Till

SIZES = [(1366, 697, 100), (1366, 697, 150), (1366, 697, 200), (1093, 543, 100), (1093, 543, 150)]


def wrong(till: Till) -> list[str]:
    QApplication.processEvents()
    return looking.cut_off(till.window) + looking.too_small(till.window)


@pytest.mark.parametrize(("width", "height", "scale"), SIZES)
def test_every_state_is_whole(
    make_till: Callable[..., Till], open_corner: Corner, manager: User, width: int, height: int, scale: int
) -> None:
    with open_corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET shelf_life_days = 5 WHERE sku = 'T1'")
    till = make_till(open_corner, scale=scale, size=(width, height))
    till.log_in(manager)
    till.window.go("goods_in")
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    found = {}
    screen.presenter.choose_producer("P1")
    till.press(Qt.Key.Key_F7)
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    till.press(Qt.Key.Key_Escape)
    screen.model.setData(screen.model.index(0, 4), "17000")
    found["draft"] = wrong(till)
    till.press(Qt.Key.Key_F3)
    found["form"] = wrong(till)
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_F9)
    found["history"] = wrong(till)
    till.press(Qt.Key.Key_F6)
    found["question"] = wrong(till)
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_F6)
    till.press(Qt.Key.Key_F5)
    found["return"] = wrong(till)
    assert {state: what for state, what in found.items() if what} == {}


def test_a_scan_of_many_lines_reads_no_line_again(
    make_till: Callable[..., Till], open_corner: Corner, manager: User
) -> None:
    till = make_till(open_corner)
    till.log_in(manager)
    till.window.go("goods_in")
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    screen.take_scan("2000000000015")
    statements: list[str] = []
    reads = []
    for _ in range(2):
        statements.clear()
        open_corner.db.set_trace_callback(statements.append)
        screen.take_scan("2000000000015")
        open_corner.db.set_trace_callback(None)
        reads.append(len(statements))
        screen.take_scan("2000000000046")
    assert reads[0] == reads[1] <= 12, statements
