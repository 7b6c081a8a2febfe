"""Rows 1, 2, 5, 19, 20 and 27 of a day at the counter, by keys and scans, on the screen and in the ledger."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services.context import User
from pos_app.ui.screens.reports import todo
from pos_app.ui.screens.sell import paid_panel
from pos_app.ui.screens.stock.screen import StockScreen
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.hands import CONTROL, Hands
from tests.ui.test_notices import Surroundings
from tests.ui.test_selling import B1, K1, T1, last_sale, quantities

UNKNOWN = "8991234567891"
Key = Qt.Key


@pytest.fixture
def hands(till: Till, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A cashier at an open till, with a keyboard and a scanner."""
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)
    return Hands(till, qtbot)


@pytest.fixture
def heard(till: Till, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sounds that were asked for."""
    sounds: list[str] = []
    monkeypatch.setattr(till.window.sounds, "play", sounds.append)
    return sounds


def pay_exactly(at: Hands) -> None:
    at.press(Key.Key_F12)
    at.press(Key.Key_Return)
    assert at.till.sell.side.is_paid, at.said


def stock_screen(at: Hands) -> StockScreen:
    at.screen_key(3)
    screen = at.till.window.current
    assert isinstance(screen, StockScreen)
    return screen


@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard")
def test_row_1_an_unknown_barcode_sounds_shows_itself_and_a_manager_registers_it_there(
    hands: Hands, heard: list[str]
) -> None:
    corner = hands.till.corner
    hands.scan(T1)
    heard.clear()
    before = corner.ledger.head().seq
    hands.scan(UNKNOWN)
    assert heard == ["error"]
    assert hands.said == f"Barcode {UNKNOWN} belum terdaftar. Pindai lagi atau Daftarkan."
    assert quantities(hands.till) == [("T1", 1000)]
    assert corner.ledger.head().seq == before
    hands.press(Key.Key_Return, CONTROL)
    hands.type("Sambal Botol 150 g")
    hands.press(Key.Key_Tab)
    hands.type("Dua")
    hands.tab_to("titip")
    hands.type("9000")
    hands.tab_to("jual")
    hands.type("12000")
    hands.press(Key.Key_F12)
    hands.enter("000000")
    assert queries.product(corner.db, "MTR001A-B001") is None, "a wrong PIN registers nothing"
    hands.enter(MANAGER_PIN)
    assert quantities(hands.till) == [("T1", 1000), ("MTR001A-B001", 1000)]
    pay_exactly(hands)
    assert [(line.sku, line.producer, line.total) for line in last_sale(hands.till).lines] == [
        ("T1", "P1", 16_000),
        ("MTR001A-B001", "P2", 12_000),
    ]
    assert corner.verify() > 0


def test_row_2_ten_fast_scans_are_ten_units_sold_and_the_focus_never_moves(hands: Hands) -> None:
    window = hands.till.window
    hands.press(Key.Key_Tab)
    where = window.focusWidget()
    assert where is not hands.till.sell.field
    for _scan in range(5):
        hands.scan(T1)
        assert window.focusWidget() is where
    hands.press(Key.Key_F2)
    for _scan in range(5):
        hands.scan(T1)
        assert window.focusWidget() is hands.till.sell.field
    assert hands.till.sell.field.text() == ""
    pay_exactly(hands)
    assert [(line.sku, line.quantity) for line in last_sale(hands.till).lines] == [("T1", 10_000)]
    assert hands.till.corner.state["stock"]["T1"] == "10"


def test_row_5_five_times_and_a_scan_sells_five(hands: Hands) -> None:
    hands.type("5*")
    assert hands.till.sell.multiplier.text() == "5 ×"
    hands.scan(K1)
    hands.scan(T1)
    assert hands.till.sell.total.amount.text() == "Rp 53.500"
    pay_exactly(hands)
    assert [(line.sku, line.quantity) for line in last_sale(hands.till).lines] == [("K1", 5_000), ("T1", 1_000)]


def expired_goods(till: Till) -> None:
    """All of K1 that is left was good until yesterday."""
    till.corner.sell("K1", "12")
    till.receive("K1", "5", expires_on="2026-10-01")
    till.corner.do("close_shift", counted=till.corner.state["drawer"])
    till.corner.clock.pass_by(days=1)
    till.corner.do("open_shift", float=200_000)


def test_row_19_expired_goods_are_blocked_and_wait_to_be_given_back(
    hands: Hands, manager: User, heard: list[str]
) -> None:
    till, corner = hands.till, hands.till.corner
    cashier, corner.counter.user = corner.counter.user, manager
    expired_goods(till)
    corner.counter.user = cashier
    heard.clear()
    hands.scan(K1)
    assert hands.said == "Lapis Legit Potong kedaluwarsa 1 Okt. Pisahkan untuk retur."
    assert (heard, quantities(till)) == (["error"], [])
    today = corner.clock().date()
    assert ("1 kedaluwarsa, pisahkan untuk retur", "expiring") in [(one.text, one.screen) for one in told(till)]
    screen = stock_screen(hands)
    hands.choose("Semua", "Kedaluwarsa")
    assert [(row.sku, screen.presenter.state(row).text) for row in screen.model.rows] == [
        ("K1", "kedaluwarsa 01/10/2026")
    ]
    hands.screen_key(2)
    hands.press(Key.Key_F6)
    hands.press(Key.Key_F2)
    hands.type("5*")
    hands.scan(K1)
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    assert hands.said.startswith("NR-MTR001A-"), hands.said
    assert corner.state["stock"].get("K1", "0") == "0"
    assert not any("retur" in one.text for one in todo.todos(corner.db, today))


def told(till: Till) -> list[todo.Todo]:
    return todo.todos(till.corner.db, till.corner.clock().date())


def test_row_20_sold_below_zero_is_listed_until_somebody_counts(hands: Hands) -> None:
    corner = hands.till.corner
    hands.type("12*")
    hands.scan(B1)
    assert hands.said == "Stok tercatat habis; barang tetap ditambahkan. Hitung stok nanti."
    pay_exactly(hands)
    assert corner.state["stock"]["B1"] == "-2"
    screen = stock_screen(hands)
    hands.choose("Semua", "Habis")
    assert [(row.sku, screen.presenter.state(row).text) for row in screen.model.rows] == [
        ("B1", "di bawah nol: hitung")
    ]
    hands.press(Key.Key_F4)
    hands.type("3")
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    assert "tadinya -2, kini 3" in hands.said.replace("\N{MINUS SIGN}", "-"), hands.said
    assert corner.state["stock"]["B1"] == "3"
    assert screen.model.rows == []


def test_row_27_a_clock_three_days_back_is_told_and_numbers_and_chain_go_on(hands: Hands) -> None:
    till, corner = hands.till, hands.till.corner
    hands.scan(T1)
    pay_exactly(hands)
    hands.press(Key.Key_Return)
    first, before = last_sale(till), corner.ledger.head().seq
    corner.clock.pass_by(days=-3)
    till.window.hush()
    till.window.notices = Surroundings(corner).notices
    till.window.tell_notices()
    assert hands.said == "Jam komputer mundur 72 jam. Betulkan jam Windows; urutan penjualan aman."
    hands.scan(T1)
    pay_exactly(hands)
    second = last_sale(till)
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1
    assert corner.ledger.head().seq == before + 1
    assert corner.verify() == before + 1
