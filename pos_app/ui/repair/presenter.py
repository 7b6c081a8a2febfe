"""Rules of the repair: what is wrong, what helps, what it costs, what was done. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pos_app.domain.dates import WIB, short_moment
from pos_app.domain.formats import thousands
from pos_app.i18n import _, language
from pos_app.ledger.backup import Found, backups_in, reading
from pos_app.ledger.verify import Progress
from pos_app.services import backing_up, repairing
from pos_app.services.repairing import Diagnosis, Lost, Repaired
from pos_app.ui import backup_note
from pos_app.ui.messages import Message, failure

Repair = Callable[[Path, Sequence[Path], Progress], Repaired]
"""The ledger, backups newest first, progress."""
Fact = tuple[str, str, str]
"""Text, icon, tone."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A diagnosis with the backups that were found for this ledger, newest first."""

    diagnosis: Diagnosis
    backups: Sequence[Found]


class RepairPresenter:
    """One ledger that does not open or does not verify. ``folder`` is one more place to look for backups."""

    def __init__(self, path: Path, repair: Repair) -> None:
        self.path = path
        self._repair = repair
        self.folder: Path | None = None
        self.looked: Looked | None = None
        self.repaired: Repaired | None = None

    # Looking ---------------------------------------------------------------------------------------------------------

    def look_work(self) -> Callable[[Progress], Looked]:
        """What a worker does first; it changes nothing."""
        path, more = self.path, [self.folder] if self.folder else []

        def work(tell: Progress) -> Looked:
            diagnosis = repairing.diagnose(path, tell)
            return Looked(diagnosis, find_backups(path, diagnosis.ledger_id, more))

        return work

    @property
    def can_repair(self) -> bool:
        """Whether a way is known."""
        looked = self.looked
        return looked is not None and (looked.diagnosis.condition == "projections" or bool(looked.backups))

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to repair."""
        return self.looked is not None and self.looked.diagnosis.condition == "whole"

    def wrong(self) -> list[Fact]:
        """What is wrong, in plain words."""
        if self.looked is None:
            return []
        found = self.looked.diagnosis
        count = thousands(found.entries)
        if found.condition == "whole":
            text = _("The ledger is whole: {count} entries checked.").format(count=count)
            return [(text, "check-circle-outline", "success")]
        if found.condition == "projections":
            text = _("The journal is whole ({count} entries), but sums made from it are wrong.").format(count=count)
        elif found.condition == "journal":
            text = _("Entry {entry} of the journal was changed or damaged; {count} entries can be read.")
            text = text.format(entry=thousands(found.entry), count=count)
        else:
            text = _("The file of the books cannot be read.")
        facts = [(text, "alert-circle-outline", "danger")]
        if found.reason:
            facts.append((_("For support: {reason}").format(reason=found.reason), "information-outline", "muted"))
        return facts

    def plan(self) -> list[Fact]:
        """What the main button does, and what it costs."""
        if self.looked is None or self.is_whole:
            return []
        found = self.looked.diagnosis
        if found.condition == "projections":
            text = _("Every sum is worked out again from the journal. Nothing is lost, and numbers go on as before.")
            return [(text, "check-circle-outline", "success"), self._kept()]
        if not self.looked.backups:
            text = _("A backup is needed. Insert every stick that backups went to, and choose its folder below.")
            return [(text, "alert-outline", "warning"), self._untouched()]
        newest = self.looked.backups[0]
        text = _("The backup of {moment} with {count} entries is taken; what can be read after it is added.")
        text = text.format(moment=moment_text(newest.made_at), count=thousands(newest.entries))
        facts = [(text, "backup-restore", "text")]
        if found.condition == "unreadable" or found.entries > newest.entries:
            lost = _("What was recorded after it may be lost here. The centre and the papers still tell it.")
            facts.append((lost, "alert-outline", "warning"))
        else:
            facts.append((_("It holds every entry: nothing is lost."), "check-circle-outline", "success"))
        numbers = _("Documents get a new beginning in their numbers, so that none is printed twice.")
        return [*facts, (numbers, "information-outline", "text"), self._kept()]

    def backup_facts(self) -> list[Fact]:
        """The backups that were found."""
        if self.looked is None or self.looked.diagnosis.condition in ("whole", "projections"):
            return []
        if not self.looked.backups:
            return [(_("No backup of this till was found yet."), "alert-outline", "warning")]
        return [
            (
                _("{moment} · {count} entries · {path}").format(
                    moment=moment_text(one.made_at), count=thousands(one.entries), path=one.path
                ),
                "backup-restore",
                "text",
            )
            for one in self.looked.backups[:5]
        ]

    def main_words(self) -> str:
        """What the main button says."""
        if self.repaired is not None or self.is_whole:
            return _("Open the till")
        if self.looked is not None and self.looked.diagnosis.condition == "projections":
            return _("Rebuild from the journal")
        return _("Restore the newest backup")

    def _kept(self) -> Fact:
        text = _("The damaged file is kept beside the new one in {folder}.").format(folder=self.path.parent)
        return text, "information-outline", "muted"

    def _untouched(self) -> Fact:
        text = _("Nothing is changed meanwhile. The damaged file is kept at {path}.").format(path=self.path)
        return text, "information-outline", "muted"

    # Repairing -------------------------------------------------------------------------------------------------------

    def repair_work(self) -> Callable[[Progress], Repaired]:
        """What a worker does; whatever it does, the damaged file is kept."""
        path, repair = self.path, self._repair
        backups = [one.path for one in self.looked.backups] if self.looked is not None else []
        return lambda tell: repair(path, backups, tell)

    def result(self) -> list[Fact]:
        """What was done."""
        done = self.repaired
        if done is None:
            return []
        text = _("The ledger is whole again: {count} entries.").format(count=thousands(done.entries))
        facts: list[Fact] = [(text, "check-circle-outline", "success")]
        if done.backup is not None:
            facts.append((_("Restored from {name}.").format(name=done.backup.name), "backup-restore", "text"))
        if done.salvaged:
            text = _("{count} later entries were saved from the damaged file.")
            facts.append((text.format(count=thousands(done.salvaged)), "backup-restore", "success"))
        if done.lost is not None:
            facts += lost_facts(done.lost)
        elif done.backup is not None:
            facts.append((_("Nothing that could be read was lost."), "check-circle-outline", "success"))
        if done.aside is not None:
            text = _("The damaged file is kept at {path}.").format(path=done.aside)
            facts.append((text, "information-outline", "muted"))
        return facts

    def save_report(self, folder: Path) -> Path:
        """The report for support, as far as it can be made without a ledger."""
        from pos_app.services import diagnostics  # late: seldom needed

        return diagnostics.collect(None, folder, datetime.now(WIB))

    def failed(self, error: Exception) -> Message:
        """Why it was not repaired; nothing was changed then."""
        message = failure(error, str(self.path))
        text = _("{reason} Nothing was changed; the damaged file is kept at {path}.")
        return Message("E", text.format(reason=message.text, path=self.path))


def lost_facts(lost: Lost) -> list[Fact]:
    """What is not there any more, and where it still stands."""
    if lost.last >= lost.first:
        text = _("Not there any more: entries {first} to {last}.")
        text = text.format(first=thousands(lost.first), last=thousands(lost.last))
    else:
        text = _("What came after entry {entry} is not there any more, if there was anything.")
        text = text.format(entry=thousands(lost.first - 1))
    if lost.after:
        moment = moment_text(datetime.fromisoformat(lost.after))
        text += " " + _("The entry before is of {moment}.").format(moment=moment)
    facts = [(text, "alert-outline", "warning")]
    if lost.listed is not None:
        text = _("{count} of them could still be read and are listed in {path}.")
        text = text.format(count=thousands(lost.readable), path=lost.listed)
        facts.append((text, "information-outline", "text"))
    again = _("Enter again what is on paper, with the old number as its reference. The centre knows what was sent.")
    return [*facts, (again, "alert-outline", "warning")]


def find_backups(path: Path, ledger_id: str, more: Sequence[Path]) -> list[Found]:
    """Backups of this ledger: in its own folders as far as they are known, beside it, and in ``more`` ones."""
    noted = backup_note.of(path)
    whose = ledger_id or noted.ledger_id or None
    places = [*more, *_known_folders(path), *map(Path, noted.folders), path.parent]
    found = {one.path: one for folder in dict.fromkeys(places) for one in backups_in(folder, whose)}
    return sorted(found.values(), key=lambda one: (one.made_at, one.entries), reverse=True)


def _known_folders(path: Path) -> list[Path]:
    try:
        with reading(path) as ledger:
            return backing_up.folders(ledger.db)
    except Exception:  # noqa: BLE001  a damaged file may fail in any way; its folders are then asked for
        return []


def moment_text(moment: datetime) -> str:
    """A moment in the language of the screen."""
    return short_moment(moment, language())
