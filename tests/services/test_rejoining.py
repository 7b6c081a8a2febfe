"""A till that was restored and sold on joins the centre's history again: nothing is lost, nothing doubled."""

import random
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.domain.errors import DamagedLedger, JoiningCutOff
from pos_app.ledger import backup, epochs, qris_money, queries, salvage
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.schema import REGISTRY
from pos_app.ledger.verify import verify
from pos_app.services import deductions, matching, rejoin_wording, rejoining, repairing
from pos_app.services.figures import current_state
from pos_app.services.rejoining import CannotRejoin, NothingApproved
from sync.documents.reversal import Reversal
from sync.documents.state import Books
from sync.protocol.entry import entry_hash, read_body
from sync.protocol.epochs import prev_of, read_approval
from sync.protocol.messages import EPOCH, Approval
from sync.protocol.wire import seal
from tests.corner import Corner
from tests.services.forked_corner import Forked, forked, pages_after, reopened

Script = Callable[[Corner], Any]
DRAWER = ("cash", "safe", "over_short")


def sums(books: Books | Mapping[str, int]) -> dict[str, int]:
    """Balances, those of the drawer and the safe in one: putting shifts in order moves money between them."""
    found = {name: amount for name, amount in dict(books).items() if amount and name not in DRAWER}
    return found | {"drawer and safe": sum(dict(books).get(name, 0) for name in DRAWER)}


def check_joined(both: Forked, expected: Books, drawer: int) -> None:
    """Everything that the documents of both histories say is in the books, once."""
    till, state = both.till, both.till.state
    balances = dict(till.db.execute("SELECT account, amount FROM balances").fetchall())
    assert sums(balances) == sums(expected.balances)
    stock = till.db.execute("SELECT sku, sum(quantity) FROM stock GROUP BY sku").fetchall()
    assert {sku: amount for sku, amount in stock if amount} == {k: v for k, v in expected.stock.items() if v}
    figures = [figures for _date, figures in expected.days.items()]
    for name in ("sales", "refunds", "gross", "commission", "margin"):
        assert state[name] == sum(day.get(name, 0) for day in figures), name
    assert state["drawer"] == drawer
    assert till.verify() == till.ledger.head().seq
    assert LedgerStore(till.ledger).standing().acked_seq == both.centre.ledger.head().seq


def join(both: Forked) -> rejoining.Rejoined:
    """Repair, and check all sums against those of the documents."""
    expected, drawer = both.books(), both.till.state["drawer"]
    done = both.rejoin()
    check_joined(both, expected, drawer)
    return done


def qris_sale(corner: Corner) -> dict[str, Any]:
    tenders = [{"kind": "qris", "amount": 16_000}]
    return corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)


def tab_sale(corner: Corner, staff: str = "S1") -> dict[str, Any]:
    tenders = [{"kind": "tab", "staff": staff, "amount": 7_500}]
    return corner.do("sale", lines=[{"code": "K1", "quantity": "1"}], tenders=tenders)


def settle(corner: Corner) -> None:
    corner.sell("T1", "2")
    corner.do("settle", producer="P1", tender="cash")


def close(corner: Corner) -> None:
    corner.sell("K1")
    corner.do("close_shift", counted=corner.state["drawer"] - 1_500)


def close_and_open(corner: Corner) -> None:
    close(corner)
    corner.clock.pass_by(minutes=2)
    corner.do("open_shift", float=150_000)
    corner.sell("B1", "2")


def sell(corner: Corner) -> None:
    corner.sell("T1", "3")
    corner.sell("K1", "1", cash=7_500)


