"""Identifiers: every case of the vectors, and the barcodes a corner makes itself."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from sync.documents import identifiers

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "identifiers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['kind']}-{case['value']}-{case['note']}")
def test_vector(case):
    found = identifiers.check(case["kind"], case["value"])
    assert found.valid is case["valid"]
    assert found.normal == (case.get("normal", case["value"]) if case["valid"] else "")
    assert found.in_store is case.get("in_store", False)


def test_a_birth_date_that_does_not_exist_is_no_nip():
    assert not identifiers.check("nip", "198602302015051901").valid


def test_digits_of_other_scripts_are_not_digits():
    assert not identifiers.check("nib", "٩٩٠١٢٣٤٥٦٧٨٩٠").valid
    assert not identifiers.looks_like_ean13("٩٩٠١٢٣٤٥٦٧٨٩٠")
    assert not identifiers.is_ean13("²" * 13)


def test_a_line_break_after_a_number_is_not_overlooked():
    assert not identifiers.check("nib", "9901234567890\n").valid


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_check_digit_is_the_one_of_the_standard(first_twelve):
    code = first_twelve + identifiers.ean13_check_digit(first_twelve)
    assert ean.is_valid(code)
    assert identifiers.is_ean13(code)


@given(st.text(alphabet="0123456789", min_size=13, max_size=13))
def test_exactly_the_right_check_digits_are_accepted(code):
    assert identifiers.is_ean13(code) == ean.is_valid(code)


def test_in_store_barcodes_are_valid_and_in_the_in_store_range():
    assert identifiers.in_store_ean13(100001) == "2000001000014"
    found = identifiers.check("ean13", identifiers.in_store_ean13(9_999_999_999))
    assert found.valid
    assert found.in_store


@pytest.mark.parametrize("number", [-1, 10**10])
def test_in_store_numbers_that_do_not_fit_are_an_error(number):
    with pytest.raises(ValueError, match="ten digits"):
        identifiers.in_store_ean13(number)


@pytest.mark.parametrize("text", ["20000010000", "2000001000014", "20000010000A"])
def test_check_digit_needs_twelve_digits(text):
    with pytest.raises(ValueError, match="twelve digits"):
        identifiers.ean13_check_digit(text)


def test_thirteen_digits_with_a_wrong_check_digit_look_like_a_barcode():
    assert identifiers.looks_like_ean13("2001872000012")
    assert not identifiers.looks_like_ean13("200187200001")
    assert not identifiers.looks_like_ean13("MKN-001")


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("MD123456789012", True),
        ("ML123456789012345", True),
        ("MD12345678901", False),
        ("MD1234567890123456", False),
        ("NA18190123456", False),
        ("md123456789012", False),
    ],
)
def test_a_bpom_number_is_md_or_ml_and_twelve_to_fifteen_digits(value: str, valid: bool) -> None:
    assert identifiers.check("bpom", value).valid is valid


@pytest.mark.parametrize(("value", "valid"), [("IDM000123456", True), ("IDM00012345", False), ("DM000123456", False)])
def test_a_trade_mark_is_idm_and_nine_digits(value: str, valid: bool) -> None:
    assert identifiers.check("merek", value).valid is valid
