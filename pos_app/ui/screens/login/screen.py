"""The first screen: name, PIN, Enter. Also what a locked till shows; the cart stays."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.context import User
from pos_app.ui.messages import Message
from pos_app.ui.screen import Screen, Shell
from pos_app.ui.screens.login.presenter import PIN_DIGITS, LoginPresenter
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import PinField, field_row
from pos_app.ui.widgets.scroll import Scrolling

WIDTH = 420
FILL_MS = 20
"""The first frame is painted by then."""
LARGE = 130
"""Above this text scale the picture gives its room to the fields."""


class LoginScreen(Screen):
    """See the module."""

    name: ClassVar[str] = "login"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = LoginPresenter(shell.counter)
        self._users: list[User] = []
        self._filling = QTimer(self)
        self._filling.setSingleShot(True)
        self._filling.setInterval(FILL_MS)
        self._filling.timeout.connect(self.fill)
        theme = self.theme
        self.who = QComboBox()
        self.pin = PinField(theme, digits=PIN_DIGITS)
        self.pin.textChanged.connect(self._on_typed)
        self.main = KeyButton(theme, _("Log in"), key="Enter", kind="main")
        self.main.clicked.connect(self.main_action)
        self._frame = self._card()
        centred = QWidget()
        around = QVBoxLayout(centred)
        around.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._frame)
        row.addStretch(1)
        around.addStretch(1)
        around.addLayout(row)
        around.addStretch(1)
        middle = QVBoxLayout(self)
        middle.setSpacing(12)
        middle.addWidget(Scrolling(centred))
        middle.addWidget(self.strip)
        middle.setContentsMargins(12, 12, 12, 12)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _card(self) -> QWidget:
        theme = self.theme
        frame, column = padded_card(spacing=12)
        column.setContentsMargins(24, 16, 24, 16)
        self._column = column
        self._icon = IconText(theme, "cash-register", 40, "primary")
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        self._brand = Text(theme, "Pojok UMKM", step="received", weight=700)
        place = Text(theme, self.shell.counter.ledger.identity.corner_name, step="row", tone="muted")
        for line in (self._brand, place):
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            line.setWordWrap(True)
            column.addWidget(line)
        column.addWidget(field_row(theme, _("&Name"), self.who))
        column.addWidget(field_row(theme, _("&PIN (6 digits)"), self.pin))
        column.addWidget(self.main)
        self.hint = Text(theme, step="body", tone="muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.hint.setWordWrap(True)
        self.hint.hide()
        column.addWidget(self.hint)
        self.training_button = KeyButton(theme, _("Training: try it without counting"), kind="link")
        self.training_button.clicked.connect(partial(self.shell.go, "training"))
        column.addWidget(self.training_button, 0, Qt.AlignmentFlag.AlignHCenter)
        return frame

    def title(self) -> str:
        return _("Log in")

    def activated(self) -> None:
        self._users = []
        self._filling.start()
        self.pin.clear()
        self._on_typed("")
        self.strip.clear()
        self.restore_focus()

    def fill(self) -> None:
        """Who may log in. Names are sealed, so they come a moment after the PIN field takes keys."""
        self._filling.stop()
        self._users = self.presenter.users()
        self.who.clear()
        self.who.addItems([self.presenter.role_words(user) for user in self._users])
        self.who.setCurrentIndex(self.presenter.preselected(self._users))
        self.hint.setText(self.presenter.demo_hint())
        self.hint.setVisible(bool(self.hint.text()))
        self.training_button.setVisible(not self.hint.text())

    def default_focus(self) -> QWidget | None:
        return self.pin

    def main_action(self) -> None:
        if not self._users:
            self.fill()
        row = self.who.currentIndex()
        if not self.main.isEnabled() or not 0 <= row < len(self._users):
            return
        refused = self.presenter.log_in(self._users[row], self.pin.text())
        self.pin.clear()
        if refused is None:
            self.shell.unlock()
        else:
            self.shell.say(refused)
            self.restore_focus()

    def take_scan(self, code: str) -> None:  # noqa: ARG002
        self.shell.say(Message("E", _("Log in first, then scan.")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.main_action()
            return
        super().keyPressEvent(event)

    def _on_typed(self, text: str) -> None:
        self.main.setEnabled(len(text) == PIN_DIGITS)

    def _on_theme_changed(self) -> None:
        self.who.setFixedHeight(self.theme.px(44))
        self.who.setFont(self.theme.font("row"))
        roomy = self.theme.scale <= LARGE and not self.theme.compact
        self._icon.setVisible(roomy)
        self._brand.setVisible(self.theme.scale <= LARGE)
        self._column.setSpacing(12 if roomy else 6)
        self._frame.setFixedWidth(self.theme.px(WIDTH))
