"""Telling a barcode scanner from a person: the rules, without Qt and with the time given to them.

A scanner is a keyboard that types a code within a few milliseconds per key and ends it with Enter or Tab. A printable
key is held at most 50 ms; a scan has six characters or more, a mean gap of at most 35 ms, and its terminator within
100 ms; auto-repeat never counts. Times are the messages' own, so a stalled screen makes no scan of typing and no
typing of a scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

HOLD_MS: Final = 50
MEAN_GAP_MS: Final = 35
TERMINATOR_MS: Final = 100
MIN_LENGTH: Final = 6


class Verdict(Enum):
    """What to do with the key just pressed."""

    HOLD = auto()
    """Keep it back; it may be part of a scan."""
    REPLAY_THEN_HOLD = auto()
    """The keys held so far were typed: send them on; keep this one."""
    REPLAY_THEN_PASS = auto()
    """Send the held keys on, then this one."""
    SCAN = auto()
    """The held keys were a scan and this is its terminator: swallow all of them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, and the code when it is a scan."""

    verdict: Verdict
    code: str = ""


class BurstMachine:
    """The held keys and the rules over them. Times are milliseconds of one clock that never goes back."""

    def __init__(self, mean_gap_ms: int = MEAN_GAP_MS) -> None:
        self.mean_gap_ms = mean_gap_ms
        self._text = ""
        self._first = 0
        self._last = 0

    @property
    def holding(self) -> bool:
        """True while keys are kept back."""
        return bool(self._text)

    def printable(self, char: str, at: int, *, repeated: bool = False) -> Decision:
        """A printable key without Ctrl, Alt or Meta."""
        if repeated:
            self._text = ""
            return Decision(Verdict.REPLAY_THEN_PASS)
        late = self.holding and at - self._last > self._patience()
        if late or not self.holding:
            held = self.holding
            self._text, self._first, self._last = char, at, at
            return Decision(Verdict.REPLAY_THEN_HOLD if held else Verdict.HOLD)
        self._text += char
        self._last = at
        return Decision(Verdict.HOLD)

    def terminator(self, at: int) -> Decision:
        """Enter or Tab."""
        text, self._text = self._text, ""
        gaps = max(1, len(text) - 1)
        fast = (self._last - self._first) <= self.mean_gap_ms * gaps
        if len(text) >= MIN_LENGTH and fast and at - self._last <= TERMINATOR_MS:
            return Decision(Verdict.SCAN, text)
        return Decision(Verdict.REPLAY_THEN_PASS)

    def other(self) -> Decision:
        """Any other key: what was held was typed."""
        self._text = ""
        return Decision(Verdict.REPLAY_THEN_PASS)

    def due_in(self, now: int) -> int:
        """Milliseconds until the held keys must be replayed; 0 or less when they are overdue."""
        return self._last + self._patience() - now

    def _patience(self) -> int:
        fast = (self._last - self._first) <= self.mean_gap_ms * max(1, len(self._text) - 1)
        return TERMINATOR_MS if len(self._text) >= MIN_LENGTH and fast else HOLD_MS
