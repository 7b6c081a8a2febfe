"""Certificates to see to, as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pos_app.domain.dates import short_date
from pos_app.i18n import _
from pos_app.services.certificate_board import NAMES, Lapse
from pos_app.ui.screens.certificates.presenter import state_words
from pos_app.ui.widgets.table import Cell, Column, RowsModel

LOOK: Final[dict[str, tuple[str, str]]] = {
    "lapsed": ("alert-circle-outline", "danger"),
    "missing": ("alert-outline", "warning"),
    "soon": ("clock-alert-outline", "warning"),
}


class LapsesModel(RowsModel[Lapse]):
    """Producer with goods, certificate with number, last day with state."""

    def __init__(self) -> None:
        super().__init__([Column(_("Producer")), Column(_("Certificate"), 200), Column(_("Last day"), 130, "right")])

    def cells(self, row: Lapse) -> Sequence[Cell]:
        icon, tone = LOOK[row.state]
        return (
            Cell(row.name, ", ".join(row.goods), bold=True),
            Cell(_(NAMES[row.kind]), row.number),
            Cell(short_date(row.last) if row.last else "-", state_words(row), sub_tone=tone, icon=icon),
        )
