"""Unmatched QRIS money as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.ui.screens.qris_match.presenter import MatchRow
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class MatchModel(RowsModel[MatchRow]):
    """Whether it is chosen, the document, the buyer's reference, how old it is, and the amount."""

    def __init__(self) -> None:
        columns = [Column("", 36, "center"), Column(_("Document")), Column(_("Reference"), 96)]
        super().__init__([*columns, Column(_("Age"), 88), Column(_("Amount"), 110, "right")])

    def cells(self, row: MatchRow) -> Sequence[Cell]:
        return (
            Cell("✓" if row.chosen else "·", tone="primary" if row.chosen else "muted", bold=row.chosen),
            Cell(row.number, row.detail, bold=row.chosen),
            Cell(row.reference, tone="muted"),
            Cell(row.age, tone="warning" if row.old else "muted"),
            Cell(thousands(row.amount), tone="danger" if row.amount < 0 else "text", bold=row.chosen),
        )
