"""The Pay panel: methods, what was paid so far, the page of the chosen method, back and the main button.

It replaces the tiles. ``PayPanel(theme)``; ``start(payment)``; signals ``paid(Offer)`` (finish with this tender),
``refused(Message)``, ``told(Message)``, ``approval_wanted(TabView)``, ``back()``. T Q B R S choose a method, Alt+1 to 6
a quick amount, Enter finishes. Cash that is too little is a part once another method is chosen, which pays the rest.
While a name is typed letters are the name's; with Alt they still choose, and the buttons show no key.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ui.messages import Message, numbered
from pos_app.ui.screens.sell.pay_cash import CashPage
from pos_app.ui.screens.sell.pay_common import GAP, Page
from pos_app.ui.screens.sell.pay_parts import PaidParts
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
    told = Signal(object)
    approval_wanted = Signal(object)
    back = Signal()
    stepped = Signal()
    """Another method, or another part, is asked now."""

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
        self.split.chosen.connect(self.choose)
        self.split.note_chosen.connect(self._on_note)
        self.tab.field.typing.connect(self._on_typing)
        self.parts = PaidParts(theme)
        self.parts.removed.connect(self._on_part_removed)
        self.methods: dict[Method, KeyButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._build_methods())
        column.addWidget(self.parts)
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
        self._method_row = row = QHBoxLayout()
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

    def _fit_methods(self, *, all_five: bool) -> None:
        """Five methods have no room for icons: each is as wide as its word and its key, so that none is cut off."""
        self.methods["transfer"].setVisible(all_five)
        for index, (method, button) in enumerate(self.methods.items()):
            button.set_icon("" if all_five else ICONS[method])
            self._method_row.setStretch(index, 0 if all_five else 1)

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
        self._fit_methods(all_five=bool(payment.transfer_account))
        self.choose("cash")

    def choose(self, method: Method) -> None:
        """Another method. What was typed before it was chosen is kept as a part: see the module and the split page."""
        payment = self.payment
        if payment is None:
            return
        if payment.method == "split" and method != "split" and self._take_amount(payment, method):
            return
        if payment.method == "cash" and method != "cash":
            self._keep_cash(payment)
        if method == "cash":  # its page pays all that is open
            payment.part = None
        self._show(method)

    def _show(self, method: Method) -> None:
        payment = self.payment
        if payment is None:
            return
        previous = self._pages[payment.method]
        if previous is not self._pages[method]:
            previous.leave()
        payment.method = method
        self.parts.show_parts(payment)
        self.methods[method].setChecked(True)
        self._stack.setCurrentIndex(list(self._pages).index(method))
        self._pages[method].begin(payment)
        self._refresh()
        problem = self._pages[method].problem()
        if problem is not None:
            self.refused.emit(problem)
        self.stepped.emit()

    def _take_amount(self, payment: Payment, method: Method) -> bool:
        """The amount of the split page is what ``method`` pays; True when nothing further is asked."""
        problem = self.split.problem_with(method)
        if problem is not None:
            self.refused.emit(problem)
            return True
        typed = self.split.field.value()
        if method == "cash" and typed is not None:
            self._take(Offer("cash", typed))
            return True
        payment.part = typed
        return False

    def _keep_cash(self, payment: Payment) -> None:
        """Cash that does not suffice is a part of what another method completes (message 9)."""
        typed = self.cash.field.value()
        if typed and payment.change(typed) < 0:
            payment.add_part(Offer("cash", typed))
            text = _("{amount} in cash is noted. {rest} is left.")
            self.told.emit(Message("I", text.format(amount=rupiah(typed), rest=rupiah(payment.due))))

    def _take(self, offer: Offer) -> None:
        """Finishes with the tender that completes the sale; else it is a part."""
        payment = self.payment
        if payment is None:
            return
        if payment.completes(offer):
            self.paid.emit(offer)
            return
        payment.add_part(offer)
        self._show("split")

    def begin_again(self) -> None:
        """Fills the page anew after the total changed; an amount that was typed before is asked again."""
        if self.payment is not None:
            self._show(self.payment.method if self.payment.part is None else "split")

    def leave(self) -> None:
        """The panel is no longer shown."""
        for page in self._pages.values():
            page.leave()

    def finish(self) -> None:
        """The main button: pays when everything is there, else says what is missing."""
        payment = self.payment
        if payment is None or (payment.method == "tab" and self.tab.take_highlighted()):
            return
        page = self._pages[payment.method]
        offer = page.offer() if page.ready() else None
        if offer is None:
            self.refused.emit(self._why_not(payment))
            return
        problem = payment.refusal(offer.amount, offer.kind) if payment.method == "split" and offer.amount else None
        if problem is not None:
            self.refused.emit(problem)
            return
        if payment.method == "tab" and self.tab.member is not None:
            view = payment.tab_view(self.tab.member)
            if payment.over_limit(view) is not None:
                self.approval_wanted.emit(view)
                return
            refused = self.tab.confirm()
            if refused is not None:
                self.refused.emit(refused)
                return
        self._take(offer)

    def escape(self) -> bool:
        """One step back inside the panel; False when it should close."""
        payment = self.payment
        if payment is None:
            return False
        if self._pages[payment.method].escape():
            return True
        if payment.part is not None:
            payment.part = None
            self._show("split")
            return True
        if payment.parts:
            self._on_part_removed(len(payment.parts) - 1)
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.finish()
            return
        split = self.payment is not None and self.payment.method == "split"
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        digit = event.key() - Qt.Key.Key_0.value
        if alt and 1 <= digit <= 6:
            (self.split if split else self.cash).choose_quick(digit)
            return
        if self._pages_key(event):
            return
        method = KEYS.get(chr(event.key())) if event.key() < 128 else None
        if method is not None and self.methods[method].isVisible():
            self.choose(method)
            return
        super().keyPressEvent(event)

    def _pages_key(self, event: QKeyEvent) -> bool:
        """Keys of single pages: P and L with the QR code, G for a signature instead of the PIN."""
        key = chr(event.key()) if event.key() < 128 else ""
        if self.qris.isVisible() and key in self.qris.keys:
            self.qris.keys[key].click()
            return True
        if self.tab.isVisible() and key == "G":
            self.tab.toggle_signature()
            return True
        return False

    def _on_note(self, amount: int) -> None:
        self._take(Offer("cash", amount))

    def _on_part_removed(self, number: int) -> None:
        if self.payment is not None:
            self.payment.remove_part(number)
            self.payment.part = None
            self._show("split")

    def _why_not(self, payment: Payment) -> Message:
        if payment.method == "cash":
            return numbered(9, amount=rupiah(-payment.change(self.cash.field.value() or 0)))
        if payment.method == "tab":
            return Message("E", _("Choose who buys on the tab."))
        return Message("E", _("Enter the last 4 digits of the buyer's reference."))

    def _refresh(self) -> None:
        payment = self.payment
        if payment is None:
            return
        method = payment.method
        words: dict[Method, str] = {"qris": _("Paid"), "transfer": _("Paid"), "tab": _("Record tab")}
        if payment.part is not None or (method == "split" and not self._completes()):
            words[method] = _("Add part")
        self.main.setText(words.get(method, _("Finish & print")))
        self.main.setEnabled(self._pages[method].ready())

    def _completes(self) -> bool:
        offer = self.split.offer()
        return self.payment is not None and offer is not None and self.payment.completes(offer)

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
