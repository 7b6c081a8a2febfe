"""What goods may cost: the price at the counter, and what their producer gets of it."""

from pos_app.domain.errors import CommissionOutOfRange, InvalidAmount, ShareAbovePrice
from sync.documents.base import Pricing

WHOLE_BP = 10_000
"""A commission of the whole price, in basis points."""


def check_terms(
    name: str, pricing: Pricing, sell_price: int, consign_price: int | None, commission_bp: int | None
) -> None:
    """Prices in rupiah, the commission in basis points; ``name`` is that of the product.

    Raises ``InvalidAmount`` for a price below one rupiah, ``ShareAbovePrice`` where the producer would get more than
    the buyer pays, ``CommissionOutOfRange`` outside of 0 to 100 %.
    """
    if sell_price < 1:
        raise InvalidAmount(str(sell_price))
    if pricing == "komisi":
        if not 0 <= (commission_bp or 0) <= WHOLE_BP:
            raise CommissionOutOfRange(name)
        return
    if consign_price is None or consign_price < 1:
        raise InvalidAmount(str(consign_price or 0))
    if consign_price > sell_price:
        raise ShareAbovePrice(name, consign_price, sell_price)
