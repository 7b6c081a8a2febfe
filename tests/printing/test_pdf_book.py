"""Many slips in one PDF: every paper begins a page, two stand beside each other on A4, the same bytes each time."""

import re

import pytest

from pos_app.printing.pdf_book import to_book
from tests.printing.samples import PAPERS

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
