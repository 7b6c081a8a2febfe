"""Money of both histories of a till that was restored and sold on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger import qris_money, queries
from pos_app.ledger.verify import verify
from pos_app.services import deductions, matching, rejoin_wording
from sync.documents.reversal import Reversal
from tests.corner import Corner
from tests.services.forked_corner import forked
from tests.services.joining import Script, close_and_open, everything_again, join, qris_sale, sell, tab_sale


def test_a_producer_paid_in_both_histories_owes_and_the_next_slip_shows_it(open_corner: Corner, tmp_path: Path) -> None:
    open_corner.sell("T1", "5")
    both = forked(
        open_corner,
        tmp_path,
        lambda one: one.do("settle", producer="P1", tender="transfer"),
        lambda one: one.do("settle", producer="P1", tender="transfer"),
    )
    done = join(both)
    assert done.paid_twice == ("P1",)
    assert done.owing == (("P1", 72_000),)
    assert both.till.payable("P1") == -72_000
    both.till.receive("T1", "20")
    both.till.sell("T1", "10")
    slip = both.till.do("settle", producer="P1", tender="transfer")
    assert both.till.payable("P1") == 0
    body = both.till.db.execute("SELECT body FROM journal WHERE seq = ?", (slip["seq"],)).fetchone()[0]
    assert b'"carried_over":-72000' in body
    assert both.till.verify()


def test_a_payment_of_what_the_other_history_paid_later_stays_whole(open_corner: Corner, tmp_path: Path) -> None:
    open_corner.sell("T1", "5")

    def sells_and_settles(one: Corner) -> None:
        one.sell("T1", "4")
        one.do("settle", producer="P1", tender="transfer")

    both = forked(open_corner, tmp_path, sells_and_settles, lambda one: one.do("settle", producer="P1", tender="cash"))
    join(both)
    both.till.sell("T1", "6")
    both.till.do("settle", producer="P1", tender="transfer")
    both.till.do("settle", producer="P2", tender="transfer") if both.till.payable("P2") > 0 else None
    assert both.till.payable("P1") == 0
    assert both.till.verify()


def test_a_sale_refunded_in_both_histories_is_refunded_twice_and_no_third_time(
    open_corner: Corner, tmp_path: Path
) -> None:
    sale = open_corner.sell("T1", "2")
    back = {"of": sale["number"], "lines": [{"line": 0, "quantity": "2"}], "tender": "cash"}
    both = forked(open_corner, tmp_path, lambda one: one.do("refund", **back), lambda one: one.do("refund", **back))
    join(both)
    assert both.till.state["refunds"] == 2
    assert both.till.refused("refund", **back) == "not_refundable"


@pytest.mark.parametrize("twice", [False, True])
def test_a_document_taken_back_in_both_histories_counts_once_unless_it_was_done_twice(
    open_corner: Corner, tmp_path: Path, twice: bool
) -> None:
    sale, safe = open_corner.sell("T1", "2"), open_corner.do("cash_move", direction="out", amount=10_000, reason="es")

    def takes_back(one: Corner) -> None:
        for document in (sale, safe):
            one.do("reverse", of=document["number"], reason="mistyped")
        one.sell("T1", "5")
        one.do("settle", producer="P1", tender="transfer")

    both = forked(open_corner, tmp_path, takes_back, takes_back)
    numbers = ("BT-MTR001A2-000001", "BT-MTR001A2-000002")
    before = both.till.state
    done = both.rejoin(numbers if twice else ())
    assert done.entered.undone == dict(zip(numbers, (sale["number"], safe["number"]), strict=True))
    state = both.till.state
    assert state["stock"]["T1"] == ("12" if twice else "10")
    assert state["drawer"] - before["drawer"] == (0 if twice else 32_000 - 10_000)
    assert both.till.payable("P1") == (-2 * 14_400 if twice else 0)
    close_and_open(both.till)
    everything_again(both.till)
    assert both.till.verify() == both.till.ledger.head().seq


def payment(corner: Corner) -> str:
    corner.sell("T1", "5")
    return str(corner.do("settle", producer="P1", tender="transfer")["number"])


def treasurers_list(corner: Corner) -> str:
    tab_sale(corner)
    return deductions.hand_over(corner.counter, "2026-10", "", cut_off=corner.clock().date(), approved_by="m").number


def collected(corner: Corner) -> str:
    return deductions.collect(corner.counter, treasurers_list(corner), "cash", approved_by="m").number


def matched(corner: Corner) -> str:
    sold = qris_sale(corner)
    return matching.match(corner.counter, [sold["seq"]], 15_900).number


def delivery(corner: Corner) -> str:
    return str(corner.receive("T1", "5")["number"])


@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("make", [payment, treasurers_list, collected, matched, delivery])
def test_every_kind_that_both_histories_took_back_is_put_together(
    open_corner: Corner, tmp_path: Path, make: Callable[[Corner], str], twice: bool
) -> None:
    number = make(open_corner)

    def takes_back(one: Corner) -> None:
        one.do("reverse", of=number, reason="mistyped")
        sell(one)

    both = forked(open_corner, tmp_path, takes_back, takes_back)
    done = both.rejoin(("BT-MTR001A2-000001",) if twice else ())
    assert done.entered.undone == {"BT-MTR001A2-000001": number}
    close_and_open(both.till)
    assert both.till.verify() == both.till.ledger.head().seq


def test_a_reversal_of_nothing_is_found_in_a_ledger_of_one_history(open_corner: Corner) -> None:
    sale = open_corner.sell("T1", "2")
    with open_corner.ledger.write() as tx:
        entry = queries.entry_by_number(tx.db, sale["number"])
        assert entry is not None
        nothing = Reversal(
            number="BT-MTR001A-000001",
            original_id=entry.id,
            original_number=sale["number"],
            original_kind="sale",
            postings=(),
        )
        tx.append(nothing, document_id="empty", at=open_corner.clock(), cashier="k1")
    with pytest.raises(DamagedLedger, match="opposite"):
        verify(open_corner.ledger)


def test_qris_money_matched_in_both_histories(open_corner: Corner, tmp_path: Path) -> None:
    for _number in range(3):
        qris_sale(open_corner)

    def matches(*seqs: int) -> Script:
        def run(one: Corner) -> None:
            qris_sale(one)
            matching.match(one.counter, list(seqs), 15_900 * len(seqs))

        return run

    both = forked(open_corner, tmp_path, matches(6, 9), matches(6, 7))
    both.rejoin()
    opened = dict(qris_money.open_entries(both.till.db))
    assert set(opened) >= {7, 8}
    assert (
        sum(opened.values()) == both.till.db.execute("SELECT amount FROM balances WHERE account = 'qris'").fetchone()[0]
    )
    matching.match(both.till.counter, sorted(opened), sum(opened.values()))
    assert both.till.verify()


def balances(corner: Corner) -> dict[str, int]:
    return {row[0]: row[1] for row in corner.db.execute("SELECT account, amount FROM balances")}


def test_money_matched_in_both_histories_comes_to_the_bank_once_and_is_told(
    open_corner: Corner, tmp_path: Path
) -> None:
    sales = [qris_sale(open_corner) for _number in range(2)]

    def matches(*some: dict[str, Any]) -> Script:
        def run(one: Corner) -> None:
            match = matching.match(one.counter, [sale["seq"] for sale in some], 15_900 * len(some))
            one.sell("T1")
            if len(some) == 1:
                one.do("reverse", of=match.number, reason="mistyped")
                matching.match(one.counter, [some[0]["seq"]], 15_900)

        return run

    both = forked(open_corner, tmp_path, matches(sales[0]), matches(*sales))
    done = both.rejoin()
    assert done.entered.matched == {"CQ-MTR001A2-000001": [sales[0]["number"]]}
    assert balances(both.till)["bank"] == 15_900
    assert qris_money.open_entries(both.till.db) == [(sales[1]["seq"], 16_000)]
    assert any("CQ-MTR001A2-000001" in told for told in rejoin_wording.to_do(done))
    matching.match(both.till.counter, [sales[1]["seq"]], 15_900)
    assert both.till.verify()


@pytest.mark.parametrize("twice", [False, True])
def test_a_list_collected_in_both_histories_is_paid_once_unless_it_was_brought_twice(
    open_corner: Corner, tmp_path: Path, twice: bool
) -> None:
    listed = treasurers_list(open_corner)

    def collects(one: Corner) -> None:
        deductions.collect(one.counter, listed, "cash", approved_by="m")

    both = forked(open_corner, tmp_path, collects, collects)
    done = both.rejoin(("PG-MTR001A2-000001",) if twice else ())
    assert done.entered.undone == {"PG-MTR001A2-000001": listed}
    assert balances(both.till).get("tab:S1", 0) == (-7_500 if twice else 0)
    assert done.overpaid == ((("S1", 7_500),) if twice else ())
    assert sum(listed in told for told in rejoin_wording.to_do(done)) == 1
    tab_sale(both.till)
    treasurers_list(both.till) if not twice else None
    assert both.till.verify()


def test_goods_of_a_sale_that_came_back_in_both_histories_are_told(open_corner: Corner, tmp_path: Path) -> None:
    sales = [open_corner.sell("T1", "2"), open_corner.sell("T1", "2")]

    def refunds(one: Corner) -> None:
        one.do("refund", of=sales[0]["number"], lines=[{"line": 0, "quantity": "1"}], tender="cash")
        one.do("refund", of=sales[1]["number"], lines=[{"line": 0, "quantity": "2"}], tender="cash")

    done = join(forked(open_corner, tmp_path, refunds, refunds))
    assert done.returned == (sales[1]["number"],)
    assert any(sales[1]["number"] in told for told in rejoin_wording.to_do(done))


def test_lists_for_the_treasurer_in_both_histories(open_corner: Corner, tmp_path: Path) -> None:
    tab_sale(open_corner)

    def lists(one: Corner) -> None:
        tab_sale(one)
        listed = deductions.hand_over(one.counter, "2026-10", "", cut_off=one.clock().date(), approved_by="m")
        deductions.collect(one.counter, listed.number, "cash", approved_by="m")

    both = forked(open_corner, tmp_path, lists, lists)
    join(both)
    assert both.till.state["tabs"]["S1"] == -7_500
    tab_sale(both.till)
    assert both.till.verify()
