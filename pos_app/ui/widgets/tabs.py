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
    """A row of exclusive tabs; where not all fit in small letters, the chosen one with its neighbours."""

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
        self._fit()
        self.chosen.emit(number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Short of room every tab takes smaller letters; then those far from the chosen one wait, whole words shown."""
        fits = sum(tab.sizeHint().width() for tab in self._tabs) <= self.width()
        shown = range(len(self._tabs)) if fits else self._around_the_chosen()
        for number, tab in enumerate(self._tabs):
            tab.step = "chip" if fits else "caption"
            tab.setVisible(number in shown)
            tab.update()

    def _around_the_chosen(self) -> range:
        """The tabs that fit in small letters: the next one and the one before the chosen first."""
        metrics = self.theme.metrics("caption", 700)
        widths = [metrics.horizontalAdvance(tab.text()) + 8 for tab in self._tabs]
        first = self.current()
        last = first + 1
        while True:
            wider = [(first, last + 1)] if last < len(widths) else []
            wider += [(first - 1, last)] if first else []
            wider.sort(key=lambda ends: abs(ends[0] + ends[1] - 1 - 2 * self.current()))
            found = next((ends for ends in wider if sum(widths[slice(*ends)]) <= self.width()), None)
            if found is None:
                return range(first, last)
            first, last = found

    def _on_clicked(self) -> None:
        self._fit()
        self.chosen.emit(self.current())

    def _on_theme_changed(self) -> None:
        for tab in self._tabs:
            tab.updateGeometry()
        self._fit()
