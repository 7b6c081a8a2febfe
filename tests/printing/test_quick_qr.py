"""QR codes made quickly are module for module those of segno."""

import random

import pytest
import segno

from pos_app.printing.codes import qr_rows
from pos_app.printing.quick_qr import BLOCKS, SIGNS, quick_rows


def segno_rows(payload: str) -> list[list[bool]]:
    symbol = segno.make(payload, error="m", micro=False, boost_error=False, mask=0)
    return [[bool(module) for module in row] for row in symbol.matrix]


def test_payloads_of_every_length_give_the_modules_that_segno_makes():
    chance = random.Random(5)
    sides = set()
    for length in range(1, 155):
        payload = "A" + "".join(chance.choices(SIGNS, k=length - 1))
        rows = quick_rows(payload)
        assert rows == segno_rows(payload), payload
        sides.add(len(rows))
    assert sides == {17 + 4 * version for version in BLOCKS}


def test_the_code_of_a_slip_is_made_quickly():
    payload = "POJOK-B BP-MTR001A-000199 1404000 7C1AD924B558BCD77226B480"
    assert qr_rows(payload, quick=True) == quick_rows(payload) == segno_rows(payload)


@pytest.mark.parametrize("payload", ["", "small letters", "0123456789", "٣", "A" * 155])
def test_what_it_cannot_make_is_left_to_segno(payload):
    assert quick_rows(payload) is None
    if payload:
        assert qr_rows(payload, quick=True) == segno_rows(payload)
