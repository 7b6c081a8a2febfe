"""The list of the Sync screen: what is said in sentences stands there whole, on as many lines as it takes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from pos_app.i18n import _
from pos_app.ui.screens.sync.listed import Filter
from pos_app.ui.screens.sync.table_model import AMOUNT, CONTENT, KIND, STATUS, TIME, EntriesModel
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.side import TIGHT_ABOVE
from pos_app.ui.widgets.table import Align, Cell, RowDelegate, TwoLineTable

ROW_HEIGHT: Final = 40
LEAST_ROWS: Final = 4
"""The list keeps room for these, its header among them; what is around it scrolls."""
AROUND: Final = 12
"""Pixels above and below the lines of a row, together."""
SIDES: Final = 16
NEEDLESS: Final[dict[Filter, frozenset[int]]] = {
    "review": frozenset({KIND}),
    "messages": frozenset({TIME, KIND, AMOUNT, STATUS}),
}
"""Columns that lists in sentences leave to the content."""
TIGHT: Final = frozenset({TIME, AMOUNT, STATUS})
"""Columns that give way to enlarged text."""
_WRAP: Final = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


class WordsDelegate(RowDelegate):
    """Breaks the lines of a cell with words below instead of cutting them; days below a time are left alone."""

    def heights(self, cell: Cell, width: int) -> tuple[int, int]:
        """Pixels that the upper and the lower text take in a cell of this width."""
        upper = self.theme.metrics("row", 700 if cell.bold else 400)
        return _height(upper, cell.text, width - SIDES), _height(self._below(cell), cell.sub, width - SIDES)

    def paint_cell(self, painter: QPainter, area: QRectF, cell: Cell, align: Align, *, enabled: bool) -> None:
        upper, lower = self.heights(cell, int(area.width()) + SIDES)
        if upper + lower + AROUND <= self.theme.px(ROW_HEIGHT) or not cell.sub or align == "right":
            super().paint_cell(painter, area, cell, align, enabled=enabled)
            return
        top = area.top() + (area.height() - upper - lower) / 2
        theme = self.theme
        painter.setFont(theme.font("row", 700 if cell.bold else 400))
        painter.setPen(theme.color(cell.tone if enabled else "disabled"))
        painter.drawText(QRectF(area.left(), top, area.width(), upper), _WRAP, cell.text)
        painter.setFont(theme.font("caption", _weight(cell)))
        painter.setPen(theme.color(cell.sub_tone))
        painter.drawText(QRectF(area.left(), top + upper, area.width(), lower), _WRAP, cell.sub)

    def _below(self, cell: Cell) -> QFontMetrics:
        return self.theme.metrics("caption", _weight(cell))


class EntriesTable(TwoLineTable):
    """``show_list`` chooses the columns; ``fit_rows`` is called after the rows changed."""

    def __init__(self, theme: Theme, model: EntriesModel) -> None:
        self._list: Filter = "waiting"
        self._entries = model
        super().__init__(
            theme,
            model,
            empty=_("All sent."),
            empty_icon="cloud-check-outline",
            row_height=ROW_HEIGHT,
            delegate=WordsDelegate,
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """The least: a scroll area counts the hint, so a greater or no hint would press wrapped sentences together."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def show_list(self, which: Filter) -> None:
        """The columns that this list needs."""
        self._list = which
        self._fit_columns()

    def fit_rows(self) -> None:
        """Every row as high as its words."""
        usual, width = self.theme.px(ROW_HEIGHT), self.columnWidth(CONTENT)
        for number, row in enumerate(self._entries.rows):
            needed = usual
            if row.words and isinstance(self.row_delegate, WordsDelegate):
                needed = max(usual, sum(self.row_delegate.heights(self._entries.cell(number, CONTENT), width)) + AROUND)
            if self.rowHeight(number) != needed:
                self.setRowHeight(number, needed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A row higher than the list is read on with Down and Up before another one is chosen."""
        if not self._scrolled(event.key()):
            super().keyPressEvent(event)

    def _scrolled(self, key: int) -> bool:
        shown, row = self.viewport().height(), self.visualRect(self.model().index(self.current_row(), CONTENT))
        step = shown // 2
        if self.current_row() < 0 or row.height() <= shown:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) and row.bottom() >= shown:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() + min(step, row.bottom() - shown + 1))
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) and row.top() < 0:
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - min(step, -row.top()))
            return True
        return False

    def _on_theme_changed(self) -> None:
        super()._on_theme_changed()
        self.setMinimumHeight(self.theme.px(ROW_HEIGHT) * LEAST_ROWS)
        self._fit_columns()

    def _fit_columns(self) -> None:
        hidden = NEEDLESS.get(self._list, frozenset[int]())
        if self.theme.scale > TIGHT_ABOVE:
            hidden |= TIGHT
        elif self.theme.compact:
            hidden |= {TIME} if hidden else {STATUS}
        for column in range(len(self._entries.columns)):
            self.setColumnHidden(column, column in hidden)
        self.fit_rows()


def _weight(cell: Cell) -> int:
    return 700 if cell.sub_tone in ("warning", "danger") else 400


def _height(metrics: QFontMetrics, text: str, width: int) -> int:
    if not text:
        return 0
    return metrics.boundingRect(QRect(0, 0, max(width, 1), 1_000_000), _WRAP, text).height()
