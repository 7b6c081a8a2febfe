"""The form for cash in and out of the drawer, a page of the Close Shift screen. Widgets only."""

from __future__ import annotations

from typing import Literal, cast

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.fields import AmountField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow, Tick
from pos_app.ui.widgets.side import ScrollArea


class CashPage(QWidget):
    """Direction, amount, what for, and whether it only moves to or from the safe."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._chips = ChipRow(theme, [("out", _("Out of the drawer")), ("in", _("Into the drawer"))])
        self.amount_field = AmountField(theme)
        self.reason_field = TextField(theme, placeholder=_("for example: ice cubes"))
        self.reason_field.setMaxLength(200)
        self.safe_tick = Tick(theme, _("Only moved to or from the safe"))
        frame, column = padded_card(spacing=10)
        column.addWidget(Text(theme, _("Cash in or out"), step="title", weight=700))
        column.addWidget(self._chips)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Amount"), self.amount_field), 1)
        pair.addWidget(field_row(theme, _("&Reason (what for)"), self.reason_field), 2)
        column.addLayout(pair)
        column.addWidget(self.safe_tick)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrollArea(frame))

    @property
    def direction(self) -> Literal["in", "out"]:
        """Into or out of the drawer."""
        return cast(Literal["in", "out"], self._chips.code())

    def choose(self, direction: Literal["in", "out"]) -> None:
        """Sets the direction."""
        self._chips.choose(direction)

    def clear(self) -> None:
        """An empty form."""
        self.amount_field.set_value(None)
        self.reason_field.clear()
        self.safe_tick.setChecked(False)
