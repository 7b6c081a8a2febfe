"""Pulls: in order, in pages, resumable, for the right ears only."""

import msgspec
import pytest
import sqlalchemy as sa

from sync.protocol.facts import ProducerFacts, ProductFacts
from sync.protocol.registry_reasons import UnreadableFile
from sync.server import commands
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import feeds, neighbours
from sync.server.exchange.feeds import cursors_at, read_page, take_positions
from tests.server.support import Journal


def add_producers(centre, first: int, count: int) -> None:
    with writing(centre.engine) as db:
        position = take_positions(db, "producers", count)
        plain = {"class": "mikro", "payout_terms": "harian"}
        rows = [
            {**plain, "code": f"P{first + n:05}", "business_name": f"Usaha {n}", "position": position + n}
            for n in range(count)
        ]
        db.execute(sa.insert(schema.producers), rows)


def device_of(centre, journal):
    with reading(centre.engine) as db:
        return db.execute(sa.select(schema.devices).where(schema.devices.c.device == journal.device)).one()


def page(centre, journal, scope: str, after: str = ""):
    device = device_of(centre, journal)
    with reading(centre.engine) as db:
        return read_page(centre, db, device, scope, after, "n")


def pull(centre, journal, scope: str, after: str = ""):
    keys = []
    while True:
        found = page(centre, journal, scope, after)
        keys += [row.key for row in found.rows()]
        after = found.cursor
        if not found.more:
            return keys, after


def test_a_first_pull_brings_everything_in_pages_and_ends_at_the_position_of_the_ack(centre, journal, monkeypatch):
    monkeypatch.setattr(feeds, "PAGE_ROWS", 10)
    add_producers(centre, 0, 37)
    keys, cursor = pull(centre, journal, "producers")
    assert keys == [f"P{n:05}" for n in range(37)]
    with reading(centre.engine) as db:
        assert cursors_at(centre, neighbours.ends(db, device_of(centre, journal)))["producers"] == cursor
    assert page(centre, journal, "producers", cursor).rows() == []


def test_the_first_page_of_a_pull_and_the_last_tell_of_how_many_rows_and_the_last_alone_the_digest(
    centre, journal, monkeypatch
):
    monkeypatch.setattr(feeds, "PAGE_ROWS", 10)
    add_producers(centre, 0, 25)
    pages, cursor = [], ""
    for _page in range(3):
        pages.append(page(centre, journal, "producers", cursor))
        cursor = pages[-1].cursor
    assert [found.count for found in pages] == [25, None, 25]
    assert [found.digest is not None for found in pages] == [False, False, True]


def test_a_page_ends_before_it_is_too_large_to_inflate(centre, journal, monkeypatch):
    monkeypatch.setattr(feeds, "PAGE_BYTES", 1_000)
    add_producers(centre, 0, 37)
    assert len(page(centre, journal, "producers").rows()) < 12
    assert pull(centre, journal, "producers")[0] == [f"P{n:05}" for n in range(37)]


def test_a_page_that_was_packed_before_is_not_given_after_a_change(centre, journal):
    add_producers(centre, 0, 3)
    assert page(centre, journal, "producers").block == page(centre, journal, "producers").block
    add_producers(centre, 5, 1)
    assert [row.key for row in page(centre, journal, "producers").rows()] == ["P00000", "P00001", "P00002", "P00005"]


def test_a_pull_goes_on_where_it_stopped_and_misses_nothing_that_came_between(centre, journal, monkeypatch):
    monkeypatch.setattr(feeds, "PAGE_ROWS", 10)
    add_producers(centre, 0, 25)
    first = page(centre, journal, "producers")
    add_producers(centre, 100, 5)
    with writing(centre.engine) as db:
        moved = sa.update(schema.producers).where(schema.producers.c.code == "P00003")
        db.execute(moved.values(business_name="Baru", position=take_positions(db, "producers", 1)))
    rest, _ = pull(centre, journal, "producers", first.cursor)
    assert sorted(set(rest)) == sorted({f"P{n:05}" for n in (3, *range(10, 25), *range(100, 105))})
    assert len(rest) == len(set(rest))


def test_a_cursor_of_another_timeline_starts_anew_and_says_so(centre, journal):
    add_producers(centre, 0, 3)
    found = page(centre, journal, "producers", "0123456789abcdef.2")
    assert (found.restart, len(found.rows())) == (True, 3)


