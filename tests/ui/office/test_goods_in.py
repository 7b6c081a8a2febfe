"""Taking deliveries and giving goods back at the real window."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from pos_app.ledger import drafts, print_queue, queries
from pos_app.services.context import User
from pos_app.ui.screens.goods_in.draft import SLOT
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from pos_app.ui.screens.goods_in.table_model import CONSIGN, EXPIRY, LABELS, QUANTITY, SELL
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.table import TwoLineTable
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till

PISANG = "2000000000015"
LAPIS = "2000000000022"


def goods_in(till: Till) -> GoodsInScreen:
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    return screen


def asking(screen: GoodsInScreen) -> bool:
    return screen.gate.asking


def test_a_delivery_is_scanned_counted_and_received_with_two_papers(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    for _ in range(3):
        till.scan(PISANG)
    screen = goods_in(till)
    assert screen.presenter.producer == "P1"
    assert screen.producer_field.text() == "Dapur Satu"
    assert screen.model.cell(0, 2).text == "3"
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("NT-MTR001A-")
    product = queries.product(till.corner.db, "T1")
    assert product is not None
    assert product.on_hand == 23_000
    job = print_queue.waiting(till.corner.db)[-1]
    assert (job.paper, job.copies) == ("goods_received", 2)
    assert screen.model.rows == []


def test_the_quantity_is_typed_into_the_row(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    assert screen.model.setData(screen.model.index(0, 2), "24")
    assert not screen.model.setData(screen.model.index(0, 2), "2,5")
    assert screen.presenter.body.lines[0].quantity == 24_000
    assert screen.side.sums.rows[1].amount == "24"


def test_goods_of_another_producer_are_refused_in_the_strip(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    till.scan(LAPIS)
    assert "milik produsen lain" in till.said
    assert len(goods_in(till).model.rows) == 1


def test_a_misread_barcode_adds_nothing(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan("2000000000016")
    assert till.said == "Barcode salah baca. Pindai lagi."
    assert goods_in(till).model.rows == []


def test_the_draft_survives_a_power_cut(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    till.scan(PISANG)
    after = GoodsInPresenter(till.corner.counter)
    assert after.producer == "P1"
    assert [(line.sku, line.quantity) for line in after.body.lines] == [("T1", 2000)]


def test_a_draft_that_cannot_be_read_begins_anew(corner: Corner) -> None:
    drafts.save(corner.db, SLOT, "2026-10-01T08:00:00+07:00", "{broken")
    assert GoodsInPresenter(corner.counter).body.lines == []


def test_a_cashier_needs_the_managers_pin(office: Till, cashier: User) -> None:
    office.log_in(cashier)
    office.window.go("goods_in")
    office.scan(PISANG)
    office.press(Qt.Key.Key_F12)
    screen = goods_in(office)
    assert asking(screen)
    office.type("000000")
    office.press(Qt.Key.Key_Return)
    assert asking(screen)
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert not asking(screen)
    assert office.said.startswith("NT-MTR001A-")


def test_a_scan_never_answers_the_question(office: Till, cashier: User) -> None:
    office.log_in(cashier)
    office.window.go("goods_in")
    office.scan(PISANG)
    office.press(Qt.Key.Key_F12)
    office.scan(PISANG)
    screen = goods_in(office)
    assert screen.gate.asking
    assert screen.gate.pin_panel.pin_field.text() == ""
    assert len(screen.model.rows) == 1


def test_goods_go_back_never_more_than_on_hand(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.press(Qt.Key.Key_F6)
    till.scan(PISANG)
    screen = goods_in(till)
    screen.model.setData(screen.model.index(0, 2), "21")
    till.press(Qt.Key.Key_F12)
    assert "20" in till.said
    screen.model.setData(screen.model.index(0, 2), "5")
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("NR-MTR001A-")
    assert till.corner.state["stock"]["T1"] == "15"


def test_a_typed_name_is_found_among_the_producers_goods(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    screen.presenter.choose_producer("P1")
    screen.scan_field.setFocus()
    till.type("telur")
    assert screen.goods_finder.is_open
    till.press(Qt.Key.Key_Return)
    assert [shown.product.sku for _row, shown in screen.model.rows] == ["W1"]


def test_copying_the_last_delivery_keeps_quantities(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    screen.presenter.choose_producer("P2")
    till.press(Qt.Key.Key_F7)
    assert [(line.sku, line.quantity) for line in screen.presenter.body.lines] == [("B1", 10_000)]


def test_perishable_goods_need_their_date(demo_corner: Corner) -> None:
    presenter = GoodsInPresenter(demo_corner.counter)
    assert presenter.take_code("2001872000011").kind == "S"
    assert presenter.body.lines[0].expires_on == "2027-03-30"
    presenter.lines.set_expiry(0, "")
    obstacle = presenter.obstacle()
    assert obstacle is not None
    assert obstacle.kind == "E"
    assert presenter.shown()[0].warning
    assert presenter.lines.set_expiry(0, "1/3/27")
    assert presenter.obstacle() is None
    assert not presenter.lines.set_expiry(0, "31/2/27")


def test_a_removed_line_comes_back_with_undo(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    screen.page.remove_button.click()
    assert screen.model.rows == []
    till.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(screen.model.rows) == 1


def test_a_multiplier_goes_before_a_name_a_code_and_a_scan(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    screen.scan_field.setFocus()
    till.type("12*pisang")
    till.press(Qt.Key.Key_Return)
    assert till.said == "Pilih produsen, lalu pindai."
    screen.scan_field.setFocus()
    till.type(f"12*{PISANG}")
    till.press(Qt.Key.Key_Return)
    assert screen.model.cell(0, 2).text == "12"
    name = screen.model.rows[0][1].product.name
    till.type(f"3*{name[:4]}")
    till.press(Qt.Key.Key_Return)
    assert screen.model.cell(0, 2).text == "15"
    screen.scan_field.setText("5*")
    till.scan(PISANG)
    assert (screen.model.cell(0, 2).text, screen.scan_field.text()) == ("20", "")


def test_a_multiplier_alone_counts_the_chosen_row_and_takes_no_other_goods(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    screen.scan_field.setFocus()
    till.type("24*")
    assert not screen.goods_finder.is_open
    till.press(Qt.Key.Key_Return)
    assert [(line.sku, line.quantity) for line in screen.presenter.body.lines] == [("T1", 24_000)]
    assert screen.side.sums.rows[1].amount == "24"


def test_a_second_f4_keeps_the_count_and_goes_on_to_the_date(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F4)
    till.type("24")
    till.press(Qt.Key.Key_F4)
    till.type("28/02/2027")
    till.press(Qt.Key.Key_Return)
    line = screen.presenter.body.lines[0]
    assert (line.quantity, line.expires_on) == (24_000, "2027-02-28")
    visited = []
    for _ in range(6):
        till.press(Qt.Key.Key_F4)
        visited.append(screen.table.currentIndex().column())
    assert visited == [QUANTITY, EXPIRY, CONSIGN, SELL, LABELS, QUANTITY]


def test_half_a_piece_is_refused(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    assert screen.presenter.take_typed(f"0,5*{PISANG}").kind == "E"
    assert screen.presenter.take_typed("12*").text == "Ketik atau pindai barang setelah 12*"
    assert screen.presenter.body.lines == []


def test_what_is_no_date_and_no_quantity_is_said(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    assert not screen.model.setData(screen.model.index(0, EXPIRY), "besok")
    assert till.said.startswith("besok bukan tanggal. Ketik hari/bulan/tahun, misalnya 31/12/2026")
    assert not screen.model.setData(screen.model.index(0, QUANTITY), "2,5")
    assert till.said.startswith("2,5 tidak dapat dipakai")


def test_the_list_of_producers_ends_above_the_lower_edge(
    make_till: Callable[..., Till], open_corner: Corner, manager: User
) -> None:
    till = make_till(open_corner, scale=200, size=(1093, 543))
    till.log_in(manager)
    till.window.go("goods_in")
    screen = goods_in(till)
    results = [Result(str(number), f"Dapur {number}") for number in range(9)]
    screen.producer_finder.show_results(results)
    found = screen.producer_finder.list
    assert found.geometry().bottom() <= screen.rect().bottom()
    table = found.findChild(TwoLineTable)
    assert table is not None
    assert table.viewport().height() % table.rowHeight(0) == 0


def test_a_bare_number_after_a_scan_adds_no_other_goods_and_tells_how_to_count(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    assert [one.sku for one in screen.presenter.matching_goods("2")] == ["T1"]
    till.type("2")
    assert not screen.goods_finder.is_open
    till.press(Qt.Key.Key_Return)
    assert [line.sku for line in screen.presenter.body.lines] == ["T1"]
    assert screen.presenter.body.lines[0].quantity == 1_000
    assert "2* " in till.said
    till.type("20*")
    till.press(Qt.Key.Key_Return)
    assert screen.presenter.body.lines[0].quantity == 20_000


def test_the_question_for_a_pin_ends_when_the_lines_change(
    office: Till, cashier: User, bring: Callable[[str], Till]
) -> None:
    office.log_in(cashier)
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F12)
    assert asking(screen)
    assert screen.model.setData(screen.model.index(0, QUANTITY), "7")
    assert not asking(screen)
    till.press(Qt.Key.Key_F12)
    assert asking(screen)
    screen.table.select_row(0)
    screen.page.remove_button.click()
    assert not asking(screen)


def test_twelve_times_is_understood_on_a_fresh_screen(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    assert till.window.focusWidget() is screen.producer_field
    till.type("10*")
    till.scan(PISANG)
    assert [(line.sku, line.quantity) for line in screen.presenter.body.lines] == [("T1", 10_000)]
    assert screen.producer_field.text() == "Dapur Satu"


def test_twelve_times_is_understood_wherever_it_is_typed(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan(PISANG)
    screen = goods_in(till)
    screen.reference_field.setFocus()
    till.type("3*")
    till.scan(PISANG)
    assert screen.presenter.body.lines[0].quantity == 4_000
    assert screen.reference_field.text() == ""
    till.press(Qt.Key.Key_F4)
    till.type("12*")
    till.scan(PISANG)
    assert screen.presenter.body.lines[0].quantity == 16_000
    screen.scan_field.setFocus()
    till.type("2*")
    till.scan(PISANG)
    assert screen.presenter.body.lines[0].quantity == 18_000
    screen.reference_field.setFocus()
    till.type("0,5")
    till.scan(PISANG)
    assert screen.presenter.body.lines[0].quantity == 19_000
