"""QRIS money is unmatched until somebody finds it at the bank; the fee is the corner's."""

import random

import pytest

from pos_app.domain.errors import (
    EmptyDocument,
    FeeBelowZero,
    ManagerNeeded,
    NotReversible,
    NotUnmatched,
    TooManyUnmatched,
)
from pos_app.ledger import qris_money, queries
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.sqlite import Connection
from pos_app.services import matching, refunding
from pos_app.services.matching import unmatched, unmatched_total
from tests.corner import Corner

BOSS = "M"


def by_qris(corner: Corner, amount: int, reference: str = "4817") -> str:
    """A sale of which this much is paid by QRIS and the rest in cash; its number."""
    tenders = [{"kind": "qris", "amount": amount, "reference": reference}, {"kind": "cash", "amount": 50_000}]
    return str(corner.do("sale", lines=[{"code": "T1", "quantity": "2"}], tenders=tenders)["number"])


def match_all(corner: Corner, fee: int = 0, *numbers: str) -> str:
    items = [item for item in unmatched(corner.db) if not numbers or item.number in numbers]
    received = sum(item.amount for item in items) - fee
    return matching.match(
        corner.counter, [seq for item in items for seq in item.seqs], received, approved_by=BOSS
    ).number


def test_a_sale_by_qris_stays_unmatched_until_it_is_found_at_the_bank(open_corner: Corner) -> None:
    number = by_qris(open_corner, 20_000)
    before = open_corner.state
    [item] = unmatched(open_corner.db)
    assert (item.number, item.kind, item.amount, item.reference) == (number, "sale", 20_000, "4817")
    assert unmatched_total(open_corner.db) == 20_000
    match_all(open_corner, 140)
    assert unmatched(open_corner.db) == []
    assert unmatched_total(open_corner.db) == 0
    books = queries.balances(open_corner.db)
    assert (books["bank"], books["fees"], books["qris"]) == (19_860, 140, 0)
    after = open_corner.state
    assert {**after, "journal": 0} == {**before, "journal": 0}, "no buyer's bill and no figure of a shift changed"
    open_corner.verify()


def test_what_one_match_leaves_is_offered_again_with_what_came_since(open_corner: Corner) -> None:
    first, second, third = (by_qris(open_corner, amount) for amount in (10_000, 11_000, 12_000))
    match_all(open_corner, 0, first, third)
    fourth = by_qris(open_corner, 13_000)
    assert [item.number for item in unmatched(open_corner.db)] == [second, fourth]
    newest = qris_money.newest(open_corner.db)
    assert newest is not None
    assert [amount for _seq, amount in newest.left] == [11_000]
    match_all(open_corner)
    assert unmatched(open_corner.db) == []


def test_refunds_and_tab_payments_by_qris_are_matched_like_sales(open_corner: Corner) -> None:
    by_qris(open_corner, 32_000)
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="qris")
    open_corner.do("tab_payment", staff="S1", amount=5_000, tender="qris")
    assert [(item.kind, item.amount) for item in unmatched(open_corner.db)] == [
        ("sale", 32_000),
        ("refund", -16_000),
        ("tab_payment", 5_000),
    ]
    match_all(open_corner, 147)
    assert queries.balances(open_corner.db)["bank"] == 20_853


def test_a_sale_that_was_reversed_before_it_was_matched_is_one_item_of_nothing(open_corner: Corner) -> None:
    number = by_qris(open_corner, 20_000)
    open_corner.do("reverse", of=number)
    [item] = unmatched(open_corner.db)
    assert (item.number, item.kind, item.amount, len(item.seqs)) == (number, "cancelled", 0, 2)
    match_all(open_corner)
    assert unmatched(open_corner.db) == []


def test_a_sale_that_is_reversed_after_it_was_matched_is_money_to_give_back(open_corner: Corner) -> None:
    number = by_qris(open_corner, 20_000)
    match_all(open_corner)
    open_corner.do("reverse", of=number)
    assert [(item.kind, item.amount) for item in unmatched(open_corner.db)] == [("reversal", -20_000)]


