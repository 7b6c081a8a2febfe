"""The buyer's display: a window of its own, full on the second screen where there is one.

``BuyerDisplay(theme, corner)``; ``show_near(window)``; ``show_picture(Shown)``. It never takes the focus and never lies
over the till's window; closing it ends nothing.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.buyer_display.presenter import Shown, idle
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, IconText, NameText, Text
from pos_app.ui.widgets.qr import QrCode

ROWS: Final = 8
"""Goods shown: the newest ones."""
SIZE: Final = (640, 480)
CODE_SIDE: Final = 320
CODE_SHARE: Final = 8
"""How much more of the height is the code's than the blank above and below."""
PICTURE: Final = 128


class BuyerDisplay(QWidget):
    """See the module."""

    closed = Signal()

    def __init__(self, theme: Theme, corner: str) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.theme = theme
        self.shown = idle(corner)
        self.setObjectName("buyer_display")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWindowTitle(_("Buyer display"))
        self.setAccessibleName(_("Buyer display"))
        self.resize(*SIZE)
        self._build(corner)
        self.show_picture(self.shown)

    def _build(self, corner: str) -> None:
        theme = self.theme
        self._corner = Text(theme, corner, step="title", weight=700, tone="muted")
        self._corner.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._rows = [
            (NameText(theme, step="received"), Text(theme, step="received"), Text(theme, step="received", weight=700))
            for _row in range(ROWS)
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(0, 1)
        for number, (name, quantity, amount) in enumerate(self._rows):
            for place, label in enumerate((name, quantity, amount)):
                if place:
                    label.setAlignment(Qt.AlignmentFlag.AlignRight)
                grid.addWidget(label, number, place)
        self.code = QrCode()
        self.code.setMinimumSize(CODE_SIDE, CODE_SIDE)
        self._picture = IconText(theme, "store-outline", PICTURE, "primary")
        self.headline = self._centred("change")
        self.amount = AmountText(theme, ("final", "total", "change"))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.detail = self._centred("received")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._corner)
        column.addLayout(grid)
        column.addWidget(self.code, CODE_SHARE)
        column.addStretch(1)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.headline, self.amount, self.detail):
            column.addWidget(widget)
        column.addStretch(1)

    def _centred(self, step: str) -> Text:
        text = Text(self.theme, step=step, weight=700)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setWordWrap(True)
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return text

    def show_near(self, window: QWidget) -> None:
        """Full on another screen than ``window``'s; with one screen a plain window behind it."""
        active = window.isActiveWindow()
        own = window.screen()
        other = next((screen for screen in QGuiApplication.screens() if screen is not own), None)
        if other is not None:
            self.setGeometry(other.geometry())
            self.showFullScreen()
        else:
            self.setWindowFlag(Qt.WindowType.WindowStaysOnBottomHint)
            self.show()
        if active:  # not every window manager asks whether a new window wants the focus
            window.activateWindow()

    def show_picture(self, shown: Shown) -> None:
        """Paints another picture."""
        self.shown = shown
        self._picture.setVisible(shown.page == "idle")
        self._corner.setVisible(shown.page != "idle")
        newest = shown.lines[-ROWS:]
        for number, labels in enumerate(self._rows):
            texts = newest[number] if number < len(newest) else ("", "", "")
            for label, text in zip(labels, texts, strict=True):
                label.setText(text)
                label.setVisible(bool(text))
        self.code.show_text(shown.code)
        self.code.setVisible(bool(shown.code))
        self.headline.setText(shown.headline)
        self.amount.setText(shown.amount)
        self.amount.setVisible(bool(shown.amount))
        self.amount.set_tone("success" if shown.page == "paid" else "text")
        self.detail.setText(shown.detail)
        self.detail.setVisible(bool(shown.detail))

    def texts(self) -> list[str]:
        """Every word that can be read now."""
        labels = self.findChildren(QLabel)
        return [label.text() for label in labels if not label.isHidden() and label.text()]

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)
