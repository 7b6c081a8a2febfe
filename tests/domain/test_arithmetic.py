"""Rounding and shares against the vectors, and what must hold for any figures (rules 1 to 5, 8)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.documents.arithmetic import commission_of, part, priced, round_cash, split_line, taken_cost, whole_steps
from tests.corner import VECTORS

COMMISSION = json.loads((VECTORS / "commission.json").read_text(encoding="utf-8"))
ROUNDING = json.loads((VECTORS / "cash_rounding.json").read_text(encoding="utf-8"))

prices = st.integers(1, 10**7)
quantities = st.integers(1, 10**6)


def thousandths(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 1000 + int(rest.ljust(3, "0") or 0)


def test_rule_3_commission_of_every_komisi_line_of_the_vectors() -> None:
    for case in COMMISSION["komisi"]:
        assert commission_of(case["line_total"], case["commission_bp"]) == case["commission"]
        assert case["line_total"] - case["commission"] == case["producer_share"]


def test_rules_1_and_2_every_titip_line_of_the_vectors() -> None:
    for case in COMMISSION["titip"]:
        split = split_line(
            pricing="titip",
            quantity=thousandths(case["quantity"]),
            sell_price=case["sell_price"],
            consign_price=case["consign_price"],
            commission_bp=None,
        )
        assert split == (case["line_total"], case["producer_share"], case["commission"])


def test_the_sums_of_the_vectors_come_out() -> None:
    for kind in ("komisi", "titip"):
        for name, total in COMMISSION["sums"][kind].items():
            assert sum(case[name] for case in COMMISSION[kind]) == total


@pytest.mark.parametrize("case", COMMISSION["refunds"], ids=lambda case: f"{case['line_total']} of {case['quantity']}")
def test_rule_5_refunds_of_the_vectors_one_after_another(case: dict) -> None:
    sold, back, amount, share = thousandths(case["quantity"]), 0, 0, 0
    for step in case["refunds"]:
        quantity = thousandths(step["quantity"])
        given_back = part(case["line_total"], quantity, sold, amount, back)
        off_share = part(case["producer_share"], quantity, sold, share, back)
        assert (given_back, off_share) == (step["amount"], step["producer_share"])
        assert given_back - off_share == step["commission"]
        back, amount, share = back + quantity, amount + given_back, share + off_share


def test_rule_4_cash_rounding_of_the_vectors() -> None:
    for case in ROUNDING["cases"]:
        rounded = round_cash(case["due"], case["rounding"])
        assert (rounded, rounded - case["due"]) == (case["rounded"], case["adjustment"])


def test_rule_6_whole_steps_go_down() -> None:
    assert [whole_steps(amount, 100) for amount in (0, 99, 100, 14_450)] == [0, 0, 100, 14_400]


@given(
    pricing=st.sampled_from(("titip", "komisi")),
    sell_price=prices,
    quantity=quantities,
    consign=st.integers(1, 100),
    bp=st.integers(0, 10_000),
    discount=st.integers(0, 100),
    borne_by=st.sampled_from(("corner", "producer")),
)
def test_share_and_commission_always_make_the_total(
    pricing: str, sell_price: int, quantity: int, consign: int, bp: int, discount: int, borne_by: str
) -> None:
    full = priced(sell_price, quantity)
    split = split_line(
        pricing=pricing,
        quantity=quantity,
        sell_price=sell_price,
        consign_price=max(sell_price * consign // 100, 1),
        commission_bp=bp,
        discount=full * discount // 100,
        borne_by=borne_by,
    )
    assert split.share + split.commission == split.total
    assert split.share >= 0
    assert 0 <= split.total <= full


@given(whole=st.integers(-(10**8), 10**8), parts=st.lists(quantities, min_size=1, max_size=6))
def test_parts_given_back_one_by_one_make_the_whole(whole: int, parts: list[int]) -> None:
    of_quantity, back, already = sum(parts), 0, 0
    for quantity in parts:
        already += part(whole, quantity, of_quantity, already, back)
        back += quantity
    assert already == whole


@given(whole=st.integers(0, 10), parts=st.lists(quantities, min_size=1, max_size=6))
def test_rule_5_parts_never_give_back_more_than_is_left(whole: int, parts: list[int]) -> None:
    """Two rupiah over four pieces are half a rupiah each: rounded, the first two carry all of it."""
    back, already = 0, 0
    for quantity in parts:
        given_back = part(whole, quantity, sum(parts), already, back)
        assert 0 <= given_back <= whole - already
        back, already = back + quantity, already + given_back


@given(cost=st.integers(0, 10**9), pieces=st.lists(quantities, min_size=1, max_size=6))
def test_rule_9_a_lot_taken_apart_costs_what_it_cost(cost: int, pieces: list[int]) -> None:
    left, cost_left, taken = sum(pieces), cost, 0
    for quantity in pieces:
        piece = taken_cost(cost_left, quantity, left)
        assert 0 <= piece <= cost_left
        left, cost_left, taken = left - quantity, cost_left - piece, taken + piece
    assert taken == cost


@given(amount=st.integers(0, 10**9), step=st.sampled_from((100, 500)))
def test_cash_rounding_is_never_more_than_half_a_step_away(amount: int, step: int) -> None:
    rounded = round_cash(amount, step)
    assert rounded % step == 0
    assert -step <= 2 * (amount - rounded) < step
