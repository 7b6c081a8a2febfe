"""The form for cash in and out of the drawer, a page of the Close Shift screen. Widgets only."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.close_shift.cash_presenter import KINDS, CashPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.fields import AmountField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow, Choice
from pos_app.ui.widgets.side import ScrollArea


class CashPage(QWidget):
    """Which way, how much, and what for."""

    def __init__(self, theme: Theme, presenter: CashPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.kind_chips = ChipRow(theme, [(code, _(words)) for code, words in KINDS.items()])
        self.kind_chips.chosen.connect(self._on_kind)
        self.amount_field = AmountField(theme)
        self.purpose_choice = Choice(theme)
        self.reason_field = TextField(theme, placeholder=_("for example: ice cubes"))
        self.reason_field.setMaxLength(200)
        frame, column = padded_card(spacing=10)
        column.addWidget(Text(theme, _("Cash in or out"), step="title", weight=700))
        column.addWidget(self.kind_chips)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Amount"), self.amount_field), 1)
        self._purpose_row = field_row(theme, _("Pu&rpose"), self.purpose_choice)
        pair.addWidget(self._purpose_row, 1)
        column.addLayout(pair)
        column.addWidget(field_row(theme, _("&Note"), self.reason_field))
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollArea(frame))
        self.choose("out")

    @property
    def kind(self) -> str:
        """Out of the drawer, into it, or to the safe."""
        return self.kind_chips.code()

    @property
    def purpose(self) -> str:
        """The code of what it is for."""
        return self.purpose_choice.code()

    def choose(self, kind: str) -> None:
        """Sets which way cash goes."""
        self.kind_chips.choose(kind)
        self._on_kind(kind)

    def clear(self) -> None:
        """An empty form."""
        self.amount_field.set_value(None)
        self.reason_field.clear()

    def _on_kind(self, kind: str) -> None:
        purposes = self._presenter.purposes(kind)
        self.purpose_choice.set_options(purposes)
        self._purpose_row.setVisible(len(purposes) > 1)
