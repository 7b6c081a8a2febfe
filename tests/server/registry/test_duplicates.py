"""Producers that may be one and the same."""

import time

import pytest

from sync.server.database.dialect import reading, writing
from sync.server.registry import duplicates, merging
from sync.server.registry.duplicates import Of, find, sound
from tests.server.registry_support import PERSON, audited, officer, producer


def of(code: str, name: str, kelurahan: str = "", **numbers: str) -> Of:
    return Of(code, name, kelurahan, numbers)


@pytest.mark.parametrize("number", ["nik", "nib", "bank_account", "phone"])
def test_the_same_number_makes_a_pair_whatever_the_names(number):
    (pair,) = find([of("P2", "Siger Jaya", **{number: "77"}), of("P1", "Kopi Lumaksa", **{number: "77"})])
    assert (pair.first, pair.second, pair.reasons) == ("P1", "P2", (number,))
    assert pair.score == duplicates.SCORES[number]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("UD. Keripik Ranoe", "Kripik Ranu"),
        ("Dapur Siger", "SIGER DAPUR"),
        ("Toko Cokelat Metro", "Coklat Metro"),
        ("Tapis Djaya", "Tapis Jaya"),
    ],
)
def test_names_that_sound_the_same_make_a_pair(one, other):
    assert sound(one) == sound(other)
    (pair,) = find([of("P1", one), of("P2", other)])
    assert pair.reasons == ("same_name",)


def test_one_sign_more_or_less_makes_a_weaker_pair():
    (pair,) = find([of("P1", "Keripik Ranusari"), of("P2", "Keripik Ranusri")])
    assert pair.reasons == ("like_name",)
    assert pair.score < duplicates.SCORES["same_name"]


def test_other_names_and_empty_numbers_make_none():
    assert find([of("P1", "Kopi Lumaksa", nib="", phone=""), of("P2", "Kopi Robusta", nib="", phone="")]) == []


def test_a_second_reason_and_the_same_kelurahan_count():
    plain = find([of("P1", "Dapur Siger"), of("P2", "Dapur Siger")])[0].score
    near = find([of("P1", "Dapur Siger", "Metro"), of("P2", "Dapur Siger", "Metro")])[0].score
    both = find([of("P1", "Dapur Siger", phone="1"), of("P2", "Dapur Siger", phone="1")])[0]
    assert plain < near
    assert (both.reasons, both.score) == (("phone", "same_name"), 85)


def test_a_name_that_many_have_says_nothing():
    assert find([of(f"P{n}", "Kue Basah") for n in range(duplicates.MOST_ALIKE + 1)]) == []


def test_five_thousand_are_compared_in_a_second_or_two():
    many = [of(f"P{n:05}", f"Usaha {n * 7919 % 20011} Keripik {n * 31 % 997}", nib=str(n)) for n in range(5_000)]
    begun = time.process_time()
    find(many)
    assert time.process_time() - begun < 5


def test_what_is_not_the_same_is_not_listed_again_and_merged_ones_are_not_compared(centre):
    by = officer(centre)
    producer(centre, "P1", "Dapur Siger", PERSON)
    producer(centre, "P2", "Siger Dapur", PERSON)
    producer(centre, "P3", "Dapur Siger")

    def pairs() -> set[tuple[str, str]]:
        with reading(centre.engine) as db:
            return {(one.first, one.second) for one in duplicates.listed(centre, db)}

    assert pairs() == {("P1", "P2"), ("P1", "P3"), ("P2", "P3")}
    with writing(centre.engine) as db:
        duplicates.say_not_same(centre, db, "P3", "P1", by)
    assert pairs() == {("P1", "P2"), ("P2", "P3")}
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
    assert pairs() == set()
    assert audited(centre)[0] == (by, "not_same", "P1", "P3")
