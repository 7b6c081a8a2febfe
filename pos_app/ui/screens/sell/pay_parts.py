"""What was recorded of a payment in parts, above the page of the method that is chosen. Widgets only.

``PaidParts(theme)``; ``show_parts(payment)``; signal ``removed(number)``.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ui.screens.sell.payment import Payment, method_words
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton

LARGE: Final = 130
"""Above this text scale only what is left is told."""


class PaidParts(QWidget):
    """See the module."""

    removed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        frame, column = padded_card(spacing=0)
        column.setContentsMargins(16, 4, 16, 4)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        sums = QHBoxLayout()
        self._paid = Text(theme, tone="muted")
        self.open = Text(theme, weight=700, tone="danger")
        sums.addWidget(self._paid, 1)
        sums.addWidget(self.open)
        column.addLayout(sums)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.hide()

    def show_parts(self, payment: Payment) -> None:
        """Paints the parts, newest last; hidden while there are none."""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, part in enumerate(payment.parts):
            self._rows.addWidget(self._row(number, part))
        paid = sum(part.amount for part in payment.parts)
        self._paid.setText(_("Paid so far {amount}").format(amount=rupiah(paid)))
        self.open.setText(_("Short {amount}").format(amount=rupiah(max(0, payment.due))))
        self._paid.setVisible(self.theme.scale <= LARGE)
        self.setVisible(bool(payment.parts))

    def _row(self, number: int, part: Offer) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        detail = _("ref {reference}").format(reference=part.reference) if part.reference else part.staff or ""
        line.addWidget(IconText(self.theme, "check-circle-outline", 18, "success"))
        line.addWidget(Text(self.theme, f"{method_words(part.kind)}  {detail}".strip()), 1)
        line.addWidget(Text(self.theme, rupiah(part.amount), step="row", weight=700))
        remove = KeyButton(self.theme, "", kind="link", icon="close")
        remove.setAccessibleName(_("Remove part"))
        remove.clicked.connect(partial(self.removed.emit, number))
        line.addWidget(remove)
        return row
