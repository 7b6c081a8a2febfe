"""Lines of a write-off and notes of before as table rows; the quantity is typed in its cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _, language
from pos_app.ui.screens.losses.notes_presenter import Note
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
                Column(_("Reason"), 104),
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


class NotesModel(RowsModel[Note]):
    """Number and time with the goods, what was owed, whether it stands."""

    def __init__(self) -> None:
        super().__init__([Column(_("Note")), Column(_("Owed"), 104, "right"), Column(_("State"), 112)])

    def cells(self, row: Note) -> Sequence[Cell]:
        when = short_moment(datetime.fromisoformat(row.at), language())
        return (
            Cell(row.number, f"{when} · {row.goods}", bold=True),
            Cell(thousands(row.owed + row.cost) if row.owed + row.cost else "–"),
            Cell(_("Reversed"), tone="muted") if row.is_reversed else Cell(_("Stands")),
        )
