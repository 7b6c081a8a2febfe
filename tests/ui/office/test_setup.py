"""The guided set-up: each step is kept when it is left, may wait, stays on a list, and is done again from Settings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.i18n import set_language
from pos_app.ledger import queries, registry
from pos_app.services import first_steps, people, printing
from pos_app.services.context import User
from pos_app.services.setup import DEMO_QRIS
from pos_app.ui import settings_keys as keys
from pos_app.ui.screens.opening.screen import OpeningScreen
from pos_app.ui.screens.settings.screen import SettingsScreen
from pos_app.ui.screens.setup.screen import SetupScreen
from pos_app.ui.setup_steps import BackupStep, DataStep, PrinterStep, QrisStep, ScannerStep
from tests.corner import MORNING, Corner, write_csv
from tests.ui.conftest import Till
from tests.ui.test_looks import clipped


@pytest.fixture
def fresh(make_till: Callable[[Corner], Till], empty_corner: Corner, manager_of: Callable[[Corner], User]) -> Till:
    """A corner that was just made; its manager has logged in for the first time."""
    with empty_corner.ledger.write() as tx:
        for key, value in first_steps.fresh().items():
            registry.set_setting(tx.db, key, value)
    till = make_till(empty_corner)
    till.window.begin_with("setup")
    till.log_in(manager_of(empty_corner))
    return till


@pytest.fixture
def manager_of() -> Callable[[Corner], User]:
    def hire(corner: Corner) -> User:
        vault = corner.counter.vault
        return people.add_user(corner.ledger, vault, name="Ratna", pin="123456", role="pengelola", now=MORNING)

    return hire


def screen(till: Till) -> SetupScreen:
    current = till.window.current
    assert isinstance(current, SetupScreen)
    return current


def at(till: Till) -> str:
    return screen(till).presenter.at


def test_every_step_by_keyboard_alone(fresh: Till, tmp_path: Path, qtbot: QtBot) -> None:
    setup = screen(fresh)
    assert at(fresh) == "printer"
    assert setup.step_bar.accessibleName() == "Langkah 4 dari 8: Printer"
    step = setup.steps["printer"]
    assert isinstance(step, PrinterStep)
    step.card.device_choice.choose("file")
    step.card.device_choice.chosen.emit("file")
    step.card.target_field.setText(str(tmp_path / "roll.bin"))
    fresh.press(Qt.Key.Key_F12)
    assert printing.printer_settings(fresh.corner.db).device == "file"
    assert at(fresh) == "scanner"
    scanner = setup.steps["scanner"]
    assert isinstance(scanner, ScannerStep)
    fresh.scan("2000000000015")
    assert "Pemindai sudah benar." in scanner.card.facts.text()
    fresh.press(Qt.Key.Key_F12)
    assert at(fresh) == "qris"
    fresh.scan(DEMO_QRIS)
    fresh.press(Qt.Key.Key_F12)
    assert queries.setting(fresh.corner.db, keys.QRIS_STATIC, "") == DEMO_QRIS
    assert at(fresh) == "backup"
    backup_and_code(fresh, tmp_path, qtbot)
    assert at(fresh) == "data"
    data = setup.steps["data"]
    assert isinstance(data, DataStep)
    data.empty_button.click()
    assert at(fresh) == ""
    assert first_steps.standing(fresh.corner.db).todo == ()
    fresh.press(Qt.Key.Key_F12)
    assert first_steps.standing(fresh.corner.db).at == ""
    assert fresh.window.current is not None
    assert fresh.window.current.name in ("sell", "shift_open")


def backup_and_code(till: Till, folder: Path, qtbot: QtBot) -> None:
    setup = screen(till)
    step = setup.steps["backup"]
    assert isinstance(step, BackupStep)
    (folder / "stick").mkdir()
    step.card.folder.set_path(folder / "stick")
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not step.card.worker.running and setup.main_button.text() == "Buat kode pemulihan")
    assert list((folder / "stick").rglob("*.db"))
    till.press(Qt.Key.Key_F12)
    assert setup.main_button.text() == "Sudah saya tulis"
    assert not setup.main_button.isEnabled()
    QTest.keyClicks(step.page.field, step.presenter.groups[step.presenter.asked])
    till.press(Qt.Key.Key_F12)
    assert step.presenter.state() == "made"


def test_row_31_the_first_backup_tells_no_name_to_who_finds_the_stick(
    fresh: Till, tmp_path: Path, qtbot: QtBot
) -> None:
    for _step in range(3):
        fresh.press(Qt.Key.Key_F6)
    backup_and_code(fresh, tmp_path, qtbot)
    (copy,) = (tmp_path / "stick").rglob("*.db")
    assert b"Ratna" not in copy.read_bytes()
    assert first_steps.standing(fresh.corner.db).todo == ("printer", "scanner", "qris", "data")


def test_steps_may_wait_and_stay_on_the_list_in_settings(fresh: Till) -> None:
    for _step in first_steps.STEPS:
        fresh.press(Qt.Key.Key_F6)
    assert at(fresh) == ""
    assert "Printer: belum" in screen(fresh).last_facts.text()
    fresh.press(Qt.Key.Key_F12)
    fresh.window.go("settings")
    settings = fresh.window.current
    assert isinstance(settings, SettingsScreen)
    assert "qris: belum" in settings.cards.setup.words()
    settings.cards.setup._away("qris", None)
    assert first_steps.standing(fresh.corner.db).todo == ("printer", "scanner", "backup", "data")
    settings.cards.setup.guide_button.click()
    assert at(fresh) == "printer"


def test_what_is_there_already_does_not_wait(fresh: Till) -> None:
    for _step in first_steps.STEPS[:-1]:
        fresh.press(Qt.Key.Key_F6)
    step = screen(fresh).steps["data"]
    assert isinstance(step, DataStep)
    step.empty_button.click()
    fresh.press(Qt.Key.Key_Escape)
    assert at(fresh) == "data"
    fresh.press(Qt.Key.Key_F6)
    assert "data" not in first_steps.standing(fresh.corner.db).todo


def test_a_cashier_sells_while_the_set_up_waits_for_a_manager(fresh: Till) -> None:
    vault = fresh.corner.counter.vault
    cashier = people.add_user(fresh.corner.ledger, vault, name="Dewi", pin="111111", role="kasir", now=MORNING)
    fresh.window.lock()
    fresh.window.begin_with("setup")
    fresh.log_in(cashier)
    assert fresh.window.current is not None
    assert fresh.window.current.name == "shift_open"


def test_escape_from_the_paper_book_goes_back_to_the_set_up(fresh: Till) -> None:
    for _step in first_steps.STEPS[:-1]:
        fresh.press(Qt.Key.Key_F6)
    step = screen(fresh).steps["data"]
    assert isinstance(step, DataStep)
    step.book_button.click()
    fresh.press(Qt.Key.Key_Escape)
    assert at(fresh) == "data"


def test_a_step_without_its_thing_goes_on_and_stays_open(fresh: Till) -> None:
    fresh.press(Qt.Key.Key_F12)
    assert fresh.said == "Printer: belum. Tetap tercatat di Pengaturan."
    assert at(fresh) == "scanner"
    assert "printer" in first_steps.standing(fresh.corner.db).todo


def test_what_is_wrong_does_not_go_on(fresh: Till) -> None:
    fresh.press(Qt.Key.Key_F6)
    fresh.press(Qt.Key.Key_F6)
    qris = screen(fresh).steps["qris"]
    assert isinstance(qris, QrisStep)
    qris.card.qris_field.setText("halo")
    fresh.press(Qt.Key.Key_F12)
    assert "bukan kode QRIS" in fresh.said
    assert at(fresh) == "qris"


def test_escape_goes_back_step_by_step_and_out(fresh: Till) -> None:
    fresh.press(Qt.Key.Key_F6)
    fresh.press(Qt.Key.Key_Escape)
    assert at(fresh) == "printer"
    fresh.press(Qt.Key.Key_Escape)
    assert isinstance(fresh.window.current, SettingsScreen)


def test_after_a_power_cut_it_goes_on_where_it_was(fresh: Till, make_till: Callable[[Corner], Till]) -> None:
    fresh.press(Qt.Key.Key_F6)
    fresh.press(Qt.Key.Key_F6)
    again = make_till(fresh.corner)
    user = fresh.corner.counter.user
    assert user is not None
    again.window.begin_with("setup")
    again.log_in(user)
    assert at(again) == "qris"


def test_the_code_may_wait_and_the_step_stays_open(fresh: Till, tmp_path: Path, qtbot: QtBot) -> None:
    for _step in range(3):
        fresh.press(Qt.Key.Key_F6)
    step = screen(fresh).steps["backup"]
    assert isinstance(step, BackupStep)
    (tmp_path / "stick").mkdir()
    step.card.folder.set_path(tmp_path / "stick")
    fresh.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not step.card.worker.running and step.main_words() == "Buat kode pemulihan")
    fresh.press(Qt.Key.Key_F12)
    fresh.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: fresh.said == "Tidak ada printer; tulis kode dengan tangan.")
    fresh.press(Qt.Key.Key_Escape)
    assert at(fresh) == "backup"
    assert step.presenter.groups == []
    fresh.press(Qt.Key.Key_F6)
    assert "backup" in first_steps.standing(fresh.corner.db).todo


def test_first_data_leads_to_the_paper_book_and_gives_examples(fresh: Till, tmp_path: Path, qtbot: QtBot) -> None:
    for _step in range(4):
        fresh.press(Qt.Key.Key_F6)
    data = screen(fresh).steps["data"]
    assert isinstance(data, DataStep)
    data.samples.folder.set_path(tmp_path)
    data.samples.button.click()
    qtbot.waitUntil((tmp_path / "contoh-pegawai.csv").exists)
    assert (tmp_path / "contoh-barang.csv").read_text(encoding="utf-8-sig").startswith("sku,barcode,name")
    data.book_button.click()
    assert isinstance(fresh.window.current, OpeningScreen)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), [((1366, 697), 100), ((1093, 543), 100), ((1366, 768), 200)])
def test_nothing_is_clipped(fresh: Till, size: tuple[int, int], scale: int, language: str) -> None:
    fresh.window.resize(*size)
    fresh.theme.set_scale(scale)
    set_language("en" if language == "en" else "id")
    fresh.window.rebuild()
    for _step in first_steps.STEPS:
        fresh.window.workers.finish()
        for _round in range(4):
            QApplication.processEvents()
        assert clipped(fresh) == [], at(fresh)
        fresh.press(Qt.Key.Key_F6)
    fresh.window.go("opening")
    for _round in range(4):
        QApplication.processEvents()
    assert clipped(fresh) == []


def test_the_backup_step_speaks_truly_without_a_folder_and_takes_no_notices(fresh: Till) -> None:
    assert screen(fresh).takes_notices
    for _step in range(3):
        fresh.press(Qt.Key.Key_F6)
    step = screen(fresh).steps["backup"]
    assert isinstance(step, BackupStep)
    assert at(fresh) == "backup"
    assert not screen(fresh).takes_notices, "the page itself asks for the recovery code"
    assert step.card.words.text().startswith("Setelah folder dipilih")
    assert step.card.folder.field.accessibleName() == "Folder untuk cadangan"


def data_step(till: Till, path: Path, kind: str, qtbot: QtBot, words: str) -> DataStep:
    """A file was looked at in the last step."""
    for _step in first_steps.STEPS[:-1]:
        till.press(Qt.Key.Key_F6)
    step = screen(till).steps["data"]
    assert isinstance(step, DataStep)
    step.card.choose_file = lambda: str(path)
    step.card.buttons[kind].click()
    qtbot.waitUntil(lambda: words in till.said)
    return step


def test_f12_imports_what_was_looked_at_and_stays_for_the_next_file(fresh: Till, tmp_path: Path, qtbot: QtBot) -> None:
    path = write_csv(tmp_path / "more.csv", "producers", [{"producer_code": "P9", "business_name": "Dapur Sembilan"}])
    data_step(fresh, path, "producers", qtbot, "1 baris dapat diimpor")
    assert screen(fresh).main_button.text() == "Impor"
    fresh.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "1 baris diimpor" in fresh.said)
    assert registry.producer_name(fresh.corner.db, "P9") == "Dapur Sembilan"
    assert at(fresh) == "data"
    assert screen(fresh).main_button.text() == "Lanjut"


def test_f12_asks_again_about_bad_rows(fresh: Till, tmp_path: Path, qtbot: QtBot) -> None:
    rows = [{"producer_code": "P9", "business_name": "Dapur Sembilan"}, {"producer_code": "P8", "business_name": ""}]
    path = write_csv(tmp_path / "more.csv", "producers", rows)
    step = data_step(fresh, path, "producers", qtbot, "Tidak ada yang diimpor: 1 masalah")
    fresh.window.hush()
    fresh.press(Qt.Key.Key_F12)
    assert at(fresh) == "data"
    assert "Tidak ada yang diimpor: 1 masalah" in fresh.said
    assert step.card.skip_button.hasFocus()
    fresh.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fresh.said.startswith("1 baris diimpor, 1 masalah dilewati"))
    assert registry.producer_name(fresh.corner.db, "P9") == "Dapur Sembilan"


def test_steps_done_in_settings_are_done(fresh: Till) -> None:
    with fresh.corner.ledger.write() as tx:
        registry.set_setting(tx.db, keys.QRIS_STATIC, DEMO_QRIS)
        registry.set_setting(tx.db, "printer.device", "file")
    assert first_steps.standing(fresh.corner.db).todo == ("scanner", "backup", "data")
    fresh.window.go("settings")
    fresh.window.go("setup")
    assert at(fresh) == "scanner"
    assert {key for kept in first_steps.KEPT.values() for key in kept} >= {keys.QRIS_STATIC, keys.RECOVERY_NOTED}


def test_the_guide_comes_back_after_a_power_cut_but_not_once_it_was_put_off_or_goods_were_sold(
    fresh: Till, open_corner: Corner
) -> None:
    fresh.press(Qt.Key.Key_F6)
    assert first_steps.guides(fresh.corner.db)
    fresh.window.go("settings")
    assert not first_steps.guides(fresh.corner.db)
    fresh.window.go("setup")
    assert first_steps.guides(fresh.corner.db)
    with open_corner.ledger.write() as tx:
        for key, value in first_steps.fresh().items():
            registry.set_setting(tx.db, key, value)
    assert first_steps.guides(open_corner.db)
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[{"kind": "cash", "amount": 16_000}])
    assert not first_steps.guides(open_corner.db)
