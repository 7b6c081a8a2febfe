"""Every name by which an action is refused, through the script player; a refused action changes nothing."""

from typing import Any

import pytest

from tests.corner import Corner

SALE = {"lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 16_000}]}
ONE = [{"line": 0, "quantity": "1"}]


def sale(code: str = "T1", quantity: Any = "1", **tender: Any) -> dict[str, Any]:
    tenders = [tender or {"kind": "cash", "amount": 10**6}]
    return {"lines": [{"code": code, "quantity": quantity}], "tenders": tenders}


@pytest.mark.parametrize("code", ["NOPE", "2000000000091", "2000000000016", ""])
def test_unknown_code(open_corner: Corner, code: str) -> None:
    assert open_corner.refused("sale", **sale(code)) == "unknown_code"


def test_underpaid(open_corner: Corner) -> None:
    assert open_corner.refused("sale", **sale(kind="cash", amount=15_900)) == "underpaid"
    assert open_corner.refused("sale", lines=SALE["lines"], tenders=[]) == "underpaid"


def test_overpaid_non_cash(open_corner: Corner) -> None:
    assert open_corner.refused("sale", **sale(kind="qris", amount=16_001, reference="R")) == "overpaid_non_cash"


def test_no_open_shift(corner: Corner) -> None:
    corner.do("opening", payable={"P1": 10_000})
    assert corner.refused("sale", **sale()) == "no_open_shift"
    assert corner.refused("settle", producer="P1", tender="cash") == "no_open_shift"
    assert corner.refused("cash_move", direction="in", amount=1) == "no_open_shift"
    assert corner.refused("tab_payment", staff="S1", amount=1, tender="cash") == "no_open_shift"
    assert corner.refused("close_shift", counted=0) == "no_open_shift"
    assert corner.do("settle", producer="P1", tender="transfer")["paid"] == 10_000


def test_shift_already_open(open_corner: Corner) -> None:
    assert open_corner.refused("open_shift", float=0) == "shift_already_open"


def test_tab_limit_exceeded(open_corner: Corner) -> None:
    open_corner.do("sale", **sale(quantity="6", kind="tab", staff="S1", amount=96_000))
    assert open_corner.refused("sale", **sale(kind="tab", staff="S1", amount=16_000)) == "tab_limit_exceeded"
    assert open_corner.refused("sale", **sale(kind="tab", staff="S2", amount=16_000)) == "tab_limit_exceeded"


def test_tab_limit_counts_every_tab_tender_of_the_sale(open_corner: Corner) -> None:
    tenders = [{"kind": "tab", "staff": "S1", "amount": 56_000}] * 2
    assert open_corner.refused("sale", lines=[{"code": "T1", "quantity": "7"}], tenders=tenders) == "tab_limit_exceeded"


def test_unknown_staff(open_corner: Corner) -> None:
    assert open_corner.refused("sale", **sale(kind="tab", staff="S9", amount=16_000)) == "unknown_staff"
    assert open_corner.refused("sale", **sale(kind="tab", amount=16_000)) == "unknown_staff"
    assert open_corner.refused("tab_payment", staff="S9", amount=1, tender="cash") == "unknown_staff"


def test_unknown_producer(open_corner: Corner) -> None:
    goods = [{"sku": "T1", "quantity": "1"}]
    assert open_corner.refused("receive", producer="P9", lines=goods) == "unknown_producer"
    assert open_corner.refused("return_goods", producer="P9", lines=goods) == "unknown_producer"
    assert open_corner.refused("settle", producer="P9", tender="cash") == "unknown_producer"


def test_wrong_producer(open_corner: Corner) -> None:
    assert open_corner.refused("receive", producer="P2", lines=[{"sku": "T1", "quantity": "1"}]) == "wrong_producer"


def test_not_refundable(open_corner: Corner) -> None:
    number = open_corner.sell("T1", "2")["number"]
    assert open_corner.refused("refund", of=0, lines=[{"line": 0, "quantity": "3"}], tender="cash") == "not_refundable"
    twice = [{"line": 0, "quantity": "1"}, {"line": 0, "quantity": "2"}]
    assert open_corner.refused("refund", of=0, lines=twice, tender="cash") == "not_refundable"
    assert open_corner.refused("refund", of=0, lines=[{"line": 1, "quantity": "1"}], tender="cash") == "not_refundable"
    assert open_corner.refused("refund", of=5, lines=ONE, tender="cash") == "not_refundable"
    assert open_corner.refused("refund", of=-1, lines=ONE, tender="cash") == "not_refundable"
    assert open_corner.refused("refund", of="ST-MTR001A-000099", lines=ONE, tender="cash") == "not_refundable"
    assert open_corner.refused("refund", of=number, lines=ONE, tender="tab") == "not_refundable"
    open_corner.do("reverse", of=number)
    assert open_corner.refused("refund", of=number, lines=ONE, tender="cash") == "not_refundable"


def test_goods_that_two_people_paid_on_their_tabs_come_back_to_none_of_them(open_corner: Corner) -> None:
    tenders = [{"kind": "tab", "staff": "S1", "amount": 2_000}, {"kind": "tab", "staff": "S2", "amount": 14_000}]
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders, approved_by="M")
    assert open_corner.refused("refund", of=0, lines=ONE, tender="tab") == "several_tabs"
    open_corner.do("reverse", of=0)
    assert open_corner.state["tabs"] == {"S1": 0, "S2": 0}


