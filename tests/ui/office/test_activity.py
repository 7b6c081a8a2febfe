"""The log of events at the real window: for managers, by kind, person and day, printed and saved; row 10 among it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import WrongPin
from pos_app.i18n import set_language
from pos_app.ledger import print_queue, registry
from pos_app.services import drawer, events, people, printing, reprints
from pos_app.services.context import User
from pos_app.ui.screens.activity.screen import ActivityScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_looks import clipped
from tests.ui.test_selling import T1


def log_of(till: Till, qtbot: QtBot) -> ActivityScreen:
    till.window.go("activity")
    screen = till.window.current
    assert isinstance(screen, ActivityScreen)
    qtbot.waitUntil(lambda: not till.window.workers.busy)
    return screen


def a_day_worth_a_look(corner: Corner, cashier: User, manager: User) -> None:
    """One event of every kind."""
    counter = corner.counter
    counter.user = cashier
    people.log(counter, "line_removed", "T1 × 1")
    with pytest.raises(WrongPin):
        people.approve(counter, "000000", "discount")
    by = people.approve(counter, MANAGER_PIN, "discount", "T1 2000 damaged")
    counter.user = manager
    corner.sell("T1", "1", discount=2_000)
    drawer.allow(counter, "change")
    corner.do("set_price", sku="T1", sell_price=17_000)
    sale = corner.sell("K1", "1")
    print_queue.finish(corner.db, _printing(corner), "2026-10-01T08:00:00+07:00")
    reprints.reprint(counter, sale["id"])
    corner.do("refund", of=1, lines=[{"line": 0, "quantity": "1"}], tender="cash", approved_by=by)


def _printing(corner: Corner) -> int:
    """The newest paper, as if it came out."""
    while (job := print_queue.claim(corner.db)) is not None:
        newest = job.id
    return newest


def test_every_kind_of_event_stands_in_the_log_with_names(open_corner: Corner, cashier: User, manager: User) -> None:
    a_day_worth_a_look(open_corner, cashier, manager)
    day = open_corner.clock().date()
    found = events.events(open_corner.counter, open_corner.db, day, day)
    told = {(one.kind, one.who, one.what, one.detail) for one in found}
    for expected in (
        ("removed", "Sari", "Baris dihapus sebelum bayar", "Keripik Pisang 200 g × 1"),
        ("pin", "Sari", "PIN salah", ""),
        ("approval", "Ratna", "Disetujui: diskon", "Keripik Pisang 200 g · Rp 2.000 · Kemasan rusak"),
        ("discount", "Ratna", "Diskon", "ST-MTR001A-000001 · Keripik Pisang 200 g · -Rp 2.000"),
        ("drawer", "Ratna", "Laci dibuka tanpa penjualan", "Tukar uang"),
        ("price", "Ratna", "Harga diubah", "Keripik Pisang 200 g: Rp 17.000"),
        ("reprint", "Ratna", "Dicetak ulang", "ST-MTR001A-000002"),
        ("correction", "Ratna", "Pengembalian uang", "PU-MTR001A-000001 · ST-MTR001A-000002 · Rp 7.500"),
    ):
        assert expected in told, sorted(told)
    later = day + timedelta(days=1)
    assert events.events(open_corner.counter, open_corner.db, later, later) == []


def test_approvals_and_persons_are_worded_not_coded(open_corner: Corner, manager: User) -> None:
    counter = open_corner.counter
    staff = registry.staff_members(open_corner.db, counter.vault.unseal)[0]
    for action, detail in (
        ("discount", "T1 8000 corner near_expiry"),
        ("discount", "3 lines 1500 producer promotion"),
        ("tab_over_limit", f"{staff.code} 12000"),
        ("drawer_opened", "reason:check"),
    ):
        people.approve(counter, MANAGER_PIN, action, detail)
    people.log(counter, "look:check", f"staff:{staff.code}")
    people.log(counter, "corrected", "staff:GONE9")
    people.log(counter, "mandate_given", staff.code)
    day = open_corner.clock().date()
    told = {one.detail for one in events.events(counter, open_corner.db, day, day)}
    assert told == {
        "Keripik Pisang 200 g · Rp 8.000 · Segera kedaluwarsa · Pojok menanggung",
        "Seluruh keranjang · Rp 1.500 · Promosi · Produsen menanggung",
        f"{staff.name} · +Rp 12.000",
        "Periksa isi laci",
        f"Pegawai {staff.name}",
        "Pegawai GONE9",
        staff.name,
    }


def test_who_left_is_named_in_the_log(open_corner: Corner, manager: User) -> None:
    counter = open_corner.counter
    left = people.hire(counter, "Dewi", "kasir", "222222", manager.id)
    counter.user = left
    people.log(counter, "line_removed", "T1 × 1")
    counter.user = manager
    people.dismiss(counter, left.id)
    day = open_corner.clock().date()
    found = events.events(counter, open_corner.db, day, day)
    assert "Dewi" in {one.who for one in found if one.kind == "removed"}


def test_a_manager_filters_by_kind_and_person(
    bring: Callable[[str], Till], open_corner: Corner, cashier: User, manager: User, qtbot: QtBot
) -> None:
    a_day_worth_a_look(open_corner, cashier, manager)
    screen = log_of(bring("sell"), qtbot)
    assert len(screen.model.rows) >= 8
    screen.chips.button("pin").click()
    assert [row.who for row in screen.model.rows] == ["Sari"]
    screen.chips.button("all").click()
    screen.who_choice.choose("Sari")
    screen.who_choice.chosen.emit("Sari")
    assert {row.kind for row in screen.model.rows} == {"removed", "pin"}


def test_row_10_a_line_removed_at_the_counter_stands_in_the_log(till: Till, qtbot: QtBot) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_Delete)
    screen = log_of(till, qtbot)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.model.rows) > 0)
    assert ("Sari", "Keripik Pisang 200 g × 1") in [(row.who, row.detail) for row in screen.model.rows]


def test_a_cashier_needs_a_managers_pin_each_time_and_is_led_away_without(till: Till, qtbot: QtBot) -> None:
    screen = log_of(till, qtbot)
    assert screen.gate.asking
    assert screen.model.rows == []
    till.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: till.window.current is not None and till.window.current.name == "reports")
    log_of(till, qtbot)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.model.rows) > 0)
    till.window.go("sell")
    log_of(till, qtbot)
    assert screen.gate.asking
    assert screen.model.rows == []


def test_the_log_is_printed_and_saved(
    bring: Callable[[str], Till], open_corner: Corner, cashier: User, manager: User, qtbot: QtBot, tmp_path: Path
) -> None:
    a_day_worth_a_look(open_corner, cashier, manager)
    till = bring("sell")
    screen = log_of(till, qtbot)
    printing.save_printer_settings(open_corner.ledger, printing.PrinterSettings("file", str(tmp_path / "roll")))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said == "Catatan kejadian tercetak.")
    assert b"CATATAN KEJADIAN" in (tmp_path / "roll").read_bytes()
    for button in (screen.excel_button, screen.pdf_button):
        button.click()
        screen.export_page.box.folder.set_path(tmp_path)
        till.press(Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: "Tersimpan" in screen.export_page.box.facts.text())
    rows = list(load_workbook(tmp_path / "catatan-2026-10-01-2026-10-01.xlsx").active.iter_rows(values_only=True))
    assert rows[0] == ("Waktu", "Siapa", "Jenis", "Kejadian", "Isi")
    assert len(rows) == len(screen.model.rows) + 1
    assert (tmp_path / "catatan-2026-10-01-2026-10-01.pdf").read_bytes().startswith(b"%PDF")


def test_days_are_typed(bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot) -> None:
    people.log(open_corner.counter, "line_removed", "T1 × 1")
    open_corner.clock.pass_by(days=1)
    till = bring("sell")
    screen = log_of(till, qtbot)
    assert screen.model.rows == []
    till.press(Qt.Key.Key_F2)
    screen.first_field.selectAll()
    till.type("01102026")
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 1)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), [((1366, 697), 100), ((1093, 543), 100), ((1366, 768), 200)])
def test_nothing_is_clipped_in_the_log(
    make_till: Callable[..., Till],
    open_corner: Corner,
    cashier: User,
    manager: User,
    qtbot: QtBot,
    size: tuple[int, int],
    scale: int,
    language: Literal["id", "en"],
) -> None:
    a_day_worth_a_look(open_corner, cashier, manager)
    till = make_till(open_corner, size=size, scale=scale)
    set_language(language)
    till.window.rebuild()
    till.log_in(manager)
    screen = log_of(till, qtbot)
    qtbot.waitUntil(lambda: len(screen.model.rows) > 0)
    assert (till.window.width(), till.window.height()) == size
    assert clipped(till) == []
    screen.excel_button.click()
    QApplication.processEvents()
    assert clipped(till) == []


def test_what_is_shown_when_the_button_is_pressed_is_saved_whatever_is_shown_later(
    bring: Callable[[str], Till], open_corner: Corner, cashier: User, manager: User, qtbot: QtBot, tmp_path: Path
) -> None:
    a_day_worth_a_look(open_corner, cashier, manager)
    screen = log_of(bring("sell"), qtbot)
    shown = len(screen.model.rows)
    work = screen.presenter.save_work("xlsx", tmp_path)
    screen.deactivated()
    assert not screen.presenter.rows()
    assert len(list(load_workbook(work()).active.iter_rows())) == shown + 1
