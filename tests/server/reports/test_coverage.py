"""Which producers need a paper by what they make, and who of them has it."""

from datetime import date

import pytest
import sqlalchemy as sa

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.feeds import take_positions
from sync.server.public.catalogue import index_of
from sync.server.registry import certificates
from sync.server.reports.coverage import Covered, of_goods, of_goods_without, of_producers, without
from sync.server.reports.scope import Scope
from sync.server.reports.selling import sold
from tests.server.figures import fill
from tests.server.registry_support import officer, producer, product
from tests.server.support import Clock

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


def test_a_share_of_local_content_counts_as_in_the_catalogue_while_a_certificate_holds(
    centre: Centre, clock: Clock
) -> None:
    """Of two producers one has a certificate, kept under a code that was merged into its own."""
    fill(centre, 1, 5, until=date(2026, 9, 30), sales=20)
    scope, goods, by = Scope(first=date(2026, 9, 1), last=date(2026, 9, 30)), schema.products, officer(centre)
    with reading(centre.engine) as db:
        rows = sold(db, scope, "producer", "product")
    totals = {row.key[1]: row.total for row in rows}
    (maker, one), (_other, two) = rows[0].key, next(row.key for row in rows if row.key[0] != rows[0].key[0])
    producer(centre, "LAMA", "Lama")
    with writing(centre.engine) as db:
        db.execute(sa.update(goods).values(tkdn_bp=None))
        db.execute(sa.update(goods).where(goods.c.sku.in_((one, two))).values(tkdn_bp=4_000))
        take_positions(db, "catalogue", 1)

    def counting(today: str) -> set[str]:
        with reading(centre.engine) as db:
            found = totals.keys() - of_goods_without(db, list(totals), "tkdn", today)
            assert of_goods(db, scope, today)[0].have == sum(totals[sku] for sku in found)
            return found

    assert counting("2030-01-01") == {one, two}
    until = centre.today()
    with writing(centre.engine) as db:
        certificates.save(centre, db, "LAMA", "tkdn", "TKDN-1", until, None, by)
        db.execute(sa.update(schema.producers).where(schema.producers.c.code == "LAMA").values(alias_of=maker))
        take_positions(db, "producers", 1)
    assert counting(until) == {one, two}
    assert counting("2030-01-01") == {two}
    assert counting(until) == {one, two}
    clock.pass_(days=1)
    with reading(centre.engine) as db:
        listed = {one.sku for one in index_of(centre, db).goods if one.tkdn_bp is not None}
    assert counting(centre.today()) == listed & totals.keys() == {two}
