"""The goods of a statement as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _
from pos_app.ui.widgets.table import Cell, Column, RowsModel
from sync.documents.money import SettledGoods


class StatementGoodsModel(RowsModel[SettledGoods]):
    """Start and what came, went and is left; what it brought the producer."""

    def __init__(self) -> None:
        figures = (_("Start"), _("In"), _("Sold"), _("Returned"), _("Lost"), _("Left"))
        columns = [Column(_("Goods")), *(Column(words, 58, "right") for words in figures)]
        super().__init__([*columns, Column(_("Producer's share"), 120, "right")])

    def cells(self, row: SettledGoods) -> Sequence[Cell]:
        quantities = (row.start, row.received, row.sold, row.returned, row.lost)
        return (
            Cell(row.name, row.sku if row.unit == "pcs" else f"{row.sku} · {row.unit}"),
            *(Cell(quantity_text(one), tone="text" if one else "muted") for one in quantities),
            Cell(quantity_text(row.left), bold=True),
            Cell(thousands(row.share), bold=True),
        )
