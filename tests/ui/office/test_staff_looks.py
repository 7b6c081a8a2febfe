"""The panels of the Staff screen at every size and language: nothing clipped, one main button, every field named."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from pos_app.i18n import set_language
from pos_app.services.context import User
from pos_app.ui.screens.staff.screen import StaffScreen
from pos_app.ui.widgets.button import KeyButton
from tests.corner import MORNING, Corner
from tests.ui.conftest import Till
from tests.ui.office.test_office_looks import LOOKS, show
from tests.ui.test_looks import clipped

SIZES = pytest.mark.parametrize(("size", "scale"), LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])


def looked_at(till: Till, where: str) -> None:
    for _ in range(5):
        QApplication.processEvents()
    assert clipped(till) == [], where
    mains = [one for one in till.window.findChildren(KeyButton) if one.kind == "main" and one.isVisible()]
    assert [one.key for one in mains] == ["F12"], where
    fields = [one for one in till.window.findChildren(QLineEdit) if one.isVisible()]
    unnamed = [one.objectName() for one in fields if not (one.accessibleName() or one.placeholderText())]
    assert unnamed == [], where


@pytest.mark.parametrize("language", ["id", "en"])
@SIZES
def test_nothing_is_clipped_on_any_panel_of_a_tab(
    make_till: Callable[..., Till],
    open_corner: Corner,
    manager: User,
    qtbot: QtBot,
    size: tuple[int, int],
    scale: int,
    language: str,
) -> None:
    tab = {"kind": "tab", "amount": 16_000, "staff": "S1"}
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[tab])
    till = make_till(open_corner, size=size, scale=scale)
    set_language("en" if language == "en" else "id")
    till.window.rebuild()
    till.log_in(manager)
    show(till, "staff")
    screen = till.window.current
    assert isinstance(screen, StaffScreen)
    looked_at(till, "tabs")
    till.press(Qt.Key.Key_F7)
    looked_at(till, "account")
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    looked_at(till, "statement")
    till.press(Qt.Key.Key_Escape)
    till.press(Qt.Key.Key_F3)
    page = screen.lists
    page.cut_off_field.set_value(MORNING.date())
    page.cut_off_field.editingFinished.emit()
    for where, keys in (("draft", 0), ("handed over", 2), ("collected", 2)):
        for _ in range(keys):
            till.press(Qt.Key.Key_F12)
            looked_at(till, f"asked for {where}")
        qtbot.waitUntil(lambda: not page.loading)
        looked_at(till, where)
