"""Two tills at one corner: what each may do with what it knows of the other."""

import pytest

from pos_app.domain.errors import (
    ManagerNeeded,
    NothingToDeduct,
    NotRefundable,
    NotReversible,
    SeveralTabs,
    TabLimitExceeded,
)
from pos_app.domain.tendering import Offer
from pos_app.ledger import corner_sales, listing, queries
from pos_app.ledger import neighbours as told
from pos_app.ledger.rebuild import rebuild
from pos_app.services import checkout, counting, deductions, neighbours, refunding
from pos_app.services.checkout import Wanted
from pos_app.services.context import User
from pos_app.services.count_posting import differences, post
from pos_app.services.counting import Scope
from pos_app.services.goods import find_product
from pos_app.services.refunding import Back, BackElsewhere
from sync.documents.refund import Refund
from tests.corner import Corner
from tests.two_tills import tell

BOSS = "boss"


def exchange(a: Corner, b: Corner) -> None:
    """Both reach the centre, and each hears of the other."""
    tell(a, b)
    tell(b, a)


def give_back(till: Corner, number: str, quantity: int = 1_000, tender: str = "cash", line: int = 0) -> Refund:
    found = refunding.refund(
        till.counter,
        number,
        [Back(line, quantity)],
        tender,  # type: ignore[arg-type]
        approved_by=BOSS,
    )
    assert isinstance(found.document, Refund)
    return found.document


def on_tab(till: Corner, quantity: int, approved_by: str | None = None) -> None:
    price = 16_000 * quantity
    wanted, offers = [Wanted("T1", quantity * 1_000)], [Offer("tab", price, staff="S1")]
    checkout.sell(till.counter, wanted, offers, approved_by=approved_by)


# Stock ----------------------------------------------------------------------------------------------------------------


def test_goods_of_the_other_till_are_on_hand_and_told_apart(a: Corner, b: Corner) -> None:
    a.receive("T1", "3")
    b.receive("T1", "2")
    exchange(a, b)
    product = find_product(a.db, "2000000000015")
    assert (product.on_hand, product.next_door, product.in_corner) == (3_000, 2_000, 5_000)
    assert product == queries.product(a.db, "T1")
    assert neighbours.shelf_words(a.db, product) == "3 di sini · 2 di Kasir B"
    assert neighbours.heard(a.db) == "Dengan Kasir B sampai 01/10/2026 08.00."


def test_who_sells_what_came_in_at_the_other_till_is_warned_only_below_the_sum(a: Corner, b: Corner) -> None:
    b.receive("T1", "2")
    exchange(a, b)
    sold = checkout.sell(a.counter, [Wanted("T1", 2_000)], [Offer("cash", 100_000)])
    assert sold.warnings == ()
    sold = checkout.sell(a.counter, [Wanted("T1", 1_000)], [Offer("cash", 100_000)])
    assert [name for name, _detail in sold.warnings] == ["below_stock"]


def test_lists_of_what_runs_low_or_is_sold_out_count_both(a: Corner, b: Corner) -> None:
    b.receive("T1", "2")
    a.receive("K1", "1")
    b.sell("K1", "1")
    exchange(a, b)
    assert [one.sku for one in listing.stock_list(a.db, "out", "", "2026-12-31")] == ["K1", "B1", "W1"]
    assert listing.stock_counts(a.db, "2026-12-31") == {"all": 4, "low": 0, "out": 3, "expiring": 0}


def test_both_sell_the_last_piece_offline_and_each_till_is_told_once(a: Corner, b: Corner) -> None:
    a.receive("T1", "1")
    exchange(a, b)
    assert neighbours.news(a.counter) is None
    a.sell("T1")
    b.sell("T1")
    exchange(a, b)
    for till in (a, b):
        product = queries.product(till.db, "T1")
        assert product is not None
        assert product.in_corner == -1_000
        news = neighbours.news(till.counter)
        assert news is not None
        assert "Keripik Pisang 200 g" in news.words()
        assert "1" in news.words()
        neighbours.was_told(till.counter)
        assert neighbours.news(till.counter) is None
        till.verify()


