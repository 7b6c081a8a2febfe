"""Who may speak as which till: codes are short-lived and single-use, asking again is harmless."""

import pytest
import sqlalchemy as sa

from sync.server import commands
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.enrolment import new_code
from tests.server.support import Journal, problem, read_enrolment


@pytest.fixture
def code(centre):
    with writing(centre.engine) as db:
        return new_code(centre, db, "MTR-001", "A")


def test_a_code_binds_the_key_to_its_till(centre, caller, code):
    journal = Journal()
    answer = read_enrolment(centre, caller.enrol(journal, code).content)
    assert (answer.corner, answer.till, answer.epoch, answer.corner_name) == ("MTR-001", "A", 1, "Sekretariat Daerah")
    assert (answer.ledger_id, answer.timeline, answer.nonce) == (journal.ledger_id, centre.timeline, "abc")
    journal.device = answer.device
    assert caller.push(journal.add_moves(1)).status_code == 200


def test_a_lost_answer_is_asked_for_again(centre, caller, code, clock):
    journal = Journal()
    first = read_enrolment(centre, caller.enrol(journal, code).content)
    clock.pass_(days=3)
    assert read_enrolment(centre, caller.enrol(journal, code).content).device == first.device


def test_a_code_may_be_typed_carelessly(caller, code):
    assert caller.enrol(Journal(), f" {code.lower().replace('-', ' ')} ").status_code == 200


def test_a_till_without_a_corner_takes_that_of_the_code(centre, caller, code):
    answer = read_enrolment(centre, caller.enrol(Journal(), code, corner="", till="").content)
    assert (answer.corner, answer.till) == ("MTR-001", "A")


def test_a_used_code_is_no_good_for_another_key(caller, code):
    caller.enrol(Journal(), code)
    refused = caller.enrol(Journal(ledger_id="22" * 16), code)
    assert (refused.status_code, problem(refused)) == (403, "bad_code")


def test_an_expired_an_unknown_and_a_replaced_code_are_no_good(centre, caller, code, clock):
    assert problem(caller.enrol(Journal(), "0000-0000-0000-0000")) == "bad_code"
    clock.pass_(hours=25)
    assert problem(caller.enrol(Journal(), code)) == "bad_code"
    with writing(centre.engine) as db:
        second = new_code(centre, db, "MTR-001", "A")
        third = new_code(centre, db, "MTR-001", "A")
    assert problem(caller.enrol(Journal(), second)) == "bad_code"
    assert caller.enrol(Journal(), third).status_code == 200


def test_a_code_for_another_corner_or_till_is_refused(caller, code):
    for other in ({"corner": "MTR-002"}, {"till": "B"}):
        refused = caller.enrol(Journal(), code, **other)
        assert (refused.status_code, problem(refused)) == (403, "wrong_corner")


def test_a_ledger_stays_with_its_till(centre, caller, code):
    caller.enrol(Journal(), code)
    with writing(centre.engine) as db:
        other = new_code(centre, db, "MTR-002", "A")
    assert problem(caller.enrol(Journal(corner="MTR-002"), other)) == "wrong_corner"


def test_the_request_must_be_signed_by_the_key_it_brings(centre, caller, code):
    thief = Journal()
    victim = Journal()
    refused = caller.enrol(thief, code, public_key=victim.key.public_key().public_bytes_raw())
    assert (refused.status_code, problem(refused)) == (401, "bad_signature")
    with reading(centre.engine) as db:
        assert db.execute(sa.select(sa.func.count()).select_from(schema.devices)).scalar_one() == 0


def test_the_same_key_may_join_its_till_again_with_a_new_code_but_no_other_till(centre, caller):
    journal = Journal().enrol_at(centre)
    again = Journal(key=journal.key).enrol_at(centre)
    assert again.device == journal.device
    assert caller.push(again.add_moves(1)).status_code == 200
    with writing(centre.engine) as db:
        code = new_code(centre, db, "MTR-001", "B")
    assert problem(caller.enrol(Journal(till="B", ledger_id="22" * 16, key=journal.key), code)) == "key_revoked"


