"""The day board at the real window: figures that equal the till's state, charts with tables, files and paper."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import reports
from pos_app.services import printing, report_sheets, reporting
from pos_app.services.context import User
from pos_app.ui.screens.expiring.screen import ExpiringScreen
from pos_app.ui.screens.producer_board.screen import ProducerBoardScreen
from pos_app.ui.screens.producers.screen import ProducersScreen
from pos_app.ui.screens.reports.presenter import percents
from pos_app.ui.screens.reports.screen import ReportsScreen
from pos_app.ui.screens.stock.screen import StockScreen
from pos_app.ui.worker import Stopped
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till

CONTROL = Qt.KeyboardModifier.ControlModifier


def sell_by(corner: Corner, code: str, quantity: str, **tender: object) -> None:
    corner.do("sale", lines=[{"code": code, "quantity": quantity}], tenders=[tender])


def a_busy_day(corner: Corner) -> None:
    """Every tender, a discount, a refund, a sale that was undone, and goods of three kinds."""
    corner.sell("T1", "3", discount=1_000)
    corner.do(
        "sale",
        lines=[{"code": "K1", "quantity": "2"}],
        tenders=[{"kind": "qris", "amount": 15_000, "reference": "4817"}],
    )
    corner.clock.pass_by(hours=2)
    corner.do(
        "sale", lines=[{"code": "T1", "quantity": "2"}], tenders=[{"kind": "tab", "amount": 32_000, "staff": "S1"}]
    )
    corner.sell("B1", "4")
    corner.sell("W1", "0.375")
    corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    corner.do("reverse", of=3, reason="salah")


def board(till: Till, qtbot: QtBot) -> ReportsScreen:
    till.window.go("reports")
    screen = till.window.current
    assert isinstance(screen, ReportsScreen)
    qtbot.waitUntil(lambda: screen.presenter.report is not None and screen._task is None)
    return screen


def test_every_figure_equals_the_state_of_the_till(open_corner: Corner) -> None:
    a_busy_day(open_corner)
    state, today = open_corner.state, open_corner.clock().date()
    report = reporting.report(open_corner.db, today, today)
    figures = report.figures
    assert (figures.gross, figures.commission, figures.margin) == (
        state["gross"],
        state["commission"],
        state["margin"],
    )
    assert (figures.sales, figures.refunds) == (state["sales"], state["refunds"])
    assert {"cash": figures.cash, "qris": figures.qris, "tab": figures.tab} == {
        name: state["tenders"].get(name, 0) for name in ("cash", "qris", "tab")
    }
    for parts in (report.hours.values(), (sum_ for _c, sum_ in report.categories), report.days.values()):
        assert sum(parts) == state["gross"]
    assert sum(seller.total for seller in report.sellers) == state["gross"]
    assert report.unpaid == sum(state["payable"].values())
    assert {one.name: one.amount for one in report.owed} == {
        "Dapur Satu": state["payable"]["P1"],
        "Dua": state["payable"]["P2"],
    }


def test_what_was_undone_the_day_after_counts_against_the_day_after(open_corner: Corner) -> None:
    sale = open_corner.sell("T1", "2")
    open_corner.do("close_shift", counted=232_000)
    open_corner.clock.pass_by(days=1)
    open_corner.do("open_shift", float=200_000)
    open_corner.do("reverse", of=sale["number"], reason="salah")
    today = open_corner.clock().date()
    first, second = (reporting.report(open_corner.db, day, day) for day in (today - timedelta(days=1), today))
    assert (first.figures.gross, sum(first.hours.values()), first.share) == (32_000, 32_000, 28_800)
    assert (second.figures.gross, sum(second.hours.values()), second.share) == (-32_000, -32_000, -28_800)
    assert open_corner.state["gross"] == 0


def test_a_day_is_compared_with_the_same_weekday_up_to_the_same_hour(open_corner: Corner) -> None:
    corner = open_corner
    corner.sell("T1", "1")
    corner.clock.pass_by(hours=5)
    corner.sell("T1", "3")
    corner.do("close_shift", counted=264_000)
    corner.clock.pass_by(days=7, hours=-3)
    corner.do("open_shift", float=200_000)
    corner.sell("T1", "2")
    today = corner.clock().date()
    assert reporting.report(corner.db, today, today).before.gross == 64_000
    before = reporting.report(corner.db, today, today, now=corner.clock()).before
    assert (before.first, before.gross, before.sales) == (today - timedelta(days=7), 16_000, 1)


def test_the_board_says_how_today_compares(bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot) -> None:
    corner = open_corner
    corner.sell("T1", "2")
    corner.do("close_shift", counted=232_000)
    corner.clock.pass_by(days=7)
    corner.do("open_shift", float=200_000)
    corner.sell("T1", "3")
    screen = board(bring("sell"), qtbot)
    assert "▲ 50 % · Kam 1 Okt, sampai jam ini" in screen.stats["gross"].accessibleName()


def test_every_chart_has_a_table_by_ctrl_t(bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot) -> None:
    a_busy_day(open_corner)
    till = bring("sell")
    screen = board(till, qtbot)
    charts = [card for card in screen.board.charts if card is not screen.board.days]
    assert len(charts) == 5
    assert all(card.chart.isVisible() and not card.table.isVisible() for card in charts)
    till.press(Qt.Key.Key_T, CONTROL)
    assert all(card.table.isVisible() and not card.chart.isVisible() for card in charts)
    for card in charts:
        assert card.model.rowCount() == len(card.bars) > 0
    assert [card.bars[0].label for card in charts[:2]] == ["08", "Tunai"]
    assert len({bar.series for bar in screen.tenders.bars}) == 4
    till.press(Qt.Key.Key_T, CONTROL)
    assert screen.hours.chart.isVisible()


def test_a_range_is_typed(bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot) -> None:
    open_corner.sell("T1", "2")
    till = bring("sell")
    screen = board(till, qtbot)
    screen.chips.button("range").click()
    assert till.window.focusWidget() is screen.first_field
    till.type("05102026")
    till.press(Qt.Key.Key_Return)
    assert till.said == "Tanggal awal sesudah tanggal akhir."
    screen.first_field.selectAll()
    till.type("30092026")
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.presenter.report is not None and screen.presenter.report.first == date(2026, 9, 30))
    assert screen.stats["gross"].figure.text() == "Rp 32.000"
    assert screen.board.days.isVisible()
    assert [(bar.label, bar.figure) for bar in screen.board.days.bars] == [("Kam 1 Okt", "32")]


def test_the_list_of_what_needs_action_leads_there(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    corner = open_corner
    corner.do(
        "sale",
        lines=[{"code": "K1", "quantity": "12"}],
        tenders=[{"kind": "qris", "amount": 90_000, "reference": "4817"}],
    )
    corner.receive("T1", "1", (corner.clock().date() + timedelta(days=10)).isoformat())
    corner.do("close_shift", counted=195_000, note="salah kembalian")
    corner.clock.pass_by(days=1)
    corner.do("open_shift", float=200_000)
    corner.clock.pass_by(hours=1)
    till = bring("sell")
    screen = board(till, qtbot)
    assert screen.todo.words() == [
        "1 barang habis",
        "1 segera kedaluwarsa",
        "1 macam barang perlu diantar besok",
        "QRIS belum dicocokkan: Rp 90.000",
        "Selisih kas kemarin: -Rp 5.000",
    ]
    screen.todo.buttons["reports:yesterday"].click()
    qtbot.waitUntil(lambda: "Selisih kas -Rp 5.000" in screen.share_text.text())
    screen.todo.buttons["stock:out"].click()
    stock = till.window.current
    assert isinstance(stock, StockScreen)
    assert (stock.chips.code(), [one.sku for one in stock.model.rows]) == ("out", ["K1"])
    screen.todo.buttons["producer_board:deliver"].click()
    asked = till.window.current
    assert isinstance(asked, ProducerBoardScreen)
    qtbot.waitUntil(lambda: [line.sku for line in asked.model.rows] == ["K1"])


def test_the_links_to_expired_goods_and_to_those_that_expire_soon_lead_to_each(
    open_corner: Corner, bring: Callable[[str], Till], qtbot: QtBot
) -> None:
    today = open_corner.clock().date()
    open_corner.receive("B1", "3", (today + timedelta(days=1)).isoformat())
    open_corner.clock.pass_by(days=2)
    open_corner.receive("K1", "3", (today + timedelta(days=4)).isoformat())
    for place, sku in (("expiring:expired", "B1"), ("expiring:soon", "K1")):
        till = bring("sell")
        screen = board(till, qtbot)
        screen.todo.buttons[place].click()
        near = till.window.current
        assert isinstance(near, ExpiringScreen)
        till.rest()
        assert [one.batch.sku for one in near.model.rows] == [sku], place
        assert near.chips.code() == place.partition(":")[2]


def test_producers_are_due_when_their_terms_say_so(
    open_corner: Corner, bring: Callable[[str], Till], qtbot: QtBot
) -> None:
    open_corner.sell("T1", "2")
    open_corner.clock.pass_by(days=7)
    screen = board(bring("sell"), qtbot)
    assert "2 produsen jatuh tempo" in screen.todo.words()
    producers = bring("producers").window.current
    assert isinstance(producers, ProducersScreen)
    producers.chips.button("all").click()
    producers.search.setText("nobody")
    screen = board(bring("sell"), qtbot)
    screen.todo.buttons["producers:due"].click()
    assert (producers.chips.code(), len(producers.model.rows)) == ("due", 2)
    assert "Tidak ada selisih kas kemarin" in screen.todo.words()


def test_a_cashier_does_not_learn_how_much_cash_came(till: Till, qtbot: QtBot) -> None:
    till.corner.sell("T1", "2")
    screen = board(till, qtbot)
    assert screen.tenders.bars == []
    assert screen.stats["sales"].figure.text() == "1"


def test_the_spreadsheet_holds_numbers(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    a_busy_day(open_corner)
    screen = board(bring("sell"), qtbot)
    screen.excel_button.click()
    screen.export_page.box.folder.set_path(tmp_path)
    screen.main_action()
    qtbot.waitUntil(lambda: "Tersimpan" in screen.export_page.box.facts.text())
    (path,) = tmp_path.glob("laporan-2026-10-01-2026-10-01.xlsx")
    book = load_workbook(path)
    rows = {row[0].value: row[1].value for row in book["Ringkasan"].iter_rows()}
    assert rows["Penjualan bersih"] == open_corner.state["gross"]
    hours = [row[1].value for row in book["Per jam"].iter_rows(min_row=2)]
    assert sum(hours) == open_corner.state["gross"]
    assert book.sheetnames[-1] == "Hak produsen belum dibayar"


def test_no_name_in_the_spreadsheet_becomes_a_formula(open_corner: Corner) -> None:
    today = open_corner.clock().date()
    open_corner.sell("T1")
    report = reporting.report(open_corner.db, today, today)
    report.sellers[0].name = "=1+1"
    book = load_workbook(io.BytesIO(report_sheets.workbook(report)))
    assert (book["Terlaris"]["A2"].value, book["Terlaris"]["A2"].data_type) == ("=1+1", "s")


def test_the_pdf_is_saved_and_the_summary_printed(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    a_busy_day(open_corner)
    till = bring("sell")
    screen = board(till, qtbot)
    screen.pdf_button.click()
    screen.export_page.box.folder.set_path(tmp_path)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Tersimpan" in screen.export_page.box.facts.text())
    (path,) = tmp_path.glob("*.pdf")
    assert path.read_bytes().startswith(b"%PDF")
    assert path.stat().st_mode & 0o077 == 0
    till.press(Qt.Key.Key_Escape)
    printing.save_printer_settings(open_corner.ledger, printing.PrinterSettings("file", str(tmp_path / "roll")))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said == "Ringkasan tercetak.")
    assert b"RINGKASAN PENJUALAN" in (tmp_path / "roll").read_bytes()


def test_a_long_reading_tells_how_far_it_is_and_stops(open_corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "CHUNK", 2)
    for _sale in range(4):
        open_corner.sell("T1", "1")
    today = open_corner.clock().date()
    heard: list[tuple[int, int]] = []
    reporting.report(open_corner.db, today, today, tell=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 9), (4, 9), (6, 9), (8, 9), (9, 9)]

    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        reporting.report(open_corner.db, today, today, tell=stop)


def test_escape_stops_the_reading_and_the_figures_stay(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    open_corner.sell("T1", "2")
    till = bring("sell")
    screen = board(till, qtbot)
    screen._read()
    screen._on_progress(30_000, 60_000)
    assert screen.progress_row.isVisible()
    assert screen.progress.text() == "Memuat …  30.000 dari 60.000"
    till.press(Qt.Key.Key_Escape)
    assert not screen.progress_row.isVisible()
    assert till.said == "Dihentikan. Angka sebelumnya tetap tampil."
    assert screen.stats["gross"].figure.text() == "Rp 32.000"


def test_another_period_needs_a_managers_pin_each_time(till: Till, qtbot: QtBot, manager: User) -> None:
    screen = board(till, qtbot)
    for period in ("yesterday", "week"):
        screen.chips.button(period).click()
        assert screen.gate.asking
        till.type(MANAGER_PIN)
        till.press(Qt.Key.Key_Return)
        assert screen.presenter.period == period


@pytest.mark.parametrize("amounts", [(985, 15), (1, 1, 1), (2_000_000, 1), (7,), (5, 0, 3, 3, 3, 3)])
def test_shares_of_categories_add_up_to_a_hundred(amounts: tuple[int, ...]) -> None:
    shares = percents(amounts)
    assert sum(share or 0 for share in shares) == 100


def test_no_sales_have_no_shares() -> None:
    assert percents([]) == []
    assert percents([0, 0]) == [None, None]
