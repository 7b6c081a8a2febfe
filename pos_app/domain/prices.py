"""What goods may cost: the price at the counter, and what their producer gets of it. The one rule for every way in."""

from pos_app.domain.errors import CommissionOutOfRange, InvalidAmount, ShareAbovePrice
from pos_app.domain.formats import WHOLE
from sync.documents.base import LIMIT, Pricing


def check_terms(
    name: str, pricing: Pricing, sell_price: int, consign_price: int | None, commission_bp: int | None
) -> None:
    """Prices in rupiah, the commission in basis points; ``name`` is that of the product.

    As the import rules have it, nothing is sold below what its producer gets, goods bought outright included: who
    wants to be rid of those gives a discount, which the books show as what it is.

    Raises ``InvalidAmount`` for a price below one rupiah, ``ShareAbovePrice`` where the producer would get more than
    the buyer pays, ``CommissionOutOfRange`` outside of 0 to 100 %.
    """
    if not 1 <= sell_price <= LIMIT:
        raise InvalidAmount(str(sell_price))
    if pricing == "komisi":
        if commission_bp is None or not 0 <= commission_bp <= WHOLE:
            raise CommissionOutOfRange(name)
        return
    if consign_price is None or consign_price < 1:
        raise InvalidAmount(str(consign_price or 0))
    if consign_price > sell_price:
        raise ShareAbovePrice(name, consign_price, sell_price)
