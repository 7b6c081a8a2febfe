"""How long producers have waited, at the real window."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.services import printing
from pos_app.services.printing import PrinterSettings
from pos_app.ui.screens.ageing.screen import AgeingScreen
from pos_app.ui.screens.producer_statement.screen import ProducerStatementScreen
from tests.corner import Corner
from tests.ui.conftest import Till


@pytest.fixture
def waited(open_corner: Corner) -> Corner:
    """14.400 of P1 are ten days old, 14.400 new; P2 is owed 20.000 of ten days ago."""
    open_corner.sell("T1")
    open_corner.do("close_shift", counted=0)
    open_corner.clock.pass_by(days=10)
    open_corner.do("open_shift", float=300_000)
    open_corner.sell("T1")
    return open_corner


@pytest.fixture
def ages(waited: Corner, office: Till, qtbot: QtBot) -> AgeingScreen:
    return opened(office, qtbot)


def opened(office: Till, qtbot: QtBot, which: str = "") -> AgeingScreen:
    office.window.go("ageing", which)
    screen = office.window.current
    assert isinstance(screen, AgeingScreen)
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    return screen


def table(screen: AgeingScreen) -> list[list[str]]:
    columns = range(len(screen.model.columns))
    return [[screen.model.cell(row, column).text for column in columns] for row in range(len(screen.model.rows))]


def sums(screen: AgeingScreen) -> dict[str, str]:
    return {row.label: row.amount for row in screen.sums.rows}


def test_the_list_tells_who_waits_how_long(ages: AgeingScreen) -> None:
    assert table(ages) == [
        ["Dapur Satu", "14.400", "14.400", "-", "-", "14.400", "28.800"],
        ["Dua", "-", "20.000", "-", "-", "20.000", "20.000"],
    ]
    assert ages.model.cell(0, 0).sub == "mingguan · terlama 10 hari"


def test_the_sums_are_the_ledgers_balances(ages: AgeingScreen, waited: Corner) -> None:
    assert sums(ages)["Saldo di buku"] == "Rp 48.800"
    assert sum(waited.state["payable"].values()) == 48_800
    assert "sama persis" in ages.check.text()
    assert [bar.value for bar in ages.chart.bars] == [14_400, 34_400, 0, 0]


def test_producers_who_owe_stand_apart(waited: Corner, office: Till, qtbot: QtBot) -> None:
    waited.do("settle", producer="P1", tender="cash")
    waited.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    screen = opened(office, qtbot, "owing")
    assert table(screen) == [["Dapur Satu", "-", "-", "-", "-", "-", "-14.400"]]
    assert sums(screen)["Utang produsen ke Pojok"] == "Rp 14.400"
    screen.chips.button("overdue").click()
    assert [row[0] for row in table(screen)] == ["Dua"]


def test_enter_opens_the_producers_statement_and_esc_goes_back(ages: AgeingScreen, office: Till, qtbot: QtBot) -> None:
    office.press(Qt.Key.Key_Return)
    screen = office.window.current
    assert isinstance(screen, ProducerStatementScreen)
    assert screen.presenter.producer == "P1"
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    office.press(Qt.Key.Key_Escape)
    assert office.window.current.name == "producers"  # type: ignore[union-attr]


def test_the_chart_has_a_table(ages: AgeingScreen, office: Till) -> None:
    office.press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert ages.chart.table.isVisible()
    assert ages.chart.model.cell(1, 1).text == "34.400"


def save(screen: AgeingScreen, kind: str, folder: Path, qtbot: QtBot) -> Path:
    screen._export(kind)
    screen.export_page.box.folder.field.setText(str(folder))
    with qtbot.waitSignal(screen.export_page.box.saved) as saved:
        screen.main_action()
    return Path(saved.args[0])


def test_it_is_saved_as_spreadsheet_csv_and_pdf(ages: AgeingScreen, tmp_path: Path, qtbot: QtBot) -> None:
    workbook = save(ages, "xlsx", tmp_path, qtbot)
    rows = list(load_workbook(workbook).worksheets[0].values)
    assert rows[1] == ("P1", "Dapur Satu", "mingguan", 14_400, 14_400, 0, 0, 14_400, 28_800)
    plain = save(ages, "csv", tmp_path, qtbot)
    assert next(csv.reader(plain.read_text(encoding="utf-8-sig").splitlines()[1:]))[-1] == "28800"
    page = save(ages, "pdf", tmp_path, qtbot)
    assert page.read_bytes().startswith(b"%PDF")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (workbook, plain, page))


def test_f12_prints_the_list(waited: Corner, office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    printing.save_printer_settings(waited.ledger, PrinterSettings("file", str(tmp_path / "roll.bin")))
    opened(office, qtbot)
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(office.said))
    printed = (tmp_path / "roll.bin").read_bytes()
    assert b"UMUR UTANG" in printed
    assert b"28.800" in printed


def test_an_empty_corner_owes_nobody(office: Till, qtbot: QtBot) -> None:
    for code in ("P1", "P2"):
        office.corner.play({"do": "settle", "producer": code, "tender": "transfer"})
    screen = opened(office, qtbot)
    assert table(screen) == []
    assert sums(screen)["Saldo di buku"] == "Rp 0"
