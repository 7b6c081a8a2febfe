"""The card by which one batch is sold cheaper: price, who bears the rest, and what that means. Widgets only."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.services.expiring import Expiring
from pos_app.ui.screens.expiring.presenter import ExpiringPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import AmountField, field_row
from pos_app.ui.widgets.forms import Choice
from sync.documents.base import Bearer


class PriceCard(QWidget):
    """``wanted`` tells that the price is to be set, ``full_wanted`` that the batch costs the full price again."""

    wanted = Signal()
    full_wanted = Signal()

    def __init__(self, theme: Theme, presenter: ExpiringPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        frame, column = padded_card()
        self.price_field = AmountField(theme)
        self.price_field.value_changed.connect(self._show_effect)
        self.bearer_choice = Choice(theme, [("corner", _("The corner")), ("producer", _("The producer, as agreed"))])
        self.bearer_choice.chosen.connect(self._on_bearer)
        self.effect = Facts(theme)
        self.price_button = KeyButton(theme, _("Sell this batch cheaper"), key="Enter")
        self.price_button.clicked.connect(self.wanted)
        self.full_button = KeyButton(theme, _("Full price again"))
        self.full_button.clicked.connect(self.full_wanted)
        self._bearer_row = field_row(theme, _("&Who bears what is left off"), self.bearer_choice)
        column.addWidget(field_row(theme, _("&Lower price of this batch"), self.price_field))
        for widget in (self._bearer_row, self.effect, self.price_button, self.full_button):
            column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    @property
    def bearer(self) -> Bearer:
        """Who bears what is left off."""
        return cast(Bearer, self.bearer_choice.code() or "corner")

    def set_lock(self, icon: str) -> None:
        """The icon on what needs a manager."""
        for button in (self.price_button, self.full_button):
            button.set_icon(icon)

    def begin(self) -> None:
        """Gives the price the focus, to be typed over."""
        self.price_field.setFocus()
        self.price_field.selectAll()

    def show_batch(self, one: Expiring, product: Product) -> None:
        """The price of a batch, or the proposal."""
        self._bearer_row.setVisible(product.pricing != "putus")
        self.bearer_choice.choose(one.price_down.borne_by if one.price_down is not None else "corner")
        self.full_button.setVisible(one.price_down is not None)
        self.price_field.set_value(self.presenter.proposed(self.bearer))
        self._show_effect()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.price_field.hasFocus():
            self.wanted.emit()
            return
        super().keyPressEvent(event)

    def _on_bearer(self, _code: str) -> None:
        self.price_field.set_value(self.presenter.proposed(self.bearer))
        self._show_effect()

    def _show_effect(self) -> None:
        self.effect.show_facts([self.presenter.effect(self.price_field.value(), self.bearer)])
