"""Small questions about the cart: quantity (F4), discount (F5), buyer (F8). Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from pos_app.domain.cart import CartLine
from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import PinField, TextField, field_row
from pos_app.ui.widgets.question import QuestionPanel
from sync.documents.base import Bearer
from sync.documents.sale import Buyer

REASONS: Final = ("damaged", "near_expiry", "promotion", "other")


class EntryField(TextField):
    """A field whose Enter and Esc go on to the panel around it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)


class QuantityPanel(QuestionPanel):
    """How many of the selected line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Quantity"), main=_("Set"), icon="plus")
        self._name = Text(theme, step="row", weight=700)
        self._name.setWordWrap(True)
        self.field = EntryField(theme, step="received", height=48)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.body.addWidget(self._name)
        self.body.addWidget(field_row(theme, _("&Quantity"), self.field))
        self.body.addStretch(1)

    def ask(self, line: CartLine) -> None:
        """Shows the quantity of the line, selected."""
        self._name.setText(line.product.name)
        self.field.setText(quantity_text(line.quantity))
        self.field.selectAll()
        self.show_error("")
        self.field.setFocus()


class DiscountPanel(QuestionPanel):
    """A discount on the selected line, with reason, who bears it, and a manager's PIN where needed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Discount"), main=_("Approve"), icon="cash")
        self._name = Text(theme, step="row", weight=700)
        self._name.setWordWrap(True)
        self.field = EntryField(theme, placeholder=_("10% or 2.500"), step="scan", height=44)
        self.field.textChanged.connect(self._on_typed)
        self._figures = Text(theme, step="row", weight=700)
        self._figures.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._reason = QComboBox()
        words = {
            "damaged": _("Damaged pack"),
            "near_expiry": _("Near expiry"),
            "promotion": _("Promotion"),
            "other": _("Other"),
        }
        for code in REASONS:
            self._reason.addItem(words[code], code)
        self._bearer = QComboBox()
        self._bearer.addItem(_("Corner"), "corner")
        self._bearer.addItem(_("Producer"), "producer")
        self.pin = PinField(theme)
        self.pin.textChanged.connect(self._on_typed)
        self._pin_row = field_row(theme, _("Manager's &PIN"), self.pin)
        self._logged = Text(theme, _("Valid once and logged"), step="caption", tone="muted")
        for combo in (self._reason, self._bearer):
            combo.setFixedHeight(theme.px(40))
        self.body.addWidget(self._name)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(field_row(theme, _("&Discount"), self.field), 1)
        first.addWidget(self._pin_row, 1)
        self.body.addLayout(first)
        self.body.addWidget(self._figures)
        combos = QHBoxLayout()
        combos.addWidget(field_row(theme, _("&Reason"), self._reason), 1)
        combos.addWidget(field_row(theme, _("&Borne by"), self._bearer), 1)
        self.body.addLayout(combos)
        self.body.addStretch(1)
        self.body.addWidget(self._logged)
        self._line: CartLine | None = None
        self._amount_of: Callable[[str], int | None] = _no_amount

    def ask(self, line: CartLine, amount_of: Callable[[str], int | None], *, needs_pin: bool) -> None:
        """``amount_of`` turns what is typed into rupiah, or None."""
        self._line, self._amount_of = line, amount_of
        self._name.setText(line.product.name)
        self.field.clear()
        self.pin.clear()
        self._pin_row.setVisible(needs_pin)
        self._bearer.setEnabled(line.product.pricing != "putus")
        self.show_error("")
        self._on_typed()
        self.field.setFocus()

    @property
    def amount(self) -> int | None:
        """Rupiah typed, None when it is no discount."""
        return self._amount_of(self.field.text())

    @property
    def reason(self) -> str:
        """Code of the chosen reason."""
        return str(self._reason.currentData())

    @property
    def borne_by(self) -> Bearer:
        """Who loses the money."""
        return "producer" if self._bearer.currentData() == "producer" else "corner"

    @property
    def needs_pin(self) -> bool:
        """Whether a manager must type the PIN."""
        return not self._pin_row.isHidden()

    def _on_typed(self) -> None:
        amount = self.amount
        self.set_ready(amount is not None and (not self.needs_pin or len(self.pin.text()) == self.pin.maxLength()))
        if self._line is None or amount is None:
            self._figures.setText("")
            return
        gross = self._line.gross
        self._figures.setText(f"{thousands(gross)}  →  {thousands(gross - amount)}   -{thousands(amount)}")


class BuyerPanel(QuestionPanel):
    """For whom the sale is: oneself, or an office with its unit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Buyer"), main=_("Set"), icon="account-group-outline")
        self.personal = KeyButton(theme, _("Personal"), kind="method")
        self.office = KeyButton(theme, _("For the office"), kind="method")
        row = QHBoxLayout()
        for button in (self.personal, self.office):
            button.setAutoExclusive(True)
            button.clicked.connect(self._on_kind)
            row.addWidget(button, 1)
        self.unit = EntryField(theme, placeholder=_("Unit, for example Bagian Umum"))
        self._unit_row = field_row(theme, _("&Unit"), self.unit)
        self.unit.textChanged.connect(self._on_kind)
        self.body.addLayout(row)
        self.body.addWidget(self._unit_row)
        note = Text(theme, _("An office purchase is counted separately, with its unit on the receipt."), tone="muted")
        note.setWordWrap(True)
        self.body.addWidget(note)
        self.body.addStretch(1)

    def ask(self, buyer: Buyer) -> None:
        """Shows who buys now."""
        (self.office if buyer.kind == "office" else self.personal).setChecked(True)
        self.unit.setText(buyer.unit)
        self._on_kind()
        self.personal.setFocus()

    def buyer(self) -> Buyer:
        """What was chosen."""
        if self.office.isChecked():
            return Buyer(kind="office", unit=self.unit.text().strip())
        return Buyer()

    def _on_kind(self) -> None:
        office = self.office.isChecked()
        self._unit_row.setVisible(office)
        self.set_ready(not office or bool(self.unit.text().strip()))
        if office and self.sender() is self.office:
            self.unit.setFocus()


def _no_amount(text: str) -> int | None:  # noqa: ARG001
    return None
