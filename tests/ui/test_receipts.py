"""Receipts that come back to the counter, at the real window: found in three ways, refunded, undone, paid anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.domain.dates import business_date
from pos_app.ledger import drafts, print_queue, queries
from pos_app.services import expiring
from pos_app.services.context import User
from pos_app.ui.screens.losses.screen import LossesScreen
from pos_app.ui.screens.sell.receipt_panel import ReceiptPanel
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import B1, K1, T1, quantities

F5, F6, F7, F9, F12 = Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F9, Qt.Key.Key_F12
ENTER, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Down


@pytest.fixture
def office(till: Till, manager: User) -> Till:
    """The manager stands at the till."""
    till.log_in(manager)
    return till


@pytest.fixture
def sold(office: Till) -> str:
    """A receipt of three lines, paid in cash."""
    lines = [{"code": code, "quantity": "2"} for code in (T1, K1, B1)]
    return str(office.corner.do("sale", lines=lines, tenders=[{"kind": "cash", "amount": 53_000}])["number"])


def opened(till: Till) -> ReceiptPanel:
    side = till.sell.side
    assert till.sell.right_stack.currentWidget() is side.panels.receipt, till.said
    return side.panels.receipt.panel


def newest(till: Till, kind: str) -> object:
    rows = queries.recent(till.corner.db, kind, 1)
    assert rows, f"no {kind}"
    entry = queries.entry_by_seq(till.corner.db, rows[0].seq)
    assert entry is not None
    return entry.document


def last_refund(till: Till) -> Refund:
    document = newest(till, "refund")
    assert isinstance(document, Refund)
    return document


def last_reversal(till: Till) -> Reversal:
    document = newest(till, "reversal")
    assert isinstance(document, Reversal)
    return document


class Keys:
    """Presses keys and counts each."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.pressed = 0

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.till.press(key)
            self.pressed += 1


# A receipt is scanned ------------------------------------------------------------------------------------------------


def test_one_line_is_refunded_by_receipt_scan_with_at_most_six_keys(office: Till, sold: str) -> None:
    keys = Keys(office)
    office.scan(sold)
    keys.press(DOWN, DOWN, Qt.Key.Key_Plus, Qt.Key.Key_J, F12, F12)
    assert keys.pressed <= 6
    refund = last_refund(office)
    assert [(line.sku, line.quantity) for line in refund.lines] == [("B1", 1000)]
    assert (refund.sale_number, refund.tender, refund.reason, refund.total) == (sold, "cash", "changed_mind", 3_000)
    assert office.said == f"Pengembalian {refund.number} tercatat: kembalikan Rp 3.000."
    assert office.sell.selling


def test_the_receipt_and_the_goods_are_scanned_and_three_keys_refund_them(office: Till, sold: str) -> None:
    keys = Keys(office)
    office.scan(sold)
    office.scan(K1)
    keys.press(Qt.Key.Key_C, F12, F12)
    assert [(line.sku, line.quantity) for line in last_refund(office).lines] == [("K1", 1000)]
    assert keys.pressed == 3


def test_goods_that_are_not_on_the_receipt_are_refused_and_the_cart_stays(office: Till, sold: str) -> None:
    office.scan(T1)
    office.scan(sold)
    office.scan("2000000000046")
    assert office.said == "Barang ini tidak ada di nota, atau sudah kembali semua."
    assert opened(office).amount == 0
    assert quantities(office) == [("T1", 1000)]


def test_the_code_on_the_paper_is_the_one_that_a_scan_opens(office: Till, sold: str) -> None:
    from pos_app.printing.layout import Barcode
    from pos_app.services.papers import document_paper

    entry = queries.entry_by_number(office.corner.db, sold)
    assert entry is not None
    paper = document_paper(office.corner.ledger, office.corner.counter.vault, entry.id)
    codes = [block.payload for block in paper.blocks if isinstance(block, Barcode)]
    assert codes == [sold]
    office.scan(codes[0])
    assert opened(office).title.text() == sold


