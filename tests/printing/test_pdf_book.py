"""Many slips in one PDF: every paper begins a page, two stand beside each other on A4, the same bytes each time."""

import re

import msgspec
import pytest

from pos_app.printing.layout import Paper
from pos_app.printing.papers.settlement import settlement_slip
from pos_app.printing.pdf import face_of, page_count, set_in_pages
from pos_app.printing.pdf_book import to_book
from sync.documents.money import SettledGoods
from tests.printing.samples import HEAD, ISSUE, PAPERS, settled

NAMES = ("Keripik Pisang Cokelat 200 g", "Sambal Roa 150 g", "Telur Asin", "Kopi Robusta Liwa Bubuk 250 g")
SLIP = PAPERS["settlement"]


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", content))


@pytest.mark.parametrize(("papers", "two_up", "expected"), [(3, False, 3), (3, True, 2), (4, True, 2), (1, True, 1)])
def test_pages_of_a_run(papers: int, two_up: bool, expected: int) -> None:
    content = to_book([SLIP() for _ in range(papers)], "Slips", two_up=two_up)
    assert pages(content) == expected


def test_the_same_slips_give_the_same_bytes() -> None:
    assert to_book([SLIP(), SLIP()], "Slips") == to_book([SLIP(), SLIP()], "Slips")


def test_two_up_is_a4_lying_down_and_single_pages_are_a5() -> None:
    assert b"/MediaBox [ 0 0 841.8898 595.2756 ]" in to_book([SLIP()], "Slips", two_up=True)
    assert b"/MediaBox [ 0 0 419.5276 595.2756 ]" in to_book([SLIP()], "Slips")


def slip_of(goods: int, first: int = 0) -> Paper:
    """A slip about so many goods with names as they are."""
    lines = tuple(
        SettledGoods(
            sku=f"S{n}", name=NAMES[n % len(NAMES)], start=25_000, received=60_000, sold=52_000, returned=2_000,
            gross=52_000, share=46_800,
        )
        for n in range(goods)
    )  # fmt: skip
    paid = {"gross": 52_000 * goods, "earned": 46_800 * goods, "commission": 5_200 * goods, "remaining": 35}
    amount = first or 46_800 * goods + 4_800
    return settlement_slip(msgspec.structs.replace(settled(), goods=lines, **paid, amount=amount), ISSUE, HEAD)


@pytest.mark.parametrize(("goods", "expected"), [(1, 1), (5, 1), (12, 1), (15, 1), (30, 2)])
def test_a_slip_about_as_many_goods_as_producers_bring_is_one_page_of_a5(goods: int, expected: int) -> None:
    assert page_count(slip_of(goods), "a5") == expected
    assert pages(to_book([slip_of(goods), slip_of(goods)], "Slips")) == 2 * expected


def test_room_for_the_duty_stamp_leaves_one_page_too() -> None:
    assert page_count(slip_of(12, 8_320_000), "a5") == 1


@pytest.mark.parametrize("goods", range(16, 40))
def test_the_last_goods_go_with_the_sums_where_a_slip_takes_two_pages(goods: int) -> None:
    pages = set_in_pages(slip_of(goods), "a5", face_of("a5"))
    assert len(pages) <= 2
    assert sum(1 for piece in pages[-1] if piece.head) >= 1