def test_a_new_pc_with_a_fresh_ledger_gets_its_own_journal_and_the_old_key_ends(centre, caller):
    old = Journal().enrol_at(centre).add_moves(2)
    caller.push(old)
    new = Journal(ledger_id="22" * 16).enrol_at(centre).add_moves(1)
    assert new.device != old.device
    assert caller.push(new).status_code == 200
    assert problem(caller.push(old)) == "key_revoked"


def test_codes_are_kept_as_hashes_only(database, centre, code):
    with reading(centre.engine) as db:
        stored = db.execute(sa.select(schema.codes)).one()
    assert code not in str(stored)
    assert code.replace("-", "") not in str(stored)


@pytest.mark.parametrize(
    ("corner", "till"), [("MTR-999", "A"), ("MTR-001", "a"), ("MTR-001", ""), ("MTR-001", "ABC"), ("", "A")]
)
def test_a_code_is_for_a_known_corner_and_a_possible_till(database, corner, till):
    with pytest.raises(CentreError):
        commands.code(database, corner, till)


def test_strangers_are_limited(database, clock):
    from litestar.testing import TestClient

    from sync.server.app import create_app
    from sync.server.limits import Rate
    from tests.server.support import Caller

    with TestClient(create_app(database, clock=clock, per_stranger=Rate(3, 0.01))) as client:
        answers = [Caller(client).enrol(Journal(), "0000") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert "retry-after" in answers[-1].headers


@pytest.fixture
def officer(database) -> None:
    commands.officer(database, "Rahma", "petugas")


@pytest.mark.usefixtures("officer")
def test_a_revoked_till_is_refused_until_it_joins_with_a_new_code(centre, caller, journal, database):
    journal.add_moves(2)
    assert caller.push(journal).status_code == 200
    with writing(centre.engine) as db:
        old = new_code(centre, db, "MTR-001", "A")
    assert commands.revoke(database, "MTR-001", "A", "Rahma") == 1
    journal.add_moves(1)
    assert problem(caller.push(journal)) == "key_revoked"
    assert problem(caller.enrol(journal, old)) == "bad_code", "codes that nobody used yet end with it"
    with writing(centre.engine) as db:
        code = new_code(centre, db, "MTR-001", "A")
    assert read_enrolment(centre, caller.enrol(journal, code).content).device == journal.device
    assert caller.push(journal).status_code == 200
    assert commands.revoke(database, "MTR-001", "A", "Rahma") == 1


@pytest.mark.usefixtures("officer")
def test_only_a_till_that_is_enrolled_can_be_revoked(database, journal):
    with pytest.raises(CentreError) as refused:
        commands.revoke(database, "MTR-002", "A", "Rahma")
    assert refused.value.code == "no_till"


def test_another_ledger_of_the_till_numbers_from_a_beginning_that_no_earlier_one_used(centre, caller, journal):
    assert journal_beginning(centre, caller, journal) == 1
    journal.add_moves(2)
    assert caller.push(journal).status_code == 200
    fresh = Journal(ledger_id="44" * 16)
    assert journal_beginning(centre, caller, fresh) == 2
    with writing(centre.engine) as db:
        row = {"device": fresh.device, "code": "MTR001A7-P01", "kind": "producer", "facts": "{}", "sealed": b""}
        db.execute(sa.insert(schema.proposals), row | {"received_at": centre.now()})
    assert journal_beginning(centre, caller, Journal(ledger_id="55" * 16)) == 8
    assert journal_beginning(centre, caller, Journal(ledger_id="66" * 16, till="B")) == 1


def journal_beginning(centre, caller, journal) -> int:
    with writing(centre.engine) as db:
        code = new_code(centre, db, "MTR-001", journal.till)
    answer = read_enrolment(centre, caller.enrol(journal, code).content)
    journal.device = answer.device
    return answer.beginning
