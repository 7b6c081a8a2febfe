"""The one clear alarm of the Sync screen: two histories, and what comes next. Widgets only."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.ui.screens.sync.presenter import Alarm
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card


class AlarmCard(QWidget):
    """``show_alarm`` shows or hides it; what comes next is the screen's main button."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        frame, column = padded_card("danger", 4)
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "cloud-alert-outline", 22, "danger"))
        self.title = Text(theme, step="row", weight=700, tone="danger")
        self.title.setWordWrap(True)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        self.text = Text(theme)
        self.text.setWordWrap(True)
        column.addWidget(self.text)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def show_alarm(self, alarm: Alarm | None) -> None:
        """What it says; nothing hides it."""
        self.setVisible(alarm is not None)
        if alarm is not None:
            self.title.setText(alarm.title)
            self.text.setText(alarm.text)
