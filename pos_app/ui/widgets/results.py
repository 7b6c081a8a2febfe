"""The list that opens under the scan field: what a typed name finds. It never takes the focus.

``ResultList(theme)``; ``show_results([Result("KRP-001", "Keripik Pisang", "Kripik Ranusari · sisa 3", "16.000")])``,
``move(1)``, ``current_key()``; ``picked(key)`` on click. Place it with ``place_under(widget)`` inside the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from pos_app.ui.theme import Theme
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable

MOST_SHOWN = 7
_EDGES = 8


@dataclass(frozen=True, slots=True)
class Result:
    """One hit: key, name, a line below, a figure at the right; tone of the line below."""

    key: str
    name: str
    detail: str = ""
    figure: str = ""
    tone: str = "muted"


class _ResultModel(RowsModel[Result]):
    def __init__(self) -> None:
        super().__init__([Column(""), Column("", 120, "right")])

    def cells(self, row: Result) -> Sequence[Cell]:
        return Cell(row.name, row.detail, sub_tone=row.tone, bold=True), Cell(row.figure)


class ResultList(QFrame):
    """See the module."""

    picked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget, *, empty: str) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setProperty("card", "overlay")
        self._model = _ResultModel()
        self._table = TwoLineTable(theme, self._model, empty=empty, empty_icon="magnify")
        self._table.horizontalHeader().hide()
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.clicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self._table)
        self.hide()

    def show_results(self, results: Sequence[Result]) -> None:
        """Opens the list with the first hit highlighted."""
        self._model.set_rows(results)
        self._table.select_row(0)
        row = self._table.verticalHeader().defaultSectionSize()
        shown = max(1 if results else 2, min(MOST_SHOWN, len(results), self._rows_that_fit(row)))
        self.setFixedHeight(shown * row + _EDGES)
        self.show()
        self.raise_()

    def _rows_that_fit(self, row: int) -> int:
        """Whole rows between here and the lower edge of the screen; the others are scrolled to."""
        parent = self.parentWidget()
        return max((parent.height() - self.y() - _EDGES) // row, 2) if parent is not None else MOST_SHOWN

    def place_under(self, widget: QWidget) -> None:
        """Lies directly below ``widget``, as wide as it."""
        parent = self.parentWidget()
        if parent is not None:
            corner = widget.mapTo(parent, QPoint(0, widget.height() + 2))
            self.move(corner)
            self.setFixedWidth(widget.width())

    def move_by(self, rows: int) -> None:
        """Moves the highlight."""
        count = self._model.rowCount()
        if count:
            self._table.select_row(max(0, min(count - 1, self._table.current_row() + rows)))

    def current_key(self) -> str:
        """Key of the highlighted hit, empty when there is none."""
        row = self._table.current_row()
        return self._model.rows[row].key if 0 <= row < len(self._model.rows) else ""

    def count(self) -> int:
        """Number of hits shown."""
        return len(self._model.rows)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.picked.emit(self._model.rows[index.row()].key)
