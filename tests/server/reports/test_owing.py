"""What producers are owed is told with what makes it up, and adds up to the rupiah."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.documents.state import PAYABLE
from sync.server.centre import Centre
from sync.server.corners import taking_over
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import revoke
from sync.server.reports.owing import Statement, statement
from sync.server.reports.paying import owed_in_all
from sync.server.reports.scope import Scope
from sync.server.trust import figures
from tests.server.figures import push
from tests.server.registry_support import producer
from tests.server.reports.support import FIRST, SHARE, Till, day
from tests.server.support import ON_SQLITE
from tests.server.trust.test_trust import OFFICER, officer  # noqa: F401 - a fixture

LEDGERS = count(2_000)
TODAY = 20
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "pay", "keep", "bring", "debt", "open", "refund", "take_back"]),
        st.sampled_from(["P1", "P2", "P3"]),
        st.integers(0, TODAY + 2),
        st.integers(1, 3),
        st.integers(0, 100),
    ),
    max_size=25,
)


def told(centre: Centre, first: int, last: int, **filters: str) -> Statement:
    """After it was proved that it adds up."""
    scope = Scope(first=FIRST + timedelta(days=first), last=FIRST + timedelta(days=last), **filters)
    with reading(centre.engine) as db:
        found = statement(db, scope, FIRST + timedelta(days=TODAY))
        assert found.owed == owed_in_all(db, scope)
    assert found.begin + sum(found.changes.values()) + found.since + found.fresh == found.owed - found.owes
    return found


def changes(found: Statement) -> dict[str, int]:
    """In shares, without those that are none."""
    return {what: amount // SHARE for what, amount in found.changes.items() if amount}


def test_what_is_owed_is_told_with_all_that_made_it(centre: Centre) -> None:
    till = Till(centre)
    till.open("P1", 0, 2)
    sale = till.sell("P1", 1, 3)
    till.pay("P1", 2)
    till.bring("P1", 5, 4)
    till.refund(sale, 6)
    till.sell("P1", 7, 6)
    till.keep("P1", 8, 2)
    till.debt("P1", 9, 1)
    till.take_back(till.pay("P1", 9), 10)
    till.sell("P1", 11)
    till.told()
    figures.verify(centre)
    found = told(centre, 4, 10)
    assert (found.begin // SHARE, found.since // SHARE, found.fresh, found.owes) == (4, 1, 0, 0)
    assert changes(found) == {"earned": 5, "bought": 4, "debts": 1, "paid": -1, "kept": -2}
    assert changes(told(centre, 0, 0)) == {"opening": 2}


def test_what_is_in_no_figures_yet_and_what_producers_owe_is_told_apart(centre: Centre) -> None:
    producer(centre, "P1", "Dapur")
    till, other = Till(centre), Till(centre, "B")
    till.sell("P1", 1, 3)
    till.told()
    other.pay("P1", 2, 2)
    push(centre, other.journal)
    found = told(centre, 0, TODAY)
    assert (found.begin, found.fresh, found.owed, found.owes) == (0, -2 * SHARE, 3 * SHARE, 2 * SHARE)
    other.told()
    found = told(centre, 0, TODAY, producer="P1")
    assert (found.begin, found.fresh, changes(found)) == (0, 0, {"earned": 3, "paid": -2})


@pytest.mark.parametrize(("first", "begin", "came"), [(0, 0, -1), (5, 2, -1), (11, 1, 0)])
def test_what_a_dead_till_owed_counts_once(centre: Centre, officer: None, first: int, begin: int, came: int) -> None:  # noqa: F811
    old = Till(centre)
    old.sell("P1", 4, 2)
    old.told()
    with writing(centre.engine) as db:
        revoke(centre, db, "MTR-001", "A")
    new = Till(centre, ledger=2)
    new.open("P1", 10, 1)
    new.told()
    with writing(centre.engine) as db:
        taking_over.take_over(centre, db, old.journal.device, new.journal.device, OFFICER)
    found = told(centre, first, 15)
    assert (found.begin // SHARE, found.changes["opening"] // SHARE, found.owed // SHARE) == (begin, came, 1)


@ON_SQLITE
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(worlds=st.lists(STEPS, min_size=1, max_size=2), ends=st.tuples(*[st.integers(0, TODAY + 2)] * 2))
def test_it_adds_up_in_every_world(
    centre: Centre, worlds: list[list[tuple[str, str, int, int, int]]], ends: tuple[int, int]
) -> None:
    tills = [Till(centre, chr(ord("A") + place), ledger=next(LEDGERS)) for place in range(len(worlds))]
    for till, steps in zip(tills, worlds, strict=True):
        live(till, steps)
        if till.journal.bodies:
            till.told()
    WORLDS.setdefault(centre.engine.url, []).extend(tills)
    first, last = min(ends), max(ends)
    for filters in ({}, {"producer": "P2"}, {"corner": "MTR-001"}, {"buyer": "office", "category": "makanan"}):
        found = told(centre, first, last, **filters)
        parts = list(by_hand(WORLDS[centre.engine.url], filters.get("producer")))
        assert found.begin == sum(amount for date, _what, amount in parts if date < day(first))
        for what in found.changes:
            within = (amount for date, one, amount in parts if one == what and day(first) <= date <= day(last))
            assert found.changes[what] == sum(within), what
        assert found.since == sum(amount for date, _what, amount in parts if date > day(last))
        assert found.fresh == 0


WORLDS: dict[object, list[Till]] = {}
"""All tills of a centre: examples share it."""


def live(till: Till, steps: list[tuple[str, str, int, int, int]]) -> None:
    sales, others = [], []
    for what, code, at, shares, which in steps:
        if what == "sell":
            sales.append(till.sell(code, at, shares))
        elif what == "refund" and sales:
            sale = sales.pop(which % len(sales))
            others.append(till.refund(sale, at))
        elif what == "take_back" and (sales or others):
            some = others or sales
            till.take_back(some.pop(which % len(some)), at)
        elif what not in ("refund", "take_back"):
            others.append(getattr(till, what)(code, at, shares))


BY_HAND = {"sale": "earned", "refund": "earned", "goods_received": "bought", "cash_move": "debts", "opening": "opening"}


def by_hand(tills: list[Till], code: str | None):
    """Day, what and rupiah of every change of what is owed, from the documents."""
    for till in tills:
        for name, document in till.documents.items():
            kind = getattr(document, "original_kind", document.KIND)
            moved = -sum(
                amount
                for account, amount in document.effects().postings
                if account.startswith(PAYABLE) and code in (None, account.removeprefix(PAYABLE))
            )
            if kind != "settlement":
                yield till.dates[name], BY_HAND[kind], moved
            elif moved:
                kept = -sum(amount for account, amount in document.effects().postings if account == "other_income")
                yield till.dates[name], "paid", moved + kept
                yield till.dates[name], "kept", -kept
