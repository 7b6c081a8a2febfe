"""Selling what is about to expire cheaper: a price for the pieces of one batch, taken off at the till as a discount.

A new price of the product (``services.prices``) would hold for the fresh pieces as well, would have to be set back,
and must not lie below what the producer gets. So a manager names a price for the batch and who bears what is left off
(rule 8); the till gives that discount to the pieces it takes from the batch, and it ends with the batch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from pos_app.domain import stock
from pos_app.domain.cart import Divide, Part
from pos_app.domain.errors import InvalidAmount, NotNext, UnknownCode
from pos_app.domain.product import Lot, Product
from pos_app.ledger import queries, tasks
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter
from pos_app.services.tasks import end_tasks, raise_task
from sync.documents.arithmetic import priced, split_line
from sync.documents.base import Bearer

STEP: Final = 500
ONE: Final = 1000


@dataclass(frozen=True, slots=True)
class Marked:
    """A lower price of a batch: rupiah per unit, and who bears what is left off."""

    price: int
    borne_by: Bearer


def proposed(product: Product, borne_by: Bearer = "corner") -> int | None:
    """A quarter less in whole steps of Rp 500; where the corner bears it not below what the producer gets.

    ``None`` where no such step lies below the price.
    """
    price = product.sell_price * 3 // 4 // STEP * STEP
    if borne_by == "corner":
        least = -(-_share_of_one(product) // STEP) * STEP
        price = max(price, least)
    return price if 0 < price < product.sell_price else None


def left_to_corner(product: Product, price: int, borne_by: Bearer) -> int:
    """What the corner keeps of one unit sold at ``price``, in rupiah; below zero it pays for the sale."""
    if product.pricing == "putus":
        return price - (product.consign_price or 0)
    split = _split(product, ONE, product.sell_price - price, borne_by)
    return split[2]


def producer_gets(product: Product, price: int, borne_by: Bearer) -> int:
    """What the producer gets for one unit sold at ``price``, in rupiah; 0 for goods that were bought."""
    return _split(product, ONE, product.sell_price - price, borne_by)[1]


def _share_of_one(product: Product) -> int:
    return product.consign_price or 0 if product.pricing == "putus" else _split(product, ONE, 0, "corner")[1]


def _split(product: Product, quantity: int, discount: int, borne_by: Bearer) -> tuple[int, int, int]:
    return split_line(
        pricing=product.pricing,
        quantity=quantity,
        sell_price=product.sell_price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
        discount=discount,
        borne_by=borne_by,
    )


def set_price_down(
    counter: Counter, sku: str, batch: str, price: int, borne_by: Bearer, *, approved_by: str | None = None
) -> None:
    """Sell the pieces of a batch at ``price`` from now on, until they are gone or expired. A manager's act, logged.

    Another price of the same batch takes its place. Raises ``InvalidAmount`` for a price that is not below the price
    of the product, ``UnknownCode`` for a batch that is not on hand or does not expire, and ``NotNext`` for bought goods
    of which other pieces are sold first: they leave first in, first out (rule 9), whatever the label says.
    """
    counter.require_manager("price_down", approved_by)
    now = counter.clock()
    with counter.ledger.write() as tx:
        product = queries.product(tx.db, sku)
        if product is None:
            raise UnknownCode(sku)
        lots = queries.lots(tx.db, sku)
        lot = next((lot for lot in lots if lot.batch == batch and lot.quantity > 0), None)
        if lot is None or lot.expires_on is None:
            raise UnknownCode(batch)
        if not 1 <= price < product.sell_price:
            raise InvalidAmount(str(price))
        if product.pricing == "putus" and stock.in_order(product, lots)[0].batch != batch:
            raise NotNext(product.name)
        bearer: Bearer = "corner" if product.pricing == "putus" else borne_by
        end_tasks(tx.db, "price_down", {sku: [batch]}, at=now, outcome="replaced")
        by = counter.who(approved_by)
        raise_task(tx.db, "price_down", sku, batch, lot.expires_on, at=now, by=by, price=price, borne_by=bearer)
        counter.log(tx.db, f"price_down:{price}", sku, approved_by)


def withdraw(counter: Counter, sku: str, batch: str, *, approved_by: str | None = None) -> None:
    """The pieces of a batch cost what the product costs again. A manager's act, logged."""
    counter.require_manager("price_down", approved_by)
    with counter.ledger.write() as tx:
        end_tasks(tx.db, "price_down", {sku: [batch]}, at=counter.clock(), outcome="withdrawn")
        counter.log(tx.db, "price_down_ended", sku, approved_by)


def marked(db: Connection, today: date, sku: str | None = None) -> dict[str, dict[str, Marked]]:
    """Lower prices in force by SKU and batch, of some goods or of all; a batch that expired has none."""
    found: dict[str, dict[str, Marked]] = {}
    open_ones = tasks.open_tasks(db, "price_down") if sku is None else tasks.open_of(db, "price_down", sku)
    for task in open_ones:
        if task.price is not None and task.borne_by and task.due_on >= today.isoformat():
            found.setdefault(task.sku, {})[task.batch] = Marked(task.price, task.borne_by)
    return found


def parts_of(
    product: Product, lots: Iterable[Lot], quantity: int, marks: Mapping[str, Marked], today: date, *, before: int = 0
) -> list[Part]:
    """``quantity`` pieces, of those the till takes after ``before`` others, apart by what they cost and who bears it.

    What a producer bears of some pieces must not be taken off its share of others: each mark has a part of its own.
    """
    pick = partial(stock.take_for_sale, today=today, expired_allowed=True)
    live = list(lots)
    earlier = {take.batch: take.quantity for take in pick(product, live, before)} if before else {}
    pieces: dict[Marked | None, int] = {}
    for take in pick(product, live, before + quantity):
        mark = marks.get(take.batch)
        mark = mark if mark is not None and mark.price < product.sell_price else None
        if (more := take.quantity - earlier.get(take.batch, 0)) > 0:
            pieces[mark] = pieces.get(mark, 0) + more
    return [
        Part(more, priced(product.sell_price - mark.price, more), mark.borne_by) if mark else Part(more)
        for mark, more in pieces.items()
    ]


def dividing(db: Connection, today: date) -> Divide:
    """For ``Cart.mark_down``: how goods are apart by the lower prices in force."""
    marks = marked(db, today)

    def divide(product: Product, quantity: int, before: int) -> list[Part]:
        if product.sku not in marks:
            return [Part(quantity)]
        lots = queries.lots(db, product.sku)
        return parts_of(product, lots, quantity, marks[product.sku], today, before=before)

    return divide


def allows(
    db: Connection, product: Product, lots: Iterable[Lot], quantity: int, discount: int, borne_by: Bearer, today: date
) -> bool:
    """Whether a discount on a line is no more than a manager allowed for the batches that it takes.

    What the producer bears is off its share, so then all pieces of the line must be of one mark.
    """
    marks = marked(db, today, product.sku).get(product.sku)
    if not marks:
        return False
    parts = parts_of(product, lots, quantity, marks, today)
    off = [part for part in parts if part.discount]
    if any(part.borne_by != borne_by for part in off) or (borne_by == "producer" and len(parts) > 1):
        return False
    return 0 < discount <= sum(part.discount for part in off)
