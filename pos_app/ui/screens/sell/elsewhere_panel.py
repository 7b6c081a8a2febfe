"""A receipt that this till does not know: goods and prices are taken from its paper, on a manager's word. Widgets only.

Goods are scanned or typed; ``+`` and ``-`` change how many come back, digits the price in the selected cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout

from pos_app.domain.errors import InvalidQuantity
from pos_app.domain.formats import parse_quantity_typed, quantity_text, rupiah, thousands
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger.queries import search_products
from pos_app.printing.papers.receipt import REASONS
from pos_app.services.context import Counter
from pos_app.services.refunding import BackElsewhere
from pos_app.ui.screens.sell.entry import result_of
from pos_app.ui.screens.sell.payment import method_words
from pos_app.ui.screens.sell.receipt_panel import REASON_KEYS, LowTable, chip
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import AmountText, Text
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.finder import Finder, PickField
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.table import Cell, Column, RowsModel
from sync.documents.arithmetic import priced
from sync.documents.base import TakeBackReason, TenderKind

QUANTITY, PRICE = 1, 2
TENDERS: dict[str, TenderKind] = {"T": "cash", "R": "transfer"}


@dataclass(frozen=True, slots=True)
class FromPaper:
    """One line of the paper: thousandths and rupiah per unit."""

    product: Product
    quantity: int
    price: int


class PaperModel(RowsModel[FromPaper]):
    """The lines typed from the paper."""

    def __init__(self, on_edit: Callable[[], None]) -> None:
        columns = [
            Column(_("Item")),
            Column(_("Quantity"), 72, "right", editable=True),
            Column(_("Price"), 88, "right", editable=True),
        ]
        super().__init__(columns)
        self._on_edit = on_edit

    def cells(self, row: FromPaper) -> Sequence[Cell]:
        name = Cell(row.product.name, row.product.producer_name, bold=True)
        return name, Cell(quantity_text(row.quantity), bold=True), Cell(thousands(row.price))

    def edit(self, row: int, column: int, text: str) -> bool:
        try:
            number = parse_quantity_typed(text) if column == QUANTITY else int(text.replace(".", "") or 0)
        except (ValueError, InvalidQuantity):
            return False
        return self.change(row, quantity=number) if column == QUANTITY else self.change(row, price=number)

    def change(self, row: int, *, quantity: int | None = None, price: int | None = None) -> bool:
        """Another quantity or price; none left takes the line out. False where goods are not sold so."""
        line = self.rows[row]
        quantity = line.quantity if quantity is None else quantity
        price = line.price if price is None else price
        if price < 1 or price > 999_999_999 or quantity > 999_000 or (quantity % 1000 and not line.product.fractional):
            return False
        rows = list(self.rows)
        if quantity > 0:
            rows[row] = replace(line, quantity=quantity, price=price)
        else:
            del rows[row]
        self.set_rows(rows)
        self._on_edit()
        return True

    def add(self, product: Product) -> int:
        """One more of these goods; the row they are in."""
        for number, line in enumerate(self.rows):
            if line.product.sku == product.sku:
                self.change(number, quantity=line.quantity + 1000)
                return number
        self.set_rows([*self.rows, FromPaper(product, 1000, product.sell_price)])
        self._on_edit()
        return len(self.rows) - 1

    def amount(self) -> int:
        """Rupiah that goes back."""
        return sum(priced(line.price, line.quantity) for line in self.rows)


class PaperTable(LowTable):
    """``+`` and ``-`` change the quantity, Del takes the line out; letters are the panel's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, row = self.model(), self.current_row()
        if self.state() == self.State.EditingState or not isinstance(model, PaperModel):
            super().keyPressEvent(event)
            return
        delta = {Qt.Key.Key_Plus.value: 1000, Qt.Key.Key_Minus.value: -1000}.get(event.key(), 0)
        if row >= 0 and delta:
            model.change(row, quantity=max(0, model.rows[row].quantity + delta))
        elif row >= 0 and event.key() == Qt.Key.Key_Delete:
            model.change(row, quantity=0)
        elif event.text().isalpha():
            event.ignore()
        else:
            if row >= 0 and event.text().isdigit() and self.currentIndex().column() not in (QUANTITY, PRICE):
                self.setCurrentIndex(model.index(row, QUANTITY))
            super().keyPressEvent(event)


