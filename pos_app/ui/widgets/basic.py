"""Labels, cards and rules that follow the theme.

``Text(theme, "Total", step="body", weight=600, tone="muted")`` - tones: text, muted, primary, success, warning, danger.
``AmountText(theme, ("total", "final"))`` - right-aligned figure that drops a type step instead of eliding.
``IconText(theme, "printer", 18, tone)`` - one glyph.
``card(kind)`` - frame with border and radius; kinds: plain, success, danger, warning, overlay, bar.
``rule()`` - thin line between parts.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from pos_app.ui.elide import elide_keep_end
from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme, widest_fitting


class Text(QLabel):
    """A label with a step of the type scale and a tone."""

    def __init__(
        self, theme: Theme, text: str = "", *, step: str = "body", weight: int = 400, tone: str = "text"
    ) -> None:
        super().__init__(text)
        self.theme = theme
        self._step = step
        self._weight = weight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self._apply()
        theme.changed.connect(self._apply)

    def set_tone(self, tone: str) -> None:
        """Changes the colour by token name."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            repolish(self)
            self._apply()

    def set_step(self, step: str, weight: int | None = None) -> None:
        """Changes the type step, and the weight when given."""
        self._step = step
        self._weight = self._weight if weight is None else weight
        self._apply()

    def _apply(self) -> None:
        self.setFont(self.theme.font(self._step, self._weight))


class NameText(Text):
    """A name that is cut with an ellipsis where its room ends; the whole name is its tooltip."""

    def __init__(self, theme: Theme, *, step: str = "body", weight: int = 400) -> None:
        self._whole = ""
        super().__init__(theme, step=step, weight=weight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _apply(self) -> None:
        super()._apply()
        self._fit()

    def _fit(self) -> None:
        super().setText(elide_keep_end(self._whole, self.width(), self.fontMetrics().horizontalAdvance))


class AmountText(Text):
    """A figure that never elides: it takes the first of ``steps`` at which it fits its width."""

    def __init__(
        self, theme: Theme, steps: tuple[str, ...] = ("total", "change", "received", "button"), *, tone: str = "text"
    ) -> None:
        self._steps = steps
        super().__init__(theme, "", step=steps[0], weight=700, tone=tone)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        smallest = self.theme.metrics(self._steps[-1], 700)
        return QSize(smallest.horizontalAdvance(self.text()), self.theme.metrics(self._steps[0], 700).height())

    def sizeHint(self) -> QSize:
        metrics = self.theme.metrics(self._steps[0], 700)
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height())

    def _apply(self) -> None:
        self._fit()

    def _fit(self) -> None:
        step = widest_fitting(self.theme, self.text(), max(1, self.width()), self._steps)
        font = self.theme.font(step, 700)
        if self.font() != font:
            self.setFont(font)


class IconText(QWidget):
    """One glyph in a colour token; decoration only, so its meaning also stands in words beside it."""

    def __init__(self, theme: Theme, name: str, size: int = 18, tone: str = "text") -> None:
        super().__init__()
        self.theme = theme
        self._name = name
        self._size = size
        self._tone = tone
        self.setFixedSize(theme.px(size), theme.px(size))
        theme.changed.connect(self._resize)

    def set_icon(self, name: str, tone: str) -> None:
        """Shows another glyph."""
        self._name, self._tone = name, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        tone = self._tone if self.isEnabled() else "disabled"
        draw_icon(painter, self._name, QRectF(self.rect()), self.theme.color(tone), self.width())

    def _resize(self) -> None:
        self.setFixedSize(self.theme.px(self._size), self.theme.px(self._size))


def card(kind: str = "plain") -> QFrame:
    """A framed surface; put a layout on it."""
    frame = QFrame()
    frame.setProperty("card", kind)
    return frame


def padded_card(kind: str = "plain", spacing: int = 8) -> tuple[QFrame, QVBoxLayout]:
    """A card with a column in it, 16 px padding at the sides and 12 above and below."""
    frame = card(kind)
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(spacing)
    return frame, column


def rule() -> QFrame:
    """A decorative line of one pixel."""
    frame = QFrame()
    frame.setProperty("rule", True)
    frame.setFixedHeight(1)
    return frame


def repolish(widget: QWidget) -> None:
    """Applies the style sheet again after a dynamic property changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
