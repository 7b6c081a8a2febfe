"""States in words, each with its icon: ``Facts(theme)``, ``show_facts([("Wajar", "sync", "success")])``.

Long sentences wrap. ``FactsCard(theme, title)`` is a card of them, seen while there are any.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card


class Facts(QWidget):
    """See the module."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._rows: list[tuple[QWidget, IconText, Text]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_facts(self, facts: Sequence[tuple[str, str, str]]) -> None:
        """Text, icon and tone of each."""
        while len(self._rows) < len(facts):
            self._add_row()
        for place, (row, icon, text) in enumerate(self._rows):
            row.setVisible(place < len(facts))
            if place < len(facts):
                words, name, tone = facts[place]
                icon.set_icon(name, tone)
                if text.text() != words:
                    text.setText(words)
                text.set_tone(tone)

    def text(self) -> str:
        """All sentences shown, one a line."""
        return "\n".join(text.text() for row, _icon, text in self._rows if not row.isHidden())

    def _add_row(self) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        icon = IconText(self.theme, "information-outline", 18, "muted")
        text = Text(self.theme)
        text.setWordWrap(True)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        self._column.addWidget(row)
        self._rows.append((row, icon, text))


class FactsCard:
    """``frame`` is what is placed; ``column`` takes more below the ``facts``."""

    def __init__(self, theme: Theme, title: str, kind: str = "plain") -> None:
        self.frame, self.column = padded_card(kind)
        self.facts = Facts(theme)
        self.column.addWidget(Text(theme, title, step="row", weight=700))
        self.column.addWidget(self.facts)

    def show_facts(self, facts: Sequence[tuple[str, str, str]]) -> None:
        """Text, icon and tone of each; without any the card is hidden."""
        self.facts.show_facts(facts)
        self.frame.setVisible(bool(facts))

    def text(self) -> str:
        """All sentences shown, one a line."""
        return self.facts.text()
