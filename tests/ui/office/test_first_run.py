"""The first start: a new corner with its manager, or the demo."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.coming_back import restored_in_window
from pos_app.i18n import set_language
from pos_app.ledger import queries
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import backup_note, people
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from pos_app.ui import settings_keys as keys
from pos_app.ui.first_start import keep_look
from pos_app.ui.recovery.page import RecoveryPage
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.theme import Theme
from tests.corner import MORNING


@pytest.fixture
def vault_for(tmp_path: Path) -> Callable[[Identity], Vault]:
    return lambda identity: Vault(tmp_path / "keys" / identity.ledger_id)


@pytest.fixture
def window(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, vault_for: Callable[[Identity], Vault]
) -> Iterator[FirstRunWindow]:
    set_language("id")
    theme = Theme()
    theme.apply(qapp)
    made = FirstRunWindow(FirstRunPresenter(tmp_path / "home", vault_for, lambda: MORNING, restored_in_window), theme)
    made.resize(1366, 697)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


def fill(window: FirstRunWindow, *, pin: str = "246810", again: str = "246810") -> None:
    window.office_field.setFocus()
    QTest.keyClicks(window.office_field, "perdagangan")
    QTest.keyClick(window.office_field, Qt.Key.Key_Return)
    window.manager_field.setText("Bu Rina")
    window.pin_field.setText(pin)
    window.pin_again_field.setText(again)
    QTest.keyClick(window, Qt.Key.Key_F12)


def test_a_new_corner_is_made_with_its_manager(
    window: FirstRunWindow, vault_for: Callable[[Identity], Vault], tmp_path: Path
) -> None:
    fill(window)
    path = window.presenter.made
    assert path == tmp_path / "home" / "pojok-MTR011A.db"
    ledger = Ledger.open(path)
    assert (ledger.identity.corner, ledger.identity.corner_name) == ("MTR-011", "Dinas Perdagangan")
    counter = Counter(ledger, vault_for(ledger.identity), lambda: MORNING, uuid7)
    (manager,) = people.users(counter)
    assert (manager.name, manager.role) == ("Bu Rina", "pengelola")
    assert people.log_in(counter, manager.id, "246810") == manager
    assert queries.setting(ledger.db, "corner.address", "")
    ledger.close()


def test_the_recovery_code_of_a_new_corner_may_be_made_at_once(window: FirstRunWindow, qtbot: QtBot) -> None:
    fill(window)
    window.code_button.click()
    recovery = window.presenter.recovery
    assert recovery is not None
    assert window.main_button.text() == "Sudah saya tulis"
    assert not window.main_button.isEnabled()
    page = window.pages.currentWidget()
    assert isinstance(page, RecoveryPage)
    QTest.keyClick(page.field, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Tidak ada printer" in window.strip.text())
    QTest.keyClicks(page.field, recovery.groups[recovery.asked])
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert recovery.state() == "made"
    assert window.main_button.text() == "Buka aplikasi kasir"
    assert window.code_button.isHidden()


def test_the_recovery_code_may_also_wait(window: FirstRunWindow) -> None:
    fill(window)
    window.code_button.click()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.main_button.text() == "Buka aplikasi kasir"
    assert window.presenter.recovery is not None
    assert window.presenter.recovery.groups == []


def test_a_till_that_this_computer_knows_is_asked_about_and_gives_no_number_again(
    window: FirstRunWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    earlier = Ledger.create(tmp_path / "earlier.db", Identity("e" * 32, "MTR-011", "Dinas Perdagangan", "A"))
    backup_note.keep(earlier)
    earlier.close()
    fill(window)
    assert window.presenter.made is None
    assert "sudah pernah punya catatan MTR-011 A" in window.strip.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.presenter.made is not None
    ledger = Ledger.open(window.presenter.made)
    assert ledger.identity.series == "MTR011A2"
    ledger.close()


def test_two_different_pins_are_refused(window: FirstRunWindow) -> None:
    fill(window, again="246811")
    assert window.presenter.made is None
    assert window.strip.text() == "Kedua PIN berbeda. Ketik lagi."


def test_a_short_pin_is_refused(window: FirstRunWindow) -> None:
    fill(window, pin="1234", again="1234")
    assert window.presenter.made is None
    assert window.strip.text() == "PIN terdiri dari enam digit."


def test_a_corner_is_never_made_twice(window: FirstRunWindow, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "pojok-MTR011A.db").write_bytes(b"something else")
    fill(window)
    assert window.presenter.made is None
    assert "pojok-MTR011A.db" in window.strip.text()
    assert (home / "pojok-MTR011A.db").read_bytes() == b"something else"


def test_the_demo_shows_its_pins_and_is_opened_again_later(window: FirstRunWindow) -> None:
    window.mode_chips.button("demo").click()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.presenter.is_ready
    assert "PIN 123456" in window.done_facts.text()
    first = window.presenter.made
    window.presenter.made = None
    window.presenter.make_demo()
    assert window.presenter.made == first


def test_the_language_changes_while_typing(window: FirstRunWindow) -> None:
    window.manager_field.setText("Bu Rina")
    window.language_chips.button("en").click()
    assert window.main_button.text() == "Make the corner"
    assert window.manager_field.text() == "Bu Rina"


def test_the_look_chosen_first_is_kept(window: FirstRunWindow) -> None:
    window.language_chips.button("en").click()
    fill(window)
    path = window.presenter.made
    assert path is not None
    keep_look(path, dark=True)
    ledger = Ledger.open(path)
    assert (queries.setting(ledger.db, keys.LANGUAGE, ""), queries.setting(ledger.db, keys.DARK, "")) == ("en", "1")
    ledger.close()
