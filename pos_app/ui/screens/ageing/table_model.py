"""Producers by the age of what they are owed, as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.i18n import _
from pos_app.services.ageing import OLDEST
from pos_app.ui.screens.ageing.presenter import Row, figure, span_words
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class AgeingModel(RowsModel[Row]):
    """Who, the four ages, what is overdue, and all of it."""

    def __init__(self) -> None:
        titles = (*span_words()[:-1], _("> {days} days").format(days=OLDEST))
        spans = (Column(words, 86, "right") for words in titles)
        columns = [Column(_("Producer")), *spans, Column(_("Overdue"), 90, "right"), Column(_("Total"), 98, "right")]
        super().__init__(columns)

    def cells(self, row: Row) -> Sequence[Cell]:
        return (
            Cell(row.name, row.waits, bold=True),
            *(Cell(figure(amount)) for amount in row.spans),
            Cell(figure(row.overdue), tone="danger" if row.overdue else "text", bold=bool(row.overdue)),
            Cell(figure(row.amount), tone="danger" if row.amount < 0 else "text", bold=True),
        )
