"""Codes of the registry that are merged, and parted again as they were."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_registry import merges
from sync.server.errors import CentreError
from sync.server.registry import changing, merging, producer_links, spreadsheets
from tests.server.registry_support import PERSON, audited, officer, producer, product, row_of


@pytest.fixture
def by(centre) -> str:
    producer(centre, "P1", "Dapur Siger")
    producer(centre, "P2", "Siger Dapur", PERSON)
    product(centre, "B1", "P1")
    product(centre, "B2", "P2")
    product(centre, "B3", "P2")
    return officer(centre)


def merge(centre, kind, code, into, by):
    with writing(centre.engine) as db:
        return merging.merge(centre, db, kind, code, into, by)


def unmerge(centre, kind, code, by):
    with writing(centre.engine) as db:
        merging.unmerge(centre, db, kind, code, by)


def maker(centre, sku: str) -> str:
    return row_of(centre, schema.products, sku).producer


def test_a_merged_producer_is_an_alias_and_its_goods_go_over_each_at_the_end_of_its_feed(centre, by):
    before = row_of(centre, schema.producers, "P2").position, row_of(centre, schema.products, "B2").position
    assert merge(centre, "producer", "P2", "P1", by) == "P1"
    row = row_of(centre, schema.producers, "P2")
    assert (row.alias_of, row.business_name) == ("P1", "Siger Dapur")
    assert [maker(centre, sku) for sku in ("B1", "B2", "B3")] == ["P1", "P1", "P1"]
    assert row.position > before[0]
    assert row_of(centre, schema.products, "B2").position > before[1]
    assert audited(centre) == [(by, "merge", "P2", "P1")]


def test_taking_it_back_gives_each_its_own_goods_and_person(centre, by):
    merge(centre, "producer", "P2", "P1", by)
    unmerge(centre, "producer", "P2", by)
    assert row_of(centre, schema.producers, "P2").alias_of == ""
    assert [maker(centre, sku) for sku in ("B1", "B2", "B3")] == ["P1", "P2", "P2"]
    assert "Umi" in row_of(centre, schema.producer_contacts, "P2").personal


def test_a_merging_that_was_taken_back_is_forgotten_and_plays_no_part_in_later_ones(centre, by):
    producer(centre, "P3", "Dapur")
    merge(centre, "producer", "P2", "P1", by)
    unmerge(centre, "producer", "P2", by)
    with reading(centre.engine) as db:
        assert db.execute(sa.select(merges)).all() == []
    merge(centre, "producer", "P1", "P3", by)
    assert aliases(centre) == {"P1": "P3", "P2": "", "P3": ""}


def test_goods_that_went_on_to_another_producer_stay_there(centre, by):
    producer(centre, "P3", "Kopi")
    merge(centre, "producer", "P2", "P1", by)
    with writing(centre.engine) as db:
        db.execute(schema.products.update().where(schema.products.c.sku == "B3").values(producer="P3"))
    unmerge(centre, "producer", "P2", by)
    assert [maker(centre, sku) for sku in ("B2", "B3")] == ["P2", "P3"]


def test_goods_come_back_though_what_they_went_to_was_merged_too(centre, by):
    producer(centre, "P3", "Dapur")
    merge(centre, "producer", "P2", "P1", by)
    merge(centre, "producer", "P1", "P3", by)
    unmerge(centre, "producer", "P2", by)
    assert [maker(centre, sku) for sku in ("B1", "B2", "B3")] == ["P3", "P2", "P2"]


def test_merged_goods_take_the_producer_of_the_others_and_their_own_again(centre, by):
    merge(centre, "product", "B2", "B1", by)
    assert (row_of(centre, schema.products, "B2").alias_of, maker(centre, "B2")) == ("B1", "P1")
    unmerge(centre, "product", "B2", by)
    assert (row_of(centre, schema.products, "B2").alias_of, maker(centre, "B2")) == ("", "P2")


@pytest.mark.parametrize(
    ("code", "into", "why"),
    [("P1", "P1", "merged_into_itself"), ("P1", "P9", "not_in_registry"), ("P9", "P1", "not_in_registry")],
)
def test_what_cannot_be_merged_is_refused(centre, by, code, into, why):
    with pytest.raises(CentreError) as error:
        merge(centre, "producer", code, into, by)
    assert error.value.code == why


def test_no_link_of_a_merged_code_opens_once_it_is_taken_away_or_a_new_one_is_made(centre, by):
    with writing(centre.engine) as db:
        old = [producer_links.make_link(centre, db, code, by) for code in ("P1", "P2")]
    merge(centre, "producer", "P2", "P1", by)

    def opens() -> list[str | None]:
        with reading(centre.engine) as db:
            return [producer_links.producer_by(db, token) for token in old]

    assert opens() == ["P1", "P1"]
    with writing(centre.engine) as db:
        assert producer_links.revoke_link(centre, db, "P1", by)
        assert producer_links.link_of(db, "P1") is None
    assert opens() == [None, None]
    with writing(centre.engine) as db:
        old = [producer_links.make_link(centre, db, "P2", by)]
        assert producer_links.link_of(db, "P1") is not None, "an officer sees that a merged code has one"
        producer_links.make_link(centre, db, "P1", by)
    assert opens() == [None]


def aliases(centre, table=schema.producers) -> dict[str, str]:
    key = next(iter(table.primary_key))
    with reading(centre.engine) as db:
        return dict(db.execute(sa.select(key, table.c.alias_of)).all())


def test_whatever_was_merged_names_the_one_that_stands_and_tills_hear_of_it(centre, by):
    producer(centre, "P3", "Dapur")
    merge(centre, "producer", "P2", "P1", by)
    before = row_of(centre, schema.producers, "P2").position
    merge(centre, "producer", "P1", "P3", by)
    assert aliases(centre) == {"P1": "P3", "P2": "P3", "P3": ""}
    assert row_of(centre, schema.producers, "P2").position > before
    unmerge(centre, "producer", "P1", by)
    assert aliases(centre) == {"P1": "", "P2": "P1", "P3": ""}
    assert [maker(centre, sku) for sku in ("B1", "B2", "B3")] == ["P1", "P1", "P1"]
    unmerge(centre, "producer", "P2", by)
    assert [maker(centre, sku) for sku in ("B1", "B2", "B3")] == ["P1", "P2", "P2"]


HEADER = (
    "sku,producer_code,barcode,name,category,unit,pricing,consign_price,commission_bp,sell_price,shelf_life_days,min_stock,"
    "needs_pirt,needs_halal,e_katalog,tkdn_percent"
)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path


def bring(centre, folder, *rows: str) -> None:
    """Import goods, each named by code and producer."""
    file = folder / "goods.csv"
    file.write_text("\n".join([HEADER, *(f"{row},,Keripik,makanan,pcs,titip,8000,,10000,,,,,," for row in rows)]))
    assert not spreadsheets.import_file(centre, "products", file, correct=True)["rejected"]


def test_goods_that_came_under_a_merged_code_go_back_with_it(centre, folder, by):
    producer(centre, "P3", "Kopi")
    merge(centre, "producer", "P2", "P1", by)
    bring(centre, folder, "B8,P2", "B9,P1", "B1,P2", "B3,P3", "B2,P1")
    assert [maker(centre, sku) for sku in ("B8", "B9", "B1", "B3", "B2")] == ["P1", "P1", "P1", "P3", "P1"]
    merge(centre, "producer", "P3", "P1", by)
    unmerge(centre, "producer", "P2", by)
    assert [maker(centre, sku) for sku in ("B8", "B9", "B1", "B3", "B2")] == ["P2", "P1", "P2", "P1", "P2"]


def test_goods_that_an_officer_wrote_down_under_a_merged_code_go_back_with_it(centre, by):
    merge(centre, "producer", "P2", "P1", by)
    row, kept = (row_of(centre, schema.products, sku) for sku in ("B1", "B3"))
    texts = changing.shown(row)
    with writing(centre.engine) as db:
        assert changing.add(centre, db, "product", texts | {"sku": "B8", "producer_code": "P2"}, by) == []
        told = {"producer_code": "P2"}
        assert changing.change(centre, db, "product", "B1", told, by, changing.mark_of(row)) == []
        told = {"producer_code": "P1", "name": "Keripik pisang"}
        assert changing.change(centre, db, "product", "B3", told, by, changing.mark_of(kept)) == []
    unmerge(centre, "producer", "P2", by)
    assert [maker(centre, sku) for sku in ("B8", "B1", "B2", "B3")] == ["P2", "P2", "P2", "P2"]


MERGERS = st.lists(st.tuples(st.sampled_from("PPPBII"), st.integers(1, 4), st.integers(1, 4)), max_size=12)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(MERGERS)
def test_mergings_taken_back_in_any_order_leave_what_the_others_alone_make(centre, folder, by, steps):
    """Beside the centre a plain model: whose own everything is, and what was merged into what. A file that comes in
    meanwhile (``I``) says whose goods are as if nothing had been merged, unless it names who stands for their producer:
    an export does that."""
    with writing(centre.engine) as db:
        for table in (schema.producers, schema.products, merges):
            db.execute(sa.delete(table))
    for n in range(1, 5):
        producer(centre, f"P{n}", f"Usaha {n}", nib=f"{n}" * 13 if n % 2 else "")
        product(centre, f"B{n}", f"P{n}")
    into, own = dict[str, str](), {f"B{n}": f"P{n}" for n in range(1, 5)}

    def end(code: str) -> str:
        while code in into:
            code = into[code]
        return code

    for letter, one, other in steps:
        code, kind = f"{letter}{one}", "producer" if letter == "P" else "product"
        if letter == "I":
            sku, named = f"B{one}", f"P{other}"
            if sku not in into:
                bring(centre, folder, f"{sku},{named}")
                own[sku] = own[sku] if named == end(own[sku]) else named
        elif code in into:
            unmerge(centre, kind, code, by)
            del into[code]
        elif end(target := f"{letter}{other}") != code:
            merge(centre, kind, code, target, by)
            into[code] = end(target)
        for table, names in ((schema.producers, "P"), (schema.products, "B")):
            wanted = {f"{names}{n}": end(f"{names}{n}") for n in range(1, 5)}
            assert aliases(centre, table) == {code: "" if stands == code else stands for code, stands in wanted.items()}
        assert {sku: maker(centre, sku) for sku in ("B1", "B2", "B3", "B4")} == {
            f"B{n}": end(own[end(f"B{n}")]) for n in range(1, 5)
        }
        for n in range(1, 5):
            nibs = {f"{m}" * 13 for m in range(1, 5) if m % 2 and end(f"P{m}") == f"P{n}"}
            shown = row_of(centre, schema.producers, f"P{n}").nib
            assert f"P{n}" in into or shown in (nibs or {""})


def test_neither_a_circle_nor_a_second_merging_is_made(centre, by):
    merge(centre, "producer", "P2", "P1", by)
    for code, into, why in (("P1", "P2", "merged_into_itself"), ("P2", "P1", "merged_already")):
        with pytest.raises(CentreError) as error:
            merge(centre, "producer", code, into, by)
        assert error.value.code == why
    with pytest.raises(CentreError, match="not merged"):
        unmerge(centre, "producer", "P1", by)
