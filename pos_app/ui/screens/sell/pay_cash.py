"""The cash page of the Pay panel."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from pos_app.domain.formats import rupiah, thousands
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ui.screens.sell.pay_common import GAP, Page
from pos_app.ui.screens.sell.payment import Payment
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, buddy_label
from pos_app.ui.widgets.numpad import NumberPad

MOST_QUICK: Final = 6
QUICK_ROW: Final = 3
LARGE: Final = 130
"""Above this text scale only one row of quick amounts fits."""


class CashPage(Page):
    """Cash: received, change, likely notes, number pad."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        frame, column = padded_card(spacing=4)
        column.setContentsMargins(16, 8, 16, 8)
        self.field = AmountField(theme, large=True)
        self.field.value_changed.connect(self._refresh)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(buddy_label(theme, _("Cash &received"), self.field), 0, 0)
        grid.addWidget(self.field, 0, 1)
        self._rounding_words = Text(theme, _("Rounding"), tone="muted")
        self.rounding = Text(theme, tone="muted")
        self.rounding.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._rounding_words, 1, 0)
        grid.addWidget(self.rounding, 1, 1)
        self.change_words = Text(theme, _("Change"))
        self.change = AmountText(theme, ("change", "received", "button"), tone="success")
        grid.addWidget(self.change_words, 2, 0)
        grid.addWidget(self.change, 2, 1)
        column.addLayout(grid)
        self.column.addWidget(frame)
        self.quick = [self._quick_button(number) for number in range(MOST_QUICK)]
        quick = QGridLayout()
        quick.setSpacing(GAP)
        for number, button in enumerate(self.quick):
            quick.addWidget(button, number // 3, number % 3)
            quick.setColumnStretch(number % 3, 1)
        self.column.addLayout(quick)
        self.pad = NumberPad(theme)
        self.pad.pressed.connect(self.field.press)
        self.column.addWidget(self.pad, 1)
        self.column.addStretch(0)
        self._amounts: tuple[int, ...] = ()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def begin(self, payment: Payment) -> None:
        self.payment = payment
        self._amounts = payment.quick()
        for number, button in enumerate(self.quick):
            shown = number < len(self._amounts) and (number < QUICK_ROW or self.theme.scale <= LARGE)
            button.setVisible(shown)
            if shown:
                button.setText(_("Exact") if number == 0 else thousands(self._amounts[number]))
        self.field.set_value(None)
        self.field.setPlaceholderText(thousands(payment.cash_due))
        self._refresh()
        self.field.setFocus()

    def ready(self) -> bool:
        if self.payment is None:
            return False
        value = self.field.value()
        return value is None or self.payment.change(value) >= 0

    def offer(self) -> Offer | None:
        if self.payment is None:
            return None
        value = self.field.value()
        return Offer("cash", self.payment.cash_due if value is None else value)

    def choose_quick(self, number: int) -> None:
        """Fills in a quick amount, counted from 1."""
        if number <= len(self._amounts):
            self.field.set_value(self._amounts[number - 1])
            self.field.setFocus()

    def _quick_button(self, number: int) -> KeyButton:
        button = KeyButton(self.theme, "0", key=f"Alt+{number + 1}")
        button.setFixedHeight(self.theme.px(48))
        button.clicked.connect(partial(self.choose_quick, number + 1))
        return button

    def _refresh(self) -> None:
        if self.payment is None:
            return
        value = self.field.value()
        change = 0 if value is None else self.payment.change(value)
        short = change < 0
        self.change_words.setText(_("Short") if short else _("Change"))
        self.change.set_tone("danger" if short else "success")
        self.change.setText(rupiah(abs(change)))
        rounding = self.payment.rounding
        self.rounding.setVisible(bool(rounding))
        self._rounding_words.setVisible(bool(rounding))
        self.rounding.setText(rupiah(rounding))
        self.changed.emit()

    def _on_theme_changed(self) -> None:
        self.pad.setVisible(not self.theme.compact)
        for button in self.quick:
            button.setFixedHeight(self.theme.px(48))
