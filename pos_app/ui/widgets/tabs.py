"""Text tabs with a line under the chosen one: ``Tabs(theme, ["Favorit", "Makanan"])`` emits ``chosen(int)``."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from pos_app.ui.theme import Theme


class _Tab(QAbstractButton):
    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self.theme = theme
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.step = "chip"
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.theme.metrics("chip", 700).horizontalAdvance(self.text()) + 12, self.theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        color = self.theme.color
        chosen = self.isChecked()
        ink = "disabled" if not self.isEnabled() else "primary" if chosen else "muted"
        weight = 700 if chosen else 400
        metrics = self.theme.metrics(self.step, weight)
        painter.setFont(self.theme.font(self.step, weight))
        painter.setPen(color(ink))
        box = QRectF(self.rect())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, int(box.width()) - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if chosen:
            painter.fillRect(QRectF(0, box.height() - 3, box.width(), 3), color("primary"))
        if self.hasFocus():
            painter.setPen(QPen(color("focus"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)


class Tabs(QWidget):
    """A row of exclusive tabs; see the module."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, labels: Sequence[str]) -> None:
        super().__init__()
        self.theme = theme
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._tabs: list[_Tab] = []
        self.set_labels(labels)
        theme.changed.connect(self._on_theme_changed)

    def set_labels(self, labels: Sequence[str]) -> None:
        """Replaces the tabs and chooses the first."""
        if [tab.text() for tab in self._tabs] == list(labels):
            return
        for old in self._tabs:
            self._row.removeWidget(old)
            old.deleteLater()
        self._tabs = [_Tab(self.theme, label) for label in labels]
        for tab in self._tabs:
            tab.clicked.connect(self._on_clicked)
            self._row.addWidget(tab, tab.sizeHint().width())
        if self._tabs:
            self._tabs[0].setChecked(True)

    def current(self) -> int:
        """Number of the chosen tab."""
        return next((number for number, tab in enumerate(self._tabs) if tab.isChecked()), 0)

    def choose(self, number: int) -> None:
        """Chooses a tab and tells it."""
        self._tabs[number].setChecked(True)
        self.chosen.emit(number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Short of room every tab takes smaller letters, and each a share of the row by its words."""
        fits = sum(tab.sizeHint().width() for tab in self._tabs) <= self.width()
        for tab in self._tabs:
            tab.step = "chip" if fits else "caption"
            tab.update()

    def _on_clicked(self) -> None:
        self.chosen.emit(self.current())

    def _on_theme_changed(self) -> None:
        for tab in self._tabs:
            tab.updateGeometry()
        self._fit()
