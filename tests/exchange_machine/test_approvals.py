"""What becomes of an officer's approval when the centre, or the till, goes on in the meantime: both halves are real."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.services import rejoining
from sync.client.exchange import Exchange
from tests.exchange_machine.machine import ExchangeMachine

NAME = "A"


@pytest.fixture
def day() -> Iterator[ExchangeMachine]:
    """At the end all must come to rest, with the same books on both sides."""
    day = ExchangeMachine()
    yield day
    day.teardown()


def diverge(day: ExchangeMachine) -> Path:
    """Sell on after an old backup came back; a copy of the till as it was before that."""
    till, early, late = day.tills[NAME], day._file(), day._file()
    till.record(2)
    assert day._exchange(NAME) == "ok"
    answered = till.back_up(early)
    till.record(2)
    assert day._exchange(NAME) == "ok"
    till.back_up(late)
    till.come_back(early, answered, new_computer=False)
    till.record(2)
    assert day._exchange(NAME) == "repair_waiting"
    return late


def approve(day: ExchangeMachine) -> None:
    day.an_officer_approves(NAME)
    assert day._exchange(NAME) == "repair_approved"


def a_stick_of_before_is_loaded(day: ExchangeMachine, late: Path) -> None:
    """The centre gets more of the history that the till lost."""
    till = day.tills[NAME]
    mine, till.ledger = till.ledger, Ledger.open(late)
    told = set(till.answered)
    try:
        with closing(till.ledger):
            till.record(2)
            assert Exchange(till.store, till.vault.signing_key(), till.line, till.now).run().status == "ok"
    finally:
        till.ledger, till.answered = mine, told


def test_a_till_that_joined_joins_anew_when_the_centre_went_on_before_it_heard_of_that(day: ExchangeMachine) -> None:
    late = diverge(day)
    approve(day)
    assert day.tills[NAME].rejoin()
    a_stick_of_before_is_loaded(day, late)
    assert day._exchange(NAME) == "repair_waiting"
    approve(day)
    assert rejoining.state(day.tills[NAME].ledger) == "approved"
    assert day.tills[NAME].rejoin()
    assert rejoining.approval(day.tills[NAME].ledger) is None
    assert day._exchange(NAME) == "ok"


def test_an_approval_is_forgotten_where_the_centre_lost_what_differed(day: ExchangeMachine) -> None:
    copy = day._file()
    day.centre.copy_to(copy)
    diverge(day)
    approve(day)
    till = day.tills[NAME]
    approved = rejoining.approval(till.ledger)
    assert approved is not None
    rejoining.fetched(till.path, till.ledger, till._fetch)
    day.centre.come_back(copy)
    day.trusting.clear()
    assert day._exchange(NAME) == "ok"
    assert rejoining.approval(till.ledger) is None
    with pytest.raises(rejoining.NothingApproved):
        rejoining.fetched(till.path, till.ledger, till._fetch)
    assert not list(till.folder.glob(f"{NAME}.db.kept*"))


def test_an_approval_is_forgotten_when_the_centre_went_on(day: ExchangeMachine) -> None:
    late = diverge(day)
    approve(day)
    a_stick_of_before_is_loaded(day, late)
    assert day._exchange(NAME) == "repair_waiting"
    assert rejoining.approval(day.tills[NAME].ledger) is None
