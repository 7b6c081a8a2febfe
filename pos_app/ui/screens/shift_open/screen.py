"""Kasir while no shift is open: the float, and F12 opens the shift."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import numbered
from pos_app.ui.screen import Screen, Shell
from pos_app.ui.screens.shift_open.presenter import ShiftOpenPresenter
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, field_row
from pos_app.ui.widgets.numpad import NumberPad

WIDTH = 440


class ShiftOpenScreen(Screen):
    """See the module."""

    name: ClassVar[str] = "shift_open"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = ShiftOpenPresenter(shell.counter)
        theme = self.theme
        self.field = AmountField(theme, large=True)
        self.pad = NumberPad(theme)
        self.pad.pressed.connect(self.field.press)
        self.main = KeyButton(theme, _("Open shift"), key="F12", kind="main")
        self.main.clicked.connect(self.main_action)
        self._last = KeyButton(theme, "", icon="cash")
        self._last.clicked.connect(self._on_last)
        frame, column = padded_card(spacing=12)
        column.setContentsMargins(24, 20, 24, 24)
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "cash-register", 28, "primary"))
        head.addWidget(Text(theme, _("Open shift"), step="title", weight=700), 1)
        column.addLayout(head)
        words = Text(theme, _("Count the float into the drawer, then enter it."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        column.addWidget(field_row(theme, _("&Float"), self.field))
        column.addWidget(self._last)
        column.addWidget(self.pad)
        column.addWidget(self.main)
        self._frame = frame
        middle = QVBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.strip)
        middle.addStretch(1)
        middle.addWidget(frame, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 12, 12, 12)
        grid.addLayout(middle, 0, 0)
        self.pad.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def title(self) -> str:
        return _("&Sell").replace("&", "")

    def activated(self) -> None:
        self.field.set_value(None)
        self._last.setText(self.presenter.suggestion_words())
        self.strip.show_message(numbered(15))
        self.restore_focus()

    def default_focus(self) -> QWidget | None:
        return self.field

    def main_action(self) -> None:
        message = self.presenter.open(self.field.value())
        if message.kind == "E":
            self.shell.say(message)
            self.restore_focus()
            return
        self.shell.go("sell")
        self.shell.say(message)

    def take_scan(self, code: str) -> None:  # noqa: ARG002
        self.shell.say(numbered(15))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.field.value() is not None:
                self.main_action()
            return
        super().keyPressEvent(event)

    def _on_last(self) -> None:
        self.field.set_value(self.presenter.suggestion())
        self.restore_focus()

    def _on_theme_changed(self) -> None:
        self._frame.setFixedWidth(self.theme.px(WIDTH))
        self.pad.setVisible(not self.theme.compact)
        self.pad.setFixedHeight(self.theme.px(172))
