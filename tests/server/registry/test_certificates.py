"""Certificates of producers, and the documents behind them."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_registry import certificate_documents
from sync.server.errors import CentreError
from sync.server.registry import certificate_files, certificates, deciding, holding, listing, merging
from sync.server.registry.certificate_files import MOST_BYTES
from sync.server.registry.certificates import Seen
from tests.server.registry_support import audited, officer, producer, product, row_of

HALAL, OTHER = "ID18110000112233344", "ID18110000112233355"
PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
TODAY = "2026-10-01"


@pytest.fixture
def by(centre) -> str:
    producer(centre, "P1", "Dapur Siger")
    return officer(centre)


def save(centre, by, kind="halal", number=HALAL, expires="", data=b"", name="", of="P1") -> str:
    with writing(centre.engine) as db:
        seen = next((Seen(one.id, one.mark) for one in certificates.of(db, of) if name and one.id == name), None)
        document = certificate_files.judged(data) if data else None
        return certificates.save(centre, db, of, kind, number, expires, document, by, seen)


def remove(centre, by, name, of="P1") -> None:
    with writing(centre.engine) as db:
        certificates.remove(centre, db, of, name, by)


def row(centre, code="P1"):
    return row_of(centre, schema.producers, code)


def listed(centre, of="P1"):
    with reading(centre.engine) as db:
        return certificates.of(db, of)


def lacking(centre, kind: str) -> list[str]:
    table = schema.producers
    with reading(centre.engine) as db:
        return list(db.execute(sa.select(table.c.code).where(holding.lacking(kind, TODAY))).scalars())


def picture(kind: str, size=(20, 10)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, kind, **({"comment": b"behind the picture"} if kind == "JPEG" else {}))
    return buffer.getvalue()


def test_a_halal_certificate_reaches_the_tills_in_the_producers_row(centre, by):
    before = row(centre).position
    save(centre, by, expires="2027-01-31")
    assert (row(centre).halal_no, row(centre).halal_expires) == (HALAL, "2027-01-31")
    assert row(centre).position > before
    (one,) = listed(centre)
    assert audited(centre) == [(by, "certificate", "P1", f"halal {one.id}")], "not the number: it may be erased"


def test_one_that_no_till_knows_moves_nothing(centre, by):
    before = row_of(centre, schema.producers, "P1").position
    save(centre, by, "merek", "IDM000123456")
    assert row_of(centre, schema.producers, "P1").position == before


def test_a_corrected_one_takes_the_place_of_the_old_and_a_removed_one_leaves_the_next_best(centre, by):
    first = save(centre, by, number=OTHER)
    second = save(centre, by)
    assert row_of(centre, schema.producers, "P1").halal_no == HALAL
    with writing(centre.engine) as db:
        certificates.remove(centre, db, "P1", second, by)
    assert row_of(centre, schema.producers, "P1").halal_no == OTHER
    save(centre, by, number=HALAL, name=first)
    assert row_of(centre, schema.producers, "P1").halal_no == HALAL
    assert [one.number for one in listed(centre)] == [HALAL]
    with writing(centre.engine) as db:
        certificates.remove(centre, db, "P1", first, by)
    assert row_of(centre, schema.producers, "P1").halal_no == ""


def test_an_older_one_that_is_written_down_later_does_not_take_the_place_of_one_that_holds(centre, by, clock):
    save(centre, by, expires="2030-01-01")
    clock.pass_(seconds=5)
    save(centre, by, number=OTHER, expires="2021-01-01")
    assert (row(centre).halal_no, row(centre).halal_expires) == (HALAL, "2030-01-01")
    assert lacking(centre, "halal") == []


def test_a_number_of_the_registry_that_gives_way_is_written_down(centre, by):
    producer(centre, "P2", "Kopi", halal_no=OTHER, halal_expires="2027-01-01")
    late = save(centre, by, expires="2030-01-01", of="P2")
    assert {(one.number, one.expires, bool(one.id)) for one in listed(centre, "P2")} == {
        (OTHER, "2027-01-01", True), (HALAL, "2030-01-01", True),
    }  # fmt: skip
    remove(centre, by, late, "P2")
    assert (row(centre, "P2").halal_no, row(centre, "P2").halal_expires) == (OTHER, "2027-01-01")


def test_a_p_irt_holds_to_the_end_of_the_year_in_its_number_unless_its_paper_says_else(centre, by):
    producer(centre, "P2", "Kopi", pirt="2101872010001-25")
    producer(centre, "P3", "Teh", pirt="2101872010002-26")
    assert lacking(centre, "pirt") == ["P1", "P2"]
    save(centre, by, "pirt", "2101872010001-25", "2027-03-01", of="P2")
    assert lacking(centre, "pirt") == ["P1"]
    with reading(centre.engine) as db:
        found = holding.lapsing(db, TODAY, 365)
    assert [(one.producer, one.expires) for one in found] == [("P3", "2026-12-31"), ("P2", "2027-03-01")]


def test_a_share_of_local_content_counts_until_the_last_certificate_lapses(centre, by):
    producer(centre, "P2", "Kopi")

    def lapsed() -> list[str]:
        with reading(centre.engine) as db:
            return list(db.execute(holding.tkdn_lapsed(TODAY)).scalars())

    assert lapsed() == []
    save(centre, by, "tkdn", "TKDN-1", "2021-01-01")
    assert lapsed() == ["P1"]
    save(centre, by, "tkdn", "TKDN-2", "2031-01-01")
    assert lapsed() == []


@pytest.fixture
def merged(centre, by) -> str:
    """P2 with its papers, which was merged into P1."""
    producer(centre, "P2", "Siger", nib="1234567890123", halal_no=OTHER, halal_expires="2030-01-01")
    save(centre, by, "bpom", "MD123456789012", "2030-01-01", of="P2")
    save(centre, by, expires="2026-01-01")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
    return by


def test_the_papers_of_a_merged_code_are_those_of_the_producer_and_go_back_with_it(centre, merged):
    for kind in ("nib", "halal", "bpom"):
        assert "P1" not in lacking(centre, kind)
    assert (row(centre).nib, row(centre).halal_no) == ("1234567890123", OTHER), "tills know it too"
    assert [(one.kind, one.under) for one in listed(centre)] == [
        ("nib", "P2"), ("halal", "P1"), ("halal", "P2"), ("bpom", "P2"),
    ]  # fmt: skip
    with writing(centre.engine) as db:
        merging.unmerge(centre, db, "producer", "P2", merged)
    for kind in ("nib", "halal", "bpom"):
        assert lacking(centre, kind) == ["P1"]
    assert (row(centre).nib, row(centre).halal_no, row(centre).halal_expires) == ("", HALAL, "2026-01-01")
    assert (row(centre, "P2").nib, row(centre, "P2").halal_no) == ("1234567890123", OTHER)


def test_a_certificate_of_a_merged_code_is_corrected_by_the_producer_and_stays_that_codes(centre, merged):
    (paper,) = (one for one in listed(centre) if one.number == OTHER)
    with writing(centre.engine) as db:
        certificates.settle(centre, db, "P2", merged)
        certificates.write_down(centre, db, "P2", merged)
    (paper,) = (one for one in listed(centre) if one.number == OTHER)
    assert save(centre, merged, number=OTHER, expires="2031-01-01", name=paper.id, data=PDF) == paper.id
    (after,) = (one for one in listed(centre) if one.number == OTHER)
    assert (after.under, after.expires) == ("P2", "2031-01-01")
    assert [row(centre, code).halal_expires for code in ("P1", "P2")] == ["2031-01-01"] * 2


def test_a_row_that_is_corrected_as_a_whole_stands_and_what_gave_way_can_be_put_back(centre, by, clock):
    producer(centre, "P2", "Kopi", halal_no=HALAL, halal_expires="2030-01-01", nib="1234567890123")
    save(centre, by, number="ID18110000112233366", expires="2029-01-01", of="P2")
    clock.pass_(days=1)
    before = deciding.values_of(row(centre, "P2"))
    with writing(centre.engine) as db:
        certificates.correct_row(centre, db, before, {"halal_no": OTHER, "halal_expires": "2028-01-01", "nib": ""}, by)
    save(centre, by, "merek", "IDM000123456", of="P2")
    after = row(centre, "P2")
    assert (after.halal_no, after.halal_expires, after.nib) == (OTHER, "2028-01-01", "")
    with reading(centre.engine) as db:
        gone = {one.number: one.id for one in certificates.removed(db, "P2")}
    assert gone.keys() == {HALAL, "1234567890123"}
    with writing(centre.engine) as db:
        certificates.put_back(centre, db, "P2", gone[HALAL], by)
    assert (row(centre, "P2").halal_no, row(centre, "P2").halal_expires) == (HALAL, "2030-01-01")


def test_two_codes_with_one_number_both_keep_it_when_they_are_parted(centre, by):
    for code in ("P2", "P3"):
        producer(centre, code, "Kopi", nib="1234567890123")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P3", "P2", by)
        merging.unmerge(centre, db, "producer", "P3", by)
    assert (row(centre, "P2").nib, row(centre, "P3").nib) == ("1234567890123", "1234567890123")


def test_a_removed_one_can_be_put_back_with_its_document_for_a_month(centre, by, clock):
    name = save(centre, by, expires="2030-01-01", data=PDF)
    remove(centre, by, name)
    assert (row(centre).halal_no, listed(centre)) == ("", [])
    with writing(centre.engine) as db:
        certificates.put_back(centre, db, "P1", name, by)
    assert row(centre).halal_no == HALAL
    with reading(centre.engine) as db:
        assert certificate_files.document(db, listed(centre)[0].document).size == len(PDF)
    remove(centre, by, name)
    clock.pass_(days=31)
    remove(centre, by, save(centre, by, number=OTHER))
    with reading(centre.engine) as db:
        assert [one.number for one in certificates.removed(db, "P1")] == [OTHER]
        assert db.execute(sa.select(certificate_documents)).all() == []


def test_who_saw_an_older_state_of_a_certificate_changes_nothing(centre, by):
    name = save(centre, by)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        certificates.save(centre, db, "P1", "halal", OTHER, "", None, by, Seen(name, "another"))
    assert error.value.code == "row_changed"


def test_a_number_of_the_registry_is_listed_beside_those_with_papers(centre, by):
    producer(centre, "P2", "Kopi", nib="1234567890123")
    (one,) = listed(centre, "P2")
    assert (one.kind, one.number, one.id) == ("nib", "1234567890123", "")
    save(centre, by, "nib", "1234567890123", of="P2")
    (one,) = listed(centre, "P2")
    assert one.id


@pytest.mark.parametrize(
    ("kind", "number", "expires", "why"),
    [
        ("halal", "123", "", "bad_halal_number"),
        ("nib", "", "", "bad_nib_number"),
        ("tkdn", "x" * 65, "", "bad_certificate_number"),
        ("sim", "1", "", "bad_certificate_kind"),
        ("halal", HALAL, "31-01-2027", "bad_day"),
    ],
)
def test_what_is_no_certificate_is_refused(centre, by, kind, number, expires, why):
    with pytest.raises(CentreError) as error:
        save(centre, by, kind, number, expires)
    assert error.value.code == why


@pytest.mark.parametrize(
    ("data", "media"),
    [(PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png")],
)
def test_a_document_is_what_its_content_says(centre, by, data, media):
    save(centre, by, data=data)
    with reading(centre.engine) as db:
        kept = certificate_files.document(db, listed(centre)[0].document)
    assert kept.media == media
    assert kept.size == len(kept.body)
    assert b"behind the picture" not in bytes(kept.body)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<html><script>", "document_unknown"),
        (b"MZ\x90\x00", "document_unknown"),
        (b"%PDF-1.4 and no end", "document_unknown"),
        (b"GIF89a", "document_unknown"),
        (b"\x89PNG\r\n\x1a\n<script>", "document_broken"),
        (picture("JPEG")[:200], "document_broken"),
        (b"%PDF-" + bytes(MOST_BYTES) + b"%%EOF", "document_too_large"),
    ],
)
def test_anything_else_is_refused_whatever_its_name(centre, by, data, why):
    with pytest.raises(CentreError) as error:
        save(centre, by, data=data)
    assert error.value.code == why
    assert listed(centre) == []


def test_documents_have_a_quota_and_a_new_one_takes_the_place_of_the_old(centre, by, monkeypatch):
    monkeypatch.setattr(certificate_files, "MOST_OF_PRODUCER", 2 * len(PDF))
    one = save(centre, by, data=PDF)
    save(centre, by, data=PDF, number=OTHER)
    with pytest.raises(CentreError) as error:
        save(centre, by, "merek", "IDM000123456", data=PDF)
    assert error.value.code == "producer_full"
    save(centre, by, data=PDF, name=one)
    with reading(centre.engine) as db:
        assert len(db.execute(sa.select(certificate_documents.c.id)).all()) == 2


def test_who_lacks_what(centre, by):
    producer(centre, "P2", "Lapsed", halal_no=HALAL, halal_expires="2026-09-30")
    producer(centre, "P3", "Holds", halal_no=OTHER, halal_expires=TODAY)
    product(centre, "B1", "P1")
    product(centre, "B2", "P2", category="batik")
    assert lacking(centre, "halal") == ["P1", "P2"]
    save(centre, by, "merek", "IDM000123456")
    assert lacking(centre, "merek") == ["P2", "P3"]
    table = schema.producers
    wanted = (holding.lacking("halal", TODAY), holding.trading(holding.FOOD))
    with reading(centre.engine) as db:
        assert list(db.execute(sa.select(table.c.code).where(*wanted)).scalars()) == ["P1"]


def test_lapsing_ones_come_soonest_first_each_once(centre, by):
    producer(centre, "P2", "Kopi", halal_no=OTHER, halal_expires="2026-11-30")
    producer(centre, "P3", "Later", halal_no=OTHER, halal_expires="2027-11-30")
    save(centre, by, expires="2026-10-20")
    save(centre, by, "merek", "IDM000123456", expires="2026-09-01")
    with reading(centre.engine) as db:
        found = holding.lapsing(db, TODAY, 90)
    assert [(one.producer, one.kind) for one in found] == [("P1", "merek"), ("P1", "halal"), ("P2", "halal")]


def test_a_lapsing_one_of_a_merged_code_is_listed_once_by_the_producer_that_stands_for_it(centre, by):
    producer(centre, "P2", "Kopi", halal_no=OTHER, halal_expires="2026-11-30")
    save(centre, by, "bpom", "MD123456789012", "2026-10-20", of="P2")
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P2", "P1", by)
    with reading(centre.engine) as db:
        found = holding.lapsing(db, TODAY, 90)
    assert [(one.producer, one.name, one.under, one.kind) for one in found] == [
        ("P1", "Dapur Siger", "P2", "bpom"), ("P1", "Dapur Siger", "P2", "halal"),
    ]  # fmt: skip


def test_the_lapsing_ones_are_those_of_all_producers_in_their_order(centre, by):
    ends = {"halal_expires": "2026-11-30"}
    producer(centre, "P2", "Kopi", pirt="2101872010001-25", halal_no=OTHER, **ends)
    producer(centre, "P3", "Teh", pirt="2101872010002-26", halal_no=HALAL, halal_expires="2031-11-30")
    producer(centre, "P4", "Siger", pirt="2101872010001-25", halal_no=OTHER, **ends)
    producer(centre, "P5", "Abon", nib="1234567890123", halal_no=HALAL)
    save(centre, by, "pirt", "2101872010001-25", "2027-03-01", of="P2")
    save(centre, by, "merek", "IDM000123456", "2026-09-01", of="P4")
    save(centre, by, "halal", HALAL, "2026-10-20")
    remove(centre, by, save(centre, by, "bpom", "MD123456789012", "2026-10-20"))
    with writing(centre.engine) as db:
        merging.merge(centre, db, "producer", "P4", "P1", by)
        merging.merge(centre, db, "producer", "P3", "P2", by)
    for days, count in ((0, 2), (90, 5), (365, 7)):
        until = f"{int(TODAY[:4]) + days // 365}{'-10-01' if days % 365 == 0 else '-12-30'}"
        expected = [one for code in ("P1", "P2", "P5") for one in listed(centre, code) if "" < one.expires <= until]
        with reading(centre.engine) as db:
            found = holding.lapsing(db, TODAY, days)
            assert holding.lapsing_soon(centre, db, days) == found
        assert sorted(found) == sorted(expected)
        assert [one.expires for one in found] == sorted(one.expires for one in expected)
        assert len(found) == count


def test_what_is_kept_of_lapsing_ones_is_what_the_tables_hold_however_quick_the_changes(centre, by):
    """The clock stands still: no time tells one state from the next."""

    def kept():
        with reading(centre.engine) as db:
            found = holding.lapsing_soon(centre, db)
            assert found == holding.lapsing(db, TODAY, holding.LONGEST)
        return [(one.producer, one.number, one.expires) for one in found]

    def put_back(name):
        with writing(centre.engine) as db:
            certificates.put_back(centre, db, "P1", name, by)

    ends, merek = "2026-12-01", "IDM000123456"
    assert kept() == []
    one = save(centre, by, "merek", merek, ends)
    assert kept() == [("P1", merek, ends)]
    save(centre, by, "merek", merek, "2026-12-02", name=one)
    assert kept() == [("P1", merek, "2026-12-02")]
    other = save(centre, by, "merek", "IDM000654321", ends)
    assert kept() == [("P1", "IDM000654321", ends), ("P1", merek, "2026-12-02")]
    remove(centre, by, one)
    assert kept() == [("P1", "IDM000654321", ends)]
    remove(centre, by, other)
    assert kept() == []
    put_back(one)
    assert kept() == [("P1", merek, "2026-12-02")]
    with writing(centre.engine) as db:
        known = deciding.values_of(deciding.row_of(db, "producer", "P1"))
        corrected = {"halal_no": HALAL, "halal_expires": "2026-11-30"}
        certificates.correct_row(centre, db, known, corrected, by)
    assert kept() == [("P1", HALAL, "2026-11-30"), ("P1", merek, "2026-12-02")]
    with writing(centre.engine) as db:
        certificates.forget_all(db, "P1")
    assert kept() == [("P1", HALAL, "2026-11-30")], "what the producer's row tells"
    with writing(centre.engine) as db:
        certificates.write_down(centre, db, "P1", by)
    assert kept() == [("P1", HALAL, "2026-11-30")], "now by its paper"


def test_who_lacks_one_is_listed_as_of_now_whatever_changed(centre, by, clock):
    def found() -> list[str]:
        with reading(centre.engine) as db:
            return listing.producers(centre, db, listing.Search(tanpa="merek", jenis="makanan")).codes

    assert found() == []
    product(centre, "B1", "P1")
    assert found() == ["P1"]
    paper = save(centre, by, "merek", "IDM000123456", "2026-12-01")
    assert found() == []
    remove(centre, by, paper)
    assert found() == ["P1"]
    producer(centre, "P2", "Kopi")
    product(centre, "B2", "P2")
    save(centre, by, "merek", "IDM000123456", "2026-12-01")
    assert found() == ["P2"]
    clock.pass_(days=62)
    assert found() == ["P1", "P2"]
