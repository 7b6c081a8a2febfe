"""How often one caller may ask, a bucket of tokens for each, kept in memory; and how many may do what is heavy at once.

Each worker counts for itself.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sync.protocol.problems import ExchangeProblem

MOST_CALLERS = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` requests at once, then ``per_second``."""

    burst: int
    per_second: float


PER_DEVICE = Rate(burst=200, per_second=50)
PER_STRANGER = Rate(burst=60, per_second=1)
"""For enrolment, by address."""
PER_CHECKER = Rate(burst=30, per_second=0.5)
"""For slips that somebody checks, by address."""
PER_LOGIN = Rate(burst=20, per_second=0.2)
"""For names and passwords, by address; an office has one for all its officers."""

PER_READER = Rate(burst=2_400, per_second=40)
"""For what is open to all, by address, in units of one picture (``pages.open_to_all`` says what a page and a file
cost): many readers of one office or one telephone company come from one address."""


def network_of(caller: str) -> str:
    """Who is counted as one: of an IPv6 address the /64 network, of which a connection at home has 2⁶⁴ addresses."""
    if ":" not in caller:
        return caller
    try:
        address = ipaddress.IPv6Address(caller)
    except ValueError:
        return caller
    return str(address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False))


class Limiter:
    """Remembers the callers of late; the longest silent are forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str, cost: int = 1) -> int:
        """Take tokens of ``caller``: 0 when there were as many, else the seconds until there are."""
        caller = network_of(caller)
        with self._lock:
            now = self._clock()
            tokens, since = self._buckets.pop(caller, (float(self._rate.burst), now))
            tokens = min(self._rate.burst, tokens + (now - since) * self._rate.per_second)
            allowed = tokens >= cost
            self._buckets[caller] = (tokens - cost * allowed, now)
            if len(self._buckets) > MOST_CALLERS:
                self._buckets.popitem(last=False)
            return 0 if allowed else math.ceil((cost - tokens) / self._rate.per_second)


class Turns:
    """Lets ``at_once`` do something heavy; ``waiting`` others wait for ``seconds`` at most, whoever comes then is told
    to come again."""

    def __init__(self, at_once: int, waiting: int, seconds: float) -> None:
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._turns = threading.BoundedSemaphore(at_once)
        self._seconds = seconds

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a turn, and have it. Raises ``ExchangeProblem`` ``too_many_requests``."""
        if not self._places.acquire(blocking=False):
            raise self._crowded()
        try:
            if not self._turns.acquire(timeout=self._seconds):
                raise self._crowded()
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()

    def _crowded(self) -> ExchangeProblem:
        return ExchangeProblem("too_many_requests", "Too much at once", retry_after=math.ceil(self._seconds))
