"""``python -m tests.exchange_machine``: tills, network and centre by chance until the time is up, counted.

Runs come in lots with a seed each. A run that breaks a promise is made as short as it can be and printed.
"""

import argparse
import secrets
import sys
import traceback
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import proving
from tests.exchange_machine.machine import ExchangeMachine
from tests.proving import MACHINE, Stopwatch
from tests.torture.kept import Ran

LOT = 20
STEPS = 30


def main(arguments: Sequence[str]) -> int:
    """0 when every run held."""
    options = _parser().parse_args(arguments)
    first = secrets.randbelow(2**32) if options.seed is None else options.seed
    ran, watch = Ran(rounds=1), Stopwatch(options.count, options.seconds)
    lots = 0
    while watch.goes_on(lots * LOT):
        ran.failures += not go_through(first + lots, LOT, shrinks=options.shrinks)
        lots += 1
    ran.tally.update(ExchangeMachine.met)
    ran.tally["runs"] = lots * LOT
    ran.seconds = watch.seconds
    proving.tell(MACHINE, ran)
    if options.keep:
        proving.count(MACHINE, ran, "tests.exchange_machine", arguments)
    return int(bool(ran.failures))


def go_through(number: int, runs: int, *, shrinks: bool = True) -> bool:
    """One lot; whether every run held."""
    phases = (Phase.generate, Phase.shrink) if shrinks else (Phase.generate,)
    by_chance = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        derandomize=False,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(type(f"Lot{number}", (ExchangeMachine,), {})), settings=by_chance)
    except Exception:  # noqa: BLE001 - whatever broke is told, and the rest goes on
        traceback.print_exc()
        print(f"Again: python -m tests.exchange_machine --count {runs} --no-count --seed {number}", flush=True)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange_machine", description=__doc__)
    parser.add_argument("--count", type=int, default=MACHINE.goal, help="how many runs (50,000)")
    parser.add_argument("--seconds", type=float, help="how long instead")
    parser.add_argument("--seed", type=int, help="of the first lot; the next ones count up")
    parser.add_argument("--no-shrinking", dest="shrinks", action="store_false", help="tell a failure as it came")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/reliability.* alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
