"""The QRIS and transfer pages of the Pay panel: paid elsewhere, confirmed by the buyer's reference."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from pos_app.domain.formats import rupiah
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screens.sell.pay_common import GAP, Page, centred, reference_field
from pos_app.ui.screens.sell.payment import REFERENCE_DIGITS, Payment, QrCodeToShow
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import buddy_label
from pos_app.ui.widgets.qr import QrCode

ROW_GAP: Final = 4


class QrisPage(Page):
    """QRIS: the code, who is paid, how long it has been waiting, and the buyer's reference."""

    code_changed = Signal(str)
    """The code to show in the cart's place; empty for none."""
    print_wanted = Signal(str, int)
    """Payload and rupiah of the code that is wanted on paper."""
    display_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        frame, column = padded_card(spacing=ROW_GAP)
        column.setContentsMargins(16, GAP, 16, GAP)
        self.qr = QrCode()
        self._caption = centred(theme, "caption", "muted")
        self._caption.setWordWrap(True)
        self.typed = centred(theme, "row", "text", 700)
        self.waiting = centred(theme, "body", "warning", 700)
        self.waiting.setWordWrap(True)
        for widget in (self.qr, self._caption, self.typed, self.waiting):
            column.addWidget(widget)
        column.setStretch(0, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.field = reference_field(theme)
        self.field.textChanged.connect(self.changed)
        row.addWidget(buddy_label(theme, _("Last &4 digits of reference"), self.field))
        row.addWidget(self.field, 1)
        column.addLayout(row)
        column.addLayout(self._build_buttons())
        self.column.addWidget(frame, 1)
        self.since = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.show_waiting)
        self.shown = QrCodeToShow()
        self._elsewhere = ""
        theme.changed.connect(self._place)

    def _build_buttons(self) -> QHBoxLayout:
        paper = KeyButton(self.theme, _("Print QR"), key="P", icon="printer")
        paper.clicked.connect(self._on_print)
        display = KeyButton(self.theme, _("Buyer display"), key="L", icon="monitor")
        display.clicked.connect(self.display_wanted)
        self.keys = {"P": paper, "L": display}
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for button in self.keys.values():
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button, 1)
        return row

    def begin(self, payment: Payment) -> None:
        self.payment = payment
        self.shown = payment.qr()
        self.qr.show_text(self.shown.payload)
        self._caption.setText(self.shown.caption)
        typed = _("The buyer types {amount}").format(amount=rupiah(self.shown.amount_to_type))
        self.typed.setText(typed if self.shown.amount_to_type else "")
        self.typed.setVisible(bool(self.shown.amount_to_type))
        self.keys["P"].setEnabled(bool(self.shown.payload))
        self.since = time.monotonic()
        self.show_waiting()
        self._timer.start()
        self.field.clear()
        self.field.setFocus()
        self._place()

    def ready(self) -> bool:
        return len(self.field.text()) >= REFERENCE_DIGITS

    def offer(self) -> Offer | None:
        return Offer("qris", self.payment.asked, reference=self.field.text()) if self.payment is not None else None

    def problem(self) -> Message | None:
        return self.shown.error

    def leave(self) -> None:
        self._timer.stop()
        self.payment = None
        self._elsewhere = ""
        self.code_changed.emit("")

    def _on_print(self) -> None:
        if self.payment is not None:
            self.print_wanted.emit(self.shown.payload, self.payment.asked)

    def show_waiting(self) -> None:
        """Paints how long the buyer has been waited for."""
        seconds = int(time.monotonic() - self.since)
        clock = f"{seconds // 60:02d}.{seconds % 60:02d}"
        self.waiting.setText(_("Waiting for buyer · {time}").format(time=clock))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Where the panel has no room for the code, it takes the cart's place."""
        if self.payment is None:
            return
        small = self.theme.compact or not self._has_room()
        self.qr.setVisible(not small)
        code = self.shown.payload if small else ""
        if code != self._elsewhere:
            self._elsewhere = code
            self.code_changed.emit(code)

    def _has_room(self) -> bool:
        """Whether all rows and the smallest code fit into the part of the panel that can be seen."""
        viewport = self.parentWidget()
        rows = [self._caption, self.waiting, self.field, self.keys["P"]]
        if self.shown.amount_to_type:
            rows.append(self.typed)
        heights = [max(row.minimumHeight(), row.minimumSizeHint().height()) for row in rows]
        needed = self.qr.minimumSizeHint().height() + sum(heights) + ROW_GAP * len(rows) + 2 * GAP + 2
        return viewport is None or viewport.height() >= needed


class TransferPage(Page):
    """Transfer to the corner's bank account."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        frame, column = padded_card()
        self._account = Text(theme, step="title", weight=700)
        self._account.setWordWrap(True)
        self._amount = AmountText(theme, ("change", "received", "button"))
        column.addWidget(Text(theme, _("Transfer to"), tone="muted"))
        column.addWidget(self._account)
        column.addWidget(rule())
        column.addWidget(self._amount)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.field = reference_field(theme)
        self.field.textChanged.connect(self.changed)
        row.addWidget(buddy_label(theme, _("Last &4 digits of reference"), self.field))
        row.addWidget(self.field, 1)
        column.addLayout(row)
        self.column.addWidget(frame)
        self.column.addStretch(1)

    def begin(self, payment: Payment) -> None:
        self.payment = payment
        self._account.setText(payment.transfer_account)
        self._amount.setText(rupiah(payment.asked))
        self.field.clear()
        self.field.setFocus()

    def ready(self) -> bool:
        return len(self.field.text()) >= REFERENCE_DIGITS

    def offer(self) -> Offer | None:
        return Offer("transfer", self.payment.asked, reference=self.field.text()) if self.payment is not None else None