class ElsewherePanel(QuestionPanel):
    """See the module."""

    wanted = Signal(str)

    def __init__(self, theme: Theme, search: Callable[[str], Sequence[Result]]) -> None:
        super().__init__(theme, _("Refund"), main=_("Give money back"), icon="undo-variant", key="F12")
        self.number = ""
        self._warning = Text(theme, tone="warning", weight=700)
        self._warning.setWordWrap(True)
        self.field = PickField(theme, placeholder=_("Scan or type the goods on the paper"))
        self.finder = Finder(theme, self.field, self, search, empty=_("Nothing found. Try fewer letters."))
        self.finder.picked.connect(self.wanted)
        self.finder.entered.connect(self.wanted)
        self._model = PaperModel(self.look_again)
        self.table = PaperTable(theme, self._model, empty=_("Scan the goods that come back."))
        self.total = AmountText(theme, ("change", "received", "button"), tone="danger")
        self.tenders = {kind: chip(theme, method_words(kind), key) for key, kind in TENDERS.items()}
        self.reasons = {
            code: chip(theme, _(REASONS[code]), key) for key, code in REASON_KEYS.items() if code != "other"
        }
        for code, button in self.reasons.items():
            button.clicked.connect(lambda _checked=False, code=code: self.choose_reason(code))
        for each in self.tenders.values():
            each.setAutoExclusive(True)
        head = QHBoxLayout()
        head.addWidget(ActionBar(theme, list(self.tenders.values())), 1)
        head.addWidget(self.total)
        self.body.addWidget(self._warning)
        self.body.addWidget(field_row(theme, _("&Goods"), self.field))
        self.body.addWidget(self.table, 1)
        self.body.addLayout(head)
        self.body.addWidget(ActionBar(theme, list(self.reasons.values())))

    def ask(self, number: str, warning: str) -> None:
        """``warning`` says what the till does not know."""
        self.number = number
        self.title.setText(number)
        self._warning.setText(warning)
        self._model.set_rows([])
        self.field.clear()
        self.tenders["cash"].setChecked(True)
        for button in self.reasons.values():
            button.setChecked(False)
        self.look_again()
        self.field.setFocus()

    def add(self, product: Product) -> None:
        """One more of these goods comes back."""
        self.field.clear()
        self.table.select_row(self._model.add(product))
        self.table.setFocus()

    @property
    def amount(self) -> int:
        """Rupiah that goes back."""
        return self._model.amount()

    @property
    def reason(self) -> TakeBackReason | None:
        """The chosen reason."""
        return next((code for code, button in self.reasons.items() if button.isChecked()), None)

    @property
    def tender(self) -> TenderKind:
        """How the money goes back."""
        return next((kind for kind, button in self.tenders.items() if button.isChecked()), "cash")

    def goods(self) -> list[BackElsewhere]:
        """The lines as they go into the books."""
        return [BackElsewhere(line.product.sku, line.quantity, line.price) for line in self._model.rows]

    def missing(self) -> str:
        """What must be filled in yet, as a sentence; empty when nothing."""
        if not self._model.rows:
            return _("Scan the goods that come back.")
        return _("Choose the reason by its letter.") if self.reason is None else ""

    def choose_reason(self, code: TakeBackReason) -> None:
        """Chooses a reason."""
        for each, button in self.reasons.items():
            button.setChecked(each == code)
        self.look_again()

    def look_again(self) -> None:
        """Sum and main button after a change."""
        self.total.setText(rupiah(self.amount))
        self.set_ready(not self.missing())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper()
        code = REASON_KEYS.get(letter)
        if code in self.reasons:
            self.choose_reason(code)
        elif letter in TENDERS:
            self.tenders[TENDERS[letter]].setChecked(True)
        elif event.key() == Qt.Key.Key_Escape and self.finder.is_open:
            self.finder.close()
        else:
            super().keyPressEvent(event)


class ElsewhereSide(Gate):
    """The panel, and the manager's PIN before money moves."""

    def __init__(self, theme: Theme, counter: Counter) -> None:
        self.panel = ElsewherePanel(theme, lambda text: [result_of(one) for one in search_products(counter.db, text)])
        super().__init__(theme, counter, self.panel)
        self.closed.connect(self.panel.table.setFocus)
