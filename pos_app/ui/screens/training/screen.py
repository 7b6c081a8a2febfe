"""What the training is, before it begins; the window ends and begins anew over a throwaway ledger. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import N_, _
from pos_app.ui.messages import Message
from pos_app.ui.screen import Screen, Shell
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.side import ScrollArea

WIDTH: Final = 760
FACTS: Final = (
    (N_("The goods and prices of this corner; all people are invented."), "check-circle-outline", "success"),
    (N_("Numbers begin with LATIHAN, and every paper says that it is none."), "check-circle-outline", "success"),
    (N_("Nothing is sent, nothing is backed up, the drawer stays shut."), "check-circle-outline", "success"),
    (N_("At the end everything is thrown away, and the real till is as it was."), "check-circle-outline", "success"),
    (N_("Whoever logs in there uses the PINs that it shows."), "information-outline", "muted"),
)
"""What the training is: words, icon, tone."""


class TrainingScreen(Screen):
    """``begin`` ends this window and begins the training."""

    name = "training"

    def __init__(self, shell: Shell, begin: Callable[[], None]) -> None:
        super().__init__(shell)
        self._begin = begin
        theme = self.theme
        self.back_button = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        self.back_button.clicked.connect(self._leave)
        self.main_button = KeyButton(theme, _("Begin the training"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button, 1)
        foot.addWidget(self.main_button, 2)
        self._middle = QWidget()
        inner = QVBoxLayout(self._middle)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.strip)
        inner.addWidget(ScrollArea(self._card()), 1)
        inner.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.addStretch(1)
        row.addWidget(self._middle, 20)
        row.addStretch(1)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _card(self) -> QWidget:
        theme = self.theme
        frame, column = padded_card(spacing=12)
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "alert-outline", 28, "warning"))
        title = Text(theme, _("Training: nothing of it counts"), step="title", weight=700)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        column.addLayout(head)
        facts = Facts(theme)
        facts.show_facts([(_(words), icon, tone) for words, icon, tone in FACTS])
        column.addWidget(facts)
        column.addStretch(1)
        return frame

    def title(self) -> str:
        return _("Training")

    def activated(self) -> None:
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.main_button

    def take_scan(self, code: str) -> None:  # noqa: ARG002
        self.shell.say(Message("W", _("Begin the training first, then scan.")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.main_action()
            return
        super().keyPressEvent(event)

    def main_action(self) -> None:
        self._begin()

    def escape(self) -> bool:
        self._leave()
        return True

    def _leave(self) -> None:
        self.shell.go("settings")

    def _arrange(self) -> None:
        self._middle.setMaximumWidth(self.theme.px(WIDTH))
        self.back_button.setFixedHeight(self.theme.px(72))
