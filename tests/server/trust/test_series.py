"""Numbers of papers: what is missing in a series, and what stands on two papers."""

import pytest

from sync.documents.money import CashMove
from sync.server.trust.series import Numbers
from tests.server.trust.test_trust import checked, officer  # noqa: F401 - a fixture


def broken(*numbers, name="NJ-MTR001A", **options):
    taken = Numbers()
    for number in numbers:
        taken.add(f"{name}-{number:06}", **options)
    return [(one.name, one.last, one.missing, one.gaps, one.twice) for one in taken.broken()]


def test_a_whole_series_is_not_listed():
    assert broken(1, 2, 3, 4) == []
    assert broken(3, 1, 2, 5, 4) == []


@pytest.mark.parametrize(
    ("numbers", "last", "missing", "gaps"),
    [
        ((1, 2, 5), 5, 2, ((3, 4),)),
        ((2, 3), 3, 1, ((1, 1),)),
        ((1, 9, 5), 9, 6, ((2, 4), (6, 8))),
        ((10**6,), 10**6, 10**6 - 1, ((1, 10**6 - 1),)),
    ],
)
def test_gaps_of_a_series(numbers, last, missing, gaps):
    assert broken(*numbers) == [("NJ-MTR001A", last, missing, gaps, ())]


def test_a_number_on_two_papers_is_told():
    assert broken(1, 2, 2, 3) == [("NJ-MTR001A", 3, 0, (), (2,))]
    assert broken(1, 2, 2, 3, aside=True) == []


def test_each_kind_and_each_beginning_is_a_series_of_its_own():
    taken = Numbers()
    for number in ("NJ-MTR001A-000001", "BP-MTR001A-000002", "NJ-MTR001A2-000001", "", "x", "NJ-MTR001A-1x"):
        taken.add(number)
    assert [one.name for one in taken.broken()] == ["BP-MTR001A"]


def test_a_check_lists_numbers_that_the_centre_never_got_and_not_those_set_aside(centre, caller, journal):
    journal.add_moves(2)
    aside = journal.bodies[2].replace(b'"seq":3', b'"seq":4').replace(b"000002", b"000003")
    journal.add_bytes(aside.replace(b'"amount":1000', b'"amount":"x"'))
    journal.add(CashMove(number="KK-MTR001A-000007", direction="in", amount=1_000))
    caller.push(journal)
    (one,) = checked(centre, journal).series
    assert (one.name, one.missing, one.gaps) == ("KK-MTR001A", 3, ((4, 6),))
