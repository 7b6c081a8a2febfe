"""The one clear alarm of the Sync screen: two histories, and what comes next. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.sync.presenter import Alarm
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton


class AlarmCard(QWidget):
    """``show_alarm`` shows or hides it; ``wanted`` says that the repair is to be run."""

    wanted = Signal()

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
        self.run_button = KeyButton(theme, _("Run the repair"), icon="backup-restore")
        self.run_button.clicked.connect(self.wanted)
        column.addWidget(self.run_button, 0, Qt.AlignmentFlag.AlignLeft)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def show_alarm(self, alarm: Alarm | None, *, runs: bool) -> None:
        """``runs``: whether the repair can be run from here."""
        self.setVisible(alarm is not None)
        if alarm is not None:
            self.title.setText(alarm.title)
            self.text.setText(alarm.text)
            self.run_button.setVisible(alarm.ready and runs)
