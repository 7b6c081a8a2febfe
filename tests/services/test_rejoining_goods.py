"""Goods of both histories of a till that was restored and sold on."""

from pathlib import Path
from typing import Any

import pytest

from sync.protocol.entry import read_body
from tests.corner import Corner
from tests.services.forked_corner import forked
from tests.services.joining import Script, close_and_open, join


def counts_t1(found: int, bearer: str = "producer") -> Script:
    """Goods of which the books had 20."""
    return lambda one: one.do("count", lines=[{"sku": "T1", "counted": str(found), "borne_by": bearer}])


@pytest.mark.parametrize(
    ("centre", "found", "joined"),
    [
        (lambda one: one.receive("T1", "10"), 20, 30),  # came after the count, or before and was not found
        (lambda one: one.receive("T1", "10"), 30, 30),  # came before it
        (lambda one: one.receive("T1", "10"), 33, 33),
        (lambda one: one.receive("T1", "10"), 18, 28),
        (lambda one: one.sell("T1", "3"), 20, 17),
        (lambda one: one.sell("T1", "3"), 17, 17),  # sold before it: nothing is lost
        (lambda one: one.sell("T1", "3"), 18, 17),
        (lambda one: one.sell("T1", "3"), 15, 15),
        (lambda one: one.sell("T1", "3"), 22, 19),
        (lambda one: (one.sell("T1", "3"), one.receive("T1", "10")), 17, 27),
        (lambda one: (one.sell("T1", "3"), one.receive("T1", "10")), 27, 27),
        (lambda one: (one.sell("T1", "3"), one.receive("T1", "10")), 15, 25),
    ],
)
def test_a_count_books_only_what_nothing_of_the_other_history_explains(
    open_corner: Corner, tmp_path: Path, centre: Script, found: int, joined: int
) -> None:
    """Wherever in the other history it was made, and whatever the clocks say."""
    both = forked(open_corner, tmp_path, centre, counts_t1(found))
    done = both.rejoin()
    assert done.entered.recount == {"T1": "Keripik Pisang 200 g"}
    assert float(both.till.state["stock"]["T1"]) == joined
    assert both.till.verify()


def test_a_count_of_goods_that_only_one_history_moved_stays_as_it_was(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        one.sell("T1", "2")
        one.do("count", lines=[{"sku": "T1", "counted": "15"}])

    both = forked(open_corner, tmp_path, lambda one: one.sell("K1", "3"), counts)
    before = bodies_of(both.till, "stock_count")
    done = join(both)
    assert not done.entered.recount
    after = bodies_of(both.till, "stock_count")
    assert [line.missing for line in after[0].lines] == [line.missing for line in before[0].lines]


def bodies_of(corner: Corner, kind: str) -> list[Any]:
    rows = corner.db.execute("SELECT body FROM journal ORDER BY seq").fetchall()
    return [read_body(row[0]).document() for row in rows if read_body(row[0]).kind == kind]


def test_counts_one_after_the_other_miss_no_more_than_they_did(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        counts_t1(16, "corner")(one)
        one.sell("T1", "2")
        counts_t1(12, "corner")(one)
        counts_t1(12)(one)
        one.do("settle", producer="P1", tender="transfer")
        one.do("write_off", lines=[{"sku": "T1", "quantity": "12", "reason": "damaged"}])

    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "3"), counts)
    both.rejoin()
    first, second, third = (document.lines[0].missing for document in bodies_of(both.till, "stock_count"))
    assert (first.quantity, second.quantity, third) == (1_000, 2_000, None)
    assert (first.share, second.share) == (14_400, 28_800)
    assert both.till.verify()
    close_and_open(both.till)
    assert both.till.verify()


def test_a_count_that_was_taken_back_is_taken_back_as_it_is_now(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        counted = one.do("count", lines=[{"sku": "T1", "counted": "15"}])
        one.do("reverse", of=counted["number"], reason="mistyped")

    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "2"), counts)
    both.rejoin()
    assert both.till.state["stock"]["T1"] == "18"
    assert both.till.verify()


def test_goods_sold_below_zero_in_one_and_covered_in_both(open_corner: Corner, tmp_path: Path) -> None:
    open_corner.sell("T1", "23")
    both = forked(open_corner, tmp_path, lambda one: one.receive("T1", "10"), lambda one: one.receive("T1", "5"))
    join(both)
    assert both.till.state["stock"]["T1"] == "12"
