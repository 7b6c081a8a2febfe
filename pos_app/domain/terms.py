"""When a producer is to be paid."""

from datetime import date
from typing import Final

TERM_DAYS: Final = {"harian": 0, "mingguan": 7, "bulanan": 30}
"""Days between two payments, by the terms agreed on."""


def days_waited(since: str | None, today: date) -> int | None:
    """Days since the last payment or the first delivery (ISO date); None before either."""
    return (today - date.fromisoformat(since)).days if since else None


def is_due(amount: int, terms: str, since: str | None, today: date) -> bool:
    """Whether a producer who is owed ``amount`` (rupiah) has waited as long as the terms say."""
    days = days_waited(since, today)
    return amount > 0 and days is not None and days >= TERM_DAYS.get(terms, 0)
