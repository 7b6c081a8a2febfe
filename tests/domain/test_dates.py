"""Dates of the counter."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from pos_app.domain import dates

SATURDAY = date(2026, 11, 21)


def test_the_business_day_turns_at_midnight_in_metro():
    assert dates.business_date(datetime(2026, 11, 20, 16, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert dates.business_date(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)) == SATURDAY
    eastern = timezone(timedelta(hours=9))
    assert dates.business_date(datetime(2026, 11, 21, 1, 0, tzinfo=eastern)) == date(2026, 11, 20)


def test_a_time_without_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        dates.business_date(datetime(2026, 11, 21, 8, 0))  # noqa: DTZ001


def test_dates_in_indonesian():
    assert dates.short_date(SATURDAY) == "21/11/2026"
    assert dates.bar_date(SATURDAY) == "Sab 21 Nov"
    assert dates.bar_date(date(2026, 8, 7)) == "Jum 7 Agu"


def test_dates_in_english():
    assert dates.bar_date(date(2026, 8, 7), "en") == "Fri 7 Aug"


def test_times_are_those_of_metro():
    moment = datetime(2026, 11, 21, 7, 5, tzinfo=UTC)
    assert dates.time_text(moment) == "14.05"
    assert dates.time_text(moment, "en") == "14:05"
    assert dates.short_moment(moment) == "21/11/2026 14.05"


def test_short_months_are_those_in_use():
    shown = [dates.bar_date(date(2026, month, 1)).split()[-1] for month in range(1, 13)]
    assert shown == ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]
