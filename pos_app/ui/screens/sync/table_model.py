"""Entries of the journal as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.sync.listed import ListedEntry
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class EntriesModel(RowsModel[ListedEntry]):
    """Time, kind, content, amount, status."""

    def __init__(self) -> None:
        super().__init__(
            [
                Column(_("Time"), 128),
                Column(_("Kind"), 180),
                Column(_("Content")),
                Column(_("Amount"), 96, "right"),
                Column(_("Status"), 104),
            ]
        )

    def cells(self, row: ListedEntry) -> Sequence[Cell]:
        return (
            Cell(row.when, tone="muted"),
            Cell(row.kind),
            Cell(row.content),
            Cell(thousands(row.amount) if row.amount else ""),
            Cell(row.status, tone=row.tone, bold=row.tone != "success"),
        )
