"""Figures to look at: ``StatCard`` (caption, figure, remark), ``Bars`` (horizontal bars from zero with values) and
``ChartCard``, a titled chart that shows its table instead when asked (``show_table``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text
from pos_app.ui.widgets.table import Cell, RowsModel, TwoLineTable


class StatCard(QFrame):
    """One figure with its caption and a remark below."""

    def __init__(self, theme: Theme, caption: str) -> None:
        super().__init__()
        self.setProperty("card", "plain")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._caption = Text(theme, caption, step="caption", weight=700, tone="muted")
        self.figure = AmountText(theme, ("received", "button", "title", "body", "caption"))
        self.figure.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._remark = Text(theme, step="caption", tone="muted")
        self._remark.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(0)
        for widget in (self._caption, self.figure, self._remark):
            column.addWidget(widget)

    def show_figure(self, figure: str, remark: str = "", tone: str = "text") -> None:
        """Shows a figure and what is to be said of it."""
        self.figure.setText(figure)
        self.figure.set_tone(tone)
        self._remark.setText(remark)
        self.setAccessibleName(f"{self._caption.text()} {figure} {remark}".strip())


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: words, its length (not below 0), its figure, a remark behind it, its colour among the series (1-5)."""

    label: str
    value: int
    figure: str
    remark: str = ""
    series: int = 1


class Bars(QWidget):
    """Bars share one axis at zero; an empty chart keeps its axis and says why it is empty."""

    def __init__(self, theme: Theme, *, empty: str, label_width: int = 0) -> None:
        super().__init__()
        self.theme = theme
        self.bars: list[Bar] = []
        self._empty = empty
        self._label_width = label_width
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        theme.changed.connect(self._on_theme_changed)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Replaces the bars."""
        self.bars = list(bars)
        self.setAccessibleName("; ".join(f"{bar.label} {bar.figure}" for bar in bars) or self._empty)
        self.updateGeometry()
        self.update()

    def set_empty(self, words: str) -> None:
        """What an empty chart says."""
        self._empty = words
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(220), self._least() * max(len(self.bars), 3) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        metrics = self.theme.metrics("body")
        labels = max((metrics.horizontalAdvance(bar.label) for bar in self.bars), default=20)
        axis = min(max(labels, self.theme.px(self._label_width)), self.width() // 2) + 10
        painter.fillRect(QRectF(axis, 0, 1, self.height()), self.theme.color("border"))
        if not self.bars:
            painter.setFont(self.theme.font("body"))
            painter.setPen(self.theme.color("muted"))
            painter.drawText(QRectF(axis + 10, 0, self.width() - axis - 10, self.height()), _MIDDLE, self._empty)
            return
        figures = max(metrics.horizontalAdvance(f"{bar.figure}  {bar.remark}") for bar in self.bars)
        longest = max(*(bar.value for bar in self.bars), 1)
        room = max(20, self.width() - axis - figures - 16)
        for number, bar in enumerate(self.bars):
            self._paint_bar(painter, bar, number * self._row() + 2, axis, max(bar.value, 0) * room / longest)

    def _paint_bar(self, painter: QPainter, bar: Bar, top: float, axis: float, length: float) -> None:
        row = self._row()
        color = self.theme.color
        painter.setFont(self.theme.font("body"))
        painter.setPen(color("muted"))
        words = self.theme.metrics("body").elidedText(bar.label, Qt.TextElideMode.ElideRight, int(axis) - 8)
        painter.drawText(QRectF(0, top, axis - 8, row), Qt.AlignmentFlag.AlignRight | _MIDDLE, words)
        painter.fillRect(QRectF(axis + 1, top + 3, length, row - 6), color(f"series{bar.series}"))
        painter.setPen(color("text"))
        text = f"{bar.figure}  {bar.remark}".rstrip()
        painter.drawText(QRectF(axis + length + 8, top, self.width(), row), Qt.AlignmentFlag.AlignLeft | _MIDDLE, text)

    def _least(self) -> int:
        return self.theme.metrics("body").height() + 8

    def _row(self) -> int:
        """Height of a bar: more where there is room, up to twice the least."""
        fair = (self.height() - 4) // max(len(self.bars), 1)
        return max(self._least(), min(fair, 2 * self._least()))

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class BarsModel(RowsModel[Bar]):
    """The figures of bars as a table."""

    def cells(self, row: Bar) -> Sequence[Cell]:
        return Cell(row.label), Cell(row.figure, bold=True), Cell(row.remark, tone="muted")


class ChartCard(QFrame):
    """A titled chart in a card, and the table that takes its place when asked."""

    def __init__(self, theme: Theme, title: str, model: RowsModel[Any], *, empty: str) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("card", "plain")
        self._empty = empty
        self.chart = Bars(theme, empty=_("Loading …"))
        self.title = Text(theme, title, step="row", weight=700)
        self.model = model
        self.table = TwoLineTable(theme, model, empty=empty, row_height=32)
        self.table.setAccessibleName(title)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self.title, self.chart, self.table):
            column.addWidget(widget, 0 if widget is self.title else 1)
        model.modelReset.connect(self._fit)
        model.rowsInserted.connect(self._fit)
        theme.changed.connect(self._fit)
        self._fit()

    @property
    def bars(self) -> list[Bar]:
        """What is shown."""
        return self.chart.bars

    def set_empty(self, words: str) -> None:
        """What it says when there is nothing to show; until then it says that it is being read."""
        self._empty = words
        self.table.set_empty(words)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Replaces the bars, and the rows of a table that is made of them."""
        self.chart.set_empty(self._empty)
        self.chart.show_bars(bars)
        if isinstance(self.model, BarsModel):
            self.model.set_rows(bars)

    def show_table(self, shown: bool) -> None:
        """The table in the place of the bars, or the bars again."""
        self.table.setVisible(shown)
        self.chart.setVisible(not shown)

    def _fit(self) -> None:
        """The table is as high as its rows; what surrounds it scrolls."""
        rows = max(self.model.rowCount(), 3)
        self.table.setFixedHeight((rows + 1) * self.theme.px(32) + 4)


_MIDDLE = Qt.AlignmentFlag.AlignVCenter
