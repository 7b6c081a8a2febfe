"""One question over figures in memory: rows that filters leave, added up in groups."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from sync.server.reports.answers import Units
from sync.server.reports.attributes import OF_GOODS, SIDES
from sync.server.reports.blocks import (
    FACES,
    ROWS,
    Block,
    Chosen,
    Codes,
    Values,
    Whole,
    codes,
    distinct,
    empty,
    sums_at,
    together,
)
from sync.server.reports.fetching import DAY, PAID, SOLD, TIMES, Source
from sync.server.reports.scope import Scope
from sync.server.reports.view import Cut, Period, View

TIME: Final = {"day": DAY, "month": 7}
"""Letters of a date that name it."""
UNIT: Final = "unit"
Measured = Callable[[Block], Values]
"""What is added up of a block's rows, a line for each figure."""
Groups = dict[tuple[str, ...], list[int]]


def sides(scope: Scope, by: Sequence[str]) -> frozenset[str]:
    """Which sides a question touches: ``device`` and ``item``."""
    return _sides((*by, *scope.filters))


def grouped(
    view: View, source: Source, scope: Scope, by: Sequence[str], measured: Measured, days: Sequence[str] | None = None
) -> Groups:
    """The figures of ``source`` in groups of ``by``: times, keys of ``SIDES`` and ``unit``; every group that has a
    row. ``days``: only of these business dates."""
    filters = _filters(source, scope)
    timed, plain = [name for name in by if name in TIME], [name for name in by if name not in TIME]
    asked = {SIDES[name] for name in plain if name in SIDES} | ({"item"} if source is PAID else set())
    period = Period(scope.first, scope.last, None if days is None else tuple(days))
    found: Groups = {}
    for when, block in _cut(view, source, period, filters, (timed, frozenset(asked))):
        for key, sums in _in_groups(view, source, block, plain, measured):
            rest = iter(key)
            found[tuple(when[: TIME[name]] if name in TIME else next(rest) for name in by)] = sums
    return found


def _filters(source: Source, scope: Scope) -> dict[str, str]:
    """Those that the rows know of: for whom something was bought is told of sales, and payments are of no goods."""
    unknown = () if source in (SOLD, TIMES) else ("buyer", UNIT)
    return {
        name: value
        for name, value in scope.filters.items()
        if name not in unknown and not (source is PAID and name in OF_GOODS)
    }


def _cut(
    view: View,
    source: Source,
    period: Period,
    filters: dict[str, str],
    asked: tuple[list[str], frozenset[str]],
) -> Units:
    """The rows that the filters leave, for each day or month where times are asked for, else together: those are kept
    for the next questions of the request, which may filter further, and are added up by what is asked."""
    timed, kept = asked
    touched = kept | _sides(filters)
    if timed:
        width = max(TIME[name] for name in timed)
        units = view.units(source, period, width, _face(touched))
        return _left_of(view, source, units, filters, (width, _face(kept)))
    known = view.cuts.setdefault((source.name, period), [])
    for cut in known:
        rest = {name: value for name, value in filters.items() if cut.filters.get(name) != value}
        if cut.sides >= kept | _sides(rest) and len(rest) + len(cut.filters) == len(filters):
            rows = cut.rows.face(_face(kept | _sides(rest)))
            return _left_of(view, source, [("", rows)], rest, (0, _face(kept)))
    units = view.units(source, period, 0, _face(touched))
    found = _left_of(view, source, units, filters, (0, _face(kept)))
    known.append(Cut(filters, kept, found[0][1] if found else empty(len(source.figures))))
    return [("", known[-1].rows)]


def _left_of(view: View, source: Source, units: Units, filters: dict[str, str], asked: tuple[int, str]) -> Units:
    """The rows that the filters leave, together by so many letters of their units, added up as a face says."""
    letters, face = asked

    def left() -> Units:
        parts: dict[str, list[Block]] = {}
        for unit, block in units:
            parts.setdefault(unit[:letters], []).append(_left(view, source, block, filters))
        return [(when, together(some).face(face)) for when, some in sorted(parts.items())]

    question = source.name, tuple(sorted(filters.items())), asked
    return view.answer([block for _unit, block in units], question, left)


def _sides(names: Iterable[str]) -> frozenset[str]:
    return frozenset(SIDES[name] for name in names if name in SIDES)


def _face(touched: frozenset[str]) -> str:
    return FACES.get(touched, ROWS)


def _left(view: View, source: Source, block: Block, filters: dict[str, str]) -> Block:
    """The rows that the filters leave."""
    left: Chosen | None = None
    for name, value in filters.items():
        if name in SIDES:
            table = view.attributes.chosen(name, value, view.names.devices, view.names.items)
            mine: Chosen = table[block.device if SIDES[name] == "device" else block.item]
        else:
            mine = marked(view, source, 1 if name == UNIT else 0, value)[block.mark]
        left = mine if left is None else left & mine
    return block if left is None else block.where(left)


def marked(view: View, source: Source, place: int, *values: str) -> Chosen:
    """Which marks say one of ``values`` in ``place``."""
    return np.array([mark[place] in values for mark in view.names.marks[source.name].known[:]], np.bool_)


def _in_groups(
    view: View, source: Source, block: Block, by: Sequence[str], measured: Measured
) -> Iterator[tuple[tuple[str, ...], list[int]]]:
    if not len(block):
        return
    places: list[Codes] = []
    labels: list[list[str]] = []
    for name in by:
        of_rows, known = _group(view, source, block, name)
        places.append(of_rows)
        labels.append(known)
    keys: Whole = np.zeros(len(block), np.int64)
    size = 1
    for of_rows, known in zip(places, labels, strict=True):
        keys = keys * len(known) + of_rows
        size *= len(known)
    found, at = distinct(keys, size)
    sums = sums_at(at, measured(block), len(found)) if by else measured(block).sum(axis=1, dtype=np.int64)[:, None]
    parts: list[list[str]] = []
    for known in reversed(labels):
        found, rest = np.divmod(found, len(known))
        parts.insert(0, [known[place] for place in rest.tolist()])
    names: Any = zip(*parts, strict=True) if parts else [()]
    yield from zip(names, sums.T.tolist(), strict=True)


def _group(view: View, source: Source, block: Block, name: str) -> tuple[Codes, list[str]]:
    if name == UNIT:
        known = view.names.marks[source.name].known[:]
        units = sorted({unit for _buyer, unit in known})
        table = codes(units.index(unit) for _buyer, unit in known)
        return table[block.mark], units
    group = view.attributes.group(name, view.names.devices, view.names.items)
    return group.places[block.device if SIDES[name] == "device" else block.item], group.labels
