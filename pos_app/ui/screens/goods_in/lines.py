"""The lines of the draft: more of something, another date, typed cells, all that expired. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import msgspec

from pos_app.domain.formats import parse_percent_typed, parse_quantity_typed, parse_rupiah_typed, quantity_text
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.services.goods import MAX_QUANTITY
from pos_app.ui.messages import Message
from pos_app.ui.screens.goods_in.catalogue import Catalogue
from pos_app.ui.screens.goods_in.draft import Body, Line
from pos_app.ui.typed_dates import parse_typed_date
from sync.documents.base import LossReason

ONE: Final = 1000
MOST_LINES: Final = 2_000
"""As many as a document takes."""
MOST_LABELS: Final = 999
SHELF_LIFE: Final = "+"
"""Typed as a date: the usual one of these goods."""


class Lines:
    """Changes to the lines of ``body``; ``changed`` is called after each."""

    def __init__(
        self, body: Body, catalogue: Catalogue, today: Callable[[], date], changed: Callable[[], None]
    ) -> None:
        self.body = body
        self._catalogue = catalogue
        self._today = today
        self._changed = changed
        self.newest = -1
        """The line that grew last."""

    @property
    def _returning(self) -> bool:
        return self.body.mode == "return"

    def product(self, row: int) -> Product | None:
        """The goods of a line."""
        known = self._catalogue.known(self.body.lines[row].sku, self._today())
        return known.product if known else None

    def rows_of(self, sku: str) -> list[int]:
        """The lines of a product."""
        return [row for row, line in enumerate(self.body.lines) if line.sku == sku]

    def add(self, product: Product, quantity: int = ONE, at: int = -1) -> Message:
        """More of the product: the chosen line ``at`` grows where it is its own, else its last one, else a new one."""
        if quantity % ONE and not product.fractional:
            return Message("E", _("{item} is sold in whole pieces.").format(item=product.name))
        rows = self.rows_of(product.sku)
        if not rows and len(self.body.lines) >= MOST_LINES:
            return Message("E", _("A note holds at most 2.000 lines. Record these first, then go on."))
        if rows:
            row = at if at in rows else rows[-1]
        else:
            row = len(self.body.lines)
            self.body.lines.append(Line(product.sku, 0, self.usual_expiry(product)))
        total = self.body.lines[row].quantity + quantity
        if total > MAX_QUANTITY:
            return Message("E", self.refusal("quantity", quantity_text(total)))
        self.newest = row
        self._set(row, quantity=total)
        return Message("S", f"{product.name} · {quantity_text(total)}")

    def split(self, row: int) -> Message | None:
        """Another batch of the same goods below a line: what is scanned next counts there."""
        if self._returning or not 0 <= row < len(self.body.lines):
            return None
        line = self.body.lines[row]
        product = self.product(row)
        if product is None or not product.shelf_life_days:
            return Message("W", _("These goods do not spoil: one line is enough."))
        if len(self.body.lines) >= MOST_LINES:
            return Message("E", _("A note holds at most 2.000 lines. Record these first, then go on."))
        self.newest = row + 1
        self.body.lines.insert(row + 1, msgspec.structs.replace(line, quantity=0, expires_on=None, labels=None))
        self._changed()
        return Message(
            "I", _("Another date for {item}: enter it, then scan or type the pieces.").format(item=product.name)
        )

    def remove(self, row: int) -> Message | None:
        """Takes a line out."""
        if not 0 <= row < len(self.body.lines):
            return None
        product, line = self.product(row), self.body.lines.pop(row)
        self._changed()
        return Message("I", _("{item} removed.").format(item=product.name if product else line.sku))

    def restore(self, row: int, line: Line) -> None:
        """Puts a removed line back."""
        self.body.lines.insert(min(row, len(self.body.lines)), line)
        self._changed()

    # Cells -----------------------------------------------------------------------------------------------------------

    def set_quantity(self, row: int, text: str) -> bool:
        """Takes a typed quantity; whole pieces unless sold by weight. 0: the goods are not there this time."""
        product = self.product(row)
        try:
            quantity = parse_quantity_typed(text)
        except ValueError:
            return False
        if quantity > MAX_QUANTITY or (quantity % ONE and not (product and product.fractional)):
            return False
        self._set(row, quantity=quantity)
        return True

    def set_expiry(self, row: int, text: str) -> bool:
        """Takes a typed date, ``+7`` for days from today, ``+`` for the shelf life; an empty text empties it."""
        product = self.product(row)
        if text.strip() == SHELF_LIFE and product is not None:
            usual = self.usual_expiry(product)
            if usual is not None:
                self._set(row, expires_on=usual)
            return usual is not None
        day = parse_typed_date(text, self._today())
        if day is None and text.strip(" _/–"):
            return False
        self._set(row, expires_on=day.isoformat() if day else None)
        return True

    def set_sell_price(self, row: int, text: str) -> bool:
        """Takes a typed price in rupiah, for every line of these goods; an empty text gives the former price back."""
        product = self.product(row)
        amount = parse_rupiah_typed(text)
        if product is None or (amount is None and text.strip()):
            return False
        self._set_terms(product.sku, sell_price=None if amount == product.sell_price else amount)
        return True

    def set_consign_price(self, row: int, text: str) -> bool:
        """Takes what the producer gets, in rupiah, or the commission in percent, as the goods are supplied."""
        product = self.product(row)
        if product is None:
            return False
        if product.pricing == "komisi":
            part = parse_percent_typed(text)
            if part is None and text.strip(" %"):
                return False
            self._set_terms(product.sku, commission_bp=None if part == product.commission_bp else part)
            return True
        amount = parse_rupiah_typed(text)
        if amount is None and text.strip():
            return False
        self._set_terms(product.sku, consign_price=None if amount == product.consign_price else amount)
        return True

    def set_labels(self, row: int, text: str) -> bool:
        """Takes a typed count of labels; an empty text goes back to the usual one."""
        typed = text.strip()
        if typed and not (typed.isdecimal() and len(typed) <= 3 and int(typed) <= MOST_LABELS):
            return False
        self._set(row, labels=int(typed) if typed else None)
        return True

    def set_reason(self, row: int, reason: LossReason) -> None:
        """Why goods go back."""
        self._set(row, reason=reason)

    def refusal(self, cell: str, text: str) -> str:
        """Why a typed cell was not taken, and how to type it."""
        words = {
            "date": _("{text} is no date. Type day/month/year, for example 31/12/2026, +7 for days, + for shelf life."),
            "quantity": _("{text} is not possible here. Type the pieces, for example 12."),
            "price": _("{text} is no price. Type whole rupiah, for example 15.000."),
            "percent": _("{text} is no commission. Type percent, for example 12,5."),
            "labels": _("{text} is no count of labels. Type 0 to 999."),
        }
        return words[cell].format(text=text)

    # Many at once ----------------------------------------------------------------------------------------------------

    def copy(self, lines: list[Line]) -> int:
        """Lines of an earlier delivery whose goods are not in the draft yet, with today's usual dates; how many."""
        present = {line.sku for line in self.body.lines}
        added = 0
        for line in lines:
            known = self._catalogue.known(line.sku, self._today())
            if known is not None and line.sku not in present:
                present.add(line.sku)
                expires_on = self.usual_expiry(known.product)
                self.body.lines.append(Line(line.sku, line.quantity, expires_on))
                added += 1
        self._changed()
        return added

    def fill_return(self, products: list[Product], *, expired_only: bool) -> int:
        """Lines for all that expired, and unless ``expired_only`` for all that is left; how many there are then."""
        lines: list[Line] = []
        for product in products:
            known = self._catalogue.known(product.sku, self._today())
            if known is None or known.product.on_hand <= 0:
                continue
            gone = min(known.expired, known.product.on_hand)
            if gone:
                lines.append(Line(product.sku, gone, reason="expired"))
            rest = known.product.on_hand - gone
            if rest and not expired_only:
                lines.append(Line(product.sku, rest, reason="unsold"))
        if lines:
            self.body.lines[:] = lines
            self._changed()
        return len(lines)

    def replace(self, lines: list[Line]) -> None:
        """Other lines in the place of all."""
        self.body.lines[:] = lines
        self._changed()

    def usual_expiry(self, product: Product) -> str | None:
        """Today and the shelf life; None for goods that do not spoil."""
        if not product.shelf_life_days or self._returning:
            return None
        return (self._today() + timedelta(days=product.shelf_life_days)).isoformat()

    def _set(self, row: int, **changes: object) -> None:
        self.body.lines[row] = msgspec.structs.replace(self.body.lines[row], **changes)
        self._changed()

    def _set_terms(self, sku: str, **changes: object) -> None:
        for row in self.rows_of(sku):
            self.body.lines[row] = msgspec.structs.replace(self.body.lines[row], **changes)
        self._changed()
