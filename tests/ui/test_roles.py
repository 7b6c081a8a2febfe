"""Who may do what: every cell of the table of roles at the real window.

What a cashier may, asks for no PIN. What only a manager may, asks a cashier for a manager's PIN: a wrong one does
nothing, a right one does it once, the next time it is asked again. (The deduction list: ``test_staff_tabs``.)
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos_app.ledger import queries, registry
from pos_app.services import people
from pos_app.ui.screens.sell import paid_panel
from pos_app.ui.screens.settings.export_card import ExportCard
from pos_app.ui.widgets.fields import PinField
from sync.documents.identifiers import in_store_ean13
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1

CONTROL = Qt.KeyboardModifier.ControlModifier


def pin_asked(till: Till) -> bool:
    focused = till.window.focusWidget()
    return isinstance(focused, PinField) and focused.isVisible()


def show(till: Till, name: str) -> None:
    till.window.go(name)
    QApplication.processEvents()


def count(corner: Corner, sql: str) -> int:
    return int(corner.db.execute(sql).fetchone()[0])


def documents(kind: str) -> Callable[[Corner], int]:
    return lambda corner: len(queries.recent(corner.db, kind))


# What a manager's PIN allows: how a cashier gets to the question, and what grows by one when it is done ------------


def give_a_discount(till: Till) -> None:
    show(till, "sell")
    till.scan(T1)
    till.press(Qt.Key.Key_F5)
    till.type("10%")
    panel = till.sell.side.panels.discount
    panel.choose_reason("damaged")
    panel.pin.setFocus()


def refund_a_line(till: Till) -> None:
    show(till, "sell")
    till.press(Qt.Key.Key_F9)
    till.press(Qt.Key.Key_F6)
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Plus)
    till.press(Qt.Key.Key_C)
    till.press(Qt.Key.Key_F12)


def buy_over_the_limit(till: Till) -> None:
    show(till, "sell")
    till.type("7*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.type("pegawai satu")
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)


def receive_goods(till: Till) -> None:
    show(till, "goods_in")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)


def set_a_price(till: Till) -> None:
    show(till, "stock")
    till.scan(T1)
    screen = till.window.current
    screen.sell_field.set_value(16_500)  # type: ignore[union-attr]
    screen.price_button.click()  # type: ignore[union-attr]


def register_goods(till: Till) -> None:
    show(till, "products")
    till.press(Qt.Key.Key_F3)
    form = till.window.current.form.fields  # type: ignore[union-attr]
    till.type("Kopi")
    form.producer.setText("Dua")
    form.consign.set_value(9_000)
    form.price.set_value(10_000)
    till.press(Qt.Key.Key_F12)


def correct_goods(till: Till) -> None:
    show(till, "products")
    till.press(Qt.Key.Key_F12)
    till.window.current.form.fields.shelf.setText("Rak 1")  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F12)


def add_a_barcode(till: Till) -> None:
    show(till, "products")
    screen = till.window.current
    screen.tabs.choose(2)  # type: ignore[union-attr]
    screen.codes.field.setText(in_store_ean13(count(till.corner, "SELECT count(*) FROM barcodes")))  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F12)


def export_the_staff(till: Till) -> None:
    show(till, "settings")
    export = till.window.current.findChild(ExportCard).export  # type: ignore[union-attr]
    export.kind_choice.choose("staff")
    export.kind_choice.chosen.emit("staff")
    export.box.button.click()


def count_the_stock(till: Till) -> None:
    show(till, "stock")
    till.scan(T1)
    till.press(Qt.Key.Key_F4)
    till.type("18")
    till.press(Qt.Key.Key_F12)


def write_off_goods(till: Till) -> None:
    show(till, "losses")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)


def expiring_twice(corner: Corner) -> None:
    acting = corner.counter.user
    corner.counter.user = next(user for user in people.users(corner.counter) if user.is_manager)
    for _time in range(2):
        corner.receive("T1", "2", "2026-10-02")
    corner.counter.user = acting


def sell_a_batch_cheaper(till: Till) -> None:
    show(till, "expiring")
    till.rest()
    screen = till.window.current
    marked = [row.price_down is not None for row in screen.model.rows]  # type: ignore[union-attr]
    screen.table.select_row(marked.index(False))  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F4)
    till.press(Qt.Key.Key_Return)


def cheaper_batches(corner: Corner) -> int:
    return count(corner, "SELECT count(*) FROM tasks WHERE kind = 'price_down' AND ended_at IS NULL")


def correct_a_producer(till: Till) -> None:
    show(till, "sell")
    show(till, "producer_data")
    till.press(Qt.Key.Key_F12)


def pay_a_producer(till: Till) -> None:
    show(till, "producers")
    screen = till.window.current
    screen.chips.button("all").click()  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F12)


def limit(corner: Corner) -> int:
    """The limit of a tab in steps of 50,000."""
    return (registry.tab_limit(corner.db, "S1") or 0) // 50_000


def change_a_limit(till: Till) -> None:
    show(till, "staff")
    screen = till.window.current
    screen.chips.button("all").click()  # type: ignore[union-attr]
    screen.table.select_row([row.code for row in screen.model.rows].index("S1"))  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F7)
    screen.account.limit_field.set_value((limit(till.corner) + 1) * 50_000)  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F12)


def look_at_yesterday(till: Till) -> None:
    show(till, "reports")
    till.window.current.chips.button("yesterday").click()  # type: ignore[union-attr]


def read_the_log(till: Till) -> None:
    show(till, "sell")
    show(till, "activity")


def count_again(till: Till) -> None:
    show(till, "close_shift")
    if till.window.current.presenter.step == "count":  # type: ignore[union-attr]
        till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Escape)


def take_cash_out(till: Till) -> None:
    show(till, "close_shift")
    till.press(Qt.Key.Key_F7)
    till.type("1000")
    till.window.current.cash_page.reason_field.setText("es batu")  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F12)


def drop_to_the_safe(till: Till) -> None:
    show(till, "close_shift")
    till.press(Qt.Key.Key_F6)
    till.type("1000")
    till.press(Qt.Key.Key_F12)


def save_the_settings(till: Till) -> None:
    show(till, "settings")
    till.press(Qt.Key.Key_F12)


def approvals(action: str) -> Callable[[Corner], int]:
    return lambda corner: count(corner, f"SELECT count(*) FROM activity WHERE action = 'approved:{action}'")


def actions(action: str) -> Callable[[Corner], int]:
    return lambda corner: count(corner, f"SELECT count(*) FROM activity WHERE action = '{action}'")


@dataclass(frozen=True)
class Cell:
    """A thing for managers."""

    ask: Callable[[Till], None]
    done: Callable[[Corner], int]
    prepare: Callable[[Corner], object] = lambda _corner: None


def sold_twice(corner: Corner) -> None:
    for _time in range(2):
        corner.sell("T1", "2")


MANAGERS = {
    "sell: discount": Cell(give_a_discount, approvals("discount")),
    "sell: refund": Cell(refund_a_line, documents("refund"), sold_twice),
    "sell: tab over its limit": Cell(buy_over_the_limit, documents("sale")),
    "goods in: receive": Cell(receive_goods, documents("goods_received")),
    "stock: prices": Cell(set_a_price, documents("price_set")),
    "stock: adjustments": Cell(count_the_stock, documents("stock_count")),
    "losses: write off": Cell(write_off_goods, documents("write_off")),
    "expiring: lower price": Cell(sell_a_batch_cheaper, cheaper_batches, expiring_twice),
    "producers: data": Cell(correct_a_producer, approvals("producer_data")),
    "products: register": Cell(register_goods, lambda corner: count(corner, "SELECT count(*) FROM products")),
    "products: correct": Cell(correct_goods, actions("goods_changed")),
    "products: barcodes": Cell(add_a_barcode, lambda corner: count(corner, "SELECT count(*) FROM barcodes")),
    "settings: personal data as a file": Cell(export_the_staff, approvals("export_registry")),
    "producers: pay": Cell(pay_a_producer, documents("settlement"), sold_twice),
    "staff: limits": Cell(change_a_limit, limit),
    "reports: periods": Cell(look_at_yesterday, approvals("report")),
    "reports: log of events": Cell(read_the_log, approvals("log")),
    "closing: recount": Cell(count_again, approvals("recount")),
    "closing: cash in and out": Cell(take_cash_out, documents("cash_move")),
    "closing: drop to the safe": Cell(drop_to_the_safe, documents("cash_move")),
    "settings: save": Cell(save_the_settings, approvals("settings")),
}


@pytest.mark.parametrize("name", MANAGERS)
def test_a_cashier_needs_a_managers_pin_and_it_is_valid_once(
    till: Till, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)
    cell, corner = MANAGERS[name], till.corner
    acting = corner.counter.user
    cell.prepare(corner)
    before = cell.done(corner)
    cell.ask(till)
    assert pin_asked(till), "the PIN is asked for"
    till.type("000000")
    till.press(Qt.Key.Key_Return)
    assert pin_asked(till), "a wrong PIN is asked for again"
    assert cell.done(corner) == before, "a wrong PIN does nothing"
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert cell.done(corner) == before + 1, "the right PIN does it"
    assert corner.counter.user == acting, "the cashier stays who acts"
    if name == "producers: pay":
        corner.sell("T1", "1")
    if name.startswith("sell"):
        till.press(Qt.Key.Key_Escape)
        till.sell.side.new_sale()
    cell.ask(till)
    assert pin_asked(till), "the next time it is asked again"
    assert cell.done(corner) == before + 1
    assert corner.verify() > 0


# What a cashier may --------------------------------------------------------------------------------------------


def sell_for_cash(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)


def sell_on_a_tab(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.type("pegawai satu")
    QTest.keyClick(till.window.focusWidget(), Qt.Key.Key_Return)
    till.press(Qt.Key.Key_Return)


def repay_a_tab(till: Till) -> None:
    show(till, "staff")
    till.window.current.amount_field.set_value(5_000)  # type: ignore[union-attr]
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)


def close_blind(till: Till) -> None:
    show(till, "close_shift")
    till.type("2")
    for _step in range(3):
        till.press(Qt.Key.Key_F12)


def on_the_tab(corner: Corner) -> None:
    corner.do(
        "sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[{"kind": "tab", "amount": 16_000, "staff": "S1"}]
    )


CASHIERS = {
    "sell: cash": Cell(sell_for_cash, documents("sale")),
    "sell: tab": Cell(sell_on_a_tab, documents("sale")),
    "staff: repayment": Cell(repay_a_tab, documents("tab_payment"), on_the_tab),
    "closing: blind count": Cell(close_blind, documents("shift_closed")),
}


@pytest.mark.parametrize("name", CASHIERS)
def test_a_cashier_needs_no_pin_for_the_daily_work(till: Till, name: str) -> None:
    cell, corner = CASHIERS[name], till.corner
    cell.prepare(corner)
    before = cell.done(corner)
    cell.ask(till)
    assert not pin_asked(till)
    assert cell.done(corner) == before + 1


def test_a_cashier_holds_recalls_and_prints_the_last_receipt_again(till: Till) -> None:
    sell_for_cash(till)
    till.sell.side.new_sale()
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    assert not till.sell.presenter.cart.lines
    till.press(Qt.Key.Key_F7)
    till.press(Qt.Key.Key_Return)
    assert len(till.sell.presenter.cart.lines) == 1
    assert not pin_asked(till)


@pytest.mark.parametrize(
    "name", ["goods_in", "stock", "producers", "staff", "reports", "close_shift", "sync", "settings"]
)
def test_a_cashier_may_look_at_every_screen(till: Till, name: str) -> None:
    show(till, name)
    assert till.window.current is not None
    assert till.window.current.name == name
    assert not pin_asked(till)


def test_a_cashiers_delivery_stays_a_draft_without_the_pin(till: Till) -> None:
    receive_goods(till)
    till.press(Qt.Key.Key_Escape)
    show(till, "sell")
    show(till, "goods_in")
    assert len(till.window.current.model.rows) == 1  # type: ignore[union-attr]
    assert till.corner.state["stock"]["T1"] == "20"
