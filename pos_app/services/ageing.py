"""How long producers have been waiting for what the corner owes them.

A payable consists of its newest earnings: payments clear the oldest first, and one taken back leaves what it had paid
(``ledger/owed.unpaid``). Each part of it is as old as the day on which it was earned. Reads no further back than the
oldest span needs, whatever the history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pos_app.domain.terms import TERM_DAYS, is_due
from pos_app.ledger import owed, settlements, waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pos_app.ledger.owed import Owed, OwedAgain
    from pos_app.ledger.sqlite import Connection

SPANS: Final = ((0, 7), (8, 14), (15, 30))
"""Ages in days, both ends included; a fourth span is all that is older."""
OLDEST: Final = 30
STRETCH: Final = 100
"""Producers between two words about how far it is."""
Sums = tuple[int, int, int, int]
"""Rupiah by span, the youngest first."""


@dataclass(frozen=True, slots=True)
class Aged:
    """A producer who is owed ``amount`` rupiah: by age, and how much of it is older than the terms allow, of one who is
    due by them (``terms.is_due``).

    ``days`` is the age of the oldest part; above ``OLDEST`` where it is older than that.
    """

    producer: str
    name: str
    terms: str
    amount: int
    spans: Sums
    overdue: int
    days: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """Everybody who is owed, and those who owe apart (amounts below zero). ``unexplained`` is 0 in sound books: what
    the ledger's accounts hold beyond these rows."""

    day: date
    owed: tuple[Aged, ...]
    owing: tuple[Owed, ...]
    unexplained: int = 0

    @property
    def spans(self) -> Sums:
        """All of it by age."""
        first, second, third, fourth = (sum(one.spans[place] for one in self.owed) for place in range(4))
        return first, second, third, fourth

    @property
    def amount(self) -> int:
        """All that is owed to producers, without what some of them owe."""
        return sum(one.amount for one in self.owed)

    @property
    def overdue(self) -> int:
        """What should have been paid by now."""
        return sum(one.overdue for one in self.owed)


def ageing(db: Connection, day: date, tell: Callable[[int, int], None] | None = None) -> Ageing:
    """What is owed on a business date, by producer in the order of their names."""
    rows = owed.balances(db)
    limit = settlements.seq_at_end_of(db, day - timedelta(days=OLDEST + 1))
    again = owed.owed_again(db)
    since = waiting.since(db, settlements.payables(db))
    aged, owing = [], []
    for place, row in enumerate(rows):
        if tell is not None and place % STRETCH == 0:
            tell(place, len(rows))
        if row.amount > 0:
            one = _aged(db, row, day, limit, again.get(row.producer, ()))
            waits = is_due(row.amount, row.payout_terms, since.get(row.producer), day)
            aged.append(one if waits else replace(one, overdue=0))
        else:
            owing.append(row)
    told = sum(sum(one.spans) for one in aged) + sum(row.amount for row in owing)
    return Ageing(day, tuple(aged), tuple(owing), owed.total(db) - told)


def _aged(db: Connection, row: Owed, day: date, limit: int, again: Sequence[OwedAgain]) -> Aged:
    """One producer; what was earned up to entry ``limit`` is older than every span."""
    sums = [0, 0, 0, 0]
    allowed = TERM_DAYS.get(row.payout_terms, 0)
    left, overdue, oldest = row.amount, 0, 0
    for earned_on, amount in owed.unpaid(db, row.producer, row.amount, limit, again):
        days = (day - date.fromisoformat(earned_on)).days
        sums[_span(days)] += amount
        overdue += amount if days > allowed else 0
        oldest = max(oldest, days)
        left -= amount
    if left:
        sums[3] += left
        overdue += left
        oldest = max(oldest, OLDEST + 1)
    return Aged(
        row.producer, row.name, row.payout_terms, row.amount, (sums[0], sums[1], sums[2], sums[3]), overdue, oldest
    )


def _span(days: int) -> int:
    return next((place for place, (_first, last) in enumerate(SPANS) if days <= last), 3)
