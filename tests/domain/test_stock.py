"""Which pieces leave the stock."""

from datetime import date

import pytest

from pos_app.domain.errors import ExpiredGoods
from pos_app.domain.product import Lot, Product
from pos_app.domain.stock import in_order, take, take_for_sale
from sync.documents.base import Take

TODAY = date(2026, 10, 5)


def product(pricing: str = "titip") -> Product:
    return Product(
        sku="A",
        name="Keripik",
        category="makanan",
        unit="pcs",
        producer="P",
        producer_name="Dapur",
        pricing=pricing,
        consign_price=2_000,
        commission_bp=None,
        sell_price=3_000,
        shelf_life_days=None,
        min_stock=0,
        on_hand=0,
        expires_on=None,
    )


def lot(batch: str, quantity: int, *, cost: int = 0, expires_on: str | None = None, position: int = 0) -> Lot:
    return Lot(batch, quantity, cost, expires_on, position)


def test_consigned_goods_leave_first_expired_first() -> None:
    lots = [lot("late", 5, expires_on="2026-12-01"), lot("never", 5), lot("soon", 5, expires_on="2026-10-06")]
    assert [one.batch for one in in_order(product(), lots)] == ["soon", "late", "never"]


def test_bought_goods_leave_first_in_first_out_whatever_expires() -> None:
    lots = [lot("second", 5, expires_on="2026-10-06", position=2), lot("first", 5, position=1)]
    assert [one.batch for one in in_order(product("putus"), lots)] == ["first", "second"]


def test_pieces_that_came_back_are_the_next_to_be_taken() -> None:
    lots = [lot("delivered", 5, position=3), lot("refunded", 1, position=-7)]
    assert in_order(product("putus"), lots)[0].batch == "refunded"


def test_what_no_batch_holds_is_taken_below_zero() -> None:
    assert take(product(), [lot("a", 2)], 5) == (Take("a", 2), Take("", 3))


def test_bought_pieces_below_zero_cost_what_they_cost_now() -> None:
    assert take(product("putus"), [lot("a", 1_000, cost=1_900)], 3_000) == (
        Take("a", 1_000, 1_900),
        Take("", 2_000, 4_000),
    )


def test_pieces_of_one_batch_are_one_take() -> None:
    assert take(product(), [lot("", 2)], 5) == (Take("", 5),)


def test_expired_pieces_are_passed_over_while_fresh_ones_last() -> None:
    lots = [lot("old", 5, expires_on="2026-10-04"), lot("fresh", 3, expires_on="2026-10-05")]
    taken = take_for_sale(product(), lots, 3, TODAY, expired_allowed=False)
    assert taken == (Take("fresh", 3, 0, "2026-10-05"),)


def test_the_day_after_the_last_day_of_sale_goods_are_refused() -> None:
    with pytest.raises(ExpiredGoods) as error:
        take_for_sale(product(), [lot("old", 5, expires_on="2026-10-04")], 1, TODAY, expired_allowed=False)
    assert error.value.expires_on == "2026-10-04"


def test_an_exception_takes_expired_pieces_after_the_fresh_ones() -> None:
    lots = [lot("old", 5, expires_on="2026-10-04"), lot("fresh", 1, expires_on="2026-10-09")]
    taken = take_for_sale(product(), lots, 3, TODAY, expired_allowed=True)
    assert taken == (Take("fresh", 1, 0, "2026-10-09"), Take("old", 2, 0, "2026-10-04"))
