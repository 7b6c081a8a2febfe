"""The checklist of the screenshots for the office's screens: nothing clipped, one main button with its key."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from pos_app.i18n import set_language
from pos_app.ledger.exchange_facts import put_facts
from pos_app.services.context import User
from pos_app.ui.screens.safety.screen import SafetyScreen
from pos_app.ui.screens.sync.screen import SyncScreen
from pos_app.ui.widgets.button import KeyButton
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.test_looks import clipped

SCREENS = ["goods_in", "stock", "producers", "staff", "reports", "close_shift", "sync", "settings", "safety"]
LOOKS = [
    ((1366, 768), 100),
    ((1366, 697), 100),
    ((1093, 543), 100),
    ((1366, 768), 150),
    ((1366, 768), 200),
]

Look = Callable[..., Till]


@pytest.fixture
def look(make_till: Look, open_corner: Corner, manager: User) -> Look:
    def show(size: tuple[int, int], scale: int, language: str) -> Till:
        open_corner.sell("T1", "2")
        tab = {"kind": "tab", "amount": 16_000, "staff": "S1"}
        open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[tab])
        till = make_till(open_corner, size=size, scale=scale)
        set_language("en" if language == "en" else "id")
        till.window.rebuild()
        till.log_in(manager)
        return till

    return show


def show(till: Till, name: str) -> None:
    till.window.go(name)
    if name == "goods_in":
        till.scan("2000000000015")
    till.window.workers.finish()
    for _ in range(5):
        QApplication.processEvents()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
def test_nothing_is_clipped_on_any_screen(look: Look, size: tuple[int, int], scale: int, language: str) -> None:
    till = look(size, scale, language)
    for name in SCREENS:
        show(till, name)
        assert (till.window.width(), till.window.height()) == size, name
        assert clipped(till) == [], name
        mains = [one for one in till.window.findChildren(KeyButton) if one.kind == "main" and one.isVisible()]
        assert [one.key for one in mains] == ["F12"], name


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
@pytest.mark.parametrize("state", ["waiting", "approved", "refused"])
def test_nothing_is_clipped_where_histories_differ(
    look: Look, monkeypatch: pytest.MonkeyPatch, state: str, size: tuple[int, int], scale: int, language: str
) -> None:
    till = look(size, scale, language)
    with till.corner.ledger.write() as tx:
        put_facts(tx.db, {"url": "https://pusat.contoh.id", "device_id": "d1", "timeline_id": "t1", "centre_key": "00"})
    monkeypatch.setattr("pos_app.services.rejoining.state", lambda _ledger: state)
    show(till, "sync")
    screen = till.window.current
    assert isinstance(screen, SyncScreen)
    screen._rejoin = lambda: None
    screen.activated()
    QApplication.processEvents()
    assert screen.alarm_card.isVisible()
    runs = {"id": "Mulai perbaikan", "en": "Run the repair"}[language]
    assert (screen.main_button.text() == runs) == (state == "approved")
    assert clipped(till) == []


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
def test_nothing_is_clipped_where_a_person_or_the_recovery_code_is_shown(
    look: Look, size: tuple[int, int], scale: int, language: str
) -> None:
    till = look(size, scale, language)
    for name in ("staff", "producers"):
        show(till, name)
        till.press(Qt.Key.Key_F6)
        assert clipped(till) == [], name
        till.press(Qt.Key.Key_F12)
        assert clipped(till) == [], name
    show(till, "safety")
    screen = till.window.current
    assert isinstance(screen, SafetyScreen)
    screen.recovery_card.make_button.click()
    QApplication.processEvents()
    assert (till.window.width(), till.window.height()) == size
    assert clipped(till) == []


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
def test_nothing_is_clipped_where_a_manager_approves_by_pin(
    look: Look, cashier: User, size: tuple[int, int], scale: int, language: str
) -> None:
    till = look(size, scale, language)
    till.theme.set_dark(True)
    till.log_in(cashier)
    show(till, "staff")
    till.press(Qt.Key.Key_F6)
    till.press(Qt.Key.Key_F12)
    till.type("12")
    assert clipped(till) == []
    till.press(Qt.Key.Key_Escape)
    show(till, "safety")
    screen = till.window.current
    assert isinstance(screen, SafetyScreen)
    for button in (screen.recovery_card.make_button, screen.looks_card.show_button):
        button.click()
        till.type("12")
        assert screen.gate.asking
        assert (till.window.width(), till.window.height()) == size
        assert clipped(till) == []
        till.press(Qt.Key.Key_Escape)


def test_every_field_has_a_name_for_screen_readers(look: Look) -> None:
    till = look((1366, 768), 100, "id")
    for name in SCREENS:
        show(till, name)
        assert till.window.current is not None
        fields = [one for one in till.window.current.findChildren(QLineEdit) if one.isVisible()]
        assert [one.objectName() for one in fields if not (one.accessibleName() or one.placeholderText())] == [], name
