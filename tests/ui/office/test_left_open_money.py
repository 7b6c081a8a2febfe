"""A disk that hid whether money was recorded: matches, deduction lists and balances are recorded once, and told."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services import deductions, matching
from pos_app.ui.screens.losses.screen import LossesScreen
from pos_app.ui.screens.opening.screen import OpeningScreen
from pos_app.ui.screens.qris_match.screen import QrisMatchScreen
from pos_app.ui.screens.staff.screen import StaffScreen
from tests.corner import MORNING, Corner
from tests.failing import hide_commit
from tests.ui.conftest import Till

MONTH = "2026-10"


def count(corner: Corner, kind: str) -> int:
    return len(queries.recent(corner.db, kind))


def pay(corner: Corner, **tender: Any) -> None:
    tenders = [{"amount": 16_000, **tender}]
    corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)


def on_a_failing_disk(
    till: Till, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], *, committed: bool
) -> None:
    """The act meets a disk that hides its commit; the button of the strip finds out once the disk is back."""
    with monkeypatch.context() as patch:
        disk = hide_commit(till.corner.ledger, patch, committed=committed)
        act()
        QApplication.processEvents()
        assert "belum bisa dibaca" in till.said
        again(till)
        assert "belum bisa dibaca" in till.said
        disk.back = True
        again(till)
        QApplication.processEvents()
    assert ("ternyata sudah tercatat, satu kali" in till.said) is committed, till.said


def again(till: Till) -> None:
    current = till.window.current
    assert current is not None
    message = current.strip.message
    assert message is not None
    assert message.action == "Coba lagi"
    assert message.run is not None
    message.run()


def confirm(till: Till) -> Callable[[], None]:
    """F12 a second time: the manager consents."""
    return lambda: till.press(Qt.Key.Key_F12)


@pytest.fixture(params=[True, False], ids=["committed", "lost"])
def committed(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_match_and_its_taking_back(
    bring: Callable[[str], Till],
    open_corner: Corner,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:
    pay(open_corner, kind="qris")
    till = bring("qris_match")
    screen = till.window.current
    assert isinstance(screen, QrisMatchScreen)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 1)
    till.press(Qt.Key.Key_F6)
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(open_corner, "qris_matched"), matching.unmatched_total(open_corner.db)) == (1, 0)
    qtbot.waitUntil(lambda: not till.window.workers.busy)
    till.press(Qt.Key.Key_F8)
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(open_corner, "reversal"), matching.unmatched_total(open_corner.db)) == (1, 16_000)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 1 and not till.window.workers.busy)
    open_corner.verify()


def test_a_deduction_list_its_collection_and_their_undoing(
    bring: Callable[[str], Till],
    open_corner: Corner,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:
    pay(open_corner, kind="tab", staff="S1")
    till = bring("staff")
    screen = till.window.current
    assert isinstance(screen, StaffScreen)
    till.press(Qt.Key.Key_F3)
    page = screen.lists
    qtbot.waitUntil(lambda: not page.loading)
    page.cut_off_field.set_value(MORNING.date())

    def wait(stage: str) -> None:
        qtbot.waitUntil(lambda: page.presenter.stage() == stage and not page.loading)

    till.press(Qt.Key.Key_F12)
    wait("draft")
    till.press(Qt.Key.Key_F12)
    assert page.gate.asking
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert count(open_corner, "deduction_list") == 1
    wait("handed_over")
    till.press(Qt.Key.Key_F12)
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(open_corner, "deduction_collected"), open_corner.state["tabs"]) == (1, {"S1": 0})
    wait("collected")
    page.why_field.setText("salah")
    page.undo_button.click()
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(open_corner, "reversal"), open_corner.state["tabs"]) == (1, {"S1": 16_000})
    wait("handed_over")
    open_corner.verify()


def test_a_collection_tells_what_was_booked_not_what_was_shown(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    pay(open_corner, kind="tab", staff="S1")
    deductions.hand_over(open_corner.counter, MONTH, "", cut_off=MORNING.date())
    till = bring("staff")
    screen = till.window.current
    assert isinstance(screen, StaffScreen)
    till.press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: screen.lists.presenter.stage() == "handed_over" and not screen.lists.loading)
    open_corner.do("tab_payment", staff="S1", amount=6_000, tender="cash")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("PG-MTR001A-000001: Rp 10.000 ")
    assert open_corner.state["tabs"] == {"S1": 0}


def test_balances_taken_over_and_their_reversal(
    make_till: Callable[[Corner], Till],
    corner: Corner,
    manager: Any,
    monkeypatch: pytest.MonkeyPatch,
    committed: bool,
) -> None:
    till = make_till(corner)
    till.log_in(manager)
    till.window.go("opening")
    screen = till.window.current
    assert isinstance(screen, OpeningScreen)
    screen.presenter.choose("staff:S1")
    screen.presenter.add(42_000)
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(corner, "opening"), corner.state["tabs"]) == (1, {"S1": 42_000})
    screen.reverse()
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(corner, "reversal"), corner.state["tabs"]) == (1, {"S1": 0})
    assert [line.amount for line in screen.presenter.lines] == [42_000], "to be mended"
    corner.verify()


def test_a_write_off_and_its_reversal(
    bring: Callable[[str], Till], open_corner: Corner, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    till = bring("losses")
    screen = till.window.current
    assert isinstance(screen, LossesScreen)
    till.scan("2000000000015")
    screen.card.bearer_chips.button("corner").click()
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(open_corner, "write_off"), open_corner.payable("P1")) == (1, 14_400)
    assert screen.model.rows == []
    till.press(Qt.Key.Key_F9)
    screen.notes_page.remark_field.setText("ternyata ada")
    till.press(Qt.Key.Key_F6)
    assert screen.notes_page.gate.asking
    on_a_failing_disk(till, monkeypatch, confirm(till), committed=committed)
    assert (count(open_corner, "reversal"), open_corner.payable("P1")) == (1, 0)
