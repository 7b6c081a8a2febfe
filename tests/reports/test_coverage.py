"""Which producers need a paper by what they make, and who of them has it."""

import pytest

from sync.server.centre import Centre
from sync.server.dialect import reading
from sync.server.reports.coverage import Covered, of_producers, without
from tests.server.registry_support import producer, product

TODAY = "2026-10-01"
CODES = [f"P{number}" for number in range(1, 7)]
PIRT, HALAL = "2101872010001-28", "ID18110000112233344"


@pytest.fixture
def makers(centre: Centre) -> Centre:
    """P1 makes food and P2 drinks; P3 cloth; P4 soap that is marked for halal; P5 food with all papers; of P6 the food
    was merged into that of P5."""
    papers = {"nib": "1234567890123", "pirt": PIRT, "halal_no": HALAL, "halal_expires": "2027-01-01"}
    for code in CODES:
        producer(centre, code, code, **(papers if code == "P5" else {}))
    product(centre, "B1", "P1", needs_pirt=1)
    product(centre, "B2", "P2", category="minuman")
    product(centre, "B3", "P3", category="batik")
    product(centre, "B4", "P4", category="perawatan", needs_halal=1)
    product(centre, "B5", "P5", needs_pirt=1)
    product(centre, "B6", "P6", needs_pirt=1, alias_of="B5")
    return centre


def test_everybody_needs_a_nib_all_food_and_drink_halal_and_p_irt_what_is_marked(makers: Centre) -> None:
    with reading(makers.engine) as db:
        found = of_producers(db, CODES, TODAY)
        lacking = {kind: sorted(without(db, CODES, kind, TODAY)) for kind in ("nib", "pirt", "halal")}
        some = of_producers(db, ["P5", "P3"], TODAY)
    assert found == [Covered("nib", 1, 6), Covered("pirt", 1, 2), Covered("halal", 1, 4)]
    assert lacking == {"nib": ["P1", "P2", "P3", "P4", "P6"], "pirt": ["P1"], "halal": ["P1", "P2", "P4"]}
    assert some == [Covered("nib", 1, 2), Covered("pirt", 1, 1), Covered("halal", 1, 1)]


def test_nobody_who_sold_needs_nothing(makers: Centre) -> None:
    with reading(makers.engine) as db:
        assert of_producers(db, [], TODAY) == [Covered(kind, 0, 0) for kind in ("nib", "pirt", "halal")]
