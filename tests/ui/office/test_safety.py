"""Data safety at the window: backups to several folders, the recovery code, the check, the report, who looked."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import ReadOnlyLedger
from pos_app.ledger import recovery
from pos_app.ledger.backup import backups_in
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import Verified
from pos_app.services import backing_up, diagnostics, people, privacy
from pos_app.services.context import User
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.ui.backup_presenter import BackupPresenter, FolderState, size_text
from pos_app.ui.recovery.presenter import RecoveryPresenter
from pos_app.ui.screens.safety import check_card
from pos_app.ui.screens.safety.screen import SafetyScreen
from pos_app.ui.screens.settings.screen import SettingsScreen
from pos_app.ui.worker import Tell
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till


def safety(till: Till) -> SafetyScreen:
    screen = till.window.current
    assert isinstance(screen, SafetyScreen)
    return screen


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_folders_are_typed_kept_and_backed_up_by_keyboard(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, stick: Path, tmp_path: Path
) -> None:
    till = bring("safety")
    other = tmp_path / "other"
    other.mkdir()
    for folder in (stick, other):
        till.press(Qt.Key.Key_F3)
        till.type(str(folder))
        till.press(Qt.Key.Key_Return)
        assert till.said == f"Mulai sekarang cadangan juga ke {folder}."
    assert backing_up.folders(open_corner.db) == [stick, other]
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said == "Dicadangkan dan diperiksa di 2 folder.")
    assert [len(backups_in(folder)) for folder in (stick, other)] == [1, 1]
    assert "Cadangan terakhir 01/10/2026 08.00" in safety(till).backup_card.facts.text()


def test_a_folder_that_is_typed_and_not_added_is_taken_with_the_backup(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, stick: Path
) -> None:
    till = bring("safety")
    till.press(Qt.Key.Key_F3)
    till.type(str(stick))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said == "Dicadangkan dan diperiksa di 1 folder.")
    assert (backing_up.folders(open_corner.db), len(backups_in(stick))) == ([stick], 1)


def test_a_folder_that_fails_is_named_beside_those_that_did_not(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, stick: Path, tmp_path: Path
) -> None:
    backing_up.set_folders(open_corner.ledger, [tmp_path / "gone", stick])
    till = bring("safety")
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said.startswith("Dicadangkan di 1 folder, tidak semuanya."))
    assert "gone" in till.said
    presenter = safety(till).backup_card.presenter
    assert presenter.facts(FolderState(tmp_path / "gone"))[0][2] == "warning"


def test_a_folder_is_refused_when_it_is_missing_known_or_that_of_the_books(open_corner: Corner, stick: Path) -> None:
    presenter = BackupPresenter(open_corner.counter)
    assert presenter.add(None).kind == "W"
    assert presenter.add(stick / "none").kind == "E"
    assert presenter.add(open_corner.ledger.path.parent.resolve()).kind == "E"
    assert presenter.add(stick).kind == "S"
    assert presenter.add(stick).kind == "I"
    assert presenter.remove(stick).kind == "S"
    assert presenter.folders() == []


def test_the_age_and_the_room_of_a_folder_are_told(open_corner: Corner, stick: Path) -> None:
    presenter = BackupPresenter(open_corner.counter)
    now = open_corner.clock()
    room = 10_000_000_000
    assert (
        presenter.facts(FolderState(stick, True, now, 3, room))[0][0]
        == "Cadangan terakhir 01/10/2026 08.00 · 3 salinan"
    )
    assert presenter.facts(FolderState(stick, True, now, 1, 1))[1][2] == "warning"
    open_corner.clock.pass_by(days=2)
    text, _icon, tone = presenter.facts(FolderState(stick, True, now, 1, room))[0]
    assert (text, tone) == ("Cadangan terakhir 01/10/2026 08.00, 2 hari lalu", "warning")
    assert [size_text(size) for size in (1, 7_000_000, 12_345_678_901)] == ["1 MB", "7 MB", "12 GB"]


def test_changing_the_folders_needs_a_manager(office: Till, cashier: User, open_corner: Corner, stick: Path) -> None:
    office.log_in(cashier)
    office.window.go("safety")
    office.press(Qt.Key.Key_F3)
    office.type(str(stick))
    office.press(Qt.Key.Key_Return)
    assert backing_up.folders(open_corner.db) == []
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert backing_up.folders(open_corner.db) == [stick]


def test_the_two_pages_of_settings_lead_to_each_other(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    assert isinstance(till.window.current, SettingsScreen)
    till.window.current.chips.button("safety").click()
    safety(till).chips.button("settings").click()
    assert isinstance(till.window.current, SettingsScreen)


# The recovery code ---------------------------------------------------------------------------------------------------


def test_the_code_is_made_written_down_and_opens_the_names_elsewhere(
    bring: Callable[[str], Till], open_corner: Corner, tmp_path: Path
) -> None:
    till = bring("safety")
    screen = safety(till)
    screen.recovery_card.make_button.click()
    groups = list(screen.recovery.groups)
    assert [text.text() for text in screen.recovery_page.group_texts] == groups
    assert not screen.main_button.isEnabled()
    till.press(Qt.Key.Key_F12)
    assert screen.recovery.state() == "unconfirmed"
    till.type(groups[screen.recovery.asked].lower())
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Dicatat.")
    assert (screen.recovery.state(), screen.recovery.groups) == ("made", [])
    elsewhere = Vault(tmp_path / "new-keys")
    recovery.unlock(open_corner.ledger, elsewhere, "-".join(groups))
    assert elsewhere.unseal(open_corner.counter.vault.seal(b"Ratna", b"x"), b"x") == b"Ratna"


def test_a_code_that_nobody_wrote_down_is_told(bring: Callable[[str], Till]) -> None:
    till = bring("safety")
    screen = safety(till)
    screen.recovery_card.make_button.click()
    till.press(Qt.Key.Key_Escape)
    assert "belum dipastikan" in till.said
    assert screen.recovery.groups == []
    assert "Belum dipastikan" in screen.recovery_card.facts.text()


def test_the_code_is_printed_with_what_it_is_for(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("safety")
    screen = safety(till)
    screen.recovery_card.make_button.click()
    till.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Tidak ada printer" in till.said)
    save_printer_settings(open_corner.ledger, PrinterSettings("file", str(tmp_path / "lp0")))
    till.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: till.said.startswith("Dikirim ke printer."))
    printed = (tmp_path / "lp0").read_bytes()
    assert all(group.encode() in printed for group in screen.recovery.groups)
    assert b"\x1dv0" in printed  # the QR code


def test_whoever_made_or_allowed_a_code_is_noted(
    office: Till, cashier: User, manager: User, open_corner: Corner
) -> None:
    for user in (manager, cashier):
        office.log_in(user)
        office.window.go("safety")
        safety(office).recovery_card.make_button.click()
        if user is cashier:
            office.type(MANAGER_PIN)
            office.press(Qt.Key.Key_Return)
        office.press(Qt.Key.Key_Escape)
    rows = open_corner.db.execute("SELECT user FROM activity WHERE action = 'recovery_code_made'").fetchall()
    assert [row["user"] for row in rows] == [manager.id, manager.id]


def test_locked_names_come_back_with_the_code(
    bring: Callable[[str], Till], open_corner: Corner, tmp_path: Path
) -> None:
    code = recovery.make(open_corner.ledger, open_corner.counter.vault)
    presenter = RecoveryPresenter(open_corner.ledger, Vault(tmp_path / "new-keys"), open_corner.clock)
    assert presenter.state() == "locked"
    assert presenter.unlock("ABC").kind == "E"
    assert presenter.unlock(code).kind == "S"
    assert presenter.state() != "locked"


def test_while_names_are_locked_a_new_code_needs_the_word_that_the_old_one_is_gone(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    recovery.make(open_corner.ledger, Vault(open_corner.ledger.path.parent / "old-keys"))
    till = bring("safety")
    card = safety(till).recovery_card
    assert (card.make_button.isVisible(), card.unlock_button.isVisible()) == (False, True)
    card.lost_tick.click()
    card.make_button.click()
    assert len(card.presenter.groups) == 6
    till.press(Qt.Key.Key_Escape)
    assert card.unlock_button.isVisible()
    assert "terkunci" not in card.facts.text()


def test_names_that_come_back_show_at_once_also_that_of_who_is_logged_in(
    bring: Callable[[str], Till], open_corner: Corner, tmp_path: Path
) -> None:
    code = recovery.make(open_corner.ledger, open_corner.counter.vault)
    till = bring("safety")
    counter = open_corner.counter
    assert counter.user is not None
    name = counter.user.name
    counter.vault = Vault(tmp_path / "new-keys")
    people.read_again(counter)
    assert counter.user.name != name
    till.window.rebuild()
    card = safety(till).recovery_card
    card.code_field.setText(code)
    card.unlock_button.click()
    assert counter.user.name == name
    assert till.said == "Nama terbaca kembali."


def test_names_under_two_codes_ask_for_both(open_corner: Corner, tmp_path: Path) -> None:
    first = recovery.make(open_corner.ledger, open_corner.counter.vault)
    other = Vault(tmp_path / "other-keys")
    second = recovery.make(open_corner.ledger, other, older_is_lost=True)
    presenter = RecoveryPresenter(open_corner.ledger, Vault(tmp_path / "new-keys"), open_corner.clock)
    assert "kode pemulihan kedua" in presenter.unlock(second).text
    assert presenter.unlock(first).text == "Nama terbaca kembali."


# Check, report, looks ------------------------------------------------------------------------------------------------


def test_the_check_tells_how_many_entries_are_whole(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    card = safety(bring("safety")).check_card
    card.start_button.click()
    qtbot.waitUntil(lambda: "Catatan utuh" in card.facts.text())
    assert not card.progress.isVisible()


def test_a_check_that_finds_damage_offers_the_repair(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    open_corner.db.execute("UPDATE balances SET amount = amount + 1 WHERE account = 'cash'")
    card = safety(bring("safety")).check_card
    card.start_button.click()
    qtbot.waitUntil(card.repair_button.isVisible)
    assert "tekan Perbaiki" in card.facts.text()
    with qtbot.waitSignal(card.repair_wanted):
        card.repair_button.click()


def test_a_check_tells_of_a_closing_that_another_key_sealed(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    open_corner.do("close_shift", counted=200_000)
    till = bring("safety")
    open_corner.counter.vault = Vault(tmp_path / "another computer")
    open_corner.counter.vault.signing_key()
    card = safety(till).check_card
    card.start_button.click()
    qtbot.waitUntil(lambda: "disegel dengan kunci komputer lain" in card.facts.text())


def test_a_check_can_be_stopped(bring: Callable[[str], Till], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Event()

    def endless(tell: Tell) -> Verified:
        stopped.wait()
        tell(1, 10)
        raise AssertionError("it went on")

    monkeypatch.setattr(check_card, "check_work", lambda _counter: endless)
    card = safety(bring("safety")).check_card
    card.start()
    card.stop_button.click()
    stopped.set()
    qtbot.waitUntil(lambda: "Dihentikan" in card.facts.text())


def test_the_report_for_support_is_saved_where_it_is_wanted(
    bring: Callable[[str], Till], qtbot: QtBot, stick: Path
) -> None:
    box = safety(bring("safety")).support_box
    box.button.click()
    assert "Pilih folder" in box.facts.text()
    box.folder.ask = lambda: str(stick)
    box.folder.choose_button.click()
    box.button.click()
    qtbot.waitUntil(lambda: "Tersimpan" in box.facts.text())
    assert [path.suffix for path in stick.iterdir()] == [".zip"]


def test_a_stick_that_cannot_be_written_is_named(
    bring: Callable[[str], Till], qtbot: QtBot, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Path:
        raise ReadOnlyLedger(str(stick))

    monkeypatch.setattr(diagnostics, "collect", refuse)
    box = safety(bring("safety")).support_box
    box.folder.set_path(stick)
    box.button.click()
    qtbot.waitUntil(lambda: "tidak dapat ditulis" in box.facts.text())


def test_who_looked_is_listed_for_managers(office: Till, cashier: User, open_corner: Corner) -> None:
    privacy.look(open_corner.counter, "staff", "S1", "payment")
    office.log_in(cashier)
    office.window.go("safety")
    card = safety(office).looks_card
    card.show_button.click()
    assert not card.area.isVisible()
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert card.area.isVisible()
    assert "Ratna → pegawai S1" in card.facts.text()
