"""``python -m tests.endpoints``: 100,000 wild requests to every endpoint of a centre, on both engines in turn.

Each lot follows from a seed. What breaks is made as small as it can be and printed; the rest goes on.
"""

import argparse
import secrets
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests import proving
from tests.endpoints.fuzzing import OPERATIONS, Fuzz
from tests.postgres import installed, made_from, throwaway
from tests.proving import ENDPOINTS, Stopwatch
from tests.server.support import Clock, new_centre
from tests.torture.kept import Ran

LOT = 60
"""Requests made for one endpoint in a row."""


def main(arguments: Sequence[str]) -> int:
    """0 when everything was answered as described."""
    options = _parser().parse_args(arguments)
    first = secrets.randbelow(2**32) if options.seed is None else options.seed
    ran, watch = Ran(), Stopwatch(options.count, options.seconds)
    with centres() as fuzzes:
        while watch.goes_on(ran.tally["cases"]):
            for fuzz in fuzzes:
                ran.failures += _lot(fuzz, first + ran.rounds)
                ran.rounds += 1
                ran.tally["cases"] = sum(sum(one.answers.values()) for one in fuzzes)
    for fuzz in fuzzes:
        for key, value in fuzz.answers.items():
            ran.tally[f"answered {key.split()[1]}"] += value
    ran.tally["made by schemathesis"] = sum(one.made for one in fuzzes)
    ran.tally["on PostgreSQL"] = sum(fuzzes[-1].answers.values()) if len(fuzzes) > 1 else 0
    ran.seconds = watch.seconds
    proving.tell(ENDPOINTS, ran)
    if options.keep:
        proving.count(ENDPOINTS, ran, "tests.endpoints", arguments)
    return int(bool(ran.failures))


@contextmanager
def centres() -> Iterator[list[Fuzz]]:
    """A centre on each engine that is installed."""
    with tempfile.TemporaryDirectory() as folder:
        lite = f"sqlite:///{Path(folder) / 'centre.db'}"
        if not installed():
            yield [_fuzz(lite)]
            return
        with throwaway() as server:
            fuzzes = [_fuzz(lite), _fuzz(made_from(server.url("postgres"), "template0"))]
            yield fuzzes
            for fuzz in fuzzes:
                fuzz.close()


def _fuzz(database: str) -> Fuzz:
    new_centre(database, Clock()).close()
    return Fuzz(database)


def _lot(fuzz: Fuzz, seed: int) -> int:
    """Throw a lot at every endpoint; how many broke."""
    broken = 0
    for name in OPERATIONS:
        try:
            fuzz.throw(name, LOT, seed)
        except Exception:  # noqa: BLE001 - whatever broke is told, and the rest goes on
            traceback.print_exc()
            print(f"BROKEN: {name} with seed {seed}", flush=True)
            broken += 1
    return broken


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.endpoints", description=__doc__)
    parser.add_argument("--count", type=int, default=ENDPOINTS.goal, help="how many (100,000)")
    parser.add_argument("--seconds", type=float, help="how long instead")
    parser.add_argument("--seed", type=int, help="of the first lot; the next ones count up")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/reliability.* alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
