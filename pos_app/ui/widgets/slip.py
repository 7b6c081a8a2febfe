"""The slip as it will be printed, on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QScrollArea

from pos_app.ui.theme import Theme


class Slip(QScrollArea):
    """Paper on the screen: black on white in both themes, every letter one column wide."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text = QLabel()
        self.text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setStyleSheet("background: #FFFFFF; color: #000000; padding: 12px 8px;")
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setWidgetResizable(False)
        self.setWidget(self.text)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_lines(self, lines: Sequence[str], columns: int) -> None:
        """Shows paper of ``columns`` letters."""
        self.text.setText("\n".join(line.ljust(columns) for line in lines))
        self.text.setAccessibleName("\n".join(lines))
        self.text.adjustSize()

    def _on_theme_changed(self) -> None:
        font = QFont()
        font.setFamilies(["Consolas", "Noto Sans Mono", "DejaVu Sans Mono", "monospace"])
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        font.setPointSizeF(9 * min(self.theme.scale, 140) / 100)
        self.text.setFont(font)
        self.text.adjustSize()
