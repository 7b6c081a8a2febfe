"""The running count in ``docs/reliability.json``, and the table that it makes in ``docs/reliability.md``."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.torture.scenario import Scenario

DOCS = Path(__file__).resolve().parents[2] / "docs"
COUNT = DOCS / "reliability.json"
PAGE = DOCS / "reliability.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEAD = ("Scenario", "Tried so far", "To reach", "Broken", "Rounds", "Hours", "Among them")


@dataclass
class Ran:
    """What one scenario did in one run of the torture."""

    rounds: int = 0
    failures: int = 0
    seconds: float = 0.0
    tally: Counter[str] = field(default_factory=Counter)


def add(ran: Mapping[str, Ran], facts: Mapping[str, str], path: Path = COUNT, last: str = "last run") -> dict[str, Any]:
    """Add a run to the count; returns the whole count."""
    count: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"scenarios": {}}
    for name, one in ran.items():
        if not one.rounds:
            continue
        so_far = count["scenarios"].setdefault(name, {"runs": 0, "rounds": 0, "failures": 0, "seconds": 0, "tally": {}})
        so_far["runs"] += 1
        so_far["rounds"] += one.rounds
        so_far["failures"] += one.failures
        so_far["seconds"] = round(so_far["seconds"] + one.seconds)
        so_far["tally"] = dict(sorted((Counter(so_far["tally"]) + one.tally).items()))
    count["scenarios"] = dict(sorted(count["scenarios"].items()))
    count["last run"] = dict(facts)
    path.write_text(json.dumps(count, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return count


def render(scenarios: Sequence[Scenario], count: Mapping[str, Any]) -> str:
    """One row a scenario, columns padded so that the text reads as a table too."""
    rows = [HEAD, *(_row(scenario, count["scenarios"].get(scenario.name)) for scenario in scenarios)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    rule = " | ".join("-" * width for width in widths)
    return "\n".join(f"| {line} |" for line in (lines[0], rule, *lines[1:]))


def _row(scenario: Scenario, so_far: Mapping[str, Any] | None) -> tuple[str, ...]:
    goal = f"{scenario.goal:,} {scenario.unit}"
    if so_far is None:
        return (scenario.name, "not yet", goal, "–", "–", "–", "–")
    tally = dict(so_far["tally"])
    tried = f"{tally.pop(scenario.unit, 0):,} {scenario.unit}"
    among = ", ".join(f"{value:,} {name}" for name, value in tally.items())
    hours = f"{so_far['seconds'] / 3600:.2f}"
    return (scenario.name, tried, goal, str(so_far["failures"]), f"{so_far['rounds']:,}", hours, among)


def keep(table: str, facts: Mapping[str, str], page: Path = PAGE, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put the table and the last run between the marks of the page."""
    begin, end = marks
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    told = "\n".join(f"- {name}: {value}" for name, value in facts.items())
    page.write_text(f"{before}{begin}\n{told}\n\n{table}\n{end}{after}", encoding="utf-8")
