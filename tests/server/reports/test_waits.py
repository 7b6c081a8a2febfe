"""A payment pays what is owed longest, by the order of entries, and its wait begins with the day of that."""

import threading
from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.server.centre import Centre
from sync.server.corners import taking_over
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import only_one, reading, writing
from sync.server.exchange.enrolment import revoke
from sync.server.reports import reporter, storing
from sync.server.reports.paying import paid_in_all, payments
from sync.server.reports.reporter import Reporter
from sync.server.reports.scope import Scope
from sync.server.trust import figures
from sync.server.trust.replaying import rebuild
from tests.server.figures import push
from tests.server.reports.support import FIRST, SHARE, Till, day
from tests.server.support import ON_POSTGRES, ON_SQLITE
from tests.server.trust.test_trust import OFFICER, officer  # noqa: F401 - a fixture

LEDGERS = count(1_000)


@pytest.fixture
def till(centre: Centre) -> Till:
    return Till(centre)


def waits(centre: Centre, *tills: Till) -> list[int | None]:
    """What the payments of tills waited, in their order, after the centre proved it from the entries."""
    figures.verify(centre)
    query = sa.select(tables.paid.c.waited).where(tables.paid.c.taken_back < 2).order_by(tables.paid.c.seq)
    with reading(centre.engine) as db:
        return [waited for till in tills for waited in db.execute(
            query.where(tables.paid.c.device == till.journal.device)
        ).scalars()]  # fmt: skip


def test_a_payment_pays_the_oldest_first_and_what_it_left_over_keeps_its_day(centre: Centre, till: Till) -> None:
    for at in (0, 3, 5):
        till.sell("P1", at, 2)
    for at, shares in ((6, 1), (7, 2), (8, 1), (20, 2)):
        till.pay("P1", at, shares)
    till.told()
    assert waits(centre, till) == [6, 7, 5, 15]


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_a_sale_after_a_payment_of_the_same_day_begins_a_wait(centre: Centre, till: Till, calls: int) -> None:
    steps = (lambda: till.sell("P1", 0), lambda: till.pay("P1", 0), lambda: till.sell("P1", 0))
    for place, step in enumerate(steps):
        step()
        if place < calls:
            till.told()
    till.pay("P1", 9)
    till.told()
    assert waits(centre, till) == [0, 9]


def test_the_order_is_that_of_entries_whatever_the_clock_said(centre: Centre, till: Till) -> None:
    till.sell("P1", 8)
    till.sell("P1", 2)
    till.sell("P1", 8)
    for _each in range(3):
        till.pay("P1", 9)
    till.told()
    assert waits(centre, till) == [1, 7, 1]


def test_a_day_that_a_clock_set_ahead_is_no_wait(centre: Centre, till: Till) -> None:
    till.sell("P1", 8)
    till.pay("P1", 7)
    till.told()
    assert waits(centre, till) == [None]


def test_a_refund_and_a_cancelled_sale_take_away_what_they_are_of(centre: Centre, till: Till) -> None:
    till.sell("P1", 0)
    second, third = till.sell("P1", 4, 2), till.sell("P1", 5)
    till.sell("P1", 6)
    till.refund(second, 7, 2)
    till.take_back(third, 7)
    till.pay("P1", 9)
    till.pay("P1", 9)
    till.told()
    assert waits(centre, till) == [9, 3]


def test_a_refund_of_what_was_paid_is_taken_off_the_oldest(centre: Centre, till: Till) -> None:
    paid = till.sell("P1", 0)
    till.pay("P1", 1)
    till.sell("P1", 2)
    till.sell("P1", 5)
    till.refund(paid, 6)
    till.pay("P1", 9)
    till.told()
    assert waits(centre, till) == [1, 4]


def test_what_a_cancelled_payment_paid_and_a_cancelled_refund_took_is_as_old_as_before(
    centre: Centre, till: Till
) -> None:
    sale = till.sell("P1", 0)
    till.take_back(till.pay("P1", 3), 4)
    till.sell("P1", 5)
    till.take_back(till.refund(sale, 5), 6)
    till.pay("P1", 9)
    till.pay("P1", 10)
    till.told()
    assert waits(centre, till) == [3, 9, 5]


