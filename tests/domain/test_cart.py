"""The cart: lines, discounts, undo. Money in rupiah, quantities in thousandths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pos_app.domain.cart import Cart, Part, spread
from pos_app.domain.product import Product

CHIPS = Product(
    sku="T1",
    name="Keripik",
    category="makanan",
    unit="pcs",
    producer="P1",
    producer_name="Dapur Satu",
    pricing="titip",
    consign_price=14_400,
    commission_bp=None,
    sell_price=16_000,
    shelf_life_days=None,
    min_stock=0,
    on_hand=20_000,
    expires_on=None,
)
EGGS = replace(CHIPS, sku="W1", name="Telur", unit="kg", sell_price=30_000)


@pytest.fixture
def cart() -> Cart:
    made = Cart()
    made.add(CHIPS, 1_000)
    return made


def test_the_same_goods_join_their_line(cart: Cart) -> None:
    cart.add(CHIPS, 4_000)
    assert [(line.product.sku, line.quantity) for line in cart.lines] == [("T1", 5_000)]
    assert cart.total == 80_000


def test_goods_at_another_price_are_a_line_of_their_own(cart: Cart) -> None:
    cart.add(replace(CHIPS, sell_price=17_000), 1_000)
    assert [line.total for line in cart.lines] == [16_000, 17_000]


def test_goods_join_no_line_with_a_discount(cart: Cart) -> None:
    cart.set_discount(0, 1_000, "corner", "manager")
    cart.add(CHIPS, 1_000)
    assert [line.total for line in cart.lines] == [15_000, 16_000]
    assert cart.approved_by == "manager"


def test_a_discount_never_exceeds_its_line(cart: Cart) -> None:
    cart.set_discount(0, 99_000, "corner", None)
    assert cart.total == 0
    cart.set_quantity(0, 500)
    assert (cart.lines[0].gross, cart.lines[0].total) == (8_000, 0)


def test_pieces_count_goods_and_weighed_lines_once(cart: Cart) -> None:
    cart.add(CHIPS, 2_000)
    cart.add(EGGS, 1_250)
    assert cart.pieces == 4
    assert cart.lines[1].gross == 37_500


def test_every_change_can_be_undone_and_done_again(cart: Cart) -> None:
    cart.set_quantity(0, 3_000)
    cart.remove(0)
    assert (cart.lines, cart.selected) == ((), -1)
    assert cart.undo()
    assert cart.lines[0].quantity == 3_000
    assert cart.undo()
    assert cart.undo()
    assert not cart.undo()
    assert cart.redo()
    assert cart.lines[0].quantity == 1_000


def test_a_new_buyer_cannot_undo_into_the_last_ones_cart(cart: Cart) -> None:
    cart.clear()
    assert not cart.undo()
    assert cart.lines == ()


def test_the_selection_stays_within_the_lines(cart: Cart) -> None:
    cart.add(EGGS, 1_000)
    cart.select(7)
    assert cart.selected == 1
    cart.remove(1)
    assert cart.selected == 0


@given(
    weights=st.lists(st.integers(0, 2_000_000), min_size=1, max_size=40),
    share=st.integers(0, 10_000),
)
def test_a_discount_on_the_whole_cart_is_spread_exactly_and_never_above_a_line(weights: list[int], share: int) -> None:
    amount = sum(weights) * share // 10_000
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


def test_the_largest_remainders_get_what_rounding_leaves() -> None:
    assert spread(100, [1, 1, 1]) == (34, 33, 33)
    assert spread(1_000, [16_000, 7_500, 3_000]) == (604, 283, 113)
    assert spread(0, [5, 5]) == (0, 0)
    assert spread(0, [0]) == (0,)


def test_a_discount_on_the_whole_cart_is_one_change_to_undo() -> None:
    cart = Cart()
    cart.add(CHIPS, 1000)
    cart.add(EGGS, 1000)
    cart.set_discounts((100, 200), "producer", "U1")
    assert [(line.discount, line.borne_by, line.approved_by) for line in cart.lines] == [
        (100, "producer", "U1"),
        (200, "producer", "U1"),
    ]
    assert cart.undo()
    assert cart.total == 46_000


class TestCheaperBatches:
    @staticmethod
    def divide(_product: Product, quantity: int, before: int) -> list[Part]:
        """Two pieces cost 1.000 less, whoever takes them first."""
        cheap = min(max(2_000 - before, 0), quantity)
        parts = [Part(cheap, cheap), Part(quantity - cheap)]
        return [part for part in parts if part.quantity]

    def test_the_selected_line_stays_the_one_that_grew_and_undo_brings_it_back(self) -> None:
        cart = Cart()
        for _scan in range(4):
            cart.add(CHIPS, 1_000)
            cart.mark_down(self.divide)
        assert [(line.quantity, line.discount, line.marked) for line in cart.lines] == [
            (2_000, 2_000, True),
            (2_000, 0, False),
        ]
        assert cart.selected == 1
        cart.set_quantity(0, 1_000)
        cart.mark_down(self.divide)
        assert [line.quantity for line in cart.lines] == [2_000, 1_000]
        assert cart.undo()
        cart.mark_down(self.divide)
        assert [line.quantity for line in cart.lines] == [2_000, 2_000]

    def test_a_discount_given_at_the_till_keeps_its_line_and_takes_its_pieces_first(self) -> None:
        cart = Cart()
        cart.add(CHIPS, 1_000)
        cart.set_discount(0, 500, "corner", "M")
        cart.add(CHIPS, 3_000)
        cart.mark_down(self.divide)
        assert [(line.quantity, line.discount, line.marked) for line in cart.lines] == [
            (1_000, 500, False),
            (1_000, 1_000, True),
            (2_000, 0, False),
        ]

    def test_lines_that_were_apart_are_one_again_when_the_lower_price_ends(self) -> None:
        cart = Cart()
        cart.add(CHIPS, 5_000)
        cart.add(EGGS, 500)
        cart.mark_down(self.divide)
        cart.select(1)
        cart.mark_down(lambda _product, quantity, _before: [Part(quantity)])
        assert [(line.product.sku, line.quantity) for line in cart.lines] == [(CHIPS.sku, 5_000), (EGGS.sku, 500)]
        assert cart.selected == 0
