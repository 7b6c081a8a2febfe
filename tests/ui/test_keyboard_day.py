"""A whole day with the keyboard alone, as real key events into the real window; at double text size too."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services.context import User
from pos_app.ui.screens.login.screen import LoginScreen
from pos_app.ui.screens.sell import paid_panel
from tests.corner import Corner
from tests.ui.conftest import CASHIER_PIN, MANAGER_PIN, Till

NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Hands:
    """A person at the keyboard: 150 ms a key, everything goes to the window, nothing to a widget."""

    till: Till
    qtbot: QtBot
    now: int = field(default=10_000)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        self.now += 150
        QTest.keyClick(self.till.window.windowHandle(), key, modifier)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        for character in text:
            self.now += 150
            QTest.keyClick(self.till.window.windowHandle(), character)
        self.qtbot.waitUntil(lambda: not self.till.scanner.holding)

    @property
    def screen(self) -> str:
        assert self.till.window.current is not None
        return self.till.window.current.name


@pytest.fixture
def hands(make_till: Callable[..., Till], qtbot: QtBot) -> Callable[[Corner, int, tuple[int, int]], Hands]:
    def sit_down(corner: Corner, scale: int, size: tuple[int, int]) -> Hands:
        till = make_till(corner, scale=scale, size=size)
        made = Hands(till, qtbot)
        till.scanner._clock = lambda _event: made.now
        till.window.go("login")
        return made

    return sit_down


@pytest.mark.parametrize(
    ("scale", "size"), [(100, (1366, 768)), (200, (1366, 768)), (200, (1093, 543))], ids=["100", "200", "200-small"]
)
def test_a_sale_a_refund_and_a_closing_by_keyboard_alone(
    hands: Callable[[Corner, int, tuple[int, int]], Hands],
    corner: Corner,
    cashier: User,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
    scale: int,
    size: tuple[int, int],
) -> None:
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)
    corner.receive("T1", "20")
    corner.counter.user = None
    at = hands(corner, scale, size)
    log_in_as_the_second(at)
    open_the_shift(at)
    sell_two(at)
    give_one_back(at)
    close_the_shift(at)
    state = corner.state
    assert (state["sales"], state["refunds"], state["stock"]["T1"]) == (1, 1, "19")
    assert (state["shifts"][0]["expected"], state["shifts"][0]["difference"]) == (216_000, 0)
    assert corner.verify() > 0
    assert (at.till.window.width(), at.till.window.height()) == size


def log_in_as_the_second(at: Hands) -> None:
    login = at.till.window.current
    assert isinstance(login, LoginScreen)
    at.qtbot.waitUntil(lambda: login.who.count() == 2)
    at.press(Qt.Key.Key_N, ALT)
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_P, ALT)
    at.type(CASHIER_PIN)
    at.press(Qt.Key.Key_Return)
    user = at.till.corner.counter.user
    assert user is not None
    assert user.name == "Sari"


def open_the_shift(at: Hands) -> None:
    assert at.screen == "shift_open"
    at.type("200000")
    at.press(Qt.Key.Key_F12)
    assert at.screen == "sell"


def sell_two(at: Hands) -> None:
    at.type("2*keripik")
    at.press(Qt.Key.Key_Return)
    assert at.till.sell.presenter.cart.total == 32_000
    at.press(Qt.Key.Key_F12)
    at.type("50000")
    at.press(Qt.Key.Key_Return)
    assert at.till.sell.side.is_paid
    assert at.till.sell.side.panels.paid.amount.text() == "Rp 18.000"
    at.press(Qt.Key.Key_Return)
    assert at.till.sell.selling


def give_one_back(at: Hands) -> None:
    at.press(Qt.Key.Key_F9)
    at.press(Qt.Key.Key_F6)
    at.type("+c")
    at.press(Qt.Key.Key_F12)
    at.type(MANAGER_PIN)
    at.press(Qt.Key.Key_Return)
    assert at.till.corner.state["refunds"] == 1
    assert at.till.sell.selling


def close_the_shift(at: Hands) -> None:
    at.press(Qt.Key.Key_7, CONTROL)
    assert at.screen == "close_shift"
    for pieces in ("2", "0", "0", "1", "1", "0", "0", "1"):  # 100.000 down to coins of 1.000: 216.000
        at.type(pieces)
        at.press(Qt.Key.Key_Return)
    at.press(Qt.Key.Key_F12)
    at.press(Qt.Key.Key_F12)
    at.press(Qt.Key.Key_F12)
    assert queries.open_shift(at.till.corner.db) is None


def test_f12_right_after_the_last_digit_takes_that_digit_too(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(till.scanner._timer, "start", lambda _ms: None)  # a slow machine must not let the digit go
    ticks = iter(range(0, 100_000, 150))
    till.scanner._clock = lambda _event: next(ticks)
    handle = till.window.windowHandle()
    till.type("keripik")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_F12)
    for digit in "20000":
        QTest.keyClick(handle, digit)
    assert till.scanner.holding
    till.press(Qt.Key.Key_F12)
    assert till.sell.side.is_paid
    assert till.sell.side.panels.paid.amount.text() == "Rp 4.000"
