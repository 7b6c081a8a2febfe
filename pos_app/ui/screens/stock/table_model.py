"""Goods with stock and price as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import quantity_text, thousands
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ui.screens.stock.presenter import StockPresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class StockModel(RowsModel[Product]):
    """Name with its state, price, on hand, minimum."""

    def __init__(self, presenter: StockPresenter) -> None:
        super().__init__(
            [
                Column(_("Item")),
                Column(_("Sell price"), 96, "right"),
                Column(_("On hand"), 80, "right"),
                Column(_("Min."), 56, "right"),
            ]
        )
        self._presenter = presenter

    def cells(self, row: Product) -> Sequence[Cell]:
        state = self._presenter.state(row)
        where = self._presenter.where(row) if row.next_door else ""
        sub = " · ".join(part for part in (where, row.producer_name, state.text) if part)
        tone = state.tone if row.in_corner <= row.min_stock and state.text else "text"
        unit = "" if row.unit == "pcs" else f" {row.unit}"
        return (
            Cell(row.name, sub, sub_tone=state.tone, icon=state.icon, bold=True),
            Cell(thousands(row.sell_price)),
            Cell(f"{quantity_text(row.in_corner)}{unit}", tone=tone, bold=True),
            Cell(quantity_text(row.min_stock) if row.min_stock else "–", tone="muted"),
        )
