"""``python -m tests.torture``: try to break the ledger until the time is up, and keep count.

The scenarios take turns, a round each. A round that breaks a promise says how to repeat it and keeps its files; the
rest goes on. What was tried is added to ``docs/reliability.json``, and ``docs/reliability.md`` shows it.
"""

import argparse
import os
import secrets
import shlex
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import machine
from tests.torture import kept
from tests.torture.kept import Ran
from tests.torture.scenario import NotHere, Round, Scenario, Zygotes
from tests.torture.scenario_list import SCENARIOS

OUT = kept.DOCS.parent / "out"
HOUR = 3600
SEEDS = 2**32
LONG_RUN = 15
"""Rounds after which everything that a scenario is to meet has to have been met."""


def main(arguments: Sequence[str]) -> int:
    """0 when every promise held, 1 when one was broken, 2 for wrong usage or another system than Linux."""
    options = _parser().parse_args(arguments)
    if not sys.platform.startswith("linux"):
        print("The torture forks, kills and mounts as Linux does; run it there.", file=sys.stderr)
        return 2
    chosen = [one for one in SCENARIOS if not options.only or one.name in options.only]
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    print(f"Seed {seed}; {len(chosen)} scenarios for {options.seconds} seconds.", flush=True)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="torture-", dir=OUT) as folder:
        run = Run(chosen, Path(folder), seed)
        try:
            run.until(time.monotonic() + options.seconds, options.rounds)
        except KeyboardInterrupt:
            print("\nStopped.")
        finally:
            run.zygotes.close()
    facts = {**machine.describe(), "command": f"`{shlex.join(['python', '-m', 'tests.torture', *arguments])}`"}
    if options.keep:
        count = kept.add(run.ran, facts)
        kept.keep(kept.render(SCENARIOS, count), facts)
    for name, ran in run.ran.items():
        told = ", ".join(f"{value:,} {what}" for what, value in sorted(ran.tally.items()))
        print(f"{name}: {ran.rounds} rounds, {ran.failures} broken, {ran.seconds:.0f} s; {told}")
    return int(any(ran.failures for ran in run.ran.values()) or _left_untested(chosen, run.ran))


def _left_untested(scenarios: Sequence[Scenario], ran: Mapping[str, Ran]) -> bool:
    """Say what a long run should have met and did not."""
    missing = [
        f"{one.name}: {name}"
        for one in scenarios
        for name in one.to_meet
        if ran[one.name].rounds >= LONG_RUN and not ran[one.name].tally[name]
    ]
    if missing:
        print(f"NEVER MET: {'; '.join(missing)}")
    return bool(missing)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Try to break the ledger.")
    names = [one.name for one in SCENARIOS]
    parser.add_argument("--seconds", type=float, default=HOUR, help="how long (an hour)")
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"some of {', '.join(names)}")
    parser.add_argument("--seed", type=int, help="of the first round; the next ones count up")
    parser.add_argument("--rounds", type=int, help="end after so many rounds of each scenario")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/reliability.* alone")
    return parser


class Run:
    """The scenarios taking turns."""

    def __init__(self, scenarios: Sequence[Scenario], folder: Path, seed: int) -> None:
        self.ran = {one.name: Ran() for one in scenarios}
        self.zygotes = Zygotes()
        self._waiting = {one.name: one for one in scenarios}
        self._folder = folder
        self._seed = seed

    def until(self, end: float, rounds: int | None) -> None:
        """Round after round until the time is up, or everybody had ``rounds``."""
        number = 0
        while self._waiting and number != rounds:
            for scenario in list(self._waiting.values()):
                if time.monotonic() > end:
                    return
                self._tell(scenario.name, end - time.monotonic())
                self._turn(scenario, (self._seed + number) % SEEDS)
            number += 1

    def _turn(self, scenario: Scenario, seed: int) -> None:
        ran, start = self.ran[scenario.name], time.monotonic()
        folder = self._folder / f"{scenario.name}-{seed}"
        folder.mkdir()
        round_ = Round(seed, folder, self.zygotes)
        try:
            scenario.run(round_)
        except NotHere as reason:
            print(f"\n{scenario.name} is left out: {reason}")
            del self._waiting[scenario.name]
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and the others go on
            ran.failures += 1
            _tell_failure(scenario, seed, error, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        ran.rounds += 1
        ran.seconds += time.monotonic() - start
        ran.tally += round_.tally

    def _tell(self, name: str, left: float) -> None:
        done = "  ".join(f"{one}:{ran.rounds}{'!' * ran.failures}" for one, ran in self.ran.items())
        if sys.stdout.isatty():
            print(f"\r\x1b[K{left:6.0f} s left  {name:<12} {done}", end="", flush=True)


def _tell_failure(scenario: Scenario, seed: int, error: Exception, folder: Path) -> None:
    """What broke, how to repeat it, and where its files are."""
    saved = OUT / "torture-broken" / f"{scenario.name}-{seed}"
    shutil.rmtree(saved, ignore_errors=True)
    shutil.copytree(folder, saved)
    trace = "".join(traceback.format_exception(error))
    (saved / "broken.txt").write_text(trace, encoding="utf-8")
    print(f"\nBROKEN: {scenario.promise}.\n{type(error).__name__}: {error}")
    print(f"Repeat: python -m tests.torture --only {scenario.name} --seed {seed} --rounds 1 --no-count")
    print(f"Kept: {saved.relative_to(OUT.parent)}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
