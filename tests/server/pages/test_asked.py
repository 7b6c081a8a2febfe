"""A page's period and filters stand in its address."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.server.pages.programme.asked import NAMES, Asked, Stretch, asked_of, weekday_of

TODAY, END = date(2026, 11, 22), date(2026, 11, 30)


def test_an_address_that_says_nothing_asks_for_this_month_and_everything():
    asked = asked_of({}, TODAY)

    assert (asked.first, asked.last, asked.filters, asked.wrong) == (date(2026, 11, 1), END, {}, False)
    assert asked.address("/program") == "/program"


def test_a_bookmark_of_this_month_follows_the_month():
    kept = asked_of({"pojok": "MTR-001"}, TODAY).address("/program")

    assert kept == "/program?pojok=MTR-001"


def test_period_and_filters_come_back_from_the_address():
    query = {
        "dari": "2026-01-01",
        "sampai": "2026-03-31",
        "pojok": "MTR-001",
        "kelas": "mikro",
        "kelurahan": "Hadimulyo Timur",
    }

    asked = asked_of(query, TODAY)

    assert (
        asked.address("/p")
        == "/p?dari=2026-01-01&sampai=2026-03-31&pojok=MTR-001&kelurahan=Hadimulyo+Timur&kelas=mikro"
    )
    assert not asked.wrong


@pytest.mark.parametrize(
    "query",
    [
        {"dari": "soon"},
        {"dari": "2026-12-01", "sampai": "2026-11-01"},
        {"dari": "2026-02-30", "sampai": "2026-03-01"},
        {"dari": "1999-12-31", "sampai": "2000-01-31"},
        {"dari": "2000-01-01", "sampai": "2026-01-01"},
        {"pembeli": "everybody"},
        {"masa": "dulu"},
        {"pojok": "a\0b"},
        {"produsen": "x" * 201},
    ],
)
def test_what_an_address_says_wrongly_is_left_out_and_told(query: dict[str, str]):
    asked = asked_of(query, TODAY)

    assert asked.wrong
    assert (asked.first, asked.last, asked.filters) == (date(2026, 11, 1), END, {})


@pytest.mark.parametrize(
    ("first", "last", "grain", "columns"),
    [
        ("2026-11-01", "2026-11-22", "day", 22),
        ("2026-10-01", "2026-10-31", "day", 31),
        ("2026-09-01", "2026-11-30", "week", 14),
        ("2026-01-01", "2026-11-22", "month", 11),
    ],
)
def test_the_span_chooses_days_weeks_or_months(first: str, last: str, grain: str, columns: int):
    asked = asked_of({"dari": first, "sampai": last}, TODAY)

    assert (asked.grain, len(list(asked.stretches()))) == (grain, columns)


@given(first=st.dates(date(2001, 1, 1), date(2090, 1, 1)), days=st.integers(0, 3_600))
def test_columns_cover_the_period_without_gap_or_overlap(first: date, days: int):
    asked = Asked(first=first, last=first + timedelta(days=days))

    covered = [
        one.first + timedelta(days=n) for one in asked.stretches() for n in range((one.last - one.first).days + 1)
    ]

    assert covered == [first + timedelta(days=n) for n in range(days + 1)]


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-11-01", "2026-11-22", ("2026-10-01", "2026-10-22")),
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-03-01", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("2026-11-10", "2026-11-16", ("2026-11-03", "2026-11-09")),
        ("2025-07-01", "2025-09-30", ("2025-04-01", "2025-06-30")),
        ("2024-01-01", "2024-12-31", ("2023-01-01", "2023-12-31")),
        ("2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31")),
        ("2023-01-01", "2024-12-31", ("2021-01-01", "2022-12-31")),
        ("2024-02-01", "2024-02-29", ("2024-01-01", "2024-01-31")),
    ],
)
def test_months_and_years_are_compared_with_as_many_before(first: str, last: str, before: tuple[str, str]):
    asked = asked_of({"dari": first, "sampai": last}, TODAY)

    assert asked.before() == Stretch(*map(date.fromisoformat, before))


@pytest.mark.parametrize(
    ("today", "period", "reached", "before"),
    [
        ("2026-11-03", "ini", "2026-11-03", ("2026-10-01", "2026-10-03")),
        ("2026-11-22", "ini", "2026-11-22", ("2026-10-01", "2026-10-22")),
        ("2026-11-30", "ini", "2026-11-30", ("2026-10-01", "2026-10-31")),
        ("2026-03-30", "ini", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "ini", "2026-01-01", ("2025-12-01", "2025-12-01")),
        ("2026-11-22", "tahun", "2026-11-22", ("2025-01-01", "2025-11-22")),
        ("2028-02-29", "tahun", "2028-02-29", ("2027-01-01", "2027-02-28")),
        ("2028-12-31", "tahun", "2028-12-31", ("2027-01-01", "2027-12-31")),
        ("2029-12-31", "tahun", "2029-12-31", ("2028-01-01", "2028-12-31")),
        ("2026-11-22", "90", "2026-11-22", ("2026-05-27", "2026-08-24")),
    ],
)
def test_a_period_that_runs_is_compared_up_to_today(today: str, period: str, reached: str, before: tuple[str, str]):
    asked = asked_of({"masa": period}, date.fromisoformat(today))

    assert asked.reached == date.fromisoformat(reached)
    assert asked.before() == Stretch(*map(date.fromisoformat, before))


def test_days_that_are_typed_and_still_to_come_are_compared_as_they_are():
    asked = asked_of({"dari": "2026-11-20", "sampai": "2026-11-25"}, TODAY)
    ahead = asked_of({"dari": "2026-12-01", "sampai": "2026-12-02"}, TODAY)

    assert (asked.reached, asked.before()) == (TODAY, Stretch(date(2026, 11, 17), date(2026, 11, 19)))
    assert (ahead.reached, ahead.before()) == (date(2026, 12, 2), Stretch(date(2026, 11, 1), date(2026, 11, 2)))


def test_one_day_of_the_week_is_kept_in_the_address_and_makes_the_columns():
    asked = weekday_of({"hari": "jumat"}, asked_of({"kategori": "batik"}, TODAY))

    fridays = ["2026-11-06", "2026-11-13", "2026-11-20", "2026-11-27"]
    assert asked.address("/p") == "/p?kategori=batik&hari=jumat"
    assert list(asked.only) == fridays
    assert [stretch.first.isoformat() for stretch in asked.stretches()] == fridays
    assert asked.but(weekday=None).only is None
    assert weekday_of({"hari": "libur"}, asked_of({}, TODAY)).wrong


def test_a_period_without_such_a_day_has_none():
    asked = weekday_of({"hari": "jumat"}, asked_of({"dari": "2026-11-21", "sampai": "2026-11-26"}, TODAY))

    assert (asked.only, list(asked.stretches())) == ((), [])


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("2026-11-20", "2026-11-01", "order"),
        ("1999-12-31", "2000-01-31", "reach"),
        ("2000-01-01", "2026-01-01", "reach"),
    ],
)
def test_days_that_make_no_period_are_kept_for_correction(first: str, last: str, fault: str):
    asked = asked_of({"masa": "ini", "dari": first, "sampai": last}, TODAY)

    assert (asked.fault, asked.typed) == (fault, (first, last))
    assert (asked.first, asked.last, asked.period) == (date(2026, 11, 1), END, "ini")


def test_one_filter_is_taken_away_and_the_others_stay():
    asked = asked_of({"pojok": "MTR-001", "pembeli": "office"}, TODAY)

    assert asked.but(corner=None).filters == {"buyer": "office"}
    assert asked.but(**{"class": "kecil"}).filters == {"corner": "MTR-001", "class": "kecil", "buyer": "office"}


def test_another_period_is_told_in_the_address():
    asked = asked_of({}, TODAY).but(first=date(2026, 10, 1), last=date(2026, 10, 31))

    assert asked.address("/p") == "/p?dari=2026-10-01&sampai=2026-10-31"


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("ini", "2026-11-01", "2026-11-30"),
        ("lalu", "2026-10-01", "2026-10-31"),
        ("90", "2026-08-25", "2026-11-22"),
        ("tahun", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_period_with_a_name_moves_with_the_day(period: str, first: str, last: str):
    asked = asked_of({"masa": period, "dari": "", "sampai": ""}, TODAY)

    assert (asked.first.isoformat(), asked.last.isoformat(), asked.wrong) == (first, last, False)
    assert asked.address("/p") == ("/p" if period == "ini" else f"/p?masa={period}")


def test_days_that_are_typed_go_before_a_name():
    asked = asked_of({"masa": "ini", "dari": "2020-01-01", "sampai": "2020-01-02"}, TODAY)

    assert (asked.days, asked.period) == (("2020-01-01", "2020-01-02"), "lain")


def test_ends_are_told_where_no_name_is():
    asked = asked_of({"masa": "lain", "dari": "2026-11-20", "sampai": "2026-11-20"}, TODAY)

    assert (asked.span, asked.period) == (1, "lain")


def test_a_first_day_alone_reaches_to_the_end_of_a_month():
    assert asked_of({"dari": "2026-10-15"}, TODAY).days == ("2026-10-15", "2026-11-30")
    assert asked_of({"sampai": "2026-10-15"}, TODAY).days == ("2026-10-01", "2026-10-15")


@given(st.dictionaries(st.sampled_from(("dari", "sampai", "masa", *NAMES.values())), st.text(max_size=30)))
def test_whatever_an_address_says_can_be_said_again(query: dict[str, str]):
    asked = asked_of(query, TODAY)
    query = {
        "dari": asked.first.isoformat(),
        "sampai": asked.last.isoformat(),
        **{NAMES[name]: value for name, value in asked.filters.items()},
    }

    again = asked_of(query, TODAY)

    assert (again.first, again.last, again.filters, again.wrong) == (asked.first, asked.last, asked.filters, False)
