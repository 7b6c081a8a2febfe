"""Matching QRIS money to the bank at the real window (row 8 of a day at the counter)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services import matching
from pos_app.services.context import User
from pos_app.ui.screens.qris_match.screen import QrisMatchScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till

MUTASI = """Tanggal;Keterangan;Kredit
01/10/2026 08.01;QRIS RRN 000012344817;15.888,00
01/10/2026 08.02;QRIS RRN 000012341111;31.776,00
02/10/2026;TRANSFER LAIN;99.000,00
"""


def by_qris(corner: Corner, quantity: int, reference: str) -> str:
    tenders = [{"kind": "qris", "amount": quantity * 16_000, "reference": reference}]
    return str(corner.do("sale", lines=[{"code": "T1", "quantity": str(quantity)}], tenders=tenders)["number"])


@pytest.fixture
def match(bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot) -> Till:
    """Three sales by QRIS are unmatched, a week and more old; a manager looks at them."""
    for quantity, reference in ((1, "4817"), (2, "1111"), (3, "2222")):
        by_qris(open_corner, quantity, reference)
    open_corner.clock.pass_by(days=8)
    till = bring("qris_match")
    qtbot.waitUntil(lambda: len(screen(till).model.rows) == 3)
    return till


def screen(till: Till) -> QrisMatchScreen:
    current = till.window.current
    assert isinstance(current, QrisMatchScreen)
    return current


def test_the_list_tells_what_is_unmatched_how_old_and_by_which_reference(match: Till) -> None:
    rows = screen(match).model.rows
    assert [(row.amount, row.reference, row.age) for row in rows] == [
        (16_000, "4817", "8 hari"),
        (32_000, "1111", "8 hari"),
        (48_000, "2222", "8 hari"),
    ]
    assert [(row.label, row.amount) for row in screen(match).sums.rows] == [
        ("Belum dicocokkan", "Rp 96.000"),
        ("0 dipilih dari 3", "Rp 0"),
    ]


def test_chosen_rows_are_recorded_net_of_the_fee_after_a_second_look(match: Till, open_corner: Corner) -> None:
    match.press(Qt.Key.Key_Return)
    match.press(Qt.Key.Key_Down)
    match.press(Qt.Key.Key_Return)
    match.press(Qt.Key.Key_F4)
    match.type("47664")
    assert [(row.label, row.amount) for row in screen(match).fee.rows] == [("Biaya (MDR)", "Rp 336 · 0,70 %")]
    match.press(Qt.Key.Key_F12)
    assert screen(match).gate.asking
    assert matching.unmatched_total(open_corner.db) == 96_000
    match.press(Qt.Key.Key_F12)
    assert match.said == "CQ-MTR001A-000001: Rp 47.664 sudah ditemukan di bank."
    books = queries.balances(open_corner.db)
    assert (books["bank"], books["fees"], books["qris"]) == (47_664, 336, 48_000)
    assert [row.amount for row in screen(match).model.rows] == [48_000]
    open_corner.verify()


def test_a_question_about_a_sum_is_over_when_another_row_is_chosen(match: Till, open_corner: Corner) -> None:
    match.press(Qt.Key.Key_Return)
    match.press(Qt.Key.Key_F12)
    assert screen(match).gate.asking
    screen(match).table.row_activated.emit(1)
    assert not screen(match).gate.asking
    assert matching.unmatched_total(open_corner.db) == 96_000


def test_space_takes_a_row_in_and_out_as_enter_does(match: Till, qtbot: QtBot) -> None:
    screen(match).table.setFocus()
    match.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: [row.chosen for row in screen(match).model.rows] == [True, False, False])
    match.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not any(row.chosen for row in screen(match).model.rows))


def test_a_sale_that_was_undone_is_not_listed_and_goes_with_the_next_match(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    kept = by_qris(open_corner, 1, "4817")
    open_corner.do("reverse", of=by_qris(open_corner, 1, "9999"))
    till = bring("qris_match")
    qtbot.waitUntil(lambda: [row.number for row in screen(till).model.rows] == [kept])
    screen(till).table.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F12, Qt.Key.Key_F12):
        till.press(key)
    assert matching.unmatched(open_corner.db) == []


def test_with_nothing_typed_the_bank_shows_all_of_it(match: Till, open_corner: Corner) -> None:
    match.press(Qt.Key.Key_F6)
    match.press(Qt.Key.Key_F12)
    match.press(Qt.Key.Key_F12)
    books = queries.balances(open_corner.db)
    assert (books["bank"], books.get("fees", 0), books["qris"]) == (96_000, 0, 0)
    assert screen(match).model.rows == []


def test_more_than_was_paid_is_refused_with_the_figure(match: Till, open_corner: Corner) -> None:
    match.press(Qt.Key.Key_Return)
    match.press(Qt.Key.Key_F4)
    match.type("16001")
    match.press(Qt.Key.Key_F12)
    assert "lebih dari Rp 16.000" in match.said
    assert matching.unmatched_total(open_corner.db) == 96_000


def test_the_banks_statement_proposes_and_a_person_decides(
    match: Till, open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mutasi.csv"
    path.write_text(MUTASI, encoding="utf-8")
    shown = screen(match)
    shown.choose_file = lambda: str(path)
    match.press(Qt.Key.Key_F7)
    qtbot.waitUntil(shown.columns_page.isVisible)
    assert shown.columns_page.columns().amount == 2
    match.press(Qt.Key.Key_F12)
    assert match.said == "2 dari 3 baris cocok. Periksa, lalu F12."
    assert [row.chosen for row in shown.model.rows] == [True, True, False]
    assert shown.field.value() == 47_664
    assert matching.unmatched_total(open_corner.db) == 96_000, "nothing is recorded by a proposal"
    match.press(Qt.Key.Key_F12)
    match.press(Qt.Key.Key_F12)
    assert matching.unmatched_total(open_corner.db) == 48_000
    newest = queries.entry_by_number(open_corner.db, "CQ-MTR001A-000001")
    assert newest is not None
    assert newest.document.note, "which statement it was is a sealed note"
    bodies = [row[0] for row in open_corner.db.execute("SELECT body FROM journal")]
    assert not [body for body in bodies if b"mutasi" in body], "the name of a file may tell a person's or an account"


def test_the_last_match_can_be_taken_back(match: Till, open_corner: Corner, qtbot: QtBot) -> None:
    match.press(Qt.Key.Key_F6)
    match.press(Qt.Key.Key_F12)
    match.press(Qt.Key.Key_F12)
    match.press(Qt.Key.Key_F8)
    match.press(Qt.Key.Key_F12)
    assert match.said == "CQ-MTR001A-000001 dibatalkan; isinya belum dicocokkan lagi."
    assert matching.unmatched_total(open_corner.db) == 96_000
    qtbot.waitUntil(lambda: len(screen(match).model.rows) == 3)


def test_a_cashier_needs_a_managers_pin(match: Till, open_corner: Corner, cashier: User) -> None:
    open_corner.counter.user = cashier
    match.press(Qt.Key.Key_F6)
    match.press(Qt.Key.Key_F12)
    assert matching.unmatched_total(open_corner.db) == 96_000
    match.type(MANAGER_PIN)
    match.press(Qt.Key.Key_Return)
    assert matching.unmatched_total(open_corner.db) == 0


@pytest.mark.parametrize("size", [(1366, 697), (1093, 543)], ids=["wide", "compact"])
@pytest.mark.parametrize("scale", [100, 200])
def test_every_button_is_whole(
    make_till: Callable[..., Till], open_corner: Corner, manager: User, size: tuple[int, int], scale: int
) -> None:
    from tests.ui.test_looks import clipped

    by_qris(open_corner, 1, "4817")
    till = make_till(open_corner, size=size, scale=scale)
    till.log_in(manager)
    till.window.go("qris_match")
    QApplication.processEvents()
    assert clipped(till) == []


def test_an_empty_list_says_so(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("qris_match")
    qtbot.waitUntil(lambda: not till.window.workers.busy)
    till.press(Qt.Key.Key_F12)
    assert till.said == "Semua sudah dicocokkan."
    till.press(Qt.Key.Key_Escape)
    assert till.window.current is not None
    assert till.window.current.name == "reports"
