"""Staff tabs taken from the salary: what a list covers, what collecting it clears, and what nothing may do twice."""

from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.domain.errors import (
    CutOffAhead,
    ManagerNeeded,
    NoOpenShift,
    NothingToDeduct,
    NotReversible,
    PosError,
    UnknownList,
    UnknownStaff,
)
from pos_app.ledger import deductions as lists
from pos_app.ledger import persons, queries
from pos_app.services import deductions, people, refunding
from pos_app.services.context import Recorded, User
from sync.documents.deductions import DeductionCollected, DeductionList
from tests.corner import MORNING, PRODUCERS, PRODUCTS, Corner, new_corner, register

STAFF = [
    {"staff_code": "S1", "name": "Pegawai Satu", "unit": "Setda", "tab_limit": 900_000},
    {"staff_code": "S2", "name": "Pegawai Dua", "unit": "Setda", "tab_limit": 900_000},
    {"staff_code": "S3", "name": "Pegawai Tiga", "unit": "Bappeda", "tab_limit": 900_000},
]
MONTH = "2026-10"
TODAY = MORNING.date()


def stocked(folder: Path) -> Corner:
    corner = new_corner(folder)
    register(corner, folder, PRODUCERS, PRODUCTS, STAFF)
    corner.do("open_shift", float=200_000)
    corner.receive("T1", "500")
    return corner


@pytest.fixture
def office(tmp_path: Path) -> Corner:
    """A shift open, goods on the shelf, three staff members of two units."""
    return stocked(tmp_path)


def buy(corner: Corner, staff: str, pieces: int = 1) -> str:
    """A sale on the tab (16,000 a piece); its number."""
    tender = {"kind": "tab", "staff": staff, "amount": 16_000 * pieces}
    return str(corner.do("sale", lines=[{"code": "T1", "quantity": str(pieces)}], tenders=[tender])["number"])


def repay(corner: Corner, staff: str, amount: int) -> str:
    return str(corner.do("tab_payment", staff=staff, amount=amount, tender="cash")["number"])


def hand_over(corner: Corner, unit: str = "Setda", month: str = MONTH, cut_off: date = TODAY) -> Recorded:
    return deductions.hand_over(corner.counter, month, unit, cut_off=cut_off)


def days_later(corner: Corner, days: int) -> date:
    """Close the shift and open another one on a later day."""
    corner.do("close_shift", counted=corner.state["drawer"])
    corner.clock.pass_by(days=days)
    corner.do("open_shift", float=100_000)
    return corner.clock.now.date()


def open_of(corner: Corner, staff: str) -> list[tuple[str, int]]:
    return [(one.number, one.open) for one in lists.open_entries(corner.db, staff)]


def test_repayments_clear_the_oldest_sales_first(office: Corner) -> None:
    first, second, third = (buy(office, "S1") for _ in range(3))
    repay(office, "S1", 20_000)
    assert open_of(office, "S1") == [(second, 12_000), (third, 16_000)]
    repay(office, "S1", 28_000)
    assert open_of(office, "S1") == []
    assert first


def test_a_refund_goes_to_its_own_sale(office: Corner) -> None:
    first, second = buy(office, "S1", 2), buy(office, "S1", 2)
    office.do("refund", of=second, lines=[{"line": 0, "quantity": "1"}], tender="tab")
    assert open_of(office, "S1") == [(first, 32_000), (second, 16_000)]


def test_a_reversed_sale_and_a_reversed_repayment_are_gone_with_all_they_did(office: Corner) -> None:
    first, second = buy(office, "S1"), buy(office, "S1")
    paid = repay(office, "S1", 16_000)
    office.do("reverse", of=paid)
    assert open_of(office, "S1") == [(first, 16_000), (second, 16_000)]
    office.do("reverse", of=first)
    assert open_of(office, "S1") == [(second, 16_000)]


def test_a_balance_from_the_paper_book_is_an_entry_like_a_sale(tmp_path: Path) -> None:
    corner = new_corner(tmp_path)
    register(corner, tmp_path, PRODUCERS, PRODUCTS, STAFF)
    opening = corner.do("opening", tabs={"S1": 30_000})["number"]
    corner.do("open_shift", float=0)
    repay(corner, "S1", 10_000)
    assert open_of(corner, "S1") == [(opening, 20_000)]


def test_a_draft_records_nothing(office: Corner) -> None:
    buy(office, "S1")
    buy(office, "S3", 2)
    head = office.ledger.head()
    drafts = deductions.unit_lists(office.db, MONTH, TODAY)
    assert [(one.unit, one.stage, one.total) for one in drafts] == [
        ("Bappeda", "draft", 32_000),
        ("Setda", "draft", 16_000),
    ]
    assert office.ledger.head() == head