def test_a_scan_after_paying_opens_the_receipt_at_once(office: Till, sold: str) -> None:
    office.scan(T1)
    office.press(F12)
    office.press(ENTER)
    assert office.sell.side.is_paid
    office.scan(sold)
    assert opened(office).title.text() == sold


def test_a_receipt_scanned_while_paying_is_no_answer(office: Till, sold: str) -> None:
    office.scan(T1)
    office.press(F12)
    office.scan(sold)
    assert not office.sell.selling
    assert office.sell.side.payment is not None
    assert office.said == "Pembayaran belum selesai. Selesaikan atau batalkan, lalu pindai."
    assert quantities(office) == [("T1", 1000)]
    office.press(Qt.Key.Key_Escape)
    office.press(F5)
    office.scan(sold)
    assert office.said == "Selesaikan atau batalkan dahulu, lalu pindai."
    assert office.sell.side.panels.discount.isVisible()


def test_an_unknown_receipt_and_one_of_another_corner_are_told_apart(office: Till) -> None:
    office.scan("ST-MTR001A-000777")
    assert office.said == "Kasir ini tidak punya nota ST-MTR001A-000777. Periksa nomornya, atau cari dengan F9."
    office.scan("ST-MTR002A-000001")
    assert office.said == "Nota ST-MTR002A-000001 bukan dari pojok ini. Kembalikan di tempat membelinya."
    assert office.sell.selling


# A receipt is typed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["ST-MTR001A-000001", "st-mtr001a-1", "MTR001A-1", "000001", "1", "01"])
def test_a_receipt_is_found_by_its_typed_number(office: Till, sold: str, typed: str) -> None:
    office.press(F9)
    office.type(typed)
    office.press(ENTER)
    assert opened(office).title.text() == sold


def test_the_number_typed_into_the_scan_field_opens_the_receipt(office: Till, sold: str) -> None:
    office.type("st-mtr001a-1")
    office.press(ENTER)
    assert opened(office).title.text() == sold
    assert office.sell.field.text() == ""


def test_the_last_digits_find_todays_receipt_only(office: Till) -> None:
    for _number in range(12):
        office.corner.sell("T1", "1")
    office.press(F9)
    office.type("2")
    panel = office.sell.side.panels.receipts
    found = [panel.table.model().index(row, 0).data() for row in range(panel.table.model().rowCount())]
    assert found == ["ST-MTR001A-000002", "ST-MTR001A-000012"]
    office.press(Qt.Key.Key_Escape)
    office.corner.clock.now += timedelta(days=1)
    office.press(F9)
    office.type("12")
    office.press(ENTER)
    assert opened(office).title.text() == "ST-MTR001A-000012"
    office.press(Qt.Key.Key_Escape)
    office.press(F9)
    office.type("02")
    assert office.sell.side.panels.receipts.current().number == "ST-MTR001A-000002"  # type: ignore[union-attr]
    assert office.sell.side.panels.receipts.table.model().rowCount() == 1


# A receipt is searched -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["keripik", "53.000", "53000", "1/10", "1/10 mi kering", "hari ini"])
def test_a_receipt_is_found_by_goods_amount_and_day(office: Till, sold: str, typed: str, qtbot: QtBot) -> None:
    office.corner.clock.now += timedelta(minutes=5)
    office.press(F9)
    office.type(typed)
    panel = office.sell.side.panels.receipts
    qtbot.waitUntil(lambda: panel.current() is not None)
    office.press(ENTER)
    assert opened(office).title.text() == sold


@pytest.mark.parametrize("typed", ["lapis 2/10", "99.000", "kopi", "31/02"])
def test_what_no_receipt_has_finds_none_and_says_what_to_try(office: Till, sold: str, typed: str, qtbot: QtBot) -> None:
    office.press(F9)
    office.type(typed)
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    assert office.sell.side.panels.receipts.current() is None
    office.press(ENTER)
    assert not office.sell.selling


# Money goes back -----------------------------------------------------------------------------------------------------


