"""What figures are asked of: business dates and filters. Every filter that is set narrows them."""

from datetime import date
from typing import Final

import msgspec

FILTERS: Final = ("corner", "kind", "place", "kelurahan", "class", "producer", "category", "product", "buyer", "unit")
"""An office's code, kind and kelurahan (``place``); where the maker sits, how large the business is, its code; the
goods' category and SKU; ``personal`` or ``office``, and the unit of the office that bought."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Business dates from ``first`` to ``last``, both included, and what the figures are of. Empty: of everything."""

    first: date
    last: date
    corner: str = ""
    kind: str = ""
    place: str = ""
    kelurahan: str = ""
    class_: str = ""
    producer: str = ""
    category: str = ""
    product: str = ""
    buyer: str = ""
    unit: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by their name."""
        named = {name: getattr(self, field_of(name)) for name in FILTERS}
        return {name: value for name, value in named.items() if value}

    @property
    def days(self) -> tuple[str, str]:
        """First and last business date as they are stored."""
        return self.first.isoformat(), self.last.isoformat()


def field_of(name: str) -> str:
    """How a filter is called in Python."""
    return "class_" if name == "class" else name