def test_a_list_covers_what_was_open_up_to_the_cut_off(office: Corner) -> None:
    buy(office, "S1")
    days_later(office, 1)
    buy(office, "S1")
    handed = hand_over(office)
    assert isinstance(handed.document, DeductionList)
    assert [(line.staff, line.amount) for line in handed.document.lines] == [("S1", 16_000)]
    assert handed.document.effects().postings == ()
    assert handed.number == "DP-MTR001A-000001"


def test_no_name_or_employee_number_is_in_the_documents(office: Corner) -> None:
    buy(office, "S1")
    handed = hand_over(office)
    deductions.collect(office.counter, handed.number, "transfer")
    bodies = b"".join(row[0] for row in office.db.execute("SELECT body FROM journal"))
    assert b"Pegawai" not in bodies


def test_who_asks_for_everything_held_gets_the_lists_with_it(office: Corner) -> None:
    buy(office, "S1")
    handed = hand_over(office)
    deductions.collect(office.counter, handed.number, "transfer", left_out={"S1": "on_leave"})
    found = [queries.entry_by_seq(office.db, seq) for seq in persons.entries_about(office.db, "staff", "S1")]
    assert [entry.document.KIND for entry in found if entry] == ["sale", "deduction_list"]
    assert persons.entries_about(office.db, "staff", "S2") == []


def test_handing_over_again_changes_nothing(office: Corner) -> None:
    buy(office, "S1")
    first = hand_over(office)
    buy(office, "S1")
    head = office.ledger.head()
    again = hand_over(office)
    assert (again.number, again.document) == (first.number, first.document)
    assert again.warnings == (("handed_over_before", first.number),)
    assert office.ledger.head() == head


def test_a_correction_is_a_reversal_and_a_new_list(office: Corner) -> None:
    buy(office, "S1")
    first = hand_over(office)
    buy(office, "S1")
    refunding.reverse(office.counter, first.number, reason="lupa satu")
    second = hand_over(office)
    assert second.number != first.number
    assert isinstance(second.document, DeductionList)
    assert second.document.total == 32_000


def test_an_entry_stands_on_one_waiting_list_only(office: Corner) -> None:
    buy(office, "S1")
    hand_over(office)
    november = days_later(office, 31)
    with pytest.raises(NothingToDeduct):
        hand_over(office, month="2026-11", cut_off=november)
    later = buy(office, "S1")
    handed = hand_over(office, month="2026-11", cut_off=november)
    assert isinstance(handed.document, DeductionList)
    (line,) = handed.document.lines
    assert [office.db.execute("SELECT number FROM documents WHERE seq = ?", (one.seq,)).fetchone()[0]
            for one in line.entries] == [later]  # fmt: skip


def test_collecting_clears_exactly_the_sales_of_the_list(office: Corner) -> None:
    buy(office, "S1")
    buy(office, "S2", 2)
    handed = hand_over(office)
    newer = buy(office, "S1", 3)
    got = deductions.collect(office.counter, handed.number, "transfer")
    assert isinstance(got.document, DeductionCollected)
    assert got.document.total == 48_000
    assert open_of(office, "S1") == [(newer, 48_000)]
    assert open_of(office, "S2") == []
    assert office.state["tabs"] == {"S1": 48_000, "S2": 0}
    assert queries.balance(office.db, "bank") == 48_000
    office.verify()


def test_the_later_of_two_lists_may_be_collected_first(office: Corner) -> None:
    older = buy(office, "S1")
    hand_over(office)
    november = days_later(office, 31)
    buy(office, "S1", 2)
    second = hand_over(office, month="2026-11", cut_off=november)
    deductions.collect(office.counter, second.number, "transfer")
    assert open_of(office, "S1") == [(older, 16_000)]


def test_cash_from_the_treasurer_lies_in_the_drawer_and_on_the_z(office: Corner) -> None:
    buy(office, "S1")
    handed = hand_over(office)
    drawer = office.state["drawer"]
    deductions.collect(office.counter, handed.number, "cash")
    assert office.state["drawer"] == drawer + 16_000
    shift = queries.open_shift(office.db)
    assert shift is not None
    assert shift.figures["tab_payments_cash"] == 16_000


def test_cash_needs_an_open_shift_and_a_transfer_does_not(office: Corner) -> None:
    buy(office, "S1")
    handed = hand_over(office)
    office.do("close_shift", counted=200_000)
    with pytest.raises(NoOpenShift):
        deductions.collect(office.counter, handed.number, "cash")
    deductions.collect(office.counter, handed.number, "transfer")
    office.verify()


