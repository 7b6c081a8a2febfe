"""Paying all who are due at the real window: ticks, one confirmation, progress, papers, the list for the bank."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import print_queue, queries
from pos_app.printing.layout import Paper
from pos_app.services import settlement_run
from pos_app.services.context import User
from pos_app.services.papers import document_papers
from pos_app.ui.screens.settlement_run.screen import SettlementRunScreen
from tests.corner import Corner
from tests.services.test_transfer_list import give_account
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.held import Held


def screen_of(till: Till) -> SettlementRunScreen:
    screen = till.window.current
    assert isinstance(screen, SettlementRunScreen)
    return screen


def sums(screen: SettlementRunScreen) -> dict[str, str]:
    return {row.label: row.amount for row in screen.sums.rows}


def slips(corner: Corner) -> list[str]:
    return [row.number for row in reversed(queries.recent(corner.db, "settlement"))]


def sell_today(corner: Corner) -> None:
    corner.do("close_shift", counted=corner.state["drawer"])
    corner.do("open_shift", float=100_000)
    corner.sell("T1", "1")


@pytest.fixture
def due(open_corner: Corner) -> Corner:
    """P1 is owed 43.200, P2 20.000; both wait for more than a week."""
    open_corner.sell("T1", "3")
    open_corner.clock.now += timedelta(days=8)
    return open_corner


@pytest.fixture
def run(bring: Callable[[str], Till], due: Corner, qtbot: QtBot) -> Till:
    till = bring("settlement_run")
    screen = screen_of(till)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2 and screen.main_button.isEnabled())
    return till


def settled(till: Till, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: len(slips(till.corner)) == count and screen_of(till).pages.currentIndex() == 2)


def test_all_who_are_due_are_ticked_and_paid_after_one_confirmation(run: Till, due: Corner, qtbot: QtBot) -> None:
    screen = screen_of(run)
    assert [(row.code, row.ticked, row.amount) for row in screen.model.rows] == [
        ("P1", True, 43_200),
        ("P2", True, 20_000),
    ]
    assert sums(screen)["2 produsen"] == "Rp 63.200"
    run.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    assert slips(due) == []
    run.press(Qt.Key.Key_F12)
    settled(run, qtbot, 2)
    assert run.said == "2 produsen dibayar, Rp 63.200: BP-MTR001A-000001 sampai BP-MTR001A-000002."
    assert (due.payable("P1"), due.payable("P2")) == (0, 0)
    due.verify()


def test_space_leaves_out_f7_changes_the_way_and_f6_takes_all_or_none(run: Till, due: Corner, qtbot: QtBot) -> None:
    screen = screen_of(run)
    give_account(due, "P2", "12345678")
    run.type(" ")
    assert [row.ticked for row in screen.model.rows] == [False, True]
    assert sums(screen)["Jatuh tempo, tidak ikut"] == "1"
    run.press(Qt.Key.Key_Down)
    run.press(Qt.Key.Key_F7)
    assert (sums(screen)["Transfer"], sums(screen)["Tunai dari laci"]) == ("Rp 20.000", "Rp 0")
    run.press(Qt.Key.Key_F6)
    assert all(row.ticked for row in screen.model.rows)
    run.press(Qt.Key.Key_F6)
    assert not any(row.ticked for row in screen.model.rows)
    run.press(Qt.Key.Key_F12)
    assert run.said.startswith("Belum ada yang dicentang.")
    assert not screen.gate.asking


def test_row_17_a_drawer_too_low_is_refused_up_front_with_the_figure(run: Till, due: Corner) -> None:
    due.do("cash_move", direction="out", amount=200_000, safe=True)
    run.press(Qt.Key.Key_F12)
    assert run.said == "Kas laci hanya Rp 48.000; perlu Rp 63.200. Transfer sebagian atau kurangi yang dibayar."
    assert not screen_of(run).gate.asking


def test_who_has_no_account_is_named_before_the_run_and_can_be_paid_in_cash(run: Till, due: Corner) -> None:
    run.press(Qt.Key.Key_F7)
    assert "tidak ada rekening" in screen_of(run).model.rows[0].flag
    run.press(Qt.Key.Key_F12)
    assert run.said == "1 tanpa rekening: Dapur Satu. Bayar tunai atau jangan ikutkan."
    run.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert screen_of(run).model.rows[0].tender == "cash"
    assert slips(due) == []


def test_esc_stops_the_run_and_nothing_is_recorded(
    run: Till, due: Corner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = screen_of(run)
    append = settlement_run._append

    stopped = threading.Event()

    def when_it_was_stopped(*args: object, **options: object) -> None:
        append(*args, **options)  # type: ignore[arg-type]
        assert stopped.wait(60)

    monkeypatch.setattr(settlement_run, "_append", when_it_was_stopped)
    run.press(Qt.Key.Key_F12)
    run.press(Qt.Key.Key_F12)
    assert screen.pages.currentIndex() == 1
    run.press(Qt.Key.Key_Escape)
    stopped.set()
    qtbot.waitUntil(lambda: run.said == "Dihentikan. Tidak ada yang tercatat.")
    assert slips(due) == []
    assert screen.pages.currentIndex() == 0
    due.verify()


def test_a_cashier_pays_with_a_managers_pin(
    office: Till, cashier: User, manager: User, due: Corner, qtbot: QtBot
) -> None:
    office.log_in(cashier)
    office.window.go("settlement_run")
    screen = screen_of(office)
    qtbot.waitUntil(screen.main_button.isEnabled)
    assert "Kas laci" not in sums(screen)
    office.press(Qt.Key.Key_F12)
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    settled(office, qtbot, 2)
    entry = queries.entry_by_number(due.db, "BP-MTR001A-000002")
    assert entry is not None
    assert entry.document.approved_by == manager.id  # type: ignore[attr-defined]


def test_an_earlier_cut_off_plans_anew(run: Till, due: Corner, qtbot: QtBot) -> None:
    screen = screen_of(run)
    due.do("close_shift", counted=248_000)
    due.do("open_shift", float=100_000)
    due.sell("T1", "1")
    screen.through.setText("01/10/2026")
    screen.through.editingFinished.emit()
    qtbot.waitUntil(lambda: bool(screen.model.rows) and screen.model.rows[0].flag != "")
    assert screen.model.rows[0].flag == "hak hari ini: Rp 57.600"
    assert sums(screen)["2 produsen"] == "Rp 63.200"


def test_who_owes_the_corner_is_seen_under_left_out(run: Till, due: Corner, qtbot: QtBot) -> None:
    due.do("settle", producer="P1", tender="transfer")
    due.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    screen = screen_of(run)
    run.window.go("producers")
    run.window.go("settlement_run")
    qtbot.waitUntil(lambda: [row.code for row in screen.model.rows] == ["P2"])
    screen.chips.button("out").click()
    assert [(row.code, row.amount, row.flag) for row in screen.model.rows] == [
        ("P1", -14_400, "berutang ke pojok: terima di layar Produsen")
    ]


class TestFasterThanTheDisk:
    """Keys that come while a worker still reads."""

    def test_nothing_is_paid_by_the_plan_of_another_cut_off(
        self, run: Till, due: Corner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        screen = screen_of(run)
        sell_today(due)
        held = Held(run, monkeypatch)
        screen.through.setText("01/10/2026")
        screen.through.editingFinished.emit()
        run.press(Qt.Key.Key_F12)
        assert run.said == "Masih membaca. Tekan lagi sebentar."
        assert (screen.gate.asking, screen.model.rows) == (False, [])
        held.go_on()
        qtbot.waitUntil(screen.main_button.isEnabled)
        run.press(Qt.Key.Key_F12)
        assert "2 produsen, tercatat sampai 01/10/2026" in screen.gate.confirm_panel._lines.text()
        assert screen.gate.confirm_panel._amount.text() == "Rp 63.200"

    def test_a_question_is_closed_when_the_plan_it_was_about_is_read_anew(
        self, run: Till, due: Corner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        screen = screen_of(run)
        run.press(Qt.Key.Key_F12)
        assert screen.gate.asking
        run.window.go("producers")
        sell_today(due)
        held = Held(run, monkeypatch)
        run.window.go("settlement_run")
        run.press(Qt.Key.Key_F12)
        assert not screen.gate.asking
        held.go_on()
        qtbot.waitUntil(screen.main_button.isEnabled)
        assert [row.amount for row in screen.model.rows] == [57_600, 20_000]
        assert slips(due) == []

    def test_on_later_days_it_pays_up_to_those_days(self, run: Till, due: Corner, qtbot: QtBot) -> None:
        screen = screen_of(run)
        due.clock.pass_by(days=1)
        run.window.go("producers")
        run.window.go("settlement_run")
        qtbot.waitUntil(screen.main_button.isEnabled)
        assert screen.through.value() == due.clock.now.date()
        assert screen.presenter.plan is not None
        assert screen.presenter.plan.through == due.clock.now.date()


class TestPapers:
    """After the run: one PDF, the print queue, the list for the bank."""

    @pytest.fixture
    def paid(self, run: Till, due: Corner, qtbot: QtBot) -> Till:
        give_account(due, "P1", "0001234567")
        run.window.go("producers")
        run.window.go("settlement_run")
        screen = screen_of(run)
        qtbot.waitUntil(screen.main_button.isEnabled)
        run.press(Qt.Key.Key_F7)
        run.press(Qt.Key.Key_F12)
        assert screen.gate.asking, run.said
        run.press(Qt.Key.Key_F12)
        settled(run, qtbot, 2)
        return run

    @pytest.mark.parametrize(("pages", "box"), [("a5", b"419.5276"), ("a4", b"841.8898")])
    def test_the_slips_are_saved_as_one_pdf(
        self, paid: Till, qtbot: QtBot, tmp_path: Path, pages: str, box: bytes
    ) -> None:
        page = screen_of(paid).done_page
        page.pages.button(pages).click()
        page.box.folder.field.setText(str(tmp_path))
        with qtbot.waitSignal(page.box.saved):
            page.box.button.click()
        content = (tmp_path / "BP-MTR001A-000001-000002.pdf").read_bytes()
        assert content.startswith(b"%PDF")
        assert box in content

    def test_saving_the_slips_tells_how_far_it_is_and_can_be_stopped(
        self, paid: Till, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        box = screen_of(paid).done_page.box
        going_on = threading.Event()
        stick = tmp_path / "stick"
        stick.mkdir()

        def slowly(*given: Any) -> Iterator[Paper]:
            for paper in document_papers(*given):
                yield paper
                going_on.wait()

        monkeypatch.setattr("pos_app.services.run_papers.document_papers", slowly)
        box.folder.field.setText(str(stick))
        box.button.click()
        qtbot.waitUntil(box.progress.isVisible)
        box.stop_button.click()
        going_on.set()
        qtbot.waitUntil(lambda: box.facts.text() == "Dihentikan. Tidak ada yang disimpan.")
        assert list(stick.iterdir()) == []
        with qtbot.waitSignal(box.saved):
            box.button.click()
        assert len(list(stick.iterdir())) == 1

    def test_who_was_paid_in_full_cannot_be_called_unpayable(self, paid: Till, qtbot: QtBot) -> None:
        screen = screen_of(paid)
        qtbot.waitUntil(lambda: screen.presenter.plan is not None)
        assert screen.presenter.counts() == {"due": 0, "owed": 0, "out": 0}

    def test_there_is_one_way_to_the_list_for_the_bank_at_a_time(self, paid: Till) -> None:
        screen = screen_of(paid)
        assert screen.done_page.list_button.isVisible()
        assert not screen.buttons["F8"].isVisible()
        paid.press(Qt.Key.Key_F12)
        assert screen.buttons["F8"].isVisible()

    def test_the_list_can_be_a_workbook_that_keeps_the_zeros_of_accounts(
        self, paid: Till, qtbot: QtBot, tmp_path: Path
    ) -> None:
        paid.press(Qt.Key.Key_F8)
        page = screen_of(paid).transfer
        qtbot.waitUntil(lambda: len(page.model.rows) == 1)
        page.marks.button("xlsx").click()
        page.box.folder.field.setText(str(tmp_path))
        paid.press(Qt.Key.Key_F12)
        with qtbot.waitSignal(page.box.saved):
            paid.press(Qt.Key.Key_F12)
        (path,) = tmp_path.glob("transfer-*.xlsx")
        rows = list(load_workbook(path).active.iter_rows(values_only=True))
        assert rows[1] == ("0001234567", "Siti", "Bank Lampung", 43_200, "BP-MTR001A-000001")
        assert path.stat().st_mode & 0o077 == 0
        assert "Daftar tersimpan" in paid.said
        paid.window.go("producers")
        paid.window.go("settlement_run")
        assert paid.said == "", "that was told at the visit before"

    def test_f9_prints_each_slip_once(self, paid: Till, due: Corner) -> None:
        before = len(print_queue.waiting(due.db))
        paid.press(Qt.Key.Key_F9)
        paid.press(Qt.Key.Key_F9)
        jobs = [job for job in print_queue.waiting(due.db)[before:] if job.paper == "settlement"]
        assert [job.copies for job in jobs] == [2, 2]

    def test_f8_saves_the_list_for_the_bank_and_tells_a_second_time(
        self, paid: Till, qtbot: QtBot, tmp_path: Path
    ) -> None:
        screen = screen_of(paid)
        paid.press(Qt.Key.Key_F8)
        page = screen.transfer
        qtbot.waitUntil(lambda: len(page.model.rows) == 1)
        assert "0001234567" not in str([page.model.cells(row) for row in page.model.rows])
        page.box.folder.field.setText(str(tmp_path))
        paid.press(Qt.Key.Key_F12)
        assert page.gate.asking
        with qtbot.waitSignal(page.box.saved):
            paid.press(Qt.Key.Key_F12)
        (path,) = tmp_path.glob("transfer-*.csv")
        assert "0001234567;Siti;Bank Lampung;43200;BP-MTR001A-000001" in path.read_text(encoding="utf-8")
        qtbot.waitUntil(lambda: bool(page.model.rows) and page.model.rows[0].listed_at is not None)
        paid.press(Qt.Key.Key_F12)
        assert paid.said == "Tidak ada yang didaftar: pilih hari lain atau daftarkan lagi."
        page.again.click()
        paid.press(Qt.Key.Key_F12)
        assert page.gate.asking
        paid.press(Qt.Key.Key_Escape)
        paid.press(Qt.Key.Key_Escape)
        assert not screen._lists

    def test_a_payment_taken_back_while_the_list_was_looked_at_is_not_listed(
        self, paid: Till, due: Corner, qtbot: QtBot, tmp_path: Path
    ) -> None:
        page = screen_of(paid).transfer
        paid.press(Qt.Key.Key_F8)
        qtbot.waitUntil(lambda: len(page.model.rows) == 1)
        page.box.folder.field.setText(str(tmp_path))
        paid.press(Qt.Key.Key_F12)
        due.do("reverse", of="BP-MTR001A-000001")
        with qtbot.waitSignal(page.box.failed):
            paid.press(Qt.Key.Key_F12)
        assert page.box.facts.text().startswith("Daftar tidak ditulis: BP-MTR001A-000001 sudah dibatalkan.")
        assert not list(tmp_path.glob("transfer-*"))
        qtbot.waitUntil(lambda: page.model.rows == [] and not page.reading.busy)

    def test_the_list_is_read_anew_when_it_is_shown_again(
        self, paid: Till, due: Corner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = screen_of(paid).transfer
        paid.press(Qt.Key.Key_F8)
        qtbot.waitUntil(lambda: len(page.model.rows) == 1)
        paid.press(Qt.Key.Key_F12)
        assert page.gate.asking
        paid.window.go("producers")
        due.do("reverse", of="BP-MTR001A-000001")
        held = Held(paid, monkeypatch)
        paid.window.go("settlement_run")
        paid.press(Qt.Key.Key_F12)
        assert paid.said == "Masih membaca. Tekan lagi sebentar."
        assert (page.gate.asking, page.model.rows) == (False, [])
        held.go_on()
        qtbot.waitUntil(lambda: not page.reading.busy)
        assert page.model.rows == []

    def test_what_is_written_is_what_was_confirmed_whatever_is_read_meanwhile(
        self, paid: Till, due: Corner, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = screen_of(paid).transfer
        page.open(None)
        paid.press(Qt.Key.Key_F8)
        paid.press(Qt.Key.Key_Escape)
        sell_today(due)
        due.do("settle", producer="P1", tender="transfer")
        paid.press(Qt.Key.Key_F12)
        paid.press(Qt.Key.Key_F8)
        qtbot.waitUntil(lambda: len(page.model.rows) == 2)
        page.box.folder.field.setText(str(tmp_path))
        held = Held(paid, monkeypatch)
        page.last.setText("01/10/2026")
        page.last.editingFinished.emit()
        page.last.set_value(due.clock.now.date())
        page.last.editingFinished.emit()
        paid.press(Qt.Key.Key_F12)
        assert not page.gate.asking
        held.go_on()
        qtbot.waitUntil(lambda: not page.reading.busy)
        assert len(page.model.rows) == 2, "the answer about the other days came too late to be shown"
        paid.press(Qt.Key.Key_F12)
        page.presenter.lines = page.presenter.lines[:1]
        paid.press(Qt.Key.Key_F12)
        with qtbot.waitSignal(page.box.saved):
            held.go_on()
        (path,) = tmp_path.glob("transfer-*.csv")
        assert len(path.read_text(encoding="utf-8").splitlines()) == 3

    def test_the_list_of_some_days_finds_the_run_again(self, paid: Till, qtbot: QtBot) -> None:
        screen = screen_of(paid)
        paid.press(Qt.Key.Key_F12)
        assert screen.pages.currentIndex() == 0
        paid.press(Qt.Key.Key_F8)
        qtbot.waitUntil(lambda: [row.slip.number for row in screen.transfer.model.rows] == ["BP-MTR001A-000001"])
        QApplication.processEvents()