def everything(corner: Corner) -> None:
    """A document of nearly every kind, those that refer to others included."""
    first = corner.sell("T1", "3")
    corner.do("refund", of=first["number"], lines=[{"line": 0, "quantity": "1"}], tender="cash")
    wrong = corner.sell("K1")
    corner.do("reverse", of=wrong["number"], reason="wrong tender")
    tab_sale(corner)
    corner.do("tab_payment", staff="S1", amount=2_500, tender="cash")
    corner.do("cash_move", direction="out", amount=10_000, reason="es batu")
    corner.receive("B1", "4")
    corner.do("return_goods", producer="P1", lines=[{"sku": "W1", "quantity": "2", "reason": "unsold"}])
    corner.do("write_off", lines=[{"sku": "K1", "quantity": "1", "reason": "damaged"}])
    corner.do("set_price", sku="T1", sell_price=17_000, consign_price=15_000)
    corner.do("settle", producer="P1", tender="cash")
    corner.sell("T1")
    corner.do("settle", producer="P2", tender="transfer")


SCRIPTS: dict[str, Script] = {
    "sells": sell,
    "settles": settle,
    "closes": close,
    "closes and opens": close_and_open,
    "does everything": everything,
}


@pytest.mark.parametrize("till", SCRIPTS)
@pytest.mark.parametrize("centre", SCRIPTS)
def test_all_of_both_histories_is_in_the_books_once(
    open_corner: Corner, tmp_path: Path, centre: str, till: str
) -> None:
    both = forked(open_corner, tmp_path, SCRIPTS[centre], SCRIPTS[till])
    kept = both.till.db.execute("SELECT document_id FROM journal").fetchall()
    done = join(both)
    now = {row[0] for row in both.till.db.execute("SELECT document_id FROM journal")}
    assert now >= {row[0] for row in kept}
    assert done.entered.numbers
    assert done.aside is not None
    with closing(Ledger.open(done.aside)) as old:
        assert old.db.execute("SELECT document_id FROM journal").fetchall() == kept


@pytest.mark.parametrize("till", ["opens", "receives"])
@pytest.mark.parametrize("centre", ["opens", "receives"])
def test_no_shift_was_open_where_the_histories_part(corner: Corner, tmp_path: Path, centre: str, till: str) -> None:
    def opens(one: Corner) -> None:
        one.do("open_shift", float=100_000)
        one.sell("T1")

    scripts: dict[str, Script] = {"opens": opens, "receives": lambda one: one.receive("T1", "5")}
    corner.receive("T1", "5")
    done = join(forked(corner, tmp_path, scripts[centre], scripts[till]))
    assert bool(done.entered.closed) == (centre == "opens")
    assert not done.entered.opened


@pytest.mark.parametrize(
    ("centre", "till", "later"),
    [
        ("sells", "settles", "settles"),
        ("does everything", "does everything", "does everything"),
        ("closes and opens", "closes and opens", "closes and opens"),
        ("settles", "does everything", "sells"),
    ],
)
def test_a_till_that_joined_joins_anew_where_the_centre_went_on_before_it_heard_of_it(
    open_corner: Corner, tmp_path: Path, centre: str, till: str, later: str
) -> None:
    """Each document stays right in the order in which it was recorded, however often it is entered again."""
    open_corner.receive("T1", "90")
    both = forked(open_corner, tmp_path, SCRIPTS[centre], SCRIPTS[till])
    join(both)
    for _round in range(2):
        both.till.sell("T1", "9")
        settle(both.till)
        SCRIPTS[later](both.centre)
        both.look_again()
        done = join(both)
        assert not done.entered.there
    afters = {read_body(row[0]).after for row in both.till.db.execute("SELECT body FROM journal")}
    assert len(afters) == 3, "two heads of the centre that did not last, and the fork itself"
    both.till.sell("T1")
    assert both.till.verify()


def test_a_fork_before_the_first_entry(corner: Corner, tmp_path: Path) -> None:
    both = forked(corner, tmp_path, lambda one: one.receive("T1", "5"), lambda one: one.receive("K1", "5"))
    assert both.base == 0
    join(both)


def test_what_comes_after_goes_on_as_ever(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, everything, everything)
    join(both)
    everything_again(both.till)
    assert both.till.verify() == both.till.ledger.head().seq


def everything_again(corner: Corner) -> None:
    corner.clock.pass_by(minutes=5)
    corner.receive("T1", "10")
    sell(corner)
    corner.sell("T1", "10")
    tab_sale(corner, "S1")
    corner.do("count", lines=[{"sku": "T1", "counted": "2"}, {"sku": "K1", "counted": "1"}])
    corner.do("settle", producer="P1", tender="transfer")
    close_and_open(corner)


