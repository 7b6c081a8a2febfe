"""Producers and products that an officer writes down or corrects."""

import msgspec
import pytest
import sqlalchemy as sa

from sync.protocol.facts import ProducerFacts
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.registry import certificates, changing, deciding, merging, persons
from tests.server.registry_support import audited, officer, producer, product, row_of

NEW = {"producer_code": "P9", "business_name": "Kopi Lumaksa", "class": "kecil", "payout_terms": "bulanan"}
GOODS = {
    "sku": "B9", "name": "Kopi", "category": "minuman", "unit": "pcs", "producer_code": "P1", "pricing": "titip",
    "consign_price": "20000", "sell_price": "25000", "tkdn_percent": "40.5", "needs_halal": "yes",
}  # fmt: skip

DEVICE = {
    "device": "d",
    "ledger_id": "l",
    "corner": "MTR-001",
    "till": "A",
    "epoch": 1,
    "head_hash": b"",
    "enrolled_at": "",
}


@pytest.fixture
def by(centre) -> str:
    producer(centre, "P1", "Dapur Siger", kelurahan="Metro", nib="1234567890123")
    product(centre, "B1", "P1")
    return officer(centre)


def change(centre, by, texts, kind="producer", code="P1", mark=None):
    with writing(centre.engine) as db:
        mark = changing.mark_of(deciding.row_of(db, kind, code)) if mark is None else mark
        return changing.change(centre, db, kind, code, texts, by, mark)


def add(centre, by, texts, kind="producer"):
    with writing(centre.engine) as db:
        return [(one.field, one.code) for one in changing.add(centre, db, kind, texts, by)]


def test_a_correction_goes_to_the_end_of_the_feed_and_keeps_what_was_not_named(centre, by):
    before = row_of(centre, schema.producers, "P1").position
    assert change(centre, by, {"business_name": "Dapur Siger Metro"}) == []
    row = row_of(centre, schema.producers, "P1")
    assert (row.business_name, row.kelurahan, row.nib) == ("Dapur Siger Metro", "Metro", "1234567890123")
    assert row.position > before
    assert audited(centre) == [(by, "producer_changed", "P1", "business_name")]


def test_nothing_changed_is_no_change(centre, by):
    before = row_of(centre, schema.producers, "P1").position
    assert change(centre, by, {"business_name": "Dapur Siger"}) == []
    assert row_of(centre, schema.producers, "P1").position == before
    assert audited(centre) == []


def test_what_a_spreadsheet_may_not_say_or_only_reports_is_refused(centre, by):
    for wrong in ({"business_name": ""}, {"kelurahan": "Bandung"}, {"class": "raksasa"}):
        assert [one.field for one in change(centre, by, wrong)] == list(wrong)
    assert row_of(centre, schema.producers, "P1").business_name == "Dapur Siger"


def test_who_saw_an_older_state_changes_nothing(centre, by):
    with pytest.raises(CentreError) as error:
        change(centre, by, {"business_name": "Other"}, mark="0")
    assert error.value.code == "row_changed"


def test_a_merged_one_is_not_changed(centre, by):
    producer(centre, "P2", "Kopi")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
    with pytest.raises(CentreError) as error:
        change(centre, by, {"business_name": "Other"}, code="P2")
    assert error.value.code == "merged_already"


def test_a_new_producer_and_new_goods_are_taken_in_once(centre, by):
    assert add(centre, by, NEW) == []
    assert add(centre, by, NEW) == [("producer_code", "duplicate_code")]
    assert add(centre, by, GOODS | {"producer_code": "P9"}, "product") == []
    row = row_of(centre, schema.products, "B9")
    assert (row.producer, row.sell_price, row.tkdn_bp, row.needs_halal) == ("P9", 25_000, 4_050, 1)
    with reading(centre.engine) as db:
        shown = changing.shown(deciding.row_of(db, "product", "B9"))
    assert GOODS.items() - {("producer_code", "P1"), ("tkdn_percent", "40.5")} <= shown.items()
    assert change(centre, by, shown, "product", "B9") == []
    assert row_of(centre, schema.products, "B9") == row


