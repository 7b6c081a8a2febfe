"""What a cashier meets on every screen: locked things stay, with a lock, and ask for a manager's PIN, once."""

import pytest
from PySide6.QtCore import Qt

from pos_app.ui.screens.reports.screen import ReportsScreen
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.pin import PinPanel
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1

SCREENS = ["goods_in", "stock", "producers", "staff", "reports", "close_shift", "sync", "settings"]


def pin_asked(till: Till) -> bool:
    return any(panel.isVisible() for panel in till.window.findChildren(PinPanel))


def lock_of(till: Till) -> str:
    screen = till.window.current
    button = getattr(screen, "payment", screen).main_button
    assert isinstance(button, KeyButton)
    return button._icon_name


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_opens_and_takes_every_common_key(till: Till, name: str) -> None:
    till.window.go(name)
    assert till.window.current is not None
    assert till.window.current.name == name
    entries = till.corner.ledger.head().seq
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F12, Qt.Key.Key_Escape, Qt.Key.Key_F5, Qt.Key.Key_F9, Qt.Key.Key_Escape):
        till.press(key)
    till.scan(T1)
    till.press(Qt.Key.Key_Escape)
    assert till.corner.ledger.head().seq == entries
    till.window.go("sell")
    assert till.window.focusWidget() is till.sell.field


@pytest.mark.parametrize("name", ["goods_in", "producers", "settings", "stock"])
def test_what_needs_a_manager_carries_a_lock(till: Till, name: str) -> None:
    till.window.go(name)
    assert lock_of(till) == "lock-outline"


def test_a_cashier_saves_settings_with_a_managers_pin_once(till: Till) -> None:
    till.window.go("settings")
    till.press(Qt.Key.Key_F12)
    assert pin_asked(till)
    till.type("000000")
    till.press(Qt.Key.Key_Return)
    assert pin_asked(till)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert till.said == "Pengaturan disimpan."
    assert not pin_asked(till)
    till.press(Qt.Key.Key_F12)
    assert pin_asked(till)


def test_a_cashier_sees_today_and_other_periods_with_a_pin(till: Till) -> None:
    till.window.go("reports")
    screen = till.window.current
    assert isinstance(screen, ReportsScreen)
    screen.chips.button("month").click()
    assert pin_asked(till)
    till.press(Qt.Key.Key_Escape)
    assert (screen.chips.code(), screen.presenter.period) == ("today", "today")
    screen.chips.button("month").click()
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert (screen.chips.code(), screen.presenter.period) == ("month", "month")
    till.window.go("sell")
    till.window.go("reports")
    assert screen.presenter.period == "today"


def test_the_discount_carries_a_lock_for_a_cashier_alone(till: Till, manager: object) -> None:
    assert till.sell.buttons["F5"]._icon_name == "lock-outline"
    till.log_in(manager)  # type: ignore[arg-type]
    assert till.sell.buttons["F5"]._icon_name == ""
