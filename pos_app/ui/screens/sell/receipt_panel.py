"""One receipt with its lines: what comes back, how the money goes, and why; or the whole of it undone. Widgets only.

``ReceiptSide(theme, counter)`` is the panel behind a ``Gate``: money moves only after one more F12, for a cashier after
a manager's PIN. Letters choose the reason and the tender, ``+`` and ``-`` the pieces, Enter a whole line, ``A`` all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from pos_app.domain.errors import InvalidQuantity
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah, times_text
from pos_app.i18n import N_, _
from pos_app.printing.papers.receipt import REASONS
from pos_app.services.context import Counter
from pos_app.services.refunding import Remaining
from pos_app.ui.screens.sell.payment import method_words
from pos_app.ui.screens.sell.receipts import BackWanted, Receipt
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import AmountText, Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import EntryField, field_row
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.arithmetic import part
from sync.documents.base import TakeBackReason, TenderKind

REASON_KEYS: Final[dict[str, TakeBackReason]] = {
    "J": "changed_mind",
    "C": "damaged",
    "K": "expired",
    "S": "wrong_goods",
    "L": "other",
}
TENDER_KEYS: Final[dict[str, TenderKind]] = {"T": "cash", "Q": "qris", "B": "tab", "R": "transfer"}
ROOM: Final = 120
"""Pixels that the lines take at least, at 100 % text; the rest of them is scrolled to."""
STATES: Final = {"reversed": N_("This receipt was undone; nothing is left to give back.")}


class BackModel(RowsModel[Remaining]):
    """What remains of each line, and how much of it comes back."""

    def __init__(self) -> None:
        super().__init__(
            [Column(_("Item")), Column(_("Left"), 56, "right"), Column(_("Comes back"), 72, "right", editable=True)]
        )
        self.pieces: dict[int, int] = {}
        self.on_edit = _nothing

    def cells(self, row: Remaining) -> Sequence[Cell]:
        back = self.pieces.get(row.line, 0)
        detail = times_text(row.quantity, row.total, row.sold.unit) if row.quantity else _("all came back")
        return (
            Cell(row.sold.name, detail, tone="text" if row.quantity else "muted", bold=bool(row.quantity)),
            Cell(quantity_text(row.quantity)),
            Cell(quantity_text(back), bold=bool(back), tone="danger" if back else "muted"),
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

    def set_back(self, row: int, quantity: int) -> None:
        """So many thousandths of the row come back, within what remains."""
        wanted = max(0, min(quantity, self.rows[row].quantity))
        self.setData(self.index(row, 2), quantity_text(wanted))

    def back(self, row: int) -> int:
        """Thousandths of the row that come back."""
        return self.pieces.get(self.rows[row].line, 0)

    def amount(self) -> int:
        """Rupiah that goes back for the pieces chosen (rule 5)."""
        return sum(_refund_of(row, self.pieces.get(row.line, 0)) for row in self.rows)


class ReceiptPanel(QuestionPanel):
    """See the module."""

    reverse_wanted = Signal()
    pay_anew_wanted = Signal()
    reprint_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Refund"), main=_("Give money back"), icon="undo-variant", key="F12")
        self.receipt: Receipt | None = None
        self._model = BackModel()
        self._model.on_edit = self.look_again
        self.table = BackTable(theme, self._model, empty=_("Nothing left to refund."))
        self.facts = Text(theme, tone="muted")
        self.facts.setWordWrap(True)
        self.total = AmountText(theme, ("change", "received", "button"), tone="danger")
        self.note = EntryField(theme, placeholder=_("Why it comes back"))
        self._note_row = field_row(theme, _("N&ote"), self.note)
        self.tenders = {kind: chip(theme, method_words(kind), key) for key, kind in TENDER_KEYS.items()}
        self.reasons = {code: chip(theme, _(REASONS[code]), key) for key, code in REASON_KEYS.items()}
        self._tender_bar = ActionBar(theme, list(self.tenders.values()))
        self._build()
        self.note.textChanged.connect(self.look_again)

    def _build(self) -> None:
        theme = self.theme
        for code, button in self.reasons.items():
            button.clicked.connect(lambda _checked=False, code=code: self.choose_reason(code))
        for chip in self.tenders.values():
            chip.setAutoExclusive(True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.facts, 1)
        head.addWidget(self.total)
        self.reprint_button = KeyButton(theme, _("Reprint"), key="F9")
        self.pay_anew_button = KeyButton(theme, _("Pay anew"), key="F5")
        self.reverse_button = KeyButton(theme, _("Void receipt"), key="F7", kind="danger")
        self.reprint_button.clicked.connect(self.want_reprint)
        self.pay_anew_button.clicked.connect(self.pay_anew_wanted)
        self.reverse_button.clicked.connect(self.reverse_wanted)
        self.body.addLayout(head)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._tender_bar)
        self.body.addWidget(ActionBar(theme, list(self.reasons.values())))
        self.body.addWidget(self._note_row)
        self.body.addWidget(ActionBar(theme, [self.reprint_button, self.pay_anew_button, self.reverse_button]))

    def ask(self, receipt: Receipt, remaining: Sequence[Remaining], *, needs_pin: bool) -> None:
        """Shows what can still come back of the receipt."""
        self.receipt = receipt
        self.title.setText(receipt.number)
        kinds = " + ".join(method_words(kind) for kind in receipt.tenders)
        facts = f"{receipt.when}\n{rupiah(receipt.amount)} · {kinds}"
        if receipt.state in STATES:
            facts = f"{facts}\n{_(STATES[receipt.state])}"
        if receipt.till:
            facts = f"{facts}\n{_('Recorded at till {till}.').format(till=receipt.till)}"
        if receipt.excess:
            text = _("Two tills gave back the same goods: {amount} too much. Ask the buyer.")
            facts = f"{facts}\n{text.format(amount=rupiah(receipt.excess))}"
        self.facts.setText(facts)
        self._model.pieces = {}
        self._model.set_rows([])
        self._model.set_rows(remaining)
        for kind, button in self.tenders.items():
            button.setVisible(kind == "cash" or kind in receipt.tenders)
        self._tender_bar.setVisible(receipt.tenders != ("cash",))
        self._tender_bar.refit()
        self.tenders["cash" if "cash" in receipt.tenders else receipt.tenders[0]].setChecked(True)
        for button in self.reasons.values():
            button.setChecked(False)
        self.note.clear()
        self._note_row.hide()
        whole = receipt.state == "" and bool(remaining) and not receipt.till
        self.reprint_button.setEnabled(not receipt.till)
        for act in (self.pay_anew_button, self.reverse_button):
            act.setEnabled(whole)
            act.set_icon("lock-outline" if needs_pin else "")
        self.show_error("")
        self.table.select_row(next((n for n, row in enumerate(remaining) if row.quantity), 0))
        self.look_again()
        self.table.setFocus()

    @property
    def reason(self) -> TakeBackReason | None:
        """The chosen reason."""
        return next((code for code, button in self.reasons.items() if button.isChecked()), None)

    @property
    def tender(self) -> TenderKind:
        """How the money goes back."""
        return next((kind for kind, button in self.tenders.items() if button.isChecked()), "cash")

    @property
    def why(self) -> str:
        """The free note."""
        return self.note.text().strip()

    @property
    def amount(self) -> int:
        """Rupiah that goes back."""
        return self._model.amount()

    def wanted(self) -> BackWanted | None:
        """What is filled in; None while something is missing."""
        reason = self.reason
        if reason is None or self.missing():
            return None
        return BackWanted(dict(self._model.pieces), self.tender, reason, self.why)

    def missing(self) -> str:
        """What must be filled in yet, as a sentence; empty when nothing."""
        if not any(self._model.pieces.values()):
            return _("Choose what comes back: + on its line, Enter for the whole line.")
        return self.missing_reason()

    def missing_reason(self) -> str:
        """What is missing to say why."""
        if self.reason is None:
            return _("Choose the reason by its letter.")
        if self.reason == "other" and not self.why:
            return _("Write the reason.")
        return ""

    def take_back(self, sku: str) -> bool:
        """One more piece of these goods comes back; False when they are not on the receipt, or nothing is left."""
        for number, row in enumerate(self._model.rows):
            if row.sold.sku == sku and self._model.back(number) < row.quantity:
                self.table.select_row(number)
                self._model.set_back(number, self._model.back(number) + 1000)
                return True
        return False

    def choose_reason(self, code: TakeBackReason) -> None:
        """Chooses a reason; another one than those listed is written down."""
        for each, button in self.reasons.items():
            button.setChecked(each == code)
        self._note_row.setVisible(code == "other")
        (self.note if code == "other" else self.table).setFocus()
        self.look_again()

    def want_reprint(self) -> None:
        """Asks for the paper again."""
        if self.receipt is not None and not self.receipt.till:
            self.reprint_wanted.emit(self.receipt)

    def look_again(self) -> None:
        """Sum and main button after a change."""
        self.total.setText(rupiah(self.amount))
        self.set_ready(not self.missing())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper()
        if letter in REASON_KEYS:
            self.choose_reason(REASON_KEYS[letter])
        elif letter in TENDER_KEYS and not self.tenders[TENDER_KEYS[letter]].isHidden():
            self.tenders[TENDER_KEYS[letter]].setChecked(True)
        elif letter == "A":
            for number, row in enumerate(self._model.rows):
                self._model.set_back(number, row.quantity)
        else:
            super().keyPressEvent(event)


class LowTable(TwoLineTable):
    """A table that leaves room for the panel's other parts."""

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.theme.px(ROOM))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.theme.px(ROOM))


