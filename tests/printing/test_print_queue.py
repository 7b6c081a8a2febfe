"""The print queue on a real ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.ledger import print_queue
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import Connection

NOW, LATER = "2026-11-21T08:00:00+07:00", "2026-11-21T08:01:00+07:00"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger.create(tmp_path / "till.db", Identity("L1", "MTR-001", "Sekretariat", "A"))
    yield made
    made.close()


@pytest.fixture
def db(ledger: Ledger) -> Connection:
    return ledger.db


def add(db: Connection, document: str = "d1") -> int:
    return print_queue.enqueue(db, document, "receipt", 1, NOW)


def state(db: Connection, job_id: int) -> str:
    job = print_queue.job(db, job_id)
    assert job is not None
    return job.state


def test_jobs_are_printed_in_order(db):
    first, second = add(db, "d1"), add(db, "d2")
    job = print_queue.claim(db)
    assert job is not None
    assert (job.id, job.document_id, job.state, job.attempts) == (first, "d1", "printing", 1)
    assert [waiting.id for waiting in print_queue.waiting(db)] == [second]


def test_two_workers_never_get_the_same_job(ledger):
    add(ledger.db)
    other = ledger.another()
    try:
        assert print_queue.claim(ledger.db) is not None
        assert print_queue.claim(other.db) is None
    finally:
        other.close()


def test_a_job_of_a_sale_that_was_rolled_back_does_not_exist(ledger):
    def sale_that_fails() -> None:
        with ledger.write() as tx:
            add(tx.db)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sale_that_fails()
    assert not print_queue.waiting(ledger.db)


def test_a_printed_job_is_done(db):
    job_id = add(db)
    print_queue.claim(db)
    print_queue.finish(db, job_id, LATER)
    job = print_queue.job(db, job_id)
    assert job is not None
    assert (job.state, job.done_at) == ("done", LATER)
    assert print_queue.claim(db) is None


def test_a_refused_job_waits_with_its_reason_and_counts_its_attempts(db):
    job_id = add(db)
    print_queue.claim(db)
    print_queue.release(db, job_id, "out_of_paper")
    job = print_queue.job(db, job_id)
    assert job is not None
    assert (job.state, job.error, job.attempts) == ("waiting", "out_of_paper", 1)
    again = print_queue.claim(db)
    assert again is not None
    assert (again.id, again.error, again.attempts) == (job_id, "", 2)


def test_what_was_printing_when_the_program_died_is_unsure(db):
    job_id, other = add(db), add(db)
    print_queue.claim(db)
    assert print_queue.recover(db) == 1
    assert (state(db, job_id), state(db, other)) == ("unsure", "waiting")
    assert print_queue.recover(db) == 0


@pytest.mark.parametrize(("printed", "after"), [(True, "done"), (False, "waiting")])
def test_a_person_decides_about_an_unsure_job(db, printed, after):
    job_id = add(db)
    print_queue.claim(db)
    print_queue.doubt(db, job_id, "broke_off")
    print_queue.answer(db, job_id, LATER, printed=printed)
    assert state(db, job_id) == after


def test_a_failed_job_can_be_tried_again_or_cancelled(db):
    first, second = add(db), add(db)
    for job_id in (first, second):
        print_queue.claim(db)
        print_queue.fail(db, job_id, "no_paper")
    print_queue.retry(db, first)
    print_queue.cancel(db, second)
    assert (state(db, first), state(db, second)) == ("waiting", "cancelled")


def test_a_job_moves_only_from_where_it_may(db):
    job_id = add(db)
    print_queue.finish(db, job_id, LATER)
    print_queue.answer(db, job_id, LATER, printed=True)
    print_queue.retry(db, job_id)
    assert state(db, job_id) == "waiting"
    print_queue.claim(db)
    print_queue.finish(db, job_id, LATER)
    print_queue.cancel(db, job_id)
    assert state(db, job_id) == "done"


def test_counts_and_lists_tell_what_needs_attention(db):
    for _ in range(4):
        add(db)
    done, failed = print_queue.claim(db), print_queue.claim(db)
    assert done is not None
    assert failed is not None
    print_queue.finish(db, done.id, LATER)
    print_queue.fail(db, failed.id, "no_paper")
    assert print_queue.counts(db) == {"waiting": 2, "printing": 0, "unsure": 0, "failed": 1}
    assert [job.state for job in print_queue.open_jobs(db)] == ["failed", "waiting", "waiting"]
    assert len(print_queue.jobs_of(db, "d1")) == 4


@pytest.mark.parametrize("sql", [print_queue.CLAIM, print_queue.COUNTS, print_queue.JOBS + print_queue.OPEN])
def test_a_million_printed_papers_do_not_slow_the_queue(db, sql):
    plan = " ".join(row[3] for row in db.execute("EXPLAIN QUERY PLAN " + sql))
    assert "print_jobs_open" in plan
    assert "SCAN print_jobs USING INDEX print_jobs_open" in plan or "SEARCH print_jobs" in plan
