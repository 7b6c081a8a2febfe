"""What the corner keeps of a payment: a reason, an amount, a note; the slip beside it follows while it is typed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.papers.settlement import DEDUCTIONS
from pos_app.ui.messages import Message
from pos_app.ui.screen import Shell
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.money import Deduction


class DeductionModel(RowsModel[Deduction]):
    """Reason and amount of each."""

    def __init__(self) -> None:
        super().__init__([Column(_("Reason")), Column(_("Amount"), 116, "right")])

    def cells(self, row: Deduction) -> Sequence[Cell]:
        return Cell(_(DEDUCTIONS[row.reason])), Cell(thousands(row.amount), bold=True)


class DeductionsPanel(QWidget):
    """See the module; ``changed`` with every deduction, ``left`` when it is done."""

    changed = Signal()
    left = Signal()

    def __init__(self, shell: Shell, presenter: ProducersPresenter) -> None:
        super().__init__()
        theme = shell.theme
        self.shell = shell
        self.presenter = presenter
        self.reasons = ChipRow(theme, [(code, _(words)) for code, words in DEDUCTIONS.items()])
        self.reasons.setAccessibleName(_("Reason"))
        self.amount = AmountField(theme, large=True)
        self.note = TextField(theme, placeholder=_("A word about it, kept apart from the books"))
        self.note.textChanged.connect(self._on_note)
        self.model = DeductionModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing is kept."), row_height=40)
        self.table.setMinimumHeight(theme.px(80))
        self.sums = Sums(theme)
        form, column = padded_card()
        column.addWidget(Text(theme, _("Deductions"), step="title", weight=700))
        for widget in (
            self.reasons,
            field_row(theme, _("&Amount to keep"), self.amount),
            field_row(theme, _("&Note"), self.note),
        ):
            column.addWidget(widget)
        add = KeyButton(theme, _("Add"), key="Enter", icon="plus")
        add.clicked.connect(self._add)
        remove = KeyButton(theme, _("Remove"), key="F8", icon="minus")
        remove.clicked.connect(self.remove)
        column.addWidget(ActionBar(theme, [add, remove]))
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(8)
        stack.addWidget(form)
        stack.addWidget(self.table, 1)
        stack.addWidget(self.sums)
        self.main_button = KeyButton(theme, _("Done"), key="F12", kind="main")
        self.main_button.clicked.connect(self.left)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(ScrollArea(inner), 1)
        outer.addWidget(self.main_button)

    def open(self) -> None:
        """Shows what is kept so far."""
        self.amount.set_value(None)
        self.note.setText(self.presenter.note)
        self._show()
        self.amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.amount.hasFocus():
            self._add()
        else:
            super().keyPressEvent(event)

    def _add(self) -> None:
        amount = self.amount.value()
        if not amount:
            self.shell.say(Message("W", _("Type the amount to keep first.")))
            return
        message = self.presenter.keep(self.reasons.code(), amount)
        if message is not None:
            self.shell.say(message)
            return
        self.shell.hush()
        self.amount.set_value(None)
        self._show()
        self.changed.emit()

    def remove(self) -> None:
        """Takes the chosen deduction, or the last one, back."""
        row = self.table.current_row()
        self.presenter.give_back(row if row >= 0 else len(self.model.rows) - 1)
        self._show()
        self.changed.emit()

    def _on_note(self, text: str) -> None:
        self.presenter.note = text

    def _show(self) -> None:
        self.model.set_rows(list(self.presenter.deductions))
        due = self.presenter.due()
        if due is not None:
            rows = [SumRow(_("Owed"), rupiah(due.owed)), SumRow(_("Kept"), rupiah(-self.presenter.kept))]
            amount = self.presenter.amount(due)
            self.sums.show_rows([*rows, SumRow(_("TO PAY"), rupiah(amount), bold=True, rule=True)])
