"""Prices, dates, labels and new goods in a delivery at the real window."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from pos_app.ledger import drafts, print_queue, queries, registry
from pos_app.services import labels
from pos_app.services.context import User
from pos_app.services.receiving import Delivered, receive
from pos_app.ui.screens.goods_in.draft import SLOT
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from pos_app.ui.screens.goods_in.table_model import CONSIGN, EDITED, EXPIRY, LABELS, QUANTITY, SELL
from sync.documents.goods import GoodsReceived
from sync.documents.money import PriceSet
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till

PISANG = "2000000000015"
LAPIS = "2000000000022"
CONTROL = Qt.KeyboardModifier.ControlModifier


def goods_in(till: Till) -> GoodsInScreen:
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    return screen


def registering(screen: GoodsInScreen) -> bool:
    return screen.registering


def recorded(corner: Corner, back: int = 0) -> object:
    entry = queries.entry_by_seq(corner.db, corner.ledger.head().seq - back)
    return entry.document if entry else None


def fill(screen: GoodsInScreen, column: int, text: str, row: int = 0) -> bool:
    return screen.model.setData(screen.model.index(row, column), text)


def spoiling(corner: Corner, days: int = 5) -> None:
    """Lapis and pisang keep for some days from now on."""
    with corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET shelf_life_days = ? WHERE sku IN ('T1', 'K1')", (days,))


def test_both_prices_are_typed_in_the_row_and_recorded_with_the_delivery(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    assert fill(screen, CONSIGN, "15.000")
    assert fill(screen, SELL, "Rp 17.000")
    assert screen.model.cell(0, SELL).sub == "sebelumnya 16.000"
    assert [(row.label, row.amount) for row in screen.side.checks.rows[-2:]] == [
        ("Harga berbeda dari kiriman lalu", ""),
        ("", "14.400 → 15.000"),
    ]
    till.press(Qt.Key.Key_F12)
    price, delivery = recorded(till.corner, 1), recorded(till.corner)
    assert isinstance(price, PriceSet)
    assert (price.sell_price, price.consign_price) == (17_000, 15_000)
    assert isinstance(delivery, GoodsReceived)
    assert delivery.lines[0].consign_price == 15_000
    till.window.go("sell")
    till.scan(PISANG)
    assert till.sell.total.amount.text() == "Rp 17.000"
    till.corner.verify()


def test_a_commission_is_typed_in_percent(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(LAPIS)
    screen = goods_in(till)
    assert screen.model.cell(0, CONSIGN).text == "12,5 %"
    assert not fill(screen, CONSIGN, "101")
    assert till.said == "101 bukan komisi. Ketik persen, misalnya 12,5."
    assert fill(screen, CONSIGN, "15 %")
    till.press(Qt.Key.Key_F12)
    price = recorded(till.corner, 1)
    assert isinstance(price, PriceSet)
    assert price.commission_bp == 1_500


def test_a_producer_never_gets_more_than_the_buyer_pays(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    before = till.corner.ledger.head()
    assert fill(screen, CONSIGN, "17000")
    assert "harga tidak masuk akal" in screen.side.checks.rows[1].label
    till.press(Qt.Key.Key_F12)
    assert "Rp 17.000 di atas harga jual Rp 16.000" in till.said
    assert till.corner.ledger.head() == before
    assert fill(screen, CONSIGN, "")
    assert screen.model.cell(0, CONSIGN).text == "14.400"
    assert not fill(screen, SELL, "16,5")
    assert till.said == "16,5 bukan harga. Ketik rupiah bulat, misalnya 15.000."


def test_a_manager_approves_prices_that_a_cashier_typed(office: Till, cashier: User) -> None:
    office.log_in(cashier)
    office.window.go("goods_in")
    office.scan(PISANG)
    screen = goods_in(office)
    fill(screen, SELL, "16500")
    office.press(Qt.Key.Key_F12)
    assert "Keripik Pisang 200 g: 16.000 → 16.500" in screen.gate.pin_panel._lines.text()
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    product = queries.product(office.corner.db, "T1")
    assert product is not None
    assert product.sell_price == 16_500


def test_another_date_is_a_line_of_its_own_and_takes_the_next_scans(bring: Callable[[str], Till], office: Till) -> None:
    spoiling(office.corner)
    till = bring("goods_in")
    till.scan(PISANG)
    till.scan(PISANG)
    screen = goods_in(till)
    assert screen.presenter.body.lines[0].expires_on == "2026-10-06"
    till.press(Qt.Key.Key_D, CONTROL)
    till.type("+9")
    till.press(Qt.Key.Key_Return)
    till.scan(PISANG)
    lines = screen.presenter.body.lines
    assert [(line.quantity, line.expires_on) for line in lines] == [(2_000, "2026-10-06"), (1_000, "2026-10-10")]
    screen.table.select_row(0)
    till.scan(PISANG)
    till.press(Qt.Key.Key_F12)
    delivery = recorded(till.corner)
    assert isinstance(delivery, GoodsReceived)
    assert [(line.quantity, line.expires_on) for line in delivery.lines] == [
        (3_000, "2026-10-06"),
        (1_000, "2026-10-10"),
    ]


def test_after_another_date_the_pieces_are_typed_next(bring: Callable[[str], Till], office: Till) -> None:
    spoiling(office.corner)
    till = bring("goods_in")
    till.scan(PISANG)
    till.press(Qt.Key.Key_D, CONTROL)
    till.type("+3")
    till.press(Qt.Key.Key_Return)
    till.type("5")
    till.press(Qt.Key.Key_Return)
    lines = goods_in(till).presenter.body.lines
    assert [(line.quantity, line.expires_on) for line in lines] == [(1_000, "2026-10-06"), (5_000, "2026-10-04")]


def test_quick_dates_and_the_shelf_life(bring: Callable[[str], Till], office: Till) -> None:
    spoiling(office.corner)
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    screen.table.select_row(0)
    screen.page.date_chips["+7"].click()
    assert screen.model.cell(0, EXPIRY).text == "08/10/2026"
    assert fill(screen, EXPIRY, "+")
    assert screen.model.cell(0, EXPIRY).text == "06/10/2026"


def test_goods_that_do_not_spoil_need_no_date_and_no_second_line(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    assert screen.page.dates.isHidden()
    till.press(Qt.Key.Key_D, CONTROL)
    assert len(screen.presenter.body.lines) == 1
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("NT-MTR001A-")


def test_the_last_delivery_again_by_quantities_alone(bring: Callable[[str], Till], office: Till) -> None:
    office.corner.counter.user = User("U1", "pengelola")
    receive(office.corner.counter, "P1", [Delivered("T1", 12_000), Delivered("W1", 2_500)])
    till = bring("goods_in")
    screen = goods_in(till)
    screen.presenter.choose_producer("P1")
    till.press(Qt.Key.Key_F7)
    till.type("15")
    till.press(Qt.Key.Key_Return)
    till.type("0")
    till.press(Qt.Key.Key_Return)
    assert screen.scan_field.hasFocus()
    assert [(line.sku, line.quantity) for line in screen.presenter.body.lines] == [("T1", 15_000), ("W1", 0)]
    assert screen.side.sums.rows[0].amount == "1"
    till.press(Qt.Key.Key_F12)
    delivery = recorded(till.corner)
    assert isinstance(delivery, GoodsReceived)
    assert [(line.sku, line.quantity) for line in delivery.lines] == [("T1", 15_000)]


def test_a_quantity_that_cannot_be_is_asked_for_again(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    screen.presenter.choose_producer("P2")
    till.press(Qt.Key.Key_F7)
    till.type("2,5")
    till.press(Qt.Key.Key_Return)
    assert "2,5 tidak dapat dipakai" in till.said
    till.type("8")
    till.press(Qt.Key.Key_Return)
    assert screen.presenter.body.lines[0].quantity == 8_000


def test_an_unknown_barcode_is_registered_there_and_becomes_a_line_of_what_was_scanned(
    bring: Callable[[str], Till],
) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    screen.scan_field.setText("12*")
    till.scan("8999999000011")
    assert "belum terdaftar" in till.said
    till.press(Qt.Key.Key_Return, CONTROL)
    assert registering(screen)
    assert screen.new_goods.panel is not None
    fields = screen.new_goods.panel.fields
    assert fields.barcode.text() == "8999999000011"
    assert fields.producer.text() == "Dapur Satu"
    till.type("Keripik Talas 150 g")
    fields.consign.set_value(9_000)
    fields.price.set_value(11_000)
    till.press(Qt.Key.Key_F12)
    assert not registering(screen), screen.new_goods.panel.missing()
    line = screen.presenter.body.lines[1]
    assert line.quantity == 12_000
    product = queries.product(till.corner.db, line.sku)
    assert product is not None
    assert (product.name, product.producer) == ("Keripik Talas 150 g", "P1")
    till.press(Qt.Key.Key_F12)
    delivery = recorded(till.corner)
    assert isinstance(delivery, GoodsReceived)
    assert [one.name for one in delivery.lines] == ["Keripik Pisang 200 g", "Keripik Talas 150 g"]


def test_esc_leaves_the_form_for_new_goods_and_the_draft_stays(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    till.press(Qt.Key.Key_F3)
    screen = goods_in(till)
    assert registering(screen)
    till.press(Qt.Key.Key_Escape)
    assert not registering(screen)
    assert len(screen.presenter.body.lines) == 1
    assert screen.scan_field.hasFocus()


def test_labels_are_counted_a_line_and_a_code_of_the_pack_needs_none(
    bring: Callable[[str], Till], office: Till
) -> None:
    with office.corner.ledger.write() as tx:
        tx.db.execute("DELETE FROM barcodes WHERE sku = 'W1'")
        registry.add_barcode(tx.db, "W1", "8999999000028")
    till = bring("goods_in")
    screen = goods_in(till)
    screen.scan_field.setText("24*")
    till.scan(PISANG)
    till.scan("8999999000028")
    assert [screen.model.cell(row, LABELS).text for row in range(2)] == ["24", "0"]
    assert screen.side.label_tick.text() == "Cetak label barcode (24)"
    assert fill(screen, LABELS, "5")
    assert not fill(screen, LABELS, "banyak")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return, CONTROL)
    assert [(line.sku, line.count) for line in labels.wish(till.corner.db).lines] == [("T1", 5)]


def test_labels_come_out_at_once_where_their_printer_is_set(
    bring: Callable[[str], Till], office: Till, qtbot: QtBot, tmp_path: object
) -> None:
    with office.corner.ledger.write() as tx:
        registry.set_setting(tx.db, labels.FOLDER, str(tmp_path))
    till = bring("goods_in")
    till.scan(PISANG)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "1 label di " in till.said)
    assert till.said.startswith("NT-MTR001A-")
    assert labels.wish(till.corner.db).lines == []


def test_what_is_not_ticked_is_not_printed_and_stays_so(bring: Callable[[str], Till], office: Till) -> None:
    office.corner.counter.prints = True
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    screen.side.note_tick.click()
    screen.side.label_tick.click()
    waiting = len(print_queue.waiting(till.corner.db))
    till.press(Qt.Key.Key_F12)
    assert till.said.endswith("tercatat.")
    assert screen.strip.message is not None
    assert not screen.strip.message.action
    assert len(print_queue.waiting(till.corner.db)) == waiting
    till.scan(PISANG)
    assert not screen.side.note_tick.isChecked()


def test_prices_and_dates_survive_a_power_cut(bring: Callable[[str], Till], office: Till) -> None:
    spoiling(office.corner)
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    fill(screen, SELL, "17000")
    fill(screen, EXPIRY, "28/02/2027")
    line = GoodsInPresenter(till.corner.counter).body.lines[0]
    assert (line.sell_price, line.expires_on) == (17_000, "2027-02-28")


def test_goods_of_the_draft_that_vanished_are_told(bring: Callable[[str], Till], office: Till) -> None:
    body = '{"producer":"P1","lines":[{"sku":"T1","quantity":1000},{"sku":"GONE","quantity":2000}]}'
    drafts.save(office.corner.db, SLOT, "2026-10-01T08:00:00+07:00", body)
    till = bring("goods_in")
    assert "GONE" in till.said
    assert [row[1].product.sku for row in goods_in(till).model.rows] == ["T1"]
    assert goods_in(till).presenter.vanished() is None, "it is told once"


def test_a_scan_chooses_the_producer_with_a_multiplier_before_it(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    screen.scan_field.setFocus()
    till.type("12*")
    till.scan(LAPIS)
    assert screen.presenter.producer == "P2"
    assert screen.presenter.body.lines[0].quantity == 12_000


@pytest.mark.parametrize("column", [QUANTITY, CONSIGN, SELL, EXPIRY, LABELS])
def test_a_cell_left_as_it_was_changes_nothing(bring: Callable[[str], Till], column: int) -> None:
    till = bring("goods_in")
    till.scan(LAPIS)
    screen = goods_in(till)
    before = screen.presenter.body.lines[0]
    assert fill(screen, column, screen.model.cell(0, column).text)
    assert screen.presenter.body.lines[0] == before


def test_a_barcode_of_two_producers_asks_whose_goods_came_and_takes_them(
    bring: Callable[[str], Till], office: Till
) -> None:
    with office.corner.ledger.write() as tx:
        registry.add_barcode(tx.db, "B1", PISANG)
    till = bring("goods_in")
    screen = goods_in(till)
    screen.scan_field.setText("6*")
    till.scan(PISANG)
    assert "Beberapa produsen" in till.said
    assert screen.producer_finder.is_open
    till.press(Qt.Key.Key_Return)
    assert [(line.sku, line.quantity) for line in screen.presenter.body.lines] == [("B1", 6_000)]
    till.scan(PISANG)
    assert screen.presenter.body.lines[0].quantity == 7_000


def test_a_certificate_that_lapsed_is_told_in_the_row_and_the_check(bring: Callable[[str], Till], office: Till) -> None:
    with office.corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET needs_halal = 1 WHERE sku = 'T1'")
        tx.db.execute("UPDATE producers SET halal_no = 'ID18110000123456', halal_expires = '2026-09-30'")
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    assert screen.model.cell(0, 1).sub.startswith("Halal sudah berakhir")
    assert "1 tanpa halal" in [row.label for row in screen.side.checks.rows]
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("NT-MTR001A-"), "it warns and does not block"


def test_at_the_largest_text_every_cell_can_still_be_typed(
    make_till: Callable[..., Till], open_corner: Corner, manager: User
) -> None:
    """Two pairs of columns take turns: F4 turns to the pair of the next cell, a button does so, too."""
    till = make_till(open_corner, scale=200, size=(1366, 697))
    till.log_in(manager)
    till.window.go("goods_in")
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    till.scan(PISANG)
    table = screen.table

    def shown() -> list[int]:
        return [column for column in EDITED if not table.isColumnHidden(column)]

    assert shown() == [QUANTITY, EXPIRY, SELL]
    for text in ("12", "", "17000", "15000", "5"):
        till.press(Qt.Key.Key_F4)
        editor = table.viewport().findChild(QLineEdit)
        assert editor is not None
        assert table.viewport().rect().contains(editor.geometry())
        if text:
            editor.setText(text)
    assert shown() == [QUANTITY, CONSIGN, LABELS]
    till.press(Qt.Key.Key_Return)
    line = screen.presenter.body.lines[0]
    assert (line.quantity, line.sell_price, line.consign_price, line.labels) == (12_000, 17_000, 15_000, 5)
    assert screen.page.turn_button.isVisible()
    screen.page.turn_button.click()
    assert shown() == [QUANTITY, EXPIRY, SELL]
    till.press(Qt.Key.Key_F6)
    assert not screen.page.turn_button.isVisible()
    till.theme.set_scale(100)
    till.press(Qt.Key.Key_F6)
    assert sorted(shown()) == sorted(EDITED)
    assert not screen.page.turn_button.isVisible()
