"""Staff with their tabs, the history of one tab, and a deduction list, as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pos_app.domain.dates import short_date
from pos_app.domain.formats import masked_nip, thousands
from pos_app.i18n import _
from pos_app.ledger.registry import StaffMember
from pos_app.printing.papers.tab_statement import StatementLine
from pos_app.ui.screens.staff.deductions_presenter import Row
from pos_app.ui.widgets.table import Cell, Column, RowsModel

NEARLY_FULL = 90


class StaffModel(RowsModel[StaffMember]):
    """Name with unit, tab, limit."""

    def __init__(self) -> None:
        super().__init__(
            [Column(_("Name")), Column(_("Tab"), 100, "right"), Column(_("Limit"), 100, "right")],
        )

    def cells(self, row: StaffMember) -> Sequence[Cell]:
        full = bool(row.tab_limit) and row.owes * 100 >= row.tab_limit * NEARLY_FULL
        over = row.owes > row.tab_limit
        words = _("over the limit") if over else _("limit nearly reached") if full else ""
        sub = " · ".join(part for part in (row.unit, words or masked_nip(row.nip)) if part)
        tone = "danger" if over else "warning" if full else "muted"
        return (
            Cell(row.name, sub, sub_tone=tone, icon="alert-outline" if words else "", bold=True),
            Cell(thousands(row.owes), bold=row.owes != 0, tone="text" if row.owes else "muted"),
            Cell(thousands(row.tab_limit) if row.tab_limit else _("no tab"), tone="muted"),
        )


class HistoryModel(RowsModel[StatementLine]):
    """Date, what it was, amount."""

    def __init__(self) -> None:
        super().__init__([Column(_("Date"), 100), Column(_("Content")), Column(_("Amount"), 100, "right")])

    def cells(self, row: StatementLine) -> Sequence[Cell]:
        tone = "success" if row.amount < 0 else "text"
        return (
            Cell(short_date(date.fromisoformat(row.date)), tone="muted"),
            Cell(row.what, row.number),
            Cell(thousands(row.amount), tone=tone, bold=True),
        )


class DeductionModel(RowsModel[Row]):
    """Number, name with a remark, masked NIP, unit, amount."""

    def __init__(self) -> None:
        super().__init__(
            [
                Column(_("No."), 44, "right"),
                Column(_("Name")),
                Column(_("NIP"), 110),
                Column(_("Unit"), 130),
                Column(_("Amount"), 110, "right"),
            ],
        )

    def cells(self, row: Row) -> Sequence[Cell]:
        icon = "alert-outline" if row.remark else ""
        return (
            Cell(str(row.place), tone="muted"),
            Cell(row.name, row.remark, sub_tone=row.tone, icon=icon, bold=True),
            Cell(row.nip, tone="muted"),
            Cell(row.unit, tone="muted"),
            Cell(thousands(row.amount), bold=True),
        )
