"""Where a day ends in the journal: the order of its entries decides, and no single clock that was wrong."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pos_app.ledger.settlements import seq_at_end_of
from tests.corner import PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register

FIRST = date(2026, 10, 1)


@pytest.fixture
def corner(tmp_path: Path) -> Corner:
    made = new_corner(tmp_path)
    register(made, tmp_path, PRODUCERS, PRODUCTS, STAFF)
    return made


def next_day(corner: Corner, *, days: int = 1) -> int:
    """Close, let days pass, open; the last entry before the opening."""
    closed = corner.do("close_shift", counted=0)["seq"]
    corner.clock.pass_by(days=days)
    corner.do("open_shift", float=0)
    return int(closed)


def week(corner: Corner) -> list[int]:
    """Five days with goods and sales; the closing of each."""
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    ends = []
    for _day in range(5):
        corner.sell("T1")
        corner.sell("T1")
        ends.append(next_day(corner))
    return ends


def move(corner: Corner, **shift: int) -> int:
    """A cash move of a clock that is wrong for it alone."""
    now = corner.clock.now
    corner.clock.pass_by(**shift)
    answer = corner.do("cash_move", direction="in", amount=1_000, reason="other")
    corner.clock.now = now
    return int(answer["seq"])


def ends(corner: Corner, count: int = 5) -> list[int]:
    return [seq_at_end_of(corner.db, FIRST + timedelta(days=day)) for day in range(count)]


def test_nothing_is_recorded_before_the_first_day(corner: Corner) -> None:
    assert seq_at_end_of(corner.db, FIRST) == 0
    closings = week(corner)
    assert seq_at_end_of(corner.db, FIRST - timedelta(days=1)) == 0
    assert ends(corner) == closings


@pytest.mark.parametrize("days", [-365, -3, 300])
def test_one_entry_with_a_wrong_date_moves_no_cut_off(corner: Corner, days: int) -> None:
    closings = week(corner)
    move(corner, days=days)
    assert ends(corner) == closings
    closings.append(next_day(corner))
    move(corner, days=days)
    assert ends(corner, 6) == closings


@pytest.mark.parametrize("days", [-365, 300])
def test_nor_does_one_in_the_middle_of_a_day_or_after_its_closing(corner: Corner, days: int) -> None:
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    closings = []
    for _day in range(5):
        corner.sell("T1")
        move(corner, days=days)
        corner.sell("T1")
        closings.append(next_day(corner))
    assert ends(corner) == closings


@pytest.mark.parametrize("days", [-365, 300])
def test_nor_does_a_shift_that_a_wrong_clock_opened(corner: Corner, days: int) -> None:
    closings = week(corner)
    now = corner.clock.now
    corner.do("close_shift", counted=0)
    corner.clock.pass_by(days=days)
    corner.do("open_shift", float=0)
    corner.clock.now = now + timedelta(days=1)
    corner.receive("T1", "1")
    corner.receive("T1", "1")
    next_day(corner)
    assert ends(corner) == closings


def test_what_came_before_the_shift_was_opened_belongs_to_its_day(corner: Corner) -> None:
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    closed = corner.do("close_shift", counted=0)["seq"]
    corner.clock.pass_by(days=1)
    early = corner.receive("T1", "1")["seq"]
    corner.do("open_shift", float=0)
    assert (closed, early) == (ends(corner, 1)[0], closed + 1)


def test_a_day_without_a_shift_ends_with_what_was_recorded_on_it(corner: Corner) -> None:
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    corner.do("close_shift", counted=0)
    corner.clock.pass_by(days=1)
    came = corner.receive("T1", "1")["seq"]
    corner.clock.pass_by(days=1)
    corner.do("open_shift", float=0)
    assert ends(corner, 2)[1] == came
    assert ends(corner, 2)[0] == came - 1


def test_days_without_any_shift_end_by_their_dates(corner: Corner) -> None:
    first = corner.receive("T1", "4")["seq"]
    corner.clock.pass_by(days=1)
    second = corner.receive("T1", "4")["seq"]
    assert ends(corner, 3) == [first, second, second]


def test_the_last_of_several_shifts_ends_the_day(corner: Corner) -> None:
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    next_day(corner, days=0)
    corner.sell("T1")
    closed = next_day(corner)
    assert ends(corner, 1) == [closed]


def test_a_shift_over_midnight_belongs_to_both_days(corner: Corner) -> None:
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    corner.clock.pass_by(hours=15, minutes=30)
    before = corner.sell("T1")["seq"]
    corner.clock.pass_by(hours=1)
    after = corner.receive("T1", "1")["seq"]
    assert ends(corner, 2) == [before, after]


def test_a_shift_that_stayed_open_for_weeks_is_told_apart_by_its_days(corner: Corner) -> None:
    corner.do("open_shift", float=0)
    corner.receive("T1", "40")
    came = []
    for _day in range(20):
        came.append(corner.receive("T1", "1")["seq"])
        corner.clock.pass_by(days=1)
    assert ends(corner, 20) == came
