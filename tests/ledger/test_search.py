"""Finding goods by a typed name, with the names of the demo."""

import pytest

from pos_app.ledger import queries
from tests.corner import Corner


def names(corner: Corner, text: str) -> list[str]:
    return [product.name for product in queries.search_products(corner.db, text)]


def test_names_that_start_with_the_text_come_first_then_words_that_do(demo_corner: Corner) -> None:
    found = names(demo_corner, "kopi")
    starts = [name for name in found if name.startswith("Kopi ")]
    inside = [name for name in found if " Kopi" in name]
    assert len(starts) == 8
    assert found[: len(starts) + len(inside)] == sorted(starts) + sorted(inside)
    assert found[0] == "Kopi Bubuk 250 g"


def test_the_egg_is_no_peanut(demo_corner: Corner) -> None:
    assert names(demo_corner, "telur")[0] == "Telur Asin"
    assert names(demo_corner, "telur").index("Kacang Telur Sachet") == 6


def test_each_typed_word_has_a_word_of_its_own(demo_corner: Corner) -> None:
    assert names(demo_corner, "telur ayam t")[0] == "Telur Ayam Timbang"
    assert names(demo_corner, "kacang kacang kacang") == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("bubuk kopi", "Kopi Bubuk 250 g"),
        ("kopi 100", "Kopi Robusta Bubuk 100 g"),
        ("mkn-062", "Telur Asin"),
        ("TELUR ASIN I", "Telur Asin isi 6"),
        ("elur puyu", "Telur Puyuh isi 20"),
        ("timbang widagdajaya", "Telur Ayam Timbang"),
    ],
)
def test_word_order_case_producer_and_sku_find_too(demo_corner: Corner, text: str, first: str) -> None:
    assert names(demo_corner, text)[0] == first


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "\\", '"', "k%i", "zz"])
def test_signs_mean_themselves(demo_corner: Corner, text: str) -> None:
    assert names(demo_corner, text) == []


def test_goods_on_hand_come_before_those_sold_out(demo_corner: Corner) -> None:
    demo_corner.do("open_shift", float=0)
    demo_corner.receive("MNM-007", "3")
    found = names(demo_corner, "kopi")
    assert found[:2] == ["Kopi Sachet Satuan", "Kopi Bubuk 250 g"]
    assert found.index("Sabun Kopi 80 g") > 7
