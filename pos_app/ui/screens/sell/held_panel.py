"""The list of held carts (F7). Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.sell.held import HeldCart
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable

NUMBERED = 9


class _HeldModel(RowsModel[HeldCart]):
    def __init__(self) -> None:
        super().__init__([Column(_("Key"), 40, "center"), Column(_("Held carts")), Column(_("Total"), 110, "right")])

    def cells(self, row: HeldCart) -> Sequence[Cell]:
        number = self.rows.index(row) + 1
        detail = _("{time} · {lines} lines").format(time=row.when, lines=row.lines)
        key = Cell(str(number) if number <= NUMBERED else "", tone="primary", bold=True)
        return key, Cell(row.label or row.goods, detail, bold=True), Cell(thousands(row.total), bold=True)


class _HeldTable(TwoLineTable):
    """Digits take a cart back; they are the panel's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdigit():
            event.ignore()
            return
        super().keyPressEvent(event)


class HeldPanel(QuestionPanel):
    """A number key takes its cart back, Enter the selected one."""

    recalled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Recall"), main=_("Recall"), icon="backup-restore")
        self._model = _HeldModel()
        self.table = _HeldTable(theme, self._model, empty=_("No held carts."))
        self.body.addWidget(self.table, 1)
        self.accepted.connect(self._on_accepted)
        self.table.row_activated.connect(self._on_activated)

    def show_carts(self, carts: Sequence[HeldCart]) -> None:
        """Fills the list and selects the first."""
        self._model.set_rows(carts)
        self.table.select_row(0)
        self.set_ready(bool(carts))
        self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if text.isdigit() and 1 <= int(text) <= min(NUMBERED, len(self._model.rows)):
            self.recalled.emit(self._model.rows[int(text) - 1].slot)
            return
        super().keyPressEvent(event)

    def _on_accepted(self) -> None:
        row = self.table.current_row()
        if 0 <= row < len(self._model.rows):
            self.recalled.emit(self._model.rows[row].slot)

    def _on_activated(self, row: int) -> None:  # noqa: ARG002
        self._on_accepted()
