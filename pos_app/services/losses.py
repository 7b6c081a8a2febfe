"""Goods that got lost or spoiled (rule 10)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import msgspec

from pos_app.domain import stock
from pos_app.domain.errors import EmptyDocument, ExceedsStock, NotExpired, RuleError
from pos_app.domain.product import Lot, Product
from pos_app.ledger import agreements
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.receiving import leaving_line
from sync.documents.arithmetic import share_of_loss
from sync.documents.base import Bearer, LossReason, Take
from sync.documents.goods import LeavingLine, WriteOff

Pick = Callable[[Product, Iterable[Lot], int], tuple[Take, ...]]


@dataclass(frozen=True, slots=True)
class Lost:
    """Pieces lost, in thousandths. ``borne_by`` defaults to ``bearer_by_rule``.

    ``batch`` names the batch they are of; without it they leave as goods do: what expired, of the batches that have
    reached their last day; anything else the first to expire first, bought goods first in first out.
    """

    code: str
    quantity: int
    reason: LossReason = "damaged"
    borne_by: Bearer | None = None
    batch: str | None = None


def bearer_by_rule(db: Connection, product: Product, reason: LossReason) -> Bearer:
    """Who bears a loss when nobody says otherwise (rule 10): the corner for what it bought, else by agreement.

    An agreement speaks of what was lost or damaged at the corner. What expired unsold, and everything without an
    agreement, is its producer's.
    """
    if product.pricing == "putus":
        return "corner"
    agreed = agreements.loss_bearer(db, product.producer) if reason != "expired" else None
    return agreed or "producer"


def write_off(
    counter: Counter,
    lines: Sequence[Lost],
    *,
    note: str | None = None,
    approved_by: str | None = None,
    beyond_expired: bool = False,
    draft: str | None = None,
) -> Recorded:
    """Take lost goods off the stock; what the corner bears becomes payable.

    ``beyond_expired`` lets fresh pieces be written off as expired without naming their batch; ``draft`` is the slot
    in which it was typed, emptied with it. Raises ``ExceedsStock`` and ``NotExpired``.
    """
    if not lines:
        raise EmptyDocument
    counter.require_manager("write_off", approved_by)
    with counter.record(draft) as now:
        lost = plan(now.db, lines, now.today, beyond_expired=beyond_expired)
        now.append(
            WriteOff(
                number=now.number(WriteOff.PREFIX), note=now.note(note), approved_by=approved_by, lines=tuple(lost)
            ),
            paper="write_off",
        )
    return done(now)


def plan(db: Connection, lines: Sequence[Lost], today: date, *, beyond_expired: bool = False) -> list[LeavingLine]:
    """What ``write_off`` would record of these lines now: the pieces, who bears them, what is owed. Raises the same."""
    shelf = Shelf(db)
    return [_planned(shelf, line, today, beyond_expired=beyond_expired) for line in lines]


def plan_each(db: Connection, lines: Sequence[Lost], today: date) -> list[LeavingLine | RuleError]:
    """The same line by line, with what forbids a line in its place."""
    shelf = Shelf(db)
    found: list[LeavingLine | RuleError] = []
    for line in lines:
        try:
            found.append(_planned(shelf, line, today, beyond_expired=False))
        except RuleError as error:
            found.append(error)
    return found


def _planned(shelf: Shelf, line: Lost, today: date, *, beyond_expired: bool) -> LeavingLine:
    product = find_product(shelf.db, line.code)
    quantity = check_quantity(product, line.quantity)
    pick = _pick(shelf, product, quantity, line, today, beyond_expired=beyond_expired)
    return loss_line(shelf, product, quantity, line.reason, line.borne_by, pick)


def _pick(shelf: Shelf, product: Product, quantity: int, line: Lost, today: date, *, beyond_expired: bool) -> Pick:
    """Which pieces a line takes. Raises where it asks for more than there are of them."""
    lots = shelf.lots(product.sku)
    if line.batch is not None:
        there = sum(lot.quantity for lot in lots if lot.batch == line.batch)
        if quantity > there:
            raise ExceedsStock(product.name, max(there, 0))
        return partial(_of_batch, batch=line.batch)
    if line.reason != "expired":
        return stock.take
    ended = sum(lot.quantity for lot in lots if stock.has_ended(lot, today))
    if quantity > ended and not beyond_expired:
        if quantity > shelf.on_hand(product.sku):
            raise ExceedsStock(product.name, max(shelf.on_hand(product.sku), 0))
        raise NotExpired(product.name, ended)
    return partial(stock.take_expired, today=today)


def _of_batch(product: Product, lots: Iterable[Lot], quantity: int, batch: str) -> tuple[Take, ...]:
    return stock.take(product, [lot for lot in lots if lot.batch == batch], quantity)


def loss_line(
    shelf: Shelf,
    product: Product,
    quantity: int,
    reason: LossReason,
    borne_by: Bearer | None,
    pick: Pick = stock.take,
) -> LeavingLine:
    """Pieces lost, taken from the shelf; ``borne_by`` as in ``Lost``. Raises ``ExceedsStock``."""
    line = leaving_line(shelf, product, quantity, reason, pick)
    bearer = borne_by or bearer_by_rule(shelf.db, product, reason)
    if bearer == "producer" or product.pricing == "putus":
        return msgspec.structs.replace(line, borne_by=bearer)
    share = share_of_loss(
        pricing=product.pricing,
        quantity=quantity,
        sell_price=product.sell_price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
    )
    return msgspec.structs.replace(
        line,
        borne_by=bearer,
        share=share,
        sell_price=product.sell_price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
    )
