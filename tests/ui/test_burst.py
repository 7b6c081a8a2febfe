"""A scanner is told from a person by time alone."""

import pytest

from pos_app.ui.burst import BurstMachine, Verdict


def feed(machine: BurstMachine, text: str, gap: int, start: int = 1000) -> int:
    """Types ``text`` with ``gap`` ms between keys; returns the time of the last key."""
    at = start
    for number, character in enumerate(text):
        at = start + number * gap
        machine.printable(character, at)
    return at


@pytest.mark.parametrize("gap", [1, 5, 12, 20, 34])
def test_a_burst_that_ends_with_enter_is_a_scan(gap: int) -> None:
    machine = BurstMachine()
    last = feed(machine, "2001872000011", gap)
    decision = machine.terminator(last + gap)
    assert decision.verdict is Verdict.SCAN
    assert decision.code == "2001872000011"
    assert not machine.holding


@pytest.mark.parametrize("gap", [51, 80, 120, 300])
def test_typing_is_never_a_scan(gap: int) -> None:
    machine = BurstMachine()
    verdicts = {machine.printable(c, 1000 + n * gap).verdict for n, c in enumerate("2001872000011")}
    assert verdicts == {Verdict.HOLD, Verdict.REPLAY_THEN_HOLD}
    assert machine.terminator(1000 + 13 * gap).verdict is Verdict.REPLAY_THEN_PASS


def test_five_fast_characters_are_typing() -> None:
    machine = BurstMachine()
    last = feed(machine, "12345", 5)
    assert machine.terminator(last + 5).verdict is Verdict.REPLAY_THEN_PASS


def test_enter_later_than_100_ms_makes_no_scan() -> None:
    machine = BurstMachine()
    last = feed(machine, "2001872000011", 5)
    assert machine.terminator(last + 101).verdict is Verdict.REPLAY_THEN_PASS


def test_a_mean_gap_above_35_ms_is_typing_though_every_gap_is_held() -> None:
    machine = BurstMachine()
    last = feed(machine, "2001872", 45)
    assert machine.terminator(last + 20).verdict is Verdict.REPLAY_THEN_PASS


def test_auto_repeat_never_counts() -> None:
    machine = BurstMachine()
    feed(machine, "111111", 5)
    assert machine.printable("1", 1040, repeated=True).verdict is Verdict.REPLAY_THEN_PASS
    assert machine.terminator(1045).verdict is Verdict.REPLAY_THEN_PASS


def test_another_key_ends_the_burst() -> None:
    machine = BurstMachine()
    feed(machine, "200187", 5)
    assert machine.other().verdict is Verdict.REPLAY_THEN_PASS
    assert not machine.holding


def test_a_lone_key_waits_50_ms_and_a_burst_100() -> None:
    machine = BurstMachine()
    machine.printable("T", 1000)
    assert machine.due_in(1000) == 50
    last = feed(machine, "2001872000011", 5, start=2000)
    assert machine.due_in(last) == 100
