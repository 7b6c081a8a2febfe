"""The lines of the cart as table rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pos_app.domain.cart import CartLine
from pos_app.domain.formats import quantity_text, thousands
from pos_app.domain.product import Product
from pos_app.i18n import _, ngettext
from pos_app.ui.screens.sell.presenter import SOON_DAYS, day_month
from pos_app.ui.widgets.cart import cart_columns
from pos_app.ui.widgets.table import Cell, RowsModel


class CartModel(RowsModel[tuple[int, CartLine]]):
    """Rows are (number, line); ``days_left`` tells how long goods may still be sold."""

    def __init__(self, days_left: Callable[[Product], int | None]) -> None:
        super().__init__(cart_columns())
        self._days_left = days_left

    def show(self, lines: Sequence[CartLine]) -> None:
        """Shows these lines."""
        self.set_rows(list(enumerate(lines, start=1)))

    def cells(self, row: tuple[int, CartLine]) -> Sequence[Cell]:
        number, line = row
        sub, tone, icon = self._detail(line)
        return (
            Cell(str(number), tone="muted"),
            Cell(line.product.name, sub, sub_tone=tone, icon=icon, bold=True),
            Cell(thousands(line.product.sell_price)),
            Cell(quantity_text(line.quantity), bold=True),
            Cell(thousands(line.total), bold=True),
            Cell(),
        )

    def _detail(self, line: CartLine) -> tuple[str, str, str]:
        product = line.product
        if line.discount:
            text = _("discount {amount}").format(amount=f"-{thousands(line.discount)}")
            if line.borne_by == "producer" and product.pricing != "putus":
                text = _("{discount}, the producer bears it").format(discount=text)
            return f"{product.producer_name} · {text}", "success", ""
        days = self._days_left(product)
        if days is not None and days <= SOON_DAYS and product.expires_on is not None:
            when = day_month(product.expires_on)
            if days < 0:
                words = _("expired {date}").format(date=when)
            elif days == 0:
                words = _("expires {date} (last day)").format(date=when)
            else:
                words = ngettext("expires {date} ({days} day left)", "expires {date} ({days} days left)", days).format(
                    date=when, days=days
                )
            return f"{words} · {product.producer_name}", "warning" if days >= 0 else "danger", "calendar-alert"
        left = _("{quantity} left").format(quantity=quantity_text(product.in_corner))
        if product.in_corner < line.quantity:
            return f"{left} · {product.producer_name}", "warning", "alert-outline"
        return f"{product.producer_name} · {left}", "muted", ""
