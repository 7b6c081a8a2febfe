"""The panel of recent receipts (F9): the list, reprint, and the refund of one of them. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout

from pos_app.domain.errors import InvalidQuantity
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah, thousands, times_text
from pos_app.i18n import _
from pos_app.services.refunding import Remaining
from pos_app.ui.screens.sell.line_panels import EntryField
from pos_app.ui.screens.sell.payment import method_words
from pos_app.ui.screens.sell.receipts import Receipt
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import PinField, field_row
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.arithmetic import part
from sync.documents.base import TenderKind

LARGE = 130
"""Above this text scale the PIN stands below the reason."""


class _ReceiptModel(RowsModel[Receipt]):
    def __init__(self) -> None:
        super().__init__([Column(_("Receipt")), Column(_("Amount"), 110, "right")])

    def cells(self, row: Receipt) -> Sequence[Cell]:
        kinds = " + ".join(method_words(kind) for kind in row.tenders)
        return Cell(row.number, f"{row.when} · {row.goods}", bold=True), Cell(thousands(row.amount), kinds, bold=True)


class ReceiptsPanel(QuestionPanel):
    """The newest receipts; Enter reprints, the second button refunds."""

    refund_wanted = Signal(object)
    reprint_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Recent receipts"), main=_("Reprint"), icon="printer", key="F9")
        self._model = _ReceiptModel()
        self.table = TwoLineTable(theme, self._model, empty=_("No sales yet."))
        self.refund_button = KeyButton(theme, _("Refund"), key="F6", icon="undo-variant")
        self.refund_button.clicked.connect(self.want_refund)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.refund_button)
        self.accepted.connect(self._on_accepted)
        self.table.row_activated.connect(self._on_activated)

    def show_receipts(self, receipts: Sequence[Receipt], *, needs_pin: bool) -> None:
        """Fills the list and selects the newest; a refund that needs a manager's PIN carries a lock."""
        self.refund_button.set_icon("lock-outline" if needs_pin else "undo-variant")
        self._model.set_rows(receipts)
        self.table.select_row(0)
        self.set_ready(bool(receipts))
        self.refund_button.setEnabled(bool(receipts))
        self.table.setFocus()

    def current(self) -> Receipt | None:
        """The selected receipt."""
        row = self.table.current_row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    def want_refund(self) -> None:
        """Asks for the refund of the selected receipt."""
        receipt = self.current()
        if receipt is not None:
            self.refund_wanted.emit(receipt)

    def _on_accepted(self) -> None:
        receipt = self.current()
        if receipt is not None:
            self.reprint_wanted.emit(receipt)

    def _on_activated(self, row: int) -> None:  # noqa: ARG002
        self._on_accepted()


class _RefundModel(RowsModel[Remaining]):
    def __init__(self) -> None:
        super().__init__(
            [Column(_("Item")), Column(_("Left"), 56, "right"), Column(_("Comes back"), 72, "right", editable=True)]
        )
        self.pieces: dict[int, int] = {}
        self.on_edit = _nothing

    def cells(self, row: Remaining) -> Sequence[Cell]:
        back = self.pieces.get(row.line, 0)
        return (
            Cell(row.sold.name, times_text(row.quantity, row.total, row.sold.unit), bold=True),
            Cell(quantity_text(row.quantity)),
            Cell(quantity_text(back), bold=bool(back)),
        )

    def edit(self, row: int, column: int, text: str) -> bool:  # noqa: ARG002
        try:
            quantity = parse_quantity_typed(text or "0")
        except (ValueError, InvalidQuantity):
            return False
        remaining = self.rows[row]
        if quantity > remaining.quantity or (quantity % 1000 and remaining.sold.unit != "kg"):
            return False
        self.pieces[remaining.line] = quantity
        self.on_edit()
        return True

    def amount(self) -> int:
        """Rupiah that goes back for the pieces chosen (rule 5)."""
        return sum(_refund_of(row, self.pieces.get(row.line, 0)) for row in self.rows)


