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
from pos_app.services import backup_note, first_steps, people
from pos_app.services.context import Counter
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.ids import uuid7
from pos_app.services.short_names import KNOWN
from pos_app.ui import settings_keys as keys
from pos_app.ui.first_start import keep_look
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.theme import Theme
from tests.corner import MORNING


@pytest.fixture
def vault_for(tmp_path: Path) -> Callable[[Identity], Vault]:
    return lambda identity: Vault(tmp_path / "keys" / identity.ledger_id)


@pytest.fixture
def window(
    qapp: QApplication,
    qtbot: QtBot,
    tmp_path: Path,
    vault_for: Callable[[Identity], Vault],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FirstRunWindow]:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
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


def key(window: FirstRunWindow, which: Qt.Key) -> None:
    QTest.keyClick(window, which)


def fill(window: FirstRunWindow, *, pin: str = "246810", again: str = "246810") -> None:
    """The three steps by keyboard alone."""
    key(window, Qt.Key.Key_F12)
    assert window.focusWidget() is window.corner_page.office_field
    QTest.keyClicks(window.corner_page.office_field, "perdagangan")
    QTest.keyClick(window.corner_page.office_field, Qt.Key.Key_Return)
    key(window, Qt.Key.Key_F12)
    page = window.manager_page
    for field, text in ((page.manager_field, "Bu Rina"), (page.pin_field, pin), (page.pin_again_field, again)):
        assert window.focusWidget() is field
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_new_corner_is_made_with_its_manager(
    window: FirstRunWindow, vault_for: Callable[[Identity], Vault], tmp_path: Path
) -> None:
    fill(window)
    path = window.presenter.made
    assert path == tmp_path / "home" / "pojok-MTR011A.db"
    ledger = Ledger.open(path)
    assert (ledger.identity.corner, ledger.identity.corner_name) == ("MTR-011", "Dinas Perdagangan")
    counter = Counter(ledger, vault_for(ledger.identity), lambda: MORNING, uuid7)
    assert first_steps.standing(ledger.db) == first_steps.Standing(first_steps.STEPS, "printer")
    (manager,) = people.users(counter)
    assert (manager.name, manager.role) == ("Bu Rina", "pengelola")
    assert people.log_in(counter, manager.id, "246810") == manager
    assert queries.setting(ledger.db, "corner.address", "")
    ledger.close()


