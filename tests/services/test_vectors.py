"""The vectors of the figures, played through the real services to the rupiah."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_app.ledger import queries
from pos_app.ledger.queries import OpenShift
from sync.documents.shift import ShiftClosed
from tests.corner import VECTORS, Corner, dump, new_corner, register

SETTLEMENT = json.loads((VECTORS / "settlement_case.json").read_text(encoding="utf-8"))
SHIFT = json.loads((VECTORS / "shift_case.json").read_text(encoding="utf-8"))


def case_name(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.fixture
def case_corner(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Corner]:
    """A corner that knows the producers, products and staff of one case and nothing else."""
    case = request.getfixturevalue("case")
    corner = new_corner(tmp_path)
    register(corner, tmp_path, case["producers"], case["products"], case["staff"])
    yield corner
    corner.ledger.close()


def assert_books(corner: Corner, after: dict[str, Any]) -> None:
    """The books of the till are exactly those of ``after``; an account never touched counts as 0."""
    state = corner.state
    for book in ("payable", "tabs"):
        assert {name: state[book].get(name, 0) for name in after[book]} == after[book]
    assert {sku: state["stock"].get(sku, "0") for sku in after["stock"]} == after["stock"]
    for figure in ("commission", "drawer", "margin"):
        if figure in after:
            assert state[figure] == after[figure], figure


@pytest.mark.parametrize("case", SETTLEMENT["cases"], ids=case_name)
def test_books_after_every_step_of_a_settlement_case(case: dict[str, Any], case_corner: Corner) -> None:
    for step in case["steps"]:
        before = dump(case_corner.db)
        answer = case_corner.play(step)
        if "paid" in step and step["paid"] == 0:
            assert answer["error"] == "nothing_payable"
            assert dump(case_corner.db) == before
        else:
            assert answer["ok"], (step, answer)
        if step.get("paid"):
            assert answer["paid"] == step["paid"]
        if "refunded" in step:
            assert answer["total"] == step["refunded"]
        assert_books(case_corner, step["after"])
    case_corner.verify()


@pytest.mark.parametrize("case", SETTLEMENT["refused"], ids=case_name)
def test_the_last_step_of_a_refused_case_changes_nothing(case: dict[str, Any], case_corner: Corner) -> None:
    *steps, last = case["steps"]
    for step in steps:
        assert case_corner.play(step)["ok"]
    before = dump(case_corner.db)
    answer = case_corner.play(last)
    assert not answer["ok"]
    assert answer["error"] != "malformed_action"
    assert dump(case_corner.db) == before
    assert_books(case_corner, last["after"])


def play_events(corner: Corner, events: list[dict[str, Any]]) -> None:
    """Every sale is one product at its total; producers to be paid have their balance from the paper book."""
    sales: dict[int, int] = {}
    for event in events:
        match event["do"]:
            case "sale":
                sales.setdefault(event["total"], len(sales))
                tenders = [{**one, "staff": "S1"} if one["kind"] == "tab" else one for one in event["tenders"]]
                corner.do("sale", lines=[{"code": f"G{event['total']}", "quantity": "1"}], tenders=tenders)
            case "refund":
                corner.do(
                    "refund", of=sales[event["amount"]], lines=[{"line": 0, "quantity": "1"}], tender=event["tender"]
                )
            case "tab_payment":
                corner.do("tab_payment", staff="S1", amount=event["amount"], tender=event["tender"])
            case "settle":
                answer = corner.do("settle", producer=f"P{event['amount']}", tender=event["tender"])
                assert answer["paid"] == event["amount"]
            case "cash_move":
                corner.play(event)


def shift_goods(case: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Producers and products that make the events of a shift case possible."""
    owed = [event["amount"] for event in case["events"] if event["do"] == "settle"]
    totals = sorted({event["total"] for event in case["events"] if event["do"] == "sale"})
    producers = [{"producer_code": code, "business_name": code} for code in ("P", *(f"P{amount}" for amount in owed))]
    terms = {"producer_code": "P", "pricing": "komisi", "commission_bp": 1000}
    return producers, [
        {"sku": f"G{total}", "name": f"Barang {total}", "sell_price": total, **terms} for total in totals
    ]


@pytest.mark.parametrize("case", SHIFT["cases"], ids=case_name)
def test_expected_cash_of_a_shift_case(case: dict[str, Any], empty_corner: Corner, tmp_path: Path) -> None:
    producers, products = shift_goods(case)
    register(empty_corner, tmp_path, producers, products, [{"staff_code": "S1", "name": "S", "tab_limit": 10**6}])
    owed = {f"P{event['amount']}": event["amount"] for event in case["events"] if event["do"] == "settle"}
    if owed:
        empty_corner.do("opening", payable=owed)
    empty_corner.do("open_shift", float=case["float"])
    for product in products:
        empty_corner.receive(product["sku"], "1")
    play_events(empty_corner, case["events"])
    shift = queries.open_shift(empty_corner.db)
    assert isinstance(shift, OpenShift)
    closed = empty_corner.do("close_shift", counted=case["counted"])
    expected = case["expected"]
    got = {
        "sales": shift.figures.get("sales", 0),
        "cash_received": shift.figures.get("cash_received", 0),
        "change": shift.figures.get("change", 0),
        "rounding": shift.figures.get("rounding", 0),
        "qris": shift.figures.get("tender_qris", 0),
        "tab": shift.figures.get("tender_tab", 0),
        "refunds_cash": shift.figures.get("refunds_cash", 0),
        "tab_payments_cash": shift.figures.get("tab_payments_cash", 0),
        "cash_in": shift.figures.get("cash_in", 0),
        "cash_out": shift.figures.get("cash_out", 0),
        "settlements_cash": shift.figures.get("settlements_cash", 0),
        "settlements_transfer": shift.figures.get("settlements_transfer", 0),
        "expected_cash": closed["expected"],
        "counted": closed["counted"],
        "difference": closed["difference"],
        "total": sum(event["total"] for event in case["events"] if event["do"] == "sale"),
    }
    assert got == expected
    entry = queries.entry_by_number(empty_corner.db, closed["number"])
    assert entry is not None
    assert isinstance(entry.document, ShiftClosed)
    assert entry.document.figures == shift.figures
    empty_corner.verify()
