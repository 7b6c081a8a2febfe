"""Set the price and the terms of a product at this corner."""

from pos_app.domain.prices import check_terms
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

    Raises what ``check_terms`` raises.
    """
    counter.require_manager("set_price", approved_by)
    with counter.record() as now:
        product = find_product(now.db, code)
        by_share = product.pricing == "komisi"
        consign = product.consign_price if consign_price is None else consign_price
        commission = product.commission_bp if commission_bp is None else commission_bp
        check_terms(product.name, product.pricing, sell_price, consign, commission)
        now.append(
            PriceSet(
                number=now.number(PriceSet.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                sku=product.sku,
                sell_price=sell_price,
                consign_price=None if by_share else consign_price,
                commission_bp=commission_bp if by_share else None,
                min_stock=min_stock,
            ),
        )
    return done(now)
