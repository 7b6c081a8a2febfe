"""The print queue: papers that wait for a printer, so that a dead printer never stops a sale.

    waiting -> printing -> done
       ^          |
       |          +--> waiting   the printer refused; nothing came out
       +- no -----+--> unsure    it broke off, or the program died meanwhile: a person looks ("sudah tercetak?")
                  +--> failed    the paper cannot be made
    waiting, printing, unsure, failed -> cancelled

Every change of state is one statement, so it is one short transaction when the caller has none open.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pos_app.ledger.sqlite import Connection, Row

JOBS = "SELECT id, document_id, paper, copies, copy_mark, state, attempts, error, created_at, done_at FROM print_jobs "
OPEN = "WHERE state IN ('waiting', 'printing', 'unsure', 'failed') "
"""Word for word the condition of the index, or SQLite reads every job there ever was."""

COUNTS = """
SELECT state, count(*) FROM print_jobs WHERE state IN ('waiting', 'printing', 'unsure', 'failed') GROUP BY state
"""
CLAIM = """
UPDATE print_jobs SET state = 'printing', attempts = attempts + 1, error = '' WHERE id = (
    SELECT id FROM print_jobs WHERE state IN ('waiting', 'printing', 'unsure', 'failed') AND state = 'waiting'
    ORDER BY id LIMIT 1
) RETURNING id, document_id, paper, copies, copy_mark, state, attempts, error, created_at, done_at
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One paper in the queue. ``copy_mark``: it is a reprint and says SALINAN. ``error`` is a stable name."""

    id: int
    document_id: str
    paper: str
    copies: int
    copy_mark: bool
    state: str
    attempts: int
    error: str
    created_at: str
    done_at: str | None


def _jobs(rows: Iterable[Row]) -> list[Job]:
    return [
        Job(
            id=row["id"],
            document_id=row["document_id"],
            paper=row["paper"],
            copies=row["copies"],
            copy_mark=bool(row["copy_mark"]),
            state=row["state"],
            attempts=row["attempts"],
            error=row["error"],
            created_at=row["created_at"],
            done_at=row["done_at"],
        )
        for row in rows
    ]


def enqueue(db: Connection, document_id: str, paper: str, copies: int, now: str, copy_mark: bool = False) -> int:
    """Put a paper into the queue; returns the job's id. Call it inside the transaction of its document."""
    cursor = db.execute(
        "INSERT INTO print_jobs (document_id, paper, copies, copy_mark, state, created_at)"
        " VALUES (?, ?, ?, ?, 'waiting', ?)",
        (document_id, paper, copies, int(copy_mark), now),
    )
    return int(cursor.lastrowid or 0)


def job(db: Connection, job_id: int) -> Job | None:
    """One job."""
    return next(iter(_jobs(db.execute(JOBS + "WHERE id = ?", (job_id,)))), None)


def open_jobs(db: Connection, limit: int = 200) -> list[Job]:
    """Jobs that need a printer or a person, oldest first."""
    return _jobs(db.execute(JOBS + OPEN + "ORDER BY id LIMIT ?", (limit,)))


def closed_jobs(db: Connection, limit: int = 60) -> list[Job]:
    """Jobs that came out or that nobody wants any more, newest first."""
    return _jobs(db.execute(JOBS + "WHERE state IN ('done', 'cancelled') ORDER BY id DESC LIMIT ?", (limit,)))


def waiting(db: Connection) -> list[Job]:
    """What still has to be printed, oldest first."""
    return _jobs(db.execute(JOBS + OPEN + "AND state = 'waiting' ORDER BY id"))


def jobs_of(db: Connection, document_id: str) -> list[Job]:
    """All jobs of a document, oldest first."""
    return _jobs(db.execute(JOBS + "WHERE document_id = ? ORDER BY id", (document_id,)))


def asked_for(db: Connection, document_ids: Iterable[str]) -> set[str]:
    """Those of these documents whose paper was asked for, and not given up."""
    rows = db.execute(
        "SELECT DISTINCT document_id FROM print_jobs"
        " WHERE state <> 'cancelled' AND document_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(document_ids)),),
    )
    return {row[0] for row in rows}


def counts(db: Connection) -> dict[str, int]:
    """How many jobs need attention, by state: ``waiting``, ``printing``, ``unsure``, ``failed``."""
    rows = db.execute(COUNTS)
    return {"waiting": 0, "printing": 0, "unsure": 0, "failed": 0} | {row[0]: row[1] for row in rows}


def claim(db: Connection) -> Job | None:
    """Take the oldest waiting job for printing; ``None`` when there is none. Two workers never get the same."""
    return next(iter(_jobs(db.execute(CLAIM).fetchall())), None)


def finish(db: Connection, job_id: int, now: str) -> None:
    """It is printed."""
    _move(db, job_id, ("printing", "unsure"), "done", done_at=now)


def release(db: Connection, job_id: int, error: str) -> None:
    """The printer did not take it; it waits for the next attempt."""
    _move(db, job_id, ("printing",), "waiting", error=error)


def doubt(db: Connection, job_id: int, error: str) -> None:
    """Something may have come out; only a person can tell."""
    _move(db, job_id, ("printing",), "unsure", error=error)


def fail(db: Connection, job_id: int, error: str) -> None:
    """The paper cannot be made; trying again would not help by itself."""
    _move(db, job_id, ("printing",), "failed", error=error)


def answer(db: Connection, job_id: int, now: str, *, printed: bool) -> None:
    """What the person said about an unsure job: it is there, or it has to be printed again."""
    if printed:
        _move(db, job_id, ("unsure",), "done", done_at=now)
    else:
        _move(db, job_id, ("unsure",), "waiting")


def retry(db: Connection, job_id: int) -> None:
    """Try a failed job again."""
    _move(db, job_id, ("failed",), "waiting")


def cancel(db: Connection, job_id: int) -> None:
    """Nobody wants this paper any more. The document stays and can be reprinted."""
    _move(db, job_id, ("waiting", "unsure", "failed", "printing"), "cancelled")


def recover(db: Connection) -> int:
    """At start: jobs that were printing when the program died are unsure now. Returns how many."""
    cursor = db.execute("UPDATE print_jobs SET state = 'unsure', error = 'interrupted' WHERE state = 'printing'")
    return int(cursor.rowcount)


def _move(
    db: Connection, job_id: int, before: tuple[str, ...], after: str, *, error: str = "", done_at: str | None = None
) -> None:
    """A job that is no longer in one of the states ``before`` stays as it is."""
    db.execute(
        "UPDATE print_jobs SET state = :after, error = :error, done_at = :done_at"
        " WHERE id = :id AND state IN (SELECT value FROM json_each(:before))",
        {"after": after, "error": error, "done_at": done_at, "id": job_id, "before": json.dumps(before)},
    )
