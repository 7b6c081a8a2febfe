"""When certificates lapse, and which of them goods need."""

from datetime import date

import pytest

from pos_app.domain.categories import halal_by_law, papers
from pos_app.domain.certificates import Certificate, Need, is_well_formed, last_day, needed, state
from sync.protocol.registry_rows import CATEGORIES

TODAY = date(2026, 11, 22)
PIRT = "2101872010001-26"


def test_a_pirt_holds_to_the_end_of_the_year_that_its_last_digits_name() -> None:
    assert last_day(Certificate("pirt", PIRT)) == date(2026, 12, 31)


def test_the_day_in_that_year_is_a_reading_that_can_be_set() -> None:
    assert last_day(Certificate("pirt", PIRT), (6, 30)) == date(2026, 6, 30)


def test_a_day_that_was_written_down_counts_for_a_pirt_too() -> None:
    assert last_day(Certificate("pirt", PIRT, date(2026, 3, 1))) == date(2026, 3, 1)


def test_a_pirt_whose_form_is_wrong_names_no_year() -> None:
    assert last_day(Certificate("pirt", "2101872010001/26")) is None


def test_a_halal_certificate_without_a_day_has_no_last_one() -> None:
    assert state(Certificate("halal", "ID12345678901234"), TODAY) == "valid"


@pytest.mark.parametrize(
    ("expires_on", "wanted"),
    [
        (date(2026, 11, 21), "lapsed"),
        (date(2026, 11, 22), "soon"),
        (date(2027, 1, 21), "soon"),
        (date(2027, 1, 22), "valid"),
    ],
)
def test_a_certificate_lapses_after_its_last_day_and_is_told_sixty_days_before(expires_on: date, wanted: str) -> None:
    assert state(Certificate("halal", "ID12345678901234", expires_on), TODAY) == wanted


def test_no_certificate_and_one_without_a_number_are_missing() -> None:
    assert state(None, TODAY) == state(Certificate("halal", ""), TODAY) == "missing"


def test_food_and_drink_need_halal_since_17_october_2026() -> None:
    for category in ("makanan", "minuman"):
        goods = Need(category, False, False, 30)
        assert needed(goods, date(2026, 10, 16)) == ()
        assert needed(goods, date(2026, 10, 17)) == ("halal",)
    assert needed(Need("kerajinan", False, False, None), TODAY) == ()
    assert [category for category in CATEGORIES if halal_by_law(category, TODAY)] == ["makanan", "minuman"]
    assert [category for category in CATEGORIES if papers(category).halal] == ["makanan", "minuman", "sembako"]


def test_goods_that_are_marked_need_halal_whatever_the_day() -> None:
    assert needed(Need("perawatan", False, True, None), date(2026, 1, 1)) == ("halal",)


@pytest.mark.parametrize(("days", "wanted"), [(6, ()), (7, ("pirt",)), (None, ("pirt",))])
def test_goods_that_keep_less_than_a_week_need_no_pirt(days: int | None, wanted: tuple[str, ...]) -> None:
    assert needed(Need("kerajinan", True, False, days), TODAY) == wanted


def test_kinds_without_a_published_form_take_any_number() -> None:
    assert is_well_formed("tkdn", "1234/SJ-IND.8/TKDN/2026")
    assert is_well_formed("bpom", "MD123456789012")
    assert not is_well_formed("bpom", "MD 1234")
    assert not is_well_formed("halal", "KH12345678901234")
