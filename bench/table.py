"""The table of figures as Markdown, and the page that keeps it."""

from collections.abc import Sequence
from pathlib import Path

from bench.measure import Figure

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = ("Goal", "What", "Ours", "Yardstick", "Ratio (min–max)", "Wanted", "")
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def render(figures: Sequence[Figure]) -> str:
    """One row a figure, columns padded so that the text reads as a table too."""
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
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
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    told = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    page.write_text(f"{before}{BEGIN}\n{told}\n\n{table}\n{END}{after}", encoding="utf-8")
