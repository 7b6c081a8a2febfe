"""Small questions about the cart: quantity (F4), buyer (F8). Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout

from pos_app.domain.cart import CartLine
from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import EntryField, field_row
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.sale import Buyer


class UnitField(EntryField):
    """Its arrows go to the list below it."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
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


class _UnitModel(RowsModel[str]):
    def __init__(self) -> None:
        super().__init__([Column(_("Units of before"))])

    def cells(self, row: str) -> Sequence[Cell]:
        return (Cell(row),)


class UnitList(TwoLineTable):
    """The units that are known; the arrows or a click choose one."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        self._units = _UnitModel()
        super().__init__(theme, self._units, empty=_("Type the unit."), row_height=40)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(lambda index: self.chosen.emit(self._units.rows[index.row()]))

    def set_units(self, units: Sequence[str]) -> None:
        """Shows these, none chosen."""
        self._units.set_rows([])
        self._units.set_rows(units)
        self.select_row(-1)

    def move_by(self, rows: int) -> None:
        """Chooses another one."""
        last = len(self._units.rows) - 1
        if last >= 0:
            self.select_row(max(0, min(last, self.current_row() + rows)))
            self.chosen.emit(self._units.rows[self.current_row()])


class BuyerPanel(QuestionPanel):
    """For whom the sale is: oneself, or an office with its unit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Buyer"), main=_("Set"), icon="account-group-outline")
        self.personal = KeyButton(theme, _("Personal"), key="P", kind="method")
        self.office = KeyButton(theme, _("For the office"), key="K", kind="method")
        row = QHBoxLayout()
        for button in (self.personal, self.office):
            button.setAutoExclusive(True)
            button.clicked.connect(self._on_kind)
            row.addWidget(button, 1)
        self.unit = UnitField(theme, placeholder=_("Unit, for example Bagian Umum"))
        self._unit_row = field_row(theme, _("&Unit"), self.unit)
        self.unit.textChanged.connect(self._on_kind)
        self._known = QStringListModel()
        completer = QCompleter(self._known, self.unit)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
        self.unit.setCompleter(completer)
        self._units = UnitList(theme)
        self._units.chosen.connect(self._on_unit_chosen)
        self.unit.moved.connect(self._units.move_by)
        self.body.addLayout(row)
        self.body.addWidget(self._unit_row)
        self.body.addWidget(self._units, 1)
        note = Text(theme, _("An office purchase is counted separately, with its unit on the receipt."), tone="muted")
        note.setWordWrap(True)
        self.body.addWidget(note)

    def ask(self, buyer: Buyer, units: Sequence[str]) -> None:
        """Shows who buys now; ``units`` are those that are known, the others are typed."""
        self._known.setStringList(list(units))
        self._units.set_units(units)
        (self.office if buyer.kind == "office" else self.personal).setChecked(True)
        self.unit.setText(buyer.unit)
        self._on_kind()
        self.personal.setFocus()

    def buyer(self) -> Buyer:
        """What was chosen."""
        if self.office.isChecked():
            return Buyer(kind="office", unit=self.unit.text().strip())
        return Buyer()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper()
        if letter == "K":
            self.office.click()
            self.unit.setFocus()
        elif letter == "P":
            self.personal.click()
        else:
            super().keyPressEvent(event)

    def _on_unit_chosen(self, unit: str) -> None:
        self.unit.setText(unit)

    def _on_kind(self) -> None:
        office = self.office.isChecked()
        self._unit_row.setVisible(office)
        self._units.setVisible(office)
        self.set_ready(not office or bool(self.unit.text().strip()))
        if office and self.sender() is self.office:
            self.unit.setFocus()
