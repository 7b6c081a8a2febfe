"""Batches near their last day as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pos_app.domain.dates import short_date
from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _
from pos_app.services.expiring import Expiring
from pos_app.ui.screens.expiring.presenter import TONES, ExpiringPresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class ExpiringModel(RowsModel[Expiring]):
    """Name with producer and task, pieces, last day with how far it is, worth."""

    def __init__(self, presenter: ExpiringPresenter) -> None:
        super().__init__(
            [
                Column(_("Item")),
                Column(_("Qty"), 72, "right"),
                Column(_("Last day"), 150),
                Column(_("Worth"), 104, "right"),
            ]
        )
        self._presenter = presenter

    def cells(self, row: Expiring) -> Sequence[Cell]:
        batch, tone = row.batch, TONES[row.state]
        task = self._presenter.task_words(row)
        sub = " · ".join(words for words in (task, batch.producer_name, batch.shelf) if words)
        unit = "" if batch.unit == "pcs" else f" {batch.unit}"
        return (
            Cell(batch.name, sub, icon="check-circle-outline" if task else "", bold=True),
            Cell(f"{quantity_text(batch.quantity)}{unit}", bold=True),
            Cell(
                short_date(date.fromisoformat(batch.expires_on)),
                self._presenter.state_words(row),
                sub_tone=tone,
                icon="calendar-alert" if row.state != "soon" else "",
            ),
            Cell(thousands(row.worth)),
        )