# Money ---------------------------------------------------------------------------------------------------------------


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


# Goods ---------------------------------------------------------------------------------------------------------------


def counts_t1(found: int, bearer: str = "producer") -> Script:
    """Goods of which the books had 20."""
    return lambda one: one.do("count", lines=[{"sku": "T1", "counted": str(found), "borne_by": bearer}])


@pytest.mark.parametrize(
    ("centre", "found", "joined"),
    [
        (lambda one: one.receive("T1", "10"), 20, 30),  # came after the count, or before and was not found
        (lambda one: one.receive("T1", "10"), 30, 30),  # came before it
        (lambda one: one.receive("T1", "10"), 33, 33),
        (lambda one: one.receive("T1", "10"), 18, 28),
        (lambda one: one.sell("T1", "3"), 20, 17),
        (lambda one: one.sell("T1", "3"), 17, 17),  # sold before it: nothing is lost
        (lambda one: one.sell("T1", "3"), 18, 17),
        (lambda one: one.sell("T1", "3"), 15, 15),
        (lambda one: one.sell("T1", "3"), 22, 19),
        (lambda one: (one.sell("T1", "3"), one.receive("T1", "10")), 17, 27),
        (lambda one: (one.sell("T1", "3"), one.receive("T1", "10")), 27, 27),
        (lambda one: (one.sell("T1", "3"), one.receive("T1", "10")), 15, 25),
    ],
)
def test_a_count_books_only_what_nothing_of_the_other_history_explains(
    open_corner: Corner, tmp_path: Path, centre: Script, found: int, joined: int
) -> None:
    """Wherever in the other history it was made, and whatever the clocks say."""
    both = forked(open_corner, tmp_path, centre, counts_t1(found))
    done = both.rejoin()
    assert done.entered.recount == {"T1": "Keripik Pisang 200 g"}
    assert float(both.till.state["stock"]["T1"]) == joined
    assert both.till.verify()


def test_a_count_of_goods_that_only_one_history_moved_stays_as_it_was(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        one.sell("T1", "2")
        one.do("count", lines=[{"sku": "T1", "counted": "15"}])

    both = forked(open_corner, tmp_path, lambda one: one.sell("K1", "3"), counts)
    before = bodies_of(both.till, "stock_count")
    done = join(both)
    assert not done.entered.recount
    after = bodies_of(both.till, "stock_count")
    assert [line.missing for line in after[0].lines] == [line.missing for line in before[0].lines]


def bodies_of(corner: Corner, kind: str) -> list[Any]:
    rows = corner.db.execute("SELECT body FROM journal ORDER BY seq").fetchall()
    return [read_body(row[0]).document() for row in rows if read_body(row[0]).kind == kind]


def test_counts_one_after_the_other_miss_no_more_than_they_did(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        counts_t1(16, "corner")(one)
        one.sell("T1", "2")
        counts_t1(12, "corner")(one)
        counts_t1(12)(one)
        one.do("settle", producer="P1", tender="transfer")
        one.do("write_off", lines=[{"sku": "T1", "quantity": "12", "reason": "damaged"}])

    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "3"), counts)
    both.rejoin()
    first, second, third = (document.lines[0].missing for document in bodies_of(both.till, "stock_count"))
    assert (first.quantity, second.quantity, third) == (1_000, 2_000, None)
    assert (first.share, second.share) == (14_400, 28_800)
    assert both.till.verify()
    close_and_open(both.till)
    assert both.till.verify()


def test_a_count_that_was_taken_back_is_taken_back_as_it_is_now(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        counted = one.do("count", lines=[{"sku": "T1", "counted": "15"}])
        one.do("reverse", of=counted["number"], reason="mistyped")

    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "2"), counts)
    both.rejoin()
    assert both.till.state["stock"]["T1"] == "18"
    assert both.till.verify()


