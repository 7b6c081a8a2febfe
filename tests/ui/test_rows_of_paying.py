"""Rows 6 to 9 of a day at the counter, and their messages word for word, at the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pos_app.ledger import queries, registry
from pos_app.services import matching
from pos_app.services.context import User
from pos_app.services.papers import document_paper
from pos_app.services.shifts import close_shift
from pos_app.ui import settings_keys
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_paying import QRIS
from tests.ui.test_selling import K1, T1, last_sale


@pytest.fixture(autouse=True)
def codes(till: Till) -> None:
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, QRIS)
        registry.set_setting(tx.db, settings_keys.QRIS_DYNAMIC, "1")
        registry.set_setting(tx.db, settings_keys.TRANSFER_ACCOUNT, "Bank Contoh 123")


def test_row_6_cash_qris_transfer_and_a_tab_sum_exactly_and_change_comes_from_cash_only(till: Till) -> None:
    for code in (T1, T1, K1):
        till.scan(code)
    till.press(Qt.Key.Key_F12)
    till.type("s10000q4817")
    till.press(Qt.Key.Key_Return)
    till.type("9000b")
    till.type("pegawai satu")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    till.type("7500r4321")
    till.press(Qt.Key.Key_Return)
    till.type("t50000")
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert [(tender.kind, tender.amount) for tender in sale.tenders] == [
        ("qris", 10_000),
        ("tab", 9_000),
        ("transfer", 7_500),
        ("cash", 13_000),
    ]
    assert sum(tender.amount for tender in sale.tenders) == sale.total == 39_500
    assert (sale.received, sale.change) == (50_000, 37_000)
    assert queries.balance(till.corner.db, "bank") == 7_500
    till.corner.verify()


def test_row_7_cash_rounds_in_a_line_of_its_own_and_drawer_and_z_agree(till: Till, manager: User) -> None:
    acting, till.corner.counter.user = till.corner.counter.user, manager
    till.corner.do("set_price", sku="T1", sell_price=12_340, consign_price=10_000)
    till.corner.counter.user = acting
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    panel = till.sell.side.panels.pay
    assert panel.cash.rounding.text() == "-Rp 40"
    assert panel.cash.field.placeholderText() == "12.300"
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert (sale.total, sale.rounding, sale.received) == (12_340, -40, 12_300)
    drawer = till.corner.state["drawer"]
    till.corner.counter.user = manager
    closed = close_shift(till.corner.counter, drawer)
    assert till.corner.state["shifts"][0]["difference"] == 0
    z = str(document_paper(till.corner.ledger, till.corner.counter.vault, closed.id).blocks)
    assert "12.300" in z
    assert "-40" in z


def test_row_7_what_qris_pays_is_never_rounded(till: Till, manager: User) -> None:
    acting, till.corner.counter.user = till.corner.counter.user, manager
    till.corner.do("set_price", sku="T1", sell_price=12_340, consign_price=10_000)
    till.corner.counter.user = acting
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("q")
    assert "5405123405802ID" in till.sell.side.panels.pay.qris.shown.payload
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert (sale.total, sale.rounding, sale.tenders[0].amount) == (12_340, 0, 12_340)


def test_row_8_qris_without_internet_is_confirmed_by_the_reference_and_unmatched_on_the_z(
    till: Till, manager: User
) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("q4817")
    till.press(Qt.Key.Key_Return)
    number = last_sale(till).number
    assert matching.unmatched_total(till.corner.db) == 16_000
    till.corner.counter.user = manager
    closed = close_shift(till.corner.counter, till.corner.state["drawer"])
    matched = matching.unmatched(till.corner.db)[0]
    matching.match(till.corner.counter, matched.seqs, 15_888)
    z = str(document_paper(till.corner.ledger, till.corner.counter.vault, closed.id).blocks).casefold()
    assert "belum dicocokkan" in z
    assert number.casefold() in z
    assert "4817" in z


def test_row_9_a_tab_over_its_limit_is_refused_until_a_manager_allows_that_much(till: Till) -> None:
    till.type("7*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("5000")
    till.press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    till.type("pegawai satu")
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert till.said == "Bon Pegawai Satu lewat batas Rp 7.000. Bayar kelebihannya, atau PIN pengelola."
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_Escape)
    assert till.sell.side.payment is not None
    assert till.sell.side.payment.parts == []
    till.type("b")
    till.type("pegawai satu")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    assert "lewat batas Rp 12.000" in till.said, "a smaller excess that was asked about before allows nothing"
    assert till.corner.state["sales"] == 0
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).approved_by is not None
    actions = [row[0] for row in till.corner.db.execute("SELECT action FROM activity ORDER BY rowid")]
    assert "approved:tab_over_limit" in actions


def test_row_9_paying_the_excess_another_way_needs_nobody(till: Till) -> None:
    till.type("7*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("12000")
    till.press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    till.type("pegawai satu")
    till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)
    sale = last_sale(till)
    assert [(tender.kind, tender.amount) for tender in sale.tenders] == [("tab", 100_000), ("cash", 12_000)]
    assert sale.approved_by is None


def test_the_number_pad_pays_without_a_key(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    pad = till.sell.side.panels.pay.cash.pad
    for key in ("2", "0", "000"):
        pad.pressed.emit(key)
    assert till.sell.side.panels.pay.cash.change.text() == "Rp 4.000"
    pad.pressed.emit("back")
    assert till.sell.side.panels.pay.cash.field.value() == 2_000
    assert till.sell.side.panels.pay.cash.change_words.text() == "Kurang"


def test_no_name_of_the_five_methods_is_cut_off_and_each_shows_its_key(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    for button in till.sell.side.panels.pay.methods.values():
        assert button.width() >= button.sizeHint().width(), button.text()
