"""A panel that takes the right column's place for one small question: a card, Cancel (Esc) and the main button.

``QuestionPanel(theme, "Jumlah", main="Pakai")``; put widgets into ``body``; signals ``accepted()`` (Enter) and
``cancelled()``; ``show_error("…")`` says what is wrong; ``set_ready(False)`` greys the main button, Enter then tells
what ``missing()`` names. It is no dialog and never covers the cart.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.scroll import Scrolling


class QuestionPanel(QWidget):
    """See the module."""

    accepted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme, title: str, *, main: str, icon: str = "", key: str = "Enter") -> None:
        super().__init__()
        self.theme = theme
        frame, outer = padded_card("plain", 6)
        head = QHBoxLayout()
        if icon:
            head.addWidget(IconText(theme, icon, 22, "primary"))
        self.title = Text(theme, title, step="title", weight=700)
        head.addWidget(self.title, 1)
        outer.addLayout(head)
        outer.addWidget(rule())
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        outer.addWidget(Scrolling(inner), 1)
        self._error = Text(theme, tone="danger", weight=700)
        self._error.setWordWrap(True)
        self._error.hide()
        outer.addWidget(self._error)
        back = KeyButton(theme, _("Cancel"), key="Esc", icon="arrow-left")
        back.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        back.clicked.connect(self.cancelled)
        self.main = KeyButton(theme, main, key=key, kind="main")
        self.main.clicked.connect(self.press)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(back)
        foot.addWidget(self.main, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(frame, 1)
        column.addLayout(foot)

    def show_error(self, text: str) -> None:
        """What is wrong; empty for nothing."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def set_ready(self, ready: bool) -> None:
        """Whether the main button may act; then nothing is missing any more."""
        self.main.setEnabled(ready)
        if ready:
            self.show_error("")

    def missing(self) -> str:
        """What Enter still waits for, as a sentence; empty where there is nothing to tell."""
        return ""

    def press(self) -> None:
        """Enter or F12: the main action, or what it still waits for."""
        if self.main.isEnabled():
            self.accepted.emit()
        elif missing := self.missing():
            self.show_error(missing)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.press()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
