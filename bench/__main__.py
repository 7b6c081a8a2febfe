"""``python -m bench``: measure, print the table, and keep it in ``docs/benchmarks.md``.

Every line is a ratio to a yardstick measured in the same run; see ``bench.measure``.
"""

import argparse
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import machine, table
from bench.catalogue import Size
from bench.growth import BETWEEN, SMALL
from bench.kept import ledger_of
from bench.measure import Figure
from bench.postgres import FORGETFUL
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault

ROOT = Path(__file__).resolve().parents[1]
NOT_BUNDLED = Figure("14", "the till's bundle on disk", "not now", "needs --bundle (some minutes)", goal_text="≤ 1")


@dataclass(slots=True)
class Bench:
    """What the groups share: a folder, sizes, and the two ledgers, made when first asked for."""

    folder: Path
    many: Size
    few: Size
    block: int
    pairs: int
    keep: bool
    """Whether generated ledgers are kept for the next run."""
    _made: dict[Size, tuple[Ledger, Vault]] = field(default_factory=dict)

    def ledger(self, size: Size) -> tuple[Ledger, Vault]:
        """The ledger of this size; its keys lie in the run's home."""
        if size not in self._made:
            kept = ROOT / "out" / "ledgers" if self.keep else self.folder / "kept"
            self._made[size] = ledger_of(size, kept, self.folder)
        return self._made[size]

    def sub(self, name: str) -> Path:
        """A folder of a group's own."""
        path = self.folder / name
        path.mkdir()
        return path

    def close(self) -> None:
        """Close the ledgers."""
        for ledger, _vault in self._made.values():
            ledger.close()


def _sale(bench: Bench) -> list[Figure]:
    from bench import sale

    return sale.figures(bench.sub("sale"), bench.few, block=bench.block, pairs=bench.pairs)


def _growth(bench: Bench) -> list[Figure]:
    from bench import growth

    sizes = [size for size in (replace(bench.many, sales=BETWEEN), bench.many) if size.sales <= bench.many.sales]
    larger = {size.sales: bench.ledger(size) for size in sizes}
    return growth.figures(larger, bench.ledger(bench.few), bench.many, block=bench.block, pairs=bench.pairs * 2 - 1)


def _window(bench: Bench) -> list[Figure]:
    from bench import driven, window
    from pos_app import bootstrap
    from pos_app.services import people

    ledger, vault = bench.ledger(bench.many)
    people.add_user(ledger, vault, name="Bench", pin=driven.PIN, role="pengelola", now=bootstrap.now())
    samples = 300 if bench.pairs > 1 else 12
    return window.figures(ledger.path, bench.many, samples=samples, starts=bench.pairs)


def _wire(bench: Bench) -> list[Figure]:
    from bench import wire

    return wire.figures(bench.ledger(bench.many)[0])


def _exchange(bench: Bench) -> list[Figure]:
    from bench import exchange

    return exchange.figures(bench.sub("exchange"), bench.few, pairs=bench.pairs)


def _centre(bench: Bench) -> list[Figure]:
    from bench import centre
    from bench.postgres import NoPostgres

    try:
        if bench.pairs > 1:
            return centre.figures(bench.sub("centre"), pairs=bench.pairs)
        tiny: dict[str, Any] = {"many": 2, "batches": 2, "sales": 1_000, "timers": 20, "seconds": 1.0}
        return centre.figures(bench.sub("centre"), pairs=bench.pairs, settings=FORGETFUL, **tiny)
    except NoPostgres:
        return [Figure("6", "centre on PostgreSQL, batches of 500", "not now", "needs PostgreSQL", goal_text="≥ 0.5")]


def _lock(bench: Bench) -> list[Figure]:
    from bench import lock

    return lock.figures(bench.sub("lock"), bench.few)


def _papers(bench: Bench) -> list[Figure]:
    from bench import papers

    return papers.figures(bench.sub("papers"), bench.few, pairs=bench.pairs)


def _replay(bench: Bench) -> list[Figure]:
    from bench import replay

    return replay.figures(bench.ledger(bench.many)[0], pairs=bench.pairs)


