"""Script lines that mean harm, or that a broken program wrote: every line gets an answer, none moves a rupiah."""

import copy
import json
from random import Random
from typing import Any

import pytest

from tests.corner import Corner, dump

ODD: list[Any] = [
    *(0, -1, 1.5, 10**12 + 1, 2**63, 2**64, True, None, "", "1.0005", "٣", "1e3", "a" * 5000, "\u0000", "😀" * 300),
    *("{braces}", "%s", "\u202eKRP", "9999-12-31", "0001-01-01", "ST-MTR001A-000001", [], {}, [[1]], {"a": 1}),
]
GOOD: list[dict[str, Any]] = [
    {"do": "sale", "lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 20_000}]},
    {
        "do": "sale",
        "lines": [{"code": "K1", "quantity": "1", "discount": 100, "borne_by": "producer"}],
        "tenders": [{"kind": "tab", "amount": 2_000, "staff": "S1"}, {"kind": "cash", "amount": 20_000}],
        "buyer": {"kind": "office", "unit": "Bagian Umum"},
    },
    {"do": "refund", "of": 0, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"},
    {"do": "receive", "producer": "P1", "lines": [{"sku": "T1", "quantity": "2", "expires_on": "2026-10-05"}]},
    {"do": "return_goods", "producer": "P1", "lines": [{"sku": "T1", "quantity": "1", "reason": "unsold"}]},
    {"do": "write_off", "lines": [{"sku": "K1", "quantity": "1", "reason": "damaged", "borne_by": "corner"}]},
    {"do": "count", "lines": [{"sku": "B1", "counted": "5"}]},
    {"do": "tab_payment", "staff": "S1", "amount": 1_000, "tender": "cash"},
    {"do": "deduction_list", "month": "2026-10", "unit": "", "cut_off": "2026-10-01"},
    {"do": "deduction_collected", "of": "DP-MTR001A-000001", "tender": "cash", "left_out": {"S1": "on_leave"}},
    {"do": "cash_move", "direction": "out", "amount": 2_000, "reason": "es batu"},
    {"do": "set_price", "sku": "T1", "sell_price": 17_000, "consign_price": 15_000},
    {"do": "settle", "producer": "P1", "tender": "cash"},
    {"do": "reverse", "of": 0, "reason": "wrong"},
    {"do": "opening", "payable": {"P1": 50_000}, "tabs": {"S1": 20_000}},
    {"do": "close_shift", "counted": 200_000},
    {"do": "open_shift", "float": 200_000},
]


def broken(chance: Random) -> dict[str, Any]:
    """An action with one field replaced, left out or added."""
    action = copy.deepcopy(chance.choice(GOOD))
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            walk(value[key])

    walk(action)
    holder, key = chance.choice(places)
    if isinstance(holder, dict) and chance.random() < 0.3:
        holder.pop(key)
        holder[chance.choice(["note", "approved_by", "at", "through", "x"])] = chance.choice(ODD)
    else:
        holder[key] = copy.deepcopy(chance.choice(ODD))
    return action


def test_a_thousand_broken_actions_are_answered_and_the_books_stay_whole(open_corner: Corner) -> None:
    chance = Random(7)
    for _ in range(1_000):
        action = broken(chance)
        before = None if chance.random() < 0.9 else dump(open_corner.db)
        answer = open_corner.play(action)
        assert answer["ok"] or answer["message"], action
        if before is not None and not answer["ok"]:
            assert dump(open_corner.db) == before, action
        json.dumps(answer, ensure_ascii=False).encode()
    open_corner.verify()


@pytest.mark.parametrize("depth", [10, 400, *range(880, 1_000, 4), 200_000])
def test_deep_nesting_is_refused_at_any_depth(open_corner: Corner, depth: int) -> None:
    for nested in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
        answer = open_corner.line(b'{"do":"cash_move","direction":"in","amount":' + nested + b"}")
        assert answer["error"] in ("invalid_amount", "malformed_action")


@pytest.mark.parametrize("digits", [13, 30, 4_299, 4_300, 4_301, 100_000])
def test_endless_numbers_are_refused(open_corner: Corner, digits: int) -> None:
    number = b"9" * digits
    line = b'{"do":"cash_move","direction":"in","amount":' + number + b"}"
    assert open_corner.line(line)["error"] in ("invalid_amount", "malformed_action")
    line = b'{"do":"count","lines":[{"sku":"T1","counted":' + number + b"}]}"
    assert open_corner.line(line)["error"] in ("invalid_quantity", "malformed_action")


@pytest.mark.parametrize(
    "line", [b"\xff\xfe", b"\x00", b"null", b"[]", b"{}", b'{"do":null}', b'{"do":"x"}', b'{"do":"sale"', b'"\\ud800"']
)
def test_what_is_no_action_is_malformed(open_corner: Corner, line: bytes) -> None:
    assert open_corner.line(line)["error"] == "malformed_action"


def test_a_byte_order_mark_before_the_first_line_is_no_error(open_corner: Corner) -> None:
    line = b'\xef\xbb\xbf{"do":"cash_move","direction":"in","amount":1000}\n'
    assert open_corner.line(line)["ok"]


def test_the_answer_names_what_was_given(open_corner: Corner) -> None:
    action = {"do": "receive", "producer": "P1", "lines": [{"sku": "T1", "quantity": 1.5}]}
    assert "1.5" in open_corner.play(action)["message"]


@pytest.mark.parametrize(
    "malformed",
    [
        {"do": "sale", "lines": "T1", "tenders": []},
        {"do": "sale", "lines": [], "tenders": [{"kind": "bitcoin", "amount": 1}]},
        {"do": "sale"},
        {"do": "sale", "at": "yesterday", "lines": [{"code": "T1"}], "tenders": []},
    ],
)
def test_a_malformed_sale_counts_as_a_sale_of_the_script(open_corner: Corner, malformed: dict[str, Any]) -> None:
    """A refund names its sale by position: one that is not counted would refund somebody else's."""
    first = open_corner.sell("T1")
    assert open_corner.play(malformed)["error"] == "malformed_action"
    third = open_corner.sell("K1")
    assert open_corner.refused("refund", of=1, lines=[{"line": 0, "quantity": "1"}], tender="cash") == "not_refundable"
    open_corner.do("refund", of=2, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    assert first["number"] != third["number"]
    assert open_corner.state["commission"] == 1_600


def test_an_unknown_position_is_named_by_the_action_that_asked(open_corner: Corner) -> None:
    assert open_corner.refused("refund", of=9, lines=[{"line": 0, "quantity": "1"}], tender="cash") == "not_refundable"
    assert open_corner.refused("reverse", of=9) == "not_reversible"


class TestLargestFigures:
    def test_a_line_worth_more_than_any_counter_holds_is_refused_by_its_amount(self, open_corner: Corner) -> None:
        open_corner.do("set_price", sku="T1", sell_price=10**12, consign_price=10**12)
        tenders = [{"kind": "cash", "amount": 10**12}]
        lines = [{"code": "T1", "quantity": "1000000"}]
        assert open_corner.refused("sale", lines=lines, tenders=tenders) == "invalid_amount"
        lines = [{"code": "T1", "quantity": "900"}] * 2
        assert open_corner.refused("sale", lines=lines, tenders=tenders) == "invalid_amount"

    def test_bought_goods_too(self, open_corner: Corner) -> None:
        open_corner.do("set_price", sku="B1", sell_price=10**12, consign_price=10**12)
        lines = [{"sku": "B1", "quantity": "1000000"}]
        assert open_corner.refused("receive", producer="P2", lines=lines) == "invalid_amount"
