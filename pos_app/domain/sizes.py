"""Sizes of goods in the order of people: 100 g before 1 kg, 2 before 10."""

import re
from typing import Final

_WEIGHTS: Final = {"mg": 1, "g": 1_000, "gr": 1_000, "gram": 1_000, "ons": 100_000, "kg": 1_000_000}
_VOLUMES: Final = {"ml": 1_000, "cc": 1_000, "cl": 10_000, "l": 1_000_000, "lt": 1_000_000, "liter": 1_000_000}
_MEASURES: Final = _WEIGHTS | _VOLUMES
_NUMBER: Final = re.compile(r"(\d{1,9})(?:[.,](\d{1,3}))?\s*([a-z]*)")
_SIZE_AT_END: Final = re.compile(r"(.*?\S)\s+(\d+(?:[.,]\d+)?\s*[a-z]+|[smlx]{1,3})", re.IGNORECASE)

Place = tuple[tuple[int, int, str], ...]
"""Words and numbers of a text; a word comes after a number, as in the alphabet."""


def in_order(text: str) -> Place:
    """Where a text stands among others: its numbers count by their size, weights and volumes by what they hold."""
    found: list[tuple[int, int, str]] = []
    rest = text.casefold()
    while match := _NUMBER.search(rest):
        if match.start():
            found.append((1, 0, rest[: match.start()].strip()))
        thousandths = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))
        unit = match[3]
        found.append((0, thousandths * _MEASURES.get(unit, 1), "" if unit in _MEASURES else unit))
        rest = rest[match.end() :]
    if rest.strip():
        found.append((1, 0, rest.strip()))
    return tuple(found)


def split_size(name: str) -> tuple[str, str]:
    """*Keripik Pisang 200 g* as name and size; the size is empty where the name does not end with one."""
    match = _SIZE_AT_END.fullmatch(name.strip())
    return (match[1], match[2]) if match else (name.strip(), "")
