"""How a sale is paid: change, cash rounding and what is refused (rule 4)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.domain.errors import InvalidAmount, OverpaidNonCash, Underpaid, UnknownStaff
from pos_app.domain.tendering import Offer, pay, quick_amounts
from tests.corner import VECTORS

MIXED = json.loads((VECTORS / "cash_rounding.json").read_text(encoding="utf-8"))["mixed"]


@pytest.mark.parametrize("case", MIXED, ids=lambda case: f"{case['total']} with {len(case['non_cash'])} other")
def test_mixed_tenders_of_the_vectors(case: dict) -> None:
    offers = [Offer(one["kind"], one["amount"], "S1") for one in case["non_cash"]]
    if case["cash_given"] or case["cash_due"]:
        offers.append(Offer("cash", case["cash_given"]))
    paid = pay(case["total"], offers, case["rounding"])
    assert (paid.rounding, paid.change) == (case["adjustment"], case["change"])
    assert paid.received - paid.change == case["cash_due"]


def test_change_comes_from_cash_only() -> None:
    with pytest.raises(OverpaidNonCash) as error:
        pay(10_000, [Offer("qris", 12_000), Offer("cash", 5_000)], 100)
    assert error.value.excess == 2_000


def test_qris_and_tab_are_never_rounded() -> None:
    with pytest.raises(Underpaid) as error:
        pay(12_345, [Offer("qris", 12_300)], 100)
    assert error.value.shortfall == 45


def test_the_shortfall_counts_from_the_rounded_cash() -> None:
    with pytest.raises(Underpaid) as error:
        pay(12_340, [Offer("cash", 12_000)], 100)
    assert error.value.shortfall == 300


def test_cash_handed_over_in_parts_is_one_tender() -> None:
    paid = pay(12_340, [Offer("cash", 10_000), Offer("cash", 5_000)], 100)
    assert [(tender.kind, tender.amount) for tender in paid.tenders] == [("cash", 12_300)]
    assert (paid.received, paid.change, paid.rounding) == (15_000, 2_700, -40)


@pytest.mark.parametrize("offer", [Offer("cash", -1), Offer("qris", 0), Offer("transfer", -5)])
def test_amounts_that_pay_nothing_are_refused(offer: Offer) -> None:
    with pytest.raises(InvalidAmount):
        pay(1_000, [offer], 100)


def test_a_tab_belongs_to_somebody() -> None:
    with pytest.raises(UnknownStaff):
        pay(1_000, [Offer("tab", 1_000)], 100)


def test_only_a_tab_keeps_the_name_of_its_staff_member() -> None:
    assert pay(1_000, [Offer("qris", 1_000, "S1")], 100).tenders[0].staff is None


def test_quick_amounts_begin_with_the_exact_cash() -> None:
    assert quick_amounts(12_340, 100) == (12_300, 15_000, 20_000, 50_000, 100_000)
    assert quick_amounts(100_000, 100) == (100_000,)


@given(
    total=st.integers(0, 10**7),
    others=st.lists(st.integers(1, 10**6), max_size=3),
    cash=st.none() | st.integers(0, 10**7),
    step=st.sampled_from((100, 500)),
)
def test_what_is_paid_is_the_total_and_its_rounding_to_the_rupiah(
    total: int, others: list[int], cash: int | None, step: int
) -> None:
    offers = [Offer("qris", amount) for amount in others] + ([Offer("cash", cash)] if cash is not None else [])
    try:
        paid = pay(total, offers, step)
    except (Underpaid, OverpaidNonCash):
        return
    assert sum(tender.amount for tender in paid.tenders) == total + paid.rounding
    assert 2 * abs(paid.rounding) <= step
    assert paid.change >= 0
    assert paid.received == (cash or 0)
