"""PINs: tries, waiting, and clocks that jump meanwhile."""

from datetime import timedelta

import pytest

from pos_app.domain.errors import InvalidPin, ManagerNeeded, Misuse, WrongPin
from pos_app.printing.preview import preview
from pos_app.services import people
from pos_app.services.context import User
from pos_app.services.papers import document_paper
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
    row = corner.db.execute("SELECT user, action, detail FROM activity WHERE action <> 'pin_failed'").fetchone()
    assert tuple(row) == (manager.id, "approved:tab_over_limit", "S1")


def test_nobody_can_approve_without_a_manager(corner: Corner) -> None:
    with pytest.raises(ManagerNeeded):
        people.approve(corner.counter, "123456", "refund")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_a_pin_has_six_digits(corner: Corner, pin: str) -> None:
    with pytest.raises(InvalidPin):
        people.add_user(corner.ledger, corner.counter.vault, name="X", pin=pin, role="kasir", now=MORNING)


def activity(corner: Corner) -> list[tuple[str, str, str]]:
    return [
        tuple(row)
        for row in corner.db.execute("SELECT user, action, detail FROM activity WHERE action <> 'pin_failed'")
    ]


def test_a_manager_adds_a_cashier_who_can_log_in(corner: Corner, manager: User) -> None:
    corner.counter.user = manager
    added = people.hire(corner.counter, "  Sari   Dewi ", "kasir", "222222")
    assert added.name == "Sari Dewi"
    assert people.log_in(corner.counter, added.id, "222222").role == "kasir"
    assert activity(corner) == [(manager.id, "user_added", added.id)]


@pytest.mark.parametrize("name", ["", "  ", "bu rina"])
def test_a_user_needs_a_name_of_their_own(corner: Corner, manager: User, name: str) -> None:
    with pytest.raises(Misuse):
        people.hire(corner.counter, name, "kasir", "222222")
    assert [user.name for user in people.users(corner.counter)] == ["Bu Rina"]


def test_a_new_pin_replaces_the_old_one_and_ends_the_waiting(corner: Corner, manager: User) -> None:
    wrong(corner, manager, 5)
    people.change_pin(corner.counter, manager.id, "654321", approved_by="m2")
    assert people.log_in(corner.counter, manager.id, "654321").id == manager.id
    assert wrong(corner, manager).tries_left == 4
    with pytest.raises(WrongPin):
        people.log_in(corner.counter, manager.id, "123456")
    assert activity(corner) == [("m2", "user_pin_changed", manager.id)]


def test_who_was_dismissed_neither_logs_in_nor_approves(corner: Corner, manager: User) -> None:
    corner.counter.user = manager
    other = people.hire(corner.counter, "Tuti", "pengelola", "333333")
    people.dismiss(corner.counter, other.id)
    with pytest.raises(WrongPin):
        people.approve(corner.counter, "333333", "refund")
    assert [user.id for user in people.users(corner.counter)] == [manager.id]
    assert activity(corner)[-1] == (manager.id, "user_deactivated", other.id)


def test_the_last_manager_and_oneself_stay(corner: Corner, manager: User) -> None:
    with pytest.raises(Misuse):
        people.dismiss(corner.counter, manager.id)
    people.hire(corner.counter, "Tuti", "pengelola", "333333")
    corner.counter.user = manager
    with pytest.raises(Misuse):
        people.dismiss(corner.counter, manager.id)
    assert len(people.users(corner.counter)) == 2


def test_a_reprint_names_the_cashier_who_left(open_corner: Corner, manager: User) -> None:
    counter = open_corner.counter
    left = people.hire(counter, "Dewi", "kasir", "222222", manager.id)
    counter.user = left
    sale = open_corner.sell("T1")
    counter.user = manager
    people.dismiss(counter, left.id)
    paper = document_paper(open_corner.ledger, counter.vault, sale["id"], copy=True)
    assert any("Dewi" in line for line in preview(paper))
