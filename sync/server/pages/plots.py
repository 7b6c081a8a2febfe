"""Plots as SVG, drawn on the server: columns over time, bars beside a table's figures.

Widths are percentages, so one picture fits every screen while its letters keep their size; colours, letters and which
labels a narrow screen leaves out are the style sheet's (``plots.css``). Nothing here formats a value: callers hand
over how a figure and an axis are written. Every plot names itself and says in a sentence what it shows; its figures
stand in a table beside it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

SERIES = 5
"""Colours that can be told apart; more series are added up by the caller."""
HEIGHT = 240
TOP, BOTTOM = 14, 26
STEPS = 4
LETTERS_WIDE, LETTERS_NARROW, GAP = 140, 42, 2
"""Letters that stand side by side below the columns, and what lies between two labels."""
COLUMN_SHARE = 0.72
"""Of the room that a column has."""
WIDEST = 12.0
"""Percent of the plot that a column covers at most."""

Written = Callable[[int], str]


class Series(NamedTuple):
    """Whole figures under a name, one for each label."""

    name: str
    values: Sequence[int]


class Plot(NamedTuple):
    """What is drawn. ``key`` makes ids of this plot unique on its page; ``links`` leads each column on, where given."""

    key: str
    title: str
    says: str
    labels: Sequence[str]
    series: Sequence[Series]
    links: Sequence[str] = ()


def columns(plot: Plot, *, figure: Written, axis: Written) -> Markup:
    """Stacked columns. Figures below zero hang from the line of zero.

    Raises ``ValueError`` for more than ``SERIES`` series, or where a series has not a value for each label.
    """
    if len(plot.series) > SERIES:
        raise ValueError("more series than colours")
    if any(len(series.values) != len(plot.labels) for series in plot.series):
        raise ValueError("a series and its labels differ in length")
    scale = _Scale(*_extent(plot))
    parts = [_grid(scale, axis), *_stacks(plot, scale, figure), _labels(plot.labels)]
    return Markup(
        '<svg class="plot" role="{role}" aria-labelledby="{key}-title {key}-says" height="{height}" width="100%">'
        '<title id="{key}-title">{title}</title><desc id="{key}-says">{says}</desc>{parts}</svg>'
    ).format(
        key=plot.key,
        title=plot.title,
        says=plot.says,
        height=HEIGHT,
        parts=Markup().join(parts),
        role="group" if plot.links else "img",
    )


def bar(values: Sequence[int], most: int) -> Markup:
    """One bar beside the figures of a table's row: parts of ``most``, in the colours of their series.

    It repeats what the row says, so it is hidden from who does not see it. What is below zero has no bar.
    """
    parts, left = [], 0.0
    for place, value in enumerate(values[:SERIES]):
        width = min(100.0 * max(value, 0) / most, 100.0 - left) if most > 0 else 0.0
        parts.append(
            Markup('<rect class="series-{}" x="{:.2f}%" y="0" width="{:.2f}%" height="100%"/>').format(
                place + 1, left, width
            )
        )
        left += width
    return Markup('<svg class="bar" width="100%" height="12" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup().join(parts)
    )


def legend(names: Sequence[str]) -> Markup:
    """The names of series with their colours."""
    items = Markup().join(
        Markup(
            '<li><svg width="12" height="12" aria-hidden="true"><rect class="series-{}" width="12" height="12"/>'
        ).format(place + 1)
        + Markup("</svg> {}</li>").format(name)
        for place, name in enumerate(names)
    )
    return Markup('<ul class="legend">{}</ul>').format(items)


def nice_step(span: int) -> int:
    """The distance of lines on an axis of ``span``: 1, 2 or 5 and zeros, for about ``STEPS`` lines."""
    least = max(-(-span // STEPS), 1)
    power = 1
    while power * 10 <= least:
        power *= 10
    return next(power * step for step in (1, 2, 5, 10) if power * step >= least)


class _Scale:
    """From figures to heights in pixels. Both ends are whole steps; zero is always among them."""

    def __init__(self, low: int, high: int) -> None:
        self.step = nice_step(max(high - low, 1))
        self.low = low // self.step * self.step
        self.high = max(-(-high // self.step), 1) * self.step

    def y(self, value: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)

    def lines(self) -> range:
        return range(self.low, self.high + 1, self.step)


def _extent(plot: Plot) -> tuple[int, int]:
    stacks = [[series.values[place] for series in plot.series] for place in range(len(plot.labels))]
    low = min((sum(min(value, 0) for value in stack) for stack in stacks), default=0)
    high = max((sum(max(value, 0) for value in stack) for stack in stacks), default=0)
    return low, high


def _grid(scale: _Scale, axis: Written) -> Markup:
    line = Markup(
        '<line class="{}" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        '<text class="axis" x="-8" y="{under:.1f}" aria-hidden="true">{}</text>'
    )
    return Markup().join(
        line.format("zero" if value == 0 else "line", axis(value), y=scale.y(value), under=scale.y(value) + 4)
        for value in scale.lines()
    )


def _stacks(plot: Plot, scale: _Scale, figure: Written) -> list[Markup]:
    """A group for each label: what may be pointed at is the whole height, so that a small column can be, too."""
    count = len(plot.labels)
    room = 100.0 / max(count, 1)
    width = min(room * COLUMN_SHARE, WIDEST)
    found = []
    for place, label in enumerate(plot.labels):
        values = [series.values[place] for series in plot.series]
        told = "; ".join(f"{series.name} {figure(value)}" for series, value in zip(plot.series, values, strict=True))
        group = Markup(
            '<g class="column"><title>{}: {}</title><rect class="touch" x="{:.2f}%" y="{}" width="{:.2f}%" '
            'height="{}"/>{}</g>'
        ).format(
            label,
            told,
            room * place,
            TOP,
            room,
            HEIGHT - TOP - BOTTOM,
            _stack(values, scale, (room * place + (room - width) / 2, width)),
        )
        found.append(
            Markup('<a href="{}" aria-label="{}: {}">{}</a>').format(plot.links[place], label, told, group)
            if plot.links
            else group
        )
    return found


def _stack(values: Sequence[int], scale: _Scale, across: tuple[float, float]) -> Markup:
    parts, above, below = [], 0, 0
    for place, value in enumerate(values):
        base = above if value > 0 else below
        top, bottom = scale.y(max(base, base + value)), scale.y(min(base, base + value))
        if value > 0:
            above += value
        else:
            below += value
        if value:
            parts.append(
                Markup('<rect class="series-{}" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}"/>').format(
                    place + 1, across[0], top, across[1], bottom - top
                )
            )
    return Markup().join(parts)


def _labels(labels: Sequence[str]) -> Markup:
    """A narrow screen shows fewer of them: those of the class ``wide`` are left out there."""
    count = len(labels)
    letters = count * (max(map(len, labels), default=0) + GAP)
    every = max(-(-letters // LETTERS_WIDE), 1)
    rare = -(-letters // (LETTERS_NARROW * every)) * every
    texts = [
        Markup('<text class="label{}" x="{:.2f}%" y="{}" aria-hidden="true">{}</text>').format(
            "" if place % rare == 0 else " wide", 100.0 * (place + 0.5) / count, HEIGHT - 8, escape(label)
        )
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return Markup().join(texts)
