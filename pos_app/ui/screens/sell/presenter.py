"""Rules of the Sell screen: what a scan, a typed name or a key does to the cart, and what is said about it. No Qt.

Each act returns an ``Outcome``: the message for the strip and, where the screen must ask something, what.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pos_app.domain import stock
from pos_app.domain.cart import Cart, CartLine, Part, spread
from pos_app.domain.dates import MONTHS, business_date
from pos_app.domain.errors import AmbiguousCode, ExpiredGoods, UnknownCode, WrongCheckDigit
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.domain.product import Product
from pos_app.i18n import _, language
from pos_app.ledger import queries, tasks
from pos_app.services import neighbours, people, price_downs
from pos_app.services.context import Counter, clock_is_plausible
from pos_app.services.goods import find_product
from pos_app.services.once import Once
from pos_app.ui.messages import Message, numbered
from sync.documents.base import Bearer
from sync.documents.sale import Buyer

ONE: Final = 1000
MANY: Final = 99_000
MOST: Final = 999_000
SOON_DAYS: Final = 7
BARCODE_FROM: Final = 8
"""Digits that an EAN-8 has; fewer are no barcode to register."""
Scope = Literal["line", "cart"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act. ``choices``: goods to choose among; ``register``: an unknown code; ``expired``: a SKU."""

    message: Message | None = None
    choices: tuple[Product, ...] = ()
    register: str = ""
    expired: str = ""


