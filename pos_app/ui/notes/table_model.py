"""Notes of before as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.domain.formats import thousands
from pos_app.i18n import _, language
from pos_app.ui.notes.presenter import Note
from pos_app.ui.widgets.table import Cell, Column, RowsModel


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
