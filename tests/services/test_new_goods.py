"""Goods registered at the counter: a manager names them, the corner gives the code."""

import pytest

from pos_app.domain.errors import ManagerNeeded, RuleError
from pos_app.services.context import User
from pos_app.services.products import NewGoods, register_goods
from tests.corner import Corner, dump

BREAD = NewGoods("8991234567891", "Roti Manis", "makanan", "P1", 4_000, 5_000)


def test_the_corner_gives_codes_of_its_own_one_after_the_other(corner: Corner, manager: User) -> None:
    first = register_goods(corner.counter, BREAD, manager.id)
    second = register_goods(corner.counter, BREAD, manager.id)
    assert (first.sku, second.sku) == ("MTR001A-B001", "MTR001A-B002")
    assert (first.producer, first.pricing, first.consign_price, first.sell_price) == ("P1", "titip", 4_000, 5_000)


def test_new_goods_are_sold_at_once(corner: Corner, manager: User) -> None:
    register_goods(corner.counter, BREAD, manager.id)
    corner.do("open_shift", float=0)
    assert corner.sell(BREAD.barcode)["total"] == 5_000


@pytest.mark.parametrize("prices", [(5_001, 5_000), (0, 5_000), (1, 0)])
def test_prices_that_lose_money_are_refused(corner: Corner, manager: User, prices: tuple[int, int]) -> None:
    before = dump(corner.db)
    consign, sell = prices
    with pytest.raises(RuleError) as refused:
        register_goods(corner.counter, NewGoods("", "Roti", "makanan", "P1", consign, sell), manager.id)
    assert refused.value.name == "invalid_amount"
    assert dump(corner.db) == before


def test_a_cashier_alone_registers_nothing(corner: Corner) -> None:
    corner.counter.user = User("c1", "kasir")
    with pytest.raises(ManagerNeeded):
        register_goods(corner.counter, BREAD, "")
