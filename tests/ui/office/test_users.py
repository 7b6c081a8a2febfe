"""Users in Settings: a corner of one's own gets its cashiers, PINs are changed, who left is out."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.services import people
from pos_app.services.context import User
from pos_app.ui.screens.settings.screen import SettingsScreen
from pos_app.ui.screens.settings.users_card import NEW, UsersCard
from pos_app.ui.screens.settings.users_presenter import UsersPresenter
from tests.corner import Corner
from tests.ui.conftest import CASHIER_PIN, MANAGER_PIN, Till


def card(till: Till) -> UsersCard:
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    return screen.cards.users


def pick(users: UsersCard, who: str) -> None:
    users.who_choice.choose(who)
    users.who_choice.chosen.emit(who)


def type_pins(users: UsersCard, pin: str, again: str = "") -> None:
    users.pin_field.setText(pin)
    users.again_field.setText(again or pin)


def test_a_cashier_is_added_and_listed(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    users = card(till)
    assert users.facts.text() == "Ratna · Pengelola\nSari · Kasir"
    users.name_field.setText("Wati")
    type_pins(users, "444444")
    users.add_button.click()
    assert till.said == "Wati dapat masuk mulai sekarang."
    assert users.facts.text().endswith("Wati · Kasir")
    assert (users.name_field.text(), users.pin_field.text()) == ("", "")
    wati = next(user for user in people.users(till.corner.counter) if user.name == "Wati")
    assert people.log_in(till.corner.counter, wati.id, "444444").name == "Wati"


def test_a_typed_user_is_never_taken_for_saved_and_enter_adds(bring: Callable[[str], Till]) -> None:
    till = bring("settings")
    users = card(till)
    users.name_field.setText("Wati")
    users.pin_field.setText("444444")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Belum disimpan: tekan Tambah pengguna dahulu, atau kosongkan kolomnya."
    users.again_field.setFocus()
    users.again_field.setText("444444")
    till.press(Qt.Key.Key_Return)
    assert till.said == "Wati dapat masuk mulai sekarang."


def test_a_new_pin_is_typed_twice(bring: Callable[[str], Till], cashier: User) -> None:
    till = bring("settings")
    users = card(till)
    pick(users, cashier.id)
    assert not users.add_button.isVisibleTo(users)
    type_pins(users, "555555", "555556")
    users.pin_button.click()
    assert till.said == "Kedua PIN berbeda. Ketik lagi."
    type_pins(users, "555555")
    users.pin_button.click()
    assert till.said == "PIN Sari sudah diganti."
    assert people.log_in(till.corner.counter, cashier.id, "555555") == cashier
    assert users.who_choice.code() == NEW


def test_a_user_who_left_is_gone_but_never_the_manager_at_the_window(
    bring: Callable[[str], Till], cashier: User, manager: User
) -> None:
    till = bring("settings")
    users = card(till)
    pick(users, manager.id)
    users.remove_button.click()
    assert "sedang masuk" in till.said
    pick(users, cashier.id)
    users.remove_button.click()
    assert till.said == "Sari tidak dapat masuk lagi."
    assert users.facts.text() == "Ratna · Pengelola"


def test_who_left_is_listed_for_managers_to_be_exported_or_anonymised(
    bring: Callable[[str], Till], cashier: User, qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("settings")
    users = card(till)
    pick(users, cashier.id)
    users.remove_button.click()
    assert users.who_choice.itemText(users.who_choice.count() - 1) == "Sari · nonaktif"
    pick(users, cashier.id)
    assert not users.pin_button.isVisibleTo(users)
    assert not users.pin_field.isVisibleTo(users)
    assert not users.remove_button.isVisibleTo(users)
    users.person_button.click()
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    screen.person.export_box.folder.set_path(tmp_path)
    screen.person.export_box.button.click()
    qtbot.waitUntil(lambda: "Tersimpan" in screen.person.export_box.facts.text())
    assert len(list(tmp_path.glob("*.xlsx"))) == 1
    screen.person.confirm_field.setText("sari")
    screen.person.erase_button.click()
    qtbot.waitUntil(lambda: "sudah dianonimkan" in till.said)
    till.press(Qt.Key.Key_Escape)
    assert users.who_choice.count() == 2
    assert people.former_users(till.corner.counter) == []


def test_a_cashier_does_not_see_who_left(office: Till, cashier: User, manager: User) -> None:
    wati = people.hire(office.corner.counter, "Wati", "kasir", "444444", manager.id)
    people.dismiss(office.corner.counter, wati.id, manager.id)
    for user, count in ((manager, 4), (cashier, 3)):
        office.log_in(user)
        office.window.go("settings")
        assert card(office).who_choice.count() == count
        office.window.go("sell")


def test_a_cashier_needs_a_managers_pin_for_it(office: Till, cashier: User, manager: User) -> None:
    office.log_in(cashier)
    office.window.go("settings")
    users = card(office)
    users.name_field.setText("Wati")
    type_pins(users, "444444")
    users.add_button.click()
    assert len(people.users(office.corner.counter)) == 2
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert office.said == "Wati dapat masuk mulai sekarang."
    log = office.corner.db.execute("SELECT user FROM activity WHERE action = 'user_added'").fetchone()
    assert log["user"] == manager.id


def test_what_is_wrong_with_a_new_user_is_said(corner: Corner, cashier: User) -> None:
    presenter = UsersPresenter(corner.counter)
    assert presenter.add("", "kasir", "444444", "444444", None).text == "Isi nama pengguna."
    assert presenter.add("Wati", "kasir", "4444", "4444", None).text == "PIN terdiri dari enam digit."
    assert presenter.add("sari", "kasir", "444444", "444444", None).kind == "E"
    assert presenter.set_pin(cashier.id, "1", "1", None).kind == "E"
    assert people.log_in(corner.counter, cashier.id, CASHIER_PIN) == cashier
