"""How this till's scanner types: how fast, what ends a code, what to take off it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from pos_app.ledger import queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.ui import settings_keys as keys
from pos_app.ui.burst import MEAN_GAP_MS

Ending = Literal["both", "enter", "tab"]
GAPS: Final = (20, MEAN_GAP_MS, 50)
"""Milliseconds from key to key that still count as a scanner: strict, usual, for slow wireless ones."""


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """``gap_ms`` is the largest mean gap between keys; ``prefix`` and ``suffix`` are taken off a code."""

    gap_ms: int = MEAN_GAP_MS
    ending: Ending = "both"
    prefix: str = ""
    suffix: str = ""
    beep: bool = False

    def bare(self, code: str) -> str:
        """A code without what the scanner adds to it."""
        return code.removeprefix(self.prefix).removesuffix(self.suffix)


def read(db: Connection) -> ScannerSettings:
    """As they are kept; what is missing or not understood is the default."""
    default = ScannerSettings()
    gap = queries.setting(db, "scanner.gap_ms", str(default.gap_ms))
    ending = queries.setting(db, "scanner.ending", default.ending)
    return ScannerSettings(
        gap_ms=int(gap) if gap in {str(known) for known in GAPS} else default.gap_ms,
        ending=next((known for known in get_args(Ending) if known == ending), default.ending),
        prefix=queries.setting(db, "scanner.prefix", ""),
        suffix=queries.setting(db, "scanner.suffix", ""),
        beep=queries.setting(db, keys.SOUND_ACCEPTED, "") == "1",
    )


def save(ledger: Ledger, settings: ScannerSettings) -> None:
    """Keeps them. Raises the faults of the disk."""
    with ledger.write() as tx:
        for key, value in (
            ("scanner.gap_ms", str(settings.gap_ms)),
            ("scanner.ending", settings.ending),
            ("scanner.prefix", settings.prefix),
            ("scanner.suffix", settings.suffix),
            (keys.SOUND_ACCEPTED, "1" if settings.beep else "0"),
        ):
            registry.set_setting(tx.db, key, value)
