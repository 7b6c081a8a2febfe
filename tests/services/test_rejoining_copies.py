"""Several copies of one till join the same centre, in another order than they were made; numbers and matches cross."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from pos_app.ledger import backup, qris_money
from pos_app.services import counting, matching
from pos_app.services.count_posting import post
from tests.corner import Corner
from tests.services.forked_corner import Forked, forked
from tests.services.joining import Script, close_and_open, qris_sale, settle, tab_sale


class Copies:
    """Copies of a till, and the same till restored from them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def _place(self) -> Path:
        place = self._folder / str(next(self._numbers))
        place.mkdir()
        return place

    def copy(self, corner: Corner) -> Path:
        return backup.back_up(corner.ledger, self._place(), corner.clock())

    def restored(self, copy: Path, like: Corner) -> Corner:
        counter = replace(like.counter)
        counter.user = like.counter.user
        counter.ledger = backup.restore(copy, self._place() / "till.db")
        return Corner(counter.ledger, counter, like.clock)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    (tmp_path / "copies").mkdir()
    return Copies(tmp_path / "copies")


def joined(centre: Corner, till: Corner) -> Corner:
    both = Forked(centre, till, 0)
    both.look_again()
    expected = both.books()
    both.rejoin()
    stock = both.till.db.execute("SELECT sku, sum(quantity) FROM stock GROUP BY sku").fetchall()
    counted = both.till.db.execute("SELECT 1 FROM documents WHERE kind = 'stock_count'").fetchone()
    assert counted or {sku: q for sku, q in stock if q} == {sku: q for sku, q in expected.stock.items() if q}
    assert both.till.verify() == both.till.ledger.head().seq
    return both.till


def sells(corner: Corner) -> None:
    corner.sell("T1", "2")
    qris_sale(corner)
    tab_sale(corner)


def matches(corner: Corner) -> None:
    unmatched = dict(qris_money.open_entries(corner.db))
    matching.match(corner.counter, list(unmatched), sum(unmatched.values()) - 100, approved_by="m")


def collects(corner: Corner) -> None:
    number = corner.do("deduction_list", month="2026-10", cut_off=corner.clock().date().isoformat())["number"]
    corner.do("deduction_collected", of=number, tender="cash")


def counts(corner: Corner) -> None:
    counting.begin(corner.counter, counting.Scope("all", ""))
    counting.put(corner.counter, "T1", 9_000)
    corner.sell("T1", "2")
    counting.put(corner.counter, "K1", 8_000)
    counting.leave_out(corner.counter, [line.sku for line in counting.left(corner.db)])
    post(corner.counter, approved_by="m")


LATER: dict[str, Script] = {
    "sells": sells,
    "matches": matches,
    "collects": collects,
    "counts": counts,
    "settles": settle,
    "closes": close_and_open,
}


@pytest.mark.parametrize("later", LATER)
def test_what_was_recorded_one_after_the_other_stands_at_the_centre_the_other_way_round(
    open_corner: Corner, copies: Copies, later: str
) -> None:
    sells(open_corner)
    first = copies.copy(open_corner)
    sells(open_corner)
    second = copies.copy(open_corner)
    other = copies.restored(first, open_corner)
    other.clock.pass_by(minutes=5)
    sells(other)
    third = copies.copy(other)
    till = joined(copies.restored(second, open_corner), other)
    LATER[later](till)
    centre = joined(copies.restored(third, open_corner), copies.restored(second, open_corner))
    joined(centre, till)


@pytest.mark.parametrize("later", LATER)
def test_a_till_that_joined_and_could_not_send_comes_after_a_copy_of_itself(
    open_corner: Corner, copies: Copies, later: str
) -> None:
    first = copies.copy(open_corner)
    sells(open_corner)
    head = copies.copy(open_corner)
    other = copies.restored(first, open_corner)
    other.clock.pass_by(minutes=5)
    sells(other)
    second = copies.copy(other)
    till = joined(copies.restored(head, open_corner), other)
    LATER[later](till)
    joined(joined(copies.restored(head, open_corner), copies.restored(second, open_corner)), till)


NAMES: dict[str, Callable[[Corner, str], object]] = {
    "reverses": lambda one, number: one.do("reverse", of=number, reason="wrong tender"),
    "refunds": lambda one, number: one.do(
        "refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash", approved_by="m"
    ),
    "matches": lambda one, number: matches(one),
}


@pytest.mark.parametrize("later", NAMES)
def test_what_got_a_new_number_is_named_by_that_in_documents_of_a_copy_of_before(
    open_corner: Corner, copies: Copies, later: str
) -> None:
    monday = copies.copy(open_corner)
    centre = copies.restored(monday, open_corner)
    qris_sale(centre)
    till = copies.restored(monday, open_corner)
    till.clock.pass_by(minutes=5)
    number = qris_sale(till)["number"]
    before = copies.copy(till)
    centre = joined(centre, till)
    later_on = copies.restored(before, open_corner)
    NAMES[later](later_on, number)
    joined(centre, later_on)


def test_pieces_of_a_delivery_with_a_new_number_are_taken_from_it(open_corner: Corner, copies: Copies) -> None:
    monday = copies.copy(open_corner)
    centre = copies.restored(monday, open_corner)
    centre.do("write_off", lines=[{"sku": "B1", "quantity": "1", "reason": "damaged"}])
    centre.receive("B1", "5")
    till = copies.restored(monday, open_corner)
    till.clock.pass_by(minutes=5)
    till.receive("W1", "5")
    before = copies.copy(till)
    centre = joined(centre, till)
    later = copies.restored(before, open_corner)
    left = later.db.execute("SELECT sum(quantity) / 1000 FROM stock WHERE sku = 'W1'").fetchone()[0]
    later.sell("W1", str(left))
    till = joined(centre, later)
    assert not till.db.execute("SELECT * FROM stock WHERE sku = 'W1' AND quantity <> 0").fetchall()


@pytest.mark.parametrize("anew", [False, True])
def test_a_common_match_is_taken_back_while_the_centre_matched_on(
    open_corner: Corner, tmp_path: Path, *, anew: bool
) -> None:
    """Its money is unmatched again, and the next match finds it."""
    sales = [qris_sale(open_corner) for _ in range(3)]

    def match(corner: Corner, *which: int) -> str:
        taken = [sales[one]["seq"] for one in which]
        return matching.match(corner.counter, taken, 15_900 * len(which), approved_by="m").number

    common = match(open_corner, 0)

    def back(corner: Corner) -> None:
        corner.do("reverse", of=common, reason="mistyped")
        if anew:
            match(corner, 0, 2)

    both = forked(open_corner, tmp_path, lambda one: match(one, 1), back)
    both.rejoin()
    left = {seq for seq, _amount in qris_money.open_entries(both.till.db)}
    assert left == (set() if anew else {sales[0]["seq"], sales[2]["seq"]})
    if left:
        matches(both.till)
    assert both.till.verify() == both.till.ledger.head().seq
    assert both.till.db.execute("SELECT amount FROM balances WHERE account = 'qris'").fetchone()[0] == 0
