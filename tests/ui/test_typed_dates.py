"""Dates as people type them."""

from datetime import date

import pytest

from pos_app.ui.typed_dates import parse_typed_date

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28/02/2027", date(2027, 2, 28)),
        ("28-2-27", date(2027, 2, 28)),
        ("280227", date(2027, 2, 28)),
        ("28022027", date(2027, 2, 28)),
        ("28 2 2027", date(2027, 2, 28)),
        ("28/2", date(2027, 2, 28)),
        ("21/11", TODAY),
        ("22.11", date(2026, 11, 22)),
        ("+7", date(2026, 11, 28)),
        ("29/2/2028", date(2028, 2, 29)),
        ("29/2/2027", None),
        ("31/13/2027", None),
        ("", None),
        ("besok", None),
        ("2", None),
    ],
)
def test_a_typed_date_is_understood_or_refused(text: str, expected: date | None) -> None:
    assert parse_typed_date(text, TODAY) == expected
