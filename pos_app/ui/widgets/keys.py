"""The key overlay (F1): ``KeyOverlay(theme, parent)``, ``show_keys([("F12", "Bayar")])``; Esc, F1 or a click closes.

While it is open no other key reaches the window: nobody who looks a key up sets off what lies behind the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, rule

_KEYS: Final = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


class KeyOverlay(QFrame):
    """A card over the middle of the window; it takes no focus, so a scan still lands in the screen below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setProperty("card", "overlay")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addWidget(Text(theme, _("Keys"), step="title", weight=700))
        column.addWidget(rule())
        column.addLayout(self._grid)
        column.addWidget(Text(theme, _("Esc closes"), step="caption", tone="muted"))
        self.hide()

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Fills and centres the card; two columns of keys."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        half = -(-len(keys) // 2)
        for number, (key, words) in enumerate(keys):
            row, side = number % half, number // half * 2
            self._grid.addWidget(Text(self.theme, key, weight=700, tone="primary"), row, side)
            self._grid.addWidget(Text(self.theme, words), row, side + 1)
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move(max(0, (parent.width() - self.width()) // 2), max(0, (parent.height() - self.height()) // 2))
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys to the widgets of this window: Esc closes the card, F1 goes on, the rest is lost.

        An accepted override keeps a key from being a shortcut; as a plain key press it then ends here.
        """
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QWidget) or watched.window() is not self.window():
            return False
        if event.key() == Qt.Key.Key_F1:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.hide()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(True)
        self.hide()

    @staticmethod
    def window_keys() -> list[tuple[str, str]]:
        """Keys that mean the same on every screen."""
        return [
            ("F1", _("These keys")),
            ("F11", _("Full screen")),
            ("Ctrl+1 … 9", _("Screens")),
            ("Ctrl+L", _("Lock")),
            ("Ctrl+Enter", _("Button of the message")),
            ("Esc", _("One step back")),
        ]
