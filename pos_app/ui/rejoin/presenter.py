"""Rules of joining the centre's history again: what would be done, what was done, what remains to do. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ledger.verify import Progress
from pos_app.services import rejoin_wording
from pos_app.services.rejoining import Rejoined
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure

Rehearse = Callable[[Path, Progress, Collection[str]], Rejoined]
"""What joining again would do; the ledger, progress, take-backs that were done twice."""
Join = Callable[[Path, Progress, Collection[str]], Rejoined]
Allow = Callable[[Path, str], None]
"""Checks that the PIN is a manager's and notes that it was given; raises ``WrongPin`` and faults of the ledger."""
Fact = tuple[str, str, str]
"""Text, icon, tone."""


class RejoinPresenter:
    """One ledger that an officer allowed to join again. ``planned`` and ``done`` come from workers."""

    def __init__(self, path: Path, rehearse: Rehearse, join: Join, allow: Allow) -> None:
        self.path = path
        self._allow = allow
        self._rehearse = rehearse
        self._join = join
        self.planned: Rejoined | None = None
        self.done: Rejoined | None = None
        self.twice: frozenset[str] = frozenset()

    def look_work(self) -> Callable[[Progress], Rejoined]:
        """What a worker does first: fetch what the centre has, and rehearse. The ledger stays as it is."""
        return lambda tell: self._rehearse(self.path, tell, self.twice)

    def join_work(self) -> Callable[[Progress], Rejoined]:
        """What a worker does when a manager agreed."""
        return lambda tell: self._join(self.path, tell, self.twice)

    def refused(self, pin: str) -> str:
        """Why this PIN does not do; empty where a manager allows it."""
        try:
            self._allow(self.path, pin)
        except PosError as error:
            return describe(error)
        return ""

    @property
    def can_join(self) -> bool:
        """Whether it was rehearsed and is not done yet."""
        return self.planned is not None and self.done is None

    @property
    def asks_twice(self) -> bool:
        """Whether a manager has to say if something taken back in both histories was done twice."""
        return self.can_join and self.planned is not None and bool(self.planned.entered.undone)

    def count_twice(self, twice: bool) -> None:
        """Let what both histories took back count in both, or once; to be rehearsed anew."""
        self.twice = frozenset(self.planned.entered.undone) if twice and self.planned is not None else frozenset()

    def main_words(self) -> str:
        """What F12 does."""
        if self.done is not None:
            return _("Open the till")
        return _("Put together") if self.can_join else _("Try again")

    def why(self) -> list[Fact]:
        """What happened, in plain words."""
        return [
            (
                _("An old backup was restored and sold on. Diskoperin has entries that this till lost."),
                "information-outline",
                "muted",
            ),
            (
                _("Diskoperin approved the repair: both are put together, and nothing is lost."),
                "check-circle-outline",
                "success",
            ),
        ]

    def plan(self) -> list[Fact]:
        """What would be done, as it was rehearsed."""
        if self.planned is None or self.done is not None:
            return []
        return [(text, "arrow-right", "text") for text in rejoin_wording.of_joining(self.planned)]

    def result(self) -> list[Fact]:
        """What was done."""
        if self.done is None:
            return []
        aside = rejoin_wording.kept(self.done)
        told = [*rejoin_wording.of_joining(self.done), *([aside] if aside else [])]
        return [(text, "check-circle-outline", "success") for text in told]

    def to_do(self) -> list[Fact]:
        """What remains for people, before and after."""
        known = self.done or self.planned
        return [(text, "alert-outline", "warning") for text in rejoin_wording.to_do(known)] if known else []

    def failed(self, error: Exception) -> Message:
        """Why it was not done; the till opens as before."""
        return failure(error, str(self.path))
