"""Held carts and the draft of the current one: what is kept when the cashier or the power interrupts. No Qt.

A cart is kept as SKUs, quantities and the prices shown; when it comes back, goods are looked up anew and changed prices
are named, so that nobody is charged what the screen did not show.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pos_app.domain.cart import CartLine
from pos_app.domain.dates import time_text
from pos_app.domain.formats import thousands
from pos_app.domain.product import Product
from pos_app.i18n import _, language
from pos_app.ledger import drafts, queries
from pos_app.ledger.sqlite import faults
from pos_app.services import people
from pos_app.services.context import Counter
from sync.documents.sale import Buyer, Sale

CURRENT: Final = "cart"
HELD: Final = "held:"


@dataclass(frozen=True, slots=True)
class HeldCart:
    """A cart in the list of held ones; ``label`` is what the cashier called it, empty for nothing."""

    slot: str
    when: str
    goods: str
    lines: int
    total: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A cart that came back; ``changed`` names goods with another price now, and both; ``gone`` those not known."""

    lines: tuple[CartLine, ...]
    buyer: Buyer
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


class HeldCarts:
    """The held carts of this till."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def hold(self, lines: tuple[CartLine, ...], buyer: Buyer, label: str = "") -> None:
        """Keeps a cart under a slot of its own, under a name where the cashier gave it one."""
        moment = self.counter.clock()
        self._save(f"{HELD}{moment.isoformat()}:{self.count():04d}", lines, buyer, moment, label)

    def listed(self) -> list[HeldCart]:
        """Held carts, oldest first."""
        listed = [_listed(draft.slot, json.loads(draft.body)) for draft in drafts.drafts(self.counter.db, HELD)]
        return [replace(cart, label=people.readable(self.counter, cart.label)) for cart in listed]

    def count(self) -> int:
        """How many carts are held."""
        return len(drafts.drafts(self.counter.db, HELD))

    def recall(self, slot: str) -> Recalled | None:
        """Takes a held cart back; its slot is empty then."""
        recalled = self._load(slot)
        self._discard(slot)
        return recalled

    def save_current(self, lines: tuple[CartLine, ...], buyer: Buyer) -> None:
        """Keeps the cart being rung up, so that a power cut does not lose it. Raises a fault of the disk."""
        if lines:
            self._save(CURRENT, lines, buyer, self.counter.clock())
        else:
            self._discard(CURRENT)

    def restore_current(self) -> Recalled | None:
        """The cart that was being rung up when the program stopped."""
        return self._load(CURRENT)

    def body(self, lines: tuple[CartLine, ...], buyer: Buyer) -> str:
        """What the draft of such a cart says, for whoever keeps it in a transaction of its own."""
        return _dump(lines, buyer, self.counter.clock())

    def cart_of(self, sale: Sale, approved_by: str) -> Recalled:
        """The goods of a sale as a cart at today's prices, as when it was rung up.

        The buyer has them already, so who lets the sale be paid anew also allows what has expired since.
        """
        lines: list[CartLine] = []
        changed: list[str] = []
        gone: list[str] = []
        for sold in sale.lines:
            product = queries.product(self.counter.db, sold.sku)
            if product is None:
                gone.append(sold.name)
                continue
            if product.sell_price != sold.sell_price:
                changed.append(_changed(product, sold.sell_price))
            line = CartLine(product, sold.quantity, 0, sold.borne_by, sale.approved_by or approved_by)
            lines.append(replace(line, discount=min(sold.discount, line.gross)))
        return Recalled(tuple(lines), sale.buyer, tuple(changed), tuple(gone))

    def _save(self, slot: str, lines: tuple[CartLine, ...], buyer: Buyer, moment: datetime, label: str = "") -> None:
        sealed = people.typed(self.counter, label) if label else ""  # it may name somebody
        body = _dump(lines, buyer, moment, sealed)
        with faults(self.counter.ledger.path):
            drafts.save(self.counter.db, slot, moment.isoformat(timespec="seconds"), body)

    def _discard(self, slot: str) -> None:
        with faults(self.counter.ledger.path):
            drafts.discard(self.counter.db, slot)

    def _load(self, slot: str) -> Recalled | None:
        draft = drafts.load(self.counter.db, slot)
        if draft is None:
            return None
        kept = json.loads(draft.body)
        lines: list[CartLine] = []
        changed: list[str] = []
        gone: list[str] = []
        for each in kept["lines"]:
            product = queries.product(self.counter.db, each["sku"])
            if product is None:
                gone.append(str(each["name"]))
                continue
            if product.sell_price != each["price"]:
                changed.append(_changed(product, int(each["price"])))
            lines.append(_line(product, each))
        return Recalled(tuple(lines), Buyer(**kept["buyer"]), tuple(changed), tuple(gone))


def _changed(product: Product, before: int) -> str:
    return f"{product.name} {thousands(before)} → {thousands(product.sell_price)}"


def _line(product: Product, kept: dict[str, Any]) -> CartLine:
    marked = bool(kept.get("marked", False))
    line = CartLine(product, int(kept["quantity"]), 0, kept["borne_by"], kept["approved_by"], marked)
    return replace(line, discount=min(int(kept["discount"]), line.gross))


def _dump(lines: tuple[CartLine, ...], buyer: Buyer, moment: datetime, label: str = "") -> str:
    return json.dumps(
        {
            "at": moment.isoformat(timespec="seconds"),
            "label": label,
            "buyer": {"kind": buyer.kind, "unit": buyer.unit},
            "total": sum(line.total for line in lines),
            "lines": [
                {
                    "sku": line.product.sku,
                    "name": line.product.name,
                    "price": line.product.sell_price,
                    "quantity": line.quantity,
                    "discount": line.discount,
                    "borne_by": line.borne_by,
                    "approved_by": line.approved_by,
                    "marked": line.marked,
                }
                for line in lines
            ],
        },
        ensure_ascii=False,
    )


def _listed(slot: str, kept: dict[str, Any]) -> HeldCart:
    lines = kept["lines"]
    more = len(lines) - 1
    goods = lines[0]["name"] + (_(" +{count} more").format(count=more) if more else "")
    when = time_text(datetime.fromisoformat(kept["at"]), language())
    return HeldCart(slot, when, goods, len(lines), int(kept["total"]), str(kept.get("label", "")))
