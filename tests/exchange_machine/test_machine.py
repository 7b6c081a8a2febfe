"""A few runs of the machine; fifty thousand are ``make machine``."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pos_app.ledger.exchange import LedgerStore
from tests.exchange_machine.machine import ExchangeMachine

FEW = settings(
    max_examples=5,
    stateful_step_count=15,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_tills_network_and_centre_agree_after_every_event() -> None:
    run_state_machine_as_test(ExchangeMachine, settings=FEW)


@pytest.fixture
def day() -> ExchangeMachine:
    return ExchangeMachine()


def test_a_diverged_till_comes_to_rest_when_an_officer_answers(day: ExchangeMachine) -> None:
    day.record("A", 2)
    day.sell_after_an_old_backup_came_back("A", 2, 3, new_computer=False)
    assert day._exchange("A") == "repair_waiting"
    day.all_of_it_holds()
    day.teardown()


def test_a_till_that_believes_in_more_than_was_stored_is_found(
    day: ExchangeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pointer that runs ahead of the centre is what the machine is for."""
    day.record("A", 3)
    accept = LedgerStore.accept_ack

    def ahead(store: LedgerStore, ack, at: str) -> None:
        accept(store, ack, at)
        store.rewind(ack.acked_seq + 1)

    monkeypatch.setattr(LedgerStore, "accept_ack", ahead)
    with pytest.raises(AssertionError):
        day.exchange("A", ["whole"])
    monkeypatch.undo()
    day.teardown()


def test_histories_that_differ_from_the_first_entry_on_are_whole_at_the_centre_too(day: ExchangeMachine) -> None:
    day.sell_after_an_old_backup_came_back("A", 1, 3, new_computer=True)
    day.teardown()


def test_two_computers_with_one_key_end_with_one_journal_of_what_both_recorded(day: ExchangeMachine) -> None:
    day.record("A", 2)
    day._exchange("A")
    day.a_copy_of_the_computer_goes_on_too("A")
    day.record("A", 2)
    day.record("A copied", 3)
    both = day.tills["A"].answered | day.tills["A copied"].answered
    assert day._exchange("A") == "ok"
    assert day._exchange("A copied") == "repair_waiting"
    day._settle()
    assert set(day.tills["A"].documents()) >= both
    day.teardown()


def test_two_computers_that_both_run_one_approved_repair_end_with_one_journal(day: ExchangeMachine) -> None:
    """Found by chance: the second one's repair began an epoch that another had begun already."""
    day.record("A", 2)
    day._exchange("A")
    day.sell_after_an_old_backup_came_back("A", 1, 1, new_computer=True)
    day.a_copy_of_the_computer_goes_on_too("A")
    day.an_officer_approves("A")
    day.sell_after_an_old_backup_came_back("A copied", 1, 1, new_computer=False)
    day.rejoin("A copied")
    day.teardown()
