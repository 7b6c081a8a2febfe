"""One question over figures in memory: rows that filters leave, added up in groups."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

import numpy as np

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
from sync.server.reports.columns import View
from sync.server.reports.fetching import PAID, SOLD, TIMES, Source
from sync.server.reports.scope import Scope

TIME: Final = {"day": 10, "month": 7}
"""Letters of a date that name it."""
UNIT: Final = "unit"
Measured = Callable[[Block], Values]
"""What is added up of a block's rows, a line for each figure."""
Groups = dict[tuple[str, ...], list[int]]


def sides(scope: Scope, by: Sequence[str]) -> frozenset[str]:
    """Which sides a question touches: ``device`` and ``item``."""
    return frozenset(SIDES[name] for name in (*by, *scope.filters) if name in SIDES)


def grouped(
    view: View, source: Source, scope: Scope, by: Sequence[str], measured: Measured, days: Sequence[str] | None = None
) -> Groups:
    """The figures of ``source`` in groups of ``by``: times, keys of ``SIDES`` and ``unit``; every group that has a
    row. ``days``: only of these business dates."""
    filters = _filters(source, scope)
    touched = frozenset(SIDES[name] for name in (*by, *filters) if name in SIDES)
    face = FACES.get(touched | ({"item"} if source is PAID else frozenset()), ROWS)
    timed = [name for name in by if name in TIME]
    found: Groups = {}
    for when, block in _cuts(view, source, scope, (face, filters), timed, days):
        for key, sums in _in_groups(view, source, block, [name for name in by if name not in TIME], measured):
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


def _cuts(
    view: View,
    source: Source,
    scope: Scope,
    how: tuple[str, dict[str, str]],
    timed: Sequence[str],
    days: Sequence[str] | None,
) -> Iterator[tuple[str, Block]]:
    """The rows that the filters leave, together, or for each day or month where times are asked for; kept for the next
    question."""
    face, filters = how
    name = (source.name, scope.days, tuple(days or ()), days is None, tuple(filters.items()), face, tuple(timed))
    known = view.cuts.get(name)
    if known is None:
        known = view.cuts[name] = _cut(view, source, scope, how, timed, days)
    return iter(known)


def _cut(
    view: View,
    source: Source,
    scope: Scope,
    how: tuple[str, dict[str, str]],
    timed: Sequence[str],
    days: Sequence[str] | None,
) -> list[tuple[str, Block]]:
    face, filters = how
    units: Iterator[tuple[str, Block]]
    if days is not None:
        chosen = (date.fromisoformat(day) for day in days)
        units = (unit for day in chosen for unit in view.days(source, day, day))
    else:
        units = (view.days if "day" in timed else view.months)(source, scope.first, scope.last)
    width = max((TIME[name] for name in timed), default=0)
    parts: dict[str, list[Block]] = {}
    for unit, block in units:
        parts.setdefault(unit[:width], []).append(_chosen(view, source, block.face(face), filters))
    if not timed and not parts:
        parts[""] = [empty(len(source.figures))]
    return [(when, together(some)) for when, some in sorted(parts.items())]


def _chosen(view: View, source: Source, block: Block, filters: dict[str, str]) -> Block:
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
