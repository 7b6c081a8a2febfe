"""When a producer is to be paid."""

from datetime import date
from typing import Final

TERM_DAYS: Final = {"harian": 0, "mingguan": 7, "bulanan": 30}
"""Days between two payments, by the terms agreed on."""


def days_waited(since: str | None, today: date) -> int | None:
    """Days since the last payment or what came before any (ISO date).

    None where there is nothing, or a clock that ran ahead dated it after ``today``.
    """
    days = (today - date.fromisoformat(since)).days if since else -1
    return days if days >= 0 else None


def is_due(amount: int, terms: str, since: str | None, today: date) -> bool:
    """Whether a producer who is owed ``amount`` (rupiah) has waited as long as the terms say.

    Where a clock that ran ahead hides how long that is, it is long enough.
    """
    if amount <= 0 or not since:
        return False
    days = days_waited(since, today)
    return days is None or days >= TERM_DAYS.get(terms, 0)
