"""What producers should deliver tomorrow, at the real window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import registry
from pos_app.services import printing
from pos_app.services.context import User
from pos_app.services.printing import PrinterSettings
from pos_app.services.producer_board import target_days
from pos_app.ui.screens.producer_board.screen import ProducerBoardScreen
from pos_app.ui.screens.producer_statement.screen import ProducerStatementScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import K1


def board(till: Till, qtbot: QtBot, which: str = "") -> ProducerBoardScreen:
    till.window.go("producer_board", which)
    screen = till.window.current
    assert isinstance(screen, ProducerBoardScreen)
    qtbot.waitUntil(lambda: not till.window.workers.busy)
    return screen


def row_of(screen: ProducerBoardScreen, sku: str) -> list[str]:
    place = next(place for place, line in enumerate(screen.model.rows) if line.sku == sku)
    return [screen.model.cell(place, column).text for column in range(len(screen.model.columns))]


def shown(screen: ProducerBoardScreen) -> list[str]:
    return [line.sku for line in screen.model.rows]


@pytest.fixture
def sold(open_corner: Corner) -> Corner:
    """Two open days on which 16 of 20 T1 and one K1 sold; a third has begun."""
    for quantity in ("10", "6"):
        open_corner.sell("T1", quantity)
        open_corner.do("close_shift", counted=0)
        open_corner.clock.pass_by(days=1)
        open_corner.do("open_shift", float=0)
    open_corner.sell("K1")
    return open_corner


@pytest.fixture
def at_board(sold: Corner, office: Till, qtbot: QtBot) -> ProducerBoardScreen:
    return board(office, qtbot)


def test_the_board_tells_sold_left_how_long_and_what_to_deliver(at_board: ProducerBoardScreen) -> None:
    assert row_of(at_board, "T1") == ["Keripik Pisang 200 g", "0", "16", "4", "0,5 hari", "20"]
    assert row_of(at_board, "K1") == ["Lapis Legit Potong", "1", "1", "11", "-", "-"]


def test_expired_goods_are_told_and_neither_last_nor_are_too_much(
    open_corner: Corner, office: Till, qtbot: QtBot
) -> None:
    open_corner.sell("K1", "12")
    office.receive("K1", "2", "2026-10-02")
    open_corner.do("close_shift", counted=0)
    open_corner.clock.pass_by(days=9)
    open_corner.do("open_shift", float=0)
    screen = board(office, qtbot)
    line = next(line for line in screen.model.rows if line.sku == "K1")
    assert line.expired == line.left == 2_000
    row = next(place for place, one in enumerate(screen.model.rows) if one.sku == "K1")
    assert screen.model.cell(row, 4).text == "0 hari"
    assert screen.model.cell(row, 4).sub == "2 kedaluwarsa"
    assert not line.too_much
    assert not line.unsold
    assert screen.model.cell(row, 5).text == "36"


def test_goods_stand_by_producer_and_filters_count_them(at_board: ProducerBoardScreen) -> None:
    owners = [line.producer_name for line in at_board.model.rows]
    assert owners == sorted(owners)
    at_board.chips.button("deliver").click()
    assert shown(at_board) == ["T1"]
    assert "1" in at_board.chips.button("deliver").text()
    at_board.chips.button("much").click()
    assert shown(at_board) == []


def test_the_formula_of_the_chosen_goods_is_written_out(at_board: ProducerBoardScreen) -> None:
    at_board.show_only("deliver")
    at_board._show()
    assert at_board.formula_text.text().splitlines() == [
        "Laku 16 dalam 2 hari buka = 8 per hari",
        "8 × 3 hari - 4 sisa yang masih layak jual = 20 diantar",
    ]


def test_a_link_shows_one_producer_or_one_filter_and_esc_shows_all(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = board(office, qtbot, "P2")
    assert {line.producer for line in screen.model.rows} == {"P2"}
    office.press(Qt.Key.Key_Escape)
    assert {line.producer for line in screen.model.rows} == {"P1", "P2"}
    assert shown(board(office, qtbot, "deliver")) == ["T1"]


def test_a_scan_finds_the_goods(at_board: ProducerBoardScreen, office: Till) -> None:
    office.scan(K1)
    assert at_board.presenter.sku == "K1"
    assert at_board.name_text.text() == "Lapis Legit Potong"


def test_typing_searches_and_f4_changes_what_is_asked_for(
    at_board: ProducerBoardScreen, office: Till, qtbot: QtBot
) -> None:
    office.type("lapis")
    qtbot.waitUntil(lambda: shown(at_board) == ["K1"])
    office.press(Qt.Key.Key_F4)
    QApplication.processEvents()
    office.type("7")
    qtbot.waitUntil(lambda: not office.scanner.holding)
    office.press(Qt.Key.Key_Return)
    assert row_of(at_board, "K1")[-1] == "7"
    assert at_board.main_button.isEnabled()


def test_half_a_piece_cannot_be_asked_for(at_board: ProducerBoardScreen, office: Till) -> None:
    model = at_board.model
    assert not model.setData(model.index(0, 5), "2,5")
    assert "bukan jumlah bulat" in office.said


def test_f12_prints_the_request_on_the_roll(sold: Corner, office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    printing.save_printer_settings(sold.ledger, PrinterSettings("file", str(tmp_path / "roll.bin")))
    screen = board(office, qtbot, "deliver")
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Tercetak." in office.said)
    assert screen.presenter.sku == "T1"
    printed = (tmp_path / "roll.bin").read_bytes()
    assert b"MOHON DIANTAR" in printed
    assert b"Keripik Pisang 200 g" in printed


def test_f6_copies_a_picture_for_a_chat(at_board: ProducerBoardScreen, office: Till, qtbot: QtBot) -> None:
    at_board.show_only("deliver")
    at_board._show()
    office.press(Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: "Gambar untuk Dapur Satu disalin" in office.said)
    assert QGuiApplication.clipboard().image().width() == 1080


def test_where_nothing_is_asked_for_nothing_is_printed(at_board: ProducerBoardScreen, office: Till) -> None:
    office.scan(K1)
    assert not at_board.main_button.isEnabled()
    office.press(Qt.Key.Key_F6)
    assert "Tidak ada yang diminta" in office.said


def test_f7_leads_to_the_statement_and_esc_back_to_producers(
    at_board: ProducerBoardScreen, office: Till, qtbot: QtBot
) -> None:
    office.scan(K1)
    office.press(Qt.Key.Key_F7)
    screen = office.window.current
    assert isinstance(screen, ProducerStatementScreen)
    assert screen.presenter.producer == "P2"
    qtbot.waitUntil(lambda: not office.window.workers.busy)


def test_a_cashier_needs_a_manager_to_change_the_target(
    sold: Corner, make_till: Callable[[Corner], Till], cashier: User, manager: User, qtbot: QtBot
) -> None:
    till = make_till(sold)
    till.log_in(cashier)
    screen = board(till, qtbot)
    screen.target_field.setFocus()
    screen.target_field.setText("5")
    till.press(Qt.Key.Key_Return)
    assert screen.gate.asking
    assert target_days(sold.db) == 3
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: target_days(sold.db) == 5)
    qtbot.waitUntil(lambda: row_of(screen, "T1")[-1] == "36")


def test_a_target_that_is_no_number_of_days_is_refused(at_board: ProducerBoardScreen, office: Till) -> None:
    at_board.target_field.setText("0")
    at_board.target_button.click()
    assert "Isi 1 sampai 30 hari." in office.said
    assert target_days(office.corner.db) == 3


def test_the_setting_is_read_anew(sold: Corner, office: Till, qtbot: QtBot) -> None:
    with sold.ledger.write() as tx:
        registry.set_setting(tx.db, "board.target_days", "1")
    screen = board(office, qtbot)
    assert screen.target_field.text() == "1"
    assert row_of(screen, "T1")[-1] == "4"


def test_days_that_somebody_types_are_not_overwritten_by_what_was_read(
    at_board: ProducerBoardScreen, office: Till, qtbot: QtBot
) -> None:
    at_board.target_field.setFocus()
    at_board.target_field.setText("7")
    office.press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    assert at_board.target_field.text() == "7"


def test_the_days_are_kept_that_the_manager_was_asked_about(
    sold: Corner, make_till: Callable[[Corner], Till], cashier: User, manager: User, qtbot: QtBot
) -> None:
    till = make_till(sold)
    till.log_in(cashier)
    screen = board(till, qtbot)
    screen.target_field.setText("5")
    screen.target_button.click()
    screen.target_field.setText("9")
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: target_days(sold.db) == 5)
    qtbot.waitUntil(lambda: screen.target_field.text() == "5")
