"""Goods to label as table rows; the count is typed in its cell."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.labels.presenter import LabelRow, LabelsPresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class LabelsModel(RowsModel[LabelRow]):
    """Name and producer, price, barcode, how many labels."""

    COUNT = 3

    def __init__(self, presenter: LabelsPresenter) -> None:
        super().__init__(
            [
                Column(_("Item")),
                Column(_("Sell price"), 96, "right"),
                Column(_("Barcode"), 140),
                Column(_("Labels"), 80, "right", editable=True),
            ]
        )
        self._presenter = presenter

    def cells(self, row: LabelRow) -> Sequence[Cell]:
        barcode = Cell(row.barcode) if row.barcode else Cell(_("gets one"), tone="muted")
        return (
            Cell(row.product.name, row.product.producer_name, bold=True),
            Cell(thousands(row.product.sell_price)),
            barcode,
            Cell(str(row.count), bold=True),
        )

    def edit(self, row: int, column: int, text: str) -> bool:
        if column != self.COUNT or not self._presenter.set_count(self.rows[row].product.sku, text):
            return False
        self.set_rows(self._presenter.rows())
        return True
