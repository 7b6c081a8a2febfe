"""Selling at the real window over a real ledger."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_app.domain.cart import CartLine
from pos_app.ledger import drafts, queries
from pos_app.ledger.sqlite import Error
from pos_app.services.context import User
from pos_app.ui.screens.sell.screen import SellScreen
from pos_app.ui.widgets.cart import QUANTITY
from sync.documents.sale import Sale
from tests.corner import Corner
from tests.ui.conftest import CASHIER_PIN, MANAGER_PIN, Till

T1, K1, B1 = "2000000000015", "2000000000022", "2000000000039"
ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def last_sale(till: Till) -> Sale:
    newest = queries.recent(till.corner.db, "sale", 1)[0]
    entry = queries.entry_by_seq(till.corner.db, newest.seq)
    assert entry is not None
    assert isinstance(entry.document, Sale)
    return entry.document


def quantities(till: Till) -> list[tuple[str, int]]:
    return [(line.product.sku, line.quantity) for line in till.sell.presenter.cart.lines]


def kept(till: Till) -> tuple[CartLine, ...]:
    recalled = till.sell.held.restore_current()
    return recalled.lines if recalled is not None else ()


def test_a_scan_shows_the_price(till: Till) -> None:
    till.scan(T1)
    assert quantities(till) == [("T1", 1000)]
    assert till.sell.total.amount.text() == "Rp 16.000"
    assert "ditambahkan 1 × 16.000" in till.said


def test_ten_fast_scans_make_ten_units_and_the_focus_stays(till: Till) -> None:
    field = till.sell.field
    for _number in range(10):
        till.scan(T1)
        assert till.window.focusWidget() is field
    assert quantities(till) == [("T1", 10_000)]
    assert field.text() == ""


def test_an_unknown_barcode_is_named_and_changes_nothing(till: Till) -> None:
    till.scan(T1)
    till.scan("8991234567891")
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.number == 1
    assert "8991234567891" in till.said
    assert quantities(till) == [("T1", 1000)]


def test_a_wrong_check_digit_is_message_2(till: Till) -> None:
    till.scan("2000000000016")
    assert till.said == "Barcode salah baca. Pindai lagi."
    assert quantities(till) == []


def test_five_times_then_a_scan_makes_five(till: Till) -> None:
    till.type("5*")
    assert till.sell.multiplier.text() == "5 ×"
    till.scan(T1)
    assert quantities(till) == [("T1", 5000)]
    assert till.sell.multiplier.text() == "1 ×"
    assert till.sell.field.text() == ""


def test_five_times_enter_sets_the_selected_row(till: Till) -> None:
    till.scan(T1)
    till.type("7*")
    till.press(Qt.Key.Key_Return)
    assert quantities(till) == [("T1", 7000)]


def test_typing_finds_and_only_enter_adds(till: Till) -> None:
    till.type("lapis")
    assert till.sell.results.isVisible()
    assert quantities(till) == []
    QTest.keyClick(till.sell.field, Qt.Key.Key_Return)
    assert quantities(till) == [("K1", 1000)]
    assert not till.sell.results.isVisible()
    assert till.sell.field.text() == ""


def test_escape_from_a_search_without_hits_leaves_nothing_to_append_to(till: Till) -> None:
    till.type("2*zzz")
    assert till.sell.results.isVisible()
    till.press(Qt.Key.Key_Escape)
    assert not till.sell.results.isVisible()
    assert till.sell.field.text() == "2*"
    till.type("lapis")
    till.press(Qt.Key.Key_Return)
    assert quantities(till) == [("K1", 2000)]


def test_goods_sold_out_are_added_with_a_warning(till: Till) -> None:
    till.type("11*")
    till.scan(B1)
    assert quantities(till) == [("B1", 11_000)]
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.number == 4


def test_pieces_are_not_sold_in_fractions(till: Till) -> None:
    till.type("1,5*")
    till.scan(T1)
    assert quantities(till) == []
    assert till.said == "Keripik Pisang 200 g dijual utuh, tanpa pecahan."


def test_more_than_99_asks_whether_it_is_wrong(till: Till) -> None:
    till.receive("T1", "500")
    till.type("150*")
    till.scan(T1)
    assert till.said == "Jumlah 150. Salah? Urungkan."
    till.press(Qt.Key.Key_Return, CONTROL)
    assert quantities(till) == []


def test_undo_and_redo(till: Till) -> None:
    till.scan(T1)
    till.scan(K1)
    till.press(Qt.Key.Key_Z, CONTROL)
    assert quantities(till) == [("T1", 1000)]
    till.press(Qt.Key.Key_Y, CONTROL)
    assert quantities(till) == [("T1", 1000), ("K1", 1000)]


def test_a_removed_line_is_logged(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_Delete)
    assert quantities(till) == []
    rows = till.corner.db.execute("SELECT action, detail FROM activity").fetchall()
    assert [(row[0], row[1]) for row in rows] == [("line_removed", "T1 × 1")]


def test_plus_and_minus_change_the_selected_row(till: Till) -> None:
    till.scan(T1)
    QTest.keyClick(till.sell.field, Qt.Key.Key_Plus)
    assert quantities(till) == [("T1", 2000)]
    QTest.keyClick(till.sell.field, Qt.Key.Key_Minus)
    assert quantities(till) == [("T1", 1000)]


def test_the_stepper_is_hit_and_the_focus_stays(till: Till, qtbot: QtBot) -> None:
    till.scan(T1)
    table = till.sell.table
    _minus, plus = table._cart_delegate.stepper(table.visualRect(table.model().index(0, QUANTITY)))
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=plus.center())
    assert quantities(till) == [("T1", 2000)]
    assert till.window.focusWidget() is till.sell.field


def test_a_held_cart_comes_back(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    assert quantities(till) == []
    till.scan(K1)
    till.press(Qt.Key.Key_F6)
    till.press(Qt.Key.Key_F7)
    till.press(Qt.Key.Key_Return)
    assert quantities(till) == [("T1", 1000)]
    assert till.sell.held.count() == 1


def test_a_recalled_cart_names_changed_prices(till: Till, manager: User) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    till.corner.counter.user = manager
    till.corner.do("set_price", sku="T1", sell_price=17_000)
    till.press(Qt.Key.Key_F7)
    till.press(Qt.Key.Key_Return)
    assert till.sell.total.amount.text() == "Rp 17.000"
    assert "Keripik Pisang 200 g" in till.said


def test_the_cart_survives_a_power_cut(till: Till, make_till: Callable[[Corner], Till], cashier: User) -> None:
    till.scan(T1)
    till.sell.keeper.save()
    again = make_till(till.corner)
    again.log_in(cashier)
    assert quantities(again) == [("T1", 1000)]
    assert again.sell.strip.message is not None
    assert again.sell.strip.message.number == 23


def test_a_disk_that_takes_no_cart_is_told_once_and_again_after_it_took_one(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True

    def save(*arguments: str) -> None:
        if full:
            raise Error("database or disk is full")

    monkeypatch.setattr(drafts, "save", save)
    till.scan(T1)
    till.sell.keeper.save()
    assert till.said.startswith("Disk tidak menerima apa pun: keranjang ini hilang")
    till.sell.shell.hush()
    till.sell.keeper.save()
    assert till.said == ""
    full = False
    till.sell.keeper.save()
    full = True
    till.scan(T1)
    till.sell.keeper.save()
    assert till.said.startswith("Disk tidak menerima apa pun")
    till.press(Qt.Key.Key_F6)
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.number == 18


def test_the_screen_prepared_before_log_in_leaves_the_kept_cart_alone(
    till: Till, make_till: Callable[[Corner], Till], cashier: User, qtbot: QtBot
) -> None:
    till.scan(T1)
    till.sell.keeper.save()
    till.corner.counter.user = None
    again = make_till(till.corner)
    again.window.go("login")
    qtbot.waitUntil(lambda: again.window.findChild(SellScreen) is not None)
    prepared = again.window.findChild(SellScreen)
    assert isinstance(prepared, SellScreen)
    prepared.refresh()
    assert not prepared.keeper.timer.isActive()
    prepared.keeper.timer.timeout.emit()
    again.log_in(cashier)
    assert quantities(again) == [("T1", 1000)]
    assert again.said == "Aplikasi sempat berhenti. Keranjang 1 barang dipulihkan; periksa."


def test_a_cart_is_kept_a_moment_after_it_changed_and_only_then(till: Till, qtbot: QtBot) -> None:
    till.sell.refresh()
    assert not till.sell.keeper.timer.isActive()
    with qtbot.waitSignal(till.sell.keeper.timer.timeout):
        till.scan(T1)
    assert [line.product.sku for line in kept(till)] == ["T1"]
    till.sell.refresh()
    assert not till.sell.keeper.timer.isActive()


def test_a_window_closed_with_a_cart_opens_with_it_again(
    till: Till, make_till: Callable[[Corner], Till], cashier: User
) -> None:
    till.scan(T1)
    till.window.close()
    again = make_till(till.corner)
    again.log_in(cashier)
    assert quantities(again) == [("T1", 1000)]
    assert again.sell.strip.message is not None
    assert again.sell.strip.message.number == 23


def test_a_paid_cart_does_not_come_back(till: Till) -> None:
    till.scan(T1)
    till.sell.keeper.save()
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.sell.refresh()
    assert not till.sell.keeper.timer.isActive()
    assert kept(till) == ()


def test_another_language_keeps_the_cart_and_says_nothing_of_a_stop(till: Till) -> None:
    till.scan(T1)
    till.scan(K1)
    till.window.go("settings")
    till.window.rebuild()
    till.window.go("sell")
    assert quantities(till) == [("T1", 1000), ("K1", 1000)]
    assert till.said == ""
    till.press(Qt.Key.Key_Z, CONTROL)
    assert quantities(till) == [("T1", 1000)]


def test_a_discount_needs_a_manager(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F5)
    till.type("10%")
    panel = till.sell.side.panels.discount
    panel.choose_reason("damaged")
    panel.pin.setText("000000")
    panel.main.click()
    assert till.sell.presenter.cart.total == 16_000
    panel.pin.setText(MANAGER_PIN)
    panel.main.click()
    assert till.sell.presenter.cart.total == 14_400
    assert till.sell.selling


def test_the_last_sale_is_over_when_another_takes_the_till_or_the_day_turns(till: Till, manager: User) -> None:
    for turn in ("user", "day"):
        till.scan(T1)
        till.press(Qt.Key.Key_F12)
        till.press(Qt.Key.Key_Return)
        assert till.sell.side.is_paid
        till.window.lock()
        if turn == "day":
            till.corner.clock.pass_by(days=1)
        till.log_in(manager)
        assert till.sell.selling
        assert (quantities(till), till.sell.total.isVisible()) == ([], True)


def test_after_a_closing_the_next_shift_begins_with_the_tiles(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.window.go("reports")
    till.corner.do("close_shift", counted=till.corner.state["drawer"])
    till.corner.do("open_shift", float=0)
    till.window.go("sell")
    assert till.sell.selling
    assert quantities(till) == []


def test_a_scan_never_answers_a_panel(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F5)
    till.scan(K1)
    assert quantities(till) == [("T1", 1000)]
    assert till.sell.side.panels.discount.field.text() == ""
    assert till.said == "Selesaikan atau batalkan dahulu, lalu pindai."


def test_expired_goods_are_blocked_until_a_manager_allows_them(till: Till) -> None:
    till.receive("K1", "5", expires_on="2026-10-01")
    till.corner.db.execute("DELETE FROM stock WHERE sku = 'K1' AND expires_on IS NULL")
    till.corner.clock.pass_by(days=1)
    till.scan(K1)
    assert quantities(till) == []
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.number == 5
    till.press(Qt.Key.Key_Return, CONTROL)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert quantities(till) == [("K1", 1000)]


def test_log_in_with_a_pin_opens_the_till(
    make_till: Callable[[Corner], Till], open_corner: Corner, cashier: User
) -> None:
    till = make_till(open_corner)
    till.window.go("login")
    till.type("999999")
    till.press(Qt.Key.Key_Return)
    assert till.said == "PIN salah. Sisa 4 percobaan."
    till.type(CASHIER_PIN)
    till.press(Qt.Key.Key_Return)
    assert till.window.focusWidget() is till.sell.field


def test_without_a_shift_the_float_is_asked_and_f12_opens_it(
    make_till: Callable[[Corner], Till], corner: Corner, cashier: User
) -> None:
    till = make_till(corner)
    till.log_in(cashier)
    assert till.said == "Kasir belum dibuka. Isi modal awal."
    till.type("200000")
    till.press(Qt.Key.Key_F12)
    shift = queries.open_shift(corner.db)
    assert shift is not None
    assert shift.float == 200_000
    assert till.window.focusWidget() is till.sell.field


def test_a_locked_till_keeps_the_cart(till: Till, cashier: User) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_L, CONTROL)
    assert till.window.current is not None
    assert till.window.current.name == "login"
    till.log_in(cashier)
    assert quantities(till) == [("T1", 1000)]


@pytest.mark.parametrize("language_of_rail", ["Kasir"])
def test_the_window_speaks_indonesian(till: Till, language_of_rail: str) -> None:
    assert till.window.rail.button("sell").text() == language_of_rail


def test_a_manager_registers_unknown_goods_at_the_counter(till: Till) -> None:
    till.scan("8991234567891")
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.action == "Daftarkan"
    till.press(Qt.Key.Key_Return, CONTROL)
    side = till.sell.side.panels.register
    form = side.panel.fields
    till.type("Kue Kering 250 g")
    form.producer.setText("Dua")
    form.consign.set_value(9_000)
    form.price.set_value(10_000)
    till.press(Qt.Key.Key_F12)
    assert side.asking
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert quantities(till) == [("MTR001A-B001", 1000)]
    till.scan("8991234567891")
    assert till.sell.total.amount.text() == "Rp 20.000"


def test_one_barcode_of_two_producers_asks_which(till: Till) -> None:
    till.corner.db.execute("INSERT INTO barcodes VALUES (?, 'K1')", (T1,))
    till.scan(T1)
    assert quantities(till) == []
    assert till.sell.results.count() == 2
    QTest.keyClick(till.sell.field, Qt.Key.Key_Down)
    QTest.keyClick(till.sell.field, Qt.Key.Key_Return)
    assert quantities(till) == [("T1", 1000)]


def test_f9_in_the_list_of_receipts_prints_the_selected_one_again(till: Till) -> None:
    number = till.corner.sell("T1", "1")["number"]
    till.press(Qt.Key.Key_F9)
    till.press(Qt.Key.Key_F9)
    assert number in till.said
