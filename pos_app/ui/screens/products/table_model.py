"""Goods, their sizes, codes and prices as table rows."""

from __future__ import annotations

from collections.abc import Sequence

from pos_app.domain.formats import percent_number, quantity_text, thousands
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ledger.goods import Size
from pos_app.services.price_history import PriceStep
from pos_app.ui.screens.products.presenter import ProductsPresenter
from pos_app.ui.widgets.table import Cell, Column, RowsModel


class ProductsModel(RowsModel[Product]):
    """Name with producer and code, price, on hand."""

    def __init__(self) -> None:
        super().__init__(
            [Column(_("Item")), Column(_("Sell price"), 96, "right"), Column(_("On hand"), 84, "right")],
        )

    def cells(self, row: Product) -> Sequence[Cell]:
        unit = "" if row.unit == "pcs" else f" {row.unit}"
        return (
            Cell(row.name, f"{row.producer_name} · {row.sku}", bold=True),
            Cell(thousands(row.sell_price)),
            Cell(f"{quantity_text(row.in_corner)}{unit}", tone="text" if row.in_corner > 0 else "muted"),
        )


class SizesModel(RowsModel[Size]):
    """All sizes of one family."""

    def __init__(self, presenter: ProductsPresenter) -> None:
        super().__init__([Column(_("Size")), Column(_("Sell price"), 88, "right"), Column(_("On hand"), 76, "right")])
        self._presenter = presenter

    def cells(self, row: Size) -> Sequence[Cell]:
        mine = row.sku == self._presenter.sku
        return (
            Cell(row.size, _("these goods") if mine else row.sku, bold=mine),
            Cell(thousands(row.sell_price)),
            Cell(quantity_text(row.on_hand)),
        )


class CodesModel(RowsModel[tuple[str, str]]):
    """Barcodes, and who else carries each."""

    def __init__(self) -> None:
        super().__init__([Column(_("Barcode"))])

    def cells(self, row: tuple[str, str]) -> Sequence[Cell]:
        code, others = row
        if not others:
            return (Cell(code),)
        return (Cell(code, _("also on {item}").format(item=others), sub_tone="warning", icon="alert-outline"),)


class PricesModel(RowsModel[PriceStep]):
    """What the goods cost when, newest first."""

    def __init__(self) -> None:
        super().__init__(
            [Column(_("From")), Column(_("Sell price"), 88, "right"), Column(_("Consign / %"), 84, "right")]
        )

    def cells(self, row: PriceStep) -> Sequence[Cell]:
        least = f" · {_('min.')} {quantity_text(row.min_stock)}" if row.min_stock else ""
        terms = f"{percent_number(row.commission_bp)} %" if row.consign_price is None else thousands(row.consign_price)
        return (
            Cell(ProductsPresenter.when(row), f"{row.by}{least}".removeprefix(" · ") or row.number),
            Cell(thousands(row.sell_price), bold=True),
            Cell(terms if row.consign_price is not None or row.commission_bp is not None else "–"),
        )
