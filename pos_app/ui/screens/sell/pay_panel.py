"""The Pay panel: methods, the page of the chosen one, back and the main button. It replaces the tiles.

``PayPanel(theme)``; ``start(payment)``; signals ``paid(Offer | None)`` (finish with this tender), ``refused(Message)``,
``approval_wanted(TabView)``, ``back()``. T Q B R S choose a method, Alt+1 to 6 a quick amount, Enter finishes.
In a split T Q B choose the kind of the next part and ``+`` or Enter records it. While a name is typed letters are the
name's; with Alt they still choose, and the buttons show no key.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ui.messages import Message, numbered
from pos_app.ui.screens.sell.pay_cash import CashPage
from pos_app.ui.screens.sell.pay_common import GAP, Page
from pos_app.ui.screens.sell.pay_qris import QrisPage, TransferPage
from pos_app.ui.screens.sell.pay_split import SplitPage
from pos_app.ui.screens.sell.pay_tab import TabPage
from pos_app.ui.screens.sell.payment import Method, Payment
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.scroll import Scrolling

KEYS: Final[dict[str, Method]] = {"T": "cash", "Q": "qris", "B": "tab", "R": "transfer", "S": "split"}
ICONS: Final = {
    "cash": "cash",
    "qris": "qrcode",
    "tab": "account-cash-outline",
    "transfer": "bank-transfer",
    "split": "call-split",
}


class PayPanel(QWidget):
    """See the module."""

    paid = Signal(object)
    refused = Signal(object)
    approval_wanted = Signal(object)
    back = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.payment: Payment | None = None
        self.cash = CashPage(theme)
        self.qris = QrisPage(theme)
        self.tab = TabPage(theme)
        self.transfer = TransferPage(theme)
        self.split = SplitPage(theme)
        self._pages: dict[Method, Page] = {
            "cash": self.cash,
            "qris": self.qris,
            "tab": self.tab,
            "transfer": self.transfer,
            "split": self.split,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            page.changed.connect(self._refresh)
            self._stack.addWidget(Scrolling(page))
        self.split.add_wanted.connect(self._add_part)
        for field in (self.tab.field, self.split.staff):
            field.typing.connect(self._on_typing)
        self.methods: dict[Method, KeyButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._build_methods())
        column.addWidget(self._stack, 1)
        column.addLayout(self._build_foot())

    def _build_methods(self) -> QHBoxLayout:
        words = {
            "cash": _("Cash"),
            "qris": _("QRIS"),
            "tab": _("Tab"),
            "transfer": _("Transfer"),
            "split": _("Split"),
        }
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for key, method in KEYS.items():
            button = KeyButton(self.theme, words[method], key=key, kind="method", icon=ICONS[method])
            button.setAutoExclusive(True)
            button.setProperty("method", method)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_method_clicked)
            self.methods[method] = button
            row.addWidget(button, 1)
        return row

    def _build_foot(self) -> QHBoxLayout:
        back = KeyButton(self.theme, _("Back"), key="Esc", icon="arrow-left")
        back.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        back.clicked.connect(self._on_back)
        self.main = KeyButton(self.theme, _("Finish & print"), key="Enter", kind="main")
        self.main.clicked.connect(self.finish)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(back)
        row.addWidget(self.main, 1)
        return row

    def start(self, payment: Payment) -> None:
        """Opens with cash chosen."""
        self.payment = payment
        self.methods["transfer"].setVisible(bool(payment.transfer_account))
        self.choose("cash")

    def choose(self, method: Method) -> None:
        """Another method; with parts recorded only the split goes on."""
        if self.payment is None:
            return
        if self.payment.parts and method != "split":
            if method in ("cash", "qris", "tab"):
                self.split.choose_kind(method)
            method = "split"
        previous = self._pages[self.payment.method]
        if previous is not self._pages[method]:
            previous.leave()
        self.payment.method = method
        self.methods[method].setChecked(True)
        self._stack.setCurrentIndex(list(self._pages).index(method))
        self._pages[method].begin(self.payment)
        self._refresh()
        problem = self._pages[method].problem()
        if problem is not None:
            self.refused.emit(problem)

    def begin_again(self) -> None:
        """Fills the page anew after the total changed."""
        if self.payment is not None:
            self.choose(self.payment.method)

    def leave(self) -> None:
        """The panel is no longer shown."""
        for page in self._pages.values():
            page.leave()

    def finish(self) -> None:
        """The main button: pays when everything is there, else says what is missing."""
        payment = self.payment
        if payment is None:
            return
        if payment.method == "tab" and self.tab.take_highlighted():
            return
        if payment.method == "split" and not self._next_part():
            return
        page = self._pages[payment.method]
        if not page.ready():
            self.refused.emit(self._why_not(payment))
            return
        if payment.method == "tab" and self.tab.member is not None:
            view = payment.tab_view(self.tab.member)
            if payment.over_limit(view) is not None:
                self.approval_wanted.emit(view)
                return
        self.paid.emit(page.offer())

    def escape(self) -> bool:
        """One step back inside the panel; False when it should close."""
        return self.payment is not None and self._pages[self.payment.method].escape()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.finish()
            return
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        digit = event.key() - Qt.Key.Key_0.value
        if alt and 1 <= digit <= 6:
            self.cash.choose_quick(digit)
            return
        split = self.payment is not None and self.payment.method == "split"
        if split and event.key() == Qt.Key.Key_Plus:
            self._add_part()
            return
        method = KEYS.get(chr(event.key())) if event.key() < 128 else None
        if split and method in ("cash", "qris", "tab"):
            self.split.choose_kind(method)
            return
        if method is not None and self.methods[method].isVisible():
            self.choose(method)
            return
        super().keyPressEvent(event)

    def _next_part(self) -> bool:
        """Records the part that is filled in; True when the sale is covered and nothing is left to fill in."""
        if self.split.wants_part:
            self._add_part()
            return False
        return True

    def _add_part(self) -> None:
        if self.split.add_part() or self.split.refused is None:
            return
        if self.split.over is not None:
            self.approval_wanted.emit(self.split.over)
        else:
            self.refused.emit(self.split.refused)

    def _why_not(self, payment: Payment) -> Message:
        if payment.method == "cash":
            return numbered(9, amount=rupiah(-payment.change(self.cash.field.value() or 0)))
        if payment.method == "tab":
            return Message("E", _("Choose who buys on the tab."))
        return Message("E", _("Enter the last 4 digits of the buyer's reference."))

    def _refresh(self) -> None:
        if self.payment is None:
            return
        method = self.payment.method
        words = {"qris": _("Paid"), "transfer": _("Paid"), "tab": _("Record tab")}
        if method == "split" and self.split.wants_part:
            words["split"] = _("Add part")
        self.main.setText(words.get(method, _("Finish & print")))
        self.main.setEnabled(self._pages[method].ready())

    def _on_typing(self, typing: bool) -> None:
        for key, method in KEYS.items():
            button = self.methods[method]
            button.key = "" if typing else key
            button.setText(button.text())

    def _on_method_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.choose(button.property("method"))

    def _on_back(self) -> None:
        self.back.emit()
