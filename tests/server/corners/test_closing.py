"""Corners that end: removed where no till ever joined, closed and opened again where one did."""

import pytest
import sqlalchemy as sa

from sync.server.corners import closing
from sync.server.corners.changing import find, mark_of
from sync.server.corners.standing import corner, corners
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import announcing, enrolment
from tests.server.registry_support import audited, officer
from tests.server.support import Journal, problem


@pytest.fixture
def by(centre) -> str:
    return officer(centre)


def act(centre, deed, code, by, mark=None):
    with writing(centre.engine) as db:
        deed(centre, db, code, by, mark)


def refused(centre, deed, code, by, mark=None) -> str:
    with pytest.raises(CentreError) as error:
        act(centre, deed, code, by, mark)
    return error.value.code


def seen(centre, code) -> str:
    with reading(centre.engine) as db:
        return mark_of(find(db, code))


def board(centre):
    with reading(centre.engine) as db:
        return {one.code: one for one in corners(centre, db)}


def test_a_corner_that_no_till_joined_is_removed_with_its_codes_and_messages(centre, by):
    with writing(centre.engine) as db:
        code = enrolment.new_code(centre, db, "MTR-002", "A")
        announcing.send(centre, db, "MTR-002", "Selamat datang", by)
        announcing.send(centre, db, "", "Kepada semua", by)
    act(centre, closing.remove, "MTR-002", by, seen(centre, "MTR-002"))
    assert set(board(centre)) == {"MTR-001"}
    assert (by, "corner_removed", "MTR-002", "") in audited(centre)
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.codes.c.code_hash)).all() == [], code
        assert [one.text for one in announcing.sent(db)] == ["Kepada semua"]
        assert find(db, "MTR-001") is not None


def test_the_code_of_a_removed_corner_lets_no_till_in(centre, caller, by):
    with writing(centre.engine) as db:
        code = enrolment.new_code(centre, db, "MTR-002", "A")
    act(centre, closing.remove, "MTR-002", by)
    assert problem(caller.enrol(Journal(corner="MTR-002"), code)) == "bad_code"


def test_a_corner_that_ever_had_a_till_is_not_removed(centre, journal, by):
    with writing(centre.engine) as db:
        enrolment.revoke(centre, db, "MTR-001", "A")
    assert refused(centre, closing.remove, "MTR-001", by) == "corner_had_tills"
    assert "MTR-001" in board(centre)


def test_nobody_decides_about_a_state_that_is_gone(centre, journal, by):
    mark = seen(centre, "MTR-001")
    assert refused(centre, closing.close, "MTR-001", by, "0") == "corner_changed"
    act(centre, closing.close, "MTR-001", by, mark)
    assert refused(centre, closing.reopen, "MTR-001", by, mark) == "corner_changed"
    assert refused(centre, closing.remove, "MTR-002", by, "0") == "corner_changed"
    assert refused(centre, closing.remove, "MTR-009", by) == "unknown_corner"
    assert refused(centre, closing.remove, "MTR-002", "Pak Joko") == "unknown_officer"


def test_a_closed_corner_is_not_silent_counts_no_more_and_comes_back(centre, caller, journal, clock, by):
    caller.push(journal.add_moves(1))
    clock.pass_(days=5)
    assert board(centre)["MTR-001"].silent
    act(centre, closing.close, "MTR-001", by)
    closed = board(centre)["MTR-001"]
    assert (closed.closed, closed.silent, closed.counts, closed.joined) == ("2026-10-06", False, False, True)
    assert refused(centre, closing.close, "MTR-001", by) == "corner_closed"
    assert caller.push(journal.add_moves(1), journal.batch(2)).is_success, "what was sold still comes"
    act(centre, closing.reopen, "MTR-001", by)
    with reading(centre.engine) as db:
        found = corner(centre, db, "MTR-001")
    assert found is not None
    assert (found.closed, found.counts) == ("", True)
    assert refused(centre, closing.reopen, "MTR-001", by) == "corner_open"
    assert [what for _by, what, _of, _detail in audited(centre)] == ["corner_closed", "corner_reopened"]


def test_a_closed_corner_that_has_something_set_aside_is_still_looked_at(centre, caller, journal, by):
    journal.add_moves(1).add_bytes(b"unreadable")
    caller.push(journal)
    act(centre, closing.close, "MTR-001", by)
    assert board(centre)["MTR-001"].alarm


def test_no_till_joins_a_closed_corner_and_its_open_codes_end(centre, caller, journal, by):
    with writing(centre.engine) as db:
        code = enrolment.new_code(centre, db, "MTR-001", "B")
    act(centre, closing.close, "MTR-001", by)
    assert problem(caller.enrol(Journal(till="B", ledger_id="22" * 16), code)) == "bad_code"
    with writing(centre.engine) as db, pytest.raises(CentreError) as error:
        enrolment.new_code(centre, db, "MTR-001", "B")
    assert error.value.code == "corner_closed"


def test_a_corner_without_a_till_is_not_closed(centre, by):
    assert refused(centre, closing.close, "MTR-002", by) == "corner_without_tills"
