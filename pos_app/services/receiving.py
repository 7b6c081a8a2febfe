"""Goods that come from a producer and go back to one."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from msgspec.structs import replace

from pos_app.domain import stock
from pos_app.domain.errors import (
    EmptyDocument,
    ExceedsStock,
    InvalidDate,
    Misuse,
    TermsDiffer,
    UnknownProducer,
    WrongProducer,
)
from pos_app.domain.prices import check_terms
from pos_app.domain.product import Lot, Product
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, Recording, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.tasks import end_tasks
from sync.documents.arithmetic import priced
from sync.documents.base import LossReason, Take
from sync.documents.goods import GoodsReceived, GoodsReturned, LeavingLine, ReceivedLine
from sync.documents.money import PriceSet


@dataclass(frozen=True, slots=True)
class Delivered:
    """One line of a delivery; ``expires_on`` is the last day of sale (ISO), ``None`` when it does not spoil.

    Prices (rupiah) and commission (basis points) are those that were confirmed at the counter; ``None``: as before.
    """

    code: str
    quantity: int
    expires_on: str | None = None
    sell_price: int | None = None
    consign_price: int | None = None
    commission_bp: int | None = None


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
    print_note: bool = True,
) -> Recorded:
    """Record a delivery; each line is a batch with the prices confirmed. Bought goods are owed at once (rule 9).

    Prices that differ from the goods' own are set first, in the same transaction: both are recorded or neither is.
    ``draft`` is the slot in which it was typed, emptied with it; ``print_note`` puts two copies into the print queue.
    Raises what ``check_terms`` raises, and ``TermsDiffer`` for two prices of the same goods.
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
        products = _with_terms(now, lines, producer, approved_by)
        for index, (line, product) in enumerate(zip(lines, products, strict=True)):
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
            paper="goods_received" if print_note else None,
            copies=2,
        )
    return done(now)


def _with_terms(now: Recording, lines: Sequence[Delivered], producer: str, approved_by: str | None) -> list[Product]:
    """The product of each line with the prices that were confirmed; those that are new are recorded."""
    before: dict[str, Product] = {}
    confirmed: dict[str, Product] = {}
    skus = []
    for line in lines:
        product = _product_of(now.db, line.code, producer)
        before[product.sku] = product
        skus.append(product.sku)
        if line.sell_price is None and line.consign_price is None and line.commission_bp is None:
            continue
        product = _confirmed(product, line)
        if confirmed.setdefault(product.sku, product) != product:
            raise TermsDiffer(product.name)
    for sku, product in confirmed.items():
        if product != before[sku]:
            _set_price(now.another(), product, approved_by)
    return [confirmed.get(sku, before[sku]) for sku in skus]


def _confirmed(product: Product, line: Delivered) -> Product:
    sell = product.sell_price if line.sell_price is None else line.sell_price
    consign, commission = product.consign_price, product.commission_bp
    if product.pricing == "komisi":
        commission = commission if line.commission_bp is None else line.commission_bp
    else:
        consign = consign if line.consign_price is None else line.consign_price
    check_terms(product.name, product.pricing, sell, consign, commission)
    return replace(product, sell_price=sell, consign_price=consign, commission_bp=commission)


def _set_price(also: Recording, confirmed: Product, approved_by: str | None) -> None:
    by_share = confirmed.pricing == "komisi"
    also.append(
        PriceSet(
            number=also.number(PriceSet.PREFIX),
            approved_by=approved_by,
            sku=confirmed.sku,
            sell_price=confirmed.sell_price,
            consign_price=None if by_share else confirmed.consign_price,
            commission_bp=confirmed.commission_bp if by_share else None,
        )
    )


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
    """The producer takes goods back; never more than is on hand. ``draft`` as in ``receive``.

    What is returned as expired leaves batches that have reached their last day first. A batch that goes back as a
    whole ends the task to return it.
    """
    if not lines:
        raise EmptyDocument
    counter.require_manager("return_goods", approved_by)
    with counter.record(draft) as now:
        _check_producer(now.db, producer)
        shelf = Shelf(now.db)
        leaving = _leaving(now, shelf, lines, producer)
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
        end_tasks(now.db, "return", _emptied(shelf, leaving), at=now.at, outcome=done(now).number)
    return done(now)


def _leaving(now: Recording, shelf: Shelf, lines: Sequence[Leaving], producer: str) -> list[LeavingLine]:
    """The lines with their batches; expired ones choose first, so that no other reason takes theirs."""
    found: dict[int, LeavingLine] = {}
    expired_first = partial(stock.take_expired, today=now.today)
    for index in sorted(range(len(lines)), key=lambda index: lines[index].reason != "expired"):
        line = lines[index]
        product = _product_of(now.db, line.code, producer)
        quantity = check_quantity(product, line.quantity)
        pick = expired_first if line.reason == "expired" else stock.take
        found[index] = leaving_line(shelf, product, quantity, line.reason, pick)
    return [found[index] for index in range(len(lines))]


def _emptied(shelf: Shelf, leaving: Sequence[LeavingLine]) -> dict[str, list[str]]:
    """Batches of which nothing is left, by SKU."""
    return {line.sku: [lot.batch for lot in shelf.lots(line.sku) if lot.batch and not lot.quantity] for line in leaving}


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
