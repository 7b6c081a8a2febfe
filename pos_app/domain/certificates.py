"""Certificates of producers and their goods: when each lapses, how it stands, and which of them goods need.

Nothing here forbids a sale: a missing or lapsed certificate is told, so that the producer can see to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from pos_app.domain.categories import halal_by_law
from sync.documents import identifiers

Kind = Literal["nib", "pirt", "halal", "bpom", "tkdn", "merek", "other"]
State = Literal["valid", "soon", "lapsed", "missing"]

KINDS: Final[tuple[Kind, ...]] = ("nib", "pirt", "halal", "bpom", "tkdn", "merek", "other")
SOON_DAYS: Final = 60
"""So many days before its last one a certificate is told to lapse soon."""
PIRT_EXEMPT_BELOW: Final = 7
"""Goods that keep for fewer days need no P-IRT."""
PIRT_YEARS: Final = 5
"""For so many years a P-IRT is given."""
PIRT_LAST_DAY: Final = (12, 31)
"""Month and day to which a P-IRT holds in the year that its last two digits name. The year is in the number; the day is
a reading of ours [m], so it can be set."""

_CHECKED: Final[dict[Kind, identifiers.Kind]] = {
    "nib": "nib", "pirt": "pirt", "halal": "halal", "bpom": "bpom", "merek": "merek",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificate:
    """One that a producer holds: for one product (``sku``) or, where that is empty, for the whole business."""

    kind: Kind
    number: str
    expires_on: date | None = None
    sku: str = ""


def is_well_formed(kind: Kind, number: str) -> bool:
    """Whether a number has the form of its kind; kinds without a published form take any."""
    checked = _CHECKED.get(kind)
    return checked is None or identifiers.check(checked, number).valid


def last_day(held: Certificate, pirt_last_day: tuple[int, int] = PIRT_LAST_DAY) -> date | None:
    """The last day of a certificate; ``None`` where it has none.

    A day that was written down counts; without one, the last two digits of a P-IRT are its last year.
    """
    if held.expires_on is not None:
        return held.expires_on
    if held.kind == "pirt" and identifiers.check("pirt", held.number).valid:
        return date(2000 + int(held.number[-2:]), *pirt_last_day)
    return None


def lasts_too_long(held: Certificate, today: date, pirt_last_day: tuple[int, int] = PIRT_LAST_DAY) -> bool:
    """Whether a P-IRT would hold for longer than any does: its year was mistyped."""
    last = last_day(held, pirt_last_day) if held.kind == "pirt" else None
    return last is not None and last.year > today.year + PIRT_YEARS


def is_doubtful(held: Certificate, today: date, pirt_last_day: tuple[int, int] = PIRT_LAST_DAY) -> bool:
    """Whether the number should be compared with the paper before anybody relies on it."""
    return not is_well_formed(held.kind, held.number) or lasts_too_long(held, today, pirt_last_day)


def state(
    held: Certificate | None,
    today: date,
    within: int = SOON_DAYS,
    pirt_last_day: tuple[int, int] = PIRT_LAST_DAY,
) -> State:
    """How a certificate stands: valid, lapsing within so many days, lapsed, or missing."""
    if held is None or not held.number:
        return "missing"
    last = last_day(held, pirt_last_day)
    if last is None:
        return "valid"
    if last < today:
        return "lapsed"
    return "soon" if last <= today + timedelta(days=within) else "valid"


@dataclass(frozen=True, slots=True)
class Need:
    """What decides which certificates goods need: their own marks, their category and how many days they keep."""

    category: str
    needs_pirt: bool
    needs_halal: bool
    shelf_life_days: int | None


def needed(goods: Need, today: date) -> tuple[Kind, ...]:
    """The certificates that these goods need on this day."""
    kinds: list[Kind] = []
    short_lived = goods.shelf_life_days is not None and goods.shelf_life_days < PIRT_EXEMPT_BELOW
    if goods.needs_pirt and not short_lived:
        kinds.append("pirt")
    if goods.needs_halal or halal_by_law(goods.category, today):
        kinds.append("halal")
    return tuple(kinds)
