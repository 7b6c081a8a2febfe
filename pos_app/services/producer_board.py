"""The day board for producers: what sold, what is left, how long it lasts, and what to deliver tomorrow.

The formula, as the screen and the paper tell it:

    average  = sold on the last 14 open days / days of these on which the goods were there
    suggest  = average x target days - on hand that does not expire before then, rounded up to whole pieces

An open day is one with a shift; today counts once its shift is closed, or while there is no other. A day that began
without stock and brought none is left out: nothing could be sold on it. Target days are a setting, and no more than
the shelf life. Everything is whole numbers: averages are fractions, shown in tenths.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from pos_app.ledger import owed, queries, registry, settlements, sold_lately
from pos_app.ledger.sold_lately import Day

if TYPE_CHECKING:
    from collections.abc import Callable

    from pos_app.domain.product import Product
    from pos_app.ledger.sqlite import Connection
    from pos_app.services.context import Counter

OPEN_DAYS: Final = 14
WEEK: Final = 7
TARGET: Final = "board.target_days"
"""Setting: for how many days goods should last."""
TARGET_DAYS: Final = 3
MOST_TARGET: Final = 30
MUCH_DAYS: Final = 30
"""Stock for more days than this is too much, or for more than the shelf life."""
SLICE: Final = 2_000
"""Entries read between two words about how far it is."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One product. Quantities in thousandths, ``owed`` is the producer's payable in rupiah.

    ``sold`` on ``days`` open days; ``lasting`` is what of ``left`` can still be sold on the last of ``target`` days;
    ``expired`` is what of it cannot be sold any more: stock that neither lasts nor is too much.
    """

    sku: str
    name: str
    unit: str
    producer: str
    producer_name: str
    today: int
    week: int
    sold: int
    days: int
    left: int
    lasting: int
    expired: int
    target: int
    shelf_life: int | None
    owed: int

    @property
    def average(self) -> int:
        """Sold a day, in tenths of the unit, rounded half up."""
        return (2 * self.sold * 10 + self.days * 1000) // (2 * self.days * 1000) if self.days else 0

    @property
    def sellable(self) -> int:
        """What of ``left`` has not expired."""
        return max(self.left - self.expired, 0)

    @property
    def lasts(self) -> int | None:
        """Days that the stock lasts, in tenths, rounded down; None where nothing sells."""
        return self.sellable * self.days * 10 // self.sold if self.sold > 0 else None

    @property
    def suggestion(self) -> int:
        """What to deliver tomorrow: whole units, in thousandths."""
        missing = self.sold * self.target - max(self.lasting, 0) * self.days
        return -(-missing // (self.days * 1000)) * 1000 if missing > 0 else 0

    @property
    def too_much(self) -> bool:
        """More is there than sells in the shelf life, or in 30 days."""
        lasts = self.lasts
        return lasts is not None and lasts > 10 * (self.shelf_life or MUCH_DAYS)

    @property
    def unsold(self) -> bool:
        """It was there on 14 open days, and is, and nobody bought it."""
        return self.sellable > 0 and self.days >= OPEN_DAYS and self.sold + self.today <= 0


@dataclass(frozen=True, slots=True)
class Board:
    """All goods by producer and name. ``counted`` are the days of the average (ISO dates, newest first)."""

    day: date
    counted: tuple[str, ...]
    target: int
    lines: tuple[BoardLine, ...]

    def of(self, producer: str) -> list[BoardLine]:
        """The goods of one producer."""
        return [line for line in self.lines if line.producer == producer]


def target_days(db: Connection) -> int:
    """For how many days goods should last; the setting, 3 where it is none."""
    text = queries.setting(db, TARGET, "")
    return min(max(int(text), 1), MOST_TARGET) if text.isdecimal() else TARGET_DAYS


def set_target_days(counter: Counter, days: int, *, approved_by: str | None = None) -> None:
    """Keep the setting; managers only. Raises ``ManagerNeeded``; days are brought into their range."""
    counter.require_manager("settings", approved_by)
    with counter.ledger.write() as tx:
        registry.set_setting(tx.db, TARGET, str(min(max(days, 1), MOST_TARGET)))


def board(db: Connection, day: date, tell: Callable[[int, int], None] | None = None) -> Board:
    """The board of a business date. Reads the last 14 open days and what is on hand."""
    target = target_days(db)
    counted = _counted(db, day)
    first = min([*counted, (day - timedelta(days=WEEK - 1)).isoformat()])
    before = settlements.seq_at_end_of(db, date.fromisoformat(first) - timedelta(days=1))
    moved = _moved(db, before, tell)
    payables = {row.producer: row.amount for row in owed.balances(db)}
    soon = sold_lately.expiring(db, (day + timedelta(days=MOST_TARGET)).isoformat())
    lines = (
        _line(product, moved.get(product.sku, {}), counted, day, target, soon.get(product.sku, []), payables)
        for product in sold_lately.products_there(db, moved)
    )
    return Board(day, counted, target, tuple(lines))


def to_deliver(db: Connection, day: date) -> int:
    """How many goods the board wants tomorrow."""
    return sum(line.suggestion > 0 for line in board(db, day).lines)


def _counted(db: Connection, day: date) -> tuple[str, ...]:
    """The open days of the average, newest first."""
    days = sold_lately.open_days(db, day, OPEN_DAYS + 1)
    whole = [one for one, closed in days if closed or one != day.isoformat()][:OPEN_DAYS]
    return tuple(whole or [one for one, _closed in days])


def _moved(db: Connection, after: int, tell: Callable[[int, int], None] | None) -> dict[str, dict[str, Day]]:
    """What moved since an entry, read a stretch at a time."""
    head = sold_lately.newest(db)
    found: dict[str, dict[str, Day]] = {}
    for start in range(after, head, SLICE):
        if tell is not None:
            tell(start - after, head - after)
        for sku, days in sold_lately.moved(db, start, min(start + SLICE, head)).items():
            known = found.setdefault(sku, {})
            for one, part in days.items():
                whole = known.setdefault(one, Day())
                whole.change += part.change
                whole.came += part.came
                whole.sold += part.sold
    return found


def _line(
    product: Product,
    moved: dict[str, Day],
    counted: tuple[str, ...],
    day: date,
    target: int,
    soon: list[tuple[str, int]],
    payables: dict[str, int],
) -> BoardLine:
    sold, days = _sold_when_there(product.on_hand, moved, counted)
    wanted = min(target, product.shelf_life_days or target)
    until = (day + timedelta(days=wanted)).isoformat()
    week = (day - timedelta(days=WEEK - 1)).isoformat()
    return BoardLine(
        sku=product.sku,
        name=product.name,
        unit=product.unit,
        producer=product.producer,
        producer_name=product.producer_name,
        today=moved[day.isoformat()].sold if day.isoformat() in moved else 0,
        week=sum(one.sold for when, one in moved.items() if week <= when <= day.isoformat()),
        sold=max(sold, 0),
        days=days,
        left=product.on_hand,
        lasting=product.on_hand - sum(quantity for last_day, quantity in soon if last_day < until),
        expired=sum(quantity for last_day, quantity in soon if last_day < day.isoformat()),
        target=wanted,
        shelf_life=product.shelf_life_days,
        owed=payables.get(product.producer, 0),
    )


def _sold_when_there(on_hand: int, moved: dict[str, Day], counted: tuple[str, ...]) -> tuple[int, int]:
    """What was sold on the counted days on which there was something to sell, and how many these were.

    Walks back from what is on hand now: a day began with what it ended with less what it changed.
    """
    sold = days = 0
    at_end = on_hand
    for one in sorted({*moved, *counted}, reverse=True):
        day = moved.get(one, Day())
        at_start = at_end - day.change
        if one in counted and (at_start > 0 or day.came > 0 or day.sold > 0):
            sold += day.sold
            days += 1
        at_end = at_start
    return sold, days
