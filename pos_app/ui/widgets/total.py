"""The card with what is due: ``TotalCard(theme)``, ``show_total("TOTAL", "Rp 137.000", "11 barang · 6 macam")``."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QFrame

from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text

LARGE = 130
"""Above this text scale the amount has a line of its own."""


class TotalCard(QFrame):
    """Amount due, the largest text of the screen; with a caption and the counts."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("card", "plain")
        self.caption = Text(theme, step="body", weight=700, tone="muted")
        self.amount = AmountText(theme)
        self.counts = Text(theme, step="caption", tone="muted")
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.setSpacing(2)
        self._words.addWidget(self.caption)
        self._words.addStretch(1)
        self._words.addWidget(self.counts)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 8, 16, 8)
        self._row.addLayout(self._words)
        self._row.addWidget(self.amount, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_total(self, caption: str, amount: str, counts: str = "") -> None:
        """``amount`` is already written as ``Rp 137.000``."""
        self.caption.setText(caption)
        self.amount.setText(amount)
        self.counts.setText(counts)
        self.setAccessibleName(f"{caption} {amount}")

    def _on_theme_changed(self) -> None:
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        enlarged = self.theme.scale > LARGE
        self._words.setDirection(right if enlarged else down)
        self._row.setDirection(down if enlarged else right)
        lines = self.theme.metrics("body", 700).height() + self.theme.metrics("total", 700).height()
        self.setFixedHeight(lines + 14 if enlarged else self.theme.px(76))
