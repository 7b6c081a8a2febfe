"""Producers of a run, and slips of a transfer list, as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.services.transfer_list import Line
from pos_app.ui.screens.settlement_run.presenter import RunRow
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class RunModel(RowsModel[RunRow]):
    """Whether it is paid, who, how, how long it waited, and the amount."""

    def __init__(self) -> None:
        columns = [Column("", 36, "center"), Column(_("Producer")), Column(_("Method"), 96)]
        super().__init__([*columns, Column(_("Days"), 52, "right"), Column(_("Amount"), 116, "right")])

    def cells(self, row: RunRow) -> Sequence[Cell]:
        tick = "✓" if row.ticked else "·"
        method = _("Cash") if row.tender == "cash" else _("Transfer")
        owes = row.amount < 0
        return (
            Cell(tick, tone="primary" if row.ticked else "muted", bold=row.ticked),
            Cell(row.name, row.flag, sub_tone="warning", icon="alert-outline" if row.flag else "", bold=row.ticked),
            Cell(method if row.payable else "", tone="text" if row.ticked else "muted"),
            Cell("" if row.days is None else str(row.days), tone="muted"),
            Cell(
                thousands(row.amount),
                tone="danger" if owes else "text" if row.ticked else "muted",
                bold=row.ticked or owes,
            ),
        )


class TransferModel(RowsModel[Line]):
    """Who is paid, to which account (masked), the slip, and the amount."""

    def __init__(self) -> None:
        columns = [Column(_("Producer")), Column(_("Slip number"), 190), Column(_("Amount"), 116, "right")]
        super().__init__(columns)

    def cells(self, row: Line) -> Sequence[Cell]:
        if not row.usable:
            account = Cell(row.name, _("no bank account that could be paid"), "muted", "warning", "alert-outline")
        else:
            account = Cell(row.name, row.account)
        listed = _("listed before") if row.listed_at else ""
        slip = Cell(row.slip.number, listed, sub_tone="warning", icon="alert-outline" if listed else "")
        return account, slip, Cell(thousands(row.slip.amount), bold=row.usable)
