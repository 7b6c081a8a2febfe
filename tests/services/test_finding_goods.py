"""Which product a scanned or typed code means, and what is on hand of it."""

import pytest

from pos_app.domain.errors import AmbiguousCode, UnknownCode, WrongCheckDigit
from pos_app.ledger import queries
from pos_app.services.goods import find_product
from tests.corner import Corner


def give_barcode(corner: Corner, barcode: str, sku: str) -> None:
    with corner.ledger.write() as tx:
        tx.db.execute("INSERT INTO barcodes VALUES (?, ?)", (barcode, sku))


@pytest.mark.parametrize("code", ["T1", "2000000000015"])
def test_a_product_is_found_by_sku_and_by_barcode(open_corner: Corner, code: str) -> None:
    open_corner.receive("T1", "3", "2026-10-20")
    open_corner.receive("T1", "2", "2026-10-10")
    assert find_product(open_corner.db, code) == queries.product(open_corner.db, "T1")


@pytest.mark.parametrize("other", ["B1", "W1"])
def test_a_sku_wins_over_the_same_barcode_on_other_goods(open_corner: Corner, other: str) -> None:
    give_barcode(open_corner, "T1", other)
    assert find_product(open_corner.db, "T1").sku == "T1"


def test_pieces_are_counted_once_where_the_barcode_is_the_sku(open_corner: Corner) -> None:
    before = find_product(open_corner.db, "T1").on_hand
    give_barcode(open_corner, "T1", "T1")
    assert find_product(open_corner.db, "T1").on_hand == before


def test_a_barcode_of_several_goods_names_them_in_order(open_corner: Corner) -> None:
    for sku in ("W1", "B1"):
        give_barcode(open_corner, "77", sku)
    with pytest.raises(AmbiguousCode) as caught:
        find_product(open_corner.db, "77")
    assert caught.value.skus == ("B1", "W1")


def test_an_unknown_code_and_a_misread_one_are_told_apart(open_corner: Corner) -> None:
    with pytest.raises(UnknownCode):
        find_product(open_corner.db, "NONE")
    with pytest.raises(WrongCheckDigit):
        find_product(open_corner.db, "2000000000016")


def test_the_same_barcode_on_two_lines_takes_from_what_the_first_left(open_corner: Corner) -> None:
    open_corner.receive("T1", "3")
    on_hand = find_product(open_corner.db, "T1").on_hand
    lines = [{"code": "2000000000015", "quantity": "1"}, {"code": "T1", "quantity": "1"}]
    open_corner.do("sale", lines=lines, tenders=[{"kind": "cash", "amount": 1_000_000}])
    assert find_product(open_corner.db, "T1").on_hand == on_hand - 2_000
