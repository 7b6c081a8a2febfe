"""What else there is about producers: links to other screens, each with its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.side import ScrollArea


@dataclass(frozen=True, slots=True)
class Link:
    """A key, which may be empty, the words, an icon and where it leads."""

    key: str
    words: str
    icon: str
    go: Callable[[], None]


class MorePanel(QWidget):
    """See the module; ``left`` when it is left."""

    left = Signal()

    def __init__(self, theme: Theme, links: Sequence[Link]) -> None:
        super().__init__()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.buttons: list[KeyButton] = []
        for link in links:
            button = KeyButton(theme, link.words, key=link.key, icon=link.icon)
            button.clicked.connect(link.go)
            self.buttons.append(button)
            column.addWidget(button)
        column.addStretch(1)
        self.main_button = KeyButton(theme, _("Back"), key="F12", kind="main", icon="arrow-left")
        self.main_button.clicked.connect(self.left)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(ScrollArea(inner), 1)
        outer.addWidget(self.main_button)

    def open(self) -> None:
        """The focus on the first link."""
        self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
