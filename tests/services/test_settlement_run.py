"""Rows 13, 16, 17 and 40, and rule 6, for many producers at once: all are paid or none, to the rupiah."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from pos_app.domain.errors import (
    EmptyDocument,
    InsufficientCash,
    ManagerNeeded,
    NoAccount,
    NoOpenShift,
    OwedChanged,
    RecordedAfterAll,
    Unsettled,
)
from pos_app.ledger import agreements, queries
from pos_app.ledger.ledger import Ledger
from pos_app.services import refunding, settlement_run, settling, slips
from pos_app.services.context import User
from pos_app.services.settlement_run import Order, Plan, Row
from pos_app.services.settling import SettlementTender
from sync.documents.money import Deduction, Settlement
from tests.corner import MORNING, Corner
from tests.failing import Failing, Unreachable
from tests.services.test_transfer_list import give_account

TODAY = MORNING.date()
BOSS = "boss"


@pytest.fixture
def owing(open_corner: Corner) -> Corner:
    """Two producers who are owed: P1 43.200 for goods sold, P2 for goods bought outright and sold; with accounts."""
    for producer in ("P1", "P2"):
        give_account(open_corner, producer, "0001234567")
    open_corner.sell("T1", "3")
    open_corner.sell("K1", "2")
    open_corner.clock.pass_by(days=8)
    open_corner.do("close_shift", counted=0, note="to the safe", approved_by=BOSS)
    open_corner.do("open_shift", float=500_000)
    return open_corner


def prepared(corner: Corner, through: date | None = None) -> Plan:
    today = corner.clock.now.date()
    return settlement_run.prepare(corner.counter, through or today, today=today)


def row_of(plan: Plan, producer: str) -> Row:
    return next(row for row in plan.rows if row.code == producer)


def orders(plan: Plan, **tenders: str) -> list[Order]:
    return [settlement_run.order(plan, row_of(plan, code), tenders[code]) for code in tenders]  # type: ignore[arg-type]


def entries(corner: Corner) -> int:
    return corner.ledger.head().seq


def test_all_who_are_due_are_paid_in_one_transaction_with_consecutive_numbers(owing: Corner) -> None:
    plan = prepared(owing)
    assert [(row.code, row.standing) for row in plan.rows] == [("P1", "due"), ("P2", "due")]
    chosen = orders(plan, P1="cash", P2="transfer")
    drawer = owing.state["drawer"]
    last = settlement_run.record(owing.counter, plan, chosen, approved_by=BOSS)
    run = settlement_run.recorded(owing.db, last.seq, len(chosen))
    assert [entry.document.number for entry in run] == ["BP-MTR001A-000001", "BP-MTR001A-000002"]
    assert [entry.document.amount for entry in run if isinstance(entry.document, Settlement)] == [
        one.amount for one in chosen
    ]
    assert owing.state["drawer"] == drawer - chosen[0].amount
    assert owing.payable("P2") == 0
    assert all(slips.check(owing.db, entry.document.number) == () for entry in run)
    owing.verify()


def test_a_run_pays_what_single_payments_would(owing: Corner) -> None:
    plan = prepared(owing)
    alone = [row.due.amount("cash", 100) for row in plan.rows]
    last = settlement_run.record(owing.counter, plan, orders(plan, P1="cash", P2="cash"), approved_by=BOSS)
    owing.do("reverse", of="BP-MTR001A-000002")
    owing.do("reverse", of="BP-MTR001A-000001")
    assert last.number == "BP-MTR001A-000002"
    assert [owing.do("settle", producer=code, tender="cash")["paid"] for code in ("P1", "P2")] == alone


def test_row_17_a_drawer_that_cannot_pay_all_is_refused_with_the_figure_and_nobody_is_paid(owing: Corner) -> None:
    owing.do("cash_move", direction="out", amount=450_000, safe=True)
    plan = prepared(owing)
    chosen = orders(plan, P1="cash", P2="cash")
    before = entries(owing)
    with pytest.raises(InsufficientCash) as refused:
        settlement_run.record(owing.counter, plan, chosen, approved_by=BOSS)
    assert (refused.value.drawer, refused.value.needed) == (50_000, sum(one.amount for one in chosen))
    assert entries(owing) == before
    owing.do("close_shift", counted=50_000)
    with pytest.raises(NoOpenShift):
        settlement_run.record(owing.counter, prepared(owing), chosen, approved_by=BOSS)
    settlement_run.record(owing.counter, prepared(owing), orders(plan, P1="transfer"), approved_by=BOSS)


@pytest.mark.parametrize("step", [0, 2])
def test_a_run_that_is_stopped_records_nothing(owing: Corner, step: int) -> None:
    class Stopped(Exception):
        pass

    def tell(done: int, total: int) -> None:
        assert total == 2
        if done == step:
            raise Stopped

    plan = prepared(owing)
    before = entries(owing)
    with pytest.raises(Stopped):
        settlement_run.record(owing.counter, plan, orders(plan, P1="cash", P2="cash"), approved_by=BOSS, tell=tell)
    assert entries(owing) == before
    owing.verify()


def test_a_sale_after_the_plan_waits_for_the_next_payment_and_a_refund_is_told(owing: Corner) -> None:
    plan = prepared(owing)
    owing.sell("T1", "1")
    chosen = orders(plan, P1="transfer")
    settlement_run.record(owing.counter, plan, chosen, approved_by=BOSS)
    assert owing.payable("P1") == 14_400
    again = prepared(owing)
    owing.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    before = entries(owing)
    with pytest.raises(OwedChanged):
        settlement_run.record(owing.counter, again, orders(again, P1="transfer"), approved_by=BOSS)
    assert entries(owing) == before


def test_who_was_paid_meanwhile_is_not_paid_twice(owing: Corner) -> None:
    plan = prepared(owing)
    owing.do("settle", producer="P1", tender="transfer")
    with pytest.raises(OwedChanged) as refused:
        settlement_run.record(owing.counter, plan, orders(plan, P1="transfer", P2="transfer"), approved_by=BOSS)
    assert (refused.value.producer, refused.value.payable) == ("Dapur Satu", 0)
    assert owing.payable("P2") > 0


def test_row_13_who_owes_the_corner_is_listed_and_left_out(owing: Corner) -> None:
    owing.do("settle", producer="P1", tender="transfer")
    owing.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    row = row_of(prepared(owing), "P1")
    assert (row.standing, row.due.payable) == ("owes", -14_400)


def test_rule_6_below_one_step_nothing_is_paid_in_cash_and_the_row_says_so(owing: Corner) -> None:
    owing.do("settle", producer="P1", tender="transfer")
    owing.sell("W1", "0.003")
    row = row_of(prepared(owing), "P1")
    assert (row.standing, row.due.payable) == ("nothing", 86)


def test_an_agreement_says_when_and_how_before_the_producers_own_terms(owing: Corner) -> None:
    with owing.ledger.write() as tx:
        terms = agreements.Agreement("P1", TODAY, "bulanan", "transfer", "producer", 3, 30)
        agreements.keep(tx.db, terms)
    rows = {row.code: (row.standing, row.tender) for row in prepared(owing).rows}
    assert rows == {"P1": ("later", "transfer"), "P2": ("due", "cash")}


def test_an_earlier_cut_off_pays_what_was_recorded_until_then(owing: Corner) -> None:
    owing.sell("T1", "1")
    plan = prepared(owing, TODAY)
    row = row_of(plan, "P1")
    assert (row.due.total, row.due.payable, row.differs) == (43_200, 57_600, True)
    settlement_run.record(owing.counter, plan, orders(plan, P1="cash"), approved_by=BOSS)
    assert owing.payable("P1") == 14_400


def test_deductions_of_a_run_are_kept_by_the_corner(owing: Corner) -> None:
    plan = prepared(owing)
    kept = (Deduction("stand_fee", 3_150),)
    one = Order("P1", "cash", 40_000, kept)
    settlement_run.record(owing.counter, plan, [one], approved_by=BOSS)
    assert owing.payable("P1") == 50
    assert queries.balance(owing.db, "other_income") == -3_150


def test_a_run_needs_a_manager_and_somebody_to_pay(owing: Corner) -> None:
    plan = prepared(owing)
    cashier = replace(owing.counter, user=User("c1", "kasir"))
    with pytest.raises(ManagerNeeded):
        settlement_run.record(cashier, plan, orders(plan, P1="cash"))
    with pytest.raises(EmptyDocument):
        settlement_run.record(owing.counter, plan, [], approved_by=BOSS)


def test_the_last_document_tells_for_the_whole_run_where_the_disk_hid_it_from_a_worker(
    owing: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = prepared(owing)
    chosen = orders(plan, P1="cash", P2="cash")
    another = Ledger.another

    def failing(ledger: Ledger) -> Ledger:
        own = another(ledger)
        monkeypatch.setattr(own, "_db", Failing(own.db, committed=True))
        return own

    monkeypatch.setattr(Ledger, "another", failing)
    opened = owing.ledger.db
    disk = Unreachable(monkeypatch)
    disk.back = True
    hiding = settlement_run.record_apart
    monkeypatch.setattr("pos_app.services.settlement_run.done", lambda _now: None)
    monkeypatch.setattr(Ledger, "_is_recorded", lambda _ledger, _id: None)
    with pytest.raises(Unsettled) as fault:
        hiding(owing.counter, plan, chosen, approved_by=BOSS, tell=lambda _done, _total: None)
    monkeypatch.undo()
    assert opened is owing.ledger.db
    assert owing.counter.left_open == fault.value.id
    earlier = owing.counter.settled(fault.value.id)
    assert earlier is not None
    assert [entry.document.number for entry in settlement_run.recorded(owing.db, earlier.seq, 2)] == [
        "BP-MTR001A-000001",
        "BP-MTR001A-000002",
    ]
    owing.verify()


def test_progress_is_told_by_the_hundred_and_at_the_end(owing: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    today = owing.clock.now.date()
    plan = settlement_run.prepare(owing.counter, today, today=today, tell=lambda *words: told.append(words))
    chosen = orders(plan, P1="cash", P2="cash")
    settlement_run.record(owing.counter, plan, chosen, approved_by=BOSS, tell=lambda *words: told.append(words))
    assert told == [(0, 2), (0, 2), (2, 2)]


def test_a_cash_step_that_was_changed_since_the_plan_is_told(owing: Corner) -> None:
    plan = prepared(owing)
    owing.counter.cash_step = 500
    with pytest.raises(OwedChanged):
        settlement_run.record(owing.counter, plan, orders(plan, P1="cash"), approved_by=BOSS)
    settlement_run.record(owing.counter, plan, orders(plan, P1="transfer"), approved_by=BOSS)


def test_a_transfer_needs_an_account_that_a_bank_could_take(owing: Corner) -> None:
    give_account(owing, "P1", "12345")
    plan = prepared(owing)
    before = entries(owing)
    with pytest.raises(NoAccount):
        settlement_run.record(owing.counter, plan, orders(plan, P2="transfer", P1="transfer"), approved_by=BOSS)
    assert entries(owing) == before
    settlement_run.record(owing.counter, plan, orders(plan, P1="cash", P2="transfer"), approved_by=BOSS)


class TestWhoWaits:
    """Since when, whatever the clock said once and whatever was taken back."""

    def test_a_clock_that_ran_ahead_once_does_not_hide_who_is_due(self, owing: Corner) -> None:
        right = owing.clock.now
        owing.clock.pass_by(days=365)
        owing.do("settle", producer="P1", tender="transfer")
        owing.clock.now = right
        owing.sell("T1", "1")
        row = row_of(prepared(owing), "P1")
        assert (row.standing, row.days, row.due.owed) == ("due", None, 14_400)

    def test_a_cut_off_in_the_future_is_today(self, owing: Corner) -> None:
        today = owing.clock.now.date()
        paid = settling.settle(owing.counter, "P1", "transfer", through=date(2027, 12, 31), approved_by=BOSS).document
        assert isinstance(paid, Settlement)
        assert paid.through_date == today.isoformat()
        assert prepared(owing, date(2027, 12, 31)).through == today

    def test_today_leaves_nothing_out_whatever_the_clock_said(self, owing: Corner) -> None:
        today = owing.clock.now.date()
        owing.clock.pass_by(days=300)
        owing.do("close_shift", counted=owing.state["drawer"])
        owing.do("open_shift", float=500_000)
        owing.sell("T1", "1")
        owing.clock.pass_by(days=-300)
        assert row_of(prepared(owing), "P1").due.owed == 57_600
        paid = settling.settle(owing.counter, "P1", "transfer", through=today, approved_by=BOSS).document
        assert isinstance(paid, Settlement)
        assert paid.amount == 57_600

    @pytest.mark.parametrize("ahead", [False, True])
    def test_who_never_delivered_waits_since_the_first_entry(self, corner: Corner, *, ahead: bool) -> None:
        if ahead:
            corner.do("open_shift", float=500_000)
            corner.sell("T1", "2")
        else:
            corner.do("opening", payable={"P1": 50_000})
        corner.clock.pass_by(days=6)
        assert (row_of(prepared(corner), "P1").standing, row_of(prepared(corner), "P1").days) == ("later", 6)
        corner.clock.pass_by(days=1)
        assert row_of(prepared(corner), "P1").standing == "due"

    def test_an_older_payment_taken_back_under_a_newer_is_due_since_before_it(self, owing: Corner) -> None:
        first = owing.do("settle", producer="P1", tender="transfer")
        owing.sell("T1", "1")
        owing.do("settle", producer="P1", tender="transfer")
        refunding.reverse(owing.counter, first["number"], approved_by=BOSS)
        row = row_of(prepared(owing), "P1")
        assert (row.standing, row.days, row.due.owed) == ("due", 8, 43_200)
        owing.do("settle", producer="P1", tender="transfer")
        owing.sell("T1", "1")
        row = row_of(prepared(owing), "P1")
        assert (row.standing, row.days) == ("later", 0)


def test_what_became_of_an_earlier_document_is_told_once_also_by_a_worker(owing: Corner) -> None:
    sold = owing.sell("T1", "1")
    plan = prepared(owing)
    owing.counter.left_open = sold["id"]

    def pay() -> None:
        chosen = orders(plan, P1="transfer")
        settlement_run.record_apart(owing.counter, plan, chosen, approved_by=BOSS, tell=lambda _done, _total: None)

    with pytest.raises(RecordedAfterAll):
        pay()
    assert owing.counter.left_open == ""
    pay()


@pytest.mark.parametrize("tender", ["cash", "transfer"])
def test_another_amount_than_was_confirmed_is_never_paid(owing: Corner, tender: SettlementTender) -> None:
    owing.sell("T1", "1")
    before = entries(owing)
    with pytest.raises(OwedChanged) as refused:
        settling.settle(owing.counter, "P1", tender, approved_by=BOSS, expected=43_200)
    assert (refused.value.payable, entries(owing)) == (57_600, before)
    settling.settle(owing.counter, "P1", tender, approved_by=BOSS, expected=57_600)


class TestRow40:
    """A wrong payout is taken back by a document of its own; afterwards what is due is right again."""

    def test_the_newest_taken_back_is_due_again_with_its_goods(self, owing: Corner) -> None:
        first = owing.do("settle", producer="P1", tender="transfer")
        refunding.reverse(owing.counter, first["number"], approved_by=BOSS)
        due = row_of(prepared(owing), "P1").due
        assert (due.from_seq, due.earned, due.carried_over, due.total) == (0, 43_200, 0, 43_200)

    def test_an_older_one_taken_back_under_a_newer_is_carried_over_to_the_rupiah(self, owing: Corner) -> None:
        first = owing.do("settle", producer="P1", tender="transfer")
        owing.sell("W1", "0.375")
        second = owing.do("settle", producer="P1", tender="cash")
        assert second["remaining"] == 88
        refunding.reverse(owing.counter, first["number"], approved_by=BOSS)
        due = row_of(prepared(owing), "P1").due
        assert (due.earned, due.other, due.carried_over) == (0, 0, 43_200 + 88)
        assert slips.explained_due(owing.db, due).taken_back == 43_200
        third = owing.do("settle", producer="P1", tender="transfer")
        assert third["paid"] == 43_288
        assert owing.payable("P1") == 0
        assert slips.check(owing.db, third["number"]) == ()
        assert slips.check(owing.db, second["number"]) == ()
        owing.verify()

    def test_a_debt_that_was_paid_stands_on_the_next_slip_in_a_line_of_its_own(self, owing: Corner) -> None:
        owing.do("settle", producer="P1", tender="transfer")
        owing.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
        owing.do("cash_move", direction="in", amount=14_400, producer="P1")
        owing.sell("T1", "2")
        number = owing.do("settle", producer="P1", tender="cash")["number"]
        entry = queries.entry_by_number(owing.db, number)
        assert entry is not None
        assert isinstance(entry.document, Settlement)
        told = slips.explained(owing.db, entry.seq, entry.document)
        assert (told.debts_paid, told.came_back, entry.document.other) == (14_400, 14_400, 14_400)

    def test_losses_bought_goods_and_the_opening_balance_have_lines_of_their_own(self, corner: Corner) -> None:
        corner.do("opening", payable={"P2": 5_000})
        corner.receive("B1", "10")
        corner.receive("K1", "5")
        corner.do("write_off", lines=[{"sku": "K1", "quantity": "2", "borne_by": "corner"}])
        number = corner.do("settle", producer="P2", tender="transfer")["number"]
        entry = queries.entry_by_number(corner.db, number)
        assert entry is not None
        assert isinstance(entry.document, Settlement)
        told = slips.explained(corner.db, entry.seq, entry.document)
        assert (told.opening, told.bought, told.losses) == (5_000, 20_000, 13_125)
        assert told.opening + told.bought + told.losses == entry.document.other


def test_row_37_a_slip_that_somebody_changed_is_named_field_by_field(owing: Corner) -> None:
    number = owing.do("settle", producer="P1", tender="transfer")["number"]
    entry = queries.entry_by_number(owing.db, number)
    assert entry is not None
    assert isinstance(entry.document, Settlement)
    wrong = msgspec.structs.replace(entry.document, other=500, remaining=500)
    found = slips.differences(wrong, slips.recomputed(owing.db, entry.seq, wrong))
    assert [(one.field, one.recorded, one.recomputed) for one in found] == [("other", 500, 0), ("remaining", 500, 0)]
    assert slips.check(owing.db, "ST-MTR001A-000001") is None
