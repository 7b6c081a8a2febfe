"""What officers do about corners: make and change them, tell them something, ask for a newer program, move a till."""

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.money import Opening
from sync.documents.shift import ShiftOpened
from sync.protocol.batch import Condition
from sync.protocol.messages import PAGE, Page, pull_path
from sync.protocol.wire import public_bytes, unseal
from sync.server.corners.changing import save_corner
from sync.server.corners.moving import leaves, move
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import announcing
from sync.server.exchange.enrolment import waiting
from tests.server.support import Journal, problem

OFFICER = "Ibu Sari"
FACTS = {
    "corner_code": "MTR-003",
    "name": "Inspektorat",
    "kind": "opd",
    "address": "Jl. AH Nasution, Kel. Imopuro",
    "postcode": "34111",
    "staff_count": "48",
}


@pytest.fixture(autouse=True)
def officers(centre):
    with writing(centre.engine) as db:
        rows = [("Ibu Sari", "petugas"), ("Pak Joko", "pemantau")]
        db.execute(
            sa.insert(schema.officers),
            [{"name": name, "role": role, "password_hash": "", "made_at": ""} for name, role in rows],
        )


def save(centre, *, new=True, officer=OFFICER, **changed):
    with writing(centre.engine) as db:
        return [(one.field, one.code) for one in save_corner(centre, db, FACTS | changed, officer, new=new)]


def pulled(caller, journal, scope):
    found = caller.call(journal, "GET", pull_path(journal.device, scope, ""))
    assert found.status_code == 200, found.text
    return found


def rows_of(centre, response):
    page = unseal(response.content, Page, PAGE, public_bytes(centre.key))
    return [msgspec.json.decode(row.body) for row in page.rows()]


def test_a_corner_that_is_made_can_enrol_a_till_and_reaches_it_by_the_feed(centre, caller):
    assert save(centre) == []
    journal = Journal(corner="MTR-003", ledger_id="33" * 16).enrol_at(centre)
    (row,) = rows_of(centre, pulled(caller, journal, "corner"))
    assert (row["code"], row["name"], row["staff_count"]) == ("MTR-003", "Inspektorat", 48)


def test_a_corner_that_is_changed_goes_out_again_and_one_that_is_not_does_not(centre, caller, journal):
    facts = {"corner_code": "MTR-001", "name": "Setda"}
    assert save(centre, new=False, **facts) == []
    assert [row["name"] for row in rows_of(centre, pulled(caller, journal, "corner"))] == ["Setda"]
    before = position(centre)
    assert save(centre, new=False, **facts) == []
    assert position(centre) == before


def position(centre):
    with reading(centre.engine) as db:
        table = schema.positions
        return db.execute(sa.select(table.c.value).where(table.c.scope == "corner")).scalar_one()


def test_what_the_import_refuses_is_refused_here_by_its_field(centre):
    assert [field for field, _ in save(centre, name="")] == ["name"]
    assert [field for field, _ in save(centre, kind="kantor")] == ["kind"]
    assert [field for field, _ in save(centre, staff_count="banyak")] == ["staff_count"]
    assert [field for field, _ in save(centre, corner_code="MTR-001")] == ["corner_code"]
    assert [field for field, _ in save(centre, **dict.fromkeys(FACTS, ""))] == ["corner_code", "name", "kind"]
    with pytest.raises(CentreError, match="MTR-003"):
        save(centre, new=False)


def test_who_only_looks_changes_nothing(centre):
    with pytest.raises(CentreError) as refused:
        save(centre, officer="Pak Joko")
    assert refused.value.code == "unknown_officer"


def send(centre, corner, text, officer=OFFICER):
    with writing(centre.engine) as db:
        return announcing.send(centre, db, corner, text, officer)


def test_a_message_reaches_its_corner_or_all(centre, caller, journal):
    other = Journal(corner="MTR-002", ledger_id="22" * 16, prefix="b").enrol_at(centre)
    send(centre, "MTR-001", "  Mohon setor\nsebelum Jumat. ")
    send(centre, "", "Besok libur.")

    def read(till):
        return [msgspec.json.decode(row["body"])["text"] for row in rows_of(centre, pulled(caller, till, "messages"))]

    assert read(journal) == ["Mohon setor sebelum Jumat.", "Besok libur."]
    assert read(other) == ["Besok libur."]
    with reading(centre.engine) as db:
        assert [(one.corner, one.text) for one in announcing.sent(db, "MTR-002")] == [("", "Besok libur.")]
        assert [one.officer for one in announcing.sent(db)] == [OFFICER, OFFICER]


