"""The twelve rules the figures follow, each at the counter."""

from decimal import Decimal

from pos_app.ledger import queries
from sync.documents.money import Settlement
from tests.corner import Corner


def payables(corner: Corner) -> tuple[int, int]:
    return corner.payable("P1"), corner.payable("P2")


def test_rule_1_a_line_is_rounded_once(open_corner: Corner) -> None:
    answer = open_corner.sell("W1", "0.375")
    assert (answer["total"], answer["rounding"]) == (11_250, 50)


def test_rule_2_titip_share_is_the_consign_price(open_corner: Corner) -> None:
    open_corner.sell("W1", "0.375")
    assert open_corner.payable("P1") == 10_688
    assert open_corner.state["commission"] == 562


def test_rule_3_komisi_rounds_the_commission_and_leaves_the_rest(open_corner: Corner) -> None:
    open_corner.sell("K1", "3")
    assert open_corner.payable("P2") == 20_000 + 19_687
    assert open_corner.state["commission"] == 2_813


def test_rule_4_only_cash_is_rounded_and_only_once(open_corner: Corner) -> None:
    lines = [{"code": "W1", "quantity": "0.375"}]
    tenders = [{"kind": "qris", "amount": 1_005, "reference": "R"}, {"kind": "cash", "amount": 20_000}]
    answer = open_corner.do("sale", lines=lines, tenders=tenders)
    assert (answer["total"], answer["rounding"], answer["change"]) == (11_250, -45, 9_800)
    state = open_corner.state
    assert state["tenders"] == {"cash": 10_200, "qris": 1_005, "tab": 0}
    assert state["drawer"] == 210_200
    assert (state["gross"], state["commission"]) == (11_250, 562)


def test_rule_4_the_cash_step_may_be_500(open_corner: Corner) -> None:
    open_corner.counter.cash_step = 500
    answer = open_corner.sell("W1", "0.375", cash=11_500)
    assert (answer["rounding"], answer["change"]) == (250, 0)


def test_rule_5_refunds_in_parts_give_back_exactly_the_line(open_corner: Corner) -> None:
    open_corner.sell("K1", "3")
    totals = [
        open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")["total"] for _ in range(3)
    ]
    assert totals == [7_500, 7_500, 7_500]
    state = open_corner.state
    assert (state["payable"]["P2"], state["commission"], state["gross"]) == (20_000, 0, 0)
    assert state["stock"]["K1"] == "12"


def test_rule_5_a_cash_refund_is_not_rounded(open_corner: Corner) -> None:
    open_corner.sell("W1", "0.375")
    drawer = open_corner.state["drawer"]
    answer = open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "0.125"}], tender="cash")
    assert answer["total"] == 3_750
    answer = open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "0.001"}], tender="cash")
    assert answer["total"] == 30
    assert open_corner.state["drawer"] == drawer - 3_780


def test_a_settlement_tells_goods_that_only_a_count_found_in_their_own_unit(open_corner: Corner) -> None:
    on_hand = Decimal(open_corner.state["stock"].get("W1", "0"))
    open_corner.do("count", lines=[{"sku": "W1", "counted": str(on_hand + Decimal("2.5"))}])
    open_corner.sell("T1")
    number = open_corner.do("settle", producer="P1", tender="transfer")["number"]
    entry = queries.entry_by_number(open_corner.db, number)
    assert entry is not None
    assert isinstance(entry.document, Settlement)
    assert [(line.sku, line.unit, line.lost) for line in entry.document.goods if line.sku == "W1"] == [
        ("W1", "kg", -2_500)
    ]


def test_rule_6_cash_settlements_pay_whole_steps_and_carry_the_rest(open_corner: Corner) -> None:
    open_corner.sell("W1", "0.375")
    answer = open_corner.do("settle", producer="P1", tender="cash")
    assert (answer["paid"], answer["remaining"]) == (10_600, 88)
    assert open_corner.payable("P1") == 88
    assert open_corner.refused("settle", producer="P1", tender="cash") == "nothing_payable"
    assert open_corner.do("settle", producer="P1", tender="transfer")["paid"] == 88
    assert open_corner.refused("settle", producer="P1", tender="transfer") == "nothing_payable"


