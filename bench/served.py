"""A real centre on PostgreSQL, served and driven by tills that push what was signed ahead; what that cost."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from bench.cores import cpu_seconds
from bench.journals import Journal, requests, tills
from bench.postgres import Server
from bench.pushing import Work, checked, push_all
from sync.protocol.messages import EnrolRequest
from sync.protocol.wire import public_bytes
from sync.server import commands
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.exchange.enrolment import enrol, new_code

WORKERS = 2
DURABLE: Mapping[str, str] = {}
"""As PostgreSQL is by itself."""


@dataclass(slots=True)
class Running:
    """A centre at work: its database, its port and its process."""

    database: str
    port: int
    pid: int
    key: bytes = b""


@dataclass(frozen=True, slots=True)
class Load:
    """What some tills pushed: entries, seconds, seconds of each push, and what it cost.

    ``late`` is how late the generator itself began each, in an open loop. Processor seconds of the centre, of
    PostgreSQL and of the generator; bytes of requests and answers, of tables with their indexes, and of the log.
    """

    tills: int
    batch: float
    entries: int
    seconds: float
    pushes: list[float]
    late: list[float]
    centre: float
    postgres: float
    generator: float
    wire: int
    disk: int
    log: int


@contextmanager
def running(database: str, workers: int = WORKERS) -> Iterator[Running]:
    """``pojok serve`` over an initialised database."""
    command = [sys.executable, "-m", "pos_app", "serve", "--database", database, "--listen", "127.0.0.1:0"]
    command += ["--workers", str(workers)] if workers > 1 else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            yield Running(database, int(url.rpartition(":")[2]), process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def new_database(postgres: Server, name: str, corners: Sequence[str]) -> str:
    """A centre's database that knows these corners."""
    postgres.drop(name)
    database = postgres.database(name)
    commands.init(database)
    centre = open_centre(database)
    with writing(centre.engine) as db:
        rows = [{"code": code, "name": code, "position": place} for place, code in enumerate(corners, start=1)]
        db.execute(sa.insert(schema.corners), rows)
    centre.close()
    return database


def enrolled(database: str, many: int) -> tuple[list[Journal], bytes]:
    """Tills without entries, known to the centre, and the centre's public key."""
    centre = open_centre(database)
    journals = [Journal(*name, seed) for seed, name in enumerate(tills(many))]
    with writing(centre.engine) as db:
        for one in journals:
            code = new_code(centre, db, one.corner, one.till)
            who = EnrolRequest(
                code=code, public_key=public_bytes(one.key), ledger_id=one.ledger_id, corner=one.corner, till=one.till
            )
            one.device = enrol(centre, db, who, "n").device
    key = public_bytes(centre.key)
    centre.close()
    return journals, key


def corners_of(many: int) -> list[str]:
    """The corners of so many tills."""
    return sorted({corner for corner, _till in tills(many)})


def drive(postgres: Server, centre: Running, journals: Sequence[Journal], key: bytes, sizes: Sequence[int]) -> Load:
    """Every till records ``sum(sizes)`` more entries and pushes them in batches of these sizes, one after the other."""
    works = []
    for one in journals:
        first = len(one.bodies) + 1
        one.grow(sum(sizes))
        works.append(Work(requests(one, first, sizes), sum(sizes)))
    return push(postgres, centre, journals, key, works)


def push(postgres: Server, centre: Running, journals: Sequence[Journal], key: bytes, works: Sequence[Work]) -> Load:
    """Every till does its work; every last answer is checked."""
    before = _used(postgres, centre), _kept(centre.database)
    generator = time.process_time()
    seconds = push_all(centre.port, works)
    generator = time.process_time() - generator
    after = _used(postgres, centre), _kept(centre.database)
    for work, one in zip(works, journals, strict=True):
        if work.requests:
            checked(work.answer, key, (len(one.bodies), one.hashes[-1]))
    used = [late - soon for soon, late in zip(before[0], after[0], strict=True)]
    kept = [late - soon for soon, late in zip(before[1], after[1], strict=True)]
    pushes = [one for work in works for one in work.seconds]
    entries = sum(work.entries for work in works)
    return Load(
        tills=len(journals),
        batch=entries / len(pushes),
        entries=entries,
        seconds=seconds,
        pushes=pushes,
        late=[one for work in works for one in work.late],
        centre=used[0],
        postgres=used[1],
        generator=generator,
        wire=sum(sum(map(len, work.requests)) + work.received for work in works),
        disk=kept[0],
        log=kept[1],
    )


def _used(postgres: Server, centre: Running) -> tuple[float, float]:
    return cpu_seconds(centre.pid), cpu_seconds(postgres.pid)


def _kept(database: str) -> tuple[int, int]:
    """Bytes of all tables with their indexes, and of the log written so far."""
    with psycopg.connect(database) as db:
        size = db.execute("SELECT pg_database_size(current_database())").fetchone()
        log = db.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    return int(size[0]) if size else 0, int(log[0]) if log else 0
