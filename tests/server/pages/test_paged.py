"""Long tables in pages: every number that an address can have leads to a page that there is."""

from datetime import date

import pytest

from sync.server.access.officers import Role
from sync.server.pages.frame import page_number, paged
from tests.server.figures import fill


@pytest.mark.parametrize(
    ("asked", "count", "shown", "rows"),
    [
        (1, 0, (1, 1), []),
        (1, 3, (1, 1), [0, 1, 2]),
        (1, 5, (1, 2), [0, 1, 2]),
        (2, 5, (2, 2), [3, 4]),
        (2, 6, (2, 2), [3, 4, 5]),
        (99, 5, (2, 2), [3, 4]),
        (-7, 5, (1, 2), [0, 1, 2]),
    ],
)
def test_beyond_its_ends_stand_the_first_and_the_last_page(asked, count, shown, rows):
    at = paged(asked, count, size=3)
    assert (at.number, at.last) == shown
    assert at.of(list(range(count))) == rows
    assert at.first == (rows[0] if rows else 0)


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("", 1), ("x", 1), ("-3", 1), ("²", 1), ("9" * 400, 1), ("0", 0)]
)
def test_what_is_no_number_asks_for_the_first_page(text, number):
    assert page_number(text) == number


def test_a_table_of_the_programme_ends_with_its_last_page(client, centre):
    fill(centre, 2, 20, until=date(2026, 9, 30), sales=4)
    asked = "/program/pembayaran?masa=lain&dari=2026-08-01&sampai=2026-09-30&halaman="
    first, beyond = (client(Role.VIEWER).get(f"{asked}{number}").text.count("/program/nota/") for number in (1, 99))
    assert first > 0
    assert beyond > 0
