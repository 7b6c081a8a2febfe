"""What the buyer sees: the goods and the total as they are scanned, the code to pay by, the change. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pos_app.domain.cart import CartLine
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _
from sync.documents.sale import Sale

Page = Literal["idle", "cart", "qris", "paid"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture: ``headline`` over ``amount`` over ``detail``; ``lines`` are goods with how many, and amounts."""

    page: Page
    headline: str
    amount: str = ""
    detail: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()
    code: str = ""


def idle(corner: str) -> Shown:
    """Nobody is being served."""
    return Shown("idle", corner, detail=_("Welcome"))


def cart(lines: Sequence[CartLine], total: int) -> Shown:
    """Goods so far, in the order of the cart."""
    rows = tuple((line.product.name, f"{quantity_text(line.quantity)} ×", thousands(line.total)) for line in lines)
    return Shown("cart", _("TOTAL"), rupiah(total), lines=rows)


def qris(amount: int, payload: str, caption: str, *, type_amount: bool) -> Shown:
    """The code, large; ``type_amount`` when the buyer enters the amount."""
    detail = _("Type {amount} after scanning").format(amount=rupiah(amount)) if type_amount else caption
    return Shown("qris", _("Scan to pay"), rupiah(amount), detail, code=payload)


def paid(sale: Sale) -> Shown:
    """Change where cash was given, and thanks."""
    if sale.received:
        return Shown("paid", _("Change"), rupiah(sale.change), _("Thank you"))
    return Shown("paid", _("PAID"), rupiah(sale.total), _("Thank you"))
