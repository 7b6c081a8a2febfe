"""The PIN by which a staff member confirms a purchase on the tab."""

from contextlib import closing
from datetime import timedelta

import pytest

from pos_app.domain.errors import InvalidStaffPin, ManagerNeeded, NoStaffPin, UnknownStaff, WrongPin
from pos_app.ledger.ledger import Ledger
from pos_app.services import people, privacy, tabs
from pos_app.services.context import Counter, User
from tests.corner import MORNING, Corner


@pytest.fixture
def with_pin(corner: Corner, manager: User) -> Corner:
    corner.counter.user = manager
    tabs.set_staff_pin(corner.counter, "S1", "4071")
    return corner


def wrong(corner: Corner, times: int = 1) -> WrongPin:
    for _ in range(times):
        with pytest.raises(WrongPin) as error:
            tabs.check_staff_pin(corner.counter, "S1", "0000")
    return error.value


def activity(corner: Corner) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in corner.db.execute("SELECT user, action, detail FROM activity")]


def test_a_manager_lets_somebody_choose_a_pin_and_it_is_logged(with_pin: Corner, manager: User) -> None:
    assert tabs.staff_has_pin(with_pin.counter, "S1")
    assert not tabs.staff_has_pin(with_pin.counter, "S2")
    tabs.check_staff_pin(with_pin.counter, "S1", "4071")
    assert activity(with_pin) == [(manager.id, "staff_pin_set", "S1")]


def test_the_pin_itself_is_kept_nowhere(with_pin: Corner) -> None:
    pin_hash = with_pin.db.execute("SELECT pin_hash FROM staff_pins").fetchone()[0]
    assert pin_hash.startswith("$argon2id$")
    assert "4071" not in pin_hash


def test_a_cashier_needs_the_manager_to_set_a_pin(corner: Corner, manager: User) -> None:
    vault = corner.counter.vault
    corner.counter.user = people.add_user(corner.ledger, vault, name="Sari", pin="222222", role="kasir", now=MORNING)
    with pytest.raises(ManagerNeeded):
        tabs.set_staff_pin(corner.counter, "S1", "4071")
    tabs.set_staff_pin(corner.counter, "S1", "4071", approved_by=manager.id)
    assert activity(corner) == [(manager.id, "staff_pin_set", "S1")]


@pytest.mark.parametrize("pin", ["", "407", "40711", "407a", "٤٠٧١"])
def test_a_staff_pin_has_four_digits(corner: Corner, manager: User, pin: str) -> None:
    with pytest.raises(InvalidStaffPin):
        tabs.set_staff_pin(corner.counter, "S1", pin, approved_by=manager.id)


def test_nobody_unknown_gets_a_pin(corner: Corner, manager: User) -> None:
    with pytest.raises(UnknownStaff):
        tabs.set_staff_pin(corner.counter, "S9", "4071", approved_by=manager.id)


def test_without_a_pin_none_is_right(corner: Corner) -> None:
    with pytest.raises(NoStaffPin):
        tabs.check_staff_pin(corner.counter, "S1", "0000")


def test_five_wrong_pins_wait_a_minute_also_after_a_restart(with_pin: Corner) -> None:
    assert [wrong(with_pin).tries_left for _ in range(4)] == [4, 3, 2, 1]
    assert wrong(with_pin).wait_seconds == 60
    path = with_pin.ledger.path
    with_pin.ledger.close()
    with closing(Ledger.open(path)) as again:
        counter = Counter(again, with_pin.counter.vault, with_pin.clock, with_pin.counter.new_id)
        with pytest.raises(WrongPin) as waiting:
            tabs.check_staff_pin(counter, "S1", "4071")
        assert waiting.value.wait_seconds > 0
        with_pin.clock.pass_by(seconds=61)
        tabs.check_staff_pin(counter, "S1", "4071")


def test_a_right_pin_forgives_the_wrong_ones_before(with_pin: Corner) -> None:
    wrong(with_pin, 3)
    tabs.check_staff_pin(with_pin.counter, "S1", "4071")
    assert wrong(with_pin).tries_left == 4


def test_a_new_pin_ends_the_waiting(with_pin: Corner) -> None:
    wrong(with_pin, 5)
    tabs.set_staff_pin(with_pin.counter, "S1", "1234")
    tabs.check_staff_pin(with_pin.counter, "S1", "1234")


@pytest.mark.parametrize("years", [10, -10])
def test_a_clock_that_was_wrong_locks_nobody_out(with_pin: Corner, years: int) -> None:
    with_pin.clock.now = MORNING + timedelta(days=365 * years)
    wrong(with_pin, 5)
    with_pin.clock.now = MORNING
    tabs.check_staff_pin(with_pin.counter, "S1", "4071")


def test_who_is_anonymised_leaves_no_pin(with_pin: Corner) -> None:
    privacy.anonymise(with_pin.counter, "staff", "S1")
    assert not tabs.staff_has_pin(with_pin.counter, "S1")
    assert with_pin.db.execute("SELECT count(*) FROM staff_pins").fetchone()[0] == 0
