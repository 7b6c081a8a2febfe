"""The worked cases of the rules, played at the real window by keys and scans: screen and ledger to the rupiah."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services import people
from pos_app.ui.screens.sell import paid_panel
from sync.documents.identifiers import in_store_ean13
from sync.documents.sale import Sale
from tests.corner import MORNING, VECTORS, Corner, register
from tests.services.reference_books import times
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.counter_pages import CounterPages, money
from tests.ui.hands import Hands

SETTLEMENT = json.loads((VECTORS / "settlement_case.json").read_text(encoding="utf-8"))
SHIFT = json.loads((VECTORS / "shift_case.json").read_text(encoding="utf-8"))
ROUNDING = json.loads((VECTORS / "cash_rounding.json").read_text(encoding="utf-8"))
COMMISSION = json.loads((VECTORS / "commission.json").read_text(encoding="utf-8"))

Pages = Callable[..., "Window"]


class Window:
    """A manager at the window of a corner with the goods of one case."""

    def __init__(self, pages: CounterPages, corner: Corner, case: dict[str, Any]) -> None:
        self.pages = pages
        self.corner = corner
        self.products = {one["sku"]: dict(one) for one in case["products"]}
        self.producers = {one["producer_code"]: one["business_name"] for one in case["producers"]}
        self.staff = {one["staff_code"]: one["name"] for one in case["staff"]}
        self.sales: list[str] = []
        self.cash_step = 100

    def do(self, step: dict[str, Any]) -> None:
        """One step, with what the screen must say of it."""
        match step["do"]:
            case "open_shift":
                self.pages.open_shift(step["float"])
            case "receive":
                self.pages.receive(step["lines"])
            case "sale":
                self.sell(step)
            case "refund":
                back = self.pages.refund(self.sales[step["of"]], step["lines"], step["tender"])
                assert back == step["refunded"]
            case "settle":
                shown, slip = self.pages.settle(self.producers[step["producer"]], step["tender"])
                assert shown == step["paid"]
                assert not shown or money(shown) in slip
            case "return_goods":
                self.pages.give_back(step["lines"])
            case "tab_payment":
                self.pages.pay_tab(self.staff[step["staff"]], step["amount"])
            case "set_price":
                self.pages.set_price(step["sku"], step["sell_price"], step.get("consign_price"))
                self.products[step["sku"]]["sell_price"] = step["sell_price"]
            case "write_off":
                assert self.pages.write_off(step["lines"])
            case "count":
                self.pages.count(step["lines"])
            case "opening":
                owed = [(self.producers[code], amount) for code, amount in step["payable"].items()]
                tabs = [(self.staff[code], amount) for code, amount in step["tabs"].items()]
                sums = self.pages.take_over(owed + tabs)
                assert sums[:2] == [money(sum(step["payable"].values())), money(sum(step["tabs"].values()))]

    def sell(self, step: dict[str, Any]) -> None:
        shown = self.pages.fill_cart(step["lines"])
        assert shown == sum(
            times(self.products[line["code"]]["sell_price"], round(float(line["quantity"]) * 1000))
            - line.get("discount", 0)
            for line in step["lines"]
        )
        tenders = [{**one, "staff_name": self.staff.get(one.get("staff", ""), "")} for one in step["tenders"]]
        tenders.sort(key=lambda one: one["kind"] == "cash")
        change = self.pages.pay(tenders)
        cash = [one["amount"] for one in tenders if one["kind"] == "cash"]
        due = shown - sum(one["amount"] for one in tenders if one["kind"] != "cash")
        rounded = (due + self.cash_step // 2) // self.cash_step * self.cash_step
        assert change == (sum(cash) - rounded if cash else 0)
        self.sales.append(queries.recent(self.corner.db, "sale", 1)[0].number)

    def assert_books(self, after: dict[str, Any]) -> None:
        """The ledger is that of ``after``."""
        state = self.corner.state
        for book in ("payable", "tabs"):
            assert {name: state[book].get(name, 0) for name in after[book]} == after[book]
        assert {sku: state["stock"].get(sku, "0") for sku in after["stock"]} == after["stock"]
        for figure in ("commission", "drawer", "margin"):
            if figure in after:
                assert state[figure] == after[figure], figure

    def assert_shown(self, after: dict[str, Any], before: dict[str, Any] | None = None) -> None:
        """Producers, Stock, Staff and the board of the day tell the same of what is otherwise than ``before``.

        No screen shows the margin.
        """
        books = {name: changed(after[name], before[name] if before else {}) for name in ("payable", "stock", "tabs")}
        for code, amount in books["payable"].items():
            assert self.pages.owed(self.producers[code]) == amount
        for sku, quantity in books["stock"].items():
            assert self.pages.stock(sku) == quantity
        for code, amount in books["tabs"].items():
            assert self.pages.tab(self.staff[code]) == amount
        assert self.pages.commission() == after["commission"]


def changed(after: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What of ``after`` was not so ``before``."""
    return {name: value for name, value in after.items() if name not in before or before[name] != value}


