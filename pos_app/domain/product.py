"""A product as the counter sees it: who owns it, what it costs now, what is left."""

import msgspec

from sync.documents.base import Pricing


class Product(msgspec.Struct, frozen=True):
    """Prices in rupiah, ``commission_bp`` in basis points, ``on_hand`` and ``min_stock`` in thousandths.

    ``expires_on`` is the earliest last day of sale among the pieces on hand (ISO date), if any spoils.
    """

    sku: str
    name: str
    category: str
    unit: str
    producer: str
    producer_name: str
    pricing: Pricing
    consign_price: int | None
    commission_bp: int | None
    sell_price: int
    shelf_life_days: int | None
    min_stock: int
    on_hand: int
    expires_on: str | None

    @property
    def fractional(self) -> bool:
        """Only goods sold by weight may be sold in fractions."""
        return self.unit == "kg"


class Lot(msgspec.Struct, frozen=True):
    """Pieces of one batch on hand: thousandths, and their cost in rupiah (goods bought outright)."""

    batch: str
    quantity: int
    cost: int
    expires_on: str | None
    position: int
