"""Ctrl+plus, Ctrl+minus and Ctrl+0 change the size of the text, in every window: ``bind_sizes(window, theme)``."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from pos_app.ui.theme import Theme

SIZES: Final = {"Ctrl++": 1, "Ctrl+=": 1, "Ctrl+-": -1, "Ctrl+0": 0}


def bind_sizes(window: QWidget, theme: Theme) -> None:
    """From now on these keys work in ``window``, whatever it shows."""
    for key, step in SIZES.items():
        action = QAction(window)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(partial(theme.step_scale, step))
        window.addAction(action)