def test_what_was_mended_and_happens_again_is_told_again(a: Corner, b: Corner) -> None:
    b.sell("T1")
    exchange(a, b)
    neighbours.was_told(a.counter)
    b.receive("T1", "1")
    exchange(a, b)
    assert neighbours.news(a.counter) is None
    neighbours.was_told(a.counter)
    b.sell("T1")
    exchange(a, b)
    assert neighbours.news(a.counter) is not None


def test_a_count_of_the_shared_shelf_finds_nothing_missing_that_the_other_till_sold(a: Corner, b: Corner) -> None:
    a.receive("T1", "10")
    b.sell("T1", "3")
    exchange(a, b)
    a.do("count", lines=[{"sku": "T1", "counted": "7"}])
    assert a.state["stock"]["T1"] == "10"
    b.do("count", lines=[{"sku": "T1", "counted": "8"}], knowingly=True)
    exchange(a, b)
    assert (a.state["stock"]["T1"], b.state["stock"]["T1"]) == ("10", "-2")
    for till in (a, b):
        product = queries.product(till.db, "T1")
        assert product is not None
        assert product.in_corner == 8_000
        till.verify()


def test_what_a_count_finds_missing_leaves_the_till_that_has_it(a: Corner, b: Corner) -> None:
    a.receive("T1", "4")
    b.receive("T1", "2")
    exchange(a, b)
    a.do("count", lines=[{"sku": "T1", "counted": "3"}], knowingly=True)
    assert a.state["stock"]["T1"] == "1"
    lines = [{"sku": "T1", "counted": "1"}]
    assert b.refused("count", lines=lines, knowingly=True) == "missing_elsewhere"
    tell(b, a)
    b.do("count", lines=lines, knowingly=True)
    assert b.state["stock"]["T1"] == "0"
    a.verify()
    b.verify()


def test_a_whole_count_lists_and_expects_what_came_in_at_the_other_till(a: Corner, b: Corner) -> None:
    a.receive("T1", "4")
    b.receive("T1", "2")
    b.receive("K1", "5")
    exchange(a, b)
    counting.begin(a.counter, Scope("all"))
    assert [one.sku for one in counting.left(a.db)] == ["T1", "K1"]
    counting.add(a.counter, "T1", 5_000)
    b.sell("T1")
    tell(a, b)
    assert counting.add(a.counter, "T1", 1_000).moved, "what the other till sold was told between two scans"
    counting.put(a.counter, "T1", 5_000)
    counting.put(a.counter, "K1", 6_000)
    found = {one.row.sku: (one.row.expected, one.difference, one.since, one.again) for one in differences(a.db)}
    assert found == {"T1": (5_000, 0, 0, False), "K1": (5_000, 1_000, 0, False)}
    b.clock.pass_by(minutes=1)
    tell(a, b)
    post(a.counter, approved_by=BOSS)
    assert (a.state["stock"]["T1"], a.state["stock"]["K1"]) == ("4", "1")
    a.verify()


# Tabs -----------------------------------------------------------------------------------------------------------------


def test_the_tab_limit_counts_what_was_put_on_the_tab_at_both_tills(a: Corner, b: Corner) -> None:
    on_tab(b, 4)
    tell(a, b)
    assert told.tab(a.db, "S1") == 64_000
    on_tab(a, 2)
    with pytest.raises(TabLimitExceeded) as refused:
        on_tab(a, 1)
    assert refused.value.excess == 12_000
    on_tab(a, 1, approved_by=BOSS)


def test_what_the_other_till_was_repaid_makes_room_on_the_tab(a: Corner, b: Corner) -> None:
    on_tab(b, 6)
    tell(a, b)
    with pytest.raises(TabLimitExceeded):
        on_tab(a, 1)
    b.do("tab_payment", staff="S1", amount=96_000, tender="cash")
    tell(a, b)
    on_tab(a, 6)


# Refunds --------------------------------------------------------------------------------------------------------------