def test_rule_6_what_the_corner_keeps_is_taken_off_before_whole_steps_are_paid(open_corner: Corner) -> None:
    open_corner.sell("W1", "0.375")
    kept = [{"reason": "packaging", "amount": 1_250}, {"reason": "stand_fee", "amount": 500}]
    before = open_corner.state["drawer"]
    answer = open_corner.do("settle", producer="P1", tender="cash", deductions=kept)
    assert (answer["paid"], answer["deducted"], answer["remaining"]) == (8_900, 1_750, 38)
    assert open_corner.payable("P1") == 38
    assert open_corner.state["drawer"] == before - 8_900
    assert queries.balance(open_corner.db, "other_income") == -1_750
    rest = [{"reason": "labels", "amount": 38}]
    assert open_corner.do("settle", producer="P1", tender="cash", deductions=rest)["paid"] == 0
    assert open_corner.payable("P1") == 0
    open_corner.do("reverse", of="BP-MTR001A-000001")
    assert open_corner.payable("P1") == 10_650
    assert queries.balance(open_corner.db, "other_income") == -38


def test_rule_6_never_more_is_kept_than_is_owed(open_corner: Corner) -> None:
    open_corner.sell("W1", "0.375")
    kept = [{"reason": "advance", "amount": 10_689}]
    assert open_corner.refused("settle", producer="P1", tender="cash", deductions=kept) == "deducted_too_much"
    kept = [{"reason": "advance", "amount": 0}]
    assert open_corner.refused("settle", producer="P1", tender="cash", deductions=kept) == "invalid_amount"
    kept = [{"reason": "gift", "amount": 5}]
    assert open_corner.refused("settle", producer="P1", tender="cash", deductions=kept) == "malformed_action"
    open_corner.do("settle", producer="P1", tender="transfer")
    kept = [{"reason": "advance", "amount": 5}]
    assert open_corner.refused("settle", producer="P1", tender="cash", deductions=kept) == "nothing_payable"


def test_rule_6_an_advance_that_is_kept_is_neither_spent_nor_earned(open_corner: Corner) -> None:
    """It went out of the drawer as money spent; what is kept of the payment brings that back."""
    open_corner.do("cash_move", direction="out", amount=5_000, reason="other")
    open_corner.sell("T1", "2")
    kept = [{"reason": "advance", "amount": 5_000}, {"reason": "labels", "amount": 800}]
    answer = open_corner.do("settle", producer="P1", tender="cash", deductions=kept)
    assert (answer["paid"], answer["deducted"], open_corner.payable("P1")) == (23_000, 5_800, 0)
    assert queries.balance(open_corner.db, "expenses") == 0
    assert queries.balance(open_corner.db, "other_income") == -800
    open_corner.do("reverse", of="BP-MTR001A-000001")
    assert queries.balance(open_corner.db, "expenses") == 5_000
    open_corner.verify()


def test_rule_6_the_payable_grows_when_goods_are_sold_on_the_tab(open_corner: Corner) -> None:
    lines, tenders = [{"code": "T1", "quantity": "1"}], [{"kind": "tab", "staff": "S1", "amount": 16_000}]
    open_corner.do("sale", lines=lines, tenders=tenders)
    assert open_corner.payable("P1") == 14_400
    assert open_corner.state["tabs"] == {"S1": 16_000}


def test_rule_7_expected_cash_counts_every_movement_of_the_drawer(open_corner: Corner) -> None:
    open_corner.sell("T1", "2", cash=50_000)
    open_corner.do(
        "sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[{"kind": "tab", "staff": "S1", "amount": 16_000}]
    )
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    open_corner.do("tab_payment", staff="S1", amount=10_000, tender="cash")
    open_corner.do("tab_payment", staff="S1", amount=1_000, tender="qris")
    open_corner.do("cash_move", direction="in", amount=50_000)
    open_corner.do("cash_move", direction="out", amount=20_000, safe=True)
    paid = open_corner.do("settle", producer="P1", tender="cash")["paid"]
    expected = 200_000 + 32_000 - 16_000 + 10_000 + 50_000 - 20_000 - paid
    assert open_corner.state["drawer"] == expected
    answer = open_corner.do("close_shift", counted=expected - 500)
    assert (answer["expected"], answer["difference"]) == (expected, -500)
    assert open_corner.state["drawer"] == 0


def test_rule_8_a_discount_of_the_corner_leaves_the_share(open_corner: Corner) -> None:
    open_corner.sell("T1", "2", discount=4_000)
    assert open_corner.payable("P1") == 28_800
    assert open_corner.state["commission"] == -800


def test_rule_8_a_discount_of_the_producer_lowers_the_share_not_below_zero(open_corner: Corner) -> None:
    open_corner.sell("T1", "1", discount=1_000, borne_by="producer")
    assert (open_corner.payable("P1"), open_corner.state["commission"]) == (13_400, 1_600)
    open_corner.sell("T1", "1", discount=15_000, borne_by="producer")
    assert (open_corner.payable("P1"), open_corner.state["commission"]) == (13_400, 2_600)


def test_rule_8_komisi_takes_the_commission_on_the_discounted_total(open_corner: Corner) -> None:
    open_corner.sell("K1", "1", discount=500, borne_by="producer")
    assert (open_corner.payable("P2") - 20_000, open_corner.state["commission"]) == (6_125, 875)


