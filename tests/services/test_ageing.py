"""What is owed by age: payments clear the oldest, and the parts always make the balance."""

from datetime import timedelta

import pytest

from pos_app.ledger import queries
from pos_app.services import ageing, settlement_run
from pos_app.services.ageing import Aged, Ageing
from tests.corner import Corner


@pytest.fixture
def shop(open_corner: Corner) -> Corner:
    """One pack of T1 (14.400 to P1) sold on each of five days: 0, 5, 10, 20 and 40 days ago."""
    open_corner.receive("T1", "50")
    for passed in (0, 20, 10, 5, 5):
        next_day(open_corner, passed)
        open_corner.sell("T1")
    return open_corner


def next_day(corner: Corner, days: int) -> None:
    if days:
        corner.do("close_shift", counted=0)
        corner.clock.pass_by(days=days)
        corner.do("open_shift", float=500_000)


def told(corner: Corner) -> Ageing:
    return ageing.ageing(corner.db, corner.clock().date())


def of(corner: Corner, producer: str = "P1") -> Aged:
    return next(one for one in told(corner).owed if one.producer == producer)


def test_each_part_is_as_old_as_the_day_it_was_earned(shop: Corner) -> None:
    found = of(shop)
    assert found.spans == (28_800, 14_400, 14_400, 14_400)
    assert (found.amount, found.days) == (72_000, 31)
    assert told(shop).unexplained == 0


def test_a_payment_clears_the_oldest_first(shop: Corner) -> None:
    cut_off = (shop.clock().date() - timedelta(days=10)).isoformat()
    slip = shop.do("settle", producer="P1", tender="cash", through=cut_off)["number"]
    assert of(shop).spans == (28_800, 0, 0, 0)
    shop.do("reverse", of=slip, reason="wrong payout")
    assert of(shop).spans == (28_800, 14_400, 14_400, 14_400)


def test_what_was_kept_of_a_payment_is_no_longer_owed(shop: Corner) -> None:
    shop.do("settle", producer="P1", tender="cash", deductions=[{"reason": "labels", "amount": 900}])
    assert [one.producer for one in told(shop).owed if one.producer == "P1"] == []
    shop.sell("T1")
    assert of(shop).spans == (14_400, 0, 0, 0)


def test_a_refund_takes_its_own_sale_out(shop: Corner) -> None:
    shop.do("refund", of=4, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    assert of(shop).spans == (14_400, 14_400, 14_400, 14_400)


def test_a_weekly_producer_is_overdue_after_seven_days(shop: Corner) -> None:
    assert (of(shop).terms, of(shop).overdue) == ("mingguan", 43_200)


def test_agreed_terms_go_before_the_registered_ones(shop: Corner) -> None:
    with shop.ledger.write() as tx:
        tx.db.execute("INSERT INTO agreements VALUES ('P1', '2026-10-01', 'bulanan', 'cash', 'producer', 3, 30)")
    assert (of(shop).terms, of(shop).overdue) == ("bulanan", 14_400)


def test_a_producer_who_owes_stands_apart(open_corner: Corner) -> None:
    open_corner.sell("T1")
    open_corner.do("settle", producer="P1", tender="cash")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    found = told(open_corner)
    assert [(one.producer, one.amount) for one in found.owing] == [("P1", -14_400)]
    assert "P1" not in {one.producer for one in found.owed}
    assert (found.unexplained, found.overdue) == (0, 0)


def test_what_was_earned_while_the_corner_was_closed_keeps_its_age(shop: Corner) -> None:
    shop.do("close_shift", counted=0)
    shop.clock.pass_by(days=40)
    shop.receive("B1", "10")
    shop.clock.pass_by(days=3)
    assert of(shop, "P2").spans[0] == 20_000
    assert of(shop).spans == (0, 0, 0, 72_000)


def test_balances_that_the_rows_do_not_explain_are_told(shop: Corner) -> None:
    with shop.ledger.write() as tx:
        tx.db.execute("INSERT INTO balances VALUES ('payable:P9', -700, 1)")
    assert told(shop).unexplained == 700
    assert queries.payable(shop.db, "P9") == 700


def test_what_came_late_in_a_shift_that_stayed_open_is_as_old_as_its_own_day(open_corner: Corner) -> None:
    open_corner.clock.pass_by(days=20)
    open_corner.receive("B1", "5")
    open_corner.clock.pass_by(days=15)
    open_corner.do("close_shift", counted=0)
    open_corner.clock.pass_by(days=5)
    assert of(open_corner, "P2").spans == (0, 0, 10_000, 20_000)


def test_one_wrong_clock_makes_nothing_older(shop: Corner) -> None:
    before = of(shop)
    shop.clock.pass_by(days=-365)
    shop.do("cash_move", direction="in", amount=1_000, reason="other")
    shop.clock.pass_by(days=365)
    assert of(shop) == before


def test_a_payment_taken_back_leaves_what_it_had_paid_though_a_newer_one_stands(open_corner: Corner) -> None:
    open_corner.sell("T1")
    next_day(open_corner, 7)
    older = open_corner.do("settle", producer="P1", tender="transfer")["number"]
    next_day(open_corner, 12)
    open_corner.sell("T1", "2")
    next_day(open_corner, 7)
    open_corner.do("settle", producer="P1", tender="transfer")
    next_day(open_corner, 4)
    open_corner.sell("T1")
    open_corner.do("reverse", of=older, reason="wrong payout")
    assert (of(open_corner).amount, of(open_corner).spans, of(open_corner).days) == (28_800, (14_400, 0, 14_400, 0), 30)
    next_day(open_corner, 10)
    assert (of(open_corner).spans, of(open_corner).days) == ((0, 14_400, 0, 14_400), 31)
    open_corner.do("settle", producer="P1", tender="transfer")
    open_corner.sell("T1")
    assert (of(open_corner).spans, told(open_corner).unexplained) == ((14_400, 0, 0, 0), 0)


def test_nobody_is_overdue_who_is_not_due_in_a_run(shop: Corner) -> None:
    cut_off = (shop.clock().date() - timedelta(days=20)).isoformat()
    assert of(shop).overdue == 43_200
    shop.do("settle", producer="P1", tender="transfer", through=cut_off)
    assert (of(shop).spans, of(shop).overdue) == ((28_800, 14_400, 0, 0), 14_400)
    shop.do("settle", producer="P1", tender="transfer", through=(shop.clock().date() - timedelta(days=6)).isoformat())
    today = shop.clock().date()
    plan = settlement_run.prepare(shop.counter, today, today=today)
    assert {row.code: row.standing for row in plan.rows if row.code == "P1"} == {"P1": "later"}
    assert of(shop).overdue == 0
