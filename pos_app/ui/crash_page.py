"""The page after an error of the program itself: what it means, that the books are safe, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, language
from pos_app.ui.save_box import SaveBox, plainly
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.worker import Workers

WIDTH = 760


class CrashPage(QWidget):
    """F12 goes on, Esc too; ``closing`` asks to end the program. ``save`` writes the report (see ``SaveBox``)."""

    going_on = Signal()
    closing = Signal()

    def __init__(self, theme: Theme, workers: Workers, save: Callable[[Path], Path]) -> None:
        super().__init__()
        self.language = language()
        """In which its texts are: after another was chosen it is made anew."""
        frame, column = padded_card(spacing=12)
        column.setContentsMargins(24, 20, 24, 20)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconText(theme, "alert-outline", 32, "warning"))
        title = Text(theme, _("The program made a mistake"), step="title", weight=700)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        column.addLayout(head)
        self.facts = Facts(theme)
        column.addWidget(self.facts)
        column.addWidget(rule())
        words = Text(theme, _("A report helps to mend it. It holds no names and no amounts."), tone="muted")
        words.setWordWrap(True)
        column.addWidget(words)
        self.save_box = SaveBox(theme, workers, _("Save the report"), plainly(save))
        column.addWidget(self.save_box)
        column.addStretch(1)
        self.close_button = KeyButton(theme, _("Close the program"), icon="close")
        self.close_button.setFixedHeight(theme.px(72))
        self.close_button.clicked.connect(self.closing)
        self.main_button = KeyButton(theme, _("Go on"), key="F12", kind="main")
        self.main_button.clicked.connect(self.going_on)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.close_button, 1)
        foot.addWidget(self.main_button, 2)
        middle = QWidget()
        middle.setMaximumWidth(theme.px(WIDTH))
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(12, 24, 12, 12)
        inner.setSpacing(8)
        inner.addWidget(ScrollArea(frame), 1)
        inner.addLayout(foot)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)

    def show_last(self, last: str) -> None:
        """What to know now; ``last`` names the document recorded last, empty for none."""
        self.save_box.clear()
        recorded = _("The books are safe: everything that was recorded stays recorded.")
        if last:
            recorded += " " + _("The last document is {number}.").format(number=last)
        unfinished = _("What you were just doing may not be recorded. Look before you do it again.")
        self.facts.show_facts(
            [
                (recorded, "check-circle-outline", "success"),
                (unfinished, "alert-outline", "warning"),
                (_("Go on working. If it happens again, close the program and start it anew."), "sync", "text"),
            ]
        )
        self.main_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.going_on.emit()
            return
        super().keyPressEvent(event)
