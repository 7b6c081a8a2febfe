"""How far a guide is: ``StepBar(theme)``, ``show_steps([("Printer", "done"), ("QRIS", "now")])``.

States: ``done`` (tick), ``now``, ``open`` (still to come), ``later`` (left open on purpose). In a narrow window only
the present step keeps its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos_app.i18n import _
from pos_app.ui.icons import draw_icon
from pos_app.ui.step_state import State
from pos_app.ui.theme import Theme

_DOT: Final = 24
_GAP: Final = 8


class StepBar(QWidget):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._steps: list[tuple[str, State]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_steps(self, steps: Sequence[tuple[str, State]]) -> None:
        """Words and state of each step."""
        self._steps = list(steps)
        now = next((place for place, (_words, state) in enumerate(steps) if state == "now"), None)
        words = steps[now][0] if now is not None else ""
        name = _("Step {number} of {count}: {words}")
        self.setAccessibleName(
            name.format(number=now + 1, count=len(steps), words=words) if now is not None else _("All steps")
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.theme.px(_DOT + 12))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot, gap = self.theme.px(_DOT), self.theme.px(_GAP)
        widths = [self._width(words, state) for words, state in self._steps]
        roomy = sum(widths) + (dot + 3 * gap) * len(widths) <= self.width()
        left = 0.0
        for number, ((words, state), width) in enumerate(zip(self._steps, widths, strict=True), 1):
            self._paint_dot(painter, QRectF(left, (self.height() - dot) / 2, dot, dot), number, state)
            left += dot + gap
            if roomy or state == "now":
                painter.setFont(self.theme.font("body", 700 if state == "now" else 400))
                painter.setPen(self.theme.color("text" if state == "now" else "muted"))
                at = QRectF(left, 0, width + 2, self.height())
                painter.drawText(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
                left += width + 2 * gap

    def _width(self, words: str, state: State) -> int:
        return self.theme.metrics("body", 700 if state == "now" else 400).horizontalAdvance(words)

    def _paint_dot(self, painter: QPainter, box: QRectF, number: int, state: State) -> None:
        fill = {"done": "success_soft", "now": "primary", "open": "surface2", "later": "warning_soft"}[state]
        tone = {"done": "success", "now": "on_primary", "open": "muted", "later": "warning"}[state]
        painter.setPen(QPen(self.theme.color("primary" if state == "now" else "border"), 1))
        painter.setBrush(self.theme.color(fill))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
        if state == "done":
            draw_icon(painter, "check", box, self.theme.color(tone), self.theme.px(16))
            return
        painter.setPen(self.theme.color(tone))
        painter.setFont(self.theme.font("caption", 700))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
