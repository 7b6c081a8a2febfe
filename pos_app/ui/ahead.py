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
LATER_MS: Final = 250
QUIET_LATER: Final = 3.0
"""Seconds without a key before what is larger than a frame is done: whoever works pauses less."""


class WorkAhead(QObject):
    """``begin(pieces, later)`` runs ``pieces`` to their end, then ``later``, whose pieces are larger than a frame.

    Those only while somebody is logged in and does nothing. ``last_input`` is the monotonic time of the last key or
    touch.
    """

    def __init__(self, last_input: Callable[[], float], working: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._last_input = last_input
        self._working = working
        self._pieces: Iterator[None] = iter(())
        self._later: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._on_turn)
        self._slow_timer = QTimer(self)
        self._slow_timer.setInterval(LATER_MS)
        self._slow_timer.timeout.connect(self._on_slow_turn)

    def begin(self, pieces: Iterator[None], later: Iterator[None] = iter(())) -> None:  # noqa: B008 - an empty one
        """Does these from now on, in place of what was left of others."""
        self._pieces, self._later = pieces, later
        self._slow_timer.stop()
        self._timer.start()

    def stop(self) -> None:
        """Does no more."""
        self._timer.stop()
        self._slow_timer.stop()

    @property
    def busy(self) -> bool:
        """Whether pieces are left; later ones do not count, nobody waits for them."""
        return self._timer.isActive()

    @property
    def has_later(self) -> bool:
        """Whether later ones are left."""
        return self._slow_timer.isActive()

    def _on_turn(self) -> None:
        quiet = QUIET_WORKING if self._working() else QUIET_TYPING
        if time.monotonic() - self._last_input() < quiet:
            return
        try:
            next(self._pieces)
        except StopIteration:
            self._timer.stop()
            self._slow_timer.start()

    def _on_slow_turn(self) -> None:
        if not self._working() or time.monotonic() - self._last_input() < QUIET_LATER:
            return
        try:
            next(self._later)
        except StopIteration:
            self._slow_timer.stop()