def test_a_sale_of_the_other_till_is_refunded_like_an_own_one(a: Corner, b: Corner) -> None:
    b.receive("T1", "5", "2026-10-09")
    b.do("set_price", sku="T1", sell_price=20_000, consign_price=17_000)
    number = b.sell("T1", "3")["number"]
    tell(a, b)
    assert [(one.quantity, one.total) for one in refunding.refundable(a.db, number)] == [(3_000, 60_000)]
    found = give_back(a, number)
    line = found.lines[0]
    assert (found.elsewhere, found.sale_number, found.sale_id) == (True, number, corner_id(b, number))
    assert (line.line, line.total, line.share) == (0, 20_000, 17_000)
    assert [(take.batch, take.expires_on) for take in line.takes] == [("NT-MTR001B-000001.0", "2026-10-09")]
    assert a.payable("P1") == -17_000
    assert [(one.quantity, one.total) for one in refunding.refundable(a.db, number)] == [(2_000, 40_000)]
    before = a.state
    a.verify()
    rebuild(a.ledger)
    assert a.state == before


def corner_id(till: Corner, number: str) -> str:
    entry = queries.entry_by_number(till.db, number)
    assert entry is not None
    return entry.id


def test_what_one_till_gave_back_the_other_gives_back_no_more(a: Corner, b: Corner) -> None:
    number = b.sell("T1", "3")["number"]
    tell(a, b)
    give_back(a, number, 2_000)
    tell(b, a)
    assert [(one.quantity, one.total) for one in refunding.refundable(b.db, number)] == [(1_000, 16_000)]
    with pytest.raises(NotRefundable):
        give_back(b, number, 2_000)
    give_back(b, number, 1_000)
    tell(a, b)
    with pytest.raises(NotRefundable):
        give_back(a, number, 1_000)
    assert [one.quantity for one in refunding.refundable(a.db, number)] == [0]
    assert (a.verify(), told.given_back_twice(a.db), told.given_back_twice(b.db)) == (2, {}, {})
    b.verify()


def test_a_line_that_is_given_back_in_parts_at_both_tills_gives_back_exactly_its_total(a: Corner, b: Corner) -> None:
    number = b.sell("W1", "0.333")["number"]
    paid = corner_sales.find(b.db, number)
    assert paid is not None
    exchange(a, b)
    given = []
    for till in (a, b, a):
        given.append(give_back(till, number, 111).lines[0])
        exchange(a, b)
    assert sum(line.total for line in given) == paid.sale.lines[0].total
    assert sum(line.share for line in given) == paid.sale.lines[0].share


def test_both_give_back_the_same_piece_offline_and_both_hear_of_it(a: Corner, b: Corner) -> None:
    number = b.sell("T1")["number"]
    exchange(a, b)
    give_back(a, number)
    give_back(b, number)
    exchange(a, b)
    for till in (a, b):
        assert [one.quantity for one in refunding.refundable(till.db, number)] == [0]
        news = neighbours.news(till.counter)
        assert news is not None
        assert news.twice == ((number, 16_000),)
        neighbours.was_told(till.counter)
        assert neighbours.news(till.counter) is None
        till.verify()


def test_a_sale_that_one_till_undid_and_the_other_gave_back_is_told(a: Corner, b: Corner) -> None:
    number = b.sell("T1")["number"]
    exchange(a, b)
    give_back(a, number)
    b.do("reverse", of=number, reason="salah")
    exchange(a, b)
    for till in (a, b):
        assert told.given_back_twice(till.db) == {number: 16_000}
        with pytest.raises(NotRefundable):
            refunding.refundable(till.db, number)


def test_a_sale_that_the_other_till_gave_back_in_part_is_not_undone_as_a_whole(a: Corner, b: Corner) -> None:
    number = b.sell("T1", "2")["number"]
    exchange(a, b)
    give_back(a, number)
    exchange(a, b)
    with pytest.raises(NotReversible):
        refunding.reverse(b.counter, number, approved_by=BOSS)


