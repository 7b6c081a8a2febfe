"""PINs: tries, waiting, and clocks that jump meanwhile."""

from datetime import timedelta

import pytest

from pos_app.domain.errors import InvalidPin, ManagerNeeded, WrongPin
from pos_app.services import people
from pos_app.services.context import User
from tests.corner import MORNING, Corner


def wrong(corner: Corner, user: User, times: int = 1) -> WrongPin:
    for _ in range(times):
        with pytest.raises(WrongPin) as error:
            people.log_in(corner.counter, user.id, "000000")
    return error.value


def test_five_wrong_pins_wait_a_minute(corner: Corner, manager: User) -> None:
    assert wrong(corner, manager).tries_left == 4
    assert wrong(corner, manager, 4).wait_seconds == 60
    with pytest.raises(WrongPin):
        people.log_in(corner.counter, manager.id, "123456")
    corner.clock.pass_by(seconds=61)
    assert people.log_in(corner.counter, manager.id, "123456").id == manager.id


def test_a_right_pin_forgives_the_wrong_ones_before(corner: Corner, manager: User) -> None:
    wrong(corner, manager, 3)
    people.log_in(corner.counter, manager.id, "123456")
    assert wrong(corner, manager).tries_left == 4


@pytest.mark.parametrize("years", [10, -10])
def test_a_clock_that_was_wrong_locks_nobody_out(corner: Corner, manager: User, years: int) -> None:
    corner.clock.now = MORNING + timedelta(days=365 * years)
    wrong(corner, manager, 5)
    corner.clock.now = MORNING
    assert people.log_in(corner.counter, manager.id, "123456").id == manager.id


def test_an_approval_is_the_managers_and_is_logged(corner: Corner, manager: User) -> None:
    assert people.approve(corner.counter, "123456", "tab_over_limit", "S1") == manager.id
    row = corner.db.execute("SELECT user, action, detail FROM activity").fetchone()
    assert tuple(row) == (manager.id, "approved:tab_over_limit", "S1")


def test_nobody_can_approve_without_a_manager(corner: Corner) -> None:
    with pytest.raises(ManagerNeeded):
        people.approve(corner.counter, "123456", "refund")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_a_pin_has_six_digits(corner: Corner, pin: str) -> None:
    with pytest.raises(InvalidPin):
        people.add_user(corner.ledger, corner.counter.vault, name="X", pin=pin, role="kasir", now=MORNING)
