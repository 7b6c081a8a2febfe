"""What questions left of rows in memory, for the next request that asks the same of the same rows."""

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Final
from weakref import ref

from sync.server.reports.blocks import Block

MOST: Final = 2_000
"""Answers."""
Units = Sequence[tuple[str, Block]]
"""Rows by day or month; those of a whole period stand under an empty name."""


class Answers:
    """Answers of at most so many rows together, the least used first. Blocks and the registry at one moment never
    change, so an answer is right as long as there is what it was made of: its key refers to that weakly."""

    def __init__(self, most_rows: int) -> None:
        self._most = most_rows
        self._lock = threading.Lock()
        self._kept: dict[Hashable, Units] = {}
        self._rows = 0

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, made_of: Sequence[object], question: Hashable, make: Callable[[], Units]) -> Units:
        """The answer to ``question`` that ``make`` gives from ``made_of``."""
        key = question, *map(ref, made_of)
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                self._kept[key] = found
                return found
        found = make()
        with self._lock:
            self._take(self._kept.pop(key, ()), -1)
            self._kept[key] = found
            self._take(found, 1)
            while self._kept and (self._rows > self._most or len(self._kept) > MOST):
                self._take(self._kept.pop(next(iter(self._kept))), -1)
        return found

    def _take(self, answer: Units, times: int) -> None:
        self._rows += times * sum(len(block) for _unit, block in answer)