def test_goods_sold_below_zero_in_one_and_covered_in_both(open_corner: Corner, tmp_path: Path) -> None:
    open_corner.sell("T1", "23")
    both = forked(open_corner, tmp_path, lambda one: one.receive("T1", "10"), lambda one: one.receive("T1", "5"))
    join(both)
    assert both.till.state["stock"]["T1"] == "12"


# Numbers -------------------------------------------------------------------------------------------------------------


def test_printed_numbers_stay_and_later_ones_go_on(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, close_and_open, close_and_open)
    printed = [row[0] for row in both.till.db.execute("SELECT number FROM documents WHERE seq > ?", (both.base,))]
    done = join(both)
    assert done.entered.numbers == printed
    assert done.entered.closed == "TK-MTR001A2-000002"
    assert done.entered.opened == "BK-MTR001A2-000002"
    with both.till.ledger.write() as tx:
        assert [tx.next_number(prefix) for prefix in ("ST", "TK", "BK")] == [
            "ST-MTR001A2-000003",
            "TK-MTR001A2-000003",
            "BK-MTR001A2-000003",
        ]


def test_a_file_copied_back_by_hand_gives_new_numbers_where_the_old_ones_are_taken(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, everything, everything, by_hand=True)
    done = join(both)
    assert done.entered.renumbered["ST-MTR001A-000001"] == "ST-MTR001A2-000001"
    assert set(done.entered.numbers) == set(done.entered.renumbered.values())
    refund = both.till.db.execute("SELECT party FROM documents WHERE number = 'PU-MTR001A2-000001'").fetchone()
    assert refund[0] == "ST-MTR001A2-000001"
    everything_again(both.till)
    assert both.till.verify()


def test_papers_printed_before_are_found_by_the_hashes_their_entries_had(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, settle)

    def hashes() -> list[str]:
        rows = both.till.db.execute("SELECT hash FROM journal WHERE kind = 'settlement' ORDER BY seq")
        return [row[0].hex() for row in rows]

    def former() -> list[tuple[str, ...]]:
        rows = both.till.db.execute("SELECT body FROM journal WHERE kind = 'settlement' ORDER BY seq")
        return [read_body(row[0]).was_hash for row in rows]

    first = hashes()
    join(both)
    assert former() == [tuple(first)]
    second = hashes()
    sell(both.centre)
    both.look_again()
    join(both)
    assert former() == [(*first, *second)]


def test_a_centre_made_anew_approves_the_epoch_that_the_journal_has(open_corner: Corner, tmp_path: Path) -> None:
    """Nothing differs from it: its approval takes the place of the lost centre's, and no file is built."""
    both = forked(open_corner, tmp_path, sell, everything)
    join(both)
    store = LedgerStore(both.till.ledger)
    first = read_approval(store.approval(2))
    fresh = msgspec.structs.replace(first, approved_at="2026-10-09T08:00:00+07:00", device="new")
    sealed = seal(Ed25519PrivateKey.generate(), EPOCH, fresh)
    store.keep_approval(sealed, fresh)
    assert store.approval(2) == sealed
    assert rejoining.approval(both.till.ledger) is None
    other = msgspec.structs.replace(fresh, head_hash=bytes(32))
    store.keep_approval(seal(Ed25519PrivateKey.generate(), EPOCH, other), other)
    assert store.approval(2) == sealed
    found = rejoining.approval(both.till.ledger)
    assert found is not None
    assert found[0] == other
    assert verify(both.till.ledger).entries == both.till.ledger.head().seq


# What the till had beside its journal ----------------------------------------------------------------------------