@pytest.mark.parametrize(("corner", "text", "code"), [("MTR-099", "Halo", "unknown_corner"), ("", " ", "no_words")])
def test_a_message_needs_words_and_a_corner(centre, corner, text, code):
    with pytest.raises(CentreError) as refused:
        send(centre, corner, text)
    assert refused.value.code == code


def require(centre, version):
    with writing(centre.engine) as db:
        announcing.require_version(centre, db, version, OFFICER)


def test_a_till_with_an_older_program_pulls_messages_only_and_sells_on_until_it_is_updated(centre, caller, journal):
    def tell(app, first):
        assert caller.push(journal, journal.batch(first, condition=Condition(app=app))).status_code == 200

    journal.add_moves(1)
    tell("0.6.9", 1)
    require(centre, "0.7.0")
    refused = caller.call(journal, "GET", pull_path(journal.device, "catalogue", ""))
    assert (refused.status_code, problem(refused)) == (426, "outdated")
    pulled(caller, journal, "messages")
    assert [row["version"] for row in rows_of(centre, pulled(caller, journal, "program"))] == ["0.7.0"]
    journal.add_moves(1)
    tell("0.7.0", 3)
    pulled(caller, journal, "catalogue")
    require(centre, "0.8.0")
    assert caller.call(journal, "GET", pull_path(journal.device, "catalogue", "")).status_code == 426
    require(centre, announcing.ANY)
    pulled(caller, journal, "catalogue")


def test_a_till_that_never_told_its_program_may_pull(centre, caller, journal):
    require(centre, "9.0.0")
    pulled(caller, journal, "catalogue")


@pytest.mark.parametrize(
    ("app", "least", "older"),
    [("0.9.0", "0.10.0", True), ("0.10", "0.10.0", False), ("1.0.0-beta", "1.0", False), ("lokal", "1.0", False)],
)
def test_versions_are_compared_by_their_numbers(app, least, older):
    assert announcing.is_older(app, least) == older


def test_a_version_that_is_none_is_not_asked_for(centre):
    with pytest.raises(CentreError) as refused:
        require(centre, "terbaru")
    assert refused.value.code == "bad_version"


def go(centre, to_corner="MTR-002", to_till="B", **more):
    with writing(centre.engine) as db:
        return move(centre, db, "MTR-001", "A", to_corner, to_till, OFFICER, **more)


def test_a_till_that_moves_is_revoked_and_joins_its_new_corner_as_a_new_till(centre, caller, journal):
    code = go(centre)
    refused = caller.push(journal, journal.batch())
    assert problem(refused) == "key_revoked"
    with reading(centre.engine) as db:
        assert [one.till for one in waiting(centre, db, "MTR-002")] == ["B"]
    fresh = Journal(corner="MTR-002", till="B", ledger_id="44" * 16)
    assert caller.enrol(fresh, code).status_code == 200
    with reading(centre.engine) as db:
        assert waiting(centre, db, "MTR-002") == []


def test_a_till_that_leaves_something_behind_moves_only_when_the_officer_says_so(centre, caller, journal):
    journal.add(ShiftOpened(number="BK-MTR001A-000001", float=200_000))
    journal.add(Opening(number="SA-MTR001A-000001", payable={"P001": 50_000, "P002": -3_000}, tabs={"S01": 7_000}))
    caller.push(journal, journal.batch(condition=Condition(app="0.6.0", unsent=5)))
    with reading(centre.engine) as db:
        behind = leaves(db, "MTR-001", "A")
    assert behind == (3, True, 50_000, 7_000, 0)
    assert behind.why == ("unsent", "shift_open", "owed", "tabs")
    with pytest.raises(CentreError) as refused:
        go(centre)
    assert refused.value.code == "till_not_done"
    assert caller.push(journal).status_code == 200
    go(centre, anyway=True)
    assert problem(caller.push(journal)) == "key_revoked"


def test_a_till_does_not_move_to_where_there_is_one(centre, journal):
    Journal(corner="MTR-002", till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre)
    with pytest.raises(CentreError) as refused:
        go(centre, anyway=True)
    assert refused.value.code == "till_there"
