"""The goods of the board as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal

from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.services.producer_board import BoardLine
from pos_app.ui.screens.producer_board.presenter import BoardPresenter, days_text
from pos_app.ui.widgets.table import Cell, Column, RowsModel

DELIVER: Final = 5


class BoardModel(RowsModel[BoardLine]):
    """Whose, what sold, what is left, how long it lasts, and what to ask for; the last can be changed."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, presenter: BoardPresenter) -> None:
        self._presenter = presenter
        super().__init__(
            [
                Column(_("Goods")),
                Column(_("Today"), 76, "right"),
                Column(_("7 days"), 76, "right"),
                Column(_("Left"), 76, "right"),
                Column(_("Lasts"), 120, "right"),
                Column(_("Deliver"), 96, "right", editable=True),
            ]
        )

    def cells(self, row: BoardLine) -> Sequence[Cell]:
        left = "danger" if row.left <= 0 else "warning" if row.expired or row.too_much or row.unsold else "text"
        asked = self._presenter.asked(row)
        remark = ""
        if row.expired:
            remark = _("{quantity} expired").format(quantity=quantity_text(row.expired))
        elif row.too_much:
            remark = _("too much")
        elif row.unsold:
            remark = _("not sold")
        name = row.name if row.unit == "pcs" else f"{row.name} ({row.unit})"
        return (
            Cell(name, row.producer_name, bold=True),
            Cell(quantity_text(row.today), tone="text" if row.today else "muted"),
            Cell(quantity_text(row.week), tone="text" if row.week else "muted"),
            Cell(quantity_text(row.left), tone=left, bold=left == "danger"),
            Cell(days_text(row.lasts), remark, sub_tone="warning"),
            Cell(quantity_text(asked) if asked else "-", tone="primary" if asked else "muted", bold=bool(asked)),
        )

    def edit(self, row: int, column: int, text: str) -> bool:
        if column != DELIVER:
            return False
        if not self._presenter.ask_for(self.rows[row].sku, text.replace("-", "") if text.strip() == "-" else text):
            self.refused.emit(text)
            return False
        self._cells.pop(row, None)
        self.changed.emit()
        return True
