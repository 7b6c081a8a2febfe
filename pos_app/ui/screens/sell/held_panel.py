"""The list of held carts (F7). Widgets only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.sell.held import HeldCart
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.question import QuestionPanel
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable


class _HeldModel(RowsModel[HeldCart]):
    def __init__(self) -> None:
        super().__init__([Column(_("Held carts")), Column(_("Total"), 110, "right")])

    def cells(self, row: HeldCart) -> Sequence[Cell]:
        detail = _("{time} · {lines} lines").format(time=row.when, lines=row.lines)
        return Cell(row.goods, detail, bold=True), Cell(thousands(row.total), bold=True)


class HeldPanel(QuestionPanel):
    """Enter takes the selected cart back."""

    recalled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Recall"), main=_("Recall"), icon="backup-restore")
        self._model = _HeldModel()
        self.table = TwoLineTable(theme, self._model, empty=_("No held carts."))
        self.body.addWidget(self.table, 1)
        self.accepted.connect(self._on_accepted)
        self.table.row_activated.connect(self._on_activated)

    def show_carts(self, carts: Sequence[HeldCart]) -> None:
        """Fills the list and selects the first."""
        self._model.set_rows(carts)
        self.table.select_row(0)
        self.set_ready(bool(carts))
        self.table.setFocus()

    def _on_accepted(self) -> None:
        row = self.table.current_row()
        if 0 <= row < len(self._model.rows):
            self.recalled.emit(self._model.rows[row].slot)

    def _on_activated(self, row: int) -> None:  # noqa: ARG002
        self._on_accepted()
