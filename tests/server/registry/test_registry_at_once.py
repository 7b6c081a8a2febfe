"""Two officers at the same moment: the later one decides about what the earlier one left, on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.corners import taking_over
from sync.server.database import schema
from sync.server.database.dialect import POSTGRES, reading, writing
from sync.server.database.tables_corners import taken_over
from sync.server.errors import CentreError
from sync.server.registry import certificates, merging, persons
from sync.server.trust import rechecking
from tests.server.registry_support import PERSON, officer, producer, row_of
from tests.server.support import Journal

Work = Callable[[Connection], Any]
WAITING = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
OFTEN = 20_000


@pytest.fixture
def by(centre) -> str:
    producer(centre, "P1", "Batik Bu Siti", PERSON)
    producer(centre, "P2", "Kopi", nib="1234567890123")
    return officer(centre)


def one_after_the_other(centre, first: Work, second: Work) -> BaseException | None:
    """``second`` begins when ``first`` has done its work and not committed it; what it ends with."""

    def work() -> None:
        with writing(centre.engine) as db:
            second(db)

    with ThreadPoolExecutor(1) as pool:
        with writing(centre.engine) as db:
            first(db)
            later = pool.submit(work)
            until_it_waits(centre)
        return later.exception()


def until_it_waits(centre) -> None:
    if centre.engine.dialect.name == POSTGRES:
        for tries in count():
            assert tries < OFTEN, "it does not wait for the one before"
            with reading(centre.engine) as db:
                if db.execute(WAITING).scalar_one():
                    return


def test_an_erased_person_does_not_come_back_by_a_correction_that_had_begun(centre, by):
    error = one_after_the_other(
        centre,
        lambda db: persons.erase(centre, db, "P1", "asked", by),
        lambda db: persons.correct(centre, db, "P1", {**PERSON, "phone": "081299998888"}, by),
    )
    assert isinstance(error, CentreError)
    assert error.code == "person_erased"
    assert row_of(centre, schema.producer_contacts, "P1").personal == "{}"
    assert row_of(centre, schema.producers, "P1").business_name == "P1"


def test_a_merging_is_not_undone_by_a_certificate_that_had_begun(centre, by):
    error = one_after_the_other(
        centre,
        lambda db: merging.merge(centre, db, "producer", "P2", "P1", by),
        lambda db: certificates.save(centre, db, "P2", "halal", "ID18110000112233344", "", None, by),
    )
    assert isinstance(error, CentreError)
    assert error.code == "merged_already"
    assert row_of(centre, schema.producers, "P2").alias_of == "P1"


def test_two_certificates_at_once_both_reach_the_row(centre, by):
    error = one_after_the_other(
        centre,
        lambda db: certificates.save(centre, db, "P1", "halal", "ID18110000112233344", "", None, by),
        lambda db: certificates.save(centre, db, "P1", "nib", "1234567890123", "", None, by),
    )
    assert error is None
    row = row_of(centre, schema.producers, "P1")
    assert (row.halal_no, row.nib) == ("ID18110000112233344", "1234567890123")


def test_two_officers_who_say_the_same_of_tills_at_once_both_succeed(centre, by, caller):
    old, new = Journal(ledger_id="11" * 16), Journal(ledger_id="22" * 16)
    for journal in (old, new):  # of the same letter: the first one is revoked
        assert caller.push(journal.enrol_at(centre).add_moves(1)).is_success
    for work in (
        lambda db: taking_over.take_over(centre, db, old.device, new.device, by),
        lambda db: rechecking.ask(centre, db, by),
    ):
        assert one_after_the_other(centre, work, work) is None
    with reading(centre.engine) as db:
        assert db.execute(sa.select(taken_over.c.by_device)).all() == [(new.device,)]
        assert len(rechecking.asked(db)) == 2
