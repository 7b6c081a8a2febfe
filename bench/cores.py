"""How much of the processor some processes used (Linux)."""

import os
from collections import defaultdict
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def cpu_seconds(pid: int) -> float:
    """Of the process, all below it, and those of them that ended, since they began."""
    stats = _stats()
    below: defaultdict[int, list[int]] = defaultdict(list)
    for one, fields in stats.items():
        below[int(fields[1])].append(one)
    waiting, total = [pid], 0
    while waiting:
        one = waiting.pop()
        if one in stats:
            total += sum(int(ticks) for ticks in stats[one][11:15])
        waiting += below[one]
    return total / TICKS


def _stats() -> dict[int, list[str]]:
    """By process: the fields of its ``stat`` that follow the name."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            text = (folder / "stat").read_text(encoding="ascii", errors="replace")
        except OSError:  # it ended meanwhile
            continue
        found[int(folder.name)] = text.rpartition(")")[2].split()
    return found
