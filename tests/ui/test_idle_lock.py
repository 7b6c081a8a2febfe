"""The till locks itself: after the minutes of its setting, with the cart kept; five wrong PINs wait a minute."""

import time

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ui.screens.login.screen import LoginScreen
from pos_app.ui.screens.settings.users_card import UsersCard
from tests.ui.conftest import CASHIER_PIN, MANAGER_PIN, Till
from tests.ui.test_selling import T1


def idle_for(till: Till, minutes: float) -> None:
    till.scanner.last_input = time.monotonic() - 60 * minutes
    till.window._on_tick()


def test_ten_minutes_without_a_key_lock_the_till_and_the_cart_stays(till: Till, qtbot: QtBot) -> None:
    till.scan(T1)
    idle_for(till, 9.9)
    assert till.window.current is till.sell
    idle_for(till, 10.1)
    login = till.window.current
    assert isinstance(login, LoginScreen)
    assert till.corner.counter.user is None
    qtbot.waitUntil(lambda: login.who.count() == 2)
    login.who.setCurrentIndex(login.who.findText("Sari · kasir"))
    till.type(CASHIER_PIN)
    till.press(Qt.Key.Key_Return)
    assert [line.product.sku for line in till.sell.presenter.cart.lines] == ["T1"]


@pytest.mark.parametrize(("typed", "kept"), [("1", 1), ("60", 60), ("61", 10), ("0", 10), ("", 10)])
def test_the_minutes_are_a_setting_from_1_to_60_that_needs_a_manager(till: Till, typed: str, kept: int) -> None:
    till.window.go("settings")
    current = till.window.current
    assert current is not None
    card = current.findChild(UsersCard)
    assert card is not None
    assert card.lock_field.text() == "10"
    card.lock_field.setText(typed)
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert card.presenter.lock_minutes() == kept
    idle_for(till, kept - 0.5)
    assert till.corner.counter.user is not None
    idle_for(till, kept + 0.5)
    assert till.corner.counter.user is None


def test_five_wrong_pins_at_the_log_in_wait_a_minute(till: Till, qtbot: QtBot) -> None:
    till.window.lock()
    login = till.window.current
    assert isinstance(login, LoginScreen)
    qtbot.waitUntil(lambda: login.who.count() == 2)
    for _try in range(5):
        till.type("000000")
        till.press(Qt.Key.Key_Return)
    assert till.said == "PIN salah terlalu sering. Tunggu 60 detik."
    till.type(CASHIER_PIN)
    till.press(Qt.Key.Key_Return)
    assert till.corner.counter.user is None
    till.corner.clock.pass_by(seconds=61)
    login.who.setCurrentIndex(login.who.findText("Sari · kasir"))
    till.type(CASHIER_PIN)
    till.press(Qt.Key.Key_Return)
    assert till.corner.counter.user is not None
    failed = till.corner.db.execute("SELECT count(*) FROM activity WHERE action = 'pin_failed'").fetchone()[0]
    assert failed == 5
