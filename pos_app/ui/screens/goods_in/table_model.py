"""The lines of a delivery or return as table rows; quantity, prices, expiry date and labels are typed in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal

from pos_app.domain.dates import short_date
from pos_app.domain.formats import percent_number, quantity_text, thousands
from pos_app.i18n import _
from pos_app.ui.screens.goods_in.checks import Shown
from pos_app.ui.screens.goods_in.draft import Mode
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel

QUANTITY = 2
CONSIGN = 3
SELL = 4
EXPIRY = 5
LABELS = 6
EDITED = (QUANTITY, EXPIRY, CONSIGN, SELL, LABELS)
"""The cells of a delivery in the order in which F4 goes through them."""
FRONT = (SELL, EXPIRY)
BACK = (CONSIGN, LABELS)
"""While the text is enlarged one of these pairs is shown beside the quantity, the other by F4 or a button."""


def reasons() -> dict[str, str]:
    """Why goods go back, in words."""
    return {"unsold": _("Unsold"), "expired": _("Expired"), "damaged": _("Damaged"), "withdrawn": _("Withdrawn")}


def _columns(mode: Mode) -> list[Column]:
    coming = mode == "receive"
    return [
        Column(_("No"), 36, "left"),
        Column(_("Item")),
        Column(_("Qty"), 72, "right", editable=True),
        Column(_("Consign price"), 92, "right", editable=coming),
        Column(_("Sell price"), 92, "right", editable=coming),
        Column(_("Expires") if coming else _("Reason"), 108, "right", editable=coming),
        Column(_("Labels"), 60, "right", editable=coming),
    ]


class LinesModel(RowsModel[tuple[int, Shown]]):
    """Rows are (number, line); ``mode`` decides what can be typed and what the last columns tell.

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
        line = shown.line
        sub = f"{shown.warning} · {shown.detail}" if shown.warning else shown.detail
        tone = "warning" if shown.warning else "muted"
        icon = "alert-outline" if shown.warning else ""
        sell, consign, commission = shown.before
        return (
            Cell(str(number), tone="muted"),
            Cell(shown.product.name, sub, sub_tone=tone, icon=icon, bold=True),
            Cell(quantity_text(line.quantity), bold=True, tone="text" if line.quantity else "muted"),
            _price(_share(shown, shown.consign_price, shown.commission_bp), _share(shown, consign, commission)),
            _price(thousands(shown.sell_price), thousands(sell)),
            self._last(shown),
            Cell(str(shown.labels) if self.mode == "receive" else "", tone="text" if shown.labels else "muted"),
        )

    def _last(self, shown: Shown) -> Cell:
        if self.mode == "return":
            return Cell(reasons().get(shown.line.reason, shown.line.reason))
        expires_on = shown.line.expires_on
        if expires_on:
            return Cell(short_date(date.fromisoformat(expires_on)))
        return Cell("__/__/____", tone="warning", bold=True) if shown.lacks_date else Cell("–", tone="muted")

    def edit(self, row: int, column: int, text: str) -> bool:
        lines = self._presenter.lines
        if column != QUANTITY and self.mode == "return":
            return False
        setters = {
            QUANTITY: lines.set_quantity,
            CONSIGN: lines.set_consign_price,
            SELL: lines.set_sell_price,
            EXPIRY: lines.set_expiry,
            LABELS: lines.set_labels,
        }
        if text == self.cell(row, column).text:
            return True  # left as it was
        if not setters[column](row, text):
            self.refused.emit(lines.refusal(self._cell_kind(row, column), text))
            return False
        self.show()
        return True

    def _cell_kind(self, row: int, column: int) -> str:
        if column == CONSIGN and self.rows[row][1].product.pricing == "komisi":
            return "percent"
        return {QUANTITY: "quantity", EXPIRY: "date", LABELS: "labels"}.get(column, "price")


def _share(shown: Shown, consign_price: int | None, commission_bp: int | None) -> str:
    """What the producer gets of a piece, or the corner's part of its price."""
    if shown.product.pricing == "komisi":
        return f"{percent_number(commission_bp or 0)} %"
    return thousands(consign_price or 0)


def _price(text: str, before: str) -> Cell:
    """A price, with that of last time below where it differs."""
    if text == before:
        return Cell(text)
    return Cell(text, _("was {price}").format(price=before), sub_tone="warning", bold=True)