def test_a_refund_to_the_tab_that_paid_lowers_the_tab_for_both(a: Corner, b: Corner) -> None:
    on_tab(b, 3)
    tell(a, b)
    found = give_back(a, "ST-MTR001B-000001", tender="tab")
    assert (found.staff, queries.tab(a.db, "S1"), told.tab(a.db, "S1")) == ("S1", -16_000, 48_000)
    tell(b, a)
    assert (queries.tab(b.db, "S1"), told.tab(b.db, "S1")) == (48_000, -16_000)
    on_tab(b, 4)
    with pytest.raises(TabLimitExceeded):
        on_tab(b, 1)


def test_what_the_other_till_gave_back_to_the_tab_is_deducted_nowhere(a: Corner, b: Corner) -> None:
    on_tab(b, 1)
    on_tab(b, 2)
    exchange(a, b)
    give_back(a, "ST-MTR001B-000002", 1_000, tender="tab")
    tell(b, a)
    listed = deductions.hand_over(b.counter, "2026-10", "", cut_off=b.clock.now.date(), approved_by=BOSS)
    deductions.collect(b.counter, listed.number, "transfer", left_out={}, approved_by=BOSS)
    assert (queries.tab(b.db, "S1"), told.tab(b.db, "S1")) == (16_000, -16_000)
    with pytest.raises(NothingToDeduct):
        deductions.hand_over(b.counter, "2026-11", "", cut_off=b.clock.now.date(), approved_by=BOSS)
    on_tab(a, 1)
    tell(b, a)
    later = deductions.hand_over(b.counter, "2026-11", "", cut_off=b.clock.now.date(), approved_by=BOSS)
    assert [line.amount for line in later.document.lines] == [16_000]
    b.verify()


def test_goods_bought_outright_come_back_at_the_cost_at_which_they_were_sold(a: Corner, b: Corner) -> None:
    b.receive("B1", "4")
    number = b.sell("B1", "2")["number"]
    tell(a, b)
    line = give_back(a, number).lines[0]
    assert (line.cost, line.share, line.takes[0].batch) == (2_000, 0, "PU-MTR001A-000001.0")
    a.verify()
    rebuild(a.ledger)
    a.verify()


def test_a_cashier_needs_a_manager_for_a_refund_wherever_the_sale_was_made(a: Corner, b: Corner) -> None:
    number = b.sell("T1")["number"]
    tell(a, b)
    a.counter.user = User("U1", "kasir")
    with pytest.raises(ManagerNeeded):
        refunding.refund(a.counter, number, [Back(0, 1_000)], "cash")


def test_a_sale_that_is_known_is_not_refunded_by_its_paper(a: Corner, b: Corner) -> None:
    number = b.sell("T1")["number"]
    goods = [BackElsewhere("T1", 1_000, 16_000)]
    unknown = number.replace("1", "9", 1)
    tell(a, b)
    with pytest.raises(NotRefundable):
        refunding.refund_elsewhere(a.counter, number, goods, "cash", approved_by=BOSS)
    refunding.refund_elsewhere(a.counter, unknown, goods, "cash", approved_by=BOSS)


def test_a_script_refunds_the_other_tills_sale_by_its_number(a: Corner, b: Corner) -> None:
    number = b.sell("T1", "2")["number"]
    assert a.refused("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash") == "not_refundable"
    tell(a, b)
    assert a.do("refund", of=number, lines=[{"line": 0, "quantity": "2"}], tender="cash")["total"] == 32_000
    assert a.refused("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash") == "not_refundable"


def test_a_sale_on_two_tabs_is_refunded_to_neither_of_them_here_too(a: Corner, b: Corner) -> None:
    offers = [Offer("tab", 8_000, staff="S1"), Offer("tab", 8_000, staff="S2")]
    checkout.sell(b.counter, [Wanted("T1", 1_000)], offers, approved_by=BOSS)
    tell(a, b)
    with pytest.raises(SeveralTabs):
        give_back(a, "ST-MTR001B-000001", tender="tab")
