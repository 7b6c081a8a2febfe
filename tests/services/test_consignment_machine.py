"""Consignment is right to the rupiah: whatever is done in whatever order, every sold line is paid exactly once.

A state machine works at a real ledger through the same actions as ``pojok play``; ``consignment_books`` keeps the books
of the rules beside it. After every step both say the same; at the end every slip is worked out anew from the bytes of
the journal, ``verify`` passes, and the centre makes the same figures of the same entries.

``make proof`` runs thousands of these days.
"""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pos_app.domain.errors import DamagedLedger
from tests.services.consignment_machine import ConsignmentMachine
from tests.services.consignment_mutants import MUTANTS, Mutant

SHORT = settings(max_examples=15, stateful_step_count=50)
FOUND = settings(SHORT, max_examples=60, phases=[Phase.generate], report_multiple_bugs=False)
EVERY_DAY = {"delivery", "sale", "refund", "returned", "lost", "counted", "price", "paid", "shift closed"}


def test_every_sold_line_is_paid_exactly_once_whatever_happens_in_whatever_order() -> None:
    ConsignmentMachine.taken.clear()
    run_state_machine_as_test(ConsignmentMachine, settings=SHORT)
    assert not EVERY_DAY - set(ConsignmentMachine.taken)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_fault_about_producers_money_is_found(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    ConsignmentMachine.settled_template()
    mutant(monkeypatch)
    with pytest.raises((AssertionError, DamagedLedger)):
        run_state_machine_as_test(ConsignmentMachine, settings=FOUND)
