"""Work ahead of time: the Sell screen is whole before the PIN is typed, and nobody who types waits for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pos_app.ui.ahead import QUIET_LATER, WorkAhead
from pos_app.ui.main_window import AHEAD, IMPORTED_AHEAD
from pos_app.ui.screens.sell.screen import SellScreen
from pos_app.ui.screens.stock.screen import StockScreen
from tests.corner import Corner
from tests.ui.conftest import Till


def pieces(done: list[int], count: int) -> Iterator[None]:
    for number in range(count):
        done.append(number)
        yield


def test_every_piece_is_done_in_a_turn_of_its_own(qtbot: QtBot) -> None:
    parent, done = QObject(), list[int]()
    ahead = WorkAhead(lambda: 0.0, lambda: False, parent)
    ahead.begin(pieces(done, 3))
    assert (done, ahead.busy) == ([], True)
    qtbot.waitUntil(lambda: not ahead.busy)
    assert done == [0, 1, 2]


def test_nothing_is_done_while_somebody_types(qtbot: QtBot) -> None:
    parent, done = QObject(), list[int]()
    typing = True
    ahead = WorkAhead(lambda: time.monotonic() if typing else 0.0, lambda: False, parent)
    ahead.begin(pieces(done, 1))
    with qtbot.waitSignal(ahead._timer.timeout):
        pass
    assert done == []
    typing = False
    qtbot.waitUntil(lambda: done == [0])


def test_the_sell_screen_its_tiles_and_its_panels_are_there_before_the_log_in(
    open_corner: Corner, make_till: Callable[[Corner], Till], qtbot: QtBot
) -> None:
    open_corner.counter.user = None
    window = make_till(open_corner).window
    window.go("login")
    qtbot.waitUntil(lambda: window._prepared and not window.ahead.busy)
    sell = window.findChild(SellScreen)
    assert isinstance(sell, SellScreen)
    assert not sell.prepare()


def test_what_is_larger_than_a_frame_waits_until_who_works_pauses(qtbot: QtBot) -> None:
    parent, done, later = QObject(), list[int](), list[int]()
    working, pause = False, QUIET_LATER / 2
    ahead = WorkAhead(lambda: time.monotonic() - pause, lambda: working, parent)
    ahead._slow_timer.setInterval(1)
    ahead.begin(pieces(done, 1), pieces(later, 2))
    qtbot.waitUntil(lambda: not ahead.busy)
    assert ahead.has_later
    pause = QUIET_LATER * 2
    with qtbot.waitSignal(ahead._slow_timer.timeout):
        pass
    working, pause = True, QUIET_LATER / 2
    with qtbot.waitSignal(ahead._slow_timer.timeout):
        pass
    assert later == []
    pause = QUIET_LATER * 2
    qtbot.waitUntil(lambda: not ahead.has_later)
    assert later == [0, 1]


def test_the_screens_of_every_day_are_there_before_somebody_opens_them(till: Till, qtbot: QtBot) -> None:
    window = till.window
    window._prepare()
    qtbot.waitUntil(lambda: not window.ahead.busy)
    assert not window.findChildren(StockScreen)
    for _piece in window._office_pieces():
        pass
    assert {name for name in (*AHEAD, *IMPORTED_AHEAD) if name in window._screens} == set(AHEAD)
    assert {f"pos_app.ui.screens.{name}.screen" for name in IMPORTED_AHEAD} <= sys.modules.keys()
    assert window.current is till.sell
    assert till.window.focusWidget() is till.sell.field
