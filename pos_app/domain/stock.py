"""Which pieces leave the stock: first expired first for consigned goods, first in first out for bought ones."""

from collections.abc import Iterable
from datetime import date

from pos_app.domain.errors import ExpiredGoods
from pos_app.domain.product import Lot, Product
from sync.documents.arithmetic import priced, taken_cost
from sync.documents.base import Take

UNBATCHED = ""
"""The batch of pieces sold below zero or found by a count."""


def in_order(product: Product, lots: Iterable[Lot]) -> list[Lot]:
    """The lots with pieces left, in the order in which they are taken."""
    live = [lot for lot in lots if lot.quantity > 0]
    if len(live) < 2:
        return live
    if product.pricing == "putus":
        return sorted(live, key=lambda lot: lot.position)
    return sorted(live, key=lambda lot: (lot.expires_on or "9999", lot.batch == UNBATCHED, lot.position))


def take(product: Product, lots: Iterable[Lot], quantity: int) -> tuple[Take, ...]:
    """``quantity`` thousandths out of the lots; what no lot holds is taken unbatched, below zero.

    Bought goods carry their cost (rule 9); unbatched pieces cost what the next ones would. Pieces that a count found
    fill up what was sold below zero and bring no cost (rule 11): what they then carry is never below zero, as a sale
    gives no cost back that another one told.
    """
    takes: list[Take] = []
    left = quantity
    for lot in in_order(product, lots):
        if not left:
            break
        pieces = min(left, lot.quantity)
        cost = max(taken_cost(lot.cost, pieces, lot.quantity), 0)
        takes.append(Take(lot.batch, pieces, cost, lot.expires_on))
        left -= pieces
    if left:
        cost = priced(product.consign_price or 0, left) if product.pricing == "putus" else 0
        takes.append(Take(UNBATCHED, left, cost))
    return tuple(takes) if len(takes) < 2 else _merged(takes)


def _merged(takes: Iterable[Take]) -> tuple[Take, ...]:
    """One take per batch."""
    by_batch: dict[str, Take] = {}
    for one in takes:
        known = by_batch.get(one.batch)
        by_batch[one.batch] = (
            Take(one.batch, known.quantity + one.quantity, known.cost + one.cost, known.expires_on) if known else one
        )
    return tuple(by_batch.values())


def take_for_sale(
    product: Product, lots: Iterable[Lot], quantity: int, today: date, *, expired_allowed: bool
) -> tuple[Take, ...]:
    """Pieces for a sale: fresh ones first. Raises ``ExpiredGoods`` when only expired ones are left for it.

    ``expires_on`` is the last day on which the goods may be sold.
    """
    day = today.isoformat()
    fresh: list[Lot] = []
    expired: list[Lot] = []
    for lot in lots:
        if lot.quantity > 0:
            (expired if lot.expires_on is not None and lot.expires_on < day else fresh).append(lot)
    if not expired:
        return take(product, fresh, quantity)
    fresh_quantity = sum(lot.quantity for lot in fresh)
    if fresh_quantity >= quantity:
        return take(product, fresh, quantity)
    if not expired_allowed:
        raise ExpiredGoods(product.name, min(lot.expires_on or "" for lot in expired))
    first = take(product, fresh, fresh_quantity) if fresh_quantity else ()
    return first + take(product, expired, quantity - fresh_quantity)


def take_expired(product: Product, lots: Iterable[Lot], quantity: int, today: date) -> tuple[Take, ...]:
    """Pieces written off as expired: those of batches whose last day of sale is ``today`` or earlier first."""
    due: list[Lot] = []
    others: list[Lot] = []
    for lot in lots:
        (due if has_ended(lot, today) else others).append(lot)
    from_due = min(quantity, sum(lot.quantity for lot in due))
    first = take(product, due, from_due) if from_due else ()
    return first + (take(product, others, quantity - from_due) if quantity > from_due else ())


def has_ended(lot: Lot, today: date) -> bool:
    """Whether pieces on hand have reached their last day of sale: unsold that evening, they are thrown away."""
    return lot.quantity > 0 and lot.expires_on is not None and lot.expires_on <= today.isoformat()
