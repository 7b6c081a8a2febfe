"""``python -m tests.services.proof``: thousands of days of the consignment machine, counted in ``docs/consignment.md``.

Days come by chance, in lots of fifty with a seed each. A day that breaks a promise is made as short as it can be and
printed with the seed that repeats its lot.
"""

import argparse
import secrets
import shlex
import sys
import time
import traceback
from collections.abc import Sequence

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from bench import machine
from tests.services.consignment_machine import ConsignmentMachine
from tests.torture import kept

PAGE = kept.DOCS / "consignment.md"
LOT = 50
STEPS = 60


def main(arguments: Sequence[str]) -> int:
    """0 when every day held, 1 when one did not or something never happened."""
    options = _parser().parse_args(arguments)
    first = secrets.randbelow(2**32) if options.seed is None else options.seed
    began, lots, broken = time.monotonic(), 0, 0
    while time.monotonic() - began < options.seconds or not lots:
        broken += not _lot(first + lots)
        lots += 1
    taken = ConsignmentMachine.taken
    told = sorted((count, name) for name, count in taken.items())[::-1]
    documents = sum(count for name, count in taken.items() if ": " not in name)
    facts = {
        **machine.describe(),
        "command": f"`{shlex.join(['python', '-m', 'tests.services.proof', *arguments])}` (seeds from {first})",
        "days": f"{lots * LOT:,} of up to {STEPS} steps, {time.monotonic() - began:,.0f} s; {broken} lots broken",
        "recorded": f"{documents:,} documents in the days and in making failures shorter",
    }
    rows = [("What", "Times"), ("---", "---"), *((name, f"{count:,}") for count, name in told)]
    for name, value in facts.items():
        print(f"{name}: {value}")
    if options.keep:
        kept.keep("\n".join(f"| {name} | {count} |" for name, count in rows), facts, PAGE)
    never = ConsignmentMachine.EVERYTHING - set(taken)
    if never:
        print(f"Never happened: {', '.join(sorted(never))}")
    return int(bool(broken or never))


def _lot(number: int) -> bool:
    """Fifty days by chance; whether they held."""
    by_chance = settings(
        max_examples=LOT,
        stateful_step_count=STEPS,
        derandomize=False,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    seeded = seed(number)(type(f"Lot{number}", (ConsignmentMachine,), {}))
    try:
        run_state_machine_as_test(seeded, settings=by_chance)
    except Exception:  # noqa: BLE001 - whatever broke is told, and the rest goes on
        traceback.print_exc()
        print(f"Again: python -m tests.services.proof --seconds 0 --no-count --seed {number}", flush=True)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.services.proof", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="how long to go on (600)")
    parser.add_argument("--seed", type=int, help="of the first lot")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/consignment.md as it is")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