def test_rule_8_a_discount_on_bought_goods_is_always_the_corners(open_corner: Corner) -> None:
    open_corner.sell("B1", "1", discount=500, borne_by="producer")
    assert (open_corner.payable("P2"), open_corner.state["margin"]) == (20_000, 500)


def test_rule_9_bought_goods_are_owed_when_received_and_leave_first_in_first_out(open_corner: Corner) -> None:
    assert open_corner.payable("P2") == 20_000
    open_corner.do("set_price", sku="B1", sell_price=3_000, consign_price=2_500)
    open_corner.receive("B1", "4")
    assert open_corner.payable("P2") == 30_000
    open_corner.sell("B1", "12")
    state = open_corner.state
    assert (state["margin"], state["commission"]) == (36_000 - 20_000 - 5_000, 0)
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    assert open_corner.state["margin"] == 11_000 - (3_000 - 2_083)
    open_corner.sell("B1", "1")
    assert open_corner.state["margin"] == 11_000
    assert open_corner.payable("P2") == 30_000


def test_rule_9_losses_take_from_the_lots_and_leave_the_margin_alone(open_corner: Corner) -> None:
    open_corner.do("write_off", lines=[{"sku": "B1", "quantity": "4"}])
    state = open_corner.state
    assert (state["margin"], state["payable"]["P2"], state["stock"]["B1"]) == (0, 20_000, "6")


def test_rule_10_a_loss_is_the_producers_unless_the_corner_bears_it(open_corner: Corner) -> None:
    open_corner.do("write_off", lines=[{"sku": "T1", "quantity": "1"}, {"sku": "K1", "quantity": "1"}])
    assert payables(open_corner) == (0, 20_000)
    open_corner.do(
        "write_off",
        lines=[
            {"sku": "T1", "quantity": "1", "borne_by": "corner"},
            {"sku": "K1", "quantity": "1", "borne_by": "corner"},
        ],
    )
    assert payables(open_corner) == (14_400, 26_562)
    assert open_corner.state["commission"] == 0


def test_rule_10_a_count_that_finds_less_is_a_loss(open_corner: Corner) -> None:
    open_corner.do("count", lines=[{"sku": "W1", "counted": "9.875", "borne_by": "corner"}])
    assert open_corner.payable("P1") == 3_563
    assert open_corner.state["stock"]["W1"] == "9.875"


def test_rule_10_more_than_is_in_stock_cannot_be_written_off(open_corner: Corner) -> None:
    lines = [{"sku": "T1", "quantity": "12"}, {"sku": "T1", "quantity": "9"}]
    assert open_corner.refused("write_off", lines=lines) == "exceeds_stock"


def test_rule_11_a_count_that_finds_more_changes_stock_only(open_corner: Corner) -> None:
    before = open_corner.state
    open_corner.do("count", lines=[{"sku": "T1", "counted": "25"}])
    after = open_corner.state
    assert after["stock"].pop("T1") == "25"
    before["stock"].pop("T1")
    before.pop("journal")
    after.pop("journal")
    assert after == before


def test_rule_12_the_paper_book_is_taken_over_without_a_shift_and_without_cash(corner: Corner) -> None:
    corner.do("opening", payable={"P1": 50_000}, tabs={"S1": 20_000})
    state = corner.state
    assert (state["payable"], state["tabs"], state["drawer"]) == ({"P1": 50_000}, {"S1": 20_000}, 0)
    corner.do("open_shift", float=100_000)
    assert corner.do("settle", producer="P1", tender="cash")["paid"] == 50_000
    assert corner.do("tab_payment", staff="S1", amount=20_000, tender="cash")["ok"]


def test_rule_12_after_the_first_sale_the_paper_book_is_closed(open_corner: Corner) -> None:
    open_corner.sell("T1")
    assert open_corner.refused("opening", payable={"P1": 1}) == "opening_too_late"


def test_rule_5_every_piece_of_a_nearly_free_line_can_come_back(open_corner: Corner) -> None:
    """Two rupiah over four pieces: the parts are rounded up until nothing is left."""
    tenders = [{"kind": "qris", "amount": 2, "reference": "R"}]
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "4", "discount": 63_998}], tenders=tenders)
    one = [{"line": 0, "quantity": "1"}]
    totals = [open_corner.do("refund", of=0, lines=one, tender="cash")["total"] for _ in range(4)]
    assert totals == [1, 1, 0, 0]
    assert (open_corner.state["gross"], open_corner.payable("P1"), open_corner.state["commission"]) == (0, 0, 0)
    assert open_corner.state["stock"]["T1"] == "20"
    open_corner.verify()
