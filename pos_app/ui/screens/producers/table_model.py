"""The producers who are owed, and the goods of the chosen one, as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _
from pos_app.ui.screens.producers.presenter import Owed
from pos_app.ui.widgets.table import Cell, Column, RowsModel
from sync.documents.money import SettledGoods


class OwedModel(RowsModel[Owed]):
    """Name, payable, days waited; ``mark_due`` says in words who is due, where not all of them are."""

    def __init__(self) -> None:
        super().__init__([Column(_("Name")), Column(_("Payable"), 96, "right"), Column(_("Days"), 44, "right")])
        self.mark_due = False

    def cells(self, row: Owed) -> Sequence[Cell]:
        due = _("due") if row.is_due and self.mark_due else ""
        tone = "muted" if row.amount == 0 else "danger" if row.amount < 0 else "text"
        return (
            Cell(row.name, due, sub_tone="warning", icon="clock-alert-outline" if due else "", bold=True),
            Cell(thousands(row.amount), tone=tone, bold=row.amount != 0),
            Cell("" if row.days is None else str(row.days), tone="muted"),
        )


class GoodsModel(RowsModel[SettledGoods]):
    """What came, was sold, went back and is left since the last payment."""

    def __init__(self) -> None:
        numbers = [_("Start"), _("In"), _("Sold"), _("Returned"), _("Left")]
        super().__init__([Column(_("Item")), *(Column(title, 58, "right") for title in numbers)])

    def cells(self, row: SettledGoods) -> Sequence[Cell]:
        lost = _("{quantity} lost").format(quantity=quantity_text(row.lost)) if row.lost else ""
        figures = (row.start, row.received, row.sold, row.returned, row.left)
        return (
            Cell(row.name, lost, sub_tone="warning", icon="alert-outline" if lost else ""),
            *(Cell(quantity_text(figure), bold=place == 2) for place, figure in enumerate(figures)),
        )