def test_what_was_paid_too_much_counts_for_what_comes_next(centre: Centre, till: Till) -> None:
    till.sell("P1", 0)
    paid = till.pay("P1", 1, 2)
    till.told()
    till.sell("P1", 3, 2)
    till.told()
    till.pay("P1", 5)
    till.take_back(paid, 6)
    till.pay("P1", 8, 2)
    till.told()
    assert waits(centre, till) == [1, 2, 8]


def test_each_till_pays_what_it_sold(centre: Centre, till: Till) -> None:
    other = Till(centre, "B")
    till.sell("P1", 0)
    other.sell("P1", 5)
    other.pay("P1", 6)
    till.pay("P1", 8)
    other.told()
    till.told()
    assert waits(centre, till, other) == [8, 1]


@pytest.fixture
def lost(centre: Centre, till: Till, officer: None) -> tuple[Till, Till]:  # noqa: F811
    """A till that was lost owing shares of the days 0, 4 and 7, and the next that entered two of them on day 10."""
    for at in (0, 4, 7):
        till.sell("P1", at)
    new = successor(centre, till, 10, 2)
    new.sell("P1", 12)
    return till, new


def successor(centre: Centre, old: Till, at: int, shares: int) -> Till:
    """The till after one that is lost, with what that owed."""
    push(centre, old.journal)
    with writing(centre.engine) as db:
        revoke(centre, db, "MTR-001", "A")
    new = Till(centre, "A", ledger=len(old.documents))
    new.open("P1", at, shares)
    return new


def take_over(centre: Centre, old: Till, new: Till) -> None:
    with writing(centre.engine) as db:
        taking_over.take_over(centre, db, old.journal.device, new.journal.device, OFFICER)


def test_a_debt_that_was_taken_over_is_as_old_as_at_the_dead_till(centre: Centre, lost: tuple[Till, Till]) -> None:
    old, new = lost
    for at in (13, 14, 15):
        new.pay("P1", at)
    push(centre, new.journal)
    follower, asked = Reporter(centre), Scope(first=FIRST, last=FIRST + timedelta(days=60))
    assert reporter.report(centre, new.journal.device)
    follower.round()
    assert waits(centre, new) == [3, 4, 3]
    with reading(centre.engine) as db:
        assert [one.waited for one in reversed(payments(db, asked))] == [3, 4, 3]
        assert paid_in_all(db, asked).late == 3
    take_over(centre, old, new)
    follower.round()
    assert waits(centre, new) == [9, 7, 3]
    rebuild(centre)
    assert waits(centre, new) == [9, 7, 3]
    with writing(centre.engine) as db:
        taking_over.give_back(centre, db, old.journal.device, OFFICER)
    follower.round()
    assert waits(centre, new) == [3, 4, 3]


@ON_POSTGRES
def test_while_another_worker_is_at_the_figures_a_round_goes_on_and_the_next_one_puts_right(
    centre: Centre, lost: tuple[Till, Till]
) -> None:
    old, new = lost
    new.pay("P1", 13)
    new.told()
    take_over(centre, old, new)
    follower = Reporter(centre)
    with reading(centre.engine) as db:
        only_one(db, storing.LOCK)
        one_round = threading.Thread(target=follower.round, daemon=True)
        one_round.start()
        one_round.join(10)
        assert not one_round.is_alive()
    follower.round()
    assert waits(centre, new) == [9]


@pytest.mark.parametrize("known", [True, False])
def test_a_payment_knows_what_was_taken_over_before_it(centre: Centre, lost: tuple[Till, Till], known: bool) -> None:
    old, new = lost
    if known:
        new.told()
        take_over(centre, old, new)
    new.pay("P1", 13)
    new.told()
    if not known:
        take_over(centre, old, new)
        Reporter(centre).round()
    assert waits(centre, new) == [9]


def test_a_debt_that_went_through_two_dead_tills_is_as_old_as_at_the_first(
    centre: Centre, lost: tuple[Till, Till]
) -> None:
    old, second = lost
    take_over(centre, old, second)
    last = successor(centre, second, 20, 3)
    for at in (21, 22, 23):
        last.pay("P1", at)
    last.told()
    take_over(centre, second, last)
    Reporter(centre).round()
    assert waits(centre, last) == [17, 15, 11]


