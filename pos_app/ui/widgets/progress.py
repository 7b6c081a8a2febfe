"""How far slow work is: words and a line that fills; ``Progress(theme)``, ``show_progress("Checking …", 3, 10)``.

The share is told in percent, with ``counted`` as figures.

Without a known end the line stays empty and the words stand alone. Hidden until first shown.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text


class _Line(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, self.theme.px(10))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        radius = box.height() / 2
        painter.setPen(self.theme.color("border"))
        painter.setBrush(self.theme.color("surface2"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.share > 0:
            box.setWidth(max(box.height(), box.width() * min(1.0, self.share)))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("primary"))
            painter.drawRoundedRect(box, radius, radius)


class Progress(QWidget):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = Text(theme)
        self._text.setWordWrap(True)
        self._line = _Line(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addWidget(self._line)
        self.hide()

    def show_progress(self, words: str, done: int = 0, total: int = 0, *, counted: bool = False) -> None:
        """Shows words, and how much of ``total`` is done; a total of 0 is not known."""
        if counted and total:
            count = _("{done} of {total}").format(done=thousands(done), total=thousands(total))
            words = f"{words}  {count}"
        elif total:
            words = f"{words}  {100 * done // total} %"
        self._text.setText(words)
        self._line.setVisible(total > 0)
        self._line.share = done / total if total else 0.0
        self._line.update()
        self.show()

    def text(self) -> str:
        """What is said now."""
        return self._text.text()
