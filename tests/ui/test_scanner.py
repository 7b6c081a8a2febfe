"""The filter catches bursts wherever the focus is, and gives back what was typed."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pos_app.ui.scanner import ScannerFilter


@pytest.fixture
def form(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.addWidget(QLineEdit())
    column.addWidget(QPushButton("x"))
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitActive(widget)
    return widget


@pytest.fixture
def scanner(qapp: QApplication, form: QWidget) -> Iterator[ScannerFilter]:
    found = ScannerFilter(qapp)
    found.watch(form.windowHandle())
    yield found
    found.stop()


def burst(form: QWidget, text: str, *terminator: Qt.Key) -> None:
    """Keys 5 ms apart by their own times, between which no timer comes, however busy the machine is."""
    at = int(time.monotonic() * 1000)
    for key, character in [*((Qt.Key(ord(one)), one) for one in text.upper()), *((key, "\r") for key in terminator)]:
        at += 5
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character.lower())
            event.setTimestamp(at)
            QCoreApplication.sendEvent(form.windowHandle(), event)


@pytest.mark.parametrize("terminator", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_burst_leaves_no_character_and_no_click(
    qtbot: QtBot, form: QWidget, scanner: ScannerFilter, terminator: Qt.Key
) -> None:
    field, button = form.findChild(QLineEdit), form.findChild(QPushButton)
    clicks: list[bool] = []
    button.clicked.connect(clicks.append)
    for widget in (field, button):
        widget.setFocus()
        with qtbot.waitSignal(scanner.scanned) as caught:
            burst(form, "2001872000011", terminator)
        assert caught.args == ["2001872000011"]
        assert form.focusWidget() is widget
    assert field.text() == ""
    assert not clicks


def test_a_typed_key_comes_back_after_the_hold(qtbot: QtBot, form: QWidget, scanner: ScannerFilter) -> None:
    field = form.findChild(QLineEdit)
    field.setFocus()
    burst(form, "a")
    assert field.text() == ""
    qtbot.waitUntil(lambda: field.text() == "a")


def test_short_typing_with_enter_comes_through_in_order(form: QWidget, scanner: ScannerFilter, qtbot: QtBot) -> None:
    field = form.findChild(QLineEdit)
    field.setFocus()
    with qtbot.waitSignal(field.returnPressed):
        burst(form, "5*")
        QTest.keyClick(form.windowHandle(), Qt.Key.Key_Return)
    assert field.text() == "5*"


def test_a_burst_without_enter_is_given_back(qtbot: QtBot, form: QWidget, scanner: ScannerFilter) -> None:
    field = form.findChild(QLineEdit)
    field.setFocus()
    burst(form, "2001872000011")
    qtbot.waitUntil(lambda: field.text() == "2001872000011")
