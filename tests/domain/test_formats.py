"""Rupiah and quantities as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain import formats
from sync.documents.arithmetic import quantity_code


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "Rp 0"), (500, "Rp 500"), (12_500, "Rp 12.500"), (-2_000, "-Rp 2.000"), (1_750_000, "Rp 1.750.000")],
)
def test_rupiah(amount, text):
    assert formats.rupiah(amount) == text


@pytest.mark.parametrize(
    ("thousandths", "screen", "code"),
    [
        (0, "0", "0"),
        (2000, "2", "2"),
        (375, "0,375", "0.375"),
        (1250, "1,25", "1.25"),
        (-500, "-0,5", "-0.5"),
        (1_234_000, "1234", "1234"),
    ],
)
def test_quantities(thousandths, screen, code):
    assert formats.quantity_text(thousandths) == screen
    assert quantity_code(thousandths) == code


@given(st.integers(0, 10**15 - 1))
def test_quantities_read_back(thousandths):
    assert formats.parse_quantity(quantity_code(thousandths)) == thousandths
    assert formats.parse_quantity_typed(formats.quantity_text(thousandths)) == thousandths


@pytest.mark.parametrize(
    "text", ["", ".5", "1.", "0,375", "0.3751", "-1", "+1", "1e3", " 1", "1\n", "١", "9" * 13, "nan"]
)
def test_a_quantity_in_a_script_is_strict(text):
    with pytest.raises(ValueError, match="not a quantity"):
        formats.parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "thousandths"), [("0,375", 375), ("0.375", 375), (" 1,5 ", 1500), ("1.5", 1500), ("3", 3000)]
)
def test_a_typed_quantity_takes_comma_and_point(text, thousandths):
    assert formats.parse_quantity_typed(text) == thousandths


def test_a_typed_point_before_three_digits_is_ambiguous():
    with pytest.raises(ValueError, match="ambiguous"):
        formats.parse_quantity_typed("1.500")
    assert formats.parse_quantity_typed("1,500") == 1500


@pytest.mark.parametrize(
    ("quantity", "amount", "unit", "text"),
    [
        (1000, 15_500, "pcs", "1 × 15.500"),
        (3000, 48_000, "pcs", "3 × 16.000"),
        (375, 6_750, "kg", "0,375 kg × 18.000"),
        (3000, 10_000, "pcs", "3 ×"),
        (2000, 0, "paket", "2 paket × 0"),
    ],
)
def test_an_amount_is_shown_with_how_many_at_what_price(quantity: int, amount: int, unit: str, text: str) -> None:
    assert formats.times_text(quantity, amount, unit) == text


@pytest.mark.parametrize(
    ("text", "points"),
    [("12,5", 1250), ("12.25 %", 1225), (" 100 ", 10_000), ("0", 0), ("12,", 1200), ("0,05", 5)]
    + [(text, None) for text in ("", "100,01", "101", "1000", "12,345", "-1", "x", "%", "½", "1 2")],
)
def test_a_percentage_is_read_as_it_is_typed(text, points):
    assert formats.parse_percent_typed(text) == points
    if points is not None:
        assert formats.parse_percent_typed(formats.percent_number(points)) == points


def test_a_quantity_that_may_be_left_out_is_zero_then():
    assert [formats.parse_least_typed(text) for text in ("", " ", "3", "0,5", "x", "-1")] == [
        0,
        0,
        3000,
        500,
        None,
        None,
    ]
    assert formats.percent_number(None) == ""
