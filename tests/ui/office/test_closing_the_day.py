"""Rows 10, 17, 23 and 24 of a day at the counter: the drawer counted blind, drops, X and Z, a forgotten yesterday."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries, registry
from pos_app.printing.layout import Paper
from pos_app.printing.preview import preview
from pos_app.services import day_papers, matching, printing, reporting
from pos_app.services.context import TRAINING_SETTING, User
from pos_app.services.papers import document_paper
from pos_app.ui.screens.close_shift.presenter import CloseShiftPresenter
from pos_app.ui.screens.close_shift.screen import CloseShiftScreen
from pos_app.ui.screens.producers.screen import ProducersScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1

CONTROL = Qt.KeyboardModifier.ControlModifier


def closing(till: Till) -> CloseShiftScreen:
    screen = till.window.current
    assert isinstance(screen, CloseShiftScreen)
    return screen


@dataclass
class Fingers:
    """Counts what is pressed: a number with the Enter that ends it is one entry, every other key is one key."""

    till: Till
    keys: int = 0
    numbers: int = 0

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys += 1
        self.till.press(key, modifier)

    def number(self, text: str) -> None:
        """A number and Enter; nothing but Enter where there is no piece of that value."""
        self.numbers += 1
        self.till.type(text)
        self.till.press(Qt.Key.Key_Return)


def pieces_for(amount: int) -> list[str]:
    """How many of each note and coin make an amount, from the largest down."""
    found = []
    for value in (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 1_000, 500, 200, 100):
        pieces, amount = divmod(amount, value)
        found.append(str(pieces) if pieces else "")
    return found


def shown(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("scale", [100, 200])
def test_row_23_closing_without_a_difference_takes_one_number_per_denomination_plus_4_keys(
    make_till: Callable[..., Till], open_corner: Corner, cashier: User, scale: int
) -> None:
    """From the idle Sell screen: Ctrl+7, eleven numbers (each with its Enter), F12 locks, F12 closes, F12 confirms."""
    till = make_till(open_corner, scale=scale)
    till.log_in(cashier)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.window.go("sell")
    hands = Fingers(till)
    hands.key(Qt.Key.Key_7, CONTROL)
    for text in pieces_for(216_000):
        hands.number(text)
    hands.key(Qt.Key.Key_F12)
    hands.key(Qt.Key.Key_F12)
    hands.key(Qt.Key.Key_F12)
    assert queries.open_shift(open_corner.db) is None
    assert (hands.numbers, hands.keys) == (11, 4)
    closed = closing(till).presenter.closed
    assert closed is not None
    assert (closed.expected, closed.difference) == (216_000, 0)


def test_row_23_nothing_tells_a_cashier_the_system_figure_before_the_count_is_locked(
    till: Till, qtbot: QtBot, tmp_path: Path
) -> None:
    corner = till.corner
    corner.sell("T1", "2")
    till.window.go("close_shift")
    words = [label.text() for label in till.window.findChildren(type(closing(till).shift_text)) if label.isVisible()]
    assert not any("232.000" in text or "32.000" in text for text in words)
    paper = tmp_path / "paper"
    printing.save_printer_settings(corner.ledger, printing.PrinterSettings("file", str(paper)))
    till.press(Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: till.said == "Laporan X tercetak; kasir tetap buka.")
    printed = paper.read_bytes()
    assert b"LAPORAN X - BELUM TUTUP" in printed
    assert b"232.000" not in printed
    assert b"32.000" not in printed
    assert b"Tunai" not in printed
    assert queries.open_shift(corner.db) is not None


def test_row_23_the_x_report_and_the_board_together_do_not_tell_a_cashier_the_cash(till: Till) -> None:
    """The board shows the day's sales: less what came by QRIS, tab and transfer, they would be the cash."""
    corner = till.corner
    corner.sell("T1", "2")
    for kind, staff in (("qris", {}), ("tab", {"staff": "S1"}), ("transfer", {})):
        tenders = [{"kind": kind, "amount": 16_000, **staff}]
        corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)
    user = corner.counter.user
    assert user is not None
    printed = str(day_papers.shift_so_far(corner.ledger, user, corner.clock()))
    assert "16.000" not in printed