class SellPresenter:
    """The cart of the till and everything the cashier does with it before paying."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.cart = Cart()
        self.buyer = Buyer()
        self.once = Once(counter)
        """The sale of this cart."""

    # Adding -------------------------------------------------------------------------------------------------------

    def scan(self, code: str, quantity: int | None = None) -> Outcome:
        """A barcode or a SKU adds goods; everything else leaves the cart alone and says why."""
        try:
            product = find_product(self.counter.db, code)
        except WrongCheckDigit:
            return Outcome(numbered(2))
        except UnknownCode:
            barcode = code if code.isdigit() and len(code) >= BARCODE_FROM else ""
            return Outcome(numbered(1, code=code), register=barcode)
        except AmbiguousCode as error:
            found = tuple(p for p in (queries.product(self.counter.db, sku) for sku in error.skus) if p is not None)
            return Outcome(Message("W", _("Several producers use this barcode. Choose the goods.")), choices=found)
        return self.add(product, quantity or ONE)

    def add_sku(self, sku: str, quantity: int | None = None) -> Outcome:
        """Adds goods chosen from a tile or the result list."""
        product = queries.product(self.counter.db, sku)
        if product is None:
            return Outcome(numbered(1, code=sku))
        return self.add(product, quantity or ONE)

    def add(self, product: Product, quantity: int, *, approved_by: str | None = None) -> Outcome:
        """Adds goods where the rules allow it."""
        if product.sell_price <= 0:
            return Outcome(numbered(3, item=product.name))
        if quantity % ONE and not product.fractional:
            return Outcome(Message("E", _("{item} is sold in whole pieces.").format(item=product.name)))
        wanted = self.cart.quantity_of(product.sku) + quantity
        expired = self._expired(product, wanted)
        if expired is not None and approved_by is None:
            if not clock_is_plausible(self.counter.db, self.counter.clock()):
                approved_by = None
            else:
                return Outcome(numbered(5, item=product.name, date=day_month(expired)), expired=product.sku)
        self.cart.add(product, quantity, approved_by)
        self.mark_down()
        if expired is not None:
            return Outcome(Message("W", _("{item} has expired; added all the same.").format(item=product.name)))
        if wanted > product.in_corner:
            return Outcome(self._none_left(product))
        if quantity > MANY:
            return Outcome(numbered(6, quantity=quantity_text(quantity)))
        text = _("{item} — added {quantity} × {price}").format(
            item=product.name, quantity=quantity_text(quantity), price=thousands(product.sell_price)
        )
        off = sum(line.discount for line in self.cart.lines if line.marked and line.product.sku == product.sku)
        if off:
            text = _("{text}; cheaper batch, {amount} off").format(text=text, amount=rupiah(off))
        return Outcome(Message("S", text))

    def _none_left(self, product: Product) -> Message:
        """Message 4; where another till has or sold some of it, with whose stock is known."""
        where = neighbours.shelf_words(self.counter.db, product) if product.next_door else ""
        if not where:
            return numbered(4)
        text = _("Stock of all tills is used up ({where}); item added. Count later.")
        return Message("W", text.format(where=where), number=4)

    def allow_expired(self, sku: str, pin: str | None, quantity: int = ONE) -> Outcome:
        """A manager lets expired goods be sold; logged. Raises ``WrongPin``."""
        approved_by = self.approval("expired_goods", pin, sku)
        product = queries.product(self.counter.db, sku)
        return self.add(product, quantity, approved_by=approved_by) if product is not None else Outcome()

    def approval(self, action: str, pin: str | None, detail: str = "") -> str:
        """The manager who allows something: the acting one, else whose PIN it is. Raises ``WrongPin``."""
        user = self.counter.user
        if pin is None and user is not None and user.is_manager:
            people.log(self.counter, f"approved:{action}", people.typed(self.counter, detail))
            return user.id
        return people.approve(self.counter, pin or "", action, detail)

    @property
    def is_manager(self) -> bool:
        """Whether the acting user needs nobody's PIN."""
        return self.counter.is_manager

    # Changing -----------------------------------------------------------------------------------------------------

    def step(self, row: int, delta: int) -> Outcome:
        """One more or one less; the last one is removed with Del, not with minus."""
        line = self.cart.lines[row]
        quantity = line.quantity + delta * ONE
        if quantity < 1:
            self.cart.select(row)
            return Outcome(Message("I", _("Del removes the line.")))
        return self.set_quantity(row, quantity)

    def set_quantity(self, row: int, quantity: int) -> Outcome:
        """Sets the quantity of a line (thousandths)."""
        line = self.cart.lines[row]
        if quantity % ONE and not line.product.fractional:
            return Outcome(Message("E", _("{item} is sold in whole pieces.").format(item=line.product.name)))
        if not 1 <= quantity <= MOST:
            return Outcome(Message("E", _("Enter a quantity from 1 to 999.")))
        others = self.cart.quantity_of(line.product.sku) - line.quantity
        expired = self._expired(line.product, others + quantity)
        if expired is not None and line.approved_by is None and quantity > line.quantity:
            return Outcome(numbered(5, item=line.product.name, date=day_month(expired)), expired=line.product.sku)
        self.cart.set_quantity(row, quantity)
        self.mark_down()
        if quantity > MANY:
            return Outcome(numbered(6, quantity=quantity_text(quantity)))
        if others + quantity > line.product.in_corner:
            return Outcome(self._none_left(line.product))
        text = _("{item} — quantity {quantity}").format(item=line.product.name, quantity=quantity_text(quantity))
        return Outcome(Message("S", text))

    def remove(self, row: int) -> Outcome:
        """Takes a line out; what was removed before payment is logged."""
        line = self.cart.remove(row)
        self.mark_down()
        self._log_removed((line,))
        return Outcome(Message("I", _("{item} removed.").format(item=line.product.name)))

    def empty(self) -> Outcome:
        """Takes every line out; undoable and logged."""
        lines = self.cart.empty()
        if not lines:
            return Outcome()
        self._log_removed(lines)
        return Outcome(Message("I", _("Cart emptied: {count} lines.").format(count=len(lines))))

    def take_prices_anew(self) -> None:
        """After a price changed under the cart: shows what the goods cost now."""
        skus = {line.product.sku for line in self.cart.lines}
        found = (queries.product(self.counter.db, sku) for sku in skus)
        self.cart.replace_goods({product.sku: product for product in found if product is not None})
        self.mark_down()

    def mark_down(self) -> None:
        """Takes off the lines what lower prices of batches allow now."""
        if self.cart.lines and tasks.count(self.counter.db, "price_down"):
            self.cart.mark_down(price_downs.dividing(self.counter.db, self.today))
        elif any(line.marked for line in self.cart.lines):
            self.cart.mark_down(lambda _product, quantity, _before: [Part(quantity)])

    def undo(self) -> Outcome:
        """One change back."""
        undone = self.cart.undo()
        self.mark_down()
        return Outcome(Message("I", _("Undone.") if undone else _("Nothing to undo.")))

    def redo(self) -> Outcome:
        """One undone change again."""
        done = self.cart.redo()
        self.mark_down()
        return Outcome(Message("I", _("Done again.") if done else _("Nothing to redo.")))

    def gross(self, scope: Scope) -> int:
        """Rupiah before any discount, of the selected line or of the whole cart."""
        lines = self.cart.lines if scope == "cart" else (self.cart.lines[self.cart.selected],)
        return sum(line.gross for line in lines)

    def discount_of(self, scope: Scope, text: str) -> int | None:
        """Rupiah of a typed discount (``10%``, ``2.500``), or None when it is none or more than the price."""
        gross = self.gross(scope)
        typed = text.strip().replace(" ", "")
        percent = re.fullmatch(r"(\d{1,3})(?:[.,](\d))?%", typed)
        if percent is not None:
            tenths = int(percent[1]) * 10 + int(percent[2] or 0)
            amount = (gross * tenths + 500) // 1000
        elif re.fullmatch(r"(?:Rp)?\d[\d.]*", typed):
            amount = int(re.sub(r"\D", "", typed))
        else:
            return None
        return amount if amount <= gross else None

    def discount(self, scope: Scope, amount: int, borne_by: Bearer, reason: str, pin: str | None) -> Outcome:
        """Gives a discount in rupiah with a manager's approval; logged. Raises ``WrongPin``.

        On the whole cart it is spread over the lines by their prices, in place of what they had.
        """
        cart = self.cart
        line = cart.lines[cart.selected]
        what = line.product.sku if scope == "line" else f"{len(cart.lines)} lines"
        approved_by = self.approval("discount", pin, f"{what} {amount} {borne_by} {reason}")
        if scope == "line":
            cart.set_discount(cart.selected, amount, borne_by, approved_by)
            text = _("Discount {amount} on {item}.").format(amount=rupiah(amount), item=line.product.name)
        else:
            cart.set_discounts(spread(amount, [each.gross for each in cart.lines]), borne_by, approved_by)
            text = _("Discount {amount} on the whole cart.").format(amount=rupiah(amount))
        return Outcome(Message("S", text))

    # Finding ------------------------------------------------------------------------------------------------------

    def search(self, text: str) -> list[Product]:
        """Goods whose name, producer or SKU holds every typed word; the likeliest first."""
        return queries.search_products(self.counter.db, text)

    def days_left(self, product: Product) -> int | None:
        """Days until the earliest pieces on hand expire; None for goods that do not spoil."""
        if product.expires_on is None:
            return None
        return (date.fromisoformat(product.expires_on) - self.today).days

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    def counts(self) -> str:
        """``11 barang · 6 macam``."""
        return _("{items} items · {lines} lines").format(items=self.cart.pieces, lines=len(self.cart.lines))

    def new_buyer(self) -> None:
        """Ready for the next sale."""
        self.cart.clear()
        self.buyer = Buyer()

    def _expired(self, product: Product, wanted: int) -> str | None:
        """The date of expired pieces that this quantity would need; None when fresh ones suffice."""
        if product.expires_on is None or product.expires_on >= self.today.isoformat():
            return None
        lots = queries.lots(self.counter.db, product.sku)
        try:
            stock.take_for_sale(product, lots, wanted, self.today, expired_allowed=False)
        except ExpiredGoods as error:
            return error.expires_on
        return None

    def _log_removed(self, lines: Sequence[CartLine]) -> None:
        detail = "; ".join(f"{line.product.sku} × {quantity_text(line.quantity)}" for line in lines)
        people.log(self.counter, "line_removed", detail)


def day_month(iso: str) -> str:
    """``28 Nov`` of an ISO date."""
    day = date.fromisoformat(iso)
    return f"{day.day} {MONTHS[language()][day.month - 1][:3]}"
