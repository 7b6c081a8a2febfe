"""``python -m tests.exchange``: many tills at a faulty line and a centre on PostgreSQL, until the time is up.

Round after round: a new database, tills, the line, what befalls the centre; then the line is whole, everybody exchanges
once more, and both ends are compared byte for byte. A round that breaks a promise says how to repeat it and keeps its
files; the others go on. What was tried is added to ``docs/reliability.json``, and ``docs/reliability.md`` shows it.
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from bench.postgres import NoPostgres, Server, server
from tests.exchange.centre import PostgresStore
from tests.exchange.line import FAULTS
from tests.exchange.world import MISFORTUNES, Plan, World
from tests.proving import EXCHANGE, count, tell
from tests.torture.kept import DOCS, Ran

OUT = DOCS.parent / "out"
HOUR = 3600
SEEDS = 2**32
WORKERS = 2
PLAN = Plan()
LONG_RUN = 3
"""Rounds after which every fault and misfortune has to have been met."""
MEETS = (
    *(f"fault: {name}" for name in FAULTS),
    *(f"centre {name}" for name in MISFORTUNES),
    "backups",
    "restores",
    "new computers",
    "repairs",
)
"""What a long run must not leave untried: then the promise was not put to the test."""


def main(arguments: Sequence[str]) -> int:
    """0 when every round held, 1 when one was broken, 2 without PostgreSQL."""
    options = _parser().parse_args(arguments)
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    ran = Ran()
    print(f"Seed {seed}, {options.seconds:.0f} seconds.", flush=True)
    OUT.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="exchange-", dir=OUT) as folder:
            os.environ["POJOK_HOME"] = str(Path(folder) / "home")
            with server(OUT) as postgres:
                _until(ran, postgres, Path(folder), seed, options)
    except NoPostgres as missing:
        print(f"{missing}: this needs PostgreSQL.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.")
    if options.keep and ran.rounds:
        count(EXCHANGE, ran, "tests.exchange", arguments)
    tell(EXCHANGE, ran)
    return int(bool(ran.failures) or _never_met(ran))


def _until(ran: Ran, postgres: Server, folder: Path, seed: int, options: argparse.Namespace) -> None:
    """Round after round until the time is up; the last one is played to its end."""
    end = time.monotonic() + options.seconds
    while time.monotonic() < end and ran.rounds != options.rounds:
        _round(ran, postgres, folder / "round", (seed + ran.rounds) % SEEDS, options)
        left = max(end - time.monotonic(), 0)
        print(f"{left:6.0f} s left, {ran.rounds} rounds, {ran.tally['entries']:,} entries", flush=True)


def _round(ran: Ran, postgres: Server, folder: Path, seed: int, options: argparse.Namespace) -> None:
    start = time.monotonic()
    folder.mkdir()
    try:
        plan = Plan(real=options.real, load=options.load)
        ran.tally += World(seed, folder, PostgresStore(postgres, folder, options.workers), plan).play()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the others go on
        ran.failures += 1
        _tell_failure(seed, error, folder, postgres, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ran.rounds += 1
    ran.seconds += time.monotonic() - start


def _tell_failure(seed: int, error: Exception, folder: Path, postgres: Server, options: argparse.Namespace) -> None:
    """What broke, how to repeat it, and where its files are, the centre's database among them."""
    saved = OUT / "exchange-broken" / str(seed)
    shutil.rmtree(saved, ignore_errors=True)
    shutil.copytree(folder, saved)
    (saved / "broken.txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    try:
        postgres.tool("pg_dump", "--format=custom", f"--file={saved / 'centre.dump'}", "centre")
    except RuntimeError as reason:
        print(f"The database could not be kept: {reason}")
    print(f"\nBROKEN: {EXCHANGE.promise}.\n{type(error).__name__}: {error}")
    sizes = f"--real {options.real} --load {options.load} --workers {options.workers}"
    print(f"Repeat: python -m tests.exchange --seed {seed} --rounds 1 {sizes} --no-count")
    print(f"Kept: {saved.relative_to(OUT.parent)}", flush=True)


def _never_met(ran: Ran) -> bool:
    """Say what a long run should have met and did not."""
    missing = [name for name in MEETS if ran.rounds >= LONG_RUN and not ran.tally[name]]
    if missing:
        print(f"NEVER MET: {'; '.join(missing)}")
    return bool(missing)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange", description="Try to break the exchange.")
    parser.add_argument("--seconds", type=float, default=HOUR, help="how long (an hour)")
    parser.add_argument("--seed", type=int, help="of the first round; the next ones count up")
    parser.add_argument("--rounds", type=int, help="end after so many")
    parser.add_argument("--real", type=int, default=PLAN.real, help=f"ledgers of a round ({PLAN.real})")
    parser.add_argument("--load", type=int, default=PLAN.load, help=f"journals in memory ({PLAN.load})")
    parser.add_argument("--workers", type=int, default=WORKERS, help=f"of the centre ({WORKERS})")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/reliability.* alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
