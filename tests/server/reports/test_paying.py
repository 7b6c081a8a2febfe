"""Producers are paid in time or late by the terms agreed on; what was taken back is neither, and no debt is netted."""

from datetime import date

import pytest

from sync.server.centre import Centre
from sync.server.database.dialect import reading
from sync.server.reports.paying import (
    Payment,
    owed,
    owed_by_corner,
    owed_by_producer,
    owed_in_all,
    paid_in_all,
    payments,
    together,
)
from sync.server.reports.scope import Scope
from tests.server.registry_support import producer
from tests.server.reports.support import FIRST, SHARE, Till, day

AUTUMN = Scope(first=FIRST, last=date(2026, 9, 30))


@pytest.fixture
def till(centre: Centre) -> Till:
    return Till(centre)


def paid_of(centre: Centre) -> dict[str, Payment]:
    """The payments that stand, by the day, after both ways to add them up agreed."""
    with reading(centre.engine) as db:
        found = payments(db, AUTUMN)
        assert paid_in_all(db, AUTUMN) == together(found)
    return {one.date: one for one in found if one.stands}


@pytest.mark.parametrize(("terms", "most"), [("harian", 0), ("mingguan", 7), ("bulanan", 30), ("sewaktu", 0)])
def test_a_payment_is_in_time_to_the_last_day_of_the_terms_and_late_a_day_after(
    centre: Centre, till: Till, terms: str, most: int
) -> None:
    for code, waits in (("P1", most), ("P2", most + 1)):
        producer(centre, code, code, payout_terms=terms)
        till.sell(code, at=0)
        till.pay(code, at=waits)
    till.told()
    found = paid_of(centre)
    assert [(found[day(waits)].waited, found[day(waits)].late) for waits in (most, most + 1)] == [
        (most, False), (most + 1, True),
    ]  # fmt: skip
    assert together(found.values()).late == 1


def test_of_payments_in_time_only_those_count_that_stand(centre: Centre, till: Till) -> None:
    producer(centre, "P1", "Dapur Siger")
    till.sell("P1", at=0)
    till.take_back(till.pay("P1", at=20), at=21)
    till.pay("P1", at=22)
    till.told()
    assert [(one.date, one.late) for one in paid_of(centre).values()] == [(day(22), True)]
    with reading(centre.engine) as db:
        found = paid_in_all(db, AUTUMN)
    assert (found.times, found.standing, found.late, found.back, found.amount) == (2, 1, 1, 1, SHARE)


def test_a_payment_that_was_taken_back_is_not_the_last_one(centre: Centre, till: Till) -> None:
    producer(centre, "P1", "Dapur Siger")
    for at in (0, 1):
        till.sell("P1", at=at)
    till.pay("P1", at=2)
    till.take_back(till.pay("P1", at=5), at=6)
    till.told()
    with reading(centre.engine) as db:
        (one,) = owed(db, "P1")
    assert (one.amount, one.paid_on) == (SHARE, day(2))


def test_what_a_producer_owes_at_one_till_is_not_taken_off_what_another_owes(centre: Centre, till: Till) -> None:
    producer(centre, "P1", "Dapur Siger")
    till.sell("P1", at=0)
    other = Till(centre, "B")
    other.pay("P1", at=1)
    for one in (till, other):
        one.told()
    with reading(centre.engine) as db:
        assert sorted(one.amount for one in owed(db, "P1")) == [-SHARE, SHARE]
        assert owed_in_all(db, None) == owed_in_all(db, AUTUMN) == SHARE
        assert owed_by_corner(db, None) == [("MTR-001", "Sekretariat Daerah", SHARE)]
        assert owed_by_producer(db, None) == [("P1", "Dapur Siger", SHARE)]