@pytest.fixture
def window(
    make_till: Callable[..., Till], qtbot: QtBot, empty_corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pages]:
    """A window over a corner that knows what one case names; goods get barcodes, to be scanned."""
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)

    def sit_down(case: dict[str, Any]) -> Window:
        codes = {one["sku"]: in_store_ean13(number) for number, one in enumerate(case["products"], start=1)}
        goods = [{**one, "barcode": codes[one["sku"]]} for one in case["products"]]
        register(empty_corner, tmp_path, case["producers"], goods, case["staff"])
        manager = people.add_user(
            empty_corner.ledger,
            empty_corner.counter.vault,
            name="Ratna",
            pin=MANAGER_PIN,
            role="pengelola",
            now=MORNING,
        )
        till = make_till(empty_corner)
        till.log_in(manager)
        return Window(CounterPages(Hands(till, qtbot), codes), empty_corner, case)

    return sit_down


def case_name(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", SETTLEMENT["cases"], ids=case_name)
def test_a_settlement_case_comes_out_to_the_rupiah_at_the_screen_too(case: dict[str, Any], window: Pages) -> None:
    at = window(case)
    before = None
    for step in case["steps"]:
        at.do(step)
        at.assert_books(step["after"])
        at.assert_shown(step["after"], before)
        before = step["after"]
    at.assert_shown(case["steps"][-1]["after"])
    at.pages.close_shift(case["steps"][-1]["after"]["drawer"], "")
    assert at.corner.state["shifts"][0]["difference"] == 0
    at.corner.verify()


@pytest.mark.parametrize("case", SETTLEMENT["refused"], ids=case_name)
def test_the_last_step_of_a_refused_case_is_refused_at_the_screen(case: dict[str, Any], window: Pages) -> None:
    at = window(case)
    *steps, last = case["steps"]
    for step in steps:
        at.do(step)
    head = at.corner.ledger.head()
    pages = at.pages
    match last["do"]:
        case "opening":
            pages.take_over([(at.producers["X"], 5_000), (at.staff["S1"], 1_000)])
            assert pages.at.said.startswith("Penjualan pertama sudah tercatat")
        case "sale":
            line = last["lines"][0]
            assert pages.fill_cart(last["lines"]) == at.products[line["code"]]["sell_price"]
            panel = pages.at.till.sell.side.panels.discount
            assert panel.isVisible()
            assert not panel.main.isEnabled()
            pages.leave_panel()
        case "write_off":
            assert not pages.write_off(last["lines"])
            assert "5" in pages.at.said
    assert at.corner.ledger.head() == head
    at.assert_books(last["after"])
    at.corner.verify()


# Commission ----------------------------------------------------------------------------------------------------------


def of_one_producer(products: list[dict[str, Any]]) -> dict[str, Any]:
    """A case of these goods, all of one producer; what is weighed is sold by the kilogram."""
    goods = [{"name": f"Barang {one['sku']}", "producer_code": "X", "unit": "pcs", **one} for one in products]
    staff = [{"staff_code": "S1", "name": "Pegawai S1", "tab_limit": 10_000_000}]
    return {"producers": [{"producer_code": "X", "business_name": "Produsen X"}], "products": goods, "staff": staff}


def unit_of(quantity: str) -> str:
    return "kg" if "." in quantity else "pcs"


def sold(at: Window) -> Sale:
    entry = queries.entry_by_number(at.corner.db, at.sales[-1])
    assert entry is not None
    assert isinstance(entry.document, Sale)
    return entry.document


def test_every_line_of_the_commission_vectors_is_sold_at_its_share(window: Pages) -> None:
    komisi = [one for one in COMMISSION["komisi"] if one["line_total"]]
    titip = COMMISSION["titip"]
    products = [
        {"sku": f"K{n}", "pricing": "komisi", "commission_bp": one["commission_bp"], "sell_price": one["line_total"]}
        for n, one in enumerate(komisi)
    ] + [
        {"sku": f"T{n}", "pricing": "titip", "consign_price": one["consign_price"], "sell_price": one["sell_price"]}
        | {"unit": unit_of(one["quantity"])}
        for n, one in enumerate(titip)
    ]
    at = window(of_one_producer(products))
    at.pages.open_shift(0)
    for kind, cases in (("K", komisi), ("T", titip)):
        lines = [{"code": f"{kind}{n}", "quantity": one.get("quantity", "1")} for n, one in enumerate(cases)]
        at.do({"do": "sale", "lines": lines, "tenders": [{"kind": "cash", "amount": 5_000_000}]})
        found = [(line.total, line.share, line.total - line.share) for line in sold(at).lines]
        assert found == [(one["line_total"], one["producer_share"], one["commission"]) for one in cases]
    sums = COMMISSION["sums"]
    owed = sum(sums[kind]["producer_share"] for kind in ("komisi", "titip"))
    assert at.pages.owed("Produsen X") == at.corner.payable("X") == owed
    shown, slip = at.pages.settle("Produsen X", "transfer")
    assert shown == owed
    assert f"Komisi {money(-sum(sums[kind]['commission'] for kind in ('komisi', 'titip')))}" in slip.replace("−", "-")


REFUNDED_GOODS: tuple[dict[str, Any], ...] = (
    {"pricing": "komisi", "commission_bp": 1_250, "sell_price": 7_500},
    {"pricing": "komisi", "commission_bp": 1_250, "sell_price": 7_500},
    {"pricing": "titip", "consign_price": 28_500, "sell_price": 30_000},
    {"pricing": "titip", "consign_price": 14_400, "sell_price": 16_000},
    {"pricing": "komisi", "commission_bp": 1_250, "sell_price": 1_250},
    {"pricing": "titip", "consign_price": 28_500, "sell_price": 30_000},
)


def test_every_refund_of_the_commission_vectors_gives_back_its_share(window: Pages) -> None:
    cases = list(zip(COMMISSION["refunds"], REFUNDED_GOODS, strict=True))
    products = [{"sku": f"G{n}", "unit": unit_of(case["quantity"]), **terms} for n, (case, terms) in enumerate(cases)]
    at = window(of_one_producer(products))
    at.pages.open_shift(500_000)
    for n, (case, _terms) in enumerate(cases):
        before = at.corner.payable("X")
        line = {"code": f"G{n}", "quantity": case["quantity"]}
        at.do({"do": "sale", "lines": [line], "tenders": [{"kind": "cash", "amount": 50_000}]})
        assert at.corner.payable("X") - before == case["producer_share"]
        for part in case["refunds"]:
            owed, commission = at.corner.payable("X"), at.corner.state["commission"]
            back = at.pages.refund(at.sales[-1], [{"line": 0, "quantity": part["quantity"]}], "cash")
            assert back == part["amount"]
            assert owed - at.corner.payable("X") == part["producer_share"]
            assert commission - at.corner.state["commission"] == part["commission"]


# Cash rounding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [100, 500])
def test_cash_is_rounded_as_in_every_vector(step: int, window: Pages) -> None:
    """All that can be sold: no goods cost nothing."""
    alone = [
        {"total": one["due"], "non_cash": [], "cash_given": one["rounded"], "change": 0} | one
        for one in ROUNDING["cases"]
        if one["due"]
    ]
    cases = [one for one in alone + ROUNDING["mixed"] if one["rounding"] == step]
    totals = sorted({one["total"] for one in cases})
    goods = [{"sku": f"G{total}", "pricing": "komisi", "commission_bp": 1_000, "sell_price": total} for total in totals]
    at = window(of_one_producer(goods))
    at.pages.round_cash_to(step)
    at.cash_step = step
    at.pages.open_shift(0)
    for one in cases:
        tenders = [{**part, "staff": "S1"} if part["kind"] == "tab" else part for part in one["non_cash"]]
        if sum(part["amount"] for part in tenders) < one["total"]:
            tenders.append({"kind": "cash", "amount": one["cash_given"]})
        at.do({"do": "sale", "lines": [{"code": f"G{one['total']}", "quantity": "1"}], "tenders": tenders})
        assert (sold(at).total, sold(at).rounding) == (one["total"], one["adjustment"])
    at.corner.verify()


# Shifts --------------------------------------------------------------------------------------------------------------


def shift_case(case: dict[str, Any]) -> dict[str, Any]:
    """Goods at the totals of the sales, and a producer for each payment, who is owed just that."""
    owed = [event["amount"] for event in case["events"] if event["do"] == "settle"]
    totals = sorted({event["total"] for event in case["events"] if event["do"] == "sale"})
    goods = [{"sku": f"G{total}", "pricing": "komisi", "commission_bp": 1_000, "sell_price": total} for total in totals]
    found = of_one_producer(goods)
    found["producers"] += [{"producer_code": f"P{amount}", "business_name": f"Usaha {amount}"} for amount in owed]
    return found


@pytest.mark.parametrize("case", SHIFT["cases"], ids=case_name)
def test_a_shift_case_is_counted_to_the_rupiah_at_the_screen_too(case: dict[str, Any], window: Pages) -> None:
    at = window(shift_case(case))
    owed = [(f"Usaha {event['amount']}", event["amount"]) for event in case["events"] if event["do"] == "settle"]
    if owed:
        at.pages.take_over(owed)
    at.pages.open_shift(case["float"])
    for event in case["events"]:
        play_event(at, event)
    shift = queries.open_shift(at.corner.db)
    assert shift is not None
    expected = case["expected"]
    assert shift.expected == expected["expected_cash"]
    at.pages.close_shift(case["counted"], "dihitung dua kali" if expected["difference"] else "")
    closed = at.corner.state["shifts"][0]
    assert (closed["expected"], closed["counted"]) == (expected["expected_cash"], expected["counted"])
    assert closed["difference"] == expected["difference"]
    assert {name: shift.figures.get(figure, 0) for name, figure in SHIFT_FIGURES.items()} == {
        name: expected[name] for name in SHIFT_FIGURES
    }
    at.corner.verify()


SHIFT_FIGURES = {
    **{name: name for name in ("sales", "cash_received", "change", "rounding", "refunds_cash", "tab_payments_cash")},
    **{name: name for name in ("cash_in", "cash_out", "settlements_cash", "settlements_transfer")},
    "qris": "tender_qris",
    "tab": "tender_tab",
}


def play_event(at: Window, event: dict[str, Any]) -> None:
    """One event of a shift: every sale is one piece at its total."""
    match event["do"]:
        case "sale":
            line = {"code": f"G{event['total']}", "quantity": "1"}
            tenders = [{**one, "staff": "S1"} if one["kind"] == "tab" else one for one in event["tenders"]]
            at.do({"do": "sale", "lines": [line], "tenders": tenders})
        case "refund":
            of = next(n for n, number in enumerate(at.sales) if total_of(at, number) == event["amount"])
            lines = [{"line": 0, "quantity": "1"}]
            at.do({**event, "of": of, "lines": lines, "refunded": event["amount"]})
        case "tab_payment":
            at.do({**event, "staff": "S1"})
        case "settle":
            shown, _slip = at.pages.settle(f"Usaha {event['amount']}", event["tender"])
            assert shown == event["amount"]
        case "cash_move":
            at.pages.move_cash(event["direction"], event["amount"], event["reason"])


def total_of(at: Window, number: str) -> int:
    entry = queries.entry_by_number(at.corner.db, number)
    assert entry is not None
    assert isinstance(entry.document, Sale)
    return entry.document.total
