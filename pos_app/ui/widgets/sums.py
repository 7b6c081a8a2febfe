"""Words at the left, figures at the right: ``Sums(theme)``, ``show_rows([SumRow("Penjualan", "Rp 1.422.000")])``.

Figures never elide; the words give way. A row may carry an icon, a tone, bold letters, larger letters or a line above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme, widest_fitting

_ROOM = 16


@dataclass(frozen=True, slots=True)
class SumRow:
    """One row; ``step`` is a step of the type scale, ``rule`` draws a line above."""

    label: str
    amount: str = ""
    tone: str = "text"
    bold: bool = False
    icon: str = ""
    rule: bool = False
    step: str = "body"


class Sums(QWidget):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: list[SumRow] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme_changed)

    def show_rows(self, rows: Sequence[SumRow]) -> None:
        """Replaces what is shown."""
        self.rows = list(rows)
        self.setAccessibleName("; ".join(f"{row.label} {row.amount}".strip() for row in rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        widest = max((self._natural_width(row) for row in self.rows), default=0)
        return QSize(widest, sum(self._height(row) for row in self.rows))

    def minimumSizeHint(self) -> QSize:
        narrowest = max((self._metrics(row).horizontalAdvance(row.amount) + 60 for row in self.rows), default=0)
        return QSize(narrowest, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        top = 0.0
        for row in self.rows:
            height = self._height(row)
            self._paint_row(painter, row, QRectF(0, top, self.width(), height))
            top += height

    def _paint_row(self, painter: QPainter, row: SumRow, area: QRectF) -> None:
        color = self.theme.color
        if row.rule:
            painter.fillRect(QRectF(area.left(), area.top() + 3, area.width(), 1), color("line"))
            area = area.adjusted(0, 7, 0, 0)
        tone = row.tone if self.isEnabled() else "disabled"
        left = area.left()
        if row.icon:
            size = self.theme.px(16)
            draw_icon(painter, row.icon, QRectF(left, area.top(), size, area.height()), color(tone), size)
            left += size + 6
        weight = 700 if row.bold else 400
        amount_step = row.step
        if row.amount:
            steps = (row.step, "title", "body", "caption") if row.step not in ("body", "caption") else (row.step,)
            amount_step = widest_fitting(self.theme, row.amount, int(area.width()) - 60, steps, weight)
        amount_width = self.theme.metrics(amount_step, weight).horizontalAdvance(row.amount) if row.amount else 0
        word_step = "body" if row.step in ("total", "change", "received", "button") else row.step
        painter.setFont(self.theme.font(word_step, weight))
        painter.setPen(color("muted" if row.tone == "text" and not row.bold and not row.icon else tone))
        free = area.right() - left - amount_width - (8 if row.amount else 0)
        words = self.theme.metrics(word_step, weight).elidedText(row.label, Qt.TextElideMode.ElideRight, int(free))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, area.top(), free, area.height()), Qt.AlignmentFlag.AlignLeft | middle, words)
        painter.setFont(self.theme.font(amount_step, weight))
        painter.setPen(color(tone))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, row.amount)

    def _metrics(self, row: SumRow) -> QFontMetrics:
        step = "body" if row.step not in ("body", "caption") else row.step
        return self.theme.metrics(step, 700 if row.bold else 400)

    def _natural_width(self, row: SumRow) -> int:
        metrics = self.theme.metrics(row.step, 700 if row.bold else 400)
        icon = self.theme.px(16) + 6 if row.icon else 0
        return icon + metrics.horizontalAdvance(row.label) + _ROOM + metrics.horizontalAdvance(row.amount)

    def _height(self, row: SumRow) -> int:
        return self.theme.metrics(row.step, 700).height() + 5 + (7 if row.rule else 0)

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
