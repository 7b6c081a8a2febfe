"""Goals 6 and 7: the centre on PostgreSQL as a process of its own, driven by tills that push what was signed ahead.

Ours is from the request to the committed answer: signature, chain, overlap, projections and all. Beside it, in turns,
the same rows are brought into the same tables by bare COPY on one connection, and the sales of a till into
express-pouchdb by PouchDB's own replication, where node and its packages are there (``python -m bench.peer``).
"""

from collections.abc import Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench import arrivals, copying, peer
from bench.arrivals import A_DAY, COUNTRY
from bench.journals import Journal
from bench.measure import Figure, Pairs, Timed, duration, paired, percentile, seconds_of
from bench.postgres import Server, server
from bench.served import DURABLE, Load, corners_of, drive, enrolled, new_database, push, running

BATCH = 500
SALES = 5_000
"""Of the comparison with PouchDB."""
PEER_RATE = 4_700
"""PouchDB, published: documents a second of a first push."""
CAPACITY = 15 * 60
"""Seconds within which a day's backlog of the country is to be taken in."""


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
