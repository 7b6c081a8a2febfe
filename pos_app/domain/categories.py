"""What goods of a category need by law, as long as nobody knows better of one product."""

from typing import Final

NEEDS: Final = {"makanan": (True, True), "minuman": (True, True), "sembako": (False, True)}
"""P-IRT, halal certificate. Food and drink of small businesses need halal since 17 October 2026 (PP 42/2024, article
160); staples are sold mostly unprocessed, so they need no P-IRT."""


def needed_papers(category: str) -> tuple[bool, bool]:
    """Whether goods of this category usually need a P-IRT, and a halal certificate."""
    return NEEDS.get(category, (False, False))
