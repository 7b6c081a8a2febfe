"""``python -m tests.histories``: a million histories on two cores, and the same ones under naive rules beside them.

Histories come in lots that follow from a seed each. A history that breaks the promise is printed with its events.
"""

import argparse
import secrets
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from multiprocessing import Pool
from typing import NamedTuple

from tests import proving
from tests.histories.history import SilentLoss, histories
from tests.histories.model import REAL, SKIPPING, UNCHECKED, Rules
from tests.proving import HISTORIES, Stopwatch
from tests.torture.kept import Ran

LOT = 2_000
CORES = 2
NAIVE_SHARE = 50
"""One lot in so many is gone through under the naive rules too."""
NAIVE = {"lost by skipping what is known by number": SKIPPING, "lost by comparing the overlap only": UNCHECKED}


class Lot(NamedTuple):
    """What became of ``LOT`` histories."""

    tally: Counter[str]
    losses: list[str]


def main(arguments: Sequence[str]) -> int:
    """0 when every history held and both naive rules lost some."""
    options = _parser().parse_args(arguments)
    first = secrets.randbelow(2**32) if options.seed is None else options.seed
    ran, watch, lots = Ran(rounds=1), Stopwatch(options.count, options.seconds), 0
    with Pool(options.cores) as pool:
        while watch.goes_on(lots * LOT):
            seeds = range(first + lots, first + lots + options.cores * 4)
            for lot in pool.imap_unordered(go_through, seeds):
                ran.tally += lot.tally
                ran.failures += len(lot.losses)
                print("\n".join(lot.losses), end="", flush=True)
            lots += len(seeds)
            ran.tally["histories"] = lots * LOT
        _naive(ran, pool.imap_unordered, range(first, first + max(lots // NAIVE_SHARE, 1)))
    ran.seconds = watch.seconds
    proving.tell(HISTORIES, ran)
    if options.keep:
        proving.count(HISTORIES, ran, "tests.histories", arguments)
    return int(bool(ran.failures) or not all(ran.tally[name] for name in NAIVE))


def go_through(seed: int, rules: Rules = REAL) -> Lot:
    """One lot."""
    tally, losses = Counter[str](), []
    for one in histories(seed, LOT, rules):
        if isinstance(one, SilentLoss):
            losses.append("\n".join([f"BROKEN: {one}", *one.__notes__, ""]))
        else:
            tally += one
    return Lot(tally, losses)


def _naive(ran: Ran, spread: object, seeds: range) -> None:
    ran.tally["under naive rules"] = len(seeds) * LOT
    for name, rules in NAIVE.items():
        lots = spread(partial(go_through, rules=rules), seeds)  # type: ignore[operator]
        ran.tally[name] = sum(len(lot.losses) for lot in lots)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.histories", description=__doc__)
    parser.add_argument("--count", type=int, default=HISTORIES.goal, help="how many (a million)")
    parser.add_argument("--seconds", type=float, help="how long instead")
    parser.add_argument("--cores", type=int, default=CORES, help=f"processes beside each other ({CORES})")
    parser.add_argument("--seed", type=int, help="of the first lot; the next ones count up")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/reliability.* alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