def test_a_till_that_this_computer_knows_is_asked_about_and_gives_no_number_again(
    window: FirstRunWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    earlier = Ledger.create(tmp_path / "earlier.db", Identity("e" * 32, "MTR-011", "Dinas Perdagangan", "A"))
    backup_note.keep(earlier)
    earlier.close()
    fill(window)
    assert not window.presenter.is_ready
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
    assert "PIN 123456" in window.done_page.facts.text()
    first = window.presenter.made
    window.presenter.made = None
    window.presenter.make_demo()
    assert window.presenter.made == first


def test_the_language_changes_while_typing(window: FirstRunWindow) -> None:
    window.manager_page.manager_field.setText("Bu Rina")
    window.look_page.language_chips.button("en").click()
    assert window.main_button.text() == "Next"
    assert window.manager_page.manager_field.text() == "Bu Rina"


def test_escape_goes_one_step_back_and_keeps_what_was_typed(window: FirstRunWindow) -> None:
    fill(window, again="1")
    key(window, Qt.Key.Key_Escape)
    assert window.corner_page.code_field.text() == "MTR-011"
    key(window, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.look_page
    key(window, Qt.Key.Key_F12)
    key(window, Qt.Key.Key_F12)
    assert window.manager_page.manager_field.text() == "Bu Rina"


def test_a_corner_without_an_office_does_not_go_on(window: FirstRunWindow) -> None:
    key(window, Qt.Key.Key_F12)
    key(window, Qt.Key.Key_F12)
    assert window.pages.currentWidget() is window.corner_page
    assert window.strip.text() == "Pilih kantor, atau ketik kode dan namanya."


def test_the_look_chosen_first_is_kept(window: FirstRunWindow) -> None:
    window.look_page.language_chips.button("en").click()
    fill(window)
    path = window.presenter.made
    assert path is not None
    keep_look(path, dark=True, scale=150)
    ledger = Ledger.open(path)
    assert (queries.setting(ledger.db, keys.LANGUAGE, ""), queries.setting(ledger.db, keys.DARK, "")) == ("en", "1")
    assert queries.setting(ledger.db, keys.TEXT_SCALE, "") == "150"
    ledger.close()


class Centre:
    """Answers a till that joins, in the order in which it was told to."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []
        self.made: list[Path | None] = []

    def join(self, _path: Path, url: str, code: str) -> None:
        self.asked.append((url, code))
        reason = self.answers.pop(0)
        if reason:
            raise ExchangeFailed("refused", reason, during="join")


def join(window: FirstRunWindow, centre: Centre, qtbot: QtBot) -> None:
    window.presenter._join = centre.join
    window.presenter._on_made = centre.made.append
    window.mode_chips.button("join").click()
    window.corner_page.office_field.setText("Dinas Perdagangan")
    window.corner_page.code_field.setText("MTR-011")
    key(window, Qt.Key.Key_F12)
    assert "alamat" in window.strip.text()
    window.corner_page.centre_field.setText("pusat.example.id")
    window.corner_page.enrolment_field.setText("K7QM-2XTD")
    key(window, Qt.Key.Key_F12)
    window.manager_page.manager_field.setText("Bu Rina")
    window.manager_page.pin_field.setText("246810")
    window.manager_page.pin_again_field.setText("246810")
    key(window, Qt.Key.Key_F12)
    qtbot.waitUntil(window.main_button.isEnabled)


def test_a_corner_joins_the_centre_and_a_lost_answer_is_asked_for_again(window: FirstRunWindow, qtbot: QtBot) -> None:
    centre = Centre("unreachable", "")
    join(window, centre, qtbot)
    made = window.presenter.made
    assert made is not None
    assert window.pages.currentWidget() is window.join_page
    assert window.join_page.same_words.isVisibleTo(window.join_page)
    assert "tidak terjangkau" in window.strip.text() or "tidak dapat dihubungi" in window.strip.text()
    key(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.joined)
    assert centre.asked == [("pusat.example.id", "K7QM-2XTD")] * 2
    assert window.presenter.made == made
    assert window.pages.currentWidget() is window.done_page


def test_a_wrong_code_is_corrected_where_it_is_refused(window: FirstRunWindow, qtbot: QtBot) -> None:
    centre = Centre("bad_code", "")
    join(window, centre, qtbot)
    page = window.join_page
    assert window.pages.currentWidget() is page
    assert "Kode pendaftaran tidak dikenal" in window.strip.text()
    assert not page.same_words.isVisibleTo(page), "the same code would be refused again"
    assert page.centre_field.text() == "pusat.example.id"
    assert page.enrolment_field.hasFocus()
    page.enrolment_field.clear()
    key(window, Qt.Key.Key_F12)
    assert "kode pendaftaran" in window.strip.text()
    page.enrolment_field.setText("NEW0-CODE")
    key(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.presenter.joined)
    assert centre.asked == [("pusat.example.id", "K7QM-2XTD"), ("pusat.example.id", "NEW0-CODE")]


def test_joining_may_wait(window: FirstRunWindow, qtbot: QtBot) -> None:
    join(window, Centre("unavailable"), qtbot)
    key(window, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.done_page
    assert window.presenter.made is not None


def test_a_corner_made_for_the_wrong_office_is_taken_back(window: FirstRunWindow, qtbot: QtBot) -> None:
    centre = Centre("wrong_corner", "")
    join(window, centre, qtbot)
    assert window.presenter.made is None
    assert window.pages.currentWidget() is window.corner_page
    assert "pojok lain" in window.strip.text()
    assert centre.made[-1] is None
    assert list((window.presenter.home).glob("pojok-*")) == []
    window.corner_page.code_field.setText("MTR-012")
    key(window, Qt.Key.Key_F12)
    key(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.joined)


def test_a_repeated_pin_that_differs_is_cleared_and_typed_again(window: FirstRunWindow) -> None:
    fill(window, again="246811")
    page = window.manager_page
    assert window.strip.text() == "Kedua PIN berbeda. Ketik lagi."
    assert page.pin_again_field.text() == ""
    assert page.pin_again_field.hasFocus()
    assert page.pin_field.text() == "246810"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("setda", "Sekretariat Daerah"),
        ("bpkad", "Badan Pengelolaan Keuangan dan Aset Daerah"),
        ("diskominfo", "Dinas Komunikasi dan Informatika"),
        ("dinkes", "Dinas Kesehatan"),
    ],
)
def test_an_office_is_found_by_its_usual_short_name(window: FirstRunWindow, typed: str, name: str) -> None:
    assert name in [one.name for one in window.presenter.matching_offices(typed)]


def test_every_known_short_name_is_of_an_office(window: FirstRunWindow) -> None:
    assert set(KNOWN) <= {one.name for one in window.presenter.matching_offices("")}