class BackTable(LowTable):
    """``+`` and ``-`` change how many of the row come back, Enter takes all or none of it; digits open the editor."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model = self.model()
        row = self.current_row()
        if self.state() == self.State.EditingState or not isinstance(model, BackModel):
            super().keyPressEvent(event)
            return
        delta = {Qt.Key.Key_Plus.value: 1000, Qt.Key.Key_Minus.value: -1000}.get(event.key())
        if delta and row >= 0:
            model.set_back(row, model.back(row) + delta)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if row >= 0 and not event.isAutoRepeat():
                model.set_back(row, 0 if model.back(row) else model.rows[row].quantity)
        elif event.text().isalpha():
            event.ignore()  # letters choose reason and tender
        else:
            if row >= 0 and event.text().isdigit():
                self.setCurrentIndex(model.index(row, 2))
            super().keyPressEvent(event)


class ReceiptSide(Gate):
    """The panel, and the question before money moves."""

    def __init__(self, theme: Theme, counter: Counter) -> None:
        self.panel = ReceiptPanel(theme)
        super().__init__(theme, counter, self.panel)
        self.closed.connect(self.panel.table.setFocus)


def chip(theme: Theme, words: str, key: str) -> KeyButton:
    """A pill that shows its letter beside the words: there is no room for caps of keys."""
    button = KeyButton(theme, f"{words} · {key}", kind="chip")
    button.setAccessibleName(f"{words} ({key})")
    return button


def _refund_of(row: Remaining, quantity: int) -> int:
    if not quantity:
        return 0
    sold = row.sold
    return part(sold.total, quantity, sold.quantity, sold.total - row.total, sold.quantity - row.quantity)


def _nothing() -> None:
    """Until the panel listens."""
