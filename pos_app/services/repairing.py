"""Repair in the right order: from the ledger's own journal, else from the newest backup that goes with it.

Whatever is done, the damaged file is kept beside the ledger, byte for byte.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pos_app.ledger.backup import Progress

Condition = Literal["whole", "projections", "journal", "unreadable"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a ledger file.

    ``projections``: totals differ from the journal, which is whole. ``journal``: ``entry`` is the first bad one.
    ``unreadable``: SQLite cannot open it, or it is not there. ``entries`` counts what can be read, ``ledger_id`` and
    ``series`` are empty where the file does not tell; ``reason`` is technical English.
    """

    condition: Condition
    entries: int = 0
    entry: int = 0
    reason: str = ""
    ledger_id: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """Entries that were recorded and are in the repaired ledger no longer.

    ``first`` and ``last`` are sequence numbers; ``after`` is the time of the entry before them, ``before`` that of the
    last thing known of them, both ISO or empty. ``readable`` of them were written to ``listed``, one JSON a line.
    """

    first: int
    last: int
    after: str
    before: str
    readable: int = 0
    listed: Path | None = None


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was found and done. ``entries`` are in the ledger now, ``salvaged`` of them came from the damaged file after
    the backup; ``aside`` is where the damaged file lies now, ``backup`` what was restored; ``lost`` is None when every
    entry that was ever readable is there.
    """

    found: Diagnosis
    entries: int
    aside: Path | None = None
    backup: Path | None = None
    salvaged: int = 0
    lost: Lost | None = None


def diagnose(path: Path, progress: Progress | None = None) -> Diagnosis:
    """Look at a ledger without changing it; ``progress`` hears of entries done and in all. Raises nothing of it."""
    raise NotImplementedError


def repair(path: Path, backups: Sequence[Path], now: datetime, progress: Progress | None = None) -> Repaired:
    """Make the ledger ``path`` whole again."""
    raise NotImplementedError
