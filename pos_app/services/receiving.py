"""Goods that come from a producer and go back to one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from pos_app.domain import stock
from pos_app.domain.errors import EmptyDocument, ExceedsStock, InvalidDate, Misuse, UnknownProducer, WrongProducer
from pos_app.domain.product import Lot, Product
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from sync.documents.arithmetic import priced
from sync.documents.base import LossReason, Take
from sync.documents.goods import GoodsReceived, GoodsReturned, LeavingLine, ReceivedLine


@dataclass(frozen=True, slots=True)
class Delivered:
    """One line of a delivery; ``expires_on`` is the last day of sale (ISO), ``None`` when it does not spoil."""

    code: str
    quantity: int
    expires_on: str | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """Pieces that leave unsold, in thousandths, and why."""

    code: str
    quantity: int
    reason: LossReason = "unsold"


_NUMBER = r"(?=.*[0-9])[A-Za-z0-9 ./#_-]{1,40}"
"""A reference lies in the document for ever, so it is a number and no free text."""


def receive(
    counter: Counter,
    producer: str,
    lines: Sequence[Delivered],
    *,
    reference: str = "",
    note: str | None = None,
    approved_by: str | None = None,
    draft: str | None = None,
) -> Recorded:
    """Record a delivery; each line is a batch with the prices of now. Bought goods are owed at once (rule 9).

    ``draft`` is the slot in which it was typed, emptied with it.
    """
    if not lines:
        raise EmptyDocument
    if reference and not re.fullmatch(_NUMBER, reference):
        raise Misuse(
            _("The producer's note is named by its number: at most 40 letters and digits. Names go into the remark.")
        )
    counter.require_manager("receive", approved_by)
    with counter.record(draft) as now:
        _check_producer(now.db, producer)
        number = now.number(GoodsReceived.PREFIX)
        shelf = Shelf(now.db)
        short: dict[str, int] = {}
        received = []
        for index, line in enumerate(lines):
            product = _product_of(now.db, line.code, producer)
            short.setdefault(product.sku, _sold_ahead(shelf, product))
            one = _received_line(product, line, f"{number}.{index}", short[product.sku])
            short[product.sku] -= one.covers
            received.append(one)
        now.append(
            GoodsReceived(
                number=number,
                note=now.note(note),
                approved_by=approved_by,
                producer=producer,
                lines=tuple(received),
                reference=reference,
            ),
            paper="goods_received",
            copies=2,
        )
    return done(now)


def _sold_ahead(shelf: Shelf, product: Product) -> int:
    """Pieces of consigned goods that were sold before they were recorded, in thousandths."""
    if product.pricing == "putus":
        return 0
    return max(-sum(lot.quantity for lot in shelf.lots(product.sku) if lot.batch == stock.UNBATCHED), 0)


def _received_line(product: Product, line: Delivered, batch: str, short: int) -> ReceivedLine:
    quantity = check_quantity(product, line.quantity)
    return ReceivedLine(
        sku=product.sku,
        name=product.name,
        unit=product.unit,
        pricing=product.pricing,
        quantity=quantity,
        sell_price=product.sell_price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
        expires_on=_date(line.expires_on),
        batch=batch,
        covers=min(short, quantity),
        cost=priced(product.consign_price or 0, quantity) if product.pricing == "putus" else 0,
    )


def _date(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidDate(text) from None


def return_goods(
    counter: Counter,
    producer: str,
    lines: Sequence[Leaving],
    *,
    note: str | None = None,
    approved_by: str | None = None,
    draft: str | None = None,
) -> Recorded:
    """The producer takes goods back; never more than is on hand. ``draft`` as in ``receive``."""
    if not lines:
        raise EmptyDocument
    counter.require_manager("return_goods", approved_by)
    with counter.record(draft) as now:
        _check_producer(now.db, producer)
        shelf = Shelf(now.db)
        leaving = []
        for line in lines:
            product = _product_of(now.db, line.code, producer)
            leaving.append(leaving_line(shelf, product, check_quantity(product, line.quantity), line.reason))
        now.append(
            GoodsReturned(
                number=now.number(GoodsReturned.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                producer=producer,
                lines=tuple(leaving),
            ),
            paper="goods_returned",
            copies=2,
        )
    return done(now)


def leaving_line(
    shelf: Shelf,
    product: Product,
    quantity: int,
    reason: LossReason,
    pick: Callable[[Product, Iterable[Lot], int], tuple[Take, ...]] = stock.take,
) -> LeavingLine:
    """Pieces taken from the shelf by ``pick``. Raises ``ExceedsStock``."""
    on_hand = shelf.on_hand(product.sku)
    if quantity > on_hand:
        raise ExceedsStock(product.name, max(on_hand, 0))
    return LeavingLine(
        sku=product.sku,
        name=product.name,
        producer=product.producer,
        unit=product.unit,
        pricing=product.pricing,
        quantity=quantity,
        reason=reason,
        takes=shelf.take(product, quantity, pick),
    )


def _check_producer(db: Connection, producer: str) -> None:
    if registry.producer_name(db, producer) is None:
        raise UnknownProducer(producer)


def _product_of(db: Connection, code: str, producer: str) -> Product:
    """The product a code means for this producer; a barcode shared with another producer is no question here."""
    own = [one for one in queries.products_by_code(db, code) if one.producer == producer]
    product = own[0] if len(own) == 1 else find_product(db, code)
    if product.producer != producer:
        raise WrongProducer(product.name)
    return product