def test_who_is_left_out_stands_on_the_next_list(office: Corner) -> None:
    kept = buy(office, "S1")
    buy(office, "S2")
    handed = hand_over(office)
    got = deductions.collect(office.counter, handed.number, "transfer", left_out={"S1": "pay_too_low"})
    assert isinstance(got.document, DeductionCollected)
    assert [(one.staff, one.reason) for one in got.document.left_out] == [("S1", "pay_too_low")]
    assert open_of(office, "S1") == [(kept, 16_000)]
    november = days_later(office, 31)
    following = hand_over(office, month="2026-11", cut_off=november)
    assert isinstance(following.document, DeductionList)
    assert [line.staff for line in following.document.lines] == ["S1"]


def test_what_was_repaid_meanwhile_is_not_taken_twice(office: Corner) -> None:
    buy(office, "S1", 2)
    buy(office, "S2")
    handed = hand_over(office)
    repay(office, "S1", 20_000)
    repay(office, "S2", 16_000)
    (shown,) = deductions.unit_lists(office.db, MONTH, TODAY)
    assert [(line.staff, line.amount, line.open) for line in shown.lines] == [
        ("S1", 32_000, 12_000),
        ("S2", 16_000, 0),
    ]
    got = deductions.collect(office.counter, handed.number, "transfer")
    assert isinstance(got.document, DeductionCollected)
    assert [(line.staff, line.amount) for line in got.document.lines] == [("S1", 12_000)]
    assert [(one.staff, one.reason) for one in got.document.left_out] == [("S2", "repaid")]
    assert office.state["tabs"] == {"S1": 0, "S2": 0}


def test_a_list_is_collected_once(office: Corner) -> None:
    buy(office, "S1")
    handed = hand_over(office)
    deductions.collect(office.counter, handed.number, "transfer")
    with pytest.raises(UnknownList):
        deductions.collect(office.counter, handed.number, "transfer")


def test_a_collected_list_is_reversed_after_its_collection_only(office: Corner) -> None:
    sale = buy(office, "S1")
    handed = hand_over(office)
    got = deductions.collect(office.counter, handed.number, "transfer")
    with pytest.raises(NotReversible):
        refunding.reverse(office.counter, handed.number)
    refunding.reverse(office.counter, got.number)
    assert open_of(office, "S1") == [(sale, 16_000)]
    refunding.reverse(office.counter, handed.number)
    assert [one.stage for one in deductions.unit_lists(office.db, MONTH, TODAY)] == ["draft"]
    office.verify()


def test_a_collection_stays_while_its_entries_stand_on_a_newer_list(office: Corner) -> None:
    buy(office, "S1")
    buy(office, "S2")
    handed = hand_over(office)
    got = deductions.collect(office.counter, handed.number, "transfer", left_out={"S1": "on_leave"})
    november = days_later(office, 31)
    hand_over(office, month="2026-11", cut_off=november)
    with pytest.raises(NotReversible):
        refunding.reverse(office.counter, got.number)


def test_a_cut_off_that_has_not_come_is_refused(office: Corner) -> None:
    buy(office, "S1")
    with pytest.raises(CutOffAhead):
        hand_over(office, cut_off=TODAY + timedelta(days=1))


def test_the_day_of_the_cut_off_is_remembered(office: Corner) -> None:
    assert deductions.cut_off_for(office.db, "2026-11") == date(2026, 11, 20)
    buy(office, "S1")
    days_later(office, 30)
    hand_over(office, cut_off=date(2026, 10, 31))
    assert deductions.cut_off_for(office.db, "2026-11") == date(2026, 11, 30)


def test_the_31st_is_still_meant_after_a_shorter_month(office: Corner) -> None:
    buy(office, "S1")
    days_later(office, 30)
    hand_over(office, cut_off=date(2026, 10, 31))
    buy(office, "S1")
    days_later(office, 31)
    hand_over(office, month="2026-11", cut_off=deductions.cut_off_for(office.db, "2026-11"))
    assert deductions.cut_off_for(office.db, "2026-12") == date(2026, 12, 31)


def test_lists_are_a_managers(office: Corner) -> None:
    buy(office, "S1")
    manager = office.counter.user
    vault = office.counter.vault
    office.counter.user = people.add_user(office.ledger, vault, name="K", pin="222222", role="kasir", now=MORNING)
    with pytest.raises(ManagerNeeded):
        hand_over(office)
    office.counter.user = manager
    handed = hand_over(office)
    office.counter.user = User("k", "kasir")
    with pytest.raises(ManagerNeeded):
        deductions.collect(office.counter, handed.number, "transfer")


def test_nobody_is_left_out_who_is_not_on_the_list(office: Corner) -> None:
    buy(office, "S1")
    handed = hand_over(office)
    with pytest.raises(UnknownStaff):
        deductions.collect(office.counter, handed.number, "transfer", left_out={"S3": "other"})


