"""What producers are owed is told with what makes it up, and adds up to the rupiah."""

from datetime import timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.documents.state import PAYABLE
from sync.server.centre import Centre
from sync.server.corners import taking_over
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import revoke
from sync.server.registry import merging
from sync.server.reports.owing import Statement, statement
from sync.server.reports.paying import owed, owed_by_corner, owed_by_producer, owed_in_all
from sync.server.reports.scope import Scope
from sync.server.trust import figures
from tests.server.figures import push
from tests.server.registry_support import producer
from tests.server.reports.support import FIRST, SHARE, Till, day
from tests.server.support import ON_SQLITE
from tests.server.trust.test_trust import OFFICER, officer  # noqa: F401 - a fixture

LEDGERS = count(2_000)
TODAY = 20
CODES = ("P1", "P2", "P3")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "pay", "keep", "bring", "debt", "open", "refund", "take_back"]),
        st.sampled_from(CODES),
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
        assert found.owed == sum(amount for *_named, amount in owed_by_corner(db, scope))
        assert found.owed == sum(amount for *_named, amount in owed_by_producer(db, scope))
        if "producer" in filters:
            amounts = [one.amount for one in owed(db, filters["producer"])]
            assert (found.owed, -found.owes) == tuple(sum(ends(one, 0) for one in amounts) for ends in (max, min))
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


def test_what_a_producer_owes_under_a_merged_code_is_taken_off_at_the_same_till_alone(
    centre: Centre,
    officer: None,  # noqa: F811
) -> None:
    for code in ("P1", "P2"):
        producer(centre, code, code)
    till, other = Till(centre), Till(centre, "B")
    till.sell("P1", 1, 3)
    sale = till.sell("P2", 1, 2)
    till.pay("P2", 2, 2)
    till.refund(sale, 3, 2)
    other.refund(other.sell("P2", 4), 5)
    other.pay("P2", 6)
    for one in (till, other):
        one.told()
    found = told(centre, 0, TODAY)
    assert (found.owed // SHARE, found.owes // SHARE) == (3, 3)
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", OFFICER)
    for filters in ({}, {"producer": "P1"}):
        found = told(centre, 0, TODAY, **filters)
        assert (found.owed // SHARE, found.owes // SHARE) == (1, 1)
    with reading(centre.engine) as db:
        assert owed_by_producer(db, None) == [("P1", "P1", SHARE)]


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
@given(
    worlds=st.lists(STEPS, min_size=1, max_size=2),
    ends=st.tuples(*[st.integers(0, TODAY + 2)] * 2),
    mergings=st.sampled_from([(), ("P2 P1",), ("P1 P3",), ("P2 P1", "P3 P2"), ("P3 P2", "P2 P1")]),
)
def test_it_adds_up_in_every_world(
    centre: Centre,
    officer: None,  # noqa: F811
    worlds: list[list[tuple[str, str, int, int, int]]],
    ends: tuple[int, int],
    mergings: tuple[str, ...],
) -> None:
    tills = [Till(centre, chr(ord("A") + place), ledger=next(LEDGERS)) for place in range(len(worlds))]
    for till, steps in zip(tills, worlds, strict=True):
        live(till, steps)
        if till.journal.bodies:
            till.told()
    lived = WORLDS.setdefault(centre.engine.url, [])
    lived.extend(tills)
    stands = merged_anew(centre, mergings)
    first, last = min(ends), max(ends)
    for filters in ({}, {"producer": "P2"}, {"corner": "MTR-001"}, {"buyer": "office", "category": "makanan"}):
        found = told(centre, first, last, **filters)
        codes = [code for code, now in stands.items() if filters.get("producer", code) in (code, now)]
        parts = [part for till in lived for part in by_hand(till, codes)]
        assert found.begin == sum(amount for date, _what, amount in parts if date < day(first))
        for what in found.changes:
            within = (amount for date, one, amount in parts if one == what and day(first) <= date <= day(last))
            assert found.changes[what] == sum(within), what
        assert found.since == sum(amount for date, _what, amount in parts if date > day(last))
        assert found.fresh == 0
        netted = [
            sum(amount for *_when, amount in by_hand(till, [code for code in codes if stands[code] == one]))
            for till in lived for one in CODES
        ]  # fmt: skip
        assert (found.owed, -found.owes) == tuple(sum(ends(one, 0) for one in netted) for ends in (max, min))


def merged_anew(centre: Centre, mergings: tuple[str, ...]) -> dict[str, str]:
    """Every producer with the one that it is, after these were merged and no others."""
    with reading(centre.engine) as db:
        known = {row.code: row.alias_of for row in db.execute(sa.select(schema.producers))}
    for code in CODES:
        if code not in known:
            producer(centre, code, code)
    with writing(centre.engine) as db:
        for code in (code for code, now in known.items() if now):
            merging.unmerge(centre, db, "producer", code, OFFICER)
        for code, into in (one.split() for one in mergings):
            merging.merge(centre, db, "producer", code, into, OFFICER)
        stands = {row.code: row.alias_of or row.code for row in db.execute(sa.select(schema.producers))}
    assert len(set(stands.values())) == len(CODES) - len(mergings)
    return stands


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


def by_hand(till: Till, codes: list[str]) -> list[tuple[str, str, int]]:
    """Day, what and rupiah of every change of what is owed under these codes, from the documents."""
    found = []
    for name, document in till.documents.items():
        kind = getattr(document, "original_kind", document.KIND)
        moved = -sum(
            amount
            for account, amount in document.effects().postings
            if account.startswith(PAYABLE) and account.removeprefix(PAYABLE) in codes
        )
        if kind != "settlement":
            found.append((till.dates[name], BY_HAND[kind], moved))
        elif moved:
            kept = -sum(amount for account, amount in document.effects().postings if account == "other_income")
            found += [(till.dates[name], "paid", moved + kept), (till.dates[name], "kept", -kept)]
    return found
