"""Staff tabs at the real window: limits, PINs, statements, and the deduction list from draft to money."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.domain.dates import short_date
from pos_app.domain.errors import TabLimitExceeded, WrongPin
from pos_app.ledger import deductions as lists
from pos_app.ledger import queries, staff
from pos_app.services import people, printing, privacy, tabs
from pos_app.services.context import User
from pos_app.ui.screens.staff.screen import StaffScreen
from sync.documents.deductions import DeductionCollected
from tests.corner import MORNING, PRODUCERS, PRODUCTS, Corner, new_corner, register
from tests.ui.conftest import MANAGER_PIN, Till

STAFF = [
    {"staff_code": "S1", "name": "Pegawai Satu", "nip": "198609262015051001", "unit": "Setda", "tab_limit": 900_000},
    {"staff_code": "S2", "name": "Pegawai Dua", "nip": "198609262015051002", "unit": "Setda", "tab_limit": 50_000},
    {"staff_code": "S3", "name": "=1+1", "nip": "198609262015051003", "unit": "Bappeda", "tab_limit": 50_000},
]
CTRL = Qt.KeyboardModifier.ControlModifier
TODAY = MORNING.date()


@pytest.fixture
def desk(tmp_path: Path) -> Corner:
    """Three staff members of two units, an open shift, goods on the shelf."""
    corner = new_corner(tmp_path)
    register(corner, tmp_path, PRODUCERS, PRODUCTS, STAFF)
    vault = corner.counter.vault
    corner.counter.user = people.add_user(
        corner.ledger, vault, name="Ratna", pin=MANAGER_PIN, role="pengelola", now=MORNING
    )
    corner.do("open_shift", float=200_000)
    corner.receive("T1", "100")
    return corner


@pytest.fixture
def till(desk: Corner, make_till: Callable[[Corner], Till]) -> Till:
    """A manager at the window."""
    made = make_till(desk)
    assert desk.counter.user is not None
    made.log_in(desk.counter.user)
    return made


def buy(corner: Corner, who: str, pieces: int = 1) -> str:
    tender = {"kind": "tab", "staff": who, "amount": 16_000 * pieces}
    return str(corner.do("sale", lines=[{"code": "T1", "quantity": str(pieces)}], tenders=[tender])["number"])


def screen_of(till: Till) -> StaffScreen:
    till.window.go("staff")
    screen = till.window.current
    assert isinstance(screen, StaffScreen)
    return screen


def open_lists(till: Till, qtbot: QtBot, unit: str = "Setda", cut_off: date = TODAY) -> StaffScreen:
    """F3, the day of the cut-off, and one unit."""
    screen = screen_of(till)
    till.press(Qt.Key.Key_F3)
    page = screen.lists
    qtbot.waitUntil(lambda: not page.loading)
    page.cut_off_field.setFocus()
    page.cut_off_field.selectAll()
    till.type(f"{cut_off:%d%m%Y}")
    till.press(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: not page.loading and bool(page.model.rows))
    page.unit_choice.choose(unit)
    page.unit_choice.chosen.emit(unit)
    page.table.setFocus()
    return screen


def stage(screen: StaffScreen, qtbot: QtBot, wanted: str) -> None:
    qtbot.waitUntil(lambda: screen.lists.presenter.stage() == wanted and not screen.lists.loading)


def choose(screen: StaffScreen, code: str) -> None:
    place = [row.code for row in screen.model.rows].index(code)
    screen.table.select_row(place)


def test_row_36_a_months_list_is_handed_over_and_collected_by_keys_alone(
    till: Till, desk: Corner, qtbot: QtBot
) -> None:
    buy(desk, "S1", 3)
    buy(desk, "S2")
    buy(desk, "S3")
    screen = open_lists(till, qtbot)
    assert [(row.name, row.nip, row.amount) for row in screen.lists.model.rows] == [
        ("Pegawai Dua", "1986…1002", 16_000),
        ("Pegawai Satu", "1986…1001", 48_000),
    ]
    entries = desk.ledger.head().seq
    till.press(Qt.Key.Key_F12)
    assert screen.lists.gate.asking
    assert desk.ledger.head().seq == entries, "a draft and a question record nothing"
    till.press(Qt.Key.Key_F12)
    assert "DP-MTR001A-000001" in till.said
    stage(screen, qtbot, "handed_over")
    newer = buy(desk, "S1")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert "PG-MTR001A-000001" in till.said
    stage(screen, qtbot, "collected")
    assert desk.state["tabs"] == {"S1": 16_000, "S2": 0, "S3": 16_000}
    assert [one.number for one in lists.open_entries(desk.db, "S1")] == [newer], "exactly the listed sales are paid"
    assert queries.balance(desk.db, "bank") == 64_000
    desk.verify()


def test_an_empty_list_names_the_cut_off_and_what_is_outstanding_and_forgets_what_was_saved(
    till: Till, desk: Corner, qtbot: QtBot
) -> None:
    buy(desk, "S1")
    page = open_lists(till, qtbot).lists
    page.sheet_box.facts.show_facts([("Tersimpan", "check-circle-outline", "success")])
    page.cut_off_field.set_value(TODAY - timedelta(days=1))
    page.cut_off_field.editingFinished.emit()
    qtbot.waitUntil(lambda: not page.loading and not page.model.rows)
    assert page.presenter.nothing_words() == (
        f"Tidak ada bon untuk dipotong sampai {short_date(TODAY - timedelta(days=1))}. "
        "Seluruhnya Rp 16.000 masih terutang. Ubah batas catat di atas."
    )
    till.press(Qt.Key.Key_F3)
    assert page.sheet_box.facts.text() == ""


def test_row_36_running_the_list_again_changes_nothing(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "handed_over")
    entries = desk.ledger.head()
    buy(desk, "S2")
    assert desk.ledger.head().seq == entries.seq + 1
    screen.lists.activated()
    stage(screen, qtbot, "handed_over")
    assert [row.code for row in screen.lists.model.rows] == ["S1"], "what was handed over is what is shown"
    assert screen.lists.main_button.text() == "Sudah dipotong"


def test_row_36_who_is_left_out_keeps_the_debt_and_the_reason(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    buy(desk, "S2")
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "handed_over")
    screen.lists.reason_choice.choose("on_leave")
    screen.lists.reason_choice.chosen.emit("on_leave")
    screen.lists.table.select_row(0)
    till.press(Qt.Key.Key_F4)
    assert screen.lists.model.rows[0].remark == "tidak dipotong: cuti"
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "collected")
    entry = queries.entry_by_number(desk.db, "PG-MTR001A-000001")
    assert entry is not None
    assert isinstance(entry.document, DeductionCollected)
    assert [(one.staff, one.reason) for one in entry.document.left_out] == [("S2", "on_leave")]
    assert desk.state["tabs"]["S2"] == 16_000


def test_row_36_what_was_repaid_meanwhile_is_told_and_not_taken_twice(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1", 2)
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "handed_over")
    till.press(Qt.Key.Key_F3)
    choose(screen, "S1")
    screen.amount_field.set_value(20_000)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert "DP-MTR001A-000001" in till.said
    assert "bendahara" in till.said
    till.press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: not screen.lists.loading)
    assert "sisa Rp 12.000" in screen.lists.model.rows[0].remark
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "collected")
    assert desk.state["tabs"]["S1"] == 0


def test_row_40_a_wrong_list_is_undone_with_a_reason_and_made_anew(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "handed_over")
    screen.lists.undo_button.click()
    assert till.said == "Tulis sebab pembatalan."
    screen.lists.why_field.setText("salah tanggal")
    screen.lists.undo_button.click()
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "draft")
    assert queries.recent(desk.db, "reversal", 1)[0].number == "BT-MTR001A-000001"
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "handed_over")
    assert screen.lists.presenter.numbers() == "DP-MTR001A-000002"


def test_row_36_the_list_is_a_page_for_the_treasurer_and_a_spreadsheet(
    till: Till, desk: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    buy(desk, "S1")
    buy(desk, "S3", 2)
    tabs.set_mandate(desk.counter, "S1", MORNING.date())
    screen = open_lists(till, qtbot, unit="*")
    folder = tmp_path / "stick"
    folder.mkdir()
    page = screen.lists
    page.sheet_box.folder.set_path(folder)
    page.sheet_box.button.click()
    qtbot.waitUntil(lambda: bool(list(folder.glob("*.xlsx"))) and not screen.shell.workers.busy)
    (path,) = folder.glob("*.xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["Ringkasan", "Bappeda", "Setda"]
    row = [cell.value for cell in book["Setda"][5]]
    assert row == [1, "Pegawai Satu", "198609262015051001", 16_000, "ada"]
    assert book["Setda"]["C5"].data_type == "s", "an employee number is no number"
    assert (book["Bappeda"]["B5"].value, book["Bappeda"]["B5"].data_type) == ("=1+1", "s")
    assert book["Ringkasan"]["D6"].value == 48_000
    page.pdf_button.click()
    qtbot.waitUntil(lambda: len(list(folder.glob("*.pdf"))) == 2 and not screen.shell.workers.busy)
    assert {one.stat().st_mode & 0o777 for one in folder.iterdir()} == {0o600}
    looked = [(look.code, look.purpose) for look in privacy.looks(desk.counter)]
    assert sorted(looked) == [("S1", "deduction")] * 2 + [("S3", "deduction")] * 2, "who saw which number is kept"


def test_row_36_a_list_goes_to_the_printer_for_sheets(till: Till, desk: Corner, qtbot: QtBot, tmp_path: Path) -> None:
    buy(desk, "S1")
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "printer" in till.said and not screen.shell.workers.busy)
    assert "Simpan sebagai PDF" in till.said
    folder = tmp_path / "sheets"
    folder.mkdir()
    printing.save_printer_settings(desk.ledger, printing.PrinterSettings(sheets="folder", sheet_target=str(folder)))
    till.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(list(folder.glob("*.pdf"))) and not screen.shell.workers.busy)
    assert till.said == "Daftar dikirim ke printer."


def test_a_cut_off_ahead_is_refused_at_the_window(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    screen = open_lists(till, qtbot, cut_off=date(2026, 10, 20))
    till.press(Qt.Key.Key_F12)
    assert not screen.lists.gate.asking
    assert "20/10/2026 belum tiba" in till.said


def test_a_cut_off_that_is_still_being_typed_is_read_before_anything_is_asked(
    till: Till, desk: Corner, qtbot: QtBot
) -> None:
    buy(desk, "S1")
    screen = open_lists(till, qtbot)
    screen.lists.cut_off_field.setFocus()
    screen.lists.cut_off_field.selectAll()
    till.type("20092026")
    till.press(Qt.Key.Key_F12)
    assert not screen.lists.gate.asking
    qtbot.waitUntil(lambda: not screen.lists.model.rows)
    assert desk.db.execute("SELECT count(*) FROM documents WHERE kind = 'deduction_list'").fetchone()[0] == 0


def test_a_cashier_hands_over_with_the_managers_pin(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    vault = desk.counter.vault
    cashier = people.add_user(desk.ledger, vault, name="Sari", pin="111111", role="kasir", now=MORNING)
    manager = desk.counter.user
    till.log_in(cashier)
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    stage(screen, qtbot, "handed_over")
    screen.lists.print_button.click()
    assert screen.lists.gate.asking, "employee numbers are a manager's to hand out"
    till.press(Qt.Key.Key_Escape)
    entry = queries.entry_by_number(desk.db, "DP-MTR001A-000001")
    assert entry is not None
    assert manager is not None
    assert getattr(entry.document, "approved_by", None) == manager.id


def test_a_question_about_one_unit_is_over_when_another_is_chosen(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    buy(desk, "S3")
    page = open_lists(till, qtbot).lists
    till.press(Qt.Key.Key_F12)
    assert page.gate.asking
    page.unit_choice.choose("Bappeda")
    page.unit_choice.chosen.emit("Bappeda")
    assert not page.gate.asking
    assert not lists.lists(desk.db)


def test_a_question_about_a_list_is_over_when_somebody_is_left_out(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    buy(desk, "S2")
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "handed_over")
    till.press(Qt.Key.Key_F12)
    assert screen.lists.gate.asking
    till.press(Qt.Key.Key_F4)
    assert not screen.lists.gate.asking, "it told the amount with everybody"
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    stage(screen, qtbot, "collected")
    assert sorted(desk.state["tabs"].values()) == [0, 16_000]


def test_a_repayment_that_was_asked_about_is_never_anothers(till: Till, desk: Corner) -> None:
    buy(desk, "S1", 3)
    buy(desk, "S2")
    screen = screen_of(till)
    choose(screen, "S2")
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    choose(screen, "S1")
    assert not screen.gate.asking
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert desk.state["tabs"] == {"S1": 0, "S2": 16_000}, "the new question was about who is chosen now"


def test_a_dead_printer_is_told_when_a_statement_is_printed(till: Till, desk: Corner, qtbot: QtBot) -> None:
    printing.save_printer_settings(desk.ledger, printing.PrinterSettings("network", "127.0.0.1:9"))
    buy(desk, "S1")
    screen_of(till)
    till.press(Qt.Key.Key_P, CTRL)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said == "Printer tidak menjawab. Periksa kabel. Penjualan tetap bisa.")


def test_a_scan_answers_no_question_about_a_list(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    screen = open_lists(till, qtbot)
    till.press(Qt.Key.Key_F12)
    entries = desk.ledger.head()
    till.scan("2000000000015")
    assert screen.lists.gate.asking
    assert desk.ledger.head() == entries


def test_row_9_a_limit_changed_by_a_manager_is_what_the_next_sale_counts(till: Till, desk: Corner) -> None:
    buy(desk, "S2", 3)
    screen = screen_of(till)
    choose(screen, "S2")
    till.press(Qt.Key.Key_F7)
    screen.account.limit_field.set_value(48_000)
    till.press(Qt.Key.Key_F12)
    assert till.said == "Bon Pegawai Dua sudah diubah."
    tender = [{"kind": "tab", "staff": "S2", "amount": 16_000}]
    assert desk.refused("sale", lines=[{"code": "T1"}], tenders=tender) == TabLimitExceeded.name
    part = [{"kind": "tab", "staff": "S2", "amount": 1_000}, {"kind": "cash", "amount": 15_000}]
    assert desk.refused("sale", lines=[{"code": "T1"}], tenders=part) == TabLimitExceeded.name
    assert desk.counter.user is not None
    logged = desk.db.execute("SELECT user, action, detail FROM activity ORDER BY id DESC").fetchone()
    assert tuple(logged) == (desk.counter.user.id, "tab_limit:50000:48000", "S2")


def test_row_9_a_tab_over_its_limit_is_told_with_icon_and_words(till: Till, desk: Corner) -> None:
    buy(desk, "S2", 3)
    tabs.set_limit(desk.counter, "S2", 40_000)
    screen = screen_of(till)
    choose(screen, "S2")
    cells = screen.model.cells(screen.model.rows[0])
    assert cells[0].icon
    assert "lewat batas" in cells[0].sub
    assert screen.facts.rows[2].tone == "danger"


def test_a_staff_pin_is_typed_twice_and_never_shown(till: Till, desk: Corner) -> None:
    screen = screen_of(till)
    screen.chips.button("all").click()
    choose(screen, "S1")
    till.press(Qt.Key.Key_F7)
    panel = screen.account
    panel.pin_field.setFocus()
    till.type("4071")
    assert "4071" not in panel.pin_field.displayText()
    panel.again_field.setFocus()
    till.type("4072")
    till.press(Qt.Key.Key_F12)
    assert not tabs.staff_has_pin(desk.counter, "S1")
    panel.again_field.selectAll()
    till.type("4071")
    till.press(Qt.Key.Key_F12)
    tabs.check_staff_pin(desk.counter, "S1", "4071")
    with pytest.raises(WrongPin):
        tabs.check_staff_pin(desk.counter, "S1", "4072")
    assert panel.pin_field.text() == ""


def test_a_letter_of_authority_is_noted_and_missing_ones_are_marked(till: Till, desk: Corner, qtbot: QtBot) -> None:
    buy(desk, "S1")
    buy(desk, "S2")
    screen = screen_of(till)
    choose(screen, "S1")
    till.press(Qt.Key.Key_F7)
    screen.account.letter_tick.click()
    till.press(Qt.Key.Key_F12)
    assert staff.mandates(desk.db) == {"S1": "2026-10-01"}
    till.press(Qt.Key.Key_Escape)
    open_lists(till, qtbot)
    assert {row.code: row.remark for row in screen.lists.model.rows} == {"S1": "", "S2": "surat kuasa belum ada"}
    assert "1 surat kuasa belum ada" in screen.lists.facts.text()


def test_the_statement_shows_goods_repayments_and_what_was_carried_over(
    till: Till, desk: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    buy(desk, "S1", 2)
    desk.do("close_shift", counted=200_000)
    desk.clock.pass_by(days=31)
    desk.do("open_shift", float=200_000)
    buy(desk, "S1")
    desk.do("tab_payment", staff="S1", amount=10_000, tender="cash")
    screen = screen_of(till)
    choose(screen, "S1")
    till.press(Qt.Key.Key_P, CTRL)
    panel = screen.statement
    assert [(line.what, line.amount) for line in panel.model.rows] == [
        ("Pelunasan tunai", -10_000),
        ("Keripik Pisang 200 g", 16_000),
    ]
    assert panel.sums.rows[0].amount == "Rp 32.000"
    assert panel.sums.rows[1].amount == "Rp 38.000"
    folder = tmp_path / "roll"
    folder.mkdir()
    printing.save_printer_settings(desk.ledger, printing.PrinterSettings(device="folder", target=str(folder)))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(list(folder.glob("*.pdf"))) and not screen.shell.workers.busy)
    assert till.said == "Rincian dicetak."
    panel.save_box.folder.set_path(tmp_path)
    panel.save_box.button.click()
    qtbot.waitUntil(lambda: (tmp_path / "bon-S1-2026-11-01.pdf").exists() and not screen.shell.workers.busy)


def test_more_than_is_owed_is_refused_with_the_figure(till: Till, desk: Corner) -> None:
    buy(desk, "S1")
    screen = screen_of(till)
    choose(screen, "S1")
    screen.amount_field.set_value(20_000)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert "Rp 16.000" in till.said
    assert desk.state["tabs"]["S1"] == 16_000


def test_row_38_who_leaves_leaves_no_pin_and_no_letter_and_the_books_balance(
    till: Till, desk: Corner, qtbot: QtBot
) -> None:
    buy(desk, "S1")
    tabs.set_staff_pin(desk.counter, "S1", "4071")
    tabs.set_mandate(desk.counter, "S1", MORNING.date())
    screen = open_lists(till, qtbot)
    for _ in range(2):
        till.press(Qt.Key.Key_F12)
        till.press(Qt.Key.Key_F12)
        qtbot.waitUntil(lambda: not screen.lists.loading)
    assert desk.state["tabs"]["S1"] == 0
    till.press(Qt.Key.Key_F3)
    screen.chips.button("all").click()
    choose(screen, "S1")
    till.press(Qt.Key.Key_F6)
    person = screen.person
    person.confirm_field.setText("S1")
    person.erase_button.click()
    qtbot.waitUntil(lambda: privacy.masked(desk.counter, "staff", "S1").erased and not screen.shell.workers.busy)
    assert not tabs.staff_has_pin(desk.counter, "S1")
    assert staff.mandates(desk.db) == {}
    desk.verify()


def test_row_39_a_tab_from_the_paper_book_stands_on_the_list(
    tmp_path: Path, make_till: Callable[[Corner], Till], qtbot: QtBot
) -> None:
    corner = new_corner(tmp_path)
    register(corner, tmp_path, PRODUCERS, PRODUCTS, STAFF)
    manager: User = people.add_user(
        corner.ledger, corner.counter.vault, name="Ratna", pin=MANAGER_PIN, role="pengelola", now=MORNING
    )
    corner.do("opening", tabs={"S1": 75_000})
    till = make_till(corner)
    till.log_in(manager)
    screen = screen_of(till)
    assert [(line.what, line.amount) for line in screen.history.rows] == [("Dari buku lama", 75_000)]
    open_lists(till, qtbot)
    assert [(row.code, row.amount) for row in screen.lists.model.rows] == [("S1", 75_000)]
