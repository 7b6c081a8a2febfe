"""What producers were paid, whether in time, and what they are owed where.

A payment is in time when not more days than the terms allow lie between the oldest sale of which it pays a rupiah and
itself; what is owed longest is paid first (``clearing``).
A payment that was taken back stays on its day, and what takes it back counts on its own day, negative; of payments in
time only those count that stand.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import PAYABLE
from sync.server.corners.taking_over import is_dead, still_owed
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.registry.aliases import all_names
from sync.server.reports.attributes import OF_GOODS, SIDES
from sync.server.reports.blocks import Block
from sync.server.reports.facts import STANDS, TAKES_BACK
from sync.server.reports.fetching import PAID
from sync.server.reports.grouping import grouped
from sync.server.reports.scope import Scope
from sync.server.reports.selling import devices_of
from sync.server.reports.view import View, view_of

TERM_DAYS: Final = {"harian": 0, "mingguan": 7, "bulanan": 30}
"""Days between two payments, by the terms agreed on; with other terms every day counts as late."""
PAYABLES: Final = (PAYABLE, PAYABLE[:-1] + chr(ord(PAYABLE[-1]) + 1))
"""Between these two the accounts of producers stand."""


class Payment(NamedTuple):
    """One payment, or what takes one back (negative). ``waited``: days since the oldest was owed that it pays, None
    where nothing was owed. ``state``: ``facts.STANDS`` and so on."""

    device: str
    seq: int
    number: str
    corner: str
    corner_name: str
    producer: str
    name: str
    date: str
    tender: str
    amount: int
    deducted: int
    terms: str
    waited: int | None
    state: int

    @property
    def stands(self) -> bool:
        """Whether it is a payment and was not taken back."""
        return self.state == STANDS

    @property
    def takes_back(self) -> bool:
        """Whether it takes a payment back."""
        return self.state == TAKES_BACK

    @property
    def late(self) -> bool:
        """Whether the producer waited longer than the terms say for what stands."""
        return self.stands and self.waited is not None and self.waited > TERM_DAYS.get(self.terms, 0)


class Paid(NamedTuple):
    """Payments together: how many, how many of them stand and how many of those were late, how many were taken back in
    this time, rupiah paid out and rupiah that corners kept, both less what was taken back."""

    times: int = 0
    standing: int = 0
    late: int = 0
    back: int = 0
    amount: int = 0
    deducted: int = 0


class Owed(NamedTuple):
    """What one till owes a producer, in rupiah (negative: the producer owes), and when it paid last."""

    corner: str
    name: str
    till: str
    amount: int
    paid_on: str
    heard: str
    """When the centre last heard of the till; what happened there since is not in ``amount``."""
    revoked: bool = False


def payments(db: Connection, scope: Scope) -> list[Payment]:
    """The payments of the period and what took payments back in it, newest first."""
    paid, known = tables.paid, view_of(db).attributes
    names = ("device", "seq", "number", "producer", "date", "tender", "amount", "deducted", "waited", "taken_back")
    query = sa.select(*(paid.c[name] for name in names)).where(paid.c.date.between(*scope.days))
    filters = [(name, value) for name, value in scope.filters.items() if name in SIDES and name not in OF_GOODS]
    found = []
    for row in db.execute(query.order_by(paid.c.date.desc(), paid.c.device, paid.c.seq.desc())):
        whose = "", row.producer
        if all(known.agrees(by, value, row.device if SIDES[by] == "device" else whose) for by, value in filters):
            corner, producer = known.label("corner", row.device), known.label("producer", whose)
            named = corner, known.name("corner", corner), producer, known.name("producer", producer)
            found.append(Payment._make((*row[:3], *named, *row[4:8], known.label("terms", whose), *row[8:])))
    return found


def paid_in_all(db: Connection, scope: Scope) -> Paid:
    """The payments of the period as one sum."""
    view = view_of(db)
    return Paid(*grouped(view, PAID, scope, (), _with_late(view)).get((), ()))


def _with_late(view: View) -> Callable[[Block], Any]:
    """What ``Paid`` tells."""

    def measured(block: Block) -> Any:
        marks = [(int(days) if days else -1, int(state)) for days, state in view.names.marks[PAID.name].known[:]]
        waited, state = np.array(marks, np.int64).reshape(-1, 2).T[:, block.mark]
        terms = view.attributes.group("terms", view.names.devices, view.names.items)
        allowed = np.array([TERM_DAYS.get(one, 0) for one in terms.labels], np.int64)
        late = waited > allowed[terms.places[block.item]]
        ways = np.vstack([state != TAKES_BACK, state == STANDS, (state == STANDS) & late, state == TAKES_BACK])
        return np.vstack([block.values[0] * ways, block.values[1:]])

    return measured


def together(found: Iterable[Payment]) -> Paid:
    """Payments as one sum."""
    every = list(found)
    return Paid(
        sum(not one.takes_back for one in every),
        sum(one.stands for one in every),
        sum(one.late for one in every),
        sum(one.takes_back for one in every),
        sum(one.amount for one in every),
        sum(one.deducted for one in every),
    )


def owed(db: Connection, producer: str) -> list[Owed]:
    """What every till owes ``producer``, whatever code its documents name it by; the most first. Tills that never
    owed anything are left out, and so is what another till took over; revoked ones stand apart."""
    names = sorted(all_names(db, schema.producers, [producer]))
    devices, corners, paid, netted = schema.devices, schema.corners, tables.paid, _netted(None, names)
    last = (
        sa.select(sa.func.max(paid.c.date))
        .where(paid.c.producer.in_(names), paid.c.device == devices.c.device, paid.c.taken_back == STANDS)
        .scalar_subquery()
    )
    joined = devices.join(netted, netted.c.device == devices.c.device)
    joined = joined.outerjoin(corners, corners.c.code == devices.c.corner)
    till = devices.c.corner, corners.c.name, devices.c.till, netted.c.amount
    columns: list[Any] = [*till, last, devices.c.last_contact, is_dead(devices.c.device)]
    query = sa.select(*columns)
    found = [
        Owed(row[0], row[1] or "", row[2], int(row[3]), row[4] or "", row[5] or "", bool(row[6]))
        for row in db.execute(query.select_from(joined)).all()
    ]
    return sorted(found, key=lambda one: (-one.amount, one.corner, one.till, one.revoked, one.heard))


def owed_and_owes(db: Connection, scope: Scope | None) -> tuple[int, int]:
    """What is owed to producers together now, and what producers owe, in rupiah. Of a scope its tills and producers
    count (None: all), whatever its days are."""
    amount = _netted_in(db, scope).c.amount
    sums = (sa.func.sum(sa.case((part, amount), else_=0)) for part in (amount > 0, amount < 0))
    row = db.execute(sa.select(*sums)).one()
    return int(row[0] or 0), -int(row[1] or 0)


def owed_in_all(db: Connection, scope: Scope | None) -> int:
    """What is owed to producers together now, in rupiah; what producers owe is not taken off."""
    return owed_and_owes(db, scope)[0]


def owed_by_corner(db: Connection, scope: Scope | None) -> list[tuple[str, str, int]]:
    """Code, name and what producers are owed now, in rupiah; the most first."""
    netted, tills, corners = _netted_in(db, scope), schema.devices, schema.corners
    total = sa.func.sum(netted.c.amount)
    joined = netted.join(tills, tills.c.device == netted.c.device)
    joined = joined.outerjoin(corners, corners.c.code == tills.c.corner)
    query = sa.select(tills.c.corner, sa.func.max(corners.c.name), total).select_from(joined)
    query = query.where(netted.c.amount > 0).group_by(tills.c.corner).order_by(total.desc(), tills.c.corner)
    return [(corner, name or "", int(amount)) for corner, name, amount in db.execute(query)]


def owed_by_producer(db: Connection, scope: Scope | None) -> list[tuple[str, str, int]]:
    """Code, name and what the producer is owed now, in rupiah; the most first. Merged ones stand under the code that
    they are now."""
    netted, makers = _netted_in(db, scope), schema.producers
    total = sa.func.sum(netted.c.amount)
    joined = netted.outerjoin(makers, makers.c.code == netted.c.producer)
    query = sa.select(netted.c.producer, sa.func.max(makers.c.business_name), total).select_from(joined)
    query = query.where(netted.c.amount > 0).group_by(netted.c.producer)
    found = [(code, name or "", int(amount)) for code, name, amount in db.execute(query)]
    return sorted(found, key=lambda row: (-row[2], row[0]))


def codes_of(db: Connection, scope: Scope) -> list[str] | None:
    """The codes that tills ever owed something under and the filters leave; None where they leave all."""
    filters = [(by, value) for by, value in scope.filters.items() if SIDES.get(by) == "item" and by not in OF_GOODS]
    if not filters:
        return None
    account, known = schema.balances.c.account, view_of(db).attributes
    every = db.execute(sa.select(account).where(*_payable(account)).distinct()).scalars()
    codes = [name.removeprefix(PAYABLE) for name in every]
    return [one for one in codes if all(known.agrees(by, value, ("", one)) for by, value in filters)]


def _netted_in(db: Connection, scope: Scope | None) -> sa.Subquery:
    return _netted(None, None) if scope is None else _netted(devices_of(db, scope), codes_of(db, scope))


def _netted(devices: Collection[str] | None, codes: Collection[str] | None) -> sa.Subquery:
    """What each till owes each producer now, in rupiah (negative: the producer owes it); None: all.

    Codes that were merged are one producer: what a till owes under one and is owed under another is taken together.
    What two tills owe and are owed is not: each pays by itself. Only accounts that a merging touches are added up.
    """
    table, makers = schema.balances, schema.producers
    mine = [*_payable(table.c.account), still_owed(table.c.device)]
    mine += [] if devices is None else [table.c.device.in_(devices)]
    mine += [] if codes is None else [table.c.account.in_([PAYABLE + one for one in codes])]
    both = (
        sa.select(sa.literal(PAYABLE) + name).where(makers.c.alias_of != "")
        for name in (makers.c.code, makers.c.alias_of)
    )
    merged = table.c.account.in_(sa.union_all(*both))
    code = sa.func.substr(table.c.account, len(PAYABLE) + 1)
    alone = sa.select(table.c.device, code.label("producer"), (-table.c.amount).label("amount")).where(*mine, ~merged)
    stands = sa.func.coalesce(sa.func.nullif(makers.c.alias_of, sa.literal_column("''")), code)
    query = sa.select(table.c.device, stands.label("producer"), (-sa.func.sum(table.c.amount)).label("amount"))
    query = query.select_from(table.outerjoin(makers, makers.c.code == code)).where(*mine, merged)
    return sa.union_all(alone, query.group_by(table.c.device, stands)).subquery("netted")


def _payable(account: sa.Column[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return account >= PAYABLES[0], account < PAYABLES[1]
