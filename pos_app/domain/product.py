"""A product as the counter sees it: who owns it, what it costs now, what is left."""

import msgspec

from sync.documents.base import Pricing


class Product(msgspec.Struct, frozen=True):
    """Prices in rupiah, ``commission_bp`` in basis points, ``on_hand`` and ``min_stock`` in thousandths.

    ``expires_on`` is the earliest last day of sale among the pieces on hand (ISO date), if any spoils. ``next_door`` is
    what the corner's other tills have by their books, as far as this one was told; below zero for what they sold of
    goods that came in here.
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
    next_door: int = 0

    @property
    def in_corner(self) -> int:
        """What lies on the corner's shelves by the books of all its tills."""
        return self.on_hand + self.next_door

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
