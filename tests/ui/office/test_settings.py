"""Settings: each is checked before it is kept, and each device can be tried."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.i18n import language
from pos_app.ledger import queries, registry
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import Vault
from pos_app.services import printing, registering
from pos_app.services.context import User
from pos_app.services.setup import DEMO_QRIS
from pos_app.ui import settings_keys as keys
from pos_app.ui.screens.settings.qris_presenter import QrisPresenter, QrisSettings
from pos_app.ui.screens.settings.screen import SettingsScreen
from tests.corner import Corner, write_csv
from tests.ui.conftest import MANAGER_PIN, Till


def settings(till: Till) -> SettingsScreen:
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    return screen


def pick(screen: SettingsScreen, device: str, target: str) -> None:
    screen.cards.printer.device_choice.choose(device)
    screen.cards.printer.device_choice.chosen.emit(device)
    screen.cards.printer.target_field.setText(target)


def test_a_printer_is_set_tried_and_kept(bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path) -> None:
    till = bring("settings")
    screen = settings(till)
    pick(screen, "file", str(tmp_path / "roll.bin"))
    screen.cards.printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Halaman tes dikirim"))
    assert (tmp_path / "roll.bin").stat().st_size > 100
    till.press(Qt.Key.Key_F12)
    assert till.said == "Pengaturan disimpan."
    kept = printing.printer_settings(till.corner.db)
    assert (kept.device, kept.target) == ("file", str(tmp_path / "roll.bin"))


def test_a_printer_that_does_not_answer_says_so(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("settings")
    screen = settings(till)
    pick(screen, "network", "127.0.0.1:9")
    screen.cards.printer.test_print_button.click()
    qtbot.waitUntil(lambda: "Printer tidak menjawab" in till.said)


def test_a_printer_without_a_target_is_refused(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    pick(settings(till), "network", " ")
    till.press(Qt.Key.Key_F12)
    assert "Isi letak printer" in till.said
    assert printing.printer_settings(till.corner.db).device == "none"


def test_a_qris_code_names_its_merchant_before_it_is_kept(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    screen = settings(till)
    screen.cards.qris.qris_field.setText(DEMO_QRIS)
    assert "POJOK UMKM DISKOPERIN" in screen.cards.qris.qris_facts.text()
    screen.cards.qris.test_qris_button.click()
    assert screen.cards.qris.qr.isVisibleTo(screen)
    till.press(Qt.Key.Key_F12)
    assert queries.setting(till.corner.db, keys.QRIS_STATIC, "") == DEMO_QRIS


@pytest.mark.parametrize(
    ("payload", "words"),
    [("hello", "bukan kode QRIS"), (DEMO_QRIS[:-1] + "2", "angka periksanya"), (DEMO_QRIS.replace("0211", "0212"), "")],
)
def test_a_wrong_qris_code_is_refused(corner: Corner, payload: str, words: str) -> None:
    presenter = QrisPresenter(corner.counter)
    text, _icon, tone = presenter.fact(payload)
    assert tone == "danger"
    assert words in text
    obstacle = presenter.obstacle(QrisSettings(payload, dynamic=True))
    assert obstacle is not None
    assert obstacle.kind == "E"


def test_a_wrong_card_keeps_every_card_as_it_was(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    settings(till).cards.money.step_choice.choose("500")
    settings(till).cards.qris.qris_field.setText("hello")
    till.press(Qt.Key.Key_F12)
    assert "bukan kode QRIS" in till.said
    assert queries.setting(till.corner.db, keys.QRIS_STATIC, "") == ""
    assert queries.setting(till.corner.db, "cash_step", "") == ""


def test_a_setting_is_found_by_typing_and_a_section_by_its_key(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    screen = settings(till)
    till.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    till.type("qris")
    assert [card for card in screen.cards.all() if card.isVisibleTo(screen)] == [screen.cards.qris]
    till.press(Qt.Key.Key_Escape)
    assert all(card.isVisibleTo(screen) for card in screen.cards.all())
    till.press(Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    assert [card for card in screen.cards.all() if card.isVisibleTo(screen)] == [screen.cards.users]
    till.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert screen.cards.look.isVisibleTo(screen)


def test_the_cash_step_holds_from_the_next_sale_on(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    settings(till).cards.money.step_choice.choose("500")
    till.press(Qt.Key.Key_F12)
    assert till.corner.counter.cash_step == 500
    assert queries.setting(till.corner.db, "cash_step", "") == "500"


def test_the_language_changes_at_once_and_stays(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("settings")
    screen = settings(till)
    screen.cards.look.language_choice.choose("en")
    screen.cards.look.language_choice.chosen.emit("en")
    qtbot.waitUntil(lambda: till.window.current is not screen)
    assert till.window.current is not None
    assert till.window.current.title() == "Settings"
    assert (language(), queries.setting(till.corner.db, keys.LANGUAGE, "")) == ("en", "en")


def test_look_and_text_size_change_at_once_and_stay(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    screen = settings(till)
    screen.cards.look.theme_chips.button("dark").click()
    screen.cards.look.scale_choice.choose("150")
    screen.cards.look.scale_choice.chosen.emit("150")
    assert (till.theme.dark, till.theme.scale) == (True, 150)
    assert queries.setting(till.corner.db, keys.DARK, "") == "1"
    assert queries.setting(till.corner.db, keys.TEXT_SCALE, "") == "150"


def test_saving_needs_a_manager(office: Till, cashier: User) -> None:
    office.log_in(cashier)
    office.window.go("settings")
    settings(office).cards.money.step_choice.choose("500")
    office.press(Qt.Key.Key_F12)
    assert settings(office).gate.asking
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert office.said == "Pengaturan disimpan."


def test_a_scan_shows_that_the_scanner_works(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    till.scan("2000000000015")
    assert till.said == "Pemindai bekerja: 2000000000015"


def import_file(till: Till, kind: str, path: Path, qtbot: QtBot, words: str) -> None:
    screen = settings(till)
    screen.cards.spreadsheets.choose_file = lambda: str(path)
    screen.cards.spreadsheets.buttons[kind].click()
    qtbot.waitUntil(lambda: words in till.said)


def test_a_spreadsheet_is_imported_from_the_window(bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path) -> None:
    till = bring("settings")
    path = write_csv(tmp_path / "more.csv", "producers", [{"producer_code": "P9", "business_name": "Dapur Sembilan"}])
    import_file(till, "producers", path, qtbot, "1 baris dapat diimpor")
    card = settings(till).cards.spreadsheets
    assert card.preview.text() == "P9 · Dapur Sembilan"
    assert registry.producer_name(till.corner.db, "P9") is None
    assert card.import_button.hasFocus()
    till.type(" ")
    qtbot.waitUntil(lambda: "1 baris diimpor" in till.said)
    assert registry.producer_name(till.corner.db, "P9") == "Dapur Sembilan"
    assert card.answers.isHidden()


def many_goods(tmp_path: Path, count: int) -> Path:
    terms = {"producer_code": "P1", "pricing": "komisi", "commission_bp": 1_000, "sell_price": 5_000}
    rows = [{"sku": f"X{number:05}", "name": f"Barang {number}", **terms} for number in range(count)]
    return write_csv(tmp_path / "goods.csv", "products", rows)


def test_a_look_that_is_left_imports_nothing(bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path) -> None:
    till = bring("settings")
    import_file(till, "products", many_goods(tmp_path, 7), qtbot, "7 baris dapat diimpor")
    card = settings(till).cards.spreadsheets
    assert "X00000 · Barang 0 · Rp 5.000" in card.preview.text()
    assert "dan 2 lagi" in card.preview.text()
    card.leave_button.click()
    assert till.said == "Tidak ada yang diimpor."
    assert queries.product(till.corner.db, "X00000") is None


def test_an_import_that_is_stopped_leaves_nothing(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = bring("settings")
    import_file(till, "products", many_goods(tmp_path, 50), qtbot, "50 baris dapat diimpor")
    card = settings(till).cards.spreadsheets
    monkeypatch.setattr(registering, "STEP", 10)
    store = registering._store

    half, stopped = Event(), Event()

    def wait_in_the_middle(kind: str, db: Connection, rows: list[Any], vault: Vault) -> None:
        store(kind, db, rows, vault)
        if rows[0].sku == "X00020":
            half.set()
            assert stopped.wait(60)

    monkeypatch.setattr(registering, "_store", wait_in_the_middle)
    card.import_button.click()
    assert not card.choices.isEnabled()
    assert card.stop_button.hasFocus()
    qtbot.waitUntil(half.is_set)
    card.stop_button.click()
    stopped.set()
    qtbot.waitUntil(lambda: till.said == "Dihentikan. Tidak ada yang diimpor.")
    assert queries.product(till.corner.db, "X00000") is None
    assert card.choices.isEnabled()
    monkeypatch.undo()
    import_file(till, "products", tmp_path / "goods.csv", qtbot, "50 baris dapat diimpor")
    card.import_button.click()
    qtbot.waitUntil(lambda: "50 baris diimpor" in till.said)
    assert till.corner.verify()


def test_the_list_of_what_is_wrong_is_saved_for_who_mends_the_file(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("settings")
    rows = [{"producer_code": "P1", "business_name": "Lagi"}, {"producer_code": "P9", "business_name": ""}]
    path = write_csv(tmp_path / "more.csv", "producers", rows)
    import_file(till, "producers", path, qtbot, "Tidak ada yang diimpor: 2 masalah")
    card = settings(till).cards.spreadsheets
    card.saving.folder.field.setText(str(tmp_path))
    card.saving.button.click()
    qtbot.waitUntil(lambda: "Tersimpan" in card.saving.facts.text())
    (saved,) = tmp_path.glob("masalah-impor*.csv")
    assert saved.read_text(encoding="utf-8-sig").splitlines() == [
        "Baris,Kolom,Tindakan,Alasan",
        "2,producer_code,ditolak,P1 sudah ada",
        "3,business_name,ditolak,wajib diisi",
    ]


def test_broken_rows_are_named_and_nothing_is_imported(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("settings")
    rows = [
        {"producer_code": "P9", "business_name": "Dapur Sembilan"},
        {"producer_code": "P1", "business_name": "Lagi"},
    ]
    path = write_csv(tmp_path / "more.csv", "producers", rows)
    import_file(till, "producers", path, qtbot, "Tidak ada yang diimpor: 1 masalah")
    assert settings(till).cards.spreadsheets.facts.text().startswith("Baris 3, producer_code")
    assert registry.producer_name(till.corner.db, "P9") is None
    screen = settings(till)
    assert "Baris 3, producer_code" in till.said
    card = screen.cards.spreadsheets
    qtbot.waitUntil(lambda: not card.area.visibleRegion().isEmpty())
    qtbot.waitUntil(lambda: card.area.height() < till.theme.px(60))  # no empty block under one line
    assert card.skip_button.hasFocus()
    till.window.hush()
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: till.said.startswith("1 baris diimpor, 1 masalah dilewati"))
    assert registry.producer_name(till.corner.db, "P9") == "Dapur Sembilan"


def test_a_file_that_is_no_spreadsheet_is_refused(bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path) -> None:
    till = bring("settings")
    (tmp_path / "letter.csv").write_text("Yang terhormat,\n")
    import_file(till, "staff", tmp_path / "letter.csv", qtbot, "Kolom ini tidak ada")


def test_the_scanner_is_tested_and_what_it_adds_is_taken_off(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    scanner = settings(till).cards.scanner
    scanner.test_button.click()
    till.scan("#2000000000015", terminator=Qt.Key.Key_Tab)
    assert "Terbaca: #2000000000015" in scanner.facts.text()
    assert "“#” ikut terkirim" in scanner.facts.text()
    assert "sudah benar" not in scanner.facts.text()
    scanner.prefix_field.setText("#")
    scanner.ending_choice.choose("tab")
    till.scan("#2000000000015", terminator=Qt.Key.Key_Tab)
    assert "sudah benar" in scanner.facts.text()
    till.press(Qt.Key.Key_F12)
    assert till.said == "Pengaturan disimpan."
    till.window.go("sell")
    till.scan("#2000000000015", terminator=Qt.Key.Key_Tab)
    assert [line.product.sku for line in till.sell.presenter.cart.lines] == ["T1"]
