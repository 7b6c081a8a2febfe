"""The pages about personal data: uncovered with a purpose, corrected, erased; requests and breaches."""

import re

import pytest

from sync.server.access.officers import Role
from sync.server.database import schema
from sync.server.registry.persons import FIELDS
from tests.server.registry.test_certificates import HALAL
from tests.server.registry_support import PERSON, audited, producer, row_of

NO_FILE = {"document": ("", b"", "")}
MARK = re.compile(r'name="mark" value="([0-9a-f]+)"')


@pytest.fixture
def officer(client, centre):
    producer(centre, "P1", "Dapur Umi", PERSON)
    return client(Role.OFFICER)


def test_a_person_is_covered_until_an_officer_says_what_for(officer, centre):
    assert PERSON["nik"] not in officer.get("/produsen/P1").text
    without = officer.post("/produsen/P1/orang", {"purpose": " "}).text
    assert 'id="purpose-told"' in without
    assert PERSON["nik"] not in without
    seen = officer.post("/produsen/P1/orang", {"purpose": "to call about halal"})
    assert PERSON["nik"] in seen.text
    assert seen.headers["cache-control"] == "no-store"
    assert audited(centre) == [("Rahma", "person_seen", "P1", "to call about halal")]
    assert "to call about halal" in officer.get("/data-pribadi?kode=P1").text


def test_an_officer_makes_the_copy_for_a_person_which_answers_the_request_for_it(officer, centre):
    asked = {"kode": "P1", "asked_at": "2026-09-30T07:00"}
    for what in ("access", "erasure"):
        officer.post("/data-pribadi/permintaan", asked | {"what": what})
    form = officer.get("/produsen/P1").text
    path = re.search(r'action="(/produsen/P1/orang/salinan)"', form)[1]
    assert 'id="copy_for-told"' in officer.post(path, {"copy_for": " "}).text
    assert [row[1] for row in audited(centre)] == ["person_request", "person_request"]
    copy = officer.post(path, {"copy_for": "letter 12"})
    assert copy.headers["content-disposition"] == 'attachment; filename="data-P1.json"'
    assert copy.headers["cache-control"] == "no-store"
    told = copy.json()
    assert told["codes"][0]["person"] == PERSON | {name: "" for name in FIELDS if name not in PERSON}
    states = {one["what"]: one["answered_at"] for one in told["codes"][0]["requests"]}
    assert states["access"], "made for whoever asked"
    assert states["erasure"] is None, "that is another matter"
    assert ("Rahma", "person_copied", "P1", "") in audited(centre)
    assert ("Rahma", "person_seen", "P1", "letter 12") in audited(centre)
    assert "membuat salinan" in officer.get("/data-pribadi?kode=P1").text


def test_the_copy_for_a_person_can_be_read_on_paper(officer, centre):
    officer.post("/produsen/P1/sertifikat", {"kind": "halal", "number": HALAL, "expires": "2027-01-31"}, files=NO_FILE)
    answer = officer.post("/produsen/P1/orang/salinan?format=pdf", {"copy_for": "letter 12"})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    rows = officer.post("/produsen/P1/orang/salinan?format=csv", {"copy_for": "letter 12"}).text
    for word in (*PERSON.values(), "Dapur Umi", HALAL, "31 Jan 2027", "letter 12"):
        assert word in rows.replace("'", ""), word


@pytest.mark.parametrize("path", ["orang", "orang/salinan", "orang/betulkan", "orang/hapus"])
def test_a_viewer_uncovers_and_changes_nothing(client, centre, officer, path):
    assert client(Role.VIEWER).post(f"/produsen/P1/{path}", {"purpose": "curious"}).status_code == 403
    assert audited(centre) == []


def test_a_correction_is_kept_and_a_wrong_number_stands_beside_its_field(officer, centre):
    seen = MARK.search(officer.post("/produsen/P1/orang", {"purpose": "asked"}).text.partition("/orang/betulkan")[2])[1]
    typed = PERSON | {"purpose": "asked", "mark": seen, "nik": "12", "address": "Jl. Diponegoro 5"}
    wrong = officer.post("/produsen/P1/orang/betulkan", typed).text
    assert 'id="nik-told"' in wrong
    assert "Jl. Diponegoro 5" in wrong
    officer.post("/produsen/P1/orang/betulkan", typed | {"nik": PERSON["nik"]})
    assert "Jl. Diponegoro 5" in row_of(centre, schema.producer_contacts, "P1").personal
    again = officer.post("/produsen/P1/orang/betulkan", typed | {"nik": PERSON["nik"], "address": ""})
    assert "diubah" in again.text, "somebody else had corrected it since"
    assert "Jl. Diponegoro 5" in row_of(centre, schema.producer_contacts, "P1").personal


def test_an_administrator_erases_a_person_once_the_code_is_typed_again(client, centre, officer):
    admin = client(Role.ADMIN)
    assert officer.post("/produsen/P1/orang/hapus", {"again": "P1", "reason": "asked"}).status_code == 403
    admin.post("/produsen/P1/orang/hapus", {"again": "P2", "reason": "asked"})
    assert "Umi" in row_of(centre, schema.producer_contacts, "P1").personal
    admin.post("/produsen/P1/orang/hapus", {"again": "P1", "reason": "asked in writing"})
    assert row_of(centre, schema.producer_contacts, "P1").personal == "{}"
    assert "Dapur Umi" not in admin.get("/produsen?q=p1").text


def test_a_request_waits_and_is_answered(officer, centre):
    assert (
        'id="kode-told"'
        in officer.post(
            "/data-pribadi/permintaan", {"kode": "P9", "what": "erasure", "asked_at": "2026-10-01T07:00"}
        ).text
    )
    text = officer.post(
        "/data-pribadi/permintaan", {"kode": "P1", "what": "erasure", "asked_at": "2026-09-01T07:00"}
    ).text
    assert "4 Sep 2026, 07.00 WIB" in text
    path = text.partition('action="/data-pribadi/permintaan/')[2].partition('"')[0]
    assert "Told by letter" in officer.post(f"/data-pribadi/permintaan/{path}", {"answer": "Told by letter"}).text


def test_a_breach_is_written_down_and_what_became_of_it(officer):
    told = {"noticed_at": "2026-09-30T07:00", "what": "A stick was lost", "whose": "Producers of one corner"}
    text = officer.post("/data-pribadi/kebocoran", told).text
    assert "3 Okt 2026, 07.00 WIB" in text
    name = text.partition("?kebocoran=")[2].partition("#")[0]
    form = officer.get(f"/data-pribadi?kebocoran={name}").text
    assert 'value="2026-09-30T07:00"' in form
    named = {"id": name, "mark": MARK.search(form)[1]}
    later = officer.post("/data-pribadi/kebocoran", told | named | {"authority_told_at": "2026-10-01T07:30"}).text
    assert "1 Okt 2026, 07.30 WIB" in later
    assert later.count("?kebocoran=") == 1
    again = officer.post("/data-pribadi/kebocoran", told | named | {"measures": "Unseen"}).text
    assert "Orang lain sudah mencatat" in again, "the authority was told meanwhile"
    assert 'id="noticed_at-told"' in officer.post("/data-pribadi/kebocoran", told | {"noticed_at": "x"}).text
