"""The buyer's display: a second window that follows the sale and never takes a key."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from pos_app.ledger import queries, registry
from pos_app.ui import settings_keys
from pos_app.ui.buyer_display.window import BuyerDisplay
from pos_app.ui.screens.sell import paid_panel
from pos_app.ui.screens.settings.screen import SettingsScreen
from tests.ui.conftest import Till
from tests.ui.test_paying import QRIS
from tests.ui.test_selling import K1, T1, quantities


@pytest.fixture
def display(till: Till) -> Iterator[BuyerDisplay]:
    """Switched on at the Pay panel's QRIS page; the sale is put back to an empty cart."""
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, QRIS)
        registry.set_setting(tx.db, settings_keys.QRIS_DYNAMIC, "1")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("q")
    till.type("l")
    assert till.said == "Layar pembeli aktif."
    found = till.sell.side.beside.display
    assert found is not None
    yield found
    till.sell.side.beside.close_display()


def test_it_shows_the_code_with_the_amount_while_qris_is_paid(till: Till, display: BuyerDisplay) -> None:
    assert (display.shown.page, display.shown.amount) == ("qris", "Rp 16.000")
    assert display.shown.code == till.sell.side.panels.pay.qris.shown.payload
    assert display.code.module_pixels >= 4
    till.press(Qt.Key.Key_Escape)
    assert display.shown.page == "cart"
    assert display.shown.code == ""


def test_it_is_switched_on_in_the_settings_and_off_beside_the_code(till: Till) -> None:
    till.window.go("settings")
    settings = till.window.current
    assert isinstance(settings, SettingsScreen)
    settings.cards.look.display_tick.click()
    till.window.go("sell")
    assert till.sell.side.beside.display is not None
    till.sell.side.beside.toggle_display()
    till.window.go("settings")
    assert not settings.cards.look.display_tick.isChecked()


def test_it_follows_the_cart_line_by_line(till: Till, display: BuyerDisplay) -> None:
    till.press(Qt.Key.Key_Escape)
    till.scan(K1)
    till.scan(K1)
    assert display.shown.lines == (
        ("Keripik Pisang 200 g", "1 ×", "16.000"),
        ("Lapis Legit Potong", "2 ×", "15.000"),
    )
    assert "Rp 31.000" in display.texts()


def test_it_shows_the_change_then_thanks_then_the_corners_name(
    till: Till, display: BuyerDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.type("t")
    assert display.shown.page == "cart"
    till.type("50000")
    till.press(Qt.Key.Key_Return)
    texts = display.texts()
    assert (display.shown.page, "Kembalian" in texts, "Rp 34.000" in texts) == ("paid", True, True)
    assert display.shown.detail.startswith("Terima kasih")
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)
    till.press(Qt.Key.Key_Return)
    assert display.shown.page == "idle"
    assert "Dinas Koperasi" in display.texts()


def test_it_never_takes_a_key_nor_the_focus(till: Till, display: BuyerDisplay) -> None:
    assert display.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert display.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert QApplication.activeWindow() is till.window
    till.press(Qt.Key.Key_Escape)
    till.scan(K1)
    assert quantities(till) == [("T1", 1000), ("K1", 1000)]
    assert not display.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)


def test_off_stays_off_and_closing_its_window_switches_it_off(till: Till, display: BuyerDisplay) -> None:
    display.close()
    assert till.sell.side.beside.display is None
    assert queries.setting(till.corner.db, settings_keys.BUYER_DISPLAY, "") == ""
    till.type("l")
    again = till.sell.side.beside.display
    assert again is not None
    assert again.isVisible()
    till.type("l")
    assert till.sell.side.beside.display is None
    assert till.said == "Layar pembeli mati."


def test_it_is_there_again_when_the_setting_says_so(till: Till) -> None:
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.BUYER_DISPLAY, "1")
    till.window.go("stock")
    till.window.go("sell")
    display = till.sell.side.beside.display
    assert display is not None
    assert display.shown.page == "idle"
    till.scan(T1)
    assert display.shown.amount == "Rp 16.000"
    till.sell.side.beside.close_display()
