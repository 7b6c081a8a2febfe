"""The inbox of what corners proposed."""

import re

import msgspec
import pytest
import sqlalchemy as sa

from sync.protocol.facts import ProducerFacts
from sync.server.access.officers import Role
from sync.server.database import schema
from sync.server.database.dialect import writing
from tests.server.registry_support import producer, row_of
from tests.server.support import Journal

CODE = "MTR001A-P01"


@pytest.fixture
def officer(client, centre):
    producer(centre, "P1", "Dapur Siger", nib="1234567890123")
    propose(centre, "Dapur Siger")
    return client(Role.OFFICER)


def propose(centre, name: str) -> None:
    journal = Journal().enrol_at(centre)
    facts = msgspec.json.encode(ProducerFacts(code=CODE, business_name=name, nib="1234567890123")).decode()
    row = {"code": CODE, "kind": "producer", "device": journal.device, "facts": facts, "sealed": b""}
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.proposals), row | {"received_at": centre.now()})


def mark(text: str) -> str:
    return re.search(r'name="mark" value="(\w+)"', text)[1]


def test_what_waits_is_shown_with_what_may_be_the_same(officer):
    text = officer.get("/usulan").text
    assert CODE in text
    assert 'href="/produsen/P1"' in text
    assert "MTR-001" in text


def test_it_is_taken_in_with_a_corrected_name(officer, centre):
    officer.post(f"/usulan/{CODE}/terima", {"mark": mark(officer.get("/usulan").text), "nama": "Siger Baru"})
    assert row_of(centre, schema.producers, CODE).business_name == "Siger Baru"
    assert CODE not in officer.get("/usulan").text
    assert CODE in officer.get("/usulan?semua=1").text


def test_it_is_merged_and_parted(officer, centre):
    officer.post(f"/usulan/{CODE}/gabung", {"mark": mark(officer.get("/usulan").text), "kode": "P1"})
    assert row_of(centre, schema.producers, CODE).alias_of == "P1"
    assert f"/usulan/{CODE}/pisah" in officer.get("/usulan?semua=1").text
    officer.post(f"/usulan/{CODE}/pisah")
    assert row_of(centre, schema.producers, CODE).alias_of == ""


def test_declining_needs_a_reason_that_the_corner_reads(officer, centre):
    seen = mark(officer.get("/usulan").text)
    assert 'role="alert"' in officer.post(f"/usulan/{CODE}/tolak", {"mark": seen, "alasan": " "}).text
    officer.post(f"/usulan/{CODE}/tolak", {"mark": seen, "alasan": "Known as P1"})
    assert row_of(centre, schema.proposals, CODE).state == "refused"
    assert "Known as P1" in row_of(centre, schema.messages, f"proposal:{CODE}").body


def test_an_administrator_erases_what_was_declined(client, officer, centre):
    officer.post(f"/usulan/{CODE}/tolak", {"mark": mark(officer.get("/usulan").text), "alasan": "Known as P1"})
    erasing = f'action="/produsen/{CODE}/orang/hapus"'
    assert erasing not in officer.get("/usulan?semua=1").text
    admin = client(Role.ADMIN)
    assert erasing in admin.get("/usulan?semua=1").text
    done = admin.post(f"/produsen/{CODE}/orang/hapus", {"again": CODE, "reason": "asked in writing"})
    assert (done.status_code, "Dapur Siger" in row_of(centre, schema.proposals, CODE).facts) == (200, False)


def test_what_changed_since_it_was_shown_is_not_decided_and_what_was_typed_stays(officer, centre):
    seen = mark(officer.get("/usulan").text)
    facts = msgspec.json.encode(ProducerFacts(code=CODE, business_name="Other")).decode()
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.proposals).values(facts=facts))
    answer = officer.post(f"/usulan/{CODE}/gabung", {"mark": seen, "kode": "P1-typed"})
    assert 'role="alert"' in answer.text
    assert 'value="P1-typed"' in answer.text
    assert row_of(centre, schema.proposals, CODE).state == "waiting"
    assert "Other" in answer.text


def test_a_viewer_does_not_decide(client, officer, centre):
    viewer = client(Role.VIEWER)
    assert viewer.get("/usulan").status_code == 403
    assert viewer.post(f"/usulan/{CODE}/terima", {"mark": mark(officer.get("/usulan").text)}).status_code == 403
    assert row_of(centre, schema.proposals, CODE).state == "waiting"
