"""Requests of persons and breaches: what is due when, and what became of it."""

import pytest

from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.registry import duties
from tests.server.registry_support import PERSON, officer, producer


@pytest.fixture
def by(centre) -> str:
    producer(centre, "P1", "Keripik Umi", PERSON)
    return officer(centre)


def why(error) -> str:
    return error.value.code


def test_a_request_is_due_after_three_days_and_answered_once(centre, by, clock):
    with writing(centre.engine) as db:
        name = duties.ask(centre, db, "P1", "erasure", "2026-10-01T07:00", by)
    with reading(centre.engine) as db:
        (row,) = duties.requests(db)
    assert (row.asked_at, row.due_at) == ("2026-10-01T00:00:00+00:00", "2026-10-04T00:00:00+00:00")
    with writing(centre.engine) as db:
        duties.answer(centre, db, name, "Erased, told by letter", by)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        duties.answer(centre, db, name, "Again", by)
    assert why(error) == "no_request"


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_request_is_not_met_without_a_word_of_how(centre, by, text):
    with writing(centre.engine) as db:
        name = duties.ask(centre, db, "P1", "access", "2026-10-01T07:00", by)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        duties.answer(centre, db, name, text, by)
    assert why(error) == "no_answer"
    with reading(centre.engine) as db:
        assert [row.answered_at for row in duties.requests(db)] == [None]


def test_requests_that_wait_come_first_the_most_pressing_on_top(centre, by):
    with writing(centre.engine) as db:
        for at in ("2026-09-30T08:00", "2026-09-28T08:00", "2026-09-29T08:00"):
            name = duties.ask(centre, db, "P1", "access", at, by)
        duties.answer(centre, db, name, "Handed over", by)
    with reading(centre.engine) as db:
        assert [row.asked_at[:10] for row in duties.requests(db)] == ["2026-09-28", "2026-09-30", "2026-09-29"]


@pytest.mark.parametrize("at", ["", "yesterday", "2026-10-01T09:00+07:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_is_none_or_has_not_come_is_refused(centre, by, at):
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        duties.ask(centre, db, "P1", "access", at, by)
    assert why(error) == "bad_moment"


def test_a_breach_tells_what_when_and_whom_was_told_when(centre, by):
    told = {"noticed_at": "2026-09-30T08:00", "what": "A stick was lost", "whose": "Producers of one corner"}
    with writing(centre.engine) as db:
        name = duties.record_breach(centre, db, told, by)
        (seen,) = map(duties.breach_mark, duties.breach_list(db))
        duties.record_breach(centre, db, told | {"authority_told_at": "2026-10-01T07:30", "mark": seen}, by, name)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        duties.record_breach(centre, db, told | {"measures": "Nothing", "mark": seen}, by, name)
    assert why(error) == "breach_changed"
    with reading(centre.engine) as db:
        (row,) = duties.breach_list(db)
    assert (row.due_at, row.authority_told_at) == ("2026-10-03T01:00:00+00:00", "2026-10-01T00:30:00+00:00")
    assert row.persons_told_at is None
