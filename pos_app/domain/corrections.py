"""What was put right during a shift; on the reports of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Corrections:
    """Counts, and in rupiah ``discounted`` and ``drops`` (from the drawer to the safe)."""

    reversals: int = 0
    discounts: int = 0
    discounted: int = 0
    removed: int = 0
    drawer_openings: int = 0
    drops: int = 0
