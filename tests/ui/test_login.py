"""The first screen: whose PIN, and what a demo corner tells of itself."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import registry
from pos_app.services.context import User
from pos_app.ui import settings_keys
from pos_app.ui.screens.login.screen import LoginScreen
from tests.corner import Corner
from tests.ui.conftest import Till


def login_of(till: Till) -> LoginScreen:
    till.window.go("login")
    screen = till.window.current
    assert isinstance(screen, LoginScreen)
    return screen


def test_a_demo_corner_tells_its_pins_at_the_log_in(
    make_till: Callable[[Corner], Till], open_corner: Corner, manager: User, qtbot: QtBot
) -> None:
    with open_corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.DEMO, "1")
    login = login_of(make_till(open_corner))
    qtbot.waitUntil(login.hint.isVisible)
    assert login.hint.text() == "Pojok contoh — PIN pengelola 123456, kasir 111111"


def test_a_real_corner_tells_no_pins(
    make_till: Callable[[Corner], Till], open_corner: Corner, manager: User, qtbot: QtBot
) -> None:
    till = make_till(open_corner)
    login = login_of(till)
    qtbot.waitUntil(lambda: login.who.count() > 0)
    assert not login.hint.isVisible()
    till.window.refresh_state()
    assert till.window.windowTitle() == "Pojok UMKM Dinas Koperasi"


def test_the_pin_field_has_the_focus_and_enter_logs_in(
    make_till: Callable[[Corner], Till], open_corner: Corner, manager: User
) -> None:
    till = make_till(open_corner)
    login = login_of(till)
    assert till.window.focusWidget() is login.pin
    till.type("123456")
    till.press(Qt.Key.Key_Return)
    assert open_corner.counter.user == manager
