"""Personal data at the window: covered, shown for a reason, handed out, anonymised."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.services import people, privacy
from pos_app.services.context import User
from pos_app.ui.screens.producers.screen import ProducersScreen
from pos_app.ui.screens.settings.screen import SettingsScreen
from pos_app.ui.screens.staff.screen import StaffScreen
from tests.corner import PRODUCERS, PRODUCTS, Corner, new_corner, register
from tests.ui.conftest import MANAGER_PIN, Till

NIP = "198704152010011007"


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    """A corner whose people have something to hide."""
    made = new_corner(tmp_path)
    producers = [
        {**PRODUCERS[0], "owner_name": "Siti Aminah", "phone": "+6281234567890", "bank_name": "BSI"}
        | {"bank_account": "7001234567"},
        PRODUCERS[1],
    ]
    staff = [{"staff_code": "S1", "name": "Pegawai Satu", "nip": NIP, "tab_limit": 100_000}]
    register(made, tmp_path, producers, PRODUCTS, staff)
    return made


def staff_screen(till: Till) -> StaffScreen:
    screen = till.window.current
    assert isinstance(screen, StaffScreen)
    return screen


def values(till: Till) -> dict[str, str]:
    screen = till.window.current
    assert isinstance(screen, StaffScreen | ProducersScreen | SettingsScreen)
    return {row.label: row.amount for row in screen.person.rows.rows}


def test_data_is_covered_until_somebody_gives_a_reason_and_the_look_is_kept(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    till = bring("staff")
    till.press(Qt.Key.Key_F6)
    assert values(till)["NIP"] == "1987**********1007"
    assert privacy.looks(open_corner.counter) == []
    staff_screen(till).person.purpose.choose("correction")
    till.press(Qt.Key.Key_F12)
    assert values(till)["NIP"] == NIP
    (look,) = privacy.looks(open_corner.counter)
    assert (look.user, look.kind, look.code, look.purpose) == ("Ratna", "staff", "S1", "correction")
    till.press(Qt.Key.Key_Escape)
    assert not staff_screen(till)._shows_person
    assert staff_screen(till).person.presenter.shown is None


def test_data_is_covered_again_by_itself(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("staff")
    till.press(Qt.Key.Key_F6)
    person = staff_screen(till).person
    person._timer.setInterval(30)
    till.press(Qt.Key.Key_F12)
    assert values(till)["NIP"] == NIP
    qtbot.waitUntil(lambda: values(till)["NIP"] != NIP)


def test_leaving_the_screen_covers(bring: Callable[[str], Till]) -> None:
    till = bring("staff")
    till.press(Qt.Key.Key_F6)
    till.press(Qt.Key.Key_F12)
    screen = staff_screen(till)
    till.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert screen.person.presenter.shown is None


def test_a_cashier_needs_a_manager_to_look(office: Till, cashier: User, open_corner: Corner) -> None:
    office.log_in(cashier)
    office.window.go("staff")
    office.press(Qt.Key.Key_F6)
    office.press(Qt.Key.Key_F12)
    assert values(office)["NIP"] != NIP
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert values(office)["NIP"] == NIP
    assert [look.user for look in privacy.looks(open_corner.counter)] == ["Ratna"]


def test_a_producers_owner_phone_and_account_are_covered(bring: Callable[[str], Till]) -> None:
    till = bring("producers")
    screen = till.window.current
    assert isinstance(screen, ProducersScreen)
    screen.presenter.choose("P1")
    till.press(Qt.Key.Key_F6)
    assert values(till)["Pemilik"] == "S**** A****"
    assert values(till)["Rekening bank"] == "****4567"
    till.press(Qt.Key.Key_F12)
    assert values(till)["Telepon"] == "+6281234567890"


def test_everything_held_is_handed_out_as_files(bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    till = bring("staff")
    till.press(Qt.Key.Key_F6)
    box = staff_screen(till).person.export_box
    box.folder.set_path(folder)
    box.button.click()
    qtbot.waitUntil(lambda: "Tersimpan" in box.facts.text())
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".xlsx"]
    assert NIP in next(folder.glob("*.json")).read_text(encoding="utf-8")


def test_anonymising_asks_for_the_code_and_refuses_open_money(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    open_corner.do(
        "sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[{"kind": "tab", "amount": 16_000, "staff": "S1"}]
    )
    till = bring("staff")
    till.press(Qt.Key.Key_F6)
    person = staff_screen(till).person
    person.erase_button.click()
    assert till.said == "Ketik S1 untuk memastikan."
    person.confirm_field.setText("s1")
    person.erase_button.click()
    qtbot.waitUntil(lambda: "16.000" in till.said)
    assert privacy.masked(open_corner.counter, "staff", "S1").erased is False


def test_after_anonymising_only_the_code_is_left_and_the_books_verify(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot
) -> None:
    before = open_corner.state
    till = bring("staff")
    till.press(Qt.Key.Key_F6)
    person = staff_screen(till).person
    person.confirm_field.setText("S1")
    person.erase_button.click()
    qtbot.waitUntil(lambda: "sudah dianonimkan. Pembukuan tidak berubah" in till.said)
    assert "Sudah dianonimkan" in person.facts.text()
    assert not person.main_button.isEnabled()
    assert not person.export_box.isEnabled()
    assert not person.erase_button.isEnabled()
    assert open_corner.state == before
    open_corner.verify()


def test_a_user_is_confirmed_by_name_and_never_oneself(
    bring: Callable[[str], Till], open_corner: Corner, cashier: User, manager: User, qtbot: QtBot
) -> None:
    till = bring("settings")
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    for user, words in ((manager, "Anda sendiri"), (cashier, "sudah dianonimkan")):
        screen.cards.users.who_choice.choose(user.id)
        screen.cards.users.person_button.click()
        screen.person.confirm_field.setText(user.name)
        screen.person.erase_button.click()
        qtbot.waitUntil(lambda words=words: words in till.said)  # type: ignore[misc]
        till.press(Qt.Key.Key_Escape)
    assert [user.name for user in people.users(open_corner.counter)] == ["Ratna"]


def test_the_person_who_was_shown_is_handed_out_whoever_is_chosen_meanwhile(
    bring: Callable[[str], Till], open_corner: Corner, tmp_path: Path
) -> None:
    till = bring("producers")
    screen = till.window.current
    assert isinstance(screen, ProducersScreen)
    screen.person.open("P1")
    work = screen.person.presenter.export_work(tmp_path, None)
    screen.person.open("P2")
    assert "-P1-" in work().name
