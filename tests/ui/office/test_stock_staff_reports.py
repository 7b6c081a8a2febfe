"""Stock, staff and reports at the real window: lists that are true, a count, a price, a repayment, a day's figures."""

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pos_app.domain.formats import masked_nip
from pos_app.ledger import agreements, queries
from pos_app.ledger.agreements import Agreement
from pos_app.services import reporting
from pos_app.ui.screens.reports.screen import ReportsScreen
from pos_app.ui.screens.staff.presenter import StaffPresenter
from pos_app.ui.screens.staff.screen import StaffScreen
from pos_app.ui.screens.stock.presenter import StockPresenter
from pos_app.ui.screens.stock.screen import StockScreen
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.hands import Hands


def stock(till: Till) -> StockScreen:
    screen = till.window.current
    assert isinstance(screen, StockScreen)
    return screen


def staff(till: Till) -> StaffScreen:
    screen = till.window.current
    assert isinstance(screen, StaffScreen)
    return screen


def buy_on_tab(corner: Corner, amount: int = 32_000) -> None:
    tender = {"kind": "tab", "amount": amount, "staff": "S1"}
    corner.do("sale", lines=[{"code": "T1", "quantity": str(amount // 16_000)}], tenders=[tender])


def test_a_scan_finds_the_goods(bring: Callable[[str], Till]) -> None:
    till = bring("stock")
    till.scan("2000000000022")
    assert [row.sku for row in stock(till).model.rows] == ["K1"]
    assert stock(till).name_text.text() == "Lapis Legit Potong"


def test_filters_find_what_runs_out_or_expires(open_corner: Corner) -> None:
    presenter = StockPresenter(open_corner.counter)
    assert presenter.counts() == {"all": 4, "low": 0, "out": 0, "expiring": 0, "expired": 0}
    open_corner.sell("T1", "21")
    soon = (presenter.today + timedelta(days=3)).isoformat()
    open_corner.receive("K1", "2", soon)
    assert presenter.counts() == {"all": 4, "low": 0, "out": 1, "expiring": 1, "expired": 0}
    presenter.filter = "out"
    (negative,) = presenter.rows()
    assert negative.on_hand == -1000
    assert presenter.state(negative).tone == "danger"
    presenter.filter = "expiring"
    assert [row.sku for row in presenter.rows()] == ["K1"]


def test_a_count_sets_the_stock(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("stock")
    till.scan("2000000000015")
    till.press(Qt.Key.Key_F4)
    till.type("18")
    till.press(Qt.Key.Key_F12)
    assert open_corner.state["stock"]["T1"] == "18"
    assert "tadinya 20, kini 18" in till.said


def count_at_the_shelf(till: Till, barcode: str, counted: str) -> StockScreen:
    till.scan(barcode)
    till.press(Qt.Key.Key_F4)
    till.type(counted)
    return stock(till)


def asked(screen: StockScreen) -> str:
    return " ".join(label.text() for label in screen.gate.confirm_panel.findChildren(QLabel))


def agree_that_the_corner_bears(corner: Corner) -> None:
    with corner.ledger.write() as tx:
        agreements.keep(tx.db, Agreement("P1", date(2026, 10, 1), "mingguan", "cash", "corner", 7, 30))


def test_a_count_that_the_corner_pays_for_says_so_and_asks_first(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    agree_that_the_corner_bears(open_corner)
    till = bring("stock")
    screen = count_at_the_shelf(till, "2000000000015", "18")
    assert screen.count_card.bearer_chips.code() == "corner"
    assert "Rp 28.800" in screen.count_card.facts.text()
    head = open_corner.ledger.head()
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    assert "Rp 28.800" in asked(screen)
    assert open_corner.ledger.head() == head
    till.press(Qt.Key.Key_F12)
    assert open_corner.payable("P1") == 28_800
    assert open_corner.state["stock"]["T1"] == "18"


def test_who_bears_what_a_count_finds_missing_is_chosen(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    agree_that_the_corner_bears(open_corner)
    till = bring("stock")
    screen = count_at_the_shelf(till, "2000000000015", "18")
    hands = Hands(till, qtbot)
    hands.tab_to("Produsen")
    hands.press(Qt.Key.Key_Space)
    till.press(Qt.Key.Key_F12)
    assert not screen.gate.asking
    assert open_corner.payable("P1") == 0
    assert open_corner.state["stock"]["T1"] == "18"
    screen = count_at_the_shelf(till, "2000000000015", "17")
    assert screen.count_card.bearer_chips.code() == "corner", "the next count begins with the agreement again"


def test_who_bears_it_is_asked_only_where_something_is_missing(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    till = bring("stock")
    screen = count_at_the_shelf(till, "2000000000015", "21")
    assert not screen.count_card.bearer_chips.isVisible()
    till.press(Qt.Key.Key_Backspace)
    till.type("0")
    assert not screen.count_card.bearer_chips.isVisible()
    till.press(Qt.Key.Key_Backspace)
    assert screen.count_card.bearer_chips.isVisible()
    assert screen.count_card.bearer_chips.code() == "producer"


def test_bought_goods_are_the_corner_s_own_loss(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("stock")
    screen = count_at_the_shelf(till, "2000000000039", "9")
    assert not screen.count_card.bearer_chips.isEnabled()
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    assert "barang beli putus" in asked(screen).lower()


def test_a_new_price_holds_from_now_on(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("stock")
    till.scan("2000000000015")
    screen = stock(till)
    screen.sell_field.set_value(17_000)
    screen.price_button.click()
    product = queries.product(open_corner.db, "T1")
    assert product is not None
    assert (product.sell_price, product.consign_price) == (17_000, 14_400)


def test_a_price_below_the_consign_price_is_refused(bring: Callable[[str], Till]) -> None:
    till = bring("stock")
    till.scan("2000000000015")
    screen = stock(till)
    screen.sell_field.set_value(1_000)
    screen.price_button.click()
    assert screen.strip.message is not None
    assert screen.strip.message.kind == "E"


def test_a_tab_is_repaid_in_cash_after_a_second_look(bring: Callable[[str], Till], open_corner: Corner) -> None:
    buy_on_tab(open_corner)
    till = bring("staff")
    screen = staff(till)
    assert [member.code for member in screen.model.rows] == ["S1"]
    assert screen.amount_field.value() == 32_000
    screen.amount_field.set_value(20_000)
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    till.press(Qt.Key.Key_F12)
    assert queries.tab(open_corner.db, "S1") == 12_000
    assert screen.history.rows[0].amount == -20_000
    assert open_corner.state["drawer"] == 220_000


def test_more_than_the_tab_is_refused(open_corner: Corner) -> None:
    buy_on_tab(open_corner)
    presenter = StaffPresenter(open_corner.counter)
    presenter.refresh()
    presenter.code = "S1"
    message = presenter.repay(40_000, "")
    assert message.kind == "E"
    assert "Rp 32.000" in message.text


def test_repaying_needs_an_open_shift(open_corner: Corner) -> None:
    buy_on_tab(open_corner)
    open_corner.do("close_shift", counted=200_000)
    presenter = StaffPresenter(open_corner.counter)
    presenter.refresh()
    presenter.code = "S1"
    assert presenter.repay(32_000, "").number == 15


def test_the_nip_is_masked() -> None:
    assert masked_nip("198609262015051001") == "1986…1001"


def test_the_days_report_is_true(bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot) -> None:
    open_corner.sell("T1", "2")
    buy_on_tab(open_corner)
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    till = bring("reports")
    screen = till.window.current
    assert isinstance(screen, ReportsScreen)
    qtbot.waitUntil(lambda: screen.presenter.report is not None)
    assert screen.stats["gross"].figure.text() == "Rp 48.000"
    assert screen.stats["sales"].figure.text() == "2"
    assert [(bar.label, bar.value) for bar in screen.tenders.bars[:3]] == [
        ("Tunai", 16_000),
        ("QRIS", 0),
        ("Bon", 32_000),
    ]
    assert [(row.name, row.quantity, row.total) for row in screen.model.rows] == [
        ("Keripik Pisang 200 g", "3", "48.000")
    ]
    assert "Rp 43.200" in screen.share_text.text()


def test_a_report_of_another_day_is_empty(open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    day = open_corner.clock.now.date() + timedelta(days=1)
    report = reporting.report(open_corner.db, day, day)
    assert (report.figures.sales, report.hours, report.sellers, report.share) == (0, {}, (), 0)


def test_goods_on_their_last_day_are_said_to_be_so_and_not_to_have_no_days_left(open_corner: Corner) -> None:
    open_corner.receive("K1", "2", open_corner.clock().date().isoformat())
    presenter = StockPresenter(open_corner.counter)
    product = next(one for one in presenter.rows() if one.sku == "K1")
    assert presenter.state(product).text == "kedaluwarsa 01/10/2026 (hari terakhir)"