def test_row_12_days_later_and_offline_only_what_remains_comes_back_and_cash_leaves_todays_shift(
    office: Till, sold: str
) -> None:
    corner = office.corner
    corner.do("close_shift", counted=253_000)
    corner.clock.now += timedelta(days=6)
    corner.do("open_shift", float=100_000)
    office.window.go("sell")
    office.scan(sold)
    office.press(ENTER)
    office.press(Qt.Key.Key_S)
    office.press(F12)
    office.press(F12)
    assert last_refund(office).total == 32_000
    assert corner.state["drawer"] == 68_000
    office.scan(sold)
    panel = opened(office)
    assert [panel.table.model().index(row, 1).data() for row in range(3)] == ["0", "2", "2"]
    office.type("++++")
    assert panel.amount == 15_000
    office.press(Qt.Key.Key_Escape)
    assert office.sell.selling
    assert corner.verify() > 0


def test_a_refund_larger_than_the_drawer_names_both_figures(office: Till, sold: str) -> None:
    office.corner.do("cash_move", direction="out", amount=240_000, reason="setor")
    office.scan(sold)
    office.press(Qt.Key.Key_A)
    office.press(Qt.Key.Key_S)
    office.press(F12)
    office.press(F12)
    assert office.said == "Kas laci hanya Rp 13.000; perlu Rp 53.000. Pilih cara lain, atau isi kas dahulu."
    assert queries.recent(office.corner.db, "refund") == []
    assert opened(office).amount == 53_000


def test_a_tab_sale_goes_back_to_the_tab_and_the_tender_can_be_chosen(office: Till) -> None:
    number = office.corner.do(
        "sale",
        lines=[{"code": T1, "quantity": "2"}],
        tenders=[{"kind": "tab", "staff": "S1", "amount": 20_000}, {"kind": "cash", "amount": 12_000}],
    )["number"]
    office.scan(number)
    assert opened(office).tender == "cash"
    office.press(Qt.Key.Key_B)
    office.press(Qt.Key.Key_Plus)
    office.press(Qt.Key.Key_K)
    office.press(F12)
    office.press(F12)
    assert (last_refund(office).tender, last_refund(office).staff) == ("tab", "S1")
    assert office.corner.state["tabs"]["S1"] == 4_000


def test_another_reason_is_written_down_and_kept_beside_the_journal(office: Till, sold: str) -> None:
    office.scan(sold)
    office.press(Qt.Key.Key_Plus)
    office.press(F12)
    assert office.said == "Pilih alasan dengan hurufnya."
    office.press(Qt.Key.Key_L)
    office.press(F12)
    assert office.said == "Tulis alasannya."
    office.type("baunya aneh")
    office.press(F12)
    office.press(F12)
    assert last_refund(office).reason == "other"
    assert last_refund(office).note is not None


def test_nothing_chosen_says_how_to_choose(office: Till, sold: str) -> None:
    office.scan(sold)
    office.press(F12)
    assert office.said == "Pilih yang kembali: + pada barisnya, Enter untuk seluruh baris."


def test_a_cashier_needs_the_managers_pin_and_a_scan_never_answers_it(till: Till) -> None:
    number = till.corner.sell(T1, "2")["number"]
    till.scan(number)
    till.press(Qt.Key.Key_Plus)
    till.press(Qt.Key.Key_J)
    till.press(F12)
    till.scan(T1)
    assert till.said == "Selesaikan atau batalkan dahulu, lalu pindai."
    till.type("000000")
    till.press(ENTER)
    assert queries.recent(till.corner.db, "refund") == []
    till.type(MANAGER_PIN)
    till.press(ENTER)
    refund = last_refund(till)
    assert refund.total == 16_000
    assert refund.approved_by is not None
    assert till.sell.selling


