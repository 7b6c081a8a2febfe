"""Whether the tables of figures are what the entries say, and add up to the tills' own sums."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import PAYABLE, Books
from sync.server.database.tables_reports import (
    cleared,
    goods,
    owed_otherwise,
    owed_since,
    paid,
    papers,
    reported,
    shelf_prices,
    touched,
)
from sync.server.projecting.checking import Slip
from sync.server.projecting.projection import Readable
from sync.server.reports import waits
from sync.server.reports.clearing import Account, Wait
from sync.server.reports.facts import TAKEN_BACK, TAKES_BACK, Facts, GoodsKey
from sync.server.reports.returning import find_in
from sync.server.reports.storing import kept_sold, kept_times, taken_back

PAPERS = 1_000
"""Papers that are compared together."""


class WrongReport(ValueError):
    """A figure of the reports is not what it should be; which table, and the first difference."""

    def __init__(self, what: str, difference: str) -> None:
        super().__init__(f"{what}: {difference}")
        self.what, self.difference = what, difference


class Comparing:
    """Follows a replay of one till's entries. Raises ``WrongReport``."""

    def __init__(self, db: Connection, device: str) -> None:
        self._db, self._device = db, device
        row = db.execute(sa.select(reported).where(reported.c.device == device)).one_or_none()
        self._through: int = row.seq if row else 0
        self._aside: int = row.aside if row else 0
        self._facts = Facts()
        self._find = find_in(db)
        self._accounts = defaultdict[str, Account](Account)
        self._seq = 0

    def add(self, seq: int, entry: Readable) -> None:
        """Take in an entry that counts."""
        if self._seq <= self._through < seq:
            self._compare_tables()
        self._seq = seq
        self._facts.add(seq, entry, self._find)
        found = waits.clear(self._db, self._device, self._accounts, self._facts.moved)
        self._facts.moved.clear()
        if row := self._facts.paid.get(seq):
            row |= waits.told(self._db, self._device, row, found.get((row["producer"], seq), Wait()))
        if len(self._facts.papers) >= PAPERS:
            self._compare_papers()

    def finish(self, books: Books, slips: Mapping[int, Slip]) -> None:
        """Compare what is left, and everything with the till's own ``books`` and ``slips``."""
        if self._seq <= self._through:
            self._compare_tables()
        if not self._facts.aside:
            _same("the days of the reports", _daily(books), _daily_sold(self._facts))
            _same("the debts of the reports", _owed(books), self._owed())
            _same("the stock of the reports", _nonzero(books.stock), _moved(self._facts))
            settled = {seq: (slip.number, slip.amount, slip.date) for seq, slip in slips.items()}
            rows = {seq: row for seq, row in self._facts.paid.items() if row["taken_back"] != TAKES_BACK}
            reported_paid = {seq: (row["number"], row["amount"], row["date"]) for seq, row in rows.items()}
            _same("the payments of the reports", settled, reported_paid)

    def _compare_tables(self) -> None:
        """What the tables hold is what was replayed up to the entry that they end with."""
        self._compare_papers()
        facts, db, device = self._facts, self._db, self._device
        _same("reported", facts.aside, self._aside)
        _same("sold", _nonzero(facts.sold), _nonzero(kept_sold(db, device)))
        _same("times", _nonzero(facts.times), _nonzero(kept_times(db, device)))
        _same("goods", facts.goods, _kept_goods(db, device))
        otherwise = db.execute(sa.select(owed_otherwise).where(owed_otherwise.c.device == device))
        kept = {tuple(row[1:4]): row.amount for row in otherwise}
        _same("owed_otherwise", _nonzero(facts.otherwise), _nonzero(kept))
        prices = db.execute(sa.select(shelf_prices).where(shelf_prices.c.device == device))
        _same("shelf_prices", facts.prices, {row.sku: (row.sell_price, row.at) for row in prices})
        back = facts.taken_back
        expected = {
            seq: {**row, **({"taken_back": TAKEN_BACK} if row["number"] in back else {}), "seq": seq, "device": device}
            for seq, row in facts.paid.items()
        }
        rows = db.execute(sa.select(paid).where(paid.c.device == device)).mappings()
        _same("paid", expected, {row["seq"]: dict(row) for row in rows})
        self._compare_owed()
        reversed_on = taken_back(facts, ((row["number"], row["date"]) for row in facts.paid.values()))
        last = {day: max(seq, reversed_on.get(day, 0)) for day, seq in facts.touched.items()}
        stamps = db.execute(sa.select(touched.c.date, touched.c.seq).where(touched.c.device == device))
        _same("touched", last, {row.date: row.seq for row in stamps})

    def _owed(self) -> dict[str, int]:
        """What is not cleared, by producer."""
        return _nonzero({name: sum(row[2] for row in waits.rows_of(one)) for name, one in self._accounts.items()})

    def _compare_owed(self) -> None:
        every = self._accounts.items()
        expected = {(name, row[0]): row[1:] for name, account in every for row in waits.rows_of(account)}
        rows = self._db.execute(sa.select(owed_since).where(owed_since.c.device == self._device))
        _same("owed_since", expected, {tuple(row[1:3]): tuple(row[3:]) for row in rows})
        what = {(name, seq): packed for name, account in every for seq, packed in account.cleared.items()}
        rows = self._db.execute(sa.select(cleared).where(cleared.c.device == self._device))
        _same("cleared", what, {tuple(row[1:3]): bytes(row.what) for row in rows})

    def _compare_papers(self) -> None:
        """Those replayed since the last time, as far as the tables go."""
        replayed = {row["seq"]: row for row in self._facts.papers if row["seq"] <= self._through}
        self._facts.papers.clear()
        if replayed:
            columns = [column for column in papers.c if column.name != "device"]
            mine = (papers.c.device == self._device, papers.c.seq.between(min(replayed), max(replayed)))
            rows = self._db.execute(sa.select(*columns).where(*mine)).mappings()
            _same("papers", replayed, {row["seq"]: dict(row) for row in rows})


