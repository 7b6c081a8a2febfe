"""What the long runs of the exchange's proofs share: their promises, and the count in ``docs/reliability.*``."""

import shlex
import time
from collections.abc import Sequence
from typing import NamedTuple

from bench import machine
from tests.torture import kept
from tests.torture.kept import Ran

BEGIN, END = "<!-- figures of the exchange -->", "<!-- end of figures of the exchange -->"


class Promise(NamedTuple):
    """``goal`` is the figure to reach of the count named ``unit``."""

    name: str
    promise: str
    unit: str
    goal: int


HISTORIES = Promise(
    "histories",
    "Whatever is restored, copied, lost or sent again, an answered document is at the centre or somebody was told",
    "histories",
    1_000_000,
)
MACHINE = Promise(
    "machine",
    "Tills, network and centre agree after every event: acks are durable, nothing is twice, digests are equal",
    "runs",
    50_000,
)
ENDPOINTS = Promise(
    "endpoints",
    "No request makes the centre fail: each is answered as described, every error is a problem",
    "cases",
    100_000,
)
CURSOR = Promise("cursor", "A pull under 32 writers skips no row", "rows", 1_000_000)
EXCHANGE = Promise(
    "exchange",
    "What the tills recorded is at the centre once, byte for byte, and both count the same",
    "entries",
    1_000_000,
)
PROMISES = (HISTORIES, MACHINE, ENDPOINTS, CURSOR, EXCHANGE)


def count(promise: Promise, ran: Ran, module: str, arguments: Sequence[str]) -> None:
    """Add a long run to the count and show it on the page."""
    facts = {**machine.describe(), "command": f"`{shlex.join(['python', '-m', module, *arguments])}`"}
    so_far = kept.add({promise.name: ran}, facts)
    kept.keep(kept.render(PROMISES, so_far), facts, marks=(BEGIN, END))


def tell(promise: Promise, ran: Ran) -> None:
    """The run in one line."""
    told = ", ".join(f"{value:,} {what}" for what, value in sorted(ran.tally.items()))
    print(f"{promise.name}: {ran.failures} broken, {ran.seconds:.0f} s; {told}")


class Stopwatch:
    """Until when a long run goes on: so many, or so long."""

    def __init__(self, goal: int, seconds: float | None) -> None:
        self.began = time.monotonic()
        self._goal = goal
        self._end = None if seconds is None else self.began + seconds

    def goes_on(self, done: int) -> bool:
        """Whether there is more to do after ``done``."""
        return time.monotonic() < self._end if self._end is not None else done < self._goal

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began
