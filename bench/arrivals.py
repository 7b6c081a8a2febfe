"""A day's pushes as they come, an open loop: at moments that were drawn ahead, however long those before take.

The plan: 80 entries of a corner and day in nine hours, and busiest minutes at four times the mean.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from statistics import mean

from bench.journals import Journal, requests
from bench.pushing import Work

DAILY = (1, 2, 5, 1, 2, 1, 3, 1, 4, 2)
"""Entries of a push, as the timer makes them all day."""
COUNTRY, A_DAY, HOURS, PEAK = 25_000, 80, 9, 4
"""Corners of the country, entries of each a day, hours a day that they sell, and the busiest minutes by the mean."""
LIMIT = 1.0
"""Seconds within which 99 of 100 pushes are to be answered."""


def busiest(corners: int) -> float:
    """Entries a second of so many corners in their busiest minutes."""
    return corners * A_DAY / (HOURS * 3_600) * PEAK


def corners_at(entries: float) -> int:
    """How many corners have so many entries a second in their busiest minutes."""
    return int(entries / busiest(1))


OF_THE_COUNTRY = busiest(COUNTRY) / mean(DAILY)
"""Pushes a second in its busiest minutes."""


def works(journals: Sequence[Journal], rate: float, seconds: float) -> list[Work]:
    """New entries of these tills, signed ahead: ``rate`` pushes a second of all tills together, Poisson arrivals.

    The same rate and time give the same moments, tills and sizes.
    """
    rng = random.Random(f"{rate} {seconds}")
    drawn: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    at = rng.expovariate(rate)
    while at < seconds:
        drawn[rng.randrange(len(journals))].append((at, rng.choice(DAILY)))
        at += rng.expovariate(rate)
    return [_work(journal, drawn[place]) for place, journal in enumerate(journals)]


def _work(journal: Journal, pushes: Sequence[tuple[float, int]]) -> Work:
    sizes = [size for _at, size in pushes]
    first = len(journal.bodies) + 1
    journal.grow(sum(sizes))
    return Work(requests(journal, first, sizes), sum(sizes), [at for at, _size in pushes])