def test_row_23_the_drawer_stands_on_no_other_screen_of_a_cashier(till: Till, manager: User) -> None:
    till.corner.sell("T1", "2")
    till.window.go("producers")
    screen = till.window.current
    assert isinstance(screen, ProducersScreen)
    assert screen.payment.drawer_text.text() == ""
    till.log_in(manager)
    till.window.go("producers")
    assert screen.payment.drawer_text.text() == "Kas laci 232.000"


def test_row_23_the_lock_of_a_count_outlives_a_power_cut(open_corner: Corner, cashier: User) -> None:
    open_corner.counter.user = cashier
    presenter = CloseShiftPresenter(open_corner.counter)
    presenter.begin()
    presenter.set_pieces(100_000, 2, coin=False)
    presenter.lock_count()
    again = CloseShiftPresenter(open_corner.counter)
    again.begin()
    assert again.step == "difference"
    assert again.lock_words().startswith("Hitungan terkunci 08.00.")


def test_row_23_a_sale_after_the_lock_is_told_and_a_recount_is_logged(office: Till, cashier: User) -> None:
    corner = office.corner
    office.window.go("close_shift")
    office.type("2")
    office.press(Qt.Key.Key_F12)
    corner.sell("T1", "1")
    office.window.go("sell")
    office.window.go("close_shift")
    assert "bergerak +Rp 16.000" in closing(office).difference_page.lock_text.text()
    office.press(Qt.Key.Key_Escape)
    assert closing(office).presenter.step == "count"
    assert corner.db.execute("SELECT count(*) FROM activity WHERE action = 'recount'").fetchone()[0] == 1


def test_row_23_the_last_step_shows_both_figures_and_takes_no_input(office: Till) -> None:
    office.window.go("close_shift")
    office.type("2")
    for _step in range(3):
        office.press(Qt.Key.Key_F12)
    page = closing(office).done_page
    told = page.sums.accessibleName()
    assert "Kas seharusnya Rp 200.000" in shown(told)
    assert "Kas fisik Rp 200.000" in shown(told)
    assert closing(office).pages.currentWidget() is page


def test_drops_to_the_safe_are_told_apart_from_cash_that_was_spent(till: Till) -> None:
    corner = till.corner
    corner.sell("T1", "4")
    till.window.go("close_shift")
    till.press(Qt.Key.Key_F6)
    till.type("60000")
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    assert corner.state["drawer"] == 204_000
    assert queries.balance(corner.db, "safe") == 60_000 - 200_000
    for text in pieces_for(204_000):
        till.type(text)
        till.press(Qt.Key.Key_Return)
    till.press(Qt.Key.Key_F12)
    lines = {line.label: line.amount for line in closing(till).presenter.figures()}
    assert (lines["- Setoran ke brankas"], lines["- Kas keluar"]) == ("60.000", "0")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    paper = "\n".join(preview(last_paper(corner), 48))
    assert any(shown(line) == "- Setoran ke brankas 60.000" for line in paper.splitlines()), paper


def test_cash_out_says_what_for_by_a_code_and_needs_no_note_then(office: Till) -> None:
    corner = office.corner
    office.window.go("close_shift")
    office.press(Qt.Key.Key_F7)
    office.type("15000")
    page = closing(office).cash_page
    page.purpose_choice.choose("transport")
    office.press(Qt.Key.Key_F12)
    office.press(Qt.Key.Key_F12)
    (move,) = queries.recent(corner.db, "cash_move")
    entry = queries.entry_by_seq(corner.db, move.seq)
    assert entry is not None
    assert getattr(entry.document, "reason", "") == "transport"
    assert "Ongkos angkut" in "\n".join(preview(last_paper(corner), 48))


def test_row_17_cash_out_above_the_drawer_is_refused_with_the_figure(office: Till) -> None:
    office.window.go("close_shift")
    office.press(Qt.Key.Key_F6)
    office.type("250000")
    office.press(Qt.Key.Key_F12)
    office.press(Qt.Key.Key_F12)
    assert "Rp 200.000" in office.said
    assert office.corner.state["drawer"] == 200_000


def last_paper(corner: Corner) -> Paper:
    entry = queries.entry_by_seq(corner.db, corner.ledger.head().seq)
    assert entry is not None
    return document_paper(corner.ledger, corner.counter.vault, entry.id)


