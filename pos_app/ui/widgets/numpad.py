"""The number pad: ``NumberPad(theme)`` emits ``pressed``: a digit, ``000`` or ``back``; it never takes the focus."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton

_KEYS: Final = ("7", "8", "9", "back", "4", "5", "6", "000", "1", "2", "3", "0")


class NumberPad(QWidget):
    """Four columns, three rows."""

    pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for number, key in enumerate(_KEYS):
            back = key == "back"
            button = KeyButton(theme, "" if back else key, kind="pad", icon="backspace-outline" if back else "")
            button.setAccessibleName(_("Delete the last digit") if back else key)
            button.setProperty("pad_key", key)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            button.clicked.connect(self._on_clicked)
            grid.addWidget(button, number // 4, number % 4)

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.pressed.emit(str(button.property("pad_key")))
