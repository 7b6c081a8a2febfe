"""Lines of a write-off as table rows; the quantity is typed in its cell."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _
from pos_app.ui.screens.losses.presenter import BEARERS, REASONS, LossesPresenter, Shown
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class LinesModel(RowsModel[Shown]):
    """Name with batch or what is wrong, quantity, reason, who bears it, what is owed."""

    QUANTITY = 1

    def __init__(self, presenter: LossesPresenter) -> None:
        super().__init__(
            [
                Column(_("Item")),
                Column(_("Qty"), 72, "right", editable=True),
                Column(_("Reason"), 124),
                Column(_("Borne by"), 104),
                Column(_("Owed"), 96, "right"),
            ]
        )
        self._presenter = presenter

    def cells(self, row: Shown) -> Sequence[Cell]:
        left = _("{left} left").format(left=quantity_text(row.product.on_hand))
        sub = row.wrong or " · ".join(words for words in (row.batch_words, left, row.product.producer_name) if words)
        tone, icon = ("danger", "alert-circle-outline") if row.wrong else ("muted", "")
        owed = row.planned.share if row.planned is not None else 0
        return (
            Cell(row.product.name, sub, sub_tone=tone, icon=icon, bold=True),
            Cell(quantity_text(row.line.quantity), bold=True),
            Cell(_(REASONS[row.line.reason])),
            Cell(_(BEARERS[row.bearer])),
            Cell(thousands(owed) if owed else "–", tone="warning" if owed else "muted"),
        )

    def edit(self, row: int, column: int, text: str) -> bool:
        if column != self.QUANTITY or not self._presenter.set_quantity(row, text):
            return False
        self.set_rows(self._presenter.shown())
        return True