class Plain:
    """The same rule, share by share. A share is its entry, its place in it and its day."""

    def __init__(self) -> None:
        self.owed: list[tuple[int, int, int]] = []
        self.cleared: dict[int, list[tuple[int, int, int] | None]] = {}
        """None: cleared beyond what was owed."""

    def earn(self, shares: list[tuple[int, int, int]]) -> None:
        for share in shares:
            waiting = [what for _seq, what in sorted(self.cleared.items()) if None in what]
            if waiting:
                waiting[0].remove(None)
                waiting[0].append(share)
            else:
                self.owed.append(share)

    def clear(self, seq: int, shares: int, of: int = 0) -> list[int]:
        """The days of what was cleared."""
        order = sorted(self.owed, key=lambda share: (share[0] != of, share))
        found = order[:shares]
        self.owed = [share for share in self.owed if share not in found]
        self.cleared[seq] = [*found, *[None] * (shares - len(found))]
        return [share[2] for share in found]

    def leave(self, seq: int) -> None:
        self.earn(sorted(share for share in self.cleared.pop(seq) if share))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "sell", "pay", "pay", "refund", "void", "unpay", "unrefund"]),
        st.integers(0, 12),
        st.integers(1, 3),
        st.integers(0, 100),
        st.booleans(),
    ),
    max_size=40,
)


@ON_SQLITE
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, many=st.sampled_from([1, 3, 500]))
def test_waits_are_those_of_a_plain_list_of_what_is_owed(
    centre: Centre, steps: list[tuple[str, int, int, int, bool]], many: int
) -> None:
    till, plain, expected, seqs = Till(centre, ledger=next(LEDGERS)), Plain(), [], {}
    sales: dict[str, int] = {}
    refunds: list[tuple[str, str, int]] = []
    payments: list[str] = []
    for what, at, shares, which, told in steps:
        name, seq = "", len(till.journal.bodies) + 1
        if what == "sell":
            name = till.sell("P1", at, shares)
            sales[name] = shares
            plain.earn([(seq, place, at) for place in range(shares)])
        elif what == "pay":
            name = till.pay("P1", at, shares)
            payments.append(name)
            days = plain.clear(seq, shares)
            expected.append(at - min(days) if days and min(days) <= at else None)
        elif what == "unpay" and payments:
            paid = payments.pop(which % len(payments))
            name = till.take_back(paid, at)
            plain.leave(seqs[paid])
        elif what == "refund" and (some := [one for one, left in sales.items() if left >= shares]):
            sale = some[which % len(some)]
            name = till.refund(sale, at, shares)
            sales[sale] -= shares
            refunds.append((name, sale, shares))
            plain.clear(seq, shares, seqs[sale])
        elif what == "void" and (some := [one for one in sales if one not in [sale for _name, sale, _back in refunds]]):
            sale = some[which % len(some)]
            name = till.take_back(sale, at)
            plain.clear(seq, sales.pop(sale), seqs[sale])
        elif what == "unrefund" and refunds:
            refund, sale, back = refunds.pop(which % len(refunds))
            name = till.take_back(refund, at)
            sales[sale] += back
            plain.leave(seqs[refund])
        if name:
            seqs[name] = seq
        if told and till.journal.bodies:
            told_in_parts(till, many)
    if till.journal.bodies:
        told_in_parts(till, many)
        assert waits(centre, till) == expected
        with reading(centre.engine) as db:
            table = tables.owed_since
            rows = db.execute(sa.select(table).where(table.c.device == till.journal.device)).all()
        owed = sorted((row.date, row.amount) for row in rows if row.seq > 0)
        assert sum(row.amount for row in rows) == SHARE * (
            len(plain.owed) - sum(what.count(None) for what in plain.cleared.values())
        )
        assert sum(amount for _day, amount in owed) == SHARE * len(plain.owed)
        assert {date for date, _amount in owed} == {day(share[2]) for share in plain.owed}


def told_in_parts(till: Till, many: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reporter, "AT_ONCE", many)
        till.told()