def test_registry_notes_settings_drafts_and_papers_are_carried_over(open_corner: Corner, tmp_path: Path) -> None:
    def notes(one: Corner) -> None:
        one.do("cash_move", direction="out", amount=5_000, reason="es batu")
        with one.ledger.write() as tx:
            tx.db.execute("INSERT INTO settings VALUES ('receipt_footer', 'Terima kasih')")
            tx.db.execute("INSERT INTO drafts VALUES ('cart', '2026-10-01', '{}')")
            tx.db.execute("UPDATE products SET name = 'Keripik Baru' WHERE sku = 'T1'")

    both = forked(open_corner, tmp_path, sell, notes)
    tables = [
        row[0]
        for row in both.till.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        if f"TABLE {row[0]} " in REGISTRY and row[0] not in ("exchange", "activity", "signed_heads")
    ]
    assert {"notes", "settings", "drafts", "products", "staff", "print_jobs"} <= set(tables)

    def content() -> dict[str, list[tuple[Any, ...]]]:
        return {name: [tuple(row) for row in both.till.db.execute(f"SELECT * FROM {name}")] for name in tables}

    before = content()
    join(both)
    assert content() == before
    assert [row[0] for row in both.till.db.execute("SELECT action FROM activity")][-1] == "ledger_rejoined"
    assert rejoining.state(both.till.ledger) == "none"