def test_a_walk_ends_at_the_oldest_open_entry(office: Corner) -> None:
    for _ in range(20):
        buy(office, "S1")
    repay(office, "S1", 16_000 * 19)
    rows = iter(office.db.execute(lists._MOVED, {"account": "tab:S1", "after": 0}).fetchall())
    charges = lists._charges(office.db, "S1", rows)
    next(charges)
    assert len(list(rows)) == 19, "the repayment and the newest sale were read, and nothing before"
    assert len(open_of(office, "S1")) == 1


people_of = st.sampled_from(("S1", "S2", "S3"))
steps = st.one_of(
    st.tuples(st.just("buy"), people_of, st.integers(1, 3)),
    st.tuples(st.just("repay"), people_of, st.integers(1, 40_000)),
    st.tuples(st.just("refund"), st.integers(0, 30), st.just(0)),
    st.tuples(st.just("reverse"), st.integers(0, 60), st.just(0)),
    st.tuples(st.just("list"), st.sampled_from(("Setda", "Bappeda")), st.integers(1, 3)),
    st.tuples(st.just("collect"), st.integers(0, 5), st.booleans()),
)


def act(corner: Corner, step: tuple[str, object, object], numbers: list[str]) -> None:
    """One act of a random month; what the rules refuse is passed over."""
    kind, who, how = step
    match kind:
        case "buy":
            numbers.append(buy(corner, str(who), int(str(how))))
        case "repay":
            owed = queries.tab(corner.db, str(who))
            if owed > 0:
                numbers.append(repay(corner, str(who), min(int(str(how)), owed)))
        case "refund" if numbers:
            corner.play({"do": "refund", "of": numbers[int(str(who)) % len(numbers)],
                         "lines": [{"line": 0, "quantity": "1"}], "tender": "tab"})  # fmt: skip
        case "reverse" if numbers:
            corner.play({"do": "reverse", "of": numbers[int(str(who)) % len(numbers)]})
        case "list":
            with suppress(PosError):
                numbers.append(hand_over(corner, str(who), f"2026-1{int(str(how)) % 3}").number)
        case "collect":
            waiting = [row.number for row in lists.lists(corner.db) if not row.collected_by]
            if waiting:
                number = waiting[int(str(who)) % len(waiting)]
                entry = queries.entry_by_number(corner.db, number)
                assert entry is not None
                assert isinstance(entry.document, DeductionList)
                out = {entry.document.lines[0].staff: "on_leave"} if how else {}
                before = open_everywhere(corner)
                got = deductions.collect(corner.counter, number, "transfer", left_out=out)  # type: ignore[arg-type]
                numbers.append(got.number)
                check_cleared(before, open_everywhere(corner), got)


def open_everywhere(corner: Corner) -> dict[tuple[str, int], int]:
    return {(staff, one.seq): one.open for staff in ("S1", "S2", "S3") for one in lists.open_entries(corner.db, staff)}


def check_cleared(before: dict[tuple[str, int], int], after: dict[tuple[str, int], int], got: Recorded) -> None:
    """A collection lowers exactly the entries it names, by exactly what it says."""
    assert isinstance(got.document, DeductionCollected)
    lowered: defaultdict[tuple[str, int], int] = defaultdict(int)
    for line in got.document.lines:
        for one in line.entries:
            lowered[line.staff, one.seq] += one.amount
    assert after == {key: left for key, was in before.items() if (left := was - lowered[key])}
    assert set(lowered) <= set(before)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=30))
def test_in_any_order_a_tab_is_the_sum_of_what_is_open_and_nothing_is_cleared_twice(
    month: list[tuple[str, object, object]],
) -> None:
    with TemporaryDirectory() as folder:
        corner = stocked(Path(folder))
        numbers: list[str] = []
        for step in month:
            act(corner, step, numbers)
            for staff in ("S1", "S2", "S3"):
                owed = queries.tab(corner.db, staff)
                assert sum(one.open for one in lists.open_entries(corner.db, staff)) == max(owed, 0)
                assert all(0 < one.open <= one.amount for one in lists.open_entries(corner.db, staff))
            standing = [
                (line.staff, one.seq)
                for row in lists.lists(corner.db)
                if not row.collected_by
                for line in lists.document(corner.db, row).lines
                for one in line.entries
            ]
            assert len(standing) == len(set(standing))
        head = corner.ledger.head()
        for row in lists.lists(corner.db):
            listed = lists.document(corner.db, row)
            assert hand_over(corner, listed.unit, listed.month).number == row.number
        assert corner.ledger.head() == head
        corner.verify()
        corner.ledger.close()