def test_a_refused_sale_keeps_its_place_in_the_count_and_is_not_refundable(open_corner: Corner) -> None:
    open_corner.refused("sale", **sale("NOPE"))
    open_corner.sell("T1")
    assert open_corner.refused("refund", of=0, lines=ONE, tender="cash") == "not_refundable"
    assert open_corner.do("refund", of=1, lines=ONE, tender="cash")["total"] == 16_000


def test_insufficient_cash(corner: Corner) -> None:
    corner.do("opening", payable={"P1": 60_000})
    corner.do("open_shift", float=50_000)
    corner.receive("T1", "9")
    assert corner.refused("settle", producer="P1", tender="cash") == "insufficient_cash"
    assert corner.refused("cash_move", direction="out", amount=50_001) == "insufficient_cash"
    corner.do("sale", **sale(quantity="4", kind="qris", amount=64_000, reference="R"))
    refund = {"of": 0, "lines": [{"line": 0, "quantity": "4"}], "tender": "cash"}
    assert corner.refused("refund", **refund) == "insufficient_cash"
    assert corner.do("settle", producer="P1", tender="transfer")["ok"]


def test_change_is_never_a_question_of_the_drawer(corner: Corner) -> None:
    corner.do("open_shift", float=0)
    assert corner.sell("T1", cash=100_000)["change"] == 84_000


def test_nothing_payable(open_corner: Corner) -> None:
    assert open_corner.refused("settle", producer="P1", tender="cash") == "nothing_payable"


def test_exceeds_stock(open_corner: Corner) -> None:
    goods = [{"sku": "T1", "quantity": "21"}]
    assert open_corner.refused("return_goods", producer="P1", lines=goods) == "exceeds_stock"
    assert open_corner.refused("write_off", lines=goods) == "exceeds_stock"


def test_expired_goods(open_corner: Corner) -> None:
    open_corner.receive("K1", "1", "2026-10-02")
    open_corner.do("write_off", lines=[{"sku": "K1", "quantity": "12"}])
    open_corner.receive("K1", "2", "2026-09-30")
    open_corner.sell("K1")
    assert open_corner.refused("sale", **sale("K1")) == "expired_goods"


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "1.5", "1,5", "1.0005", "x", "", None, 0, -2, 1.5, True, "1e3", "2000000"]
)
def test_invalid_quantity(open_corner: Corner, quantity: Any) -> None:
    assert open_corner.refused("sale", **sale(quantity=quantity)) == "invalid_quantity"
    goods = [{"sku": "T1", "quantity": quantity}]
    assert open_corner.refused("receive", producer="P1", lines=goods) == "invalid_quantity"
    assert open_corner.refused("write_off", lines=goods) == "invalid_quantity"


def test_invalid_quantity_of_goods_sold_by_weight(open_corner: Corner) -> None:
    assert open_corner.sell("W1", "0.001")["total"] == 30
    assert open_corner.refused("sale", **sale("W1", "0.0001")) == "invalid_quantity"
    assert (
        open_corner.refused("refund", of=0, lines=[{"line": 0, "quantity": "0"}], tender="cash") == "invalid_quantity"
    )


@pytest.mark.parametrize("amount", [-1, 0.5, 16_000.0, "16000", True, None, 10**13])
def test_invalid_amount(open_corner: Corner, amount: Any) -> None:
    assert open_corner.refused("sale", **sale(kind="qris", amount=amount)) == "invalid_amount"
    assert open_corner.refused("cash_move", direction="in", amount=amount) == "invalid_amount"
    assert open_corner.refused("tab_payment", staff="S1", amount=amount, tender="cash") == "invalid_amount"
    assert open_corner.refused("close_shift", counted=amount) == "invalid_amount"


def test_invalid_amount_of_a_discount_or_a_price(open_corner: Corner) -> None:
    for discount in (16_001, -1, "5"):
        lines = [{"code": "T1", "quantity": "1", "discount": discount}]
        assert open_corner.refused("sale", lines=lines, tenders=SALE["tenders"]) == "invalid_amount"
    assert open_corner.refused("set_price", sku="T1", sell_price=0) == "invalid_amount"
    assert open_corner.refused("set_price", sku="T1", sell_price=14_000) == "invalid_amount"
    assert open_corner.refused("set_price", sku="K1", sell_price=8_000, commission_bp=10_001) == "invalid_amount"


