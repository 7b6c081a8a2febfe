"""Rules of the backup card: where copies go, how old the last good one is, what the last run did. No Qt."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pos_app.domain.dates import business_date, short_moment
from pos_app.domain.errors import PosError
from pos_app.i18n import _, language
from pos_app.ledger.backup import backups_in
from pos_app.services import backing_up
from pos_app.services.context import Counter
from pos_app.services.wording import describe
from pos_app.ui.messages import Message
from pos_app.ui.status import STALE_BACKUP_DAYS

if TYPE_CHECKING:
    from pos_app.services.backing_up import Outcome

Fact = tuple[str, str, str]
"""Text, icon, tone."""
ROOM_FOR = 3
"""Copies of today's size that should still fit into a folder."""


class Running(Protocol):
    """What is asked of the backup worker."""

    running: bool
    progress: tuple[int, int]
    outcomes: list[Outcome]

    def faults(self) -> list[PosError]:
        """What went wrong last time."""


@dataclass(frozen=True, slots=True)
class FolderState:
    """What lies in a folder of backups now. ``newest`` is None where it holds none of this till; bytes ``free``."""

    folder: Path
    there: bool = False
    newest: datetime | None = None
    copies: int = 0
    free: int = 0


class BackupPresenter:
    """Reads and changes where backups go, and words what became of them."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def folders(self) -> list[Path]:
        """Where backups go."""
        return backing_up.folders(self.counter.db)

    def look_work(self) -> Callable[[], list[FolderState]]:
        """What a worker does to learn what lies in the folders: a stick may be slow."""
        folders, ledger_id = self.folders(), self.counter.ledger.identity.ledger_id
        return lambda: [_state(folder, ledger_id) for folder in folders]

    def add(self, folder: Path | None) -> Message:
        """One more folder."""
        if folder is None:
            return Message("W", _("Choose the folder for backups first."))
        if not folder.is_absolute() or not folder.is_dir():
            return Message("E", _("The folder {path} is not there.").format(path=folder))
        folders = self.folders()
        if folder in folders:
            return Message("I", _("Backups go to {path} already.").format(path=folder))
        if folder == self.counter.ledger.path.parent.resolve():
            return Message("E", _("The books themselves lie there. Choose a stick or another disk."))
        return self._set([*folders, folder], _("From now on backups go to {path} too.").format(path=folder))

    def remove(self, folder: Path) -> Message:
        """One folder less; the copies in it stay."""
        left = [one for one in self.folders() if one != folder]
        return self._set(left, _("No further backups go to {path}. The copies there stay.").format(path=folder))

    def _set(self, folders: Sequence[Path], words: str) -> Message:
        try:
            backing_up.set_folders(self.counter.ledger, list(folders))
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", words)

    # In words --------------------------------------------------------------------------------------------------------

    def last(self) -> Fact:
        """The last good backup, wherever it went."""
        return age_fact(backing_up.last_good(self.counter.db), self.counter.clock())

    def when_words(self) -> str:
        """When backups are made; without a folder none is."""
        if self.folders():
            return _("Made by itself after every closing and once a day.")
        return _("Once a folder is chosen: made by itself after every closing and once a day.")

    def folder_words(self) -> str:
        """The label of the field, with its key."""
        return _("One more &folder for backups") if self.folders() else _("&Folder for backups")

    def facts(self, state: FolderState) -> list[Fact]:
        """What there is to say of a folder."""
        if not state.there:
            return [(_("Not there now. Insert the stick or connect the network."), "alert-outline", "warning")]
        text, icon, tone = age_fact(state.newest, self.counter.clock())
        if state.copies > 1:
            text += " · " + _("{count} copies").format(count=state.copies)
        free = _("{size} free").format(size=size_text(state.free))
        if state.free < ROOM_FOR * self.counter.ledger.path.stat().st_size:
            return [(text, icon, tone), (free, "alert-outline", "warning")]
        return [(text, icon, tone), (free, "usb-flash-drive-outline", "muted")]

    def result(self, outcome: Outcome) -> Fact:
        """What the last run did in a folder."""
        if outcome.path is not None:
            name = outcome.path.name
            return _("Backed up and checked: {name}").format(name=name), "check-circle-outline", "success"
        return (
            describe(outcome.fault) if outcome.fault else _("Nothing was saved here."),
            "alert-circle-outline",
            "danger",
        )

    def after_closing(self, run: Running) -> list[Fact]:
        """What the last page of a closing tells of its backup."""
        if run.running:
            done, total = run.progress
            share = f" {100 * done // total} %" if total else ""
            return [(_("Backing up …") + share, "backup-restore", "muted")]
        if not self.folders():
            text = _("No backup: choose a folder in Settings, Data safety.")
            return [(text, "database-alert-outline", "warning")]
        faults = [(describe(fault), "alert-circle-outline", "danger") for fault in run.faults()]
        return [self.result(one) for one in run.outcomes if one.path is not None] + faults

    def ended(self, outcomes: Sequence[Outcome], faults: Sequence[PosError]) -> Message:
        """What to say after a run that somebody asked for."""
        good = sum(one.path is not None for one in outcomes)
        if not faults and good:
            return Message("S", _("Backed up and checked in {count} folders.").format(count=good))
        if not faults:
            return Message("W", _("Choose the folder for backups first."))
        text = describe(faults[0])
        if good and good < len(outcomes):
            text = _("Backed up in {count} folders, not in all. {reason}").format(count=good, reason=text)
        return Message("W" if good else "E", text)


def _state(folder: Path, ledger_id: str) -> FolderState:
    if not folder.is_dir():
        return FolderState(folder)
    own = backups_in(folder, ledger_id)
    newest = own[0].made_at if own else None
    return FolderState(folder, True, newest, len(own), shutil.disk_usage(folder).free)


def age_fact(moment: datetime | None, now: datetime) -> Fact:
    """When a backup was made, and how long ago that is."""
    if moment is None:
        return _("No backup yet"), "database-alert-outline", "warning"
    days = (business_date(now) - business_date(moment)).days
    words = short_moment(moment, language())
    if days >= STALE_BACKUP_DAYS:
        text = _("Last backup {moment}, {days} days ago").format(moment=words, days=days)
        return text, "database-alert-outline", "warning"
    return _("Last backup {moment}").format(moment=words), "check-circle-outline", "success"


def size_text(size: int) -> str:
    """Bytes as people say them."""
    if size >= 1_000_000_000:
        return f"{size // 1_000_000_000} GB"
    return f"{max(1, size // 1_000_000)} MB"