def test_a_cursor_beyond_the_end_of_a_restored_centre_starts_anew(centre, journal):
    add_producers(centre, 0, 3)
    found = page(centre, journal, "producers", f"{centre.timeline}.9")
    assert (found.restart, len(found.rows()), found.cursor) == (True, 3, f"{centre.timeline}.3")


def test_a_rolled_back_writer_leaves_no_hole_that_hides_rows(centre, journal):
    def fail() -> None:
        with writing(centre.engine) as db:
            take_positions(db, "producers", 50)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    add_producers(centre, 0, 2)
    assert pull(centre, journal, "producers")[0] == ["P00000", "P00001"]


def test_a_till_hears_of_its_own_corner_only(centre, journal):
    other = Journal(corner="MTR-002", ledger_id="22" * 16).enrol_at(centre)
    with writing(centre.engine) as db:
        position = take_positions(db, "messages", 3)
        rows = [
            {"id": name, "corner": corner, "body": "{}", "position": position + n}
            for n, (name, corner) in enumerate([("all", ""), ("one", "MTR-001"), ("two", "MTR-002")])
        ]
        db.execute(sa.insert(schema.messages), rows)
    assert pull(centre, journal, "corner")[0] == ["MTR-001"]
    assert pull(centre, journal, "messages")[0] == ["all", "one"]
    assert pull(centre, other, "messages")[0] == ["all", "two"]


def test_no_feed_carries_what_identifies_a_person(centre, database, journal, tmp_path):
    sheet = tmp_path / "producers.csv"
    sheet.write_text(
        "producer_code,business_name,owner_name,phone,kelurahan,class,nib,pirt,halal_no,halal_expires,npwp,bank_name,"
        "bank_account,payout_terms,joined_on\n"
        "P001,Keripik Ranusari,Umi Citrasastra,08440000001,Yosodadi,kecil,,,,,,Bank Lampung,0000000448730,harian,\n"
    )
    assert commands.import_registry("producers", sheet, database)["imported"] == 1
    (row,) = page(centre, journal, "producers").rows()
    assert msgspec.json.decode(row.body, type=ProducerFacts).business_name == "Keripik Ranusari"
    for secret in (b"Umi", b"08440000001", b"448730", b"Lampung"):
        assert secret not in row.body
    with reading(centre.engine) as db:
        assert "Umi" in db.execute(sa.select(schema.producer_contacts.c.personal)).scalar_one()


def test_the_reference_registry_imports_whole_and_reads_as_facts(centre, database, journal):
    from pathlib import Path

    demo = Path(__file__).parents[3] / "assets" / "demo"
    assert commands.import_registry("producers", demo / "producers.csv", database)["imported"] == 60
    assert commands.import_registry("products", demo / "products.csv", database)["imported"] == 250
    rows = page(centre, journal, "catalogue").rows()
    facts = [msgspec.json.decode(row.body, type=ProductFacts) for row in rows]
    assert len(facts) == 250
    assert {each.pricing for each in facts} == {"titip", "komisi"}
    again = commands.import_registry("products", demo / "products.csv", database)
    assert (again["imported"], len({row["line"] for row in again["rejected"]})) == (0, 250)


def test_one_bad_row_keeps_the_whole_file_out_unless_it_is_skipped(database, tmp_path, centre):
    sheet = tmp_path / "corners.csv"
    sheet.write_text("corner_code;name;kind;address;postcode;staff_count\nMTR-050;Satu;opd;;;\nMTR-051;;opd;;;\n")
    refused = commands.import_registry("corners", sheet, database)
    assert refused["imported"] == 0
    assert [(row["line"], row["field"]) for row in refused["rejected"]] == [(3, "name")]
    assert commands.import_registry("corners", sheet, database, skip_bad=True)["imported"] == 1


@pytest.mark.parametrize(("kind", "text"), [("corners", "a,b\n"), ("staff", "x"), ("producers", None)])
def test_a_file_that_cannot_be_read_is_one_sentence(database, tmp_path, kind, text):
    sheet = tmp_path / "sheet.csv"
    if text is not None:
        sheet.write_text(text)
    with pytest.raises((CentreError, UnreadableFile)) as refused:
        commands.import_registry(kind, sheet, database)
    assert len(str(refused.value).splitlines()) == 1
