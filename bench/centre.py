"""Goals 6 and 7: the centre on PostgreSQL as a process of its own, driven by tills that push what was signed ahead.

Ours is from the request to the committed answer: signature, chain, overlap, projections and all. Beside it, in turns,
the same rows are brought into the same tables by bare COPY on one connection, and the sales of a till into
express-pouchdb by PouchDB's own replication, where node and its packages are there (``python -m bench.peer``).
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import psycopg
import sqlalchemy as sa

from bench import arrivals, copying, peer
from bench.arrivals import A_DAY, COUNTRY
from bench.cores import cpu_seconds
from bench.journals import Journal, requests, tills
from bench.measure import Figure, Pairs, Timed, duration, paired, percentile, seconds_of
from bench.postgres import Server, server
from bench.pushing import Work, checked, push_all
from sync.protocol.messages import EnrolRequest
from sync.protocol.wire import public_bytes
from sync.server import commands
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.exchange.enrolment import enrol, new_code

WORKERS = 2
BATCH = 500
SALES = 5_000
"""Of the comparison with PouchDB."""
DURABLE: Mapping[str, str] = {}
"""As PostgreSQL is by itself."""
PEER_RATE = 4_700
"""PouchDB, published: documents a second of a first push."""
CAPACITY = 15 * 60
"""Seconds within which a day's backlog of the country is to be taken in."""


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


def figures(
    folder: Path,
    *,
    pairs: int,
    many: int = 10,
    batches: int = 10,
    sales: int = SALES,
    timers: int = 1_000,
    seconds: float = 20.0,
    settings: Mapping[str, str] = DURABLE,
) -> list[Figure]:
    """Goals 6 and 7, the pushes of the country's busiest minutes, and what the rate says about a day's backlog of it.

    ``sales`` are pushed for goal 7. Those pushes of the busiest minutes are made by ``timers`` tills for so many
    ``seconds``. PostgreSQL has these ``settings`` beside its own.
    """
    with server(None, **settings) as postgres:
        alone = 2 * pairs + 2
        database = new_database(postgres, "centre", corners_of(many + alone))
        bare = new_database(postgres, "bare", corners_of(many))
        journals, key = enrolled(database, many + alone)
        together, others = journals[:many], iter(journals[many:])
        with running(database) as centre:
            first = drive(postgres, centre, together, key, [BATCH])
            rows = copying.rows_of(database)
            loads: list[Load] = []

            def ours() -> float:
                loads.append(drive(postgres, centre, together, key, [BATCH] * batches))
                return loads[-1].seconds / loads[-1].entries

            def copied() -> float:
                copying.empty(bare)
                return seconds_of(lambda: copying.copy_rows(bare, rows, BATCH)) / first.entries

            def pushed(tills: Sequence[Journal]) -> float:
                """So many sales, seconds of one."""
                return drive(postgres, centre, tills, key, [BATCH] * (sales // BATCH // len(tills))).seconds / sales

            found = paired(ours, copied, pairs)
            peers = _against_peer(folder, sales, pairs, many, lambda: pushed(together), lambda: pushed([next(others)]))
        country = _of_the_country(postgres, timers, seconds)
    return [_goal_6(found, many), *peers, country, *_capacity(loads)]


def _of_the_country(postgres: Server, many: int, seconds: float) -> Figure:
    """An open loop; before it, every worker has opened its connections."""
    rate = arrivals.OF_THE_COUNTRY
    database = new_database(postgres, "open", corners_of(many))
    journals, key = enrolled(database, many)
    with running(database) as centre:
        drive(postgres, centre, journals[:20], key, [1] * 10)
        load = push(postgres, centre, journals, key, arrivals.works(journals, rate, seconds))
    p99 = percentile(load.pushes, 0.99)
    return Figure(
        "",
        f"a push at {rate:.0f} pushes/s of {many:,} tills, p99, open loop: {COUNTRY:,} corners' busiest minutes",
        f"{duration(p99)} (median {duration(median(load.pushes))})",
        "one second",
        p99,
        p99,
        p99,
        arrivals.LIMIT,
        "< 1 s",
    )


def _goal_6(found: Pairs, many: int) -> Figure:
    ratios = [1 / ratio for ratio in found.ratios]
    return Figure(
        "6",
        f"centre on PostgreSQL, {many} tills, batches of {BATCH}",
        rate(median(found.ours)),
        f"bare COPY of the same rows, one connection: {rate(median(found.bare))}",
        median(ratios),
        min(ratios),
        max(ratios),
        0.5,
        "≥ 0.5",
        at_least=True,
    )


def rate(seconds: float) -> str:
    """Seconds an entry as entries a second."""
    return f"{1 / seconds:,.0f} entries/s"


def _against_peer(folder: Path, sales: int, pairs: int, many: int, together: Timed, alone: Timed) -> list[Figure]:
    """A first push of so many sales, as PouchDB pushes them; the goal is that of the centre, by all its tills."""
    theirs = peer.pusher(folder, peer.documents(sales))
    told = "PouchDB to express-pouchdb, one client" if theirs else "one PouchDB client, published"
    with closing(theirs) if theirs else nullcontext():
        bare = (lambda: theirs() / sales) if theirs else (lambda: 1 / PEER_RATE)
        first = _goal_7(sales, f"{many} tills together", paired(together, bare, pairs), told)
        second = _goal_7(sales, "one till alone", paired(alone, bare, pairs), told)
    return [first, replace(second, goal=None, goal_text="told; ≥ 3 is for all together")]


def _goal_7(sales: int, who: str, found: Pairs, told: str) -> Figure:
    ratios = [1 / ratio for ratio in found.ratios]
    name = f"{sales:,} sales pushed by {who}"
    yardstick = f"{told}: {1 / median(found.bare):,.0f} docs/s"
    sums = (median(ratios), min(ratios), max(ratios))
    return Figure("7", name, rate(median(found.ours)), yardstick, *sums, 3.0, "≥ 3", at_least=True)


def _capacity(loads: Sequence[Load]) -> list[Figure]:
    pushes = [one for load in loads for one in load.pushes]
    p99 = percentile(pushes, 0.99)
    each = median(load.seconds / load.entries for load in loads)
    backlog = each * COUNTRY * A_DAY
    return [
        Figure(
            "",
            f"a push of {BATCH}, p99, all tills of goal 6 in a closed loop",
            f"{duration(p99)} (median {duration(median(pushes))})",
            "one second",
            p99,
            p99,
            p99,
            1.0,
            "< 1 s",
        ),
        Figure(
            "",
            f"a day's backlog of {COUNTRY:,} corners, by arithmetic",
            f"{backlog / 60:.1f} min",
            "15 min",
            backlog / CAPACITY,
            backlog / CAPACITY,
            backlog / CAPACITY,
            1.0,
            "< 15 min",
        ),
    ]