class RefundPanel(QuestionPanel):
    """Which pieces come back, how the money goes back, why, and a manager's PIN where needed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Refund"), main=_("Refund"), icon="undo-variant", key="F12")
        self.receipt: Receipt | None = None
        self._model = _RefundModel()
        self._model.on_edit = self._on_edited
        self.table = _RefundTable(theme, self._model, empty=_("Nothing left to refund."))
        self._number = Text(theme, tone="muted")
        self.total = AmountText(theme, ("change", "received", "button"), tone="danger")
        self.reason = EntryField(theme, placeholder=_("Why it comes back"))
        self.pin = PinField(theme)
        self._pin_row = field_row(theme, _("Manager's &PIN"), self.pin)
        self._tenders: dict[TenderKind, KeyButton] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        kinds: tuple[TenderKind, ...] = ("cash", "qris", "tab", "transfer")
        for kind in kinds:
            button = KeyButton(theme, method_words(kind), kind="chip")
            button.setFixedHeight(theme.px(40))
            button.setAutoExclusive(True)
            self._tenders[kind] = button
            row.addWidget(button)
        row.addWidget(self.total, 1)
        self.body.addWidget(self._number)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self._why = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._why.setSpacing(8)
        self._why.addWidget(field_row(theme, _("&Reason"), self.reason), 2)
        self._why.addWidget(self._pin_row, 1)
        self.body.addLayout(self._why)
        self._number.setWordWrap(True)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.reason.textChanged.connect(self._on_edited)
        self.pin.textChanged.connect(self._on_edited)

    def ask(self, receipt: Receipt, remaining: Sequence[Remaining], *, needs_pin: bool) -> None:
        """Shows what can still come back of the receipt."""
        self.receipt = receipt
        self._number.setText(f"{receipt.number} · {receipt.when}")
        self._model.pieces = {}
        self._model.set_rows([row for row in remaining if row.quantity > 0])
        for kind, button in self._tenders.items():
            button.setVisible(kind == "cash" or kind in receipt.tenders)
        self._tenders["cash" if "cash" in receipt.tenders else receipt.tenders[0]].setChecked(True)
        self.reason.clear()
        self.pin.clear()
        self._pin_row.setVisible(needs_pin)
        self.show_error("")
        self.table.select_row(0)
        self._on_edited()
        self.table.setFocus()

    @property
    def pieces(self) -> dict[int, int]:
        """Line number to thousandths."""
        return self._model.pieces

    @property
    def tender(self) -> TenderKind:
        """How the money goes back."""
        return next((kind for kind, button in self._tenders.items() if button.isChecked()), "cash")

    @property
    def needs_pin(self) -> bool:
        """Whether a manager must type the PIN."""
        return not self._pin_row.isHidden()

    def _on_theme_changed(self) -> None:
        way = QBoxLayout.Direction
        self._why.setDirection(way.TopToBottom if self.theme.scale > LARGE else way.LeftToRight)

    def _on_edited(self) -> None:
        amount = self._model.amount()
        self.total.setText(rupiah(amount))
        signed = not self.needs_pin or len(self.pin.text()) == self.pin.maxLength()
        self.set_ready(any(self.pieces.values()) and bool(self.reason.text().strip()) and signed)


class _RefundTable(TwoLineTable):
    """``+`` and ``-`` change how many of the row come back; digits open the editor."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        row = self.current_row()
        delta = {Qt.Key.Key_Plus.value: 1000, Qt.Key.Key_Minus.value: -1000}.get(event.key())
        if isinstance(model, _RefundModel) and delta and row >= 0:
            back = model.pieces.get(model.rows[row].line, 0) + delta
            model.setData(model.index(row, 2), quantity_text(max(0, back)))
            return
        if row >= 0 and event.text().isdigit():
            self.setCurrentIndex(model.index(row, 2))
        super().keyPressEvent(event)


def _refund_of(row: Remaining, quantity: int) -> int:
    if not quantity:
        return 0
    sold = row.sold
    return part(sold.total, quantity, sold.quantity, sold.total - row.total, sold.quantity - row.quantity)


def _nothing() -> None:
    """Until the panel listens."""
