"""The split page of the Pay panel: how much the next part pays, and by what.

A note (Alt+1 to 6) is a part in cash at once. An amount and T is one in cash, an amount and Q, B or R asks for what
that method needs; with no amount the method pays all that is open. Enter pays it in cash.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from pos_app.domain.formats import thousands
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screens.sell.pay_common import GAP, Page
from pos_app.ui.screens.sell.payment import Method, Payment, method_words
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, buddy_label
from sync.documents.base import TenderKind

MOST_NOTES: Final = 6
NOTES_ROW: Final = 3
LARGE: Final = 130
"""Above this text scale only one row of notes fits, and two kinds beside each other."""
KIND_KEYS: Final[dict[TenderKind, str]] = {"cash": "T", "qris": "Q", "tab": "B", "transfer": "R"}


class SplitPage(Page):
    """See the module."""

    chosen = Signal(str)
    """The method of the next part."""
    note_chosen = Signal(int)
    """A note handed over, in rupiah."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        frame, column = padded_card(spacing=GAP)
        column.setContentsMargins(16, 8, 16, 8)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.field = AmountField(theme, large=True)
        self.field.value_changed.connect(self.changed)
        row.addWidget(buddy_label(theme, _("&Amount"), self.field))
        row.addWidget(self.field, 1)
        column.addLayout(row)
        kinds = QGridLayout()
        kinds.setSpacing(GAP)
        across = len(KIND_KEYS) if theme.scale <= LARGE else 2
        self._kinds: dict[TenderKind, KeyButton] = {}
        for kind, key in KIND_KEYS.items():
            button = KeyButton(theme, method_words(kind), key=key)
            button.setFixedHeight(theme.px(40))
            button.clicked.connect(partial(self.chosen.emit, kind))
            number = len(self._kinds)
            self._kinds[kind] = button
            kinds.addWidget(button, number // across, number % across)
        column.addLayout(kinds)
        words = _("Empty: all that is open. A note is cash at once.")
        hint = Text(theme, words, step="caption", tone="muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        self.column.addWidget(frame)
        self._notes = [self._note_button(number) for number in range(MOST_NOTES)]
        grid = QGridLayout()
        grid.setSpacing(GAP)
        for number, button in enumerate(self._notes):
            grid.addWidget(button, number // NOTES_ROW, number % NOTES_ROW)
            grid.setColumnStretch(number % NOTES_ROW, 1)
        self.column.addLayout(grid)
        self.column.addStretch(1)
        self._amounts: tuple[int, ...] = ()

    def begin(self, payment: Payment) -> None:
        self.payment = payment
        payment.part = None
        self._amounts = payment.notes()
        for number, button in enumerate(self._notes):
            shown = number < len(self._amounts) and (number < NOTES_ROW or self.theme.scale <= LARGE)
            button.setVisible(shown)
            if shown:
                button.setText(thousands(self._amounts[number]))
        self._kinds["transfer"].setVisible(bool(payment.transfer_account))
        self.field.set_value(None)
        self.field.setPlaceholderText(thousands(max(0, payment.cash_due)))
        self.field.setFocus()

    def ready(self) -> bool:
        return self.payment is not None

    def offer(self) -> Offer | None:
        """What Enter pays in cash: the amount, or all that is open."""
        if self.payment is None:
            return None
        typed = self.field.value()
        return Offer("cash", max(0, self.payment.cash_due) if typed is None else typed)

    def problem_with(self, method: Method) -> Message | None:
        """Why the typed amount cannot be paid by this method."""
        typed = self.field.value()
        if self.payment is None or typed is None or method == "split":
            return None
        return self.payment.refusal(typed, method)

    def choose_quick(self, number: int) -> None:
        """A note is handed over, counted from 1."""
        if number <= len(self._amounts):
            self.note_chosen.emit(self._amounts[number - 1])

    def _note_button(self, number: int) -> KeyButton:
        button = KeyButton(self.theme, "0", key=f"Alt+{number + 1}")
        button.setFixedHeight(self.theme.px(48))
        button.clicked.connect(partial(self.choose_quick, number + 1))
        return button
