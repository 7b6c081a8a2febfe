"""Telling a barcode scanner from a person, wherever the focus is.

A scanner is a keyboard that types a code within a few milliseconds per key and ends it with Enter or Tab.
``ScannerFilter`` feeds the keys of every window of the program to :class:`pos_app.ui.burst.BurstMachine` and sends what
was typed on unchanged. It listens on the windows themselves, so events other than keys cost nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

from pos_app.ui.burst import BurstMachine, Decision, Verdict
from pos_app.ui.scanner_settings import ScannerSettings

Listener = Callable[[str, str, int], None]
"""Hears of every key: its character or nothing, ``enter``, ``tab`` or nothing, and when it was struck."""

_ENTER: Final = frozenset({Qt.Key.Key_Return.value, Qt.Key.Key_Enter.value})
_TAB: Final = frozenset({Qt.Key.Key_Tab.value})
_ENDINGS: Final = {"both": _ENTER | _TAB, "enter": _ENTER, "tab": _TAB}
_MODIFIER_KEYS: Final = {
    Qt.Key.Key_Shift.value,
    Qt.Key.Key_CapsLock.value,
    Qt.Key.Key_NumLock.value,
}
_INPUT: Final = {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
_GRACE_MS: Final = 15


class ScannerFilter(QObject):
    """Watches the key events of every window that gets the focus; ``scanned`` carries each code.

    ``last_input`` is the monotonic time of the last key, click or touch; for the idle lock.
    """

    scanned = Signal(str)

    def __init__(self, app: QApplication, clock: Callable[[QKeyEvent], int] | None = None) -> None:
        super().__init__(app)
        self._clock = clock or message_time
        self._machine = BurstMachine()
        self._held: list[tuple[QWindow, QKeyEvent]] = []
        self._swallowed: set[int] = set()
        self._settings = ScannerSettings()
        self._endings = _ENDINGS["both"]
        self.listener: Listener | None = None
        self._replaying = False
        self._graced = False
        self._last_arrival = 0.0
        self.last_input = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._app = app
        app.focusWindowChanged.connect(self._on_focus_window_changed)
        for window in QGuiApplication.topLevelWindows():
            self.watch(window)

    def configure(self, settings: ScannerSettings) -> None:
        """From now on codes are told from typing by these."""
        self._settings = settings
        self._endings = _ENDINGS[settings.ending]
        self._machine.mean_gap_ms = settings.gap_ms

    def watch(self, window: QWindow) -> None:
        """Filters this window's keys; done by itself for every window that gets the focus."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def stop(self) -> None:
        """Lets go of every window; what was held comes back as typed."""
        self._app.focusWindowChanged.disconnect(self._on_focus_window_changed)
        self._replay()
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)

    def flush(self) -> None:
        """Sends on what is held back; before a key that acts on what was typed, and is seen earlier than by this."""
        if self._held:
            self._machine.other()
            self._replay()

    @property
    def holding(self) -> bool:
        """Whether typed keys still wait to be told from a scan."""
        return bool(self._held)

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None:
            self.watch(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _INPUT:
            self.last_input = time.monotonic()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and isinstance(watched, QWindow):
            return not self._replaying and self._pressed(watched, event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and isinstance(watched, QWindow):
            return not self._replaying and self._released(watched, event)
        return False

    def _pressed(self, window: QWindow, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIER_KEYS:
            return False
        at = self._clock(event)
        if self.listener is not None:
            ending = "enter" if event.key() in _ENTER else "tab" if event.key() in _TAB else ""
            self.listener(event.text() if _is_printable(event) else "", ending, at)
        if _is_printable(event):
            decision = self._machine.printable(event.text(), at, repeated=event.isAutoRepeat())
        elif event.key() in self._endings and not event.isAutoRepeat() and _is_plain(event):
            decision = self._machine.terminator(at)
        else:
            decision = self._machine.other()
        return self._obey(decision, window, event)

    def _obey(self, decision: Decision, window: QWindow, event: QKeyEvent) -> bool:
        verdict = decision.verdict
        if verdict is Verdict.SCAN:
            self._timer.stop()
            self._swallowed.update(held.key() for _, held in self._held if held.type() == QEvent.Type.KeyPress)
            self._swallowed.difference_update(
                held.key() for _, held in self._held if held.type() == QEvent.Type.KeyRelease
            )
            self._swallowed.add(event.key())
            self._held.clear()
            self.scanned.emit(self._settings.bare(decision.code))
            return True
        if verdict is Verdict.REPLAY_THEN_PASS:
            replayed = bool(self._held)
            self._replay()
            if replayed:
                self._send(window, event.clone())
            return replayed
        if verdict is Verdict.REPLAY_THEN_HOLD:
            self._replay()
        self._held.append((window, event.clone()))
        self._swallowed.discard(event.key())
        self._last_arrival = time.monotonic()
        self._graced = False
        self._timer.start(max(1, self._machine.due_in(self._clock(event))))
        return True

    def _released(self, window: QWindow, event: QKeyEvent) -> bool:
        if event.key() in self._swallowed:
            self._swallowed.discard(event.key())
            return True
        if any(held.key() == event.key() for _, held in self._held):
            self._held.append((window, event.clone()))
            return True
        return False

    def _on_timeout(self) -> None:
        late = (time.monotonic() - self._last_arrival) * 1000 - self._timer.interval()
        if late > _GRACE_MS and not self._graced:
            self._graced = True  # the screen was stalled: let keys that wait in the queue come first
            self._timer.start(_GRACE_MS)
            return
        self._machine.other()
        self._replay()

    def _replay(self) -> None:
        self._timer.stop()
        held, self._held = self._held, []
        for window, event in held:
            self._send(window, event)

    def _send(self, window: QWindow, event: QKeyEvent) -> None:
        self._replaying = True
        try:
            QApplication.sendEvent(window, event)
        finally:
            self._replaying = False


def message_time(event: QKeyEvent) -> int:
    """When the key was struck, in milliseconds: the system's message time, else the moment of arrival."""
    if sys.platform == "win32":
        import ctypes

        return int(ctypes.windll.user32.GetMessageTime())
    stamp = event.timestamp()
    return stamp or int(time.monotonic() * 1000)


def _is_plain(event: QKeyEvent) -> bool:
    allowed = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    return not (event.modifiers() & ~allowed)


def _is_printable(event: QKeyEvent) -> bool:
    text = event.text()
    return len(text) == 1 and text.isprintable() and _is_plain(event)


def scanners() -> list[ScannerFilter]:
    """Those that are at work in this program."""
    app = QApplication.instance()
    return app.findChildren(ScannerFilter) if app is not None else []