def _imports(bench: Bench) -> list[Figure]:
    from bench import imports

    return imports.figures(bench.sub("imports"), bench.few.products, bench.few.producers, pairs=bench.pairs)


def _counting(bench: Bench) -> list[Figure]:
    from bench import counting

    samples = 300 if bench.pairs > 1 else 12
    return counting.figures(bench.sub("counting"), bench.few, pairs=bench.pairs, samples=samples)


def _finding(bench: Bench) -> list[Figure]:
    from bench import finding

    return finding.figures(finding.PRODUCERS if bench.pairs > 1 else bench.few.producers)


def _dashboard(bench: Bench) -> list[Figure]:
    from bench import dashboard
    from bench.postgres import NoPostgres

    try:
        return (
            dashboard.figures() if bench.pairs > 1 else dashboard.figures(dashboard.TINY, asked=4, settings=FORGETFUL)
        )
    except NoPostgres:
        return [Figure("15", "programme dashboard", "not now", "needs PostgreSQL", goal_text="p95 ≤ 200 ms")]


def _registry(bench: Bench) -> list[Figure]:
    from bench import registry
    from bench.postgres import NoPostgres

    try:
        return registry.figures() if bench.pairs > 1 else registry.figures(60, asked=2, settings=FORGETFUL)
    except NoPostgres:
        return [Figure("", "registry", "not now", "needs PostgreSQL", goal_text="p95 ≤ 100 ms")]


def _bundle(bench: Bench) -> list[Figure]:
    from bench import bundle

    return bundle.figures(bench.sub("bundle"))


GROUPS: dict[str, Callable[[Bench], list[Figure]]] = {
    "sale": _sale,
    "growth": _growth,
    "window": _window,
    "wire": _wire,
    "exchange": _exchange,
    "centre": _centre,
    "lock": _lock,
    "papers": _papers,
    "replay": _replay,
    "imports": _imports,
    "counting": _counting,
    "finding": _finding,
    "dashboard": _dashboard,
    "registry": _registry,
}
SLOW = {"bundle": _bundle}


def _place(figure: Figure) -> int:
    """By its goal; what has none of its own comes last."""
    return int(figure.number) if figure.number else sys.maxsize


def main(arguments: Sequence[str]) -> int:
    """Run the groups that were asked for; only a whole run is kept."""
    options = _parser().parse_args(arguments)
    sizes = _tiny() if options.quick else (Size(options.sales), Size(SMALL))
    groups = GROUPS | SLOW
    names = options.only or [*GROUPS, *(SLOW if options.bundle else ())]
    found: list[Figure] = []
    with _folder() as folder:
        bench = Bench(
            folder, *sizes, block=5 if options.quick else 100, pairs=1 if options.quick else 5, keep=not options.quick
        )
        try:
            for name in names:
                start = time.monotonic()
                found += groups[name](bench)
                print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
        finally:
            bench.close()
    found.sort(key=_place)
    if not options.only:
        found = sorted([*found, *(() if options.bundle else (NOT_BUNDLED,))], key=_place)
    text = table.render(found)
    print(text)
    if not options.only and not options.quick:
        command = shlex.join(["python", "-m", "bench", *arguments])
        table.keep(text, {**machine.describe(), "command": f"`{command}`"})
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the figures of docs/benchmarks.md.")
    parser.add_argument("--sales", type=int, default=1_000_000, help="sales in the large ledger (2.3 GB, kept in out)")
    parser.add_argument(
        "--only", nargs="+", choices=[*GROUPS, *SLOW], metavar="GROUP", help=f"some of {', '.join([*GROUPS, *SLOW])}"
    )
    parser.add_argument("--bundle", action="store_true", help="make the two bundles of goal 14 too")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, once each: does it run, not how fast")
    return parser


def _tiny() -> tuple[Size, Size]:
    return Size(1_200, 240, 60, 240), Size(SMALL, 240, 60, 240)


@contextmanager
def _folder() -> Iterator[Path]:
    """On the project's own disk: a memory file system has no syncs to speak of."""
    parent = ROOT / "out"
    parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=parent) as name:
        os.environ["POJOK_HOME"] = str(Path(name) / "home")
        yield Path(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
