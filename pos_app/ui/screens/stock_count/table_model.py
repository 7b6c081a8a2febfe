"""Goods to count, and what differs, as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import quantity_text
from pos_app.i18n import _
from pos_app.services.count_posting import Difference
from pos_app.ui.screens.stock_count.differences import DifferencesPresenter, signed_quantity, signed_rupiah
from pos_app.ui.screens.stock_count.presenter import CountLine, CountPresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class CountModel(RowsModel[CountLine]):
    """Goods with what was counted of them; nothing of what is expected."""

    def __init__(self, presenter: CountPresenter) -> None:
        super().__init__([Column(_("Item")), Column(_("Shelf"), 110), Column(_("Counted"), 110, "right")])
        self._presenter = presenter

    def cells(self, row: CountLine) -> Sequence[Cell]:
        goods, counted = row.goods, row.row
        words = self._presenter.counted_words(row)
        sub = f"{goods.producer_name} · {words}" if words else goods.producer_name
        unit = "" if goods.unit == "pcs" else f" {goods.unit}"
        figure = Cell("–", tone="muted")
        if counted is not None and counted.state == "counted":
            figure = Cell(f"{quantity_text(counted.counted)}{unit}", bold=True)
        tone, icon = "muted", ""
        if counted is not None and (counted.moved or counted.state == "again"):
            tone, icon = "warning", "alert-outline"
        return (Cell(goods.name, sub, sub_tone=tone, icon=icon, bold=True), Cell(goods.shelf or "–"), figure)

    def put(self, place: int, row: CountLine) -> None:
        """Shows one row anew."""
        self.rows[place] = row
        self._cells.pop(place, None)
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))


class DifferenceModel(RowsModel[Difference]):
    """Expected, counted, what differs, and its value."""

    def __init__(self, presenter: DifferencesPresenter) -> None:
        super().__init__(
            [
                Column(_("Item")),
                Column(_("Expected"), 84, "right"),
                Column(_("Counted"), 84, "right"),
                Column(_("Difference"), 84, "right"),
                Column(_("Value"), 116, "right"),
            ]
        )
        self._presenter = presenter

    def cells(self, row: Difference) -> Sequence[Cell]:
        reason = self._presenter.reason(row)
        sub = row.producer_name
        if reason:
            sub = f"{sub} · {reason}"
        elif row.since:
            sub = f"{sub} · {_('since then {pieces}').format(pieces=signed_quantity(row.since))}"
        tone = "danger" if row.difference < 0 else "success" if row.difference > 0 else "muted"
        name = Cell(
            row.name, sub, sub_tone="warning" if reason else "muted", icon="alert-outline" if reason else "", bold=True
        )
        if row.row.state == "again":
            return (name, *(Cell("–", tone="muted") for _column in range(4)))
        return (
            name,
            Cell(quantity_text(row.row.expected)),
            Cell(quantity_text(row.row.counted)),
            Cell(signed_quantity(row.difference), tone=tone, bold=True),
            Cell(signed_rupiah(row.value), tone=tone),
        )
