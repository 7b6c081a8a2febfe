"""How long to wait: full jitter, base 5 s, cap 15 min; what the centre asks for is the least, up to a day."""

import random
from collections import Counter

import pytest

from sync.client.backoff import read_retry_after, retry_delay, spread


@pytest.mark.parametrize(("failures", "ceiling"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (10_000, 900), (0, 5)])
def test_the_ceiling_doubles_up_to_a_quarter_of_an_hour(failures, ceiling):
    assert retry_delay(failures, 1.0) == ceiling
    assert retry_delay(failures, 0.5) == ceiling / 2
    assert retry_delay(failures, 0.0) == 0


def test_what_the_centre_asks_for_is_the_least_up_to_a_day():
    assert retry_delay(1, 0.0, 30) == 30
    assert retry_delay(9, 1.0, 30) == 900
    assert retry_delay(1, 0.0, 3_600) == 3_600
    assert retry_delay(1, 0.0, 10**6) == 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5),
        (" 120 ", 120),
        (None, None),
        ("", None),
        ("-1", None),
        ("1e9", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_is_read_or_ignored(text, seconds):
    assert read_retry_after(text) == seconds


@pytest.mark.parametrize("seconds", [5.0, 20.0, 300.0])
def test_a_planned_wait_is_spread_by_a_fifth_to_either_side(seconds):
    assert [spread(seconds, chance) for chance in (0.0, 0.5, 1.0)] == pytest.approx(
        [0.8 * seconds, seconds, 1.2 * seconds]
    )


def test_tills_that_were_switched_on_together_do_not_stay_in_step():
    chance = random.Random(6)
    first_hour = [sum(spread(300.0, chance.random()) for _ in range(12)) for _till in range(50)]
    assert max(first_hour) - min(first_hour) > 300.0
    assert max(Counter(int(at) for at in first_hour).values()) <= 5, "few tills of fifty in the same second"
