"""Figures as ratios: ours and its yardstick take turns in the same run, so that what disturbs one disturbs both."""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from pos_app.ledger.sqlite import Connection

PAIRS = 5
FRAME = 1 / 60
LONG = 1.0
"""Seconds."""

Timed = Callable[[], float]
"""One run; the seconds it took (of one operation, where a run has many)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``ratio`` is the median of the paired ratios, ``low`` and ``high`` their range.

    ``goal`` is the highest ratio that meets it, or the lowest with ``at_least``; without one the figure is told for its
    own sake.
    """

    number: str
    name: str
    ours: str
    yardstick: str
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    goal: float | None = None
    goal_text: str = ""
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """``met``, ``missed`` or ``-``."""
        if self.goal is None or self.ratio is None:
            return "-"
        met = self.ratio >= self.goal if self.at_least else self.ratio <= self.goal
        return "met" if met else "missed"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Seconds of both sides, run by run."""

    ours: list[float]
    bare: list[float]

    @property
    def ratios(self) -> list[float]:
        """Ours by bare, pair by pair."""
        return [one / other for one, other in zip(self.ours, self.bare, strict=True)]

    def figure(self, number: str, name: str, goal: float | None, yardstick: str, unit: str = "ms") -> Figure:
        """The figure of these runs; times are told as medians."""
        ratios = self.ratios
        return Figure(
            number,
            name,
            duration(median(self.ours), unit),
            f"{yardstick}: {duration(median(self.bare), unit)}",
            median(ratios),
            min(ratios),
            max(ratios),
            goal,
        )


def paired(ours: Timed, bare: Timed, pairs: int = PAIRS) -> Pairs:
    """Run both sides by turns, each side first every other time.

    One warm-up of each is not counted, unless it is so long that warming up means nothing.
    """
    warm_up = Pairs([ours()], [bare()])
    found = warm_up if min(warm_up.ours[0], warm_up.bare[0]) > LONG else Pairs([], [])
    for number in range(len(found.ours), pairs):
        sides = ((found.ours, ours), (found.bare, bare))
        for seconds, run in sides if number % 2 == 0 else sides[::-1]:
            gc.collect()
            seconds.append(run())
    return found


def seconds_of(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def duration(seconds: float, unit: str = "ms") -> str:
    """A time in ``ms`` or ``s``, with three figures that mean something."""
    value = seconds * 1_000 if unit == "ms" else seconds
    return f"{value:.3g} {unit}" if value < 100 else f"{value:,.0f} {unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of ``values`` do not pass."""
    ranked = sorted(values)
    return ranked[min(int(share * len(ranked)), len(ranked) - 1)]


def frame_figure(number: str, name: str, seconds: Sequence[float]) -> Figure:
    """The 99th percentile against one frame of a 60 Hz screen."""
    p99 = percentile(seconds, 0.99)
    text = f"{duration(p99)} (median {duration(median(seconds))})"
    ratio = p99 / FRAME
    return Figure(number, name, text, "one frame: 16.7 ms", ratio, ratio, ratio, 1.0, "≤ 16.7 ms")


@contextmanager
def bare_transaction(db: Connection) -> Iterator[None]:
    """What every write costs at least: the lock, the work, the commit."""
    db.execute("BEGIN IMMEDIATE")
    yield
    db.execute("COMMIT")