def test_only_the_newest_match_can_be_taken_back(open_corner: Corner) -> None:
    first = by_qris(open_corner, 10_000)
    older = match_all(open_corner)
    second = by_qris(open_corner, 11_000)
    newer = match_all(open_corner, 77)
    with pytest.raises(NotReversible):
        refunding.reverse(open_corner.counter, older, approved_by=BOSS)
    refunding.reverse(open_corner.counter, newer, approved_by=BOSS)
    assert [item.number for item in unmatched(open_corner.db)] == [second]
    refunding.reverse(open_corner.counter, older, approved_by=BOSS)
    assert [item.number for item in unmatched(open_corner.db)] == [first, second]
    assert {queries.balance(open_corner.db, account) for account in ("bank", "fees")} == {0}
    match_all(open_corner)
    assert unmatched(open_corner.db) == []
    open_corner.verify()


def test_nothing_is_matched_twice_and_never_more_than_was_paid(open_corner: Corner) -> None:
    by_qris(open_corner, 20_000)
    [item] = unmatched(open_corner.db)
    for received in (20_001, -1):
        with pytest.raises(FeeBelowZero):
            matching.match(open_corner.counter, [item.seq], received, approved_by=BOSS)
    with pytest.raises(EmptyDocument):
        matching.match(open_corner.counter, [], 0, approved_by=BOSS)
    matching.match(open_corner.counter, [item.seq], 19_860, approved_by=BOSS)
    with pytest.raises(NotUnmatched):
        matching.match(open_corner.counter, [item.seq], 19_860, approved_by=BOSS)


def test_so_many_older_ones_are_never_left_that_a_match_becomes_heavy(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST", 2)
    for amount in (1_000, 2_000, 3_000, 4_000):
        by_qris(open_corner, amount)
    items = unmatched(open_corner.db)
    with pytest.raises(TooManyUnmatched):
        matching.match(open_corner.counter, items[3].seqs, 4_000, approved_by=BOSS)
    matching.match(open_corner.counter, [*items[0].seqs, *items[1].seqs], 3_000, approved_by=BOSS)
    matching.match(open_corner.counter, items[3].seqs, 4_000, approved_by=BOSS)
    assert [item.amount for item in unmatched(open_corner.db)] == [3_000]


def test_matching_is_a_managers_act(open_corner: Corner) -> None:
    by_qris(open_corner, 20_000)
    open_corner.counter.user = None
    with pytest.raises(ManagerNeeded):
        matching.match(open_corner.counter, [unmatched(open_corner.db)[0].seq], 20_000)


def steps_of(db: Connection) -> int:
    """Work of SQLite for one look at what is unmatched, in units of ten instructions."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    db.set_progress_handler(tick, 10)
    unmatched(db)
    db.set_progress_handler(None, 0)
    return count


def test_the_list_of_what_is_unmatched_costs_the_same_whatever_was_matched_before(open_corner: Corner) -> None:
    def look() -> int:
        by_qris(open_corner, 1_000)
        by_qris(open_corner, 2_000)
        steps = steps_of(open_corner.db)
        match_all(open_corner)
        return steps

    look()
    second = look()
    for _round in range(30):
        look()
    assert look() <= second + 2


def test_the_list_is_always_what_a_plain_count_of_all_documents_says(open_corner: Corner) -> None:
    chance = random.Random(7)
    matches: list[tuple[str, set[str]]] = []
    open_numbers: dict[str, int] = {}
    for _turn in range(60):
        if open_numbers and chance.random() < 0.4:
            chosen = set(chance.sample(sorted(open_numbers), chance.randint(1, len(open_numbers))))
            matches.append((match_all(open_corner, 0, *chosen), chosen))
            for number in chosen:
                open_numbers.pop(number)
        elif matches and chance.random() < 0.3:
            number, chosen = matches.pop()
            refunding.reverse(open_corner.counter, number, approved_by=BOSS)
            open_numbers |= dict.fromkeys(chosen, 0)
        else:
            open_numbers[by_qris(open_corner, chance.randint(1, 30) * 1_000)] = 0
        items = unmatched(open_corner.db)
        assert [item.number for item in items] == sorted(open_numbers)
        assert sum(item.amount for item in items) == unmatched_total(open_corner.db)
    open_corner.verify()


def test_a_ledger_made_anew_from_its_journal_knows_the_same(open_corner: Corner) -> None:
    by_qris(open_corner, 10_000)
    match_all(open_corner, 70)
    by_qris(open_corner, 12_000)
    before = unmatched(open_corner.db), queries.balances(open_corner.db)
    rebuild(open_corner.ledger)
    assert (unmatched(open_corner.db), queries.balances(open_corner.db)) == before
    open_corner.verify()
