"""The blind count of the drawer, by notes and coins. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.screens.close_shift.presenter import COINS, NOTES
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import AmountText, Text, padded_card
from pos_app.ui.widgets.fields import TextField
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

ROW_GAP: Final = 5


class PiecesField(TextField):
    """How many pieces of one value; Enter and the arrows go from field to field."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, placeholder="0")
        self.last = False
        self.setAlignment(_RIGHT)
        self.setValidator(QIntValidator(0, 9999, self))
        self.setMaxLength(4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            if not self.last:  # one Enter too many must not reach a button
                self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def value(self) -> int:
        """Pieces typed so far."""
        return int(self.text() or 0)


class CountPage(ScrollArea):
    """``changed(value, coin, pieces)`` comes with every key; the page adds nothing up itself."""

    changed = Signal(int, bool, int)

    def __init__(self, theme: Theme, drawer_words: str, actions: QWidget) -> None:
        page = QWidget()
        super().__init__(page)
        self.theme = theme
        self._grids: list[QGridLayout] = []
        self.fields: dict[tuple[int, bool], PiecesField] = {}
        self._amounts: dict[tuple[int, bool], Text] = {}
        self._row = QHBoxLayout(page)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addWidget(self._card(_("Notes"), NOTES, coin=False), 1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._card(_("Coins"), COINS, coin=True))
        total, column = padded_card()
        column.addWidget(Text(theme, _("Counted cash"), weight=700, tone="muted"))
        self.counted_text = AmountText(theme, ("change", "received", "button", "body"))
        column.addWidget(self.counted_text)
        whose = Text(theme, drawer_words, step="caption", tone="muted")
        whose.setWordWrap(True)
        column.addWidget(whose)
        right.addWidget(total)
        right.addWidget(actions)
        right.addStretch(1)
        self._row.addLayout(right, 1)
        self.fields[COINS[-1], True].last = True
        theme.changed.connect(self._arrange)
        self._arrange()

    def show_counted(self, counted: int) -> None:
        """The sum so far."""
        self.counted_text.setText(rupiah(counted))

    def fill(self, pieces_of: Callable[[int, bool], int], counted: int) -> None:
        """Shows what was counted so far."""
        for (value, coin), field in self.fields.items():
            pieces = pieces_of(value, coin)
            field.setText(str(pieces) if pieces else "")
            self._amounts[value, coin].setText(thousands(value * pieces))
        self.show_counted(counted)

    def enter(self, value: int, pieces: int, *, coin: bool) -> None:
        """Fills in one value, as if typed."""
        self.fields[value, coin].setText(str(pieces) if pieces else "")
        self._on_edited(value, coin, "")

    def first_empty(self) -> PiecesField:
        """Where counting goes on."""
        return next((field for field in self.fields.values() if not field.text()), self.fields[NOTES[0], False])

    def _card(self, title: str, values: Sequence[int], *, coin: bool) -> QWidget:
        frame, column = padded_card(spacing=0)
        column.setContentsMargins(16, 2, 16, 2)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        self._grids.append(grid)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 2)
        pieces = _("No. of coins") if coin else _("No. of pieces")
        for place, words in enumerate((title, pieces, _("Amount"))):
            head = Text(self.theme, words, step="caption", weight=700, tone="muted")
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(head, 0, place)
        for row, value in enumerate(values, start=1):
            for place, widget in enumerate(self._line(value, coin=coin)):
                grid.addWidget(widget, row, place)
        column.addLayout(grid)
        column.addStretch(1)
        return frame

    def _line(self, value: int, *, coin: bool) -> tuple[QWidget, QWidget, QWidget]:
        label = Text(self.theme, f"{thousands(value)} ×", step="row")
        label.setAlignment(_RIGHT)
        field = PiecesField(self.theme)
        label.setBuddy(field)
        kind = _("Coin {value}") if coin else _("Note {value}")
        field.setAccessibleName(kind.format(value=thousands(value)))
        amount = Text(self.theme, "0", step="row")
        amount.setAlignment(_RIGHT)
        field.textEdited.connect(partial(self._on_edited, value, coin))
        self.fields[value, coin] = field
        self._amounts[value, coin] = amount
        return label, field, amount

    def _on_edited(self, value: int, coin: bool, _text: str) -> None:
        pieces = self.fields[value, coin].value()
        self._amounts[value, coin].setText(thousands(value * pieces))
        self.changed.emit(value, coin, pieces)

    def _arrange(self) -> None:
        way = QHBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if self.theme.scale > TIGHT_ABOVE else way.LeftToRight)
        for grid in self._grids:  # a small window has no height to spare
            grid.setVerticalSpacing(0 if self.theme.compact else self.theme.px(ROW_GAP))
        for field in self.fields.values():
            field.setFixedWidth(self.theme.px(96))
