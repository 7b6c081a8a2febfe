"""Rules of the repair: what is wrong, what helps, what it costs, what was done. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pos_app.domain.dates import WIB, short_moment
from pos_app.domain.errors import NoUsableBackup, PosError
from pos_app.domain.formats import thousands
from pos_app.i18n import _, language
from pos_app.ledger.backup import Found, backups_in, reading
from pos_app.ledger.verify import Progress
from pos_app.services import backing_up, backup_note, repair_wording
from pos_app.services.repairing import Diagnosis, Repaired
from pos_app.ui.messages import Message, failure

Look = Callable[[Path, Progress], Diagnosis]
"""The ledger, progress."""
Rehearse = Callable[[Path, Sequence[Path], Progress], Repaired]
"""What a repair would do; the ledger, backups newest first, progress."""
Fact = tuple[str, str, str]
"""Text, icon, tone."""


class Repair(Protocol):
    """``coming_back.repaired``: the ledger, backups newest first."""

    def __call__(
        self, path: Path, backups: Sequence[Path], *, without_backup: bool, progress: Progress
    ) -> Repaired: ...


@dataclass(frozen=True, slots=True)
class Looked:
    """A diagnosis with the backups that were found for this ledger, newest first.

    ``planned`` is what a repair would do, as far as that is known; ``refused`` says that it would not be enough.
    """

    diagnosis: Diagnosis
    backups: Sequence[Found]
    planned: Repaired | None = None
    refused: bool = False


class RepairPresenter:
    """One ledger that does not open or does not verify. ``folder`` is one more place to look for backups.

    ``refused`` says that it was tried: the file alone is not enough, and no backup that was found goes with it.
    ``without_backup`` is a person's word that there is none; ``till`` whose backups are meant where the file tells not.
    """

    def __init__(self, path: Path, look: Look, rehearse: Rehearse, repair: Repair) -> None:
        self.path = path
        self._look = look
        self._rehearse = rehearse
        self._repair = repair
        self.folder: Path | None = None
        self.looked: Looked | None = None
        self.repaired: Repaired | None = None
        self.refused = False
        self.without_backup = False
        self.till = ""

    # Looking ---------------------------------------------------------------------------------------------------------

    def look_work(self) -> Callable[[Progress], Looked]:
        """What a worker does first; it changes nothing."""
        path, look, more = self.path, self._look, [self.folder] if self.folder else []

        def work(tell: Progress) -> Looked:
            diagnosis = look(path, tell)
            looked = Looked(diagnosis, find_backups(path, diagnosis.ledger_id, more))
            return looked if diagnosis.condition == "whole" else self._planned(looked, tell)

        return work

    def _planned(self, looked: Looked, tell: Progress) -> Looked:
        """With what a repair would really do, unless nothing tells whose books these are."""
        if not (looked.diagnosis.ledger_id or looked.backups):
            return looked
        try:
            done = self._rehearse(self.path, [one.path for one in looked.backups], tell)
        except NoUsableBackup:
            return replace(looked, refused=True)
        except PosError:  # backups of several tills; or no room for a rehearsal: then the repair itself says so
            return looked
        return replace(looked, planned=done)

    def take(self, looked: Looked) -> None:
        """What was found; another look may find what was missing."""
        self.looked = looked
        self.refused, self.without_backup = looked.refused, False
        if self.till not in dict(self.tills()):
            self.till = ""

    @property
    def is_whole(self) -> bool:
        """Whether there is nothing to repair."""
        return self.looked is not None and self.looked.diagnosis.condition == "whole"

    def tills(self) -> list[tuple[str, str]]:
        """Whose backups were found, as id and words; one of them is to be chosen where there are several."""
        backups = self.looked.backups if self.looked is not None else []
        return list({one.ledger_id: f"{one.corner} {one.till} · {one.corner_name}" for one in backups}.items())

    @property
    def must_choose(self) -> bool:
        """Whether nobody knows yet whose books these are."""
        return len(self.tills()) > 1 and not self.till

    def backups(self) -> list[Found]:
        """The backups that may be used, newest first."""
        backups = self.looked.backups if self.looked is not None else []
        return [one for one in backups if not self.till or one.ledger_id == self.till]

    @property
    def can_repair(self) -> bool:
        """Whether there is something to try: the file itself comes first, as long as it tells whose books it holds."""
        if self.looked is None or self.is_whole or self.must_choose:
            return False
        if self.refused:
            return self.without_backup
        return bool(self.looked.diagnosis.ledger_id or self.looked.backups)

    @property
    def may_do_without(self) -> bool:
        """Whether keeping the entries before the damage can be offered: all else was tried."""
        return self.refused and self.looked is not None and bool(self.looked.diagnosis.ledger_id)

    @property
    def may_begin_anew(self) -> bool:
        """Whether nothing is left but an empty ledger: no backup, and a file that tells nothing."""
        if self.looked is None or self.is_whole or self.repaired is not None or self.looked.backups:
            return False
        return not (self.can_repair or self.looked.diagnosis.ledger_id)

    def begins_anew(self, typed: str) -> bool:
        """Whether a person typed the words that ask for an empty ledger."""
        return self.may_begin_anew and " ".join(typed.upper().split()) == begin_anew_words()

    # In words --------------------------------------------------------------------------------------------------------

    def wrong(self) -> list[Fact]:
        """What is wrong, in plain words."""
        if self.looked is None:
            return []
        found = self.looked.diagnosis
        seals = repair_wording.of_seals(found)
        doubts = [(seals, "alert-outline", "warning")] if seals else []
        if found.condition == "whole":
            return [(repair_wording.of_diagnosis(found), "check-circle-outline", "success"), *doubts]
        facts = [(repair_wording.of_diagnosis(found), "alert-circle-outline", "danger"), *doubts]
        reason = repair_wording.for_support(found)
        return [*facts, (reason, "information-outline", "muted")] if reason else facts

    def plan(self) -> list[Fact]:
        """What the main button does, and what it costs."""
        if self.looked is None or self.is_whole:
            return []
        if self.without_backup:
            return self._plan_without_backup()
        if self.refused:
            return self._plan_after_refusal()
        if self.looked.planned is not None:
            return [*self._plan_of(self.looked.planned), self._kept()]
        if self.looked.diagnosis.condition == "projections":
            text = _("Every sum is worked out again from the journal. Nothing is lost, and numbers go on as before.")
            return [(text, "check-circle-outline", "success"), self._kept()]
        if self.must_choose:
            text = _("These backups are of several tills. Choose below whose books are to be repaired.")
            return [(text, "alert-outline", "warning"), self._untouched()]
        needed = _("A backup is needed. Insert every stick that backups went to, and choose its folder below.")
        if not self.can_repair:
            back = _("Or put the file back to {path}, or plug in its disk, and look again.").format(path=self.path)
            more = [(back, "backup-restore", "text")] if self._is_missing else []
            return [(needed, "alert-outline", "warning"), *more, self._untouched()]
        if not self.backups():
            text = _("First the file itself is tried: where every entry can still be read, nothing is lost.")
            otherwise = _(
                "Else a backup is needed. Insert every stick that backups went to, and choose its folder below."
            )
            return [(text, "backup-restore", "text"), (otherwise, "alert-outline", "warning"), self._kept()]
        return [*self._plan_with(self.backups()[0], self.looked.diagnosis), self._kept()]

    def _plan_of(self, done: Repaired) -> list[Fact]:
        """What was rehearsed."""
        count = thousands(done.entries)
        if done.backup is not None:
            base = thousands(done.entries - done.salvaged)
            text = _("The backup {name} with {base} entries is taken, and {more} entries of the file after it.")
            text = text.format(name=done.backup.name, base=base, more=thousands(done.salvaged))
        elif done.salvaged:
            text = _("A new file is made of the {count} entries that can be read.").format(count=count)
        else:
            text = _("Every sum is worked out again from the journal: {count} entries.").format(count=count)
        facts = [(text, "backup-restore", "text")]
        if done.lost is not None:
            span = repair_wording.span(done.lost)
            more = _("The papers still tell what was recorded there, and the centre what it was sent.")
            facts.append((f"{span} {more}", "alert-outline", "warning"))
        else:
            facts.append((_("Nothing is lost."), "check-circle-outline", "success"))
        if done.sealed:
            facts.append((repair_wording.sealed_again(done), "information-outline", "text"))
        if done.renumbered:
            numbers = _("Documents get a new beginning in their numbers then, so that none is printed twice.")
        else:
            numbers = _("Numbers go on as before.")
        return [*facts, (numbers, "information-outline", "text")]

    def _plan_with(self, newest: Found, found: Diagnosis) -> list[Fact]:
        text = _(
            "What can be read is saved, on top of the backup of {moment} with {count} entries where that is needed."
        )
        text = text.format(moment=moment_text(newest.made_at), count=thousands(newest.entries))
        facts = [(text, "backup-restore", "text")]
        if found.condition in ("unreadable", "missing") or found.entries > newest.entries:
            lost = _(
                "What was recorded after it may be lost. The papers still tell it, and the centre what it was sent."
            )
            facts.append((lost, "alert-outline", "warning"))
        else:
            facts.append((_("It holds every entry: nothing is lost."), "check-circle-outline", "success"))
        numbers = _("Documents get a new beginning in their numbers then, so that none is printed twice.")
        return [*facts, (numbers, "information-outline", "text")]

    def _plan_after_refusal(self) -> list[Fact]:
        text = _("The file alone is not enough, and no backup that was found goes with it.")
        more = _("Insert every stick that backups went to, and choose its folder below.")
        facts = [(text, "alert-outline", "warning"), (more, "usb-flash-drive-outline", "text")]
        if not self.may_do_without:
            nothing = _("The file does not even tell whose books it holds, so only a backup helps.")
            facts.append((nothing, "alert-outline", "warning"))
        return [*facts, self._untouched()]

    def _plan_without_backup(self) -> list[Fact]:
        text = _("Only what comes before the damage is kept; what can be read of the rest is listed in a file.")
        numbers = _("Documents get a new beginning in their numbers then, so that none is printed twice.")
        return [(text, "alert-outline", "danger"), (numbers, "information-outline", "text"), self._kept()]

    def backup_facts(self) -> list[Fact]:
        """The backups that were found."""
        if self.looked is None or self.is_whole:
            return []
        if self.looked.diagnosis.condition == "projections" and not self.refused:
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
            for one in self.backups()[:5]
        ]

    def main_words(self) -> str:
        """What the main button says."""
        if self.repaired is not None or self.is_whole:
            return _("Open the till")
        if self.without_backup:
            return _("Repair without a backup")
        planned = self.looked.planned if self.looked is not None else None
        sums_alone = planned is None or not (planned.backup or planned.salvaged)
        if self.looked is not None and self.looked.diagnosis.condition == "projections" and sums_alone:
            return _("Rebuild from the journal")
        return _("Repair the ledger")

    def anew_facts(self) -> list[Fact]:
        """What an empty ledger means, where nothing else is left."""
        if not self.may_begin_anew:
            return []
        told = [
            _("Only when no backup can be found any more: the till begins with an empty ledger."),
            _("Its documents get a new beginning in their numbers, so that none is printed twice."),
            _("Stock, debts to producers, tabs and cash are entered as opening balances before the first sale."),
        ]
        if not self._is_missing:
            told.append(_("The damaged file is kept beside it under another name."))
        return [(text, "alert-outline" if text is told[0] else "information-outline", "text") for text in told]

    @property
    def _is_missing(self) -> bool:
        return self.looked is not None and self.looked.diagnosis.condition == "missing"

    def _kept(self) -> Fact:
        if self._is_missing:
            return _("The ledger lies at {path} then.").format(path=self.path), "information-outline", "muted"
        text = _("The damaged file is kept beside the new one in {folder}.").format(folder=self.path.parent)
        return text, "information-outline", "muted"

    def _untouched(self) -> Fact:
        if self._is_missing:
            return _("Nothing is changed meanwhile."), "information-outline", "muted"
        text = _("Nothing is changed meanwhile. The damaged file is kept at {path}.").format(path=self.path)
        return text, "information-outline", "muted"

    # Repairing -------------------------------------------------------------------------------------------------------

    def repair_work(self) -> Callable[[Progress], Repaired]:
        """What a worker does; whatever it does, the damaged file is kept."""
        path, repair, without = self.path, self._repair, self.without_backup
        backups = [one.path for one in self.backups()]
        return lambda tell: repair(path, backups, without_backup=without, progress=tell)

    def result(self) -> list[Fact]:
        """What was done."""
        done = self.repaired
        if done is None:
            return []
        text = _("The ledger is whole again: {count} entries.").format(count=thousands(done.entries))
        facts: list[Fact] = [(text, "check-circle-outline", "success")]
        facts.append((repair_wording.way_of(done), "backup-restore", "text"))
        if done.lost is not None:
            facts += [(text, "alert-outline", "warning") for text in repair_wording.of_loss(done.lost)]
        else:
            facts.append((_("Nothing is known to be lost."), "check-circle-outline", "success"))
        return facts + [(text, "information-outline", "muted") for text in repair_wording.after(done)]

    def save_report(self, folder: Path) -> Path:
        """The report for support, as far as it can be made without a ledger."""
        from pos_app.services import diagnostics  # late: seldom needed

        return diagnostics.collect(None, folder, datetime.now(WIB))

    def failed(self, error: Exception) -> Message:
        """Why it was not repaired; nothing was changed then."""
        self.without_backup = False
        message = failure(error, str(self.path))
        if isinstance(error, NoUsableBackup):
            self.refused = True
            return message  # the plan tells the rest
        if self._is_missing:
            return Message("E", _("{reason} Nothing was changed.").format(reason=message.text))
        text = _("{reason} Nothing was changed; the damaged file is kept at {path}.")
        return Message("E", text.format(reason=message.text, path=self.path))


def begin_anew_words() -> str:
    """What is typed to ask for an empty ledger."""
    return _("BEGIN ANEW")


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
