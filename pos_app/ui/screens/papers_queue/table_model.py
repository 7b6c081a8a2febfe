"""Papers as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.i18n import _
from pos_app.ui.screens.papers_queue.presenter import PaperRow, QueuePresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class PapersModel(RowsModel[PaperRow]):
    """When, which paper and what became of it, how often it was tried."""

    def __init__(self, presenter: QueuePresenter) -> None:
        super().__init__([Column(_("Time"), 156), Column(_("Paper")), Column(_("Tries"), 64, "right")])
        self._presenter = presenter

    def cells(self, row: PaperRow) -> Sequence[Cell]:
        words, tone, icon = self._presenter.state(row.job)
        copy = f" · {_('COPY')}" if row.job.copy_mark else ""
        return (
            Cell(row.at, tone="muted"),
            Cell(f"{row.number} · {row.kind}{copy}", words, sub_tone=tone, icon=icon, bold=True),
            Cell(str(row.job.attempts), tone="muted"),
        )
