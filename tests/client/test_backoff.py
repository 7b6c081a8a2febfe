"""How long to wait: full jitter, base 5 s, cap 15 min; what the centre asks for is the least."""

import pytest

from sync.client.backoff import read_retry_after, retry_delay


@pytest.mark.parametrize(("failures", "ceiling"), [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (10_000, 900), (0, 5)])
def test_the_ceiling_doubles_up_to_a_quarter_of_an_hour(failures, ceiling):
    assert retry_delay(failures, 1.0) == ceiling
    assert retry_delay(failures, 0.5) == ceiling / 2
    assert retry_delay(failures, 0.0) == 0


def test_what_the_centre_asks_for_is_the_least_and_is_capped():
    assert retry_delay(1, 0.0, 30) == 30
    assert retry_delay(9, 1.0, 30) == 900
    assert retry_delay(1, 0.0, 10**6) == 900


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
