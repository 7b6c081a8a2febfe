"""Producers are paid in time or late by the terms agreed on; what was taken back is neither, and no debt is netted."""

from datetime import date, timedelta

import pytest

from sync.documents.base import Take
from sync.documents.money import Settlement
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Sale, SaleLine, Tender
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
from sync.server.reports.reporter import catch_up
from sync.server.reports.scope import Scope
from tests.server.figures import push
from tests.server.registry_support import producer
from tests.server.support import Journal

FIRST = date(2026, 8, 1)
AUTUMN = Scope(first=FIRST, last=date(2026, 9, 30))
SHARE = 9_000


def day(number: int) -> str:
    """The date so many days after the first of all."""
    return (FIRST + timedelta(days=number)).isoformat()


class Till:
    """A till that sells and pays; days are counted from ``FIRST``."""

    def __init__(self, centre: Centre, till: str = "A") -> None:
        self.centre = centre
        self.journal = Journal(till=till, ledger_id=f"{ord(till):032x}", prefix=f"{till}-").enrol_at(centre)

    def sell(self, code: str, at: int) -> None:
        line = SaleLine(
            sku=f"{code}-B", name="Keripik", producer=code, pricing="titip", quantity=1_000, sell_price=10_000,
            consign_price=SHARE, total=10_000, share=SHARE, takes=(Take("", 1_000),),
        )  # fmt: skip
        tenders = (Tender(kind="qris", amount=10_000),)
        self._add(Sale(number=self._number("ST"), lines=(line,), tenders=tenders, total=10_000), at)

    def pay(self, code: str, at: int, *, since: int | None = None, left: int = 0, remaining: int = 0) -> Settlement:
        """Pay one share: of what came after the day ``since``, or what an earlier payment ``left``."""
        paid = Settlement(
            number=self._number("BP"), producer=code, producer_name=code, tender="transfer", from_seq=0,
            through_seq=len(self.journal.bodies), from_date=None if since is None else day(since),
            through_date=day(at), carried_over=left, other=SHARE + remaining - left, amount=SHARE, remaining=remaining,
        )  # fmt: skip
        self._add(paid, at, paid.number)
        return paid

    def take_back(self, paid: Settlement, at: int) -> None:
        plain = {"original_id": paid.number, "original_number": paid.number, "original_kind": "settlement"}
        back = Reversal(number=self._number("BT"), postings=(), **plain)
        self._add(undoing(back, paid.effects()), at)

    def told(self) -> None:
        push(self.centre, self.journal)
        catch_up(self.centre)

    def _number(self, prefix: str) -> str:
        return f"{prefix}-MTR001{self.journal.till}-{len(self.journal.bodies) + 1:06}"

    def _add(self, document: Sale | Settlement | Reversal, at: int, name: str | None = None) -> None:
        self.journal.add(document, document_id=name, at=f"{day(at)}T09:00:00+07:00", date=day(at))


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


@pytest.mark.parametrize("calls", [(), (0, 3, 5), (0, 3, 5, 9)], ids=lambda days: f"{len(days)} calls before")
def test_a_wait_begins_with_the_first_sale_after_the_day_of_the_payment_before(
    centre: Centre, till: Till, calls: tuple[int, ...]
) -> None:
    producer(centre, "P1", "Dapur Siger")
    for at in (0, 3, 5, 9):
        till.sell("P1", at=at)
        if at in calls:
            till.told()
        if at == 3:
            till.pay("P1", at=3)
    till.pay("P1", at=12, since=3)
    till.told()
    assert {at: (one.waited, one.late) for at, one in paid_of(centre).items()} == {
        day(3): (3, False), day(12): (7, False),
    }  # fmt: skip


def test_what_an_earlier_payment_left_has_no_wait_of_its_own(centre: Centre, till: Till) -> None:
    producer(centre, "P1", "Dapur Siger")
    till.sell("P1", at=0)
    till.sell("P1", at=0)
    till.pay("P1", at=1, remaining=SHARE)
    till.pay("P1", at=20, since=1, left=SHARE)
    till.told()
    assert [(one.waited, one.late) for _at, one in sorted(paid_of(centre).items())] == [(1, False), (None, False)]


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
    till.take_back(till.pay("P1", at=5, since=2), at=6)
    till.told()
    with reading(centre.engine) as db:
        (one,) = owed(db, "P1")
    assert (one.amount, one.paid_on) == (SHARE, day(2))


def test_what_a_producer_owes_at_one_till_is_not_taken_off_what_another_owes(centre: Centre, till: Till) -> None:
    producer(centre, "P1", "Dapur Siger")
    till.sell("P1", at=0)
    other = Till(centre, "B")
    other.pay("P1", at=1, remaining=-SHARE)
    for one in (till, other):
        one.told()
    with reading(centre.engine) as db:
        assert sorted(one.amount for one in owed(db, "P1")) == [-SHARE, SHARE]
        assert owed_in_all(db, None) == owed_in_all(db, AUTUMN) == SHARE
        assert owed_by_corner(db, None) == [("MTR-001", "Sekretariat Daerah", SHARE)]
        assert owed_by_producer(db, None) == [("P1", "Dapur Siger", SHARE)]
