"""Set the price and the terms of a product at this corner."""

from pos_app.domain.errors import InvalidAmount
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import find_product
from sync.documents.money import PriceSet


def set_price(
    counter: Counter,
    code: str,
    sell_price: int,
    *,
    consign_price: int | None = None,
    commission_bp: int | None = None,
    min_stock: int | None = None,
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """New price (rupiah) and terms from now on; what is recorded keeps its own.

    Raises ``InvalidAmount`` for a price of zero, or a consign price above the price it is sold at.
    """
    counter.require_manager("set_price", approved_by)
    with counter.record() as now:
        product = find_product(now.db, code)
        consign = consign_price if consign_price is not None else product.consign_price
        uses_consign_price = product.pricing in ("titip", "putus")
        if sell_price < 1:
            raise InvalidAmount(str(sell_price))
        if uses_consign_price and not 1 <= (consign or 0) <= sell_price:
            raise InvalidAmount(str(consign))
        if commission_bp is not None and not 0 <= commission_bp <= 10_000:
            raise InvalidAmount(str(commission_bp))
        now.append(
            PriceSet(
                number=now.number(PriceSet.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                sku=product.sku,
                sell_price=sell_price,
                consign_price=consign_price if uses_consign_price else None,
                commission_bp=commission_bp if product.pricing == "komisi" else None,
                min_stock=min_stock,
            ),
        )
    return done(now)
