"""The navigation rail at the left: brand, screens, the current one marked by fill and a gold bar.

``Rail(theme, [RailItem("sell", "Kasir", "cash-register", "Ctrl+1"), …])`` emits ``chosen(name)``.
In compact only icons are shown; the words stay as tooltip and accessible name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme

WIDE = 92
NARROW = 60


@dataclass(frozen=True, slots=True)
class RailItem:
    """One screen: name, words, glyph, key; ``lower`` items stand at the bottom."""

    name: str
    label: str
    icon: str
    key: str
    lower: bool = False


class _RailButton(QAbstractButton):
    def __init__(self, theme: Theme, item: RailItem) -> None:
        super().__init__()
        self.theme = theme
        self.item = item
        self.setText(item.label)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{item.label} ({item.key})")
        self.setToolTip(f"{item.label} · {item.key}")

    def sizeHint(self) -> QSize:
        return QSize(NARROW, 54) if self.theme.compact else QSize(WIDE, 68)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        color = self.theme.color
        box = QRectF(self.rect())
        if self.isChecked() or self.isDown():
            painter.fillRect(box, color("rail_active"))
        if self.isChecked():
            painter.fillRect(QRectF(0, 0, 4, box.height()), color("accent"))
        ink = color("rail_on" if self.isChecked() else "rail_text")
        if self.theme.compact:
            draw_icon(painter, self.item.icon, box, ink, 24)
        else:
            draw_icon(painter, self.item.icon, QRectF(0, 10, box.width(), 22), ink, 22)
            self._paint_words(painter, QRectF(6, 36, box.width() - 12, box.height() - 40))
        if self.hasFocus():
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRect(box.adjusted(2, 2, -2, -2))

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        weight = 700 if self.isChecked() else 400
        painter.setFont(self.theme.font("caption", weight))
        painter.setPen(self.theme.color("rail_on" if self.isChecked() else "rail_text"))
        bold = self.theme.metrics("caption", 700)  # the words stay where they are when they become bold
        fits = bold.horizontalAdvance(self.text()) <= area.width()
        if not fits:
            area = area.adjusted(0, -5, 0, 4)
        flags = Qt.AlignmentFlag.AlignHCenter | (Qt.AlignmentFlag.AlignTop if fits else Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(area, flags | Qt.TextFlag.TextWordWrap, self.text())


class _Brand(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(self.theme.color("accent"))
        step = "chip" if self.theme.compact else "body"
        painter.setFont(self.theme.font(step, 700))
        text = "PU" if self.theme.compact else "Pojok\nUMKM"
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, text)


class Rail(QWidget):
    """The nine screens; see the module."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, items: Sequence[RailItem]) -> None:
        super().__init__()
        self.theme = theme
        self._buttons: dict[str, _RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._brand = _Brand(theme)
        column.addWidget(self._brand)
        for item in items:
            if item.lower and not any(button.item.lower for button in self._buttons.values()):
                column.addStretch(1)
            button = _RailButton(theme, item)
            button.clicked.connect(self._on_clicked)
            self._buttons[item.name] = button
            column.addWidget(button)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_current(self, name: str) -> None:
        """Marks a screen as the current one; unknown names (login) mark none."""
        button = self._buttons.get(name)
        if button is not None:
            button.setChecked(True)

    def button(self, name: str) -> QAbstractButton:
        """The button of a screen, for tests and tours."""
        return self._buttons[name]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        QPainter(self).fillRect(self.rect(), self.theme.color("rail"))

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, _RailButton):
            self.chosen.emit(button.item.name)

    def _on_theme_changed(self) -> None:
        self.setFixedWidth(NARROW if self.theme.compact else WIDE)
        self._brand.setFixedHeight(48)
        for button in self._buttons.values():
            button.updateGeometry()
        self.update()
