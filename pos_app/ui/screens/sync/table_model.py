"""Entries of the journal as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.sync.listed import ListedEntry
from pos_app.ui.widgets.table import Cell, Column, RowsModel

TIME, KIND, CONTENT, AMOUNT, STATUS = range(5)


class EntriesModel(RowsModel[ListedEntry]):
    """Time, kind, content, amount, status; a row with ``words`` tells its kind in the content, the words below."""

    def __init__(self) -> None:
        super().__init__(
            [
                Column(_("Time"), 96),
                Column(_("Kind"), 180),
                Column(_("Content")),
                Column(_("Amount"), 96, "right"),
                Column(_("Status"), 104),
            ]
        )

    def cells(self, row: ListedEntry) -> Sequence[Cell]:
        return (
            Cell(row.when, row.day, tone="muted"),
            Cell(row.kind),
            self._content(row),
            Cell(thousands(row.amount) if row.amount else ""),
            Cell(row.status, tone=row.tone, bold=row.tone not in ("success", "muted")),
        )

    def _content(self, row: ListedEntry) -> Cell:
        if row.tone == "muted":  # a message that was read
            return Cell(row.content, row.words, tone="muted")
        if row.message:
            return Cell(row.content, row.words, sub_tone=row.tone, bold=True)
        return Cell(f"{row.kind} · {row.content}" if row.words else row.content, row.words, bold=bool(row.words))
