"""``python -m bench.load``: what an entry costs the centre on PostgreSQL, from 1 to 1,000 tills (docs/scaling.md).

A closed loop tells what the machine takes and what an entry costs: *daily*, pushes of 1 to 5 entries as the timer makes
them all day, and *backlog*, pushes of 500. An open loop tells how long a push takes when so many come a second; *the
measured load* is the most at which 99 of 100 are answered within a second. What 25,000 corners need follows by
arithmetic from the measured cost of an entry, and is marked so.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from bench import arrivals, machine, table
from bench.arrivals import A_DAY, COUNTRY, DAILY
from bench.journals import Journal
from bench.measure import duration, percentile
from bench.postgres import FORGETFUL, Server, server
from bench.pushing import Work
from bench.served import WORKERS, Load, corners_of, drive, enrolled, new_database, push, running

ROOT = Path(__file__).resolve().parents[1]
KEPT, PAGE = ROOT / "docs" / "scaling.json", ROOT / "docs" / "scaling.md"
BACKLOG = 500
PLAN: tuple[tuple[int, int, int], ...] = ((1, 150, 40), (10, 100, 10), (100, 30, 2), (1_000, 5, 1))
"""Tills, how many daily pushes each makes, and how many batches of ``BACKLOG``."""
RATES, SECONDS = (25, 50, 100, 150, 200, 300, 400), 10.0
"""Pushes a second of the open loop, rising, and how long each is watched."""
Sizes = tuple[tuple[tuple[int, int, int], ...], tuple[int, ...], float]
QUICK: tuple[tuple[int, int, int], ...] = ((1, 5, 1), (3, 5, 1))
SIZES = {"a city": 50, "a province of ten cities": 500, "the country": COUNTRY}
"""Corners."""
DAYS = 300
"""Of a year, that corners sell."""
HEAD = (
    *("Tills", "Load", "Entries/s", "Pushes/s", "Push p50", "p99", "Cost of an entry: centre", "PostgreSQL"),
    *("Cores: centre", "PostgreSQL", "generator", "Wire", "Disk", "Log"),
)
Row = dict[str, Any]


def measure(
    postgres: Server,
    plan: Sequence[tuple[int, int, int]],
    rates: Sequence[int],
    seconds: float,
    workers: int = WORKERS,
) -> tuple[list[Row], list[Row]]:
    """The closed loop, a row for each number of tills and each load; the open loop of the last number, by rate.

    Every number of tills has a database of its own.
    """
    rows: list[Row] = []
    steps: list[Row] = []
    for many, pushes, batches in plan:
        database = new_database(postgres, f"load{many}", corners_of(many))
        journals, key = enrolled(database, many)
        with running(database, workers) as centre:
            closed = partial(drive, postgres, centre, journals, key)
            drive(postgres, centre, journals[:20], key, [1] * 10)  # every worker has opened its connections
            rows.append({"load": "daily", **row_of(closed(tuple(islice(cycle(DAILY), pushes))))})
            if many == plan[-1][0]:
                opened = partial(push, postgres, centre, journals, key)
                steps = step_up(opened, journals, rates, seconds)
            rows.append({"load": "backlog", **row_of(closed([BACKLOG] * batches))})
        postgres.drop(f"load{many}")
    return rows, steps


def step_up(
    pushed: Callable[[Sequence[Work]], Load], journals: Sequence[Journal], rates: Sequence[int], seconds: float
) -> list[Row]:
    """One row for each rate of the open loop, until two in a row took longer than they may."""
    rows: list[Row] = []
    for rate in rates:
        load = pushed(arrivals.works(journals, rate, seconds))
        rows.append({"rate": rate, **step_of(load, seconds)})
        if len(rows) > 1 and not any(map(held, rows[-2:])):
            break
    return rows


def held(step: Row) -> bool:
    """Whether 99 of 100 pushes were answered in time."""
    return bool(step["p99_ms"] < arrivals.LIMIT * 1_000)


def step_of(load: Load, seconds: float) -> Row:
    """What is kept of a rate: what was drawn for ``seconds``, and what was answered until the last answer."""
    return {
        "offered_pushes": round(len(load.pushes) / seconds, 1),
        "offered_entries": round(load.entries / seconds, 1),
        "late_ms": round(percentile(load.late, 0.99) * 1_000, 1),
        **row_of(load),
    }


def row_of(load: Load) -> Row:
    """What is kept of a load; costs are in microseconds of processor an entry, sizes in bytes an entry."""
    entries, seconds = load.entries, load.seconds
    return {
        "tills": load.tills,
        "entries": entries,
        "batch": round(load.batch, 1),
        "entries_per_second": round(entries / seconds),
        "pushes_per_second": round(len(load.pushes) / seconds),
        "p50_ms": round(median(load.pushes) * 1_000, 1),
        "p99_ms": round(percentile(load.pushes, 0.99) * 1_000, 1),
        "centre_us": round(load.centre / entries * 1e6, 1),
        "postgres_us": round(load.postgres / entries * 1e6, 1),
        "centre_cores": round(load.centre / seconds, 2),
        "postgres_cores": round(load.postgres / seconds, 2),
        "generator_cores": round(load.generator / seconds, 2),
        "wire": round(load.wire / entries),
        "disk": round(load.disk / entries),
        "log": round(load.log / entries),
    }


def render(kept: dict[str, Any]) -> str:
    """The tables of the page, and the measured load."""
    rows: list[Row] = kept["rows"]
    told = "\n".join(f"- {name}: {value}" for name, value in kept["facts"].items())
    last = {row["load"]: row for row in rows}
    measured = [_measured(row) for row in rows]
    measured += [_extrapolated(row) for row in last.values()]
    meant = [_meant(*one, last) for one in SIZES.items()]
    steps = [_step(row) for row in kept["steps"]]
    tables = (table.columns(HEAD, measured), table.columns(STEP, steps), load_of(kept["steps"]))
    return "\n\n".join((told, *tables, table.columns(MEANT, meant)))


STEP = (
    *("Offered: pushes/s", "Entries/s", "Answered: pushes/s", "Entries/s", "Push p50", "p99", "Generator late, p99"),
    *("Cores: centre", "PostgreSQL", "generator", "Corners in their busiest minutes, *by arithmetic*"),
)


def _step(row: Row) -> tuple[str, ...]:
    return (
        f"{row['offered_pushes']:,}",
        f"{row['offered_entries']:,}",
        f"{row['pushes_per_second']:,}",
        f"{row['entries_per_second']:,}",
        *(duration(row[name] / 1_000) for name in ("p50_ms", "p99_ms", "late_ms")),
        *(f"{row[name]:.2f}" for name in ("centre_cores", "postgres_cores", "generator_cores")),
        f"{arrivals.corners_at(row['offered_entries']):,}",
    )


def load_of(steps: Sequence[Row]) -> str:
    """The measured load, in a sentence."""
    found = max(filter(held, steps), key=lambda row: float(row["rate"]), default=None)
    if found is None:
        return "**The measured load:** none of these rates was answered in time."
    corners = f"{arrivals.corners_at(found['offered_entries']):,} corners"
    return (
        f"**The measured load: {found['offered_pushes']:g} pushes/s, {found['offered_entries']:g} entries/s**, p99 "
        f"{duration(found['p99_ms'] / 1_000)}; *by arithmetic* the busiest minutes of {corners}."
    )


def _measured(row: Row) -> tuple[str, ...]:
    return (
        f"{row['tills']:,}",
        f"{row['load']}, {row['batch']:g} a push",
        f"{row['entries_per_second']:,}",
        f"{row['pushes_per_second']:,}",
        duration(row["p50_ms"] / 1_000),
        duration(row["p99_ms"] / 1_000),
        f"{row['centre_us']:,.0f} µs",
        f"{row['postgres_us']:,.0f} µs",
        *(f"{row[name]:.2f}" for name in ("centre_cores", "postgres_cores", "generator_cores")),
        *(f"{row[name]:,} B" for name in ("wire", "disk", "log")),
    )


def _extrapolated(row: Row) -> tuple[str, ...]:
    """The country: what the largest measured number of tills cost, an entry; nothing else follows from it."""
    costs = (f"{row['centre_us']:,.0f} µs", f"{row['postgres_us']:,.0f} µs")
    sizes = tuple(f"{row[name]:,} B" for name in ("wire", "disk", "log"))
    return (f"{COUNTRY:,} *by arithmetic*", row["load"], *("–",) * 4, *costs, *("–",) * 3, *sizes)


MEANT = (
    "*By arithmetic*",
    "Corners",
    "Entries a day",
    "Entries/s in the busiest minutes",
    "Cores then: centre",
    "PostgreSQL",
    "Wire a day",
    "Disk a year",
    "Log a day",
    "A day's backlog",
)


def _meant(name: str, corners: int, last: dict[str, Row]) -> tuple[str, ...]:
    daily, backlog = last["daily"], last["backlog"]
    entries = corners * A_DAY
    busiest = arrivals.busiest(corners)
    minutes = entries / backlog["entries_per_second"] / 60
    return (
        name,
        f"{corners:,}",
        f"{entries:,}",
        f"{busiest:,.1f}",
        f"{busiest * daily['centre_us'] / 1e6:.3f}",
        f"{busiest * daily['postgres_us'] / 1e6:.3f}",
        size(entries * daily["wire"]),
        size(entries * DAYS * daily["disk"]),
        size(entries * daily["log"]),
        f"{minutes:.1f} min" if minutes >= 1 else f"{minutes * 60:.1f} s",
    )


def size(count: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:,.3g} {unit}"
        count /= 1_000
    return f"{count:,.3g} TB"


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description="Measure docs/scaling.md.")
    parser.add_argument("--quick", action="store_true", help="few tills, little work, nothing kept")
    parser.add_argument("--workers", type=int, default=WORKERS, help=f"of the centre ({WORKERS})")
    options = parser.parse_args(arguments)
    out = ROOT / "out"
    out.mkdir(exist_ok=True)
    with server(out, **(FORGETFUL if options.quick else {})) as postgres:
        software = postgres.tool("psql", "--tuples-only", "--no-align", "--command=SHOW server_version", "postgres")
        sizes: Sizes = (QUICK, (20, 40), 0.5) if options.quick else (PLAN, RATES, SECONDS)
        rows, steps = measure(postgres, *sizes, options.workers)
    facts = {
        **machine.describe(),
        "command": f"`{shlex.join(['python', '-m', 'bench.load', *arguments])}`",
        "centre": f"{options.workers} workers beside PostgreSQL {software.split()[0]} and the generator",
    }
    kept = {"facts": facts, "rows": rows, "steps": steps}
    print(render(kept))
    if not options.quick:
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        table.put(render(kept), PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
