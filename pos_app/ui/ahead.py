"""Work done ahead of time, a piece a turn, while nobody types: what is built then is waited for by nobody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QObject, QTimer

TURN_MS: Final = 10
QUIET_TYPING: Final = 0.02
"""Seconds since the last key while a PIN is typed: its dot is painted, and fingers need longer for the next."""
QUIET_WORKING: Final = 0.3
"""The same once somebody works: a scanner's next code comes sooner."""


class WorkAhead(QObject):
    """``begin(pieces)`` runs ``pieces`` to their end; ``last_input`` is the monotonic time of the last key or touch."""

    def __init__(self, last_input: Callable[[], float], working: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._last_input = last_input
        self._working = working
        self._pieces: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._on_turn)

    def begin(self, pieces: Iterator[None]) -> None:
        """Does these from now on, in place of what was left of others."""
        self._pieces = pieces
        self._timer.start()

    def stop(self) -> None:
        """Does no more."""
        self._timer.stop()

    @property
    def busy(self) -> bool:
        """Whether pieces are left."""
        return self._timer.isActive()

    def _on_turn(self) -> None:
        quiet = QUIET_WORKING if self._working() else QUIET_TYPING
        if time.monotonic() - self._last_input() < quiet:
            return
        try:
            next(self._pieces)
        except StopIteration:
            self._timer.stop()
