"""The day board: a plain average over open days, and what it makes to deliver tomorrow."""

from datetime import date, timedelta

import pytest

from pos_app.domain.errors import ManagerNeeded
from pos_app.services import producer_board
from pos_app.services.context import User
from pos_app.services.producer_board import Board, BoardLine
from tests.corner import Corner


def next_day(corner: Corner, days: int = 1) -> None:
    corner.do("close_shift", counted=0)
    corner.clock.pass_by(days=days)
    corner.do("open_shift", float=0)


def told(corner: Corner) -> Board:
    return producer_board.board(corner.db, corner.clock().date())


def line(corner: Corner, sku: str = "T1") -> BoardLine:
    return next(one for one in told(corner).lines if one.sku == sku)


def sell_on_days(corner: Corner, *quantities: int, sku: str = "T1") -> None:
    """So many pieces on each day, one after the other; then a new day begins."""
    for quantity in quantities:
        if quantity:
            corner.sell(sku, str(quantity))
        next_day(corner)


def test_the_average_is_what_sold_by_open_days(open_corner: Corner) -> None:
    sell_on_days(open_corner, 4, 0, 2)
    found = line(open_corner)
    assert (found.sold, found.days, found.average) == (6_000, 3, 20)
    assert (found.left, found.lasts) == (14_000, 70)


def test_enough_for_the_target_needs_no_delivery_and_less_is_rounded_up(open_corner: Corner) -> None:
    sell_on_days(open_corner, 7, 8, 4)  # 19 of 20 sold in 3 days: 6.33 a day, 19 for three days, one is left
    found = line(open_corner)
    assert (found.target, found.left, found.suggestion) == (3, 1_000, 18_000)
    assert line(open_corner, "K1").suggestion == 0


def test_a_day_that_is_not_over_is_shown_and_not_averaged(open_corner: Corner) -> None:
    sell_on_days(open_corner, 4)
    open_corner.sell("T1", "5")
    found = line(open_corner)
    assert (found.today, found.week, found.sold, found.days) == (5_000, 9_000, 4_000, 1)
    open_corner.do("close_shift", counted=0)
    assert (line(open_corner).sold, line(open_corner).days) == (9_000, 2)


def test_the_first_day_counts_itself(open_corner: Corner) -> None:
    open_corner.sell("T1", "5")
    assert (line(open_corner).sold, line(open_corner).days) == (5_000, 1)


def test_a_day_without_any_to_sell_is_left_out(open_corner: Corner) -> None:
    sell_on_days(open_corner, 20, 0, 0)
    found = line(open_corner)
    assert (found.sold, found.days, found.average) == (20_000, 1, 200)
    open_corner.receive("T1", "10")
    sell_on_days(open_corner, 4)
    assert (line(open_corner).sold, line(open_corner).days) == (24_000, 2)


def test_days_on_which_the_corner_was_closed_do_not_count(open_corner: Corner) -> None:
    open_corner.sell("T1", "6")
    next_day(open_corner, 4)
    sell_on_days(open_corner, 2)
    assert (line(open_corner).sold, line(open_corner).days) == (8_000, 2)


def test_only_the_last_fourteen_open_days_count(open_corner: Corner) -> None:
    sell_on_days(open_corner, 6, *[1] * 14)
    found = line(open_corner)
    assert len(told(open_corner).counted) == 14
    assert (found.sold, found.days, found.week) == (14_000, 14, 6_000)


def test_what_came_back_or_was_undone_did_not_sell(open_corner: Corner) -> None:
    open_corner.sell("T1", "6")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "2"}], tender="cash")
    number = open_corner.sell("T1", "3")["number"]
    open_corner.do("reverse", of=number, reason="wrong goods")
    assert (line(open_corner).today, line(open_corner).left) == (4_000, 16_000)


def test_losses_and_returns_are_no_sales(open_corner: Corner) -> None:
    open_corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "3", "reason": "unsold"}])
    open_corner.do("write_off", lines=[{"sku": "T1", "quantity": "1", "reason": "damaged"}])
    assert (line(open_corner).today, line(open_corner).left) == (0, 16_000)


def test_what_expires_before_the_target_days_does_not_last(open_corner: Corner) -> None:
    day = open_corner.clock().date()
    open_corner.receive("K1", "5", (day + timedelta(days=2)).isoformat())
    open_corner.receive("K1", "7", (day + timedelta(days=4)).isoformat())
    sell_on_days(open_corner, 12, sku="K1")  # first those that expire first
    found = line(open_corner, "K1")
    assert (found.left, found.lasting) == (12_000, 12_000)
    assert found.suggestion == 24_000


def test_the_target_is_no_longer_than_the_shelf_life(open_corner: Corner) -> None:
    with open_corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET shelf_life_days = 1 WHERE sku = 'T1'")
    sell_on_days(open_corner, 10, 8)
    found = line(open_corner)
    assert (found.target, found.suggestion) == (1, 7_000)


def test_more_than_thirty_days_is_too_much(open_corner: Corner) -> None:
    sell_on_days(open_corner, 1, 0)
    assert (line(open_corner).lasts, line(open_corner).too_much) == (380, True)
    sell_on_days(open_corner, 5)
    assert not line(open_corner).too_much


def test_unsold_goods_were_there_on_fourteen_open_days(open_corner: Corner) -> None:
    sell_on_days(open_corner, *[0] * 13)
    assert not line(open_corner).unsold
    next_day(open_corner)
    assert line(open_corner).unsold
    open_corner.sell("T1")
    assert not line(open_corner).unsold


def test_goods_by_weight_are_suggested_in_whole_units(open_corner: Corner) -> None:
    open_corner.sell("W1", "9.375")
    found = line(open_corner, "W1")
    assert (found.average, found.suggestion) == (94, 28_000)


def test_stock_below_zero_asks_for_no_more_than_the_average(open_corner: Corner) -> None:
    open_corner.sell("T1", "22")
    found = line(open_corner)
    assert (found.left, found.lasts, found.suggestion) == (-2_000, 0, 66_000)


def test_only_a_manager_changes_the_target_days(open_corner: Corner, cashier_of: User, manager: User) -> None:
    open_corner.counter.user = cashier_of
    with pytest.raises(ManagerNeeded):
        producer_board.set_target_days(open_corner.counter, 5)
    open_corner.counter.user = manager
    producer_board.set_target_days(open_corner.counter, 5)
    assert told(open_corner).target == 5


def test_the_board_tells_how_far_it_is_and_reads_no_older_entries(open_corner: Corner) -> None:
    sell_on_days(open_corner, *[1] * 16)
    heard: list[tuple[int, int]] = []
    producer_board.board(open_corner.db, date(2026, 10, 17), lambda done, total: heard.append((done, total)))
    assert heard == [(0, heard[0][1])]
    assert heard[0][1] < open_corner.ledger.head().seq


@pytest.fixture
def cashier_of(open_corner: Corner) -> User:
    return User("c", "kasir", "Sari")


def test_one_wrong_clock_hides_no_sales(open_corner: Corner) -> None:
    sell_on_days(open_corner, 4, 0, 2)
    before = told(open_corner)
    open_corner.clock.pass_by(days=-365)
    open_corner.do("cash_move", direction="in", amount=1_000, reason="other")
    open_corner.clock.pass_by(days=365)
    assert told(open_corner) == before
