"""What makes up what producers are owed: before a period, what changed it since, and now. It adds up to the rupiah.

Sales and payments are those of the figures (``sold``, ``paid``), all else that changes what is owed stands in
``owed_otherwise``. What a dead till owes and another took over counts once.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import WIB
from sync.server.corners.taking_over import still_owed
from sync.server.database import tables_reports as tables
from sync.server.database.tables_corners import taken_over
from sync.server.reports.attributes import OF_GOODS, SIDES
from sync.server.reports.paying import codes_of, owed_and_owes, paid_in_all
from sync.server.reports.scope import Scope, field_of
from sync.server.reports.selling import devices_of, in_all

ORDER: Final = ("earned", "bought", "losses", "opening", "debts", "other", "paid", "kept")


class Statement(NamedTuple):
    """Rupiah: owed before the period (less what producers owed), what changed it in the period by ``ORDER``, what did
    since, and what the tills told that is in no figures yet. All that makes ``owed`` less what producers owe now."""

    begin: int
    changes: dict[str, int]
    since: int
    fresh: int
    owed: int
    owes: int


def statement(db: Connection, scope: Scope, today: date) -> Statement:
    """Of the tills and producers of ``scope``; whichever goods or buyers it names, what is owed has none."""
    counts = {field_of(by): value for by, value in scope.filters.items() if by in SIDES and by not in OF_GOODS}
    scope = Scope(first=scope.first, last=scope.last, **counts)
    sums = _Sums(db, scope)
    within, since = Counter(_traded(db, scope)), 0
    if scope.last < today:
        between = Scope(first=scope.last + timedelta(days=1), last=today, **counts)
        since += sum(_traded(db, between).values())
    since += sums.traded_after(max(scope.last, today).isoformat())
    first, last = scope.days
    for day, what, amount in sums.otherwise(first):
        if day > last:
            since += amount
        elif day >= first:
            within[what] += amount
    owed, owes = owed_and_owes(db, scope)
    counted = sums.counted(still_owed(tables.owed_since.c.device))
    begin = counted - sum(within.values()) - since
    return Statement(begin, {what: within[what] for what in ORDER}, since, owed - owes - counted, owed, owes)


def _traded(db: Connection, scope: Scope) -> dict[str, int]:
    paid = paid_in_all(db, scope)
    return {"earned": in_all(db, scope).share, "paid": -paid.amount, "kept": -paid.deducted}


class _Sums:
    """Of the tills and producers that the filters of ``scope`` leave."""

    def __init__(self, db: Connection, scope: Scope) -> None:
        self._db, self._devices = db, devices_of(db, scope)
        self._producers = codes_of(db, scope)

    def counted(self, *more: sa.ColumnElement[bool]) -> int:
        """What is owed by the entries that are in the figures."""
        table = tables.owed_since
        query = sa.select(sa.func.sum(table.c.amount)).where(*self._mine(table), *more)
        return int(self._db.execute(query).scalar() or 0)

    def traded_after(self, day: str) -> int:
        """What clocks that are ahead say of sales and payments later than ``day``: till by till, as they are kept."""
        sold, paid, found = tables.sold, tables.paid, 0
        tills = list(self._db.execute(sa.select(tables.reported.c.device)).scalars())
        for table, change in ((sold, sold.c.share), (paid, -paid.c.amount - paid.c.deducted)):
            query = sa.select(sa.func.sum(change)).where(*self._mine(table), table.c.device.in_(tills))
            query = query.where(table.c.date > day)
            found += int(self._db.execute(query).scalar() or 0)
        return found

    def otherwise(self, since: str) -> Iterator[tuple[str, str, int]]:
        """By day and what, the changes that are neither sales nor payments."""
        c = tables.owed_otherwise.c
        query = sa.select(c.date, c.what, sa.func.sum(c.amount)).where(*self._mine(tables.owed_otherwise))
        for day, what, amount in self._db.execute(query.where(c.date >= since).group_by(c.date, c.what)):
            yield day, what, int(amount)
        yield from self._handed_over()

    def _handed_over(self) -> Iterator[tuple[str, str, int]]:
        """What dead tills owed that others owe since: it ends on the day on which it came in there as an opening
        balance, on the first such day that the old till did not outlive; without one, when an officer said so."""
        gone = sa.select(taken_over).where(~still_owed(taken_over.c.device), *self._tills(taken_over.c.device))
        for row in self._db.execute(gone).all():
            left = self.counted(tables.owed_since.c.device == row.device)
            if left:
                said = datetime.fromisoformat(row.at).astimezone(WIB).date().isoformat()
                yield self._came_in(row.device, row.by_device) or said, "opening", -left

    def _came_in(self, old: str, new: str) -> str | None:
        papers, opened = tables.papers.c, tables.owed_otherwise.c
        ended = sa.select(sa.func.max(papers.date)).where(papers.device == old).scalar_subquery()
        mine = [opened.device == new, opened.what == "opening", opened.date >= sa.func.coalesce(ended, "")]
        if self._producers is not None:
            mine.append(opened.producer.in_(self._producers))
        found: str | None = self._db.execute(sa.select(sa.func.min(opened.date)).where(*mine)).scalar()
        return found

    def _mine(self, table: sa.Table) -> list[sa.ColumnElement[bool]]:
        own = [] if self._producers is None else [table.c.producer.in_(self._producers)]
        return own + self._tills(table.c.device)

    def _tills(self, device: sa.Column[str]) -> list[sa.ColumnElement[bool]]:
        return [] if self._devices is None else [device.in_(self._devices)]
