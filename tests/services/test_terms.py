"""What goods may cost is one rule, whichever way their price comes in: the form, a correction, a price, a delivery."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest

from pos_app.domain.errors import CommissionOutOfRange, PosError, ShareAbovePrice
from pos_app.services import prices, products, receiving
from pos_app.services.context import User
from pos_app.services.products import NewGoods
from pos_app.services.receiving import Delivered
from pos_app.services.wording import describe
from pos_app.ui.goods_form.presenter import Entries, GoodsFormPresenter
from pos_app.ui.screens.products.presenter import ProductsPresenter
from tests.corner import Corner, dump

Pricing = Literal["titip", "komisi", "putus"]
Act = Callable[[Corner, str, int, int | None, int | None], object]


@pytest.fixture(autouse=True)
def acting(corner: Corner, manager: User) -> None:
    corner.counter.user = manager


def _fine(pricing: Pricing) -> NewGoods:
    by_share = pricing == "komisi"
    terms = (None, 1_000) if by_share else (8_000, None)
    return NewGoods("", "Roti", "batik", "P1", terms[0], 10_000, pricing=pricing, commission_bp=terms[1])


def _register(corner: Corner, sku: str, sell: int, consign: int | None, commission: int | None) -> object:
    known = products.known(corner.db, sku)
    wanted = replace(known, sell_price=sell, consign_price=consign, commission_bp=commission)
    return products.register_goods(corner.counter, wanted)


def _change(corner: Corner, sku: str, sell: int, consign: int | None, commission: int | None) -> object:
    known = products.known(corner.db, sku)
    wanted = replace(known, sell_price=sell, consign_price=consign, commission_bp=commission)
    return products.change_goods(corner.counter, sku, wanted)


def _set_price(corner: Corner, sku: str, sell: int, consign: int | None, commission: int | None) -> object:
    return prices.set_price(corner.counter, sku, sell, consign_price=consign, commission_bp=commission)


def _receive(corner: Corner, sku: str, sell: int, consign: int | None, commission: int | None) -> object:
    line = Delivered(sku, 1_000, sell_price=sell, consign_price=consign, commission_bp=commission)
    return receiving.receive(corner.counter, "P1", [line])


WAYS_IN = [_register, _change, _set_price, _receive]


@pytest.mark.parametrize("act", WAYS_IN)
@pytest.mark.parametrize("pricing", ["titip", "putus"])
def test_nothing_is_sold_below_what_its_producer_gets(corner: Corner, act: Act, pricing: Pricing) -> None:
    sku = products.register_goods(corner.counter, _fine(pricing)).sku
    before = dump(corner.db)
    with pytest.raises(ShareAbovePrice) as refused:
        act(corner, sku, 8_000, 10_000, None)
    assert describe(refused.value) == (
        "Roti: hak produsen Rp 10.000 di atas harga jual Rp 8.000. Perbaiki salah satunya."
    )
    assert dump(corner.db) == before
    act(corner, sku, 8_000, 8_000, None)


@pytest.mark.parametrize("act", WAYS_IN)
def test_a_commission_is_a_part_of_the_price(corner: Corner, act: Act) -> None:
    sku = products.register_goods(corner.counter, _fine("komisi")).sku
    with pytest.raises(CommissionOutOfRange):
        act(corner, sku, 8_000, None, 10_001)
    act(corner, sku, 8_000, None, 10_000)


@pytest.mark.parametrize("act", WAYS_IN)
@pytest.mark.parametrize("pricing", ["titip", "putus"])
@pytest.mark.parametrize(("sell", "consign"), [(0, 1), (-5, 1), (10**15 + 1, 1), (8_000, 0), (8_000, -1)])
def test_prices_begin_at_one_rupiah_and_end_where_a_document_does(
    corner: Corner, act: Act, pricing: Pricing, sell: int, consign: int
) -> None:
    sku = products.register_goods(corner.counter, _fine(pricing)).sku
    with pytest.raises(PosError) as refused:
        act(corner, sku, sell, consign, None)
    assert refused.value.name == "invalid_amount"


@pytest.mark.parametrize("pricing", ["titip", "putus"])
def test_the_forms_say_so_while_it_is_typed_in_the_same_words(corner: Corner, pricing: Pricing) -> None:
    sku = products.register_goods(corner.counter, _fine(pricing)).sku
    words = "Roti: hak produsen Rp 10.000 di atas harga jual Rp 8.000. Perbaiki salah satunya."
    form = GoodsFormPresenter(corner.counter)
    form.begin_new(producer="P1")
    typed = form.before.producer
    gap = form.gap(Entries(name="Roti", producer=typed, pricing=pricing, consign=10_000, price=8_000))
    assert gap is not None
    assert (gap.field, gap.words, gap.wrong) == ("consign", words, True)
    screen = ProductsPresenter(corner.counter)
    screen.look_at(sku)
    assert screen.price_gap(8_000, 10_000, "", "") == words
    assert screen.price_gap(8_000, None, "", "") != ""
    assert screen.price_gap(10_000, 10_000, "", "") == ""
