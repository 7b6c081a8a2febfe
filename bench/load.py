"""``python -m bench.load``: what an entry costs the centre on PostgreSQL, from 1 to 1,000 tills (docs/scaling.md).

Two loads: *daily*, pushes of 1 to 5 entries as the timer makes them all day, and *backlog*, pushes of 500. What 25,000
corners need follows by arithmetic from the measured cost of an entry, and is marked so.
"""

import argparse
import json
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import machine, table
from bench.centre import A_DAY, COUNTRY, WORKERS, Load, corners_of, drive, enrolled, new_database, running
from bench.measure import duration, percentile
from bench.postgres import Server, server

ROOT = Path(__file__).resolve().parents[1]
KEPT, PAGE = ROOT / "docs" / "scaling.json", ROOT / "docs" / "scaling.md"
DAILY = (1, 1, 2, 3, 1, 5, 2, 1, 4, 2)
BACKLOG = 500
PLAN: tuple[tuple[int, int, int], ...] = ((1, 15, 40), (10, 15, 10), (100, 6, 3), (1_000, 1, 1))
"""Tills, how often each goes through ``DAILY``, and how many batches of ``BACKLOG`` each pushes."""
QUICK: tuple[tuple[int, int, int], ...] = ((1, 1, 1), (3, 1, 1))
SIZES = {"a city": 50, "a province of ten cities": 500, "the country": COUNTRY}
"""Corners."""
DAYS, HOURS, PEAK = 300, 9, 4
"""Days a year and hours a day that corners sell, and how far the busiest minutes are above the mean."""
HEAD = (
    *("Tills", "Load", "Entries/s", "Pushes/s", "Push p50", "p99", "Cost of an entry: centre", "PostgreSQL"),
    *("Cores: centre", "PostgreSQL", "generator", "Wire", "Disk", "Log"),
)
Row = dict[str, Any]


def measure(postgres: Server, plan: Sequence[tuple[int, int, int]], workers: int = WORKERS) -> list[Row]:
    """One row for each number of tills and each load; every number of tills has a database of its own."""
    rows = []
    for many, rounds, batches in plan:
        database = new_database(postgres, f"load{many}", corners_of(many))
        journals, key = enrolled(database, many)
        with running(database, workers) as centre:
            drive(postgres, centre, journals[:20], key, [1] * 10)  # every worker has opened its connections
            for name, sizes in (("daily", DAILY * rounds), ("backlog", (BACKLOG,) * batches)):
                rows.append({"load": name, **row_of(drive(postgres, centre, journals, key, sizes))})
        postgres.drop(f"load{many}")
    return rows


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
    """Both tables of the page."""
    rows: list[Row] = kept["rows"]
    told = "\n".join(f"- {name}: {value}" for name, value in kept["facts"].items())
    last = {row["load"]: row for row in rows}
    measured = [_measured(row) for row in rows]
    measured += [_extrapolated(row) for row in last.values()]
    meant = [_meant(*one, last) for one in SIZES.items()]
    return f"{told}\n\n{table.columns(HEAD, measured)}\n\n{table.columns(MEANT, meant)}"


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
    busiest = entries / (HOURS * 3_600) * PEAK
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
    with tempfile.TemporaryDirectory(prefix="load-", dir=out) as folder, server(Path(folder) / "pg") as postgres:
        software = postgres.tool("psql", "--tuples-only", "--no-align", "--command=SHOW server_version", "postgres")
        rows = measure(postgres, QUICK if options.quick else PLAN, options.workers)
    facts = {
        **machine.describe(),
        "command": f"`{shlex.join(['python', '-m', 'bench.load', *arguments])}`",
        "centre": f"{options.workers} workers beside PostgreSQL {software.split()[0]} and the generator",
    }
    kept = {"facts": facts, "rows": rows}
    print(render(kept))
    if not options.quick:
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        table.put(render(kept), PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
