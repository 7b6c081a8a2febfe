"""First day with an old paper book (row 39): balances are typed, compared, recorded once; then stock is counted."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos_app.ledger import drafts, queries
from pos_app.ledger.print_queue import jobs_of
from pos_app.services.context import User
from pos_app.services.papers import document_paper
from pos_app.ui.screens.opening.presenter import SLOT
from pos_app.ui.screens.opening.screen import OpeningScreen
from pos_app.ui.screens.stock.screen import StockScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till


@pytest.fixture
def book(make_till: Callable[[Corner], Till], corner: Corner, cashier: User, manager: User) -> Till:
    """A corner with producers and staff, before its first shift."""
    till = make_till(corner)
    till.log_in(manager)
    till.window.go("opening")
    return till


def screen(till: Till) -> OpeningScreen:
    current = till.window.current
    assert isinstance(current, OpeningScreen)
    return current


def type_line(till: Till, who: str, amount: str) -> None:
    """By keyboard: a part of the name, Enter, the amount, Enter."""
    opening = screen(till)
    assert opening.who_field.hasFocus()
    QTest.keyClicks(opening.who_field, who)
    QTest.keyClick(opening.who_field, Qt.Key.Key_Return)
    assert opening.amount_field.hasFocus()
    QTest.keyClicks(opening.amount_field, amount)
    QTest.keyClick(opening.amount_field, Qt.Key.Key_Return)
    QApplication.processEvents()


def names(till: Till) -> tuple[str, str]:
    """Parts of the names of the first producer and staff member."""
    db = till.corner.db
    producer = db.execute("SELECT business_name FROM producers WHERE code = 'P1'").fetchone()[0]
    return str(producer), "S1"


def test_row_39_the_paper_book_is_taken_over_before_the_first_sale(book: Till) -> None:
    producer, staff = names(book)
    type_line(book, producer, "150000")
    type_line(book, staff, "42000")
    assert [row.label for row in screen(book).sums.rows][:2] == ["Hak produsen", "Bon pegawai"]
    assert [row.amount for row in screen(book).sums.rows][:2] == ["Rp 150.000", "Rp 42.000"]
    book.press(Qt.Key.Key_F12)
    assert screen(book).gate.asking
    book.press(Qt.Key.Key_F12)
    assert book.said.startswith("Tercatat sebagai SA-MTR001A-000001. Kini hitung stok")
    assert book.corner.payable("P1") == 150_000
    assert book.corner.state["tabs"]["S1"] == 42_000
    assert book.corner.state["drawer"] == 0
    entry = queries.entry_by_seq(book.corner.db, 1)
    assert entry is not None
    assert [job.state for job in jobs_of(book.corner.db, entry.id)] == ["waiting"]
    paper = document_paper(book.corner.ledger, book.corner.counter.vault, entry.id)
    assert (paper.kind, paper.number, paper.title) == ("opening", "SA-MTR001A-000001", "SALDO AWAL")
    assert book.corner.verify() == 1
    book.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(book.window.current, StockScreen)


def test_what_was_typed_survives_a_power_cut(book: Till, make_till: Callable[[Corner], Till], manager: User) -> None:
    type_line(book, names(book)[0], "150000")
    again = make_till(book.corner)
    again.log_in(manager)
    again.window.go("opening")
    assert [line.amount for line in screen(again).presenter.lines] == [150_000]
    again.press(Qt.Key.Key_F12)
    again.press(Qt.Key.Key_F12)
    assert drafts.load(book.corner.db, SLOT) is None
    assert screen(again).presenter.lines == []


def test_a_name_typed_twice_is_replaced_and_said(book: Till) -> None:
    type_line(book, names(book)[0], "150000")
    type_line(book, names(book)[0], "15000")
    assert "sudah ada di daftar dengan Rp 150.000; diganti." in book.said
    assert [line.amount for line in screen(book).presenter.lines] == [15_000]


def test_a_line_that_is_added_or_removed_ends_the_question_about_the_list(book: Till) -> None:
    producer, staff = names(book)
    type_line(book, producer, "150000")
    book.press(Qt.Key.Key_F12)
    assert screen(book).gate.asking
    screen(book).who_field.setFocus()
    type_line(book, staff, "42000")
    assert not screen(book).gate.asking
    book.press(Qt.Key.Key_F12)
    screen(book).remove()
    assert not screen(book).gate.asking
    assert book.corner.ledger.head().seq == 0


def test_a_mistyped_opening_is_reversed_and_its_lines_come_back(book: Till) -> None:
    type_line(book, names(book)[0], "150000")
    book.press(Qt.Key.Key_F12)
    book.press(Qt.Key.Key_F12)
    assert "Sudah dicatat: SA-MTR001A-000001, produsen Rp 150.000, pegawai Rp 0" in screen(book).facts.text()
    screen(book).reverse_button.click()
    book.press(Qt.Key.Key_F12)
    assert "SA-MTR001A-000001 dibatalkan" in book.said
    assert book.corner.payable("P1") == 0
    assert [line.amount for line in screen(book).presenter.lines] == [150_000]
    assert "Sudah dicatat" not in screen(book).facts.text()
    assert not screen(book).reverse_button.isVisibleTo(screen(book))
    assert book.corner.verify() == 2


def test_after_the_first_sale_the_book_stays_closed(
    open_corner: Corner, make_till: Callable[[Corner], Till], manager: User
) -> None:
    open_corner.sell("T1")
    till = make_till(open_corner)
    till.log_in(manager)
    till.window.go("opening")
    assert "Penjualan pertama sudah tercatat" in screen(till).facts.text()
    before = till.corner.ledger.head().seq
    till.press(Qt.Key.Key_F12)
    assert "tidak bisa dicatat lagi" in till.said
    assert till.corner.ledger.head().seq == before


def test_a_cashier_needs_the_managers_pin(book: Till, cashier: User) -> None:
    book.log_in(cashier)
    book.window.go("opening")
    type_line(book, names(book)[0], "5000")
    book.press(Qt.Key.Key_F12)
    book.type(MANAGER_PIN)
    book.press(Qt.Key.Key_Return)
    assert book.said.startswith("Tercatat sebagai")
    assert book.corner.payable("P1") == 5_000
