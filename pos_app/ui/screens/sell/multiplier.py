"""The chip beside the scan field: how many the next scan adds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.ui.theme import Theme


class MultiplierChip(QWidget):
    """``1 ×`` when quiet, ``5 ×`` in bold when a multiplier is typed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._quantity: int | None = None
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_quantity(None)

    def show_quantity(self, quantity: int | None) -> None:
        """Thousandths of the multiplier, None for none."""
        self._quantity = quantity
        self.setAccessibleName(_("Next scan adds {quantity}").format(quantity=self.text()))
        self.update()

    def text(self) -> str:
        """``5 ×``."""
        return f"{quantity_text(self._quantity or 1000)} ×"

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self._quantity is not None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("primary_soft" if active else "surface2"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(self.theme.color("primary" if active else "muted"))
        painter.setFont(self.theme.font("button", 700 if active else 400))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.text())

    def _on_theme_changed(self) -> None:
        self.setFixedSize(self.theme.px(76), self.theme.px(48))
        self.update()
