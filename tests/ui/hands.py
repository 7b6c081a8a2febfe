"""A person who has a keyboard and a scanner and nothing else, in front of the real window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import PATIENCE_MS, Till

NONE: Final = Qt.KeyboardModifier.NoModifier
ALT: Final = Qt.KeyboardModifier.AltModifier
CONTROL: Final = Qt.KeyboardModifier.ControlModifier
SHIFT: Final = Qt.KeyboardModifier.ShiftModifier

_TYPED_MS: Final = 150
_SCANNED_MS: Final = 5
_MOST_TABS: Final = 80


@dataclass
class Hands:
    """150 ms a typed key, 5 ms a scanned one; every key goes to the window, none to a widget.

    What is read back is what a person sees: the screen's name, the strip, the focus ring.
    """

    till: Till
    qtbot: QtBot
    now: int = field(default=10_000)

    def __post_init__(self) -> None:
        self.till.scanner._clock = lambda _event: self.now

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """A key, or a chord."""
        for _time in range(times):
            self.now += _TYPED_MS
            QTest.keyClick(self.till.window.windowHandle(), key, modifier)
            QApplication.processEvents()

    def type(self, text: str) -> None:
        """Letters and digits, one after the other."""
        for character in text:
            self.now += _TYPED_MS
            QTest.keyClick(self.till.window.windowHandle(), character)
        self.qtbot.waitUntil(lambda: not self.till.scanner.holding)

    def enter(self, text: str = "") -> None:
        """What is typed, and Enter."""
        self.type(text)
        self.press(Qt.Key.Key_Return)

    def scan(self, code: str) -> None:
        """The burst of a scanner and its Enter; no timer comes between its keys, however busy the machine is."""
        self.now += 1_000
        handle = self.till.window.windowHandle()
        for key, text in [*((Qt.Key(ord(one.upper())), one) for one in code), (Qt.Key.Key_Return, "\r")]:
            self.now += _SCANNED_MS
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QCoreApplication.sendEvent(handle, QKeyEvent(kind, key, NONE, text))
        QApplication.processEvents()

    def tab_to(self, words: str) -> None:
        """Tab until the focus ring is on what has these words in its name."""
        met = []
        for _tab in range(_MOST_TABS):
            focused = self.till.window.focusWidget()
            name = focused.accessibleName() if focused is not None else ""
            if words in name:
                return
            met.append(name or type(focused).__name__)
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"no Tab leads to {words!r} on {self.screen}, only to {met}")

    def choose(self, chosen: str, wanted: str) -> None:
        """A chip beside the chosen one: Tab to the row, the arrow to the chip, Space."""
        self.tab_to(chosen)
        for _step in range(8):
            focused = self.till.window.focusWidget()
            if focused is not None and wanted in focused.accessibleName():
                self.press(Qt.Key.Key_Space)
                return
            self.press(Qt.Key.Key_Right)
        raise AssertionError(f"no arrow leads from {chosen!r} to {wanted!r}")

    def screen_key(self, number: int) -> None:
        """Ctrl+1 to Ctrl+9."""
        self.press(Qt.Key(Qt.Key.Key_0.value + number), CONTROL)

    def until(self, seen: Callable[[], bool], patience_ms: int = PATIENCE_MS) -> None:
        """Looks until it is there."""
        try:
            self.qtbot.waitUntil(seen, timeout=patience_ms)
        except Exception as error:
            raise AssertionError(f"{self.screen} says {self.said!r}") from error

    def told(self, words: str, patience_ms: int = PATIENCE_MS) -> None:
        """Looks until the strip says so."""
        self.until(lambda: words in self.said, patience_ms)

    @property
    def said(self) -> str:
        """What the strip says."""
        return self.till.said

    @property
    def screen(self) -> str:
        """Which screen is shown."""
        assert self.till.window.current is not None
        return self.till.window.current.name
