"""What the two pages of Settings, this till and the safety of its data, share: chips at the top, cards in columns."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.forms import ChipRow


def settings_pages(shell: Shell, current: str) -> ChipRow:
    """Chips that lead from one page to the other; ``current`` is the name of the screen they stand on."""
    chips = ChipRow(shell.theme, [("settings", _("This till")), ("safety", _("Data safety"))])
    chips.choose(current)
    chips.chosen.connect(shell.go)
    return chips


class CardColumns(QWidget):
    """Columns of cards, beside each other or, where the window is ``tight``, below each other."""

    def __init__(self, columns: Iterable[Iterable[QWidget]]) -> None:
        super().__init__()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(12)
        self._cards = [list(cards) for cards in columns]
        for cards in self._cards:
            column = QVBoxLayout()
            column.setSpacing(12)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self._beside.addLayout(column, 1)

    def fit(self) -> None:
        """After cards were hidden or shown: a column without any gives its room to the others."""
        for place, cards in enumerate(self._cards):
            self._beside.setStretch(place, int(any(not card.isHidden() for card in cards)))

    def arrange(self, *, tight: bool) -> None:
        """Lays the columns anew."""
        way = QBoxLayout.Direction
        self._beside.setDirection(way.TopToBottom if tight else way.LeftToRight)
