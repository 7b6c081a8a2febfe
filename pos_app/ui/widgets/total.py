"""The card with what is due: ``TotalCard(theme)``, ``show_total("TOTAL", "Rp 137.000", "11 barang · 6 macam")``."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text


class TotalCard(QFrame):
    """Amount due, the largest text of the screen; with a caption and the counts."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("card", "plain")
        self.caption = Text(theme, step="body", weight=700, tone="muted")
        self.amount = AmountText(theme)
        self.counts = Text(theme, step="caption", tone="muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.caption)
        words.addStretch(1)
        words.addWidget(self.counts)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.addLayout(words)
        row.addWidget(self.amount, 1)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_total(self, caption: str, amount: str, counts: str = "") -> None:
        """``amount`` is already written as ``Rp 137.000``."""
        self.caption.setText(caption)
        self.amount.setText(amount)
        self.counts.setText(counts)
        self.setAccessibleName(f"{caption} {amount}")

    def _on_theme_changed(self) -> None:
        self.setFixedHeight(self.theme.px(76))
