"""Dates as people type them at the counter. No Qt."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_PARTS: Final = re.compile(r"(\d{1,2})[./\- ](\d{1,2})(?:[./\- ](\d{2}|\d{4}))?")
_RUN: Final = re.compile(r"(\d{2})(\d{2})(\d{2}|\d{4})?")
_DAYS: Final = re.compile(r"\+(\d{1,4})")


def parse_typed_date(text: str, today: date) -> date | None:
    """A date as typed, day first: ``28/2/2027``, ``28-02-27``, ``280227``, ``28/2`` (the next one), ``+7`` (days).

    None when it is empty or no date.
    """
    typed = text.strip()
    days = _DAYS.fullmatch(typed)
    if days is not None:
        return today + timedelta(days=int(days[1]))
    match = _PARTS.fullmatch(typed) or _RUN.fullmatch(typed)
    if match is None:
        return None
    day, month, year = int(match[1]), int(match[2]), match[3]
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = _date(today.year, month, day)
    if found is None or found >= today:
        return found
    return _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
