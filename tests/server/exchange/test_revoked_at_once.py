"""A key is taken away while its till pushes: whoever took it hears nothing before all that it wrote is there."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import key_id, public_bytes
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.enrolment import enrol, new_code, revoke
from sync.server.exchange.ingest import device_of, take_batch, valid_device
from tests.server.support import ON_POSTGRES, Journal

WAITING = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def head(centre: Centre) -> int:
    with reading(centre.engine) as db:
        found: int = db.execute(sa.select(schema.devices.c.head_seq)).scalar_one()
    return found


def replace(centre: Centre) -> int:
    """A new computer joins; what it then finds at the centre."""
    with writing(centre.engine) as db:
        code = new_code(centre, db, "MTR-001", "A")
    with writing(centre.engine) as db:
        enrol(centre, db, Journal().enrol_request(code), "n")
    return head(centre)


def end_keys(centre: Centre) -> None:
    with writing(centre.engine) as db:
        revoke(centre, db, "MTR-001", "A")


def take_away(centre: Centre) -> int:
    end_keys(centre)
    return head(centre)


def until_it_waits(centre: Centre, started: "Future[Any]") -> None:
    """Until a connection waits for a lock, or ``started`` did not have to."""
    end = time.monotonic() + 60
    while not started.done() and time.monotonic() < end:
        with reading(centre.engine) as db:
            if db.execute(WAITING).scalar_one():
                return


@ON_POSTGRES
@pytest.mark.parametrize("ends", [replace, take_away])
def test_what_an_old_key_is_writing_is_there_before_its_end_is_told(
    centre: Centre, journal: Journal, ends: Callable[[Centre], int]
) -> None:
    journal.add_moves(2)
    with ThreadPoolExecutor(1) as beside:
        with writing(centre.engine) as db:
            row = valid_device(device_of(db, key_id(public_bytes(journal.key)), lock=True))
            found = beside.submit(ends, centre)
            until_it_waits(centre, found)
            take_batch(centre, db, row, journal.batch())
        assert found.result(60) == 3 == head(centre)


@ON_POSTGRES
def test_a_push_that_waited_for_the_end_of_its_key_is_refused(centre: Centre, journal: Journal) -> None:
    journal.add_moves(2)

    def push() -> None:
        with writing(centre.engine) as db:
            take_batch(
                centre, db, valid_device(device_of(db, key_id(public_bytes(journal.key)), lock=True)), journal.batch()
            )

    with ThreadPoolExecutor(1) as beside:
        with writing(centre.engine) as db:
            revoke(centre, db, "MTR-001", "A")
            pushed = beside.submit(push)
            until_it_waits(centre, pushed)
        with pytest.raises(ExchangeProblem, match="revoked"):
            pushed.result(60)
    assert head(centre) == 0


@ON_POSTGRES
def test_a_till_that_is_taken_away_while_a_new_computer_joins_is_taken_away_with_it(
    centre: Centre, journal: Journal
) -> None:
    with writing(centre.engine) as db:
        code = new_code(centre, db, "MTR-001", "A")
    thief = Journal(ledger_id="99" * 16)
    with ThreadPoolExecutor(1) as beside:
        with writing(centre.engine) as db:
            enrol(centre, db, thief.enrol_request(code), "n")
            taken = beside.submit(end_keys, centre)
            until_it_waits(centre, taken)
        taken.result(60)
    with reading(centre.engine) as db:
        assert not db.execute(sa.select(schema.keys.c.key_id).where(schema.keys.c.revoked_at.is_(None))).all()


@ON_POSTGRES
def test_nobody_joins_with_a_code_that_a_newer_one_is_just_ending(centre: Centre) -> None:
    with writing(centre.engine) as db:
        code = new_code(centre, db, "MTR-001", "A")
    joining = Journal().enrol_request(code)

    def join() -> None:
        with writing(centre.engine) as db:
            enrol(centre, db, joining, "n")

    with ThreadPoolExecutor(1) as beside:
        with writing(centre.engine) as db:
            new_code(centre, db, "MTR-001", "A")
            joined = beside.submit(join)
            until_it_waits(centre, joined)
        with pytest.raises(ExchangeProblem, match="unknown"):
            joined.result(60)
    with reading(centre.engine) as db:
        assert not db.execute(sa.select(schema.keys.c.key_id)).all()
