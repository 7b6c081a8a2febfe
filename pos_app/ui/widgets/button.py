"""The button of the window: words, an optional icon, badge or amount, and its key in a cap.

``KeyButton(theme, "Simpan", key="F6", kind="plain", icon="", badge="")``; kinds:
plain (40 high), main (72 high, filled; exactly one per screen), method (checkable, chosen by fill and border),
link (text only, in strips and headers), pad (centred, number pad), danger (red edge), chip (pill, checkable).
``accessibleName`` is the words with the key. Clicking never takes the focus; Tab does. Enter and Space press it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from pos_app.ui.icons import draw_icon
from pos_app.ui.theme import Theme, widest_fitting

_HEIGHTS: Final = {"plain": 40, "main": 72, "method": 48, "link": 32, "pad": 42, "danger": 40, "chip": 32}
_STEPS: Final = {"main": "button", "pad": "scan", "chip": "chip"}
_PADDING: Final = {"main": 20, "link": 6, "chip": 12}
_GAP: Final = 8


class KeyButton(QAbstractButton):
    """One painted button; see the module for its kinds."""

    def __init__(
        self, theme: Theme, text: str, *, key: str = "", kind: str = "plain", icon: str = "", badge: str = ""
    ) -> None:
        super().__init__()
        self.theme = theme
        self.kind = kind
        self.key = key
        self._icon_name = icon
        self._badge = badge
        self._amount = ""
        self.setCheckable(kind in ("method", "chip"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setText(text)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(f"{text} ({self.key})" if self.key else text)
        self.updateGeometry()
        self.update()

    def set_badge(self, badge: str) -> None:
        """A small figure beside the words; empty for none."""
        if badge != self._badge:
            self._badge = badge
            self.updateGeometry()
            self.update()

    def set_icon(self, name: str) -> None:
        """Another glyph; empty for none."""
        self._icon_name = name
        self.updateGeometry()
        self.update()

    def set_amount(self, amount: str) -> None:
        """The figure at the right of a main button."""
        if amount != self._amount:
            self._amount = amount
            self.update()

    def sizeHint(self) -> QSize:
        width = self._metrics(700).horizontalAdvance(self.text()) if self.text() else 0
        if self._icon_name:
            width += self._icon_size() + (_GAP if self.text() else 0)
        if self._badge:
            width += self._badge_width() + _GAP
        if self._shows_key():
            width += self._cap_width() + _GAP
        return QSize(width + 2 * self._padding() + 2, self.theme.px(_HEIGHTS[self.kind]))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.animateClick()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._paint_box(painter)
        if self.kind == "pad" or (self.kind == "chip" and not self._badge and not self._icon_name):
            self._paint_centred(painter, ink)
            return
        self._paint_row(painter, ink)

    def _paint_row(self, painter: QPainter, ink: QColor) -> None:
        area = QRectF(self.rect()).adjusted(self._padding(), 0, -self._padding(), 0)
        left = area.left()
        if self._icon_name:
            size = self._icon_size()
            draw_icon(painter, self._icon_name, QRectF(left, 0, size, area.height()), ink, size)
            left += size + _GAP
        right = area.right()
        bold = self.kind in ("main", "link") or self.isChecked()
        weight = 700 if bold else 400
        step = self._fitting_step(int(right - left), weight)
        width = self.theme.metrics(step, weight).horizontalAdvance(self.text())
        cap = self._shows_key() and width + self._cap_width() + _GAP <= right - left
        if cap and self.kind != "link" and not self._amount:
            right -= self._cap_width()
            self._paint_cap(painter, right, ink)
            right -= _GAP
        if self._amount:
            right -= self._paint_amount(painter, area, ink)
        painter.setFont(self.theme.font(step, weight))
        painter.setPen(ink)
        painter.drawText(QRectF(left, 0, right - left, area.height()), _LEFT, self.text())
        left += width + _GAP
        if self._badge:
            self._paint_badge(painter, left)
        elif cap and (self._amount or self.kind == "link"):
            if self.kind == "link":
                painter.drawText(QRectF(left, 0, self._cap_width() + 2, area.height()), _LEFT, self.key)
            else:
                self._paint_cap(painter, left + 2, ink)

    def _fitting_step(self, width: int, weight: int) -> str:
        """The kind's own step; a main button that is short of room takes a smaller one rather than clip."""
        if self.kind != "main" or self._amount:
            return self._step()
        return widest_fitting(self.theme, self.text(), width, ("button", "scan", "body"), weight)

    def _paint_centred(self, painter: QPainter, ink: QColor) -> None:
        if self._icon_name and not self.text():
            draw_icon(painter, self._icon_name, QRectF(self.rect()), ink, self._icon_size() + 4)
            return
        weight = 700 if self.kind == "pad" or self.isChecked() else 400
        painter.setFont(self.theme.font(self._step(), weight))
        painter.setPen(ink)
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text())

    def _paint_amount(self, painter: QPainter, area: QRectF, ink: QColor) -> float:
        taken = self._metrics(700).horizontalAdvance(self.text()) + self._cap_width() + 3 * _GAP
        free = int(area.width()) - taken
        step = next(
            (s for s in ("button", "scan", "body") if self._amount_width(s) <= free),
            "body",
        )
        painter.setFont(self.theme.font(step, 700))
        painter.setPen(ink)
        painter.drawText(area, _RIGHT, self._amount)
        return self._amount_width(step) + _GAP

    def _amount_width(self, step: str) -> int:
        return self.theme.metrics(step, 700).horizontalAdvance(self._amount)

    def _paint_box(self, painter: QPainter) -> QColor:
        """Background, edge and focus ring; returns the colour of the words."""
        color = self.theme.color
        fill, edge, ink, width = self._colors()
        box = QRectF(self.rect())
        radius = box.height() / 2 if self.kind == "chip" else 8.0 if self.kind == "main" else 6.0
        if fill or edge:
            inset = width / 2 if edge else 0
            painter.setPen(QPen(color(edge), width) if edge else Qt.PenStyle.NoPen)
            painter.setBrush(color(fill) if fill else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)
        if self.hasFocus():
            filled = self.kind == "main" and self.isEnabled()
            ring = 3.0 if filled else 2.0
            inset = ring / 2 + (3 if filled else 0)
            painter.setPen(QPen(color("focus_on_fill" if filled else "focus"), ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)
        return color(ink)

    def _colors(self) -> tuple[str, str, str, float]:
        """Fill, edge, ink and edge width."""
        if not self.isEnabled():
            if self.kind == "main":
                return "surface2", "", "disabled", 0
            return ("" if self.kind == "link" else "surface"), ("" if self.kind == "link" else "line"), "disabled", 1
        if self.kind == "main":
            fill = "primary_pressed" if self.isDown() else "primary_hover" if self.underMouse() else "primary"
            return fill, "", "on_primary", 0
        hover = self.isDown() or self.underMouse()
        if self.kind == "link":
            return "", "", "primary", 0
        if self.isChecked():
            return "primary_soft", "primary", "primary" if self.kind == "chip" else "text", 2
        ink = "danger" if self.kind == "danger" else "text"
        return ("surface2" if hover else "surface"), ("danger" if self.kind == "danger" else "border"), ink, 1

    def _paint_cap(self, painter: QPainter, left: float, ink: QColor) -> None:
        metrics = self.theme.metrics("caption")
        height = metrics.height() + 3
        top = (self.height() - height) / 2
        box = QRectF(left + 0.5, round(top) + 0.5, self._cap_width() - 1, height)
        painter.setPen(QPen(ink, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(self.theme.font("caption"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.key)

    def _paint_badge(self, painter: QPainter, left: float) -> None:
        enabled = self.isEnabled()
        height = self.theme.px(20)
        box = QRectF(left, (self.height() - height) / 2, self._badge_width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("primary_soft" if enabled else "surface2"))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(self.theme.font("caption", 700))
        painter.setPen(self.theme.color("primary" if enabled else "disabled"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._badge)

    def _shows_key(self) -> bool:
        return bool(self.key) and (self.kind in ("main", "link") or not self.theme.compact)

    def _cap_width(self) -> int:
        if not self.key:
            return 0
        if self.kind == "link":
            return self._metrics(700).horizontalAdvance(self.key)
        return self.theme.metrics("caption").horizontalAdvance(self.key) + 14

    def _badge_width(self) -> int:
        return self.theme.metrics("caption", 700).horizontalAdvance(self._badge) + 16

    def _icon_size(self) -> int:
        return self.theme.px(24 if self.kind == "main" else 16 if self.kind == "chip" else 18)

    def _padding(self) -> int:
        return _PADDING.get(self.kind, 10)

    def _step(self) -> str:
        return _STEPS.get(self.kind, "body")

    def _metrics(self, weight: int) -> QFontMetrics:
        return self.theme.metrics(self._step(), weight)

    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(self.theme.px(_HEIGHTS[self.kind]))
        self.updateGeometry()
        self.update()


_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
