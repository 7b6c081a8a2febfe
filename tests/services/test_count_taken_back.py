"""A mistyped stock count is taken back while what it said of the goods is the last word about them."""

import pytest

from pos_app.domain.errors import GoodsGone, NotReversible
from pos_app.services import count_posting, counting, refunding
from pos_app.services.context import Recorded
from pos_app.services.counting import Scope
from tests.corner import Corner


def count(corner: Corner, borne_by: str | None = None, **found: int) -> str:
    named = {"borne_by": borne_by} if borne_by else {}
    lines = [{"sku": sku, "counted": str(pieces), **named} for sku, pieces in found.items()]
    return str(corner.do("count", lines=lines)["number"])


def take_back(corner: Corner, number: str) -> Recorded:
    return refunding.reverse(corner.counter, number, code="mistyped", approved_by="M")


def test_a_mistyped_count_taken_back_leaves_stock_and_payables_as_before(open_corner: Corner) -> None:
    before = open_corner.state
    number = count(open_corner, "corner", T1=10, K1=15, B1=7)
    assert open_corner.payable("P1") == 144_000
    take_back(open_corner, number)
    after = open_corner.state
    assert after["stock"] == before["stock"]
    assert after["payable"] == {"P1": 0, "P2": 20_000} == before["payable"] | {"P1": 0}
    open_corner.sell("T1", "20")
    open_corner.sell("B1", "10")
    assert open_corner.payable("P1") == 288_000
    assert open_corner.state["margin"] == 10 * (3_000 - 2_000)
    open_corner.verify()


def test_a_count_is_taken_back_once(open_corner: Corner) -> None:
    number = count(open_corner, T1=10)
    take_back(open_corner, number)
    with pytest.raises(NotReversible):
        take_back(open_corner, number)


def test_goods_that_were_counted_again_stand_by_the_later_count_until_it_is_taken_back(open_corner: Corner) -> None:
    first = count(open_corner, "corner", T1=10)
    again = count(open_corner, T1=20)
    with pytest.raises(NotReversible):
        take_back(open_corner, first)
    take_back(open_corner, again)
    take_back(open_corner, first)
    open_corner.sell("T1", "20")
    assert open_corner.payable("P1") == 288_000
    open_corner.verify()


def test_a_later_count_without_a_difference_confirmed_the_first_one(open_corner: Corner) -> None:
    first = count(open_corner, T1=10)
    count(open_corner, T1=10)
    with pytest.raises(NotReversible):
        take_back(open_corner, first)


def test_pieces_that_a_count_found_and_that_were_sold_keep_it_from_being_taken_back(open_corner: Corner) -> None:
    number = count(open_corner, T1=22)
    sale = open_corner.sell("T1", "21")
    with pytest.raises(GoodsGone) as error:
        take_back(open_corner, number)
    assert (error.value.gone, error.value.brought) == (1_000, 2_000)
    open_corner.do("reverse", of=sale["number"])
    take_back(open_corner, number)
    assert open_corner.state["stock"]["T1"] == "20"
    open_corner.verify()


def test_sales_of_other_pieces_do_not_stand_in_the_way(open_corner: Corner) -> None:
    number = count(open_corner, T1=22, K1=11)
    open_corner.sell("T1", "5")
    open_corner.sell("K1", "11")
    take_back(open_corner, number)
    assert open_corner.state["stock"] == {"T1": "15", "K1": "1", "B1": "10", "W1": "10"}
    open_corner.verify()


def test_a_find_that_filled_up_what_was_sold_below_zero_is_taken_back_to_below_zero(open_corner: Corner) -> None:
    open_corner.sell("B1", "13")
    number = count(open_corner, B1=2)
    take_back(open_corner, number)
    assert open_corner.state["stock"]["B1"] == "-3"
    open_corner.verify()


def test_goods_counted_beside_a_count_that_is_taken_back_must_be_counted_again(open_corner: Corner) -> None:
    """They were compared with a stock of 10 that was never there."""
    number = count(open_corner, T1=10)
    counting.begin(open_corner.counter, Scope("producer", "P1"))
    counting.put(open_corner.counter, "T1", 20_000)
    counting.put(open_corner.counter, "W1", 10_000)
    take_back(open_corner, number)
    assert [one.row.sku for one in count_posting.differences(open_corner.db) if one.again] == ["T1"]
    counting.put(open_corner.counter, "T1", 20_000)
    count_posting.post(open_corner.counter, approved_by="M")
    assert open_corner.state["stock"]["T1"] == "20"
    open_corner.verify()


@pytest.mark.parametrize("action", ["write_off", "return_goods"])
def test_what_left_by_mistake_and_was_found_by_a_count_is_not_put_back_twice(open_corner: Corner, action: str) -> None:
    producer = {"producer": "P1"} if action == "return_goods" else {}
    number = open_corner.do(action, lines=[{"sku": "T1", "quantity": "2"}], **producer)["number"]
    found = count(open_corner, T1=20)
    with pytest.raises(NotReversible):
        take_back(open_corner, number)
    assert open_corner.state["stock"]["T1"] == "20"
    take_back(open_corner, found)
    take_back(open_corner, number)
    assert open_corner.state["stock"]["T1"] == "20"
    open_corner.verify()
