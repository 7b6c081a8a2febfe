"""Goods near expiry at the window: found each morning, sold cheaper batch by batch, returned, written off, listed."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.printing import virtual
from pos_app.services import expiring, tasks
from pos_app.services.context import User
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.ui.screens.expiring.screen import ExpiringScreen
from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from pos_app.ui.screens.losses.screen import LossesScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1


@pytest.fixture
def near(open_corner: Corner) -> Corner:
    """Batches that expired, expire today and soon, of goods that have fresh ones as well."""
    open_corner.receive("T1", "3", "2026-09-30")
    open_corner.receive("K1", "4", "2026-10-01")
    open_corner.receive("T1", "5", "2026-10-04")
    open_corner.receive("B1", "6", "2026-10-20")
    return open_corner


@pytest.fixture
def at(near: Corner, make_till: Callable[[Corner], Till], cashier: User, manager: User) -> Till:
    """A manager at the list."""
    made = make_till(near)
    made.log_in(manager)
    made.window.go("expiring")
    made.rest()
    return made


def screen_of(till: Till) -> ExpiringScreen:
    screen = till.window.current
    assert isinstance(screen, ExpiringScreen)
    return screen


def listed(screen: ExpiringScreen) -> list[tuple[str, str]]:
    return [(row.batch.sku, row.state) for row in screen.model.rows]


def test_batches_are_listed_the_first_to_expire_first(at: Till) -> None:
    screen = screen_of(at)
    assert listed(screen) == [("T1", "expired"), ("K1", "today"), ("T1", "soon"), ("B1", "soon")]
    assert [screen.model.cell(row, 3).text for row in range(4)] == ["43.200", "26.250", "72.000", "12.000"]
    assert screen.model.cell(0, 2).sub == "lewat 1 hari"
    assert screen.chips.button("soon").text() == "Segera 2"
    at.window.go("expiring", "expired")
    at.rest()
    assert listed(screen) == [("T1", "expired")]


def test_where_no_step_fits_above_what_the_producer_gets_no_price_is_proposed(
    near: Corner, make_till: Callable[[Corner], Till], manager: User
) -> None:
    with near.ledger.write() as tx:
        tx.db.execute("UPDATE products SET sell_price = 3000, consign_price = 2700 WHERE sku = 'T1'")
    till = make_till(near)
    till.log_in(manager)
    till.window.go("expiring", "soon")
    till.rest()
    card = screen_of(till).price_card
    assert card.price_field.text() == ""
    assert "Tidak ada kelipatan Rp 500 antara Rp 3.000 dan hak produsen" in card.effect.text()
    card.bearer_choice.choose("producer")
    card.bearer_choice.chosen.emit("producer")
    assert card.price_field.value() == 2_000


def test_a_batch_is_sold_cheaper_by_keyboard_and_the_till_takes_it_off(at: Till) -> None:
    screen = screen_of(at)
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_Down)
    assert screen.name_text.text() == "Keripik Pisang 200 g"
    at.press(Qt.Key.Key_F4)
    assert screen.price_card.price_field.value() == 14_500  # a quarter less would be below what the producer gets
    at.type("15000")
    assert screen.price_card.effect.text() == "Dari tiap satuan, produsen menerima Rp 14.400, pojok Rp 600."
    at.press(Qt.Key.Key_Return)
    at.press(Qt.Key.Key_F12)
    assert at.said == "Keripik Pisang 200 g: kiriman ini dijual Rp 15.000 di kasir, dipotong sendiri."
    assert screen.model.cell(2, 0).sub.startswith("kini Rp 15.000")
    (task,) = tasks.open_tasks(at.corner.db)
    assert (task.kind, task.price, task.borne_by, task.due_on) == ("price_down", 15_000, "corner", "2026-10-04")


def test_the_cart_takes_off_what_the_batch_costs_less_and_no_pin_is_asked(at: Till, cashier: User) -> None:
    test_a_batch_is_sold_cheaper_by_keyboard_and_the_till_takes_it_off(at)
    at.log_in(cashier)
    at.window.go("sell")
    for _scan in range(6):
        at.scan(T1)
    assert at.said == "Keripik Pisang 200 g — ditambahkan 1 × 16.000; kiriman diskon, potongan Rp 5.000"
    lines = [(line.quantity, line.discount, line.marked) for line in at.sell.presenter.cart.lines]
    assert lines == [(5_000, 5_000, True), (1_000, 0, False)]  # five pieces are in the batch
    assert at.sell.presenter.cart.selected == 1
    at.press(Qt.Key.Key_F12)
    at.press(Qt.Key.Key_Return)
    assert at.corner.state["gross"] == 6 * 16_000 - 5_000
    assert at.corner.payable("P1") == 6 * 14_400
    assert tasks.open_tasks(at.corner.db) == []  # the batch is gone
    assert at.corner.verify()


def test_what_the_producer_agreed_to_bear_is_off_its_share(at: Till) -> None:
    screen = screen_of(at)
    at.press(Qt.Key.Key_Down)
    screen.price_card.bearer_choice.choose("producer")
    screen.price_card.bearer_choice.chosen.emit("producer")
    assert screen.price_card.price_field.value() == 5_500
    screen.set_price()
    at.press(Qt.Key.Key_F12)
    before = at.corner.payable("P2")
    at.window.go("sell")
    at.scan("2000000000022")
    (line,) = at.sell.presenter.cart.lines
    assert (line.discount, line.borne_by) == (2_000, "producer")
    at.press(Qt.Key.Key_F12)
    at.press(Qt.Key.Key_Return)
    assert at.corner.payable("P2") - before == 5_500 - 688


def test_a_price_that_is_not_lower_is_refused_with_the_figure(at: Till) -> None:
    screen = screen_of(at)
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_F4)
    at.type("7500")
    at.press(Qt.Key.Key_Return)
    assert at.said == "Harga harus di bawah Rp 7.500."
    assert not screen.gate.asking


def test_a_cashier_asks_for_a_managers_pin(at: Till, cashier: User) -> None:
    at.log_in(cashier)
    at.window.go("expiring")
    at.rest()
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_F4)
    at.press(Qt.Key.Key_Return)
    assert tasks.open_tasks(at.corner.db) == []
    at.type(MANAGER_PIN)
    at.press(Qt.Key.Key_Return)
    assert [task.price for task in tasks.open_tasks(at.corner.db)] == [7_000]


def test_the_full_price_comes_back(at: Till) -> None:
    test_a_batch_is_sold_cheaper_by_keyboard_and_the_till_takes_it_off(at)
    screen = screen_of(at)
    assert screen.price_card.full_button.isVisible()
    screen.price_card.full_button.click()
    assert at.said == "Keripik Pisang 200 g kembali ke harga penuh."
    assert tasks.open_tasks(at.corner.db) == []


def test_f6_notes_that_a_batch_goes_back_and_takes_it_back(at: Till) -> None:
    screen = screen_of(at)
    at.press(Qt.Key.Key_F6)
    assert at.said == "Keripik Pisang 200 g akan dikembalikan ke Dapur Satu; Barang Masuk mengingatkan saat retur."
    assert [task.kind for task in tasks.open_tasks(at.corner.db)] == ["return"]
    at.window.go("expiring", "tasks")
    at.rest()
    assert listed(screen) == [("T1", "expired")]
    at.press(Qt.Key.Key_F6)
    assert tasks.open_tasks(at.corner.db) == []


def test_f7_brings_the_whole_batch_to_the_write_off(at: Till) -> None:
    at.press(Qt.Key.Key_F7)
    screen = at.window.current
    assert isinstance(screen, LossesScreen)
    (line,) = screen.presenter.lines
    assert (line.sku, line.quantity, line.reason, line.batch) == ("T1", 3_000, "expired", "NT-MTR001A-000005.0")


def test_a_scan_finds_the_batch_and_says_when_there_is_none(at: Till) -> None:
    screen = screen_of(at)
    at.scan("2000000000039")
    assert screen.name_text.text() == "Mi Kering 400 g"
    at.scan("2000000000046")
    assert at.said == "Telur Ayam: tidak ada yang mendekati kedaluwarsa."


def test_f12_prints_the_list_to_carry_to_the_shelf(at: Till, qtbot: QtBot) -> None:
    save_printer_settings(at.corner.ledger, PrinterSettings(device="virtual"))
    at.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: at.said == "Daftar dicetak.")
    assert len(virtual.papers(virtual.folder_beside(at.corner.ledger.path))) == 1


def test_the_days_are_a_setting_of_the_till(at: Till) -> None:
    screen = screen_of(at)
    screen.days_card.dry_field.setText("2")
    screen.days_card.button.click()
    assert expiring.days_before(at.corner.db) == (3, 2)
    assert listed(screen) == [("T1", "expired"), ("K1", "today")]


def test_goods_in_reminds_of_what_is_to_go_back_until_it_has(at: Till) -> None:
    at.press(Qt.Key.Key_F6)
    at.window.go("goods_in")
    screen = at.window.current
    assert isinstance(screen, GoodsInScreen)

    def told() -> list[tuple[str, str]]:
        return [(row.label, row.amount) for row in screen.side.checks.rows]

    at.scan(T1)
    assert told()[0] == ("1 kiriman akan diretur (F6)", "")
    screen.presenter.lines.remove(0)
    screen.presenter.set_mode("return")
    assert [(one.text, one.figure) for one in screen.presenter.checks()] == [
        ("Akan diretur: Keripik Pisang 200 g", "3")
    ]
    for _piece in range(3):
        at.scan(T1)
    assert told()[0] == ("Semua yang akan diretur sudah tercatat", "")
    screen.presenter.lines.set_reason(0, "expired")
    at.press(Qt.Key.Key_F12)
    assert at.said.startswith("NR-MTR001A-"), at.said
    assert tasks.open_tasks(at.corner.db) == []


def test_goods_that_are_asked_for_by_name_are_looked_at_once_they_are_read(at: Till) -> None:
    at.window.go("stock")
    at.window.go("expiring", "B1")
    at.rest()
    screen = screen_of(at)
    assert (screen.presenter.key[0], screen.name_text.text()) == ("B1", "Mi Kering 400 g")
    at.press(Qt.Key.Key_F5)
    at.rest()
    assert screen.presenter.key[0] == "B1"


def test_a_price_that_is_being_typed_is_left_alone_by_what_is_read(at: Till) -> None:
    screen = screen_of(at)
    at.press(Qt.Key.Key_Down)
    at.press(Qt.Key.Key_F4)
    at.type("6500")
    at.press(Qt.Key.Key_F5)
    at.rest()
    assert screen.price_card.price_field.value() == 6_500