def test_escape_leaves_the_question_then_the_receipt_and_nothing_was_recorded(office: Till, sold: str) -> None:
    office.scan(sold)
    office.press(Qt.Key.Key_Plus)
    office.press(Qt.Key.Key_J)
    office.press(F12)
    office.press(Qt.Key.Key_Escape)
    assert opened(office).table.hasFocus()
    assert opened(office).amount == 16_000
    office.press(Qt.Key.Key_Escape)
    assert office.sell.selling
    assert office.window.focusWidget() is office.sell.field
    assert queries.recent(office.corner.db, "refund") == []


def test_row_13_a_refund_after_the_payout_makes_the_payable_negative(office: Till, sold: str) -> None:
    office.corner.do("settle", producer="P1", tender="cash")
    office.scan(sold)
    office.press(Qt.Key.Key_Plus)
    office.press(Qt.Key.Key_C)
    office.press(F12)
    office.press(F12)
    assert office.corner.payable("P1") == -14_400


def test_damaged_goods_that_come_back_are_to_be_written_off(office: Till, sold: str) -> None:
    before = office.corner.state["stock"]["T1"]
    office.scan(sold)
    office.press(Qt.Key.Key_Plus)
    office.press(Qt.Key.Key_C)
    office.press(F12)
    office.press(F12)
    assert "Barangnya kembali terhitung stok: sisihkan dari rak" in office.said
    office.press(ENTER, Qt.KeyboardModifier.ControlModifier)
    screen = office.window.current
    assert isinstance(screen, LossesScreen)
    (row,) = screen.model.rows
    assert (row.line.sku, row.line.quantity, row.line.reason, row.wrong) == ("T1", 1_000, "damaged", "")
    office.press(F12)
    office.press(F12)
    assert office.corner.state["stock"]["T1"] == before
    assert office.corner.verify()


def test_goods_that_come_back_for_another_reason_are_sold_again(office: Till, sold: str) -> None:
    office.scan(sold)
    office.press(Qt.Key.Key_Plus)
    office.press(Qt.Key.Key_J)
    office.press(F12)
    office.press(F12)
    assert "sisihkan" not in office.said


def test_expired_pieces_that_come_back_are_expired_stock(office: Till) -> None:
    corner = office.corner
    office.receive("K1", "4", "2026-10-02")
    number = str(corner.sell("K1", "2")["number"])
    corner.clock.pass_by(days=3)
    office.scan(number)
    office.press(Qt.Key.Key_Plus)
    office.press(Qt.Key.Key_J)
    office.press(F12)
    office.press(F12)
    assert "sisihkan dari rak" in office.said
    assert "K1" in [one.batch.sku for one in expiring.listed(corner.db, business_date(corner.clock()))]


# The whole receipt is undone -----------------------------------------------------------------------------------------


def test_row_11_voiding_after_payment_is_a_reversal_with_reason_and_pin_and_the_original_stays(till: Till) -> None:
    before = till.corner.state
    number = till.corner.sell(T1, "2", cash=32_000)["number"]
    till.press(F9)
    till.press(ENTER)
    till.press(F7)
    assert till.said == "Pilih alasan dengan hurufnya."
    till.press(Qt.Key.Key_S)
    till.press(F7)
    till.type(MANAGER_PIN)
    till.press(ENTER)
    reversal = last_reversal(till)
    assert (reversal.original_number, reversal.reason) == (number, "wrong_goods")
    assert reversal.approved_by is not None
    assert till.said == f"{number} dibatalkan dengan {reversal.number}: kembalikan Rp 32.000."
    assert queries.entry_by_number(till.corner.db, number) is not None
    after = till.corner.state
    assert (after["stock"], after["drawer"]) == (before["stock"], before["drawer"])
    till.scan(number)
    assert "sudah dibatalkan" in opened(till).facts.text()
    assert not opened(till).reverse_button.isEnabled()
    assert till.corner.verify() > 0


