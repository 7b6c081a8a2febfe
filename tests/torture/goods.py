"""The goods of the torture and the arithmetic of their prices, written a second time from the rules.

Everything is integers; "rounded" is half up. See the rules 1 to 10 that ``sync/documents/arithmetic.py`` implements.
"""

from typing import NamedTuple

from tests.corner import PRODUCERS, PRODUCTS

CASH_STEP = 100


class Product(NamedTuple):
    """Prices in rupiah, commission in basis points."""

    sku: str
    name: str
    producer: str
    unit: str
    pricing: str
    sell_price: int
    consign_price: int | None
    commission_bp: int | None

    def worth(self, quantity: int) -> int:
        """At the price on the shelf."""
        return half_up(self.sell_price * quantity, 1_000)

    def share(self, quantity: int, discount: int = 0, borne_by: str = "corner") -> int:
        """What the producer gets of pieces that are sold."""
        theirs = discount if borne_by == "producer" else 0
        if self.pricing == "putus":
            return 0
        if self.pricing == "titip":
            return max(half_up((self.consign_price or 0) * quantity, 1_000) - theirs, 0)
        base = self.worth(quantity) - theirs
        return base - half_up(base * (self.commission_bp or 0), 10_000)


def products() -> dict[str, Product]:
    """As they are imported."""
    return {
        row["sku"]: Product(
            row["sku"],
            row["name"],
            row["producer_code"],
            row.get("unit", "pcs"),
            row["pricing"],
            row["sell_price"],
            row.get("consign_price"),
            row.get("commission_bp"),
        )
        for row in PRODUCTS
    }


PRODUCER_NAMES = {row["producer_code"]: row["business_name"] for row in PRODUCERS}


def half_up(numerator: int, denominator: int) -> int:
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest >= denominator)


def thousandths(text: str) -> int:
    """``1.137`` as ``1137``."""
    whole, _dot, rest = text.partition(".")
    return int(whole) * 1_000 + int(rest.ljust(3, "0"))


def part(whole: int, quantity: int, of: int, before: list[tuple[int, int]]) -> int:
    """What ``quantity`` of ``of`` pieces carry after parts (quantity, amount) went back; the last one the rest."""
    left = whole - sum(amount for _quantity, amount in before)
    if quantity + sum(one for one, _amount in before) == of:
        return left
    return min(half_up(whole * quantity, of), left)