def test_a_count_in_progress_goes_on(open_corner: Corner, tmp_path: Path) -> None:
    def counts(one: Corner) -> None:
        one.sell("T1")
        with one.ledger.write() as tx:
            row = ("T1", "counted", 19_000, 17_000, one.ledger.head().seq, one.clock().isoformat(), "")
            tx.db.execute(
                "INSERT INTO counting (sku, state, expected, counted, at_seq, counted_at, counted_by)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    both = forked(open_corner, tmp_path, lambda one: one.sell("T1", "2"), counts)
    join(both)
    row = both.till.db.execute("SELECT state, earlier, expected, at_seq FROM counting").fetchone()
    assert tuple(row) == ("again", 17_000, 17_000, both.till.ledger.head().seq)


# Again and again -----------------------------------------------------------------------------------------------------


def test_nothing_is_entered_twice_when_the_repair_itself_was_lost(open_corner: Corner, tmp_path: Path) -> None:
    """Joined, sent, then restored from a copy of before the repair: the centre has what diverged already."""
    both = forked(open_corner, tmp_path, sell, everything)
    before = backup.back_up(both.till.ledger, tmp_path, both.till.clock())
    join(both)
    (tmp_path / "again").mkdir()
    path = tmp_path / "again" / "till.db"
    clock = both.till.clock
    old = Corner(backup.restore(before, path), replace(both.till.counter), clock)
    old.counter.ledger = old.ledger
    old.sell("K1")
    again = Forked(both.till, old, both.base)
    expected = again.books()
    done = again.rejoin()
    assert len(done.entered.numbers) == 1
    assert len(done.entered.there) == old_entries(again) - 1
    check_joined(again, expected, drawer=again.till.state["drawer"])
    assert [row["epoch"] for row in again.till.db.execute("SELECT epoch FROM epochs")] == [2, 3]


def old_entries(both: Forked) -> int:
    aside = next(both.till.ledger.path.parent.glob("*.forked-*"))
    with closing(Ledger.open(aside)) as old:
        return old.head().seq - both.base


def test_a_repaired_ledger_is_backed_up_restored_taken_back_and_repaired_like_any(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, everything, close_and_open)
    early = backup.back_up(both.centre.ledger, tmp_path, both.centre.clock())
    join(both)
    both.till.sell("T1")
    copy = backup.back_up(both.till.ledger, tmp_path, both.till.clock())
    (tmp_path / "other").mkdir()
    with closing(backup.restore(copy, tmp_path / "other" / "restored.db")) as restored:
        assert verify(restored).head == both.till.ledger.head().hash.hex()
        assert restored.identity.epoch == 2
        assert rebuild(restored) == both.till.ledger.head().seq
    with closing(backup.restore(early, tmp_path / "other" / "early.db")) as behind:
        store = LedgerStore(behind, both.till.counter.vault.signing_key())
        for page in pages_after(both.till.ledger, behind.head().seq):
            store.take_back(page)
        assert verify(behind).head == both.till.ledger.head().hash.hex()
        assert current_state(behind)["stock"] == both.till.state["stock"]
    damaged = tmp_path / "other" / "damaged.db"
    shutil.copyfile(copy, damaged)
    with closing(Ledger.open(damaged)) as ledger, ledger.write() as tx:
        tx.db.execute("DROP TRIGGER journal_no_update")
        tx.db.execute("UPDATE journal SET hash = x'00' WHERE seq = 12")
    mended = repairing.repair(damaged, [], both.till.clock(), vault_of=lambda _who: both.till.counter.vault)
    assert mended.lost is None
    with closing(Ledger.open(damaged)) as ledger:
        assert verify(ledger).head == both.till.ledger.head().hash.hex()


# Stopped, killed, refused ----------------------------------------------------------------------------------------


def test_a_repair_that_cannot_be_done_leaves_everything_as_it_was(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, everything)
    before = both.till.state
    with pytest.raises(CannotRejoin) as error:
        both.rejoin(("BT-MTR001A2-000001",))
    assert error.value.number == "BT-MTR001A2-000001", "the centre's history did not take that back"
    assert both.till.state == before
    assert both.till.verify()
    assert sorted(one.name for one in tmp_path.glob("restored.db*")) == [
        "restored.db",
        "restored.db-shm",
        "restored.db-wal",
    ]


def test_without_an_approval_nothing_is_done(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    assert rejoining.state(both.till.ledger) == "none"
    with pytest.raises(NothingApproved):
        both.repair().run()
    assert both.till.verify() == both.base + 2


def test_an_approval_waits_until_it_is_acted_on(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    store = LedgerStore(both.till.ledger)
    for problem, told in (("repair_waiting", "waiting"), ("repair_refused", "refused")):
        store.note_problem(problem, "", "2026-10-02T08:00:00+07:00")
        assert rejoining.state(both.till.ledger) == told
    both.approve()
    store.note_problem("repair_approved", "", "2026-10-02T08:00:00+07:00")
    assert rejoining.state(both.till.ledger) == "approved"


def test_a_rehearsal_tells_the_same_and_changes_nothing(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, everything, everything)
    both.approve()
    before = both.till.state
    rehearsed = both.repair().rehearse()
    assert both.till.state == before
    assert not list(tmp_path.glob("*.rehearsal*"))
    done = both.rejoin()
    assert replace(done, aside=None) == rehearsed


def test_the_fetched_entries_outlast_an_interruption(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, everything, sell)
    both.approve()
    ledger, pages = both.till.ledger, pages_after(both.centre.ledger, both.base)
    assert rejoining.fetched(ledger.path, ledger, lambda _ledger, _approval: pages) == pages
    assert rejoining.fetched(ledger.path, ledger, offline) == pages


def offline(_ledger: Ledger, _approval: Approval) -> NoReturn:
    raise AssertionError("asked again")


@pytest.mark.parametrize("links", [True, False])
def test_a_repair_that_is_killed_leaves_the_old_ledger_or_the_new_one(
    open_corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    both = forked(open_corner, tmp_path, sell, everything)
    both.approve()
    repair, old = both.repair(), both.till.ledger.head()
    both.till.ledger.close()
    path = repair.path

    class Killed(BaseException):
        pass

    def killed(*_arguments: object) -> None:
        raise Killed

    if not links:
        monkeypatch.setattr("os.link", lambda *_arguments: (_ for _ in ()).throw(OSError("no links")))
    for moment in ("pos_app.ledger.rejoining.enter_again", "pos_app.services.rejoining.sync_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(moment, killed)
            with pytest.raises(Killed):
                repair.run()
        with closing(Ledger.open(path)) as ledger:
            assert ledger.head() == old
    path.with_name(f"{path.name}.kept").touch()
    done = repair.run()
    assert len(list(path.parent.glob("*.forked-*"))) == 1
    assert not path.with_name(f"{path.name}.kept").exists()
    with closing(Ledger.open(path)) as ledger:
        assert verify(ledger).entries == done.entries


def test_a_repair_that_lost_its_power_between_two_names_is_taken_back(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    old, path = both.till.ledger.head(), both.till.ledger.path
    backup.fold(both.till.ledger)
    both.till.ledger.close()
    path.rename(path.with_name(f"{path.name}.forked-20261002-080000"))
    path.with_name(f"{path.name}.rejoining").touch()
    for reach in (Ledger.open, lambda missing: Ledger.create(missing, both.till.ledger.identity)):
        with pytest.raises(JoiningCutOff):
            reach(path)
    rejoining.recover(path)
    with closing(Ledger.open(path)) as ledger:
        assert ledger.head() == old


def test_a_ledger_that_went_missing_after_a_repair_is_not_the_one_of_before_it(
    open_corner: Corner, tmp_path: Path
) -> None:
    both = forked(open_corner, tmp_path, sell, sell)
    join(both)
    path = both.till.ledger.path
    both.till.ledger.close()
    gone = path.rename(tmp_path / "elsewhere.db")
    rejoining.recover(path)
    assert not path.exists(), "what was recorded since would be missing, and nobody would know"
    assert len(list(tmp_path.glob("*.forked-*"))) == 1
    gone.rename(path)
    both.till = reopened(path, both.till)


# What verify still finds ---------------------------------------------------------------------------------------------


@pytest.fixture
def joined(open_corner: Corner, tmp_path: Path) -> Forked:
    open_corner.sell("T1", "5")
    both = forked(open_corner, tmp_path, settle, everything)
    join(both)
    return both


def told_anew(ledger: Ledger, folder: Path, change: Callable[[list[bytes]], None]) -> DamagedLedger | None:
    """What is wrong with a journal whose bodies somebody changed, with every hash computed anew."""
    bodies = [row[0] for row in ledger.db.execute("SELECT body FROM journal ORDER BY seq")]
    change(bodies)
    begun = LedgerStore(ledger).epochs()
    with closing(Ledger.create(folder / "forged.db", ledger.identity)) as forged:
        hashes = [forged.identity.genesis]
        with forged.write() as tx:
            for one in begun:
                epochs.keep(tx.db, one)
            for seq, old in enumerate(bodies, start=1):
                envelope = msgspec.structs.replace(read_body(old), seq=seq)
                body = msgspec.json.encode(envelope)
                prev = prev_of(begun, seq, hashes.__getitem__)
                assert prev is not None
                hashes.append(entry_hash(prev, body))
                row = (seq, envelope.id, envelope.kind, envelope.at, body, prev, hashes[seq])
                tx.db.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return salvage.fault_of_journal(forged)


def at(bodies: list[bytes], kind: str) -> int:
    """The index of the last document of a kind."""
    return max(index for index, body in enumerate(bodies) if read_body(body).kind == kind)


def test_the_forger_changes_nothing_and_nothing_is_found(joined: Forked, tmp_path: Path) -> None:
    assert told_anew(joined.till.ledger, tmp_path, lambda bodies: None) is None


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("settlement", b'"earned":', b'"earned":1'),
        ("settlement", b'"through_seq":', b'"through_seq":1'),
        ("refund", b'"sale_number":"ST-MTR001A2-000001"', b'"sale_number":"ST-MTR001A-000001"'),
        ("reversal", b'"original_number":"ST', b'"original_number":"PU'),
        ("goods_returned", b'"quantity":2000', b'"quantity":200000'),
        ("shift_opened", b'"float":', b'"float":1'),
        ("shift_closed", b'"counted":', b'"counted":1'),
    ],
)
def test_a_changed_document_is_found(joined: Forked, tmp_path: Path, kind: str, old: bytes, new: bytes) -> None:
    def change(bodies: list[bytes]) -> None:
        index = at(bodies, kind)
        assert old in bodies[index]
        bodies[index] = bodies[index].replace(old, new)

    assert told_anew(joined.till.ledger, tmp_path, change) is not None


def test_a_document_paid_a_second_time_is_found(joined: Forked, tmp_path: Path) -> None:
    """Also where it claims to have been entered again: the former order does not explain it."""

    def change(bodies: list[bytes]) -> None:
        last = at(bodies, "settlement")
        envelope = read_body(bodies[last])
        again = msgspec.structs.replace(envelope, id="x" * 8, was=envelope.was + 1)
        raw = msgspec.json.encode(again).replace(b'"number":"BP-MTR001A2-00000', b'"number":"BP-MTR001A2-00001')
        bodies[last + 1 :] = [raw]

    assert told_anew(joined.till.ledger, tmp_path, change) is not None


def test_an_entry_that_was_left_out_is_found(joined: Forked, tmp_path: Path) -> None:
    first = next(iter(LedgerStore(joined.till.ledger).epochs())).first_seq
    last = joined.till.ledger.head().seq
    for seq in range(first, last):  # the last one's absence shows where its head was signed or acknowledged
        (tmp_path / str(seq)).mkdir()

        def change(bodies: list[bytes], seq: int = seq) -> None:
            del bodies[seq - 1]

        assert told_anew(joined.till.ledger, tmp_path / str(seq), change) is not None, seq


def test_an_entry_claims_to_be_of_before_in_vain(joined: Forked, tmp_path: Path) -> None:
    joined.till.sell("W1")

    def change(bodies: list[bytes]) -> None:
        bodies.append(msgspec.json.encode(msgspec.structs.replace(read_body(bodies[-2]), id="y" * 8, was=999)))

    assert told_anew(joined.till.ledger, tmp_path, change) is not None


# Any two histories ---------------------------------------------------------------------------------------------------


def at_random(seed: int, *, counts: bool) -> Script:
    """Twenty actions of a counter; what is refused there is left out."""

    def run(corner: Corner) -> None:
        chance = random.Random(seed)
        sold: list[str] = []
        for _step in range(20):
            corner.clock.pass_by(minutes=1)
            sku = chance.choice(("T1", "K1", "B1"))
            pieces = str(chance.randint(1, 6))
            tender = chance.choice(("cash", "cash", "qris", "tab"))
            amount = int(pieces) * {"T1": 16_000, "K1": 7_500, "B1": 3_000}[sku]
            tenders = [{"kind": tender, "amount": amount} | ({"staff": "S1"} if tender == "tab" else {})]
            owner = "P1" if sku == "T1" else "P2"
            actions: list[dict[str, Any]] = [
                {"do": "sale", "lines": [{"code": sku, "quantity": pieces}], "tenders": tenders, "approved_by": "m"},
                {"do": "receive", "producer": owner, "lines": [{"sku": sku, "quantity": pieces}]},
                {"do": "settle", "producer": owner, "tender": chance.choice(("cash", "transfer"))},
                {
                    "do": "write_off",
                    "lines": [{"sku": sku, "quantity": "1", "reason": "damaged", "borne_by": "corner"}],
                },
                {"do": "return_goods", "producer": owner, "lines": [{"sku": sku, "quantity": "1", "reason": "unsold"}]},
                {"do": "tab_payment", "staff": "S1", "amount": 1_000, "tender": "cash"},
                {"do": "close_shift", "counted": max(corner.state["drawer"] - 500, 0)},
                {"do": "open_shift", "float": 100_000},
            ]
            if sold:
                of = chance.choice(sold)
                actions.append({"do": "refund", "of": of, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"})
                actions.append({"do": "reverse", "of": of, "reason": "wrong tender"})
            if counts:
                line = {"sku": sku, "counted": pieces, "borne_by": chance.choice(("corner", "producer"))}
                actions += [{"do": "count", "lines": [line]}] * 2
            answer = corner.play(chance.choice(actions))
            if answer["ok"] and answer["number"].startswith("ST"):
                sold.append(answer["number"])

    return run


@pytest.mark.parametrize("seed", range(12))
def test_any_two_histories_are_in_the_books_once(open_corner: Corner, tmp_path: Path, seed: int) -> None:
    at_random(seed + 300, counts=True)(open_corner)
    both = forked(open_corner, tmp_path, at_random(seed, counts=False), at_random(seed + 100, counts=False))
    join(both)
    at_random(seed + 200, counts=True)(both.till)
    assert both.till.verify()


@pytest.mark.parametrize("seed", range(12))
def test_any_two_histories_with_counts_are_put_together_whole(open_corner: Corner, tmp_path: Path, seed: int) -> None:
    both = forked(open_corner, tmp_path, at_random(seed, counts=True), at_random(seed + 100, counts=True))
    both.rejoin()
    assert both.till.verify()
    at_random(seed + 200, counts=True)(both.till)
    assert both.till.verify()
