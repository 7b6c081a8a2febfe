"""Producers that were found, and the certificates of one, as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.dates import short_date
from pos_app.i18n import _
from pos_app.ledger.producers import Listed
from pos_app.services.certificate_board import NAMES, STATES, HeldLine
from pos_app.ui.screens.producer_data.presenter import STATE_LOOK
from pos_app.ui.screens.producer_data.words import CLASSES
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class ProducersModel(RowsModel[Listed]):
    """Name with code, kelurahan, class."""

    def __init__(self) -> None:
        super().__init__([Column(_("Name")), Column(_("Kelurahan"), 150), Column(_("Class"), 104)])

    def cells(self, row: Listed) -> Sequence[Cell]:
        return (
            Cell(row.business_name, self._code(row), bold=True),
            Cell(row.kelurahan),
            Cell(_(CLASSES.get(row.class_, row.class_)), tone="muted"),
        )

    @staticmethod
    def _code(row: Listed) -> str:
        return _("{code} is now {target}").format(code=row.code, target=row.now) if row.now else row.code


class HeldModel(RowsModel[HeldLine]):
    """Kind and number, what for, last day and state."""

    def __init__(self) -> None:
        super().__init__([Column(_("Certificate")), Column(_("Last day"), 110, "right")])

    def cells(self, row: HeldLine) -> Sequence[Cell]:
        icon, tone = STATE_LOOK[row.state]
        held = row.certificate
        title = f"{_(NAMES[held.kind])} · {row.goods}" if row.goods else _(NAMES[held.kind])
        last = short_date(row.last) if row.last else "-"
        return (
            Cell(title, held.number, bold=True),
            Cell(last, _(STATES[row.state]), sub_tone="muted" if row.state == "valid" else tone, icon=icon),
        )
