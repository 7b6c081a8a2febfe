"""Paying at the real window: cash, QRIS, tab, split; a refund by keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries, registry
from pos_app.services.context import User
from pos_app.ui import settings_keys
from pos_app.ui.screens.sell import paid_panel
from sync.documents.sale import Sale
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import ALT, CONTROL, K1, T1, last_sale, quantities

QRIS = (
    "00020101021126620016ID.CO.CONTOH.WWW011893600000000000001702090000000010303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10000000000010303UMI5204549953033605802ID5921POJOK UMKM DISKOPERIN6005METRO61053411162070703A0163045111"
)


@pytest.fixture(autouse=True)
def qris_code(till: Till) -> None:
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, QRIS)
        registry.set_setting(tx.db, settings_keys.QRIS_DYNAMIC, "1")


def test_enter_with_nothing_typed_pays_exactly(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert (sale.total, sale.received, sale.change) == (16_000, 16_000, 0)


def test_change_is_shown_and_recorded(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("50000")
    cash = till.sell.side.panels.pay.cash
    assert cash.field.text() == "50.000"
    assert cash.change.text() == "Rp 34.000"
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).change == 34_000
    assert till.sell.side.panels.paid.amount.text() == "Rp 34.000"
    assert till.sell.total.caption.text() == "DIBAYAR"


def test_too_little_cash_cannot_finish_and_says_how_much_is_missing(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("9000")
    panel = till.sell.side.panels.pay
    assert panel.cash.change_words.text() == "Kurang"
    assert not panel.main.isEnabled()
    till.press(Qt.Key.Key_Return)
    assert till.said == "Uang kurang Rp 7.000. Tambah uang atau pilih cara lain."
    assert queries.recent(till.corner.db, "sale", 1) == []


def test_alt_and_a_digit_choose_a_quick_amount(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_2, ALT)
    assert till.sell.side.panels.pay.cash.field.value() == 20_000


def test_rounding_is_shown_when_it_is_not_zero(till: Till, manager: User) -> None:
    till.corner.counter.user = manager
    till.corner.do("set_price", sku="T1", sell_price=15_040)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert (sale.total, sale.rounding, sale.received) == (15_040, -40, 15_000)


def test_qris_carries_the_amount_and_needs_the_reference(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("q")
    panel = till.sell.side.panels.pay
    assert "5405160005802ID" in panel.qris.shown.payload
    assert panel.qris.qr.module_pixels >= 4
    assert not panel.main.isEnabled()
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    tender = last_sale(till).tenders[0]
    assert (tender.kind, tender.amount, tender.reference) == ("qris", 16_000, "4817")


def test_a_tab_within_its_limit(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.type("pegawai satu")
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).tenders[0].staff == "S1"
    assert queries.tab(till.corner.db, "S1") == 16_000


def test_a_tab_over_its_limit_needs_a_manager(till: Till) -> None:
    till.type("7*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.type("pegawai satu")
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert "lewat batas Rp 12.000" in till.said
    assert queries.recent(till.corner.db, "sale", 1) == []
    till.type("000000")
    till.press(Qt.Key.Key_Return)
    assert queries.recent(till.corner.db, "sale", 1) == []
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert sale.total == 112_000
    assert sale.approved_by is not None


def test_a_split_sums_exactly_and_change_comes_from_cash(till: Till) -> None:
    till.scan(T1)
    till.scan(K1)
    till.press(Qt.Key.Key_F12)
    till.type("s10000q")
    panel = till.sell.side.panels.pay
    assert "5405100005802ID" in panel.qris.shown.payload
    assert panel.main.text() == "Tambah bagian"
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    assert panel.parts.open.text() == "Kurang Rp 13.500"
    till.type("20000")
    assert panel.main.text() == "Selesai & cetak"
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert [(tender.kind, tender.amount) for tender in sale.tenders] == [("qris", 10_000), ("cash", 13_500)]
    assert (sale.received, sale.change) == (20_000, 6_500)


def test_a_part_is_never_more_than_what_is_open(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("s20000q")
    assert till.said == "Paling banyak Rp 16.000: kembalian hanya dari tunai."
    assert till.sell.side.payment is not None
    assert till.sell.side.payment.method == "split"


def test_with_nothing_typed_the_split_pays_all_that_is_open(till: Till) -> None:
    till.scan(T1)
    till.scan(K1)
    till.press(Qt.Key.Key_F12)
    till.type("s10000q4817")
    till.press(Qt.Key.Key_Return)
    panel = till.sell.side.panels.pay
    assert panel.split.field.placeholderText() == "13.500"
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert [(tender.kind, tender.amount) for tender in sale.tenders] == [("qris", 10_000), ("cash", 13_500)]
    assert (sale.received, sale.change) == (13_500, 0)


def test_cash_that_is_short_is_a_part_once_another_method_pays_the_rest(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("9000q")
    assert till.said == "Tunai Rp 9.000 dicatat. Masih kurang Rp 7.000."
    assert "540470005802ID" in till.sell.side.panels.pay.qris.shown.payload
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert [(tender.kind, tender.amount) for tender in sale.tenders] == [("qris", 7_000), ("cash", 9_000)]


def test_a_part_that_is_asked_by_cash_after_all_pays_all_that_is_open(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("s9000qt")
    panel = till.sell.side.panels.pay
    assert panel.main.text() == "Selesai & cetak"
    till.press(Qt.Key.Key_Return)
    assert [(tender.kind, tender.amount) for tender in last_sale(till).tenders] == [("cash", 16_000)]


def test_a_scan_asks_the_amount_of_a_part_again(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("s9000q")
    till.scan(K1)
    assert till.said == "Barang ditambahkan. Total kini Rp 23.500; isi uang lagi."
    panel = till.sell.side.panels.pay
    assert panel.split.isVisible()
    assert (panel.split.field.text(), panel.split.field.placeholderText()) == ("", "23.500")


def test_a_name_is_typed_with_every_letter_and_no_key_is_promised_meanwhile(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    panel = till.sell.side.panels.pay
    till.type("s")
    assert panel.methods["qris"].key == "Q"
    till.type("b")
    assert till.window.focusWidget() is panel.tab.field
    assert [button.key for button in panel.methods.values()] == [""] * 5
    till.type("sat")
    assert panel.tab.field.text() == "sat"
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert panel.methods["qris"].key == "Q"
    assert last_sale(till).tenders[0].staff == "S1"


def test_alt_and_a_letter_choose_from_inside_the_name(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.press(Qt.Key.Key_Q, ALT)
    assert till.sell.side.payment is not None
    assert till.sell.side.payment.method == "qris"


def test_a_part_on_a_tab_over_its_limit_needs_a_manager_even_when_part_is_paid_another_way(till: Till) -> None:
    till.type("7*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("5000")
    till.press(Qt.Key.Key_B, ALT)
    till.type("pegawai satu")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert till.said == "Bon Pegawai Satu lewat batas Rp 7.000. Bayar kelebihannya, atau PIN pengelola."
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert (sale.total, sale.approved_by is not None) == (112_000, True)
    assert [(tender.kind, tender.amount) for tender in sale.tenders] == [("tab", 107_000), ("cash", 5_000)]


@pytest.mark.parametrize("who", ["cashier", "manager"])
def test_escape_takes_the_question_of_the_limit_away(till: Till, who: str, manager: User) -> None:
    till.type("7*")
    till.scan(T1)
    if who == "manager":
        till.corner.counter.user = manager
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.type("pegawai satu")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert till.said.endswith("atau PIN pengelola.")
    till.press(Qt.Key.Key_Escape)
    assert till.said == ""
    till.press(Qt.Key.Key_Return, CONTROL)
    assert queries.recent(till.corner.db, "sale", 1) == []


def test_a_scan_while_paying_adds_and_asks_the_amount_again(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("20000")
    till.scan(K1)
    assert quantities(till) == [("T1", 1000), ("K1", 1000)]
    assert till.said == "Barang ditambahkan. Total kini Rp 23.500; isi uang lagi."
    assert till.sell.side.panels.pay.cash.field.text() == ""


def test_a_scan_with_parts_recorded_is_refused(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("s")
    till.type("5000")
    till.press(Qt.Key.Key_Return)
    till.scan(K1)
    assert quantities(till) == [("T1", 1000)]
    assert till.said == "Pembayaran belum selesai. Selesaikan atau batalkan, lalu pindai."


def test_escape_takes_parts_back_before_it_leaves(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("s")
    till.type("5000")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Escape)
    assert till.sell.side.payment is not None
    assert till.sell.side.payment.parts == []
    till.press(Qt.Key.Key_Escape)
    assert till.sell.selling
    assert quantities(till) == [("T1", 1000)]


def test_enter_is_deaf_for_a_moment_after_finishing(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert not till.sell.selling
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)
    till.press(Qt.Key.Key_Return)
    assert till.sell.selling
    assert quantities(till) == []


def test_a_scan_after_finishing_starts_the_next_sale(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.scan(K1)
    assert till.sell.selling
    assert quantities(till) == [("K1", 1000)]


def test_the_receipt_waits_in_the_print_queue_and_is_printed_again(till: Till) -> None:
    till.corner.counter.prints = True
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    jobs = till.corner.db.execute("SELECT paper, state FROM print_jobs WHERE paper = 'receipt'").fetchall()
    assert [(job[0], job[1]) for job in jobs] == [("receipt", "waiting")]
    till.press(Qt.Key.Key_F9)
    assert till.said.startswith("Belum ada printer")
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.PRINTER_DEVICE, "folder")
    till.press(Qt.Key.Key_F9)
    assert "dicetak ulang" in till.said


def test_a_refund_by_keyboard_alone(till: Till) -> None:
    till.type("3*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.sell.side.new_sale()
    till.press(Qt.Key.Key_F9)
    till.press(Qt.Key.Key_F6)
    panel = till.sell.side.panels.receipt.panel
    first = panel.table.model().index(0, 0)
    assert "3 × 16.000" in str(first.data(Qt.ItemDataRole.AccessibleTextRole))
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Plus)
    assert panel.total.text() == "Rp 16.000"
    till.press(Qt.Key.Key_C)
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert till.corner.state["refunds"] == 1
    assert till.corner.state["stock"]["T1"] == "18"
    assert till.sell.selling


def test_no_key_acts_behind_the_list_of_keys(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.sell.side.new_sale()
    till.press(Qt.Key.Key_F9)
    till.press(Qt.Key.Key_F6)
    panel = till.sell.side.panels.receipt.panel
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Plus)
    till.press(Qt.Key.Key_C)
    till.press(Qt.Key.Key_F1)
    overlay = till.window.overlay
    assert overlay is not None
    assert overlay.isVisible()
    for key in (Qt.Key.Key_F12, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_X):
        till.press(key)
    till.press(Qt.Key.Key_2, CONTROL)
    till.press(Qt.Key.Key_L, CONTROL)
    till.press(Qt.Key.Key_P, ALT)
    assert till.corner.state["refunds"] == 0
    assert panel.reason == "damaged"
    assert till.window.focusWidget() is panel.table
    till.press(Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert panel.isVisible()
    till.press(Qt.Key.Key_F1)
    till.press(Qt.Key.Key_F1)
    assert not overlay.isVisible()
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert till.corner.state["refunds"] == 1


def test_a_scan_and_the_lock_close_the_list_of_keys(till: Till, cashier: User) -> None:
    till.press(Qt.Key.Key_F1)
    till.scan(T1)
    overlay = till.window.overlay
    assert overlay is not None
    assert not overlay.isVisible()
    assert quantities(till) == [("T1", 1000)]
    till.press(Qt.Key.Key_F1)
    till.window.lock()
    assert not overlay.isVisible()
    till.log_in(cashier)
    till.press(Qt.Key.Key_F12)
    assert not till.sell.selling


def test_an_office_purchase_is_marked(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F8)
    panel = till.sell.side.panels.buyer
    panel.office.click()
    till.type("Bagian Umum")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    buyer = last_sale(till).buyer
    assert (buyer.kind, buyer.unit) == ("office", "Bagian Umum")


def test_a_disk_that_refuses_keeps_the_payment_open(till: Till, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    from pos_app.domain.errors import DiskFull
    from pos_app.services import checkout

    def full(*_arguments: object, **_options: object) -> None:
        raise DiskFull("ledger")

    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    with monkeypatch.context() as patch:
        patch.setattr(checkout, "sell", full)
        till.press(Qt.Key.Key_Return)
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.action == "Coba lagi"
    till.press(Qt.Key.Key_Return, CONTROL)
    assert isinstance(last_sale(till), Sale)


def test_a_price_that_changed_under_the_cart_is_shown_before_it_is_charged(till: Till, manager: User) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    acting, till.corner.counter.user = till.corner.counter.user, manager
    till.corner.do("set_price", sku="T1", sell_price=17_000)
    till.corner.counter.user = acting
    till.press(Qt.Key.Key_Return)
    assert queries.recent(till.corner.db, "sale", 1) == []
    assert till.sell.total.amount.text() == "Rp 17.000"
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).total == 17_000


def test_the_shift_of_yesterday_is_closed_before_anything_is_sold(till: Till) -> None:
    till.scan(T1)
    till.corner.clock.pass_by(days=1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    assert queries.recent(till.corner.db, "sale", 1) == []
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.action == "Tutup Kasir"


def test_a_clock_set_back_warns_and_the_sale_goes_on(till: Till) -> None:
    till.corner.clock.pass_by(days=-3)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).total == 16_000
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.kind == "W"
    assert "Jam komputer" in till.said