def test_invalid_date(open_corner: Corner) -> None:
    lines = [{"sku": "T1", "quantity": "1", "expires_on": "2026-02-30"}]
    assert open_corner.refused("receive", producer="P1", lines=lines) == "invalid_date"
    assert open_corner.refused("settle", producer="P1", tender="cash", through="soon") == "invalid_date"


def test_counted_twice(open_corner: Corner) -> None:
    lines = [{"sku": "T1", "counted": "1"}, {"sku": "2000000000015", "counted": "2"}]
    assert open_corner.refused("count", lines=lines) == "counted_twice"


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"do":"dance"}',
        b'{"do":"sale"}',
        b'{"do":"sale","lines":[],"tenders":[]}',
        b'{"do":"sale","lines":"T1","tenders":[]}',
        b'{"do":"open_shift"}',
        b'{"do":"open_shift","float":1,"at":"yesterday"}',
        b'{"do":"open_shift","float":1,"at":"2026-10-01T07:30:00"}',
        b'{"do":"settle","producer":"P1","tender":"qris"}',
        b'{"do":"opening"}',
        b'{"do":"write_off","lines":[{"sku":"T1","quantity":"1","reason":"bored"}]}',
        b'\xff\xfe{"do":"open_shift","float":1}',
        b'{"do":"open_shift","float":' + b"[" * 100_000,
        b'{"do":"open_shift","float":1,"note":"\\ud800"}',
        b'{"do":"open_shift","float":1,"at":"0001-01-01T00:00:00+14:00"}',
        b'{"do":"open_shift","float":1,"at":"9999-12-31T23:59:59+00:00"}',
    ],
    ids=lambda line: line[:40].decode(errors="replace"),
)
def test_malformed_action(open_corner: Corner, line: bytes) -> None:
    answer = open_corner.line(line)
    assert (answer["ok"], answer["error"]) == (False, "malformed_action")


def test_what_a_reader_would_refuse_is_never_written(open_corner: Corner) -> None:
    tender = {"kind": "qris", "amount": 16_000, "reference": "R" * 500}
    assert open_corner.refused("sale", **sale(**tender)) == "malformed_action"
    assert open_corner.refused("sale", buyer={"kind": "office", "unit": "U" * 500}, **SALE) == "malformed_action"
    open_corner.verify()


def test_an_amount_beyond_every_counter_is_never_written(open_corner: Corner) -> None:
    open_corner.do("set_price", sku="W1", sell_price=10**12)
    tenders = [{"kind": "cash", "amount": 10**12}]
    lines = [{"code": "W1", "quantity": "999999"}]
    assert open_corner.refused("sale", lines=lines, tenders=tenders) == "invalid_amount"
    lines = [{"code": "W1", "quantity": "999999", "discount": 10**12}]
    assert open_corner.refused("sale", lines=lines, tenders=tenders) == "invalid_amount"
    open_corner.verify()


def test_not_reversible(open_corner: Corner) -> None:
    received = open_corner.receive("T1", "5")["number"]
    sold = open_corner.sell("T1", "22")["number"]
    opened = "BK-MTR001A-000001"
    for number in (received, opened, "ST-MTR001A-000099", "nonsense"):
        assert open_corner.refused("reverse", of=number) == "not_reversible"
    open_corner.do("refund", of=0, lines=ONE, tender="cash")
    assert open_corner.refused("reverse", of=sold) == "not_reversible"
    moved = open_corner.do("cash_move", direction="in", amount=1_000)["number"]
    open_corner.do("reverse", of=moved)
    assert open_corner.refused("reverse", of=moved) == "not_reversible"


def test_stale_shift(open_corner: Corner) -> None:
    open_corner.clock.pass_by(days=1)
    assert open_corner.refused("sale", **SALE) == "stale_shift"
    assert open_corner.do("close_shift", counted=200_000)["difference"] == 0


def test_a_script_goes_on_after_a_refusal(open_corner: Corner) -> None:
    answers = list(open_corner.player.play(iter([b"broken", b"", b'{"do":"cash_move","direction":"in","amount":5}'])))
    assert [(answer["n"], answer["ok"]) for answer in answers] == [(0, False), (1, True)]


def test_an_empty_approval_approves_nothing(open_corner: Corner) -> None:
    over = sale(kind="tab", staff="S2", amount=16_000)
    assert open_corner.refused("sale", **over, approved_by="") == "tab_limit_exceeded"
    open_corner.do("sale", **over, approved_by="Bu Rina")
