"""Seeing what producers are owed and paying them, at the real window."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt

from pos_app.ledger import print_queue, registry
from pos_app.services.context import User
from pos_app.ui import settings_keys as keys
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.screens.producers.screen import ProducersScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till


def producers(till: Till) -> ProducersScreen:
    screen = till.window.current
    assert isinstance(screen, ProducersScreen)
    return screen


def sums(screen: ProducersScreen) -> dict[str, str]:
    return {row.label: row.amount for row in (*screen.sums.rows, *screen.to_pay.rows)}


def choose(screen: ProducersScreen, code: str) -> None:
    screen.chips.button("all").click()
    screen.table.select_row(next(row for row, owed in enumerate(screen.model.rows) if owed.code == code))


def test_the_list_tells_who_is_owed_what(open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    presenter = ProducersPresenter(open_corner.counter)
    presenter.refresh()
    presenter.filter = "all"
    assert {row.code: row.amount for row in presenter.rows()} == {"P1": 28_800, "P2": 20_000}
    presenter.filter = "due"
    assert presenter.rows() == []
    open_corner.clock.now += timedelta(days=7)
    presenter.refresh()
    assert [row.code for row in presenter.rows()] == ["P1", "P2"]
    presenter.text = "satu"
    assert [row.code for row in presenter.rows()] == ["P1"]
    assert presenter.total() == (1, 28_800)


def test_a_producer_is_paid_after_a_second_look(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    screen = producers(till)
    choose(screen, "P1")
    assert sums(screen)["AKAN DIBAYAR"] == "Rp 28.800"
    assert any("BUKTI PEMBAYARAN PRODUSEN" in line for line in screen.slip.text.text().splitlines())
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    assert open_corner.payable("P1") == 28_800
    till.press(Qt.Key.Key_F12)
    assert "Rp 28.800 dibayar" in till.said
    assert open_corner.payable("P1") == 0
    assert print_queue.waiting(open_corner.db)[-1].paper == "settlement"
    assert sums(screen)["AKAN DIBAYAR"] == "Rp 0"
    assert not screen.main_button.isEnabled()


def test_escape_leaves_the_question_and_nothing_is_paid(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    choose(producers(till), "P1")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Escape)
    assert not producers(till).gate.asking
    assert open_corner.payable("P1") == 28_800


def test_a_drawer_too_low_is_refused_with_its_figure(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "20")
    open_corner.do("cash_move", direction="out", amount=500_000, reason="setor")
    till = bring("producers")
    screen = producers(till)
    choose(screen, "P1")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Kas laci Rp 20.000 tidak cukup. Pilih transfer atau batas tanggal lebih awal."
    assert not screen.gate.asking
    screen.tender_chips.button("transfer").click()
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert open_corner.payable("P1") == 0


def test_an_earlier_cut_off_pays_less(open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    open_corner.clock.now += timedelta(days=1)
    open_corner.do("close_shift", counted=200_000 + 32_000)
    open_corner.do("open_shift", float=200_000)
    open_corner.sell("T1", "1")
    presenter = ProducersPresenter(open_corner.counter)
    presenter.choose("P1")
    presenter.through = presenter.today - timedelta(days=1)
    due = presenter.due()
    assert due is not None
    assert presenter.amount(due) == 28_800
    presenter.through = presenter.today
    due = presenter.due()
    assert due is not None
    assert presenter.amount(due) == 43_200


def test_a_cashier_pays_with_a_managers_pin(office: Till, cashier: User, open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    office.log_in(cashier)
    office.window.go("producers")
    choose(producers(office), "P1")
    office.press(Qt.Key.Key_F12)
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert open_corner.payable("P1") == 0


def test_nothing_is_paid_twice(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    choose(producers(till), "P1")
    for _ in range(3):
        till.press(Qt.Key.Key_F12)
    assert open_corner.payable("P1") == 0
    assert "Tidak ada yang dibayar" in till.said


def test_the_newest_slip_is_printed_again(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    choose(producers(till), "P1")
    till.press(Qt.Key.Key_F9)
    assert till.said == "Belum ada yang dapat dicetak ulang."
    number = open_corner.do("settle", producer="P1", tender="cash")["number"]
    for job in print_queue.waiting(open_corner.db):
        print_queue.claim(open_corner.db)
        print_queue.finish(open_corner.db, job.id, "2026-10-01T08:00:00+07:00")
    with open_corner.ledger.write() as tx:
        registry.set_setting(tx.db, keys.PRINTER_SHEETS, "folder")
    till.press(Qt.Key.Key_F9)
    assert till.said == f"{number} dicetak ulang."
    (job,) = print_queue.waiting(open_corner.db)
    assert (job.paper, job.copy_mark) == ("settlement", True)