def test_goods_that_are_to_go_back_with_a_merged_code_are_noted_and_marked_anew(centre, by):
    producer(centre, "P2", "Kopi")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
    seen = str(row_of(centre, schema.products, "B1").position)
    assert change(centre, by, {"producer_code": "P2"}, "product", "B1", seen) == []
    assert audited(centre)[1:] == [(by, "product_changed", "B1", "producer")]
    with pytest.raises(CentreError) as error:
        change(centre, by, {"name": "Other"}, "product", "B1", seen)
    assert error.value.code == "row_changed"
    after = row_of(centre, schema.products, "B1")
    assert (after.producer, change(centre, by, {"producer_code": "P2"}, "product", "B1")) == ("P1", [])
    assert (row_of(centre, schema.products, "B1"), len(audited(centre))) == (after, 2), "that was known"
    assert change(centre, by, {"producer_code": "P8"}, "product", "B1") != []
    assert len(audited(centre)) == 2


def test_goods_of_a_merged_producer_are_the_other_ones(centre, by):
    producer(centre, "P2", "Kopi")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
    assert add(centre, by, GOODS | {"producer_code": "P2"}, "product") == []
    assert row_of(centre, schema.products, "B9").producer == "P1"


def test_goods_above_their_price_or_of_nobody_are_refused(centre, by):
    assert add(centre, by, GOODS | {"consign_price": "30000"}, "product") == [("consign_price", "above_sell_price")]
    assert add(centre, by, GOODS | {"producer_code": "P8"}, "product") == [("producer_code", "unknown_producer")]


@pytest.fixture
def proposed(centre, by) -> str:
    """P1 as a till proposed it, confirmed; its certificates and its person were written down since."""
    facts = msgspec.json.encode(ProducerFacts(code="P1", business_name="Dapur Siger")).decode()
    row = {"code": "P1", "kind": "producer", "device": "d", "facts": facts, "sealed": b"", "received_at": centre.now()}
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.proposals), row | {"state": "confirmed"})
        db.execute(sa.insert(schema.devices), DEVICE)
        certificates.save(centre, db, "P1", "halal", "ID18110000112233344", "2030-01-01", None, by)
        persons.correct(centre, db, "P1", {"owner_name": "Umi"}, by)
    return by


def test_what_a_till_proposed_is_decided_about_as_it_stands_in_the_registry(centre, proposed):
    before = row_of(centre, schema.producers, "P1")
    producer(centre, "P2", "Kopi")
    for kind_of_decision in (merging.merge, merging.unmerge):
        with writing(centre.engine) as db:
            kind_of_decision(
                centre, db, "producer", "P1", *(["P2"] if kind_of_decision is merging.merge else []), proposed
            )
        after = row_of(centre, schema.producers, "P1")
        assert (after.nib, after.halal_no, after.kelurahan) == (before.nib, before.halal_no, before.kelurahan)
        assert "Umi" in row_of(centre, schema.producer_contacts, "P1").personal
    change(centre, proposed, {"business_name": "Dapur Siger Metro"})
    with writing(centre.engine) as db:
        deciding.confirm(centre, db, "P1", {"kelurahan": "Imopuro"}, proposed)
    after = row_of(centre, schema.producers, "P1")
    assert (after.business_name, after.kelurahan) == ("Dapur Siger Metro", "Imopuro"), "only what was named changes"
    assert (after.nib, after.halal_no, after.alias_of) == (before.nib, before.halal_no, "")


@pytest.mark.parametrize("way", ["confirm", "change"])
def test_a_number_that_an_officer_corrects_stands_when_another_paper_is_written_down(centre, proposed, way):
    number = "ID18110000112233355"
    if way == "confirm":
        with writing(centre.engine) as db:
            changes = {"halal_no": number, "halal_expires": "2028-01-01"}
            deciding.confirm(centre, db, "P1", changes, proposed)
    else:
        change(centre, proposed, {"halal_no": number, "halal_expires": "2028-01-01"})
    with writing(centre.engine) as db:
        certificates.save(centre, db, "P1", "nib", "1234567890123", "", None, proposed)
    after = row_of(centre, schema.producers, "P1")
    assert (after.halal_no, after.halal_expires, after.nib) == (number, "2028-01-01", "1234567890123")
    with reading(centre.engine) as db:
        assert [one.number for one in certificates.removed(db, "P1")] == ["ID18110000112233344"]
