"""Certificates of producers, and the documents behind them."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from sync.server import certificates, schema
from sync.server.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.pages.tables_registry import certificate_documents
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
        return certificates.save(centre, db, of, kind, number, expires, data, by, name)


def listed(centre, of="P1"):
    with reading(centre.engine) as db:
        return certificates.of(db, of)


def lacking(centre, kind: str) -> list[str]:
    table = schema.producers
    with reading(centre.engine) as db:
        return list(db.execute(sa.select(table.c.code).where(certificates.lacking(kind, TODAY))).scalars())


def picture(kind: str, size=(20, 10)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "white").save(buffer, kind, **({"comment": b"behind the picture"} if kind == "JPEG" else {}))
    return buffer.getvalue()


def test_a_halal_certificate_reaches_the_tills_in_the_producers_row(centre, by):
    before = row_of(centre, schema.producers, "P1").position
    save(centre, by, expires="2027-01-31")
    row = row_of(centre, schema.producers, "P1")
    assert (row.halal_no, row.halal_expires) == (HALAL, "2027-01-31")
    assert row.position > before
    assert audited(centre) == [(by, "certificate", "P1", f"halal {HALAL}")]


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
        ("halal", "123", "", "bad_certificate_number"),
        ("nib", "", "", "bad_certificate_number"),
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
        kept = certificates.document(db, listed(centre)[0].document)
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
        (b"%PDF-" + bytes(certificates.MOST_BYTES) + b"%%EOF", "document_too_large"),
    ],
)
def test_anything_else_is_refused_whatever_its_name(centre, by, data, why):
    with pytest.raises(CentreError) as error:
        save(centre, by, data=data)
    assert error.value.code == why
    assert listed(centre) == []


def test_documents_have_a_quota_and_a_new_one_takes_the_place_of_the_old(centre, by, monkeypatch):
    monkeypatch.setattr(certificates, "MOST_OF_PRODUCER", 2 * len(PDF))
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
    wanted = (certificates.lacking("halal", TODAY), certificates.trading(certificates.FOOD))
    with reading(centre.engine) as db:
        assert list(db.execute(sa.select(table.c.code).where(*wanted)).scalars()) == ["P1"]


def test_lapsing_ones_come_soonest_first_each_once(centre, by):
    producer(centre, "P2", "Kopi", halal_no=OTHER, halal_expires="2026-11-30")
    producer(centre, "P3", "Later", halal_no=OTHER, halal_expires="2027-11-30")
    save(centre, by, expires="2026-10-20")
    save(centre, by, "merek", "IDM000123456", expires="2026-09-01")
    with reading(centre.engine) as db:
        found = certificates.lapsing(db, TODAY, 90)
    assert [(one.producer, one.kind) for one in found] == [("P1", "merek"), ("P1", "halal"), ("P2", "halal")]
