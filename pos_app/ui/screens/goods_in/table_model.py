"""The lines of a delivery or return as table rows; quantity and expiry date are typed in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal

from pos_app.domain.dates import short_date
from pos_app.domain.formats import quantity_text, thousands
from pos_app.i18n import _
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter, Mode, Shown
from pos_app.ui.widgets.table import Cell, Column, RowsModel

QUANTITY = 2
EXPIRY = 5


def reasons() -> dict[str, str]:
    """Why goods go back, in words."""
    return {"unsold": _("Unsold"), "expired": _("Expired"), "damaged": _("Damaged"), "withdrawn": _("Withdrawn")}


def _columns(mode: Mode) -> list[Column]:
    returning = mode == "return"
    return [
        Column(_("No"), 40, "left"),
        Column(_("Item")),
        Column(_("Qty"), 72, "right", editable=True),
        Column(_("Consign price"), 96, "right"),
        Column(_("Sell price"), 96, "right"),
        Column(_("Reason") if returning else _("Expires"), 112, "right", editable=not returning),
    ]


class LinesModel(RowsModel[tuple[int, Shown]]):
    """Rows are (number, line); ``mode`` decides what the last column tells.

    ``refused`` says why a typed text was not taken.
    """

    refused = Signal(str)

    def __init__(self, presenter: GoodsInPresenter) -> None:
        super().__init__(_columns(presenter.mode))
        self._presenter = presenter
        self.mode: Mode = presenter.mode

    def show(self) -> None:
        """Reads the lines anew."""
        if self.mode != self._presenter.mode:
            self.mode = self._presenter.mode
            self.columns = tuple(_columns(self.mode))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, EXPIRY, EXPIRY)
        self.set_rows(list(enumerate(self._presenter.shown(), start=1)))

    def cells(self, row: tuple[int, Shown]) -> Sequence[Cell]:
        number, shown = row
        product, line = shown.product, shown.line
        sub = f"{shown.warning} · {shown.detail}" if shown.warning else shown.detail
        tone = "warning" if shown.warning else "muted"
        consign = product.consign_price if product.pricing != "komisi" else None
        share = thousands(consign) if consign is not None else f"{(product.commission_bp or 0) / 100:g} %"
        return (
            Cell(str(number), tone="muted"),
            Cell(product.name, sub, sub_tone=tone, icon="alert-outline" if shown.warning else "", bold=True),
            Cell(quantity_text(line.quantity), bold=True),
            Cell(share),
            Cell(thousands(product.sell_price)),
            self._last(shown),
        )

    def _last(self, shown: Shown) -> Cell:
        if self.mode == "return":
            return Cell(reasons().get(shown.line.reason, shown.line.reason))
        expires_on = shown.line.expires_on
        if expires_on:
            return Cell(short_date(date.fromisoformat(expires_on)))
        return (
            Cell("__/__/____", tone="warning", bold=True) if shown.product.shelf_life_days else Cell("–", tone="muted")
        )

    def edit(self, row: int, column: int, text: str) -> bool:
        if column == QUANTITY:
            taken = self._presenter.set_quantity(row, text)
        elif column == EXPIRY and self.mode == "receive":
            taken = self._presenter.set_expiry(row, text)
        else:
            return False
        if taken:
            self.rows = list(enumerate(self._presenter.shown(), start=1))
        else:
            self.refused.emit(self._presenter.refusal(column == EXPIRY, text))
        return taken
