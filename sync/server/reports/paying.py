"""What producers were paid, whether in time, and what they are owed where.

A payment is in time when not more days than the terms allow lie between the oldest sale of which it pays a rupiah and
itself; what is owed longest is paid first (``clearing``).
A payment that was taken back stays on its day, and what takes it back counts on its own day, negative; of payments in
time only those count that stand.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import PAYABLE
from sync.server.corners.taking_over import is_dead, still_owed
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.registry.aliases import FARTHEST, all_names
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
    balances, devices, corners, paid = schema.balances, schema.devices, schema.corners, tables.paid
    last = (
        sa.select(sa.func.max(paid.c.date))
        .where(paid.c.producer.in_(names), paid.c.device == devices.c.device, paid.c.taken_back == STANDS)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(devices.c.corner, corners.c.name, devices.c.till, balances.c.amount, last, devices.c.last_contact),
            is_dead(devices.c.device),
        )
        .select_from(
            devices.join(balances, balances.c.device == devices.c.device).outerjoin(
                corners, corners.c.code == devices.c.corner
            )
        )
        .where(balances.c.account.in_([PAYABLE + name for name in names]), still_owed(devices.c.device))
    )
    sums: dict[tuple[str, str, bool], Owed] = {}
    for corner, name, till, amount, paid_on, heard, dead in db.execute(query):
        before = sums.get((corner, till, bool(dead)))
        total = (before.amount if before else 0) - amount
        sums[corner, till, bool(dead)] = Owed(corner, name or "", till, total, paid_on or "", heard or "", bool(dead))
    return sorted(sums.values(), key=lambda one: (-one.amount, one.corner, one.till, one.revoked))


def owed_in_all(db: Connection, scope: Scope | None) -> int:
    """What is owed to producers together now, in rupiah; what producers owe is not taken off. Of a scope its tills and
    producers count (None: all), whatever its days are."""
    query = sa.select(sa.func.sum(schema.balances.c.amount)).where(*_payables(db, scope))
    return -int(db.execute(query).scalar() or 0)


def owed_by_corner(db: Connection, scope: Scope | None) -> list[tuple[str, str, int]]:
    """Code, name and what the corner owes all producers now, in rupiah; the most first."""
    balances, tills, corners = schema.balances, schema.devices, schema.corners
    total = sa.func.sum(balances.c.amount)
    joined = balances.join(tills, tills.c.device == balances.c.device)
    joined = joined.outerjoin(corners, corners.c.code == tills.c.corner)
    query = sa.select(tills.c.corner, sa.func.max(corners.c.name), total).select_from(joined)
    query = query.where(*_payables(db, scope)).group_by(tills.c.corner).order_by(total, tills.c.corner)
    return [(corner, name or "", -int(amount)) for corner, name, amount in db.execute(query)]


def owed_by_producer(db: Connection, scope: Scope | None) -> list[tuple[str, str, int]]:
    """Code, name and what the producer is owed now, in rupiah; the most first. Merged ones stand under the code that
    they are now."""
    balances, table = schema.balances, schema.producers
    query = sa.select(balances.c.account, sa.func.sum(balances.c.amount)).where(*_payables(db, scope))
    sums: dict[str, int] = {}
    rows = db.execute(query.group_by(balances.c.account)).all()
    known = {row.code: row for row in db.execute(sa.select(table.c.code, table.c.business_name, table.c.alias_of))}
    for account, amount in rows:
        code = account.removeprefix(PAYABLE)
        for _step in range(FARTHEST):
            if code not in known or not known[code].alias_of:
                break
            code = known[code].alias_of
        sums[code] = sums.get(code, 0) - int(amount)
    found = [(code, known[code].business_name if code in known else "", amount) for code, amount in sums.items()]
    return sorted(found, key=lambda row: (-row[2], row[0]))


def _payables(db: Connection, scope: Scope | None) -> list[sa.ColumnElement[bool]]:
    table = schema.balances
    conditions = [table.c.account >= PAYABLES[0], table.c.account < PAYABLES[1], table.c.amount < 0]
    conditions.append(still_owed(table.c.device))
    if scope is None:
        return conditions
    devices = devices_of(db, scope)
    if devices is not None:
        conditions.append(table.c.device.in_(devices))
    filters = [(by, value) for by, value in scope.filters.items() if SIDES.get(by) == "item" and by not in OF_GOODS]
    if filters:
        known = view_of(db).attributes
        every = db.execute(sa.select(table.c.account).where(*conditions).distinct()).scalars()
        whose = {account: ("", account.removeprefix(PAYABLE)) for account in every}
        mine = [name for name, one in whose.items() if all(known.agrees(by, value, one) for by, value in filters)]
        conditions.append(table.c.account.in_(mine))
    return conditions
