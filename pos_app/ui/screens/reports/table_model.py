"""The best sellers as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.i18n import _
from pos_app.ui.screens.reports.presenter import SellerLine
from pos_app.ui.widgets.charts import BarsModel
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class SellersModel(RowsModel[SellerLine]):
    """Rank, name, quantity, rupiah."""

    def __init__(self) -> None:
        super().__init__(
            [
                Column(_("No"), 36, "left"),
                Column(_("Top 10 items")),
                Column(_("Qty"), 56, "right"),
                Column("Rp", 100, "right"),
            ]
        )

    def cells(self, row: SellerLine) -> Sequence[Cell]:
        return Cell(str(row.rank), tone="muted"), Cell(row.name), Cell(row.quantity), Cell(row.total, bold=True)


def bars_model(what: str, figure: str = "Rp") -> BarsModel:
    """The table of a chart: ``what`` stands above its names."""
    return BarsModel([Column(what), Column(figure, 100, "right"), Column("", 100)])
