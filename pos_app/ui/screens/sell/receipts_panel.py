"""The list of receipts (F9): the newest, or those that a typed number, amount, day or name finds. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.sell.payment import method_words
from pos_app.ui.screens.sell.receipts import Receipt
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.finder import PickField
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable

_MOVES = {"Up": -1, "Down": 1}


class _ReceiptModel(RowsModel[Receipt]):
    def __init__(self) -> None:
        super().__init__([Column(_("Receipt")), Column(_("Amount"), 110, "right")])

    def cells(self, row: Receipt) -> Sequence[Cell]:
        kinds = " + ".join(method_words(kind) for kind in row.tenders)
        detail = f"{row.when} · {row.goods}"
        if not row.state:
            return Cell(row.number, detail, bold=True), Cell(thousands(row.amount), kinds, bold=True)
        words = _("undone") if row.state == "reversed" else _("partly refunded")
        number = Cell(row.number, f"{words} · {detail}", sub_tone="warning", icon="undo-variant", bold=True)
        return number, Cell(thousands(row.amount), kinds, bold=True)


class ReceiptsPanel(QuestionPanel):
    """Enter opens the selected receipt, F9 prints it again."""

    open_wanted = Signal(object)
    reprint_wanted = Signal(object)
    search_wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Receipts"), main=_("Open receipt"), icon="undo-variant")
        self._model = _ReceiptModel()
        self.field = PickField(theme, placeholder=_("Number, amount, 21/11 or goods"))
        self.field.textEdited.connect(self.search_wanted)
        self.field.command.connect(self._on_command)
        self.table = TwoLineTable(theme, self._model, empty=_("No sales yet."))
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9", icon="printer")
        self.reprint_button.clicked.connect(self.want_reprint)
        self.refund_button = KeyButton(theme, _("Refund"), key="F6", icon="undo-variant")
        self.refund_button.clicked.connect(self.want_open)
        self.body.addWidget(field_row(theme, _("&Find a receipt"), self.field))
        self.body.addWidget(self.table, 1)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.reprint_button, 1)
        acts.addWidget(self.refund_button, 1)
        self.body.addLayout(acts)
        self.accepted.connect(self.want_open)
        self.table.row_activated.connect(self._on_activated)

    def ask(self, receipts: Sequence[Receipt], *, needs_pin: bool) -> None:
        """Opens with the newest; a refund that needs a manager's PIN carries a lock."""
        self.refund_button.set_icon("lock-outline" if needs_pin else "undo-variant")
        self.field.clear()
        self.show_receipts(receipts, empty=_("No sales yet."))
        self.field.setFocus()

    def show_receipts(self, receipts: Sequence[Receipt], *, empty: str) -> None:
        """Fills the list and selects the first; ``empty`` says what to do when there is none."""
        self.table.set_empty(empty)
        self._model.set_rows(receipts)
        self.table.select_row(0)
        for button in (self.refund_button, self.reprint_button):
            button.setEnabled(bool(receipts))
        self.set_ready(bool(receipts))

    def current(self) -> Receipt | None:
        """The selected receipt."""
        row = self.table.current_row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    def want_open(self) -> None:
        """Asks for the selected receipt with its lines."""
        receipt = self.current()
        if receipt is not None:
            self.open_wanted.emit(receipt)

    def want_reprint(self) -> None:
        """Asks for the paper of the selected receipt again."""
        receipt = self.current()
        if receipt is not None:
            self.reprint_wanted.emit(receipt)

    def _on_command(self, command: str) -> None:
        if command == "Enter":
            self.press()
        elif command in _MOVES and self._model.rows:
            last = len(self._model.rows) - 1
            self.table.select_row(max(0, min(last, self.table.current_row() + _MOVES[command])))

    def _on_activated(self, row: int) -> None:  # noqa: ARG002
        self.want_open()
