"""Closing the shift at the real window: counted blind, the difference written down, the Z printed."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import drafts, print_queue, queries
from pos_app.ledger.backup import backups_in
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import backing_up
from pos_app.services.context import User
from pos_app.ui.screens.close_shift.presenter import NOTES, CloseShiftPresenter
from pos_app.ui.screens.close_shift.screen import CloseShiftScreen
from pos_app.ui.screens.shift_open.presenter import ShiftOpenPresenter
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till


def closing(till: Till) -> CloseShiftScreen:
    screen = till.window.current
    assert isinstance(screen, CloseShiftScreen)
    return screen


def count(till: Till, *values: str) -> None:
    """Types pieces field by field, from the largest note down; Enter goes on."""
    for value in values:
        till.type(value)
        till.press(Qt.Key.Key_Return)


def park_a_cart(corner: Corner) -> None:
    body = {"at": "2026-10-01T08:00:00+07:00", "total": 32_000, "lines": [{"name": "Keripik"}]}
    drafts.save(corner.db, "held:1", "2026-10-01T08:00:00+07:00", json.dumps(body))


def test_the_system_figure_stays_hidden_while_counting(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("close_shift")
    screen = closing(till)
    count(till, "2", "0", "1")
    assert screen.count_page.counted_text.text() == "Rp 220.000"
    assert "232.000" not in " ".join(screen.difference_page.figures.accessibleName().split())


def test_an_exact_count_closes_without_a_note(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("close_shift")
    count(till, "2")
    till.press(Qt.Key.Key_F12)
    screen = closing(till)
    assert screen.presenter.difference().word == "PAS"
    assert screen.difference_page.float_field.value() == 200_000
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Kasir ditutup: TK-MTR001A-")
    assert queries.open_shift(open_corner.db) is None
    assert print_queue.waiting(open_corner.db)[-1].paper == "z_report"


def test_a_difference_needs_a_note(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "1")
    till = bring("close_shift")
    count(till, "2", "0", "0", "1")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Kas kurang Rp 6.000. Tulis sebabnya sebelum menutup."
    till.press(Qt.Key.Key_F12)
    assert not closing(till).gate.asking
    till.type("salah kembalian")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    closed = closing(till).presenter.closed
    assert closed is not None
    assert (closed.expected, closed.counted, closed.difference) == (216_000, 210_000, -6_000)
    assert closed.pieces == {"100000": 2, "10000": 1}
    assert closed.note


def test_what_is_above_the_float_is_deposited(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("close_shift")
    count(till, "2", "0", "1", "1", "0", "1")
    till.press(Qt.Key.Key_F12)
    screen = closing(till)
    assert screen.difference_page.deposit_field.value() == 32_000
    screen.difference_page.deposit_field.setFocus()
    screen.difference_page.deposit_field.selectAll()
    till.type("30000")
    assert screen.difference_page.float_field.value() == 202_000
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    closed = screen.presenter.closed
    assert closed is not None
    assert closed.deposit == 30_000


def test_a_recount_needs_a_manager(office: Till, cashier: User) -> None:
    office.log_in(cashier)
    office.window.go("close_shift")
    count(office, "2")
    office.press(Qt.Key.Key_F12)
    office.press(Qt.Key.Key_Escape)
    screen = closing(office)
    assert screen.gate.asking
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert screen.presenter.step == "count"
    assert screen.count_page.counted_text.text() == "Rp 200.000"


def test_a_large_difference_needs_a_manager(office: Till, cashier: User, open_corner: Corner) -> None:
    office.log_in(cashier)
    office.window.go("close_shift")
    count(office, "1")
    office.press(Qt.Key.Key_F12)
    office.type("uang hilang")
    office.press(Qt.Key.Key_F12)
    screen = closing(office)
    assert screen.gate.currentWidget() is screen.gate.pin_panel
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert queries.open_shift(open_corner.db) is None


def test_parked_carts_are_carried_over_or_cancelled(bring: Callable[[str], Till], open_corner: Corner) -> None:
    park_a_cart(open_corner)
    till = bring("close_shift")
    count(till, "2")
    till.press(Qt.Key.Key_F12)
    screen = closing(till)
    assert "Rp 32.000" in screen.difference_page.parked_text.text()
    screen.difference_page.parked_chips.button("cancel").click()
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert drafts.drafts(open_corner.db, "held:") == []
    logged = open_corner.db.execute("SELECT action FROM activity ORDER BY id DESC LIMIT 1").fetchone()[0]
    assert logged == "held_cart_cancelled"


def test_carried_over_carts_stay(bring: Callable[[str], Till], open_corner: Corner) -> None:
    park_a_cart(open_corner)
    till = bring("close_shift")
    count(till, "2")
    for _ in range(3):
        till.press(Qt.Key.Key_F12)
    assert queries.open_shift(open_corner.db) is None
    assert len(drafts.drafts(open_corner.db, "held:")) == 1


def test_a_half_done_count_survives_a_power_cut(open_corner: Corner) -> None:
    presenter = CloseShiftPresenter(open_corner.counter)
    presenter.begin()
    presenter.set_pieces(100_000, 2, coin=False)
    presenter.set_pieces(500, 3, coin=True)
    after = CloseShiftPresenter(open_corner.counter)
    assert after.counted == 201_500


def test_the_last_page_says_whether_the_centre_has_the_report(open_corner: Corner) -> None:
    presenter = CloseShiftPresenter(open_corner.counter)
    presenter.begin()
    presenter.set_pieces(100_000, 2, coin=False)
    presenter.lock_count()
    presenter.close("", 0, None)
    store = LedgerStore(open_corner.ledger)
    alone = store.state()
    assert presenter.sent(alone, running=False)[0].startswith("Belum bergabung")
    joined = replace(alone, enrolled=True)
    assert presenter.sent(joined, running=True)[0] == "Mengirim laporan ke Diskoperin …"
    text, _icon, tone = presenter.sent(replace(joined, problem="unreachable"), running=False)
    assert (text.split(";")[0], tone) == ("Diskoperin belum menerima laporan ini", "warning")
    assert "Diskoperin tidak dapat dihubungi" in text
    store.rewind(open_corner.ledger.head().seq)
    assert presenter.sent(joined, running=False) == (
        "Laporan ini sudah ada di Diskoperin.",
        "cloud-check-outline",
        "success",
    )


def test_closing_backs_up_and_tells_it_on_the_last_page(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    backing_up.set_folders(open_corner.ledger, [stick, tmp_path / "gone"])
    till = bring("close_shift")
    count(till, "2")
    for _step in range(3):
        till.press(Qt.Key.Key_F12)
    screen = closing(till)
    assert screen.presenter.step == "done"
    qtbot.waitUntil(lambda: "Dicadangkan dan diperiksa" in screen.done_page.backup_facts.text())
    assert "gone tidak ada" in screen.done_page.backup_facts.text()
    (copy,) = backups_in(stick)
    assert copy.entries == open_corner.ledger.head().seq


def test_closing_without_a_folder_for_backups_says_so(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("close_shift")
    count(till, "2")
    for _step in range(3):
        till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Tanpa cadangan" in closing(till).done_page.backup_facts.text())


def test_without_a_shift_there_is_nothing_to_close(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.do("close_shift", counted=200_000)
    till = bring("close_shift")
    assert closing(till).pages.currentIndex() == 0
    till.press(Qt.Key.Key_F12)
    assert not isinstance(till.window.current, CloseShiftScreen)


def test_cash_goes_out_of_the_drawer_with_a_reason(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("close_shift")
    till.press(Qt.Key.Key_F7)
    till.type("25000")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Tulis untuk apa."
    till.type("es batu")
    till.press(Qt.Key.Key_F12)
    assert open_corner.state["drawer"] == 200_000
    till.press(Qt.Key.Key_F12)
    assert open_corner.state["drawer"] == 175_000
    assert till.said.startswith("KK-MTR001A-000001")
    assert closing(till).pages.currentIndex() == 1


def test_more_cash_than_the_drawer_holds_stays_in_it(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("close_shift")
    till.press(Qt.Key.Key_F7)
    till.type("250000")
    closing(till).cash_page.reason_field.setText("setor")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert open_corner.state["drawer"] == 200_000
    assert "Rp 200.000" in till.said


def test_cash_in_needs_a_managers_pin_from_a_cashier(office: Till, cashier: User, open_corner: Corner) -> None:
    office.log_in(cashier)
    office.window.go("close_shift")
    office.press(Qt.Key.Key_F7)
    screen = closing(office)
    screen.cash_page.choose("in")
    office.type("50000")
    screen.cash_page.reason_field.setText("uang kecil")
    office.press(Qt.Key.Key_F12)
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert open_corner.state["drawer"] == 250_000


def test_the_first_float_is_a_suggestion_later_ones_are_as_last_time(corner: Corner, manager: User) -> None:
    corner.counter.user = manager
    presenter = ShiftOpenPresenter(corner.counter)
    assert presenter.suggestion_words() == "Saran: 200.000"
    corner.do("open_shift", float=150_000)
    assert presenter.suggestion_words() == "Seperti terakhir: 150.000"


def test_the_fields_of_the_count_stand_apart_and_need_no_scrolling(
    make_till: Callable[[Corner], Till], open_corner: Corner, manager: User
) -> None:
    till = make_till(open_corner, size=(1366, 697))
    till.log_in(manager)
    till.window.go("close_shift")
    page = closing(till).count_page
    notes = [page.fields[value, False].geometry() for value in NOTES]
    assert all(lower.top() - upper.bottom() > 4 for upper, lower in pairwise(notes))
    assert page.verticalScrollBar().maximum() == 0