def test_row_10_the_z_counts_removed_lines_discounts_and_corrections(office: Till) -> None:
    corner = office.corner
    office.window.go("sell")
    office.scan(T1)
    office.press(Qt.Key.Key_Delete)
    corner.sell("T1", "2", discount=2_000)
    corner.sell("T1", "1")
    corner.do("reverse", of=1, reason="salah")
    corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    corner.do("close_shift", counted=queries.balance(corner.db, "cash"))
    lines = [shown(line) for line in preview(last_paper(corner), 48)]
    for line in ("Pengembalian uang 1", "Pembatalan 1", "Diskon: 1 Rp 2.000", "Baris dihapus sebelum bayar 1"):
        assert line in lines, lines


def test_row_8_the_z_lists_qris_that_is_not_matched_also_of_earlier_days(office: Till) -> None:
    corner = office.corner
    for day in range(2):
        if day:
            corner.clock.pass_by(days=1)
            corner.do("open_shift", float=200_000)
        tender = {"kind": "qris", "amount": 16_000, "reference": f"481{day}"}
        corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[tender])
        corner.do("close_shift", counted=200_000)
    lines = [shown(line) for line in preview(last_paper(corner), 48)]
    assert lines[lines.index("ST-MTR001A-000002 16.000") + 1] == "ref. 4811"
    assert "ST-MTR001A-000001 16.000" not in lines
    assert "Belum dicocokkan Rp 16.000" in lines
    assert "Seluruhnya belum dicocokkan Rp 32.000" in lines


def test_row_8_what_was_matched_in_the_shift_is_not_on_its_z(office: Till) -> None:
    corner = office.corner
    for reference in ("4810", "4811"):
        tender = {"kind": "qris", "amount": 16_000, "reference": reference}
        corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[tender])
    first = matching.unmatched(corner.db)[0]
    matching.match(corner.counter, [first.seq], 15_900, reference="BANK-1")
    corner.do("close_shift", counted=200_000)
    lines = [shown(line) for line in preview(last_paper(corner), 48)]
    assert not any("ref. 4810" in line for line in lines)
    assert "Belum dicocokkan Rp 16.000" in lines


def test_a_manager_sees_the_expected_cash_on_the_x_report(office: Till, manager: User) -> None:
    corner = office.corner
    corner.sell("T1", "2")
    paper = day_papers.shift_so_far(corner.ledger, manager, corner.clock())
    text = [shown(line) for line in preview(paper, 48)]
    assert "Kas seharusnya Rp 232.000" in text
    assert text.count("LAPORAN X - BELUM TUTUP") == 2


def test_in_a_training_no_paper_of_the_day_can_be_mistaken(office: Till, manager: User) -> None:
    corner = office.corner
    with corner.ledger.write() as tx:
        registry.set_setting(tx.db, TRAINING_SETTING, "1")
    today = corner.clock().date()
    report = reporting.report(corner.db, today, today)
    for paper in (
        day_papers.shift_so_far(corner.ledger, manager, corner.clock()),
        day_papers.summary(corner.ledger, report, corner.clock()),
        day_papers.log_paper(corner.ledger, [], (today, today), corner.clock()),
    ):
        lines = [line.strip() for line in preview(paper, 48)]
        assert sum("LATIHAN" in line for line in lines) >= 2, lines


def test_row_24_yesterdays_shift_is_closed_before_anything_is_sold(till: Till) -> None:
    corner = till.corner
    corner.clock.pass_by(days=1)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    assert "masih terbuka" in till.said
    assert corner.state["sales"] == 0
    till.window.go("close_shift")
    till.type("2")
    for _step in range(3):
        till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert till.window.current is not None
    assert till.window.current.name == "shift_open"
    till.type("200000")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    assert corner.state["sales"] == 1
    assert [shift["difference"] for shift in corner.state["shifts"]] == [0, None]


def test_row_24_a_clock_that_cannot_be_right_only_warns(till: Till) -> None:
    corner = till.corner
    corner.clock.pass_by(days=-3)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    assert corner.state["sales"] == 1


def test_row_26_the_count_says_whose_drawer_it_is(till: Till) -> None:
    till.window.go("close_shift")
    assert closing(till).presenter.drawer_words() == ("Laci kasir A saja; kasir lain dihitung di layarnya sendiri.")
