"""The table of figures as Markdown, and the page that keeps it."""

from collections.abc import Sequence
from pathlib import Path

from bench.measure import Figure

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = ("Goal", "What", "Ours", "Yardstick", "Ratio (min–max)", "Wanted", "")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def render(figures: Sequence[Figure]) -> str:
    """One row a figure, columns padded so that the text reads as a table too."""
    return columns(HEAD, [_row(figure) for figure in figures])


def columns(head: Sequence[str], found: Sequence[Sequence[str]]) -> str:
    """A table of Markdown with a heading."""
    rows = [head, *found]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    rule = " | ".join("-" * width for width in widths)
    return "\n".join(f"| {line} |" for line in (lines[0], rule, *lines[1:]))


def _row(figure: Figure) -> tuple[str, ...]:
    goal = figure.goal_text or (f"≤ {figure.goal:g}" if figure.goal is not None else "–")
    return (figure.number or "–", figure.name, figure.ours, figure.yardstick, _range(figure), goal, figure.verdict)


def _range(figure: Figure) -> str:
    if figure.ratio is None:
        return "–"
    if figure.low == figure.high or figure.low is None or figure.high is None:
        return f"{figure.ratio:.2f}"
    return f"{figure.ratio:.2f} ({figure.low:.2f}–{figure.high:.2f})"


def keep(table: str, facts: dict[str, str], page: Path = PAGE) -> None:
    """Put the table and where it was measured between the marks of the page."""
    told = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    put(f"{told}\n\n{table}", page)


def put(text: str, page: Path) -> None:
    """Put ``text`` between the marks of the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
