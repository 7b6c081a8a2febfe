"""Rules of a restore on a new computer: which backup, which code, what was restored and what to do next. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos_app.domain.dates import short_moment
from pos_app.domain.errors import DamagedLedger, NotALedger, PosError
from pos_app.domain.formats import thousands
from pos_app.i18n import _, language
from pos_app.ledger import recovery
from pos_app.ledger.backup import Found, backups_in, look_into
from pos_app.ledger.ledger import Ledger, check_is_ledger
from pos_app.ledger.verify import Progress
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure

Restore = Callable[[Path, Path, str | None, Progress], Ledger]
"""Backup, where the ledger will lie, recovery code or None, progress. Gives the open ledger."""
MOST: Final = 300
"""Files that are looked into; a folder with more is not one of backups."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a backup. ``found`` is None where it is none, or cannot be read."""

    path: Path
    found: Found | None = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: numbers begin anew with ``series``."""

    path: Path
    corner: str
    series: str
    entries: int
    names: bool
    locked: bool = False
    """Whether another recovery code would bring back more names."""
    joined: bool = False
    """Whether the till had joined the centre: what it sent after the backup is fetched before anything is entered."""


class RestorePresenter:
    """Looks for backups and restores one into ``home``."""

    def __init__(self, home: Path, restore: Restore) -> None:
        self.home = home
        self._restore = restore
        self.candidates: list[Candidate] = []
        self.chosen: Candidate | None = None
        self.restored: Restored | None = None

    # Finding ---------------------------------------------------------------------------------------------------------

    def look_work(self, place: Path) -> Callable[[], list[Candidate]]:
        """What a worker does: find the backups in a folder, in the folders in it, or look at one file."""
        return lambda: find(place)

    def take(self, candidates: Sequence[Candidate]) -> Message | None:
        """Keeps what was found; the newest that can be restored is chosen."""
        self.candidates = list(candidates)
        self.chosen = next((one for one in self.candidates if one.found is not None), None)
        if self.chosen is not None:
            return None
        if self.candidates:
            return Message("W", _("None of these files can be restored. Look on another stick."))
        return Message("W", _("No backup was found there. Look in another folder or on another stick."))

    def choose(self, row: int) -> Message | None:
        """Another file; what forbids it, else None."""
        candidate = self.candidates[row] if 0 <= row < len(self.candidates) else None
        self.chosen = candidate if candidate is not None and candidate.found is not None else None
        if candidate is None or self.chosen is not None:
            return None
        return Message("W", reason_text(candidate))

    # Restoring -------------------------------------------------------------------------------------------------------

    def obstacle(self, code: str) -> Message | None:
        """What is missing before a restore."""
        if self.chosen is None:
            return Message("W", _("Choose a backup in the list."))
        try:
            if code.strip():
                recovery.check(code)
        except PosError as error:
            return Message("E", describe(error))
        return None

    def restore_work(self, code: str) -> Callable[[Progress], Restored]:
        """What a worker does: copy, verify, begin numbers anew."""
        found = self.chosen.found if self.chosen is not None else None
        if found is None:
            raise ValueError("no backup is chosen")
        path = self.home / f"pojok-{found.corner.replace('-', '')}{found.till}.db"

        def work(tell: Progress) -> Restored:
            self.home.mkdir(parents=True, exist_ok=True)
            ledger = self._restore(found.path, path, code.strip() or None, tell)
            try:
                series, name = ledger.identity.series, ledger.identity.corner_name
                return Restored(path, name, series, ledger.head().seq, bool(code.strip()))
            finally:
                ledger.close()

        return work

    def failed(self, error: Exception) -> Message:
        """Why it was not restored."""
        if isinstance(error, DamagedLedger):
            text = _("This backup is damaged. Choose the next one; nothing was changed. For support: {reason}.")
            return Message("E", text.format(reason=error.reason))
        return failure(error, str(self.home))

    # In words --------------------------------------------------------------------------------------------------------

    def done_title(self) -> str:
        """The headline of the last page."""
        return _("{corner} is back.").format(corner=self.restored.corner) if self.restored is not None else ""

    def next_steps(self) -> list[str]:
        """What holds from now on and what to do."""
        done = self.restored
        if done is None:
            return []
        steps = [
            _("{count} entries were checked and are here.").format(count=thousands(done.entries)),
            _("Documents are numbered ST-{series}-000001 and so on, so that no number is printed twice.").format(
                series=done.series
            ),
            *(
                _fetch_first()
                if done.joined
                else [_("Enter again what is only on paper, with the old number as its reference.")]
            ),
            _("Choose folders for backups in Settings (Ctrl+9), Data safety."),
        ]
        if done.names and done.locked:
            steps.append(_("Some names need a second recovery code: enter it in Settings, Data safety."))
        if not done.names:
            steps.append(_("Names stay codes until the recovery code is entered in Settings, Data safety."))
        return steps


def _fetch_first() -> list[str]:
    """The order that keeps the till's history and the centre's one."""
    return [
        _("First fetch from Diskoperin what was sent after this backup: it is offered when the till opens."),
        _("Only then enter what is still missing, from the papers, with the old number as its reference."),
    ]


def find(place: Path) -> list[Candidate]:
    """Backups first, newest first; then files that look like one and cannot be restored."""
    if place.is_file():
        found = look_into(place)
        return [Candidate(place, found, foreign=found is None and _is_foreign(place))]
    folders = [place, *sorted(one for one in _entries(place) if one.is_dir() and not one.name.startswith("."))]
    good = [Candidate(one.path, one) for folder in folders for one in backups_in(folder)]
    good.sort(key=_newest, reverse=True)
    known = {one.path for one in good}
    rest = [path for folder in folders for path in _entries(folder) if path.suffix == ".db" and path not in known]
    return good + [Candidate(path, foreign=_is_foreign(path)) for path in rest[:MOST]]


def _newest(candidate: Candidate) -> tuple[float, int]:
    found = candidate.found
    return (found.made_at.timestamp(), found.entries) if found is not None else (0.0, 0)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:MOST]
    except OSError:
        return []


def _is_foreign(path: Path) -> bool:
    """Whether a file is something else than a ledger, rather than a damaged one."""
    try:
        check_is_ledger(path)
    except NotALedger:
        return True
    except PosError:
        return False
    return False


def reason_text(candidate: Candidate) -> str:
    """Why a file cannot be restored."""
    if candidate.foreign:
        return _("{name} is no backup of a till.").format(name=candidate.path.name)
    return _("{name} is damaged, or no backup: it cannot be restored.").format(name=candidate.path.name)


def moment_of(found: Found) -> str:
    """When a backup was made, in the language of the screen."""
    return short_moment(found.made_at, language())
