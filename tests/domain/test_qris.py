"""QRIS: static code and amount to dynamic code, and everything that must be refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain import qris

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "qris.json").read_text(encoding="utf-8"))
STATIC = VECTORS["cases"][0]["static"]


def framed(body):
    return f"{body}6304{qris.crc(body + '6304')}"


@pytest.mark.parametrize("case", VECTORS["crc"], ids=lambda case: case["text"])
def test_crc(case):
    assert qris.crc(case["text"]) == case["crc"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['id']} {case['note']}")
def test_the_amount_goes_into_the_static_code(case):
    assert qris.with_amount(case["static"], case["amount"]) == case["dynamic"]


@pytest.mark.parametrize("case", VECTORS["errors"], ids=lambda case: f"{case['id']} {case['note']}")
def test_what_cannot_be_used_is_named(case):
    with pytest.raises(qris.QrisError) as caught:
        qris.with_amount(case["static"], case["amount"])
    assert caught.value.reason in case["errors"]


def test_the_code_says_who_is_paid():
    merchant = qris.merchant(STATIC)
    assert merchant == qris.Merchant("POJOK UMKM DISKOPERIN", "METRO", "ID1000000000001", "A01")


def test_a_code_without_terminal_or_national_id_is_read_all_the_same():
    bare = qris.merchant(framed("00020101021153033605802ID5904TOKO6005METRO6204XXXX"))
    assert bare == qris.Merchant("TOKO", "METRO", "", "")


def test_true_is_not_an_amount():
    with pytest.raises(qris.QrisError, match="bad_amount"):
        qris.with_amount(STATIC, True)


def test_letters_beyond_ascii_are_refused():
    with pytest.raises(qris.QrisError, match="malformed"):
        qris.parse(framed("00020101021153033605802ID5905KOPIÉ"))


def test_a_crc_in_small_letters_is_understood():
    dynamic = VECTORS["cases"][10]["static"]
    assert qris.parse(dynamic[:-4] + dynamic[-4:].lower())


@given(st.integers(0, len(STATIC) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_one_changed_character_is_always_noticed(at, character):
    spoiled = STATIC[:at] + character + STATIC[at + 1 :]
    if spoiled.upper() != STATIC.upper() or (at < len(STATIC) - 4 and spoiled != STATIC):
        with pytest.raises(qris.QrisError):
            qris.parse(spoiled)


@given(st.text(max_size=60))
def test_any_text_at_all_gives_an_answer_or_a_reason(text):
    with pytest.raises(qris.QrisError):
        qris.with_amount(text, 500)
