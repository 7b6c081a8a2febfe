"""Rows of a day at the counter that no other file of these tests holds, at the real window."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.i18n import _, set_language
from pos_app.ledger import queries
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import User
from pos_app.ui.messages import TABLE
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import B1, K1, T1, last_sale, quantities

F9, F12, ENTER = Qt.Key.Key_F9, Qt.Key.Key_F12, Qt.Key.Key_Return
CONTROL = Qt.KeyboardModifier.ControlModifier

SELLING = {
    1: (
        "Barcode {code} belum terdaftar. Pindai lagi atau Daftarkan.",
        "Barcode {code} not registered. Scan again or Register.",
    ),
    2: ("Barcode salah baca. Pindai lagi.", "Barcode misread. Scan again."),
    3: (
        "Harga {item} belum diisi. Minta pengelola mengisi.",
        "{item} has no price. Ask the manager to set it.",
    ),
    4: (
        "Stok tercatat habis; barang tetap ditambahkan. Hitung stok nanti.",
        "Stock shows zero; item added. Count later.",
    ),
    5: ("{item} kedaluwarsa {date}. Pisahkan untuk retur.", "{item} expired {date}. Set aside for return."),
    6: ("Jumlah {quantity}. Salah? Urungkan.", "Quantity {quantity}. Wrong? Undo."),
    9: (
        "Uang kurang {amount}. Tambah uang atau pilih cara lain.",
        "{amount} short. Add cash or choose another method.",
    ),
    10: (
        "Barang ditambahkan. Total kini {amount}; isi uang lagi.",
        "Item added. Total now {amount}; enter cash again.",
    ),
    11: (
        "Pembayaran belum selesai. Selesaikan atau batalkan, lalu pindai.",
        "Payment unfinished. Finish or cancel, then scan.",
    ),
    14: ("PIN salah. Sisa {tries} percobaan.", "Wrong PIN. {tries} tries left."),
    15: ("Kasir belum dibuka. Isi modal awal.", "Shift not open. Enter the float."),
    23: (
        "Aplikasi sempat berhenti. Keranjang {count} barang dipulihkan; periksa.",
        "The app had stopped. Cart of {count} restored; check it.",
    ),
}


@pytest.fixture
def office(till: Till, manager: User) -> Till:
    """The manager stands at the till."""
    till.log_in(manager)
    return till


def newest(db: Connection, kind: str) -> Refund | Reversal:
    entry = queries.entry_by_seq(db, queries.recent(db, kind, 1)[0].seq)
    assert entry is not None
    assert isinstance(entry.document, Refund | Reversal)
    return entry.document


@pytest.mark.parametrize("number", sorted(SELLING))
def test_the_messages_of_selling_are_said_word_for_word(number: int) -> None:
    set_language("id")
    indonesian, english = SELLING[number]
    assert (_(TABLE[number][1]), TABLE[number][1]) == (indonesian, english)


def test_row_3_a_misread_scan_is_an_error_and_adds_nothing(till: Till) -> None:
    till.scan("2000000000016")
    assert till.sell.strip.message is not None
    assert (till.sell.strip.message.kind, till.said) == ("E", "Barcode salah baca. Pindai lagi.")
    till.scan("200000000001")
    assert till.sell.strip.message.kind == "E"
    assert quantities(till) == []


def test_goods_without_a_price_are_not_sold(till: Till) -> None:
    till.corner.db.execute("UPDATE products SET sell_price = 0 WHERE sku = 'T1'")
    till.scan(T1)
    assert till.said == "Harga Keripik Pisang 200 g belum diisi. Minta pengelola mengisi."
    assert quantities(till) == []


def test_row_10_every_removed_line_is_logged_with_who_removed_it(till: Till, cashier: User) -> None:
    for code in (T1, K1):
        till.scan(code)
    till.press(Qt.Key.Key_Delete, CONTROL)
    rows = [tuple(row) for row in till.corner.db.execute("SELECT user, action, detail FROM activity")]
    assert rows == [(cashier.id, "line_removed", "T1 × 1; K1 × 1")]
    till.press(Qt.Key.Key_Z, CONTROL)
    assert quantities(till) == [("T1", 1000), ("K1", 1000)]


def test_row_18_a_price_changed_today_touches_no_earlier_sale(office: Till) -> None:
    number = office.corner.sell("T1", "2")["number"]
    office.corner.do("set_price", sku="T1", sell_price=20_000, consign_price=18_000)
    office.scan(number)
    office.press(ENTER)
    office.press(Qt.Key.Key_S)
    office.press(F12)
    office.press(F12)
    refund = newest(office.corner.db, "refund")
    assert isinstance(refund, Refund)
    assert (refund.total, refund.lines[0].share) == (32_000, 28_800)
    office.scan(T1)
    assert office.sell.presenter.cart.total == 20_000


def test_row_19_expired_goods_only_warn_while_the_clock_is_implausible(till: Till) -> None:
    till.receive("K1", "5", expires_on="2026-10-01")
    till.corner.db.execute("DELETE FROM stock WHERE sku = 'K1' AND expires_on IS NULL")
    till.corner.clock.now += timedelta(days=800)
    till.scan(K1)
    assert quantities(till) == [("K1", 1000)]
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.kind == "W"


def test_row_19_the_managers_exception_is_logged(till: Till, manager: User) -> None:
    till.receive("K1", "5", expires_on="2026-10-01")
    till.corner.db.execute("DELETE FROM stock WHERE sku = 'K1' AND expires_on IS NULL")
    till.corner.clock.pass_by(days=1)
    till.scan(K1)
    assert till.said == "Lapis Legit Potong kedaluwarsa 1 Okt. Pisahkan untuk retur."
    till.press(ENTER, CONTROL)
    till.type(MANAGER_PIN)
    till.press(ENTER)
    rows = [tuple(row) for row in till.corner.db.execute("SELECT user, action, detail FROM activity")]
    assert rows == [(manager.id, "approved:expired_goods", "K1")]


def test_row_20_a_sale_below_zero_is_allowed_with_a_warning_and_stands_among_the_sold_out(till: Till) -> None:
    till.type("12*")
    till.scan(B1)
    assert till.said == "Stok tercatat habis; barang tetap ditambahkan. Hitung stok nanti."
    till.press(F12)
    till.press(ENTER)
    assert last_sale(till).lines[0].quantity == 12_000
    assert till.corner.state["stock"]["B1"] == "-2"
    till.sell.side.new_sale()
    tile = next(button.tile for button in till.sell.tiles._buttons if button.tile.key == "B1")
    assert (tile.stock, tile.dimmed) == ("Habis", True)


def test_row_37_a_receipts_check_code_tells_whether_the_paper_agrees_with_the_books(office: Till) -> None:
    number = office.corner.sell("T1", "2")["number"]
    entry = queries.entry_by_number(office.corner.db, number)
    assert entry is not None
    office.scan(f"POJOK-S {number} 32000 {entry.hash.hex()}")
    assert office.said == "Struk ini cocok dengan catatan."
    assert office.sell.side.panels.receipt.panel.title.text() == number
    office.scan(f"HTTPS://CENTRE.EXAMPLE.ID/C/{number}/32000/{entry.hash.hex()[:24].upper()}")
    assert office.said == "Struk ini cocok dengan catatan."
    office.scan(f"POJOK-S {number} 99000 {entry.hash.hex()}")
    assert office.said == "Kertas ini tidak cocok dengan catatan. Simpan, lalu beri tahu Diskoperin."


def test_row_40_a_mistyped_delivery_is_undone_by_the_code_on_its_paper(till: Till) -> None:
    till.receive("T1", "240")
    number = queries.recent(till.corner.db, "goods_received", 1)[0].number
    till.scan(number)
    side = till.sell.side.panels.void
    assert till.sell.right_stack.currentWidget() is side
    till.press(F12)
    assert till.said == "Pilih alasan dengan hurufnya."
    till.press(Qt.Key.Key_S)
    till.press(F12)
    till.type(MANAGER_PIN)
    till.press(ENTER)
    reversal = newest(till.corner.db, "reversal")
    assert isinstance(reversal, Reversal)
    assert (reversal.original_number, reversal.reason) == (number, "wrong_goods")
    assert till.said == f"{number} dibatalkan dengan {reversal.number}."
    assert till.corner.state["stock"]["T1"] == "20"
    till.scan(number)
    till.press(Qt.Key.Key_S)
    till.press(F12)
    till.type(MANAGER_PIN)
    till.press(ENTER)
    assert "sudah dibatalkan" in till.said or "tidak bisa dibatalkan" in till.said
    assert till.corner.verify() > 0


def test_row_40_another_paper_scanned_over_the_question_is_not_undone_by_its_answer(office: Till) -> None:
    office.receive("T1", "24")
    office.receive("T1", "12")
    second, first = (one.number for one in queries.recent(office.corner.db, "goods_received", 2))
    office.scan(first)
    office.press(Qt.Key.Key_S)
    office.press(F12)
    side = office.sell.side.panels.void
    assert side.asking
    office.scan(second)
    assert (side.panel.number, side.asking) == (second, False)
    office.press(F12)
    assert not queries.recent(office.corner.db, "reversal", 1), "F12 asks for the reason of this one"


def test_row_40_a_wrong_payout_is_undone_and_the_cash_is_back_in_the_drawer(office: Till, qtbot: QtBot) -> None:
    office.corner.sell("T1", "2")
    number = office.corner.do("settle", producer="P1", tender="cash")["number"]
    before = office.corner.state["drawer"]
    office.scan(number)
    office.press(Qt.Key.Key_L)
    qtbot.waitUntil(office.sell.side.panels.void.panel.note.hasFocus)
    office.type("dibayar ke orang yang salah")
    office.press(F12)
    office.press(F12)
    assert office.corner.state["drawer"] == before + 28_800
    assert office.corner.payable("P1") == 28_800
    assert office.corner.verify() > 0
