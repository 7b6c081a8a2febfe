"""Checks of tills in the background: asked for ones first, then those that closed since, at most once a day."""

import pytest
import sqlalchemy as sa

from sync.documents.shift import ShiftOpened
from sync.server.database import schema
from sync.server.database.dialect import nobody_else, reading, writing
from sync.server.errors import CentreError
from sync.server.reports.reporter import catch_up
from sync.server.trust import rechecking, recomputing
from sync.server.trust.rechecking import Checker, check_next, checking
from sync.server.trust.recomputing import Stopped
from tests.server.support import Journal
from tests.server.trust.test_trust import OFFICER, close, officer  # noqa: F401 - a fixture


def closed(centre, caller, **where):
    journal = Journal(**where).enrol_at(centre).add_moves(3)
    close(journal, 3, cash_in=2_000)
    caller.push(journal)
    catch_up(centre)
    return journal


def kept(centre):
    with reading(centre.engine) as db:
        return recomputing.kept(db)


def asked(centre):
    with reading(centre.engine) as db:
        return rechecking.asked(db)


def ask(centre, journal=None):
    with writing(centre.engine) as db:
        return rechecking.ask(centre, db, OFFICER, journal and journal.device)


def test_a_till_that_was_never_checked_is_due_and_then_only_after_a_day_with_a_new_closing(centre, caller, clock):
    journal = closed(centre, caller)
    assert check_next(centre)
    assert len(kept(centre)[journal.device].checked.findings) == 2
    assert (kept(centre)[journal.device].officer, asked(centre)) == ("", {})
    assert not check_next(centre)
    clock.pass_(days=1, minutes=1)
    assert not check_next(centre)
    journal.add(ShiftOpened(number="BK-MTR001A-000002", float=200_000))
    caller.push(journal, journal.batch(6))
    catch_up(centre)
    assert not check_next(centre)
    close(journal, 0, number=2, first=6)
    caller.push(journal, journal.batch(7))
    catch_up(centre)
    clock.pass_(hours=-2)
    assert not check_next(centre)
    clock.pass_(hours=2)
    assert check_next(centre)
    assert kept(centre)[journal.device].checked.closings == 2
    assert not check_next(centre)


def test_what_an_officer_asks_for_comes_first_and_at_once(centre, caller, clock):
    first, second = closed(centre, caller), closed(centre, caller, corner="MTR-002", ledger_id="22" * 16)
    while check_next(centre):
        pass
    clock.pass_(minutes=1)
    assert ask(centre, second) == 1
    assert ask(centre, second) == 0
    waits = asked(centre)[second.device]
    assert (waits.officer, waits.began_at) == (OFFICER, "")
    assert check_next(centre)
    assert not check_next(centre)
    assert kept(centre)[second.device].officer == OFFICER
    assert kept(centre)[second.device].checked_at > kept(centre)[first.device].checked_at
    assert ask(centre) == 2
    with pytest.raises(CentreError) as refused, writing(centre.engine) as db:
        rechecking.ask(centre, db, OFFICER, "x")
    assert refused.value.code == "no_till"
    with pytest.raises(CentreError) as refused, writing(centre.engine) as db:
        rechecking.ask(centre, db, "Siapa")
    assert refused.value.code == "unknown_officer"


def test_a_check_that_was_interrupted_shows_as_running_and_is_begun_again(centre, caller):
    journal = closed(centre, caller)

    def stop():
        raise Stopped

    assert not check_next(centre, stop)
    assert asked(centre)[journal.device].began_at == centre.now()
    assert kept(centre) == {}
    assert check_next(centre)
    assert (asked(centre), list(kept(centre))) == ({}, [journal.device])


def test_one_worker_at_a_time_checks(centre, caller):
    closed(centre, caller)
    with reading(centre.engine) as db:
        assert nobody_else(db, rechecking.LOCK)
        alone = centre.engine.dialect.name != "postgresql"
        assert check_next(centre) is alone


def test_the_thread_of_a_serving_centre_checks_what_waits(centre, caller):
    journal = closed(centre, caller)
    checker = checking(centre, every=0.01)
    checker.start()
    try:
        while journal.device not in kept(centre):
            pass
    finally:
        checker.stop()
    assert asked(centre) == {}


def test_a_till_whose_check_fails_keeps_no_other_waiting_and_is_told_once(centre, caller, clock, caplog):
    first, second = closed(centre, caller), closed(centre, caller, corner="MTR-002", ledger_id="22" * 16)
    failed = {}
    ask(centre, first)

    def fail():
        raise OverflowError

    assert check_next(centre, fail, failed)
    assert asked(centre)[first.device][1:] == (OFFICER, "")
    assert check_next(centre, failed=failed)
    assert list(kept(centre)) == [second.device]
    assert not check_next(centre, failed=failed)
    clock.pass_(hours=1)
    assert check_next(centre, fail, failed)
    assert [record.getMessage() for record in caplog.records] == [f"check of {first.device} waits: OverflowError"]
    clock.pass_(hours=1)
    assert check_next(centre, failed=failed)
    assert (set(kept(centre)), failed, asked(centre)) == ({first.device, second.device}, {}, {})


def test_a_thread_that_is_to_end_leaves_the_till_as_one_that_waits(centre, caller):
    journal = closed(centre, caller)
    Checker(centre).round(lambda: True)
    assert (asked(centre)[journal.device][1:], kept(centre)) == (("", centre.now()), {})
    Checker(centre).round()
    assert (asked(centre), list(kept(centre))) == ({}, [journal.device])


def test_all_tills_are_checked_at_once_where_the_command_line_asks(centre, caller):
    closed(centre, caller)
    closed(centre, caller, corner="MTR-002", ledger_id="22" * 16)
    assert rechecking.check_all(centre) == (2, 10, 2, 0, 2, 0, 0)
    assert rechecking.check_all(centre, "MTR-002").tills == 1
    with pytest.raises(CentreError) as refused:
        rechecking.check_all(centre, "MTR-009")
    assert refused.value.code == "no_till"
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.entries).where(schema.entries.c.seq == 2).values(body=b"{}"))
    assert rechecking.check_all(centre).broken == 2
