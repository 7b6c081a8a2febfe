"""Ctrl+D: why the drawer is opened without a sale, and a manager's PIN where a cashier asks. Widgets only."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QComboBox

from pos_app.i18n import _
from pos_app.services.drawer import REASONS, Reason
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.fields import PinField, field_row
from pos_app.ui.widgets.question import QuestionPanel


class DrawerPanel(QuestionPanel):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Open the drawer"), main=_("Open"), icon="cash-register")
        self.choice = QComboBox()
        self.choice.setFixedHeight(theme.px(40))
        for code, words in REASONS.items():
            self.choice.addItem(_(words), code)
        self.pin = PinField(theme)
        self.pin.textChanged.connect(self._on_typed)
        self._pin_row = field_row(theme, _("Manager's &PIN"), self.pin)
        self.body.addWidget(field_row(theme, _("&Reason"), self.choice))
        self.body.addWidget(self._pin_row)
        self.body.addStretch(1)
        self.body.addWidget(Text(theme, _("Every opening is logged."), step="caption", tone="muted"))

    def ask(self, *, needs_pin: bool) -> None:
        """Starts anew; the focus is in the PIN where one is needed, else in the list of reasons."""
        self.choice.setCurrentIndex(0)
        self.pin.clear()
        self._pin_row.setVisible(needs_pin)
        self.show_error("")
        self._on_typed()
        (self.pin if needs_pin else self.choice).setFocus()

    @property
    def reason(self) -> Reason:
        """The chosen reason."""
        return cast(Reason, self.choice.currentData())

    @property
    def needs_pin(self) -> bool:
        """Whether a manager must type the PIN."""
        return not self._pin_row.isHidden()

    def _on_typed(self) -> None:
        self.set_ready(not self.needs_pin or len(self.pin.text()) == self.pin.maxLength())