def test_a_partly_refunded_receipt_is_refunded_not_undone(office: Till, sold: str) -> None:
    office.corner.do("refund", of=sold, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    office.scan(sold)
    assert not opened(office).reverse_button.isEnabled()
    office.press(Qt.Key.Key_S)
    office.press(F7)
    assert queries.recent(office.corner.db, "reversal") == []


def test_a_wrong_tender_is_undone_and_its_cart_is_paid_anew_in_one_guided_act(
    office: Till, sold: str, qtbot: QtBot
) -> None:
    office.scan(sold)
    office.press(F5)
    office.press(F12)
    reversal = last_reversal(office)
    assert (reversal.original_number, reversal.reason) == (sold, "wrong_tender")
    assert quantities(office) == [("T1", 2000), ("K1", 2000), ("B1", 2000)]
    assert office.sell.side.payment is not None
    assert office.said == f"{sold} dibatalkan dengan {reversal.number}. Pilih cara bayar yang benar."
    payment = office.sell.side.payment
    office.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: payment.method == "qris")
    office.type("4817")
    office.press(ENTER)
    assert office.sell.side.is_paid
    state = office.corner.state
    assert (state["tenders"]["qris"], state["tenders"]["cash"], state["drawer"]) == (53_000, 0, 200_000)
    assert office.corner.verify() > 0


def test_the_cart_of_an_undone_sale_survives_a_power_cut(
    office: Till, sold: str, make_till: Callable[[Corner], Till], manager: User
) -> None:
    office.scan(sold)
    office.press(F5)
    office.press(F12)
    assert drafts.load(office.corner.db, "cart") is not None
    again = make_till(office.corner)
    again.log_in(manager)
    assert quantities(again) == [("T1", 2000), ("K1", 2000), ("B1", 2000)]


def test_a_discount_and_the_office_stay_with_the_cart_that_is_paid_anew(office: Till) -> None:
    number = office.corner.do(
        "sale",
        lines=[{"code": T1, "quantity": "1", "discount": 1_000, "borne_by": "producer"}],
        tenders=[{"kind": "cash", "amount": 15_000}],
        buyer={"kind": "office", "unit": "Bagian Umum"},
    )["number"]
    office.scan(number)
    office.press(F5)
    office.press(F12)
    line = office.sell.presenter.cart.lines[0]
    assert (line.discount, line.borne_by) == (1_000, "producer")
    on_hand = queries.product(office.corner.db, line.product.sku)
    assert on_hand is not None
    assert line.product.on_hand == on_hand.on_hand  # the pieces that came back are counted
    assert office.sell.presenter.buyer.unit == "Bagian Umum"


def test_goods_that_have_expired_since_are_paid_anew_by_who_was_allowed_to_undo_them(till: Till, qtbot: QtBot) -> None:
    """The buyer has them: were they refused now, the money would be given back and the producer unpaid."""
    till.receive("T1", "1", till.corner.clock.now.date().isoformat())
    number = till.corner.sell(T1, "21", cash=336_000)["number"]
    till.corner.do("close_shift", counted=till.corner.state["drawer"])
    till.corner.clock.pass_by(days=1)
    till.corner.do("open_shift", float=400_000)
    till.scan(number)
    till.press(F5)
    till.type(MANAGER_PIN)
    till.press(ENTER)
    payment = till.sell.side.payment
    assert payment is not None, till.said
    till.press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: payment.method == "qris")
    till.type("4817")
    till.press(ENTER)
    assert till.sell.side.is_paid, till.said
    assert till.corner.payable("P1") == 302_400
    assert till.corner.verify() > 0


def test_a_cart_in_hand_is_held_before_a_receipt_is_paid_anew(office: Till, sold: str) -> None:
    office.scan(T1)
    office.scan(sold)
    office.press(F5)
    assert office.said == "Simpan atau selesaikan keranjang ini dahulu, lalu bayar ulang notanya."
    assert queries.recent(office.corner.db, "reversal") == []


# Printed again -------------------------------------------------------------------------------------------------------


