"""Ring up a sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from pos_app.domain import stock
from pos_app.domain.errors import (
    DiscountTooLarge,
    EmptyDocument,
    InvalidAmount,
    NoPrice,
    PriceChanged,
    TabLimitExceeded,
    UnknownStaff,
)
from pos_app.domain.product import Product
from pos_app.domain.tendering import Offer, pay
from pos_app.ledger import neighbours, queries, registry
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, Recording, done
from pos_app.services.goods import Shelf, check_quantity
from sync.documents.arithmetic import priced, split_line
from sync.documents.base import LIMIT, Bearer, Take
from sync.documents.sale import Buyer, Sale, SaleLine


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the cart: a SKU or barcode, thousandths, and a discount in rupiah with who bears it."""

    code: str
    quantity: int
    discount: int = 0
    borne_by: Bearer = "corner"


def sell(
    counter: Counter,
    lines: Sequence[Wanted],
    offers: Sequence[Offer],
    *,
    buyer: Buyer | None = None,
    note: str | None = None,
    approved_by: str | None = None,
    expected_total: int | None = None,
    draft: str | None = None,
) -> Recorded:
    """Record a paid sale; durable when it returns.

    ``expected_total`` (rupiah) is what the screen showed: a sale is refused rather than charged differently.
    ``draft`` is the slot of the cart, emptied with the sale. Raises the rule that forbids it; nothing is recorded then.
    """
    if not lines:
        raise EmptyDocument
    with counter.record(draft) as now:
        now.require_shift(selling=True)
        shelf = Shelf(now.db, [wanted.code for wanted in lines])
        sold = tuple(_line(now, shelf, wanted, approved_by) for wanted in lines)
        total = sum(line.total for line in sold)
        if total > LIMIT:
            raise InvalidAmount(str(total))
        if expected_total is not None and expected_total != total:
            raise PriceChanged(total)
        paid = pay(total, offers, counter.cash_step)
        for staff in {tender.staff: None for tender in paid.tenders if tender.staff}:
            on_tab = sum(tender.amount for tender in paid.tenders if tender.staff == staff)
            _check_tab(now.db, staff, on_tab, approved_by)
        now.append(
            Sale(
                number=now.number(Sale.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                lines=sold,
                tenders=paid.tenders,
                total=total,
                rounding=paid.rounding,
                received=paid.received,
                change=paid.change,
                buyer=buyer or Buyer(),
            ),
            paper="receipt",
        )
    return done(now)


def _line(now: Recording, shelf: Shelf, wanted: Wanted, approved_by: str | None) -> SaleLine:
    product = shelf.find(wanted.code)
    if product.sell_price <= 0:
        raise NoPrice(product.name)
    quantity = check_quantity(product, wanted.quantity)
    full = priced(product.sell_price, quantity)
    if wanted.discount and not _marked_down(now, shelf, product, wanted):
        now.counter.require_manager("discount", approved_by)
    if wanted.discount < 0:
        raise InvalidAmount(str(wanted.discount))
    if wanted.discount > full:
        raise DiscountTooLarge(wanted.discount, full)
    borne_by: Bearer = "corner" if product.pricing == "putus" else wanted.borne_by
    split = split_line(
        pricing=product.pricing,
        quantity=quantity,
        sell_price=product.sell_price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
        discount=wanted.discount,
        borne_by=borne_by,
    )
    allowed = bool(approved_by) or not now.clock_plausible
    pick = partial(stock.take_for_sale, today=now.today, expired_allowed=allowed)
    short = quantity - shelf.on_hand(product.sku)
    if short > 0 and short > neighbours.on_hand(now.db, product.sku):
        now.warnings.append(("below_stock", product.name))
    takes = shelf.take(product, quantity, pick)
    if now.clock_plausible:
        _give_back_the_rest(now, shelf, product, takes, approved_by)
    return SaleLine(
        sku=product.sku,
        name=product.name,
        producer=product.producer,
        unit=product.unit,
        pricing=product.pricing,
        quantity=quantity,
        sell_price=product.sell_price,
        consign_price=product.consign_price,
        commission_bp=product.commission_bp,
        discount=wanted.discount,
        borne_by=borne_by,
        total=split.total,
        share=split.share,
        takes=takes,
    )


def _marked_down(now: Recording, shelf: Shelf, product: Product, wanted: Wanted) -> bool:
    """Whether a manager allowed this discount for the batches that the line takes."""
    from pos_app.services import price_downs  # late: few sales have one

    lots = shelf.lots(product.sku)
    return price_downs.allows(now.db, product, lots, wanted.quantity, wanted.discount, wanted.borne_by, now.today)


def _give_back_the_rest(
    now: Recording, shelf: Shelf, product: Product, takes: Sequence[Take], approved_by: str | None
) -> None:
    """Expired pieces that a manager let be sold: what is left of their batch is to go back to the producer."""
    day = now.today.isoformat()
    expired = [take for take in takes if take.expires_on is not None and take.expires_on < day]
    if not expired:
        return
    from pos_app.services.tasks import raise_task

    left = {lot.batch: lot.quantity for lot in shelf.lots(product.sku)}
    user = now.counter.user
    for take in expired:
        if left.get(take.batch, 0) > 0:
            by = approved_by or (user.id if user else "")
            raise_task(now.db, "return", product.sku, take.batch, take.expires_on or day, at=now.at, by=by)


def _check_tab(db: Connection, staff: str, amount: int, approved_by: str | None) -> None:
    """The limit counts whatever else pays the rest of the sale, and what other tills put on the tab."""
    limit = registry.tab_limit(db, staff)
    if limit is None:
        raise UnknownStaff(staff)
    excess = queries.tab(db, staff) + neighbours.tab(db, staff) + amount - limit
    if excess > 0 and not approved_by:
        raise TabLimitExceeded(staff, excess)
