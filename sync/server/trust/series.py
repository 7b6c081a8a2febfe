"""Numbers of documents, series by series, as a journal has them: which are missing, and which stand on two papers.

A till numbers each kind of paper from 1 on without a gap, and begins a new series when its ledger begins anew, so a
missing number is a paper that the centre never got, and one that comes twice is of a till that sold from two copies. A
document that was cancelled keeps its number, and one that is set aside has its own.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import msgspec

MOST: Final = 50
"""Gaps, and numbers that came twice, that are kept of a series; how many there are is always told."""


class Series(msgspec.Struct, frozen=True):
    """A series that is not whole: its name (``NJ-MTR001A``), its last number, the first and last number of each gap,
    and the numbers that came twice."""

    name: str
    last: int
    missing: int
    gaps: tuple[tuple[int, int], ...]
    twice_count: int
    twice: tuple[int, ...]


@dataclass
class Numbers:
    """The numbers of one journal, taken in one by one."""

    _spans: dict[str, list[list[int]]] = field(default_factory=lambda: defaultdict(list))
    """By series, stretches without a gap, in order."""
    _twice: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, number: str, *, aside: bool = False) -> None:
        """Take in ``NJ-MTR001A-000001``; what is no such number is left out. One ``aside`` never counts as a second."""
        name, _dash, figure = number.rpartition("-")
        if not (name and figure.isascii() and figure.isdigit() and len(figure) <= 12):
            return
        found, spans = int(figure), self._spans[name]
        place = bisect_right(spans, found, key=lambda span: span[0])
        if place and found <= spans[place - 1][1]:
            if not aside:
                self._twice[name].append(found)
            return
        if place and spans[place - 1][1] == found - 1:
            spans[place - 1][1] = found
            if place < len(spans) and spans[place][0] == found + 1:
                spans[place - 1][1] = spans.pop(place)[1]
        elif place < len(spans) and spans[place][0] == found + 1:
            spans[place][0] = found
        else:
            spans.insert(place, [found, found])

    def broken(self) -> tuple[Series, ...]:
        """The series that are not whole, by name."""
        return tuple(one for name in sorted(self._spans) if (one := self._series(name)).missing or one.twice_count)

    def _series(self, name: str) -> Series:
        spans, twice = self._spans[name], self._twice.get(name, [])
        ends = [0, *(end for _start, end in spans)]
        gaps = [(end + 1, start - 1) for end, (start, _end) in zip(ends, spans, strict=False) if start > end + 1]
        missing = sum(last - first + 1 for first, last in gaps)
        return Series(name, spans[-1][1], missing, tuple(gaps[:MOST]), len(twice), tuple(twice[:MOST]))
