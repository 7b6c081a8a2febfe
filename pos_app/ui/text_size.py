"""Ctrl+plus, Ctrl+minus and Ctrl+0 change the size of the text, in every window: ``bind_sizes(window, theme)``.

Keys that come quickly are drawn once, with the last size: drawing everything anew takes longer than the next key.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from pos_app.ui.theme import Theme

SIZES: Final = {"Ctrl++": 1, "Ctrl+=": 1, "Ctrl+-": -1, "Ctrl+0": 0}


PAUSE_MS: Final = 60
"""So long no further key: then the size is drawn."""


class _Steps(QObject):
    """Gathers steps until the keys pause."""

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self._steps: list[int] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._apply)

    def add(self, step: int) -> None:
        self._steps.append(step)
        self._pause.start()

    def _apply(self) -> None:
        steps, self._steps = self._steps, []
        self._theme.step_scales(steps)


def bind_sizes(window: QWidget, theme: Theme) -> None:
    """From now on these keys work in ``window``, whatever it shows."""
    steps = _Steps(window, theme)
    for key, step in SIZES.items():
        action = QAction(window)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(partial(steps.add, step))
        window.addAction(action)
