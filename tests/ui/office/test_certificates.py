"""The board of certificates at the real window."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.domain.dates import WIB
from pos_app.ledger import producers
from pos_app.services.context import User
from pos_app.ui.screens.certificates.screen import CertificatesScreen
from pos_app.ui.screens.producer_data.screen import ProducerDataScreen
from pos_app.ui.screens.reports.todo import todos
from tests.corner import Corner
from tests.ui.conftest import Till

NOVEMBER = datetime(2026, 11, 22, 9, 0, tzinfo=WIB)


@pytest.fixture
def board(make_till: Callable[[Corner], Till], open_corner: Corner, manager: User, qtbot: QtBot) -> Till:
    """The board in November: P1 has no halal certificate any more, P2 none at all, both have food on the shelf."""
    open_corner.clock.now = NOVEMBER
    with open_corner.ledger.write() as tx:
        tx.db.execute(
            "UPDATE producers SET halal_no = 'ID12345678901234', halal_expires = '2026-11-20',"
            " pirt = '2101872010001-26' WHERE code = 'P1'"
        )
    till = make_till(open_corner)
    till.log_in(manager)
    till.window.go("certificates")
    qtbot.waitUntil(lambda: bool(shown(till).model.rows))
    return till


def shown(till: Till) -> CertificatesScreen:
    screen = till.window.current
    assert isinstance(screen, CertificatesScreen)
    return screen


def listed(till: Till) -> list[tuple[str, str, str]]:
    return [(row.producer, row.kind, row.state) for row in shown(till).model.rows]


def test_lapsed_comes_first_then_missing_then_what_lapses(board: Till) -> None:
    assert listed(board) == [("P1", "halal", "lapsed"), ("P2", "halal", "missing"), ("P1", "pirt", "soon")]
    assert "Di rak: Keripik Pisang 200 g" in shown(board).facts.text()


def test_chips_and_search_leave_what_is_asked_for(board: Till) -> None:
    screen = shown(board)
    assert screen.presenter.counts() == {"all": 3, "lapsed": 1, "missing": 1, "30": 0, "60": 1, "90": 1}
    screen.chips.button("missing").click()
    assert listed(board) == [("P2", "halal", "missing")]
    assert "17 Oktober 2026" in screen.facts.text()
    screen.chips.button("all").click()
    board.press(Qt.Key.Key_F2)
    board.type("pisang halal")
    assert listed(board) == [("P1", "halal", "lapsed")]
    board.press(Qt.Key.Key_Escape)
    assert len(listed(board)) == 3


def test_f12_leads_to_the_producer(board: Till) -> None:
    board.press(Qt.Key.Key_F12)
    screen = board.window.current
    assert isinstance(screen, ProducerDataScreen)
    assert screen.presenter.code == "P1"


def test_a_new_certificate_takes_the_producer_off_the_board(board: Till, qtbot: QtBot, open_corner: Corner) -> None:
    board.press(Qt.Key.Key_F12)
    board.press(Qt.Key.Key_F7)
    screen = board.window.current
    assert isinstance(screen, ProducerDataScreen)
    screen.certificates.kind_choice.choose("halal")
    screen.certificates.number_field.setText("ID99999999999999")
    board.press(Qt.Key.Key_F12)
    board.window.go("certificates")
    qtbot.waitUntil(lambda: ("P1", "halal", "lapsed") not in listed(board))
    held = {one.kind: one.number for one in producers.certificates(open_corner.db, ["P1"])["P1"]}
    assert held["halal"] == "ID99999999999999"


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_list_is_saved_as_it_is_shown(board: Till, qtbot: QtBot, tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    screen = shown(board)
    screen.chips.button("lapsed").click()
    screen.format_choice.choose(suffix)
    screen.box.folder.set_path(folder)
    screen.box.button.click()
    qtbot.waitUntil(lambda: "Tersimpan" in screen.box.facts.text())
    (path,) = folder.iterdir()
    assert path.suffix == f".{suffix}"
    if suffix == "csv":
        assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 2


def test_the_day_board_counts_them_and_leads_here(board: Till, open_corner: Corner) -> None:
    found = [todo for todo in todos(open_corner.db, NOVEMBER.date()) if todo.screen == "certificates"]
    assert [todo.text for todo in found] == ["2 sertifikat perlu diurus"]
    board.window.go("certificates", "missing")
    assert listed(board) == [("P2", "halal", "missing")]
