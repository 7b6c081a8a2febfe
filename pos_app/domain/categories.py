"""What goods of a category need by law: what their marks begin with, and what no mark of one product takes away."""

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class Papers:
    """``pirt`` and ``halal``: needed as long as nobody knows better of one product.

    From ``halal_since`` on every product of the category needs halal, however it is marked.
    """

    pirt: bool = False
    halal: bool = False
    halal_since: date | None = None


HALAL_SINCE: Final = date(2026, 10, 17)
"""From this day on food and drink of micro and small businesses need a halal certificate (PP 42/2024 Ps 160)."""
NEEDS: Final = {
    "makanan": Papers(True, True, HALAL_SINCE),
    "minuman": Papers(True, True, HALAL_SINCE),
    "sembako": Papers(halal=True),
}
"""Staples are sold mostly unprocessed, so they need no P-IRT."""
NOTHING: Final = Papers()


def papers(category: str) -> Papers:
    """What goods of this category need."""
    return NEEDS.get(category, NOTHING)


def halal_by_law(category: str, today: date) -> bool:
    """Whether all goods of this category need halal on this day."""
    since = papers(category).halal_since
    return since is not None and today >= since