def _kept_goods(db: Connection, device: str) -> dict[GoodsKey, int]:
    rows = db.execute(sa.select(goods).where(goods.c.device == device))
    return {(row.date, row.sku, row.producer, row.what, row.reason): row.quantity for row in rows}


def _owed(books: Books) -> dict[str, int]:
    """What the till owes producers, by its balances."""
    named = ((account, amount) for account, amount in books.balances.items() if account.startswith(PAYABLE))
    return _nonzero({account.removeprefix(PAYABLE): -amount for account, amount in named})


def _daily(books: Books) -> dict[tuple[str, str], int]:
    """The till's own sums that reports repeat, by date and name."""
    names = ("sales", "refunds", "gross", "commission", "margin")
    return _nonzero({(day, name): sums.get(name, 0) for day, sums in books.days.items() for name in names})


def _daily_sold(facts: Facts) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}

    def add(day: str, name: str, amount: int) -> None:
        found[day, name] = found.get((day, name), 0) + amount

    for (day, *_rest), sums in facts.sold.items():
        add(day, "gross", sums.total)
        add(day, "commission", sums.commission)
        add(day, "margin", sums.margin)
    for (day, _buyer), times in facts.times.items():
        add(day, "sales", times.sales)
        add(day, "refunds", times.refunds)
    return _nonzero(found)


def _moved(facts: Facts) -> dict[str, int]:
    """What sales and goods leave on the shelves, thousandths by SKU."""
    found: dict[str, int] = {}
    for (_day, sku, *_rest), quantity in facts.goods.items():
        found[sku] = found.get(sku, 0) + quantity
    for (_day, sku, *_who), sums in facts.sold.items():
        found[sku] = found.get(sku, 0) - sums.quantity
    return _nonzero(found)


def _nonzero(sums: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in sums.items() if (any(value) if isinstance(value, tuple) else value)}


def _same(what: str, expected: Any, found: Any) -> None:
    if expected == found:
        return
    if not isinstance(expected, Mapping):
        raise WrongReport(what, f"{found}, not {expected}")
    key = min((key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)), key=str)
    raise WrongReport(what, f"{key} is {found.get(key)}, not {expected.get(key)}")
