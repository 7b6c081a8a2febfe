"""Names that may be those of one business."""

import csv
from itertools import combinations
from pathlib import Path

import pytest

from pos_app.domain.likeness import alike, plain_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kripik Ranusari", "UD. Keripik Ranu Sari"),
        ("Dapur Bu Tini", "Dapur Ibu Tini"),
        ("CV Maju Jaya", "PT Maju Jaya"),
        ("Siger Batik", "batik siger"),
        ("Kopi Lumaksa", "Kopi Lumaska"),
        ("Dapur Satu", "Dapur Saru"),
        ("Abon Lele Metro", "Abon Lele Metr"),
    ],
)
def test_another_spelling_is_asked_about(one: str, other: str) -> None:
    assert alike(plain_name(one), plain_name(other))
    assert alike(plain_name(other), plain_name(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dapur Melati", "Dapur Mawar"),
        ("Abon Lele", "Abon Sapi"),
        ("Kue Kering Ani", "Kue Kering Ina"),
        ("A", "B"),
        ("", ""),
    ],
)
def test_another_business_is_not(one: str, other: str) -> None:
    assert not alike(plain_name(one), plain_name(other))


def test_no_two_producers_of_the_demo_are_taken_for_one() -> None:
    path = Path(__file__).parents[2] / "assets" / "demo" / "producers.csv"
    with path.open(encoding="utf-8") as file:
        names = [row["business_name"] for row in csv.DictReader(file)]
    assert [pair for pair in combinations(names, 2) if alike(plain_name(pair[0]), plain_name(pair[1]))] == []
