"""The last page of a sale: change (or what was paid), receipt number, reprint, next sale.

``PaidPanel(theme)``; ``show_paid(PaidView)``; signals ``next_sale()`` and ``reprint()``. Enter is ignored for 400 ms,
so that the key that finished the sale does not start the next one.
"""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.sell.payment import PaidView
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, IconText, Text, card
from pos_app.ui.widgets.button import KeyButton

DEAF_SECONDS: Final = 0.4
LARGE: Final = 130
"""Above this text scale the icon gives its room to the words."""


class PaidPanel(QWidget):
    """See the module."""

    next_sale = Signal()
    reprint = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._shown_at = 0.0
        frame = card("success")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(4)
        inside.addStretch(1)
        self._icon = IconText(theme, "check-circle-outline", 48, "success")
        inside.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        self.headline = self._line("title")
        self.amount = AmountText(theme, ("final", "total", "change", "received"), tone="success")
        self.amount.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.detail = self._line("row")
        self.receipt = self._line("chip")
        for widget in (self.headline, self.amount, self.detail, self.receipt):
            inside.addWidget(widget)
        inside.addStretch(1)
        again = KeyButton(theme, _("Reprint"), key="F9", icon="printer")
        again.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        again.clicked.connect(self.reprint)
        self.main = KeyButton(theme, _("New sale"), key="Enter", kind="main")
        self.main.clicked.connect(self.next_sale)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(again)
        foot.addWidget(self.main, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(frame, 1)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _line(self, step: str) -> Text:
        line = Text(self.theme, step=step)
        line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        line.setWordWrap(True)
        return line

    def show_paid(self, view: PaidView) -> None:
        """Fills the page and takes the focus."""
        self.headline.setText(view.headline)
        self.amount.setText(view.amount)
        self.detail.setText(view.detail)
        self.receipt.setText(view.receipt)
        self._icon.setVisible(self.theme.scale <= LARGE)
        self._shown_at = time.monotonic()
        self.setFocus()

    @property
    def deaf(self) -> bool:
        """True while Enter still belongs to the finished sale."""
        return time.monotonic() - self._shown_at < DEAF_SECONDS

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.deaf and not event.isAutoRepeat():
                self.next_sale.emit()
            return
        super().keyPressEvent(event)
