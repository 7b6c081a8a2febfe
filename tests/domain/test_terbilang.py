"""Amounts in words: the vectors, and a second way of counting."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.terbilang import LARGEST, terbilang

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "terbilang.json").read_text(encoding="utf-8"))
CASES = next(value for value in VECTORS.values() if isinstance(value, list))
UNITS = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"]
SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))


def spelled(number):
    """The rule as schoolbooks tell it."""
    if number < 12:
        return UNITS[number]
    if number < 20:
        return f"{UNITS[number - 10]} belas"
    size, word = next(scale for scale in SCALES if number >= scale[0])
    many, rest = divmod(number, size)
    head = f"se{word}" if many == 1 and size in (100, 1000) else f"{spelled(many)} {word}"
    return f"{head} {spelled(rest)}" if rest else head


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["n"]))
def test_vector(case):
    assert terbilang(case["n"]) in [f"{words} rupiah" for words in case["accept"]]


@given(st.one_of(st.integers(0, 9999), st.integers(0, LARGEST)))
def test_words_follow_the_rule(amount):
    assert terbilang(amount).removesuffix(" rupiah").replace("satu ribu", "seribu") == spelled(amount).replace(
        "satu ribu", "seribu"
    )


@pytest.mark.parametrize("amount", [-1, LARGEST + 1])
def test_amounts_no_slip_can_have_are_an_error(amount):
    with pytest.raises(ValueError, match="from 0"):
        terbilang(amount)