def test_row_21_a_receipt_printed_again_says_salinan(office: Till, sold: str) -> None:
    entry = queries.entry_by_number(office.corner.db, sold)
    assert entry is not None
    for job in print_queue.jobs_of(office.corner.db, entry.id):
        office.corner.db.execute("UPDATE print_jobs SET state = 'done' WHERE id = ?", (job.id,))
    office.scan(sold)
    office.press(F9)
    assert [job.copy_mark for job in print_queue.jobs_of(office.corner.db, entry.id)] == [False, True]
    office.press(Qt.Key.Key_Escape)
    office.press(F9)
    office.type("000001")
    office.press(F9)
    assert len(print_queue.jobs_of(office.corner.db, entry.id)) == 2


def test_the_list_tells_what_became_of_a_receipt(office: Till, sold: str) -> None:
    office.corner.do("refund", of=sold, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    second = office.corner.sell(K1)["number"]
    office.corner.do("reverse", of=second, reason="salah")
    office.press(F9)
    model = office.sell.side.panels.receipts.table.model()
    words = [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(2)]
    assert "dibatalkan" in words[0]
    assert "sebagian dikembalikan" in words[1]


def test_f6_in_the_list_opens_the_newest_receipt(office: Till, sold: str) -> None:
    office.press(F9)
    office.press(F6)
    assert opened(office).title.text() == sold


# A receipt of the other till -----------------------------------------------------------------------------------------


def test_row_26_a_receipt_of_the_other_till_is_refunded_by_its_paper_and_a_managers_word(till: Till) -> None:
    till.scan("ST-MTR001B-000005")
    side = till.sell.side.panels.elsewhere
    assert till.sell.right_stack.currentWidget() is side
    assert "tidak diketahui di sini" in side.panel._warning.text()
    till.scan(T1)
    till.scan(B1)
    till.scan(B1)
    side.panel.table.model().setData(side.panel.table.model().index(0, 2), "15.000")
    assert side.panel.amount == 21_000
    till.press(F12)
    assert till.said == "Pilih alasan dengan hurufnya."
    till.press(Qt.Key.Key_S)
    till.press(F12)
    till.scan(T1)
    assert till.said == "Selesaikan atau batalkan dahulu, lalu pindai."
    till.type(MANAGER_PIN)
    till.press(ENTER)
    refund = last_refund(till)
    assert (refund.sale_number, refund.elsewhere, refund.total) == ("ST-MTR001B-000005", True, 21_000)
    assert [(line.sku, line.quantity, line.total, line.share) for line in refund.lines] == [
        ("T1", 1000, 15_000, 14_400),
        ("B1", 2000, 6_000, 0),
    ]
    assert refund.approved_by is not None
    state = till.corner.state
    assert (state["drawer"], state["stock"]["T1"], state["stock"]["B1"]) == (179_000, "21", "12")
    assert till.corner.payable("P1") == -14_400
    assert till.corner.verify() > 0
    till.scan("ST-MTR001B-000005")
    assert side.panel._warning.text().endswith("Sudah dikembalikan di sini: Rp 21.000.")


def test_a_receipt_that_was_lost_with_a_disk_is_refunded_by_its_paper(office: Till) -> None:
    office.scan("ST-MTR001A-000777")
    office.press(ENTER, Qt.KeyboardModifier.ControlModifier)
    panel = office.sell.side.panels.elsewhere.panel
    office.type("keripik")
    office.press(ENTER)
    office.press(Qt.Key.Key_C)
    office.press(F12)
    office.press(F12)
    assert (last_refund(office).sale_number, last_refund(office).elsewhere) == ("ST-MTR001A-000777", True)
    assert office.corner.verify() > 0
    assert not panel.isVisible()


def test_more_than_the_drawer_is_refused_for_the_other_tills_receipt_too(office: Till) -> None:
    office.corner.do("cash_move", direction="out", amount=190_000, reason="setor")
    office.scan("ST-MTR001B-000005")
    office.scan(T1)
    office.press(Qt.Key.Key_S)
    office.press(F12)
    office.press(F12)
    assert office.said.startswith("Kas laci hanya Rp 10.000; perlu Rp 16.000.")
    assert queries.recent(office.corner.db, "refund") == []
