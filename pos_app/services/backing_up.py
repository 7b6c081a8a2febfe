"""Automatic backups: where they go, when one is due, which old ones may go, and when the last good one was made.

All of it runs on a worker with a ledger of its own. One folder that fails never stops the others.
"""

import json
import re
import time
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from pos_app import logbook
from pos_app.domain.dates import business_date
from pos_app.domain.errors import EnvironmentFault, NoBackupFolder, PosError
from pos_app.ledger import backup, binding, queries, registry
from pos_app.ledger.backup import Found
from pos_app.ledger.copying import STEPS, Progress
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection, remove
from pos_app.ledger.vault import Vault
from pos_app.ledger.vouching import foreign_seal

FOLDERS: Final = "backup.folders"
"""Setting: a JSON list of folders, a stick, a network folder."""
FOLDER: Final = "backup.folder"
"""Setting: the first of the folders; ledgers of earlier programs know only one."""
AT: Final = "backup.at"
"""Setting: when the last good backup was made (ISO time)."""
DONE: Final = "backup.done"
"""Setting: JSON, the time of the last good backup in each folder."""

DAYS, WEEKS, MONTHS = 14, 8, 12
"""Kept: the last backup of so many days, weeks and months that have one."""
LEFTOVER: Final = timedelta(days=1)
"""A ``.part`` of this till that is older is the rest of a run that was killed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the backup in one folder: its path, or the fault.

    Both where it is whole, but its newest closing was sealed by another computer's key (``ForeignSeal``): told once.
    """

    folder: Path
    path: Path | None
    fault: EnvironmentFault | None


def folders(db: Connection) -> list[Path]:
    """Where backups of this till go; empty while nobody has chosen."""
    return folders_of({key: queries.setting(db, key, "") for key in (FOLDER, FOLDERS)})


def folders_of(settings: Mapping[str, str]) -> list[Path]:
    """The same from settings that were read otherwise."""
    names = [settings.get(FOLDER, "")]
    with suppress(ValueError, TypeError):
        names = [str(name) for name in json.loads(settings.get(FOLDERS, ""))]
    return [Path(name) for name in names if name]


def set_folders(ledger: Ledger, chosen: Sequence[Path]) -> None:
    """Choose where backups go; each folder once, in this order."""
    names = list(dict.fromkeys(str(folder) for folder in chosen))
    with ledger.write() as tx:
        registry.set_setting(tx.db, FOLDERS, json.dumps(names, ensure_ascii=False))
        registry.set_setting(tx.db, FOLDER, names[0] if names else "")


def run(ledger: Ledger, vault: Vault, now: datetime, progress: Progress | None = None) -> list[Outcome]:
    """A verified backup in every folder, old ones rotated; at a closing, once a day, and when somebody asks.

    The first copy is verified entry by entry, the others are its bytes. ``ledger`` is the worker's own. What
    ``progress`` raises ends the run. Faults of a folder are in its outcome; nothing else is raised for them.
    """
    foreign = _foreign(ledger, vault)
    with suppress(PosError):  # a fault of the disk is the backup's to tell; it is tried again with the next
        binding.bind(ledger, vault)
    chosen = folders(ledger.db)
    outcomes: list[Outcome] = []
    for place, folder in enumerate(chosen):
        first = next((one.path for one in outcomes if one.path is not None), None)
        try:
            if not folder.is_dir():
                raise NoBackupFolder(str(folder))
            path = backup.back_up(ledger, folder, now, progress) if first is None else backup.copy_again(first, folder)
        except EnvironmentFault as fault:
            outcomes.append(Outcome(folder, None, fault))
        else:
            outcomes.append(Outcome(folder, path, foreign if first is None else None))
            rotate(folder, ledger.identity.ledger_id, path)
        if progress and place:
            progress(STEPS, STEPS)
    _remember(ledger, outcomes, now)
    return outcomes


def _foreign(ledger: Ledger, vault: Vault) -> EnvironmentFault | None:
    """Whether the newest closing was sealed by another computer's key; a key store that is closed tells nothing."""
    with suppress(EnvironmentFault):
        key = vault.known_public_key()
        return foreign_seal(ledger.db, key) if key is not None else None
    return None


def last_good(db: Connection) -> datetime | None:
    """When the last good backup was made, wherever it lies."""
    return _moment(queries.setting(db, AT, ""))


def due(db: Connection, now: datetime) -> bool:
    """Whether a backup should be made now: none is of today, and something is recorded."""
    if not folders(db) or queries.last_recorded_at(db) is None:
        return False
    last = last_good(db)
    return last is None or business_date(last) != business_date(now)


def available(ledger: Ledger, more: Iterable[Path] = ()) -> list[Found]:
    """The backups of this till in all its folders and ``more`` ones, newest first."""
    places = dict.fromkeys([*folders(ledger.db), *more])
    found = [one for folder in places for one in backup.backups_in(folder, ledger.identity.ledger_id)]
    return sorted(found, key=lambda one: (one.made_at, one.entries), reverse=True)


# Rotation --------------------------------------------------------------------------------------------------------


def rotate(folder: Path, ledger_id: str, made: Path | None = None) -> list[Path]:
    """Remove the backups of this ledger that are kept no longer; what was removed.

    The one that was just ``made`` stays, whatever the clock says of the others.
    Only files with this program's stamp and this ledger's identity inside are touched, and the leftovers of runs
    that were killed. A folder that forbids it keeps everything.
    """
    found = [one for one in backup.backups_in(folder, ledger_id) if one.verified and not _is_in_use(one)]
    removed: list[Path] = []
    with suppress(OSError):
        for one in outdated(found):
            if one.path == made:
                continue
            remove(one.path)
            removed.append(one.path)
        _remove_leftovers(folder, found)
    return removed


def outdated(found: Sequence[Found]) -> list[Found]:
    """Which of one ledger's verified backups may go; never the newest, nor the one with the most entries."""
    newest_first = sorted(found, key=lambda one: (one.made_at, one.entries), reverse=True)
    keep = {one.path for one in newest_first[:1]}
    keep |= {max(found, key=lambda one: (one.entries, one.made_at)).path} if found else set()
    for period, number in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        first_of: dict[Hashable, Path] = {}
        for one in newest_first:
            first_of.setdefault(period(business_date(one.made_at)), one.path)
        keep |= set(list(first_of.values())[:number])
    return [one for one in newest_first if one.path not in keep]


def _is_in_use(one: Found) -> bool:
    """Whether somebody went on recording in a copy."""
    last = _moment(one.last_at)
    return last is not None and last > one.made_at


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return day.isocalendar()[:2]


def _month(day: date) -> Hashable:
    return (day.year, day.month)


def _remove_leftovers(folder: Path, found: Sequence[Found]) -> None:
    """Unfinished copies under the names of this ledger's backups: half a file cannot tell whose it is."""
    series = {one.path.name.split("-")[1] for one in found}
    for path in folder.glob("pojok-*.db.part"):
        ours = re.fullmatch(r"pojok-(\w+)-\d{8}-\d{6}(-\d+)?\.db\.part", path.name)
        if ours and ours[1] in series and time.time() - path.stat().st_mtime > LEFTOVER.total_seconds():
            remove(path)


# What is remembered ----------------------------------------------------------------------------------------------


def _remember(ledger: Ledger, outcomes: Sequence[Outcome], now: datetime) -> None:
    moment = now.isoformat(timespec="seconds")
    good = [str(one.folder) for one in outcomes if one.path is not None]
    logbook.note("backup", good=len(good), failed=len(outcomes) - len(good))
    if not good:
        return
    with ledger.write() as tx:
        done = _times(tx.db) | dict.fromkeys(good, moment)
        registry.set_setting(tx.db, DONE, json.dumps(done, ensure_ascii=False))
        registry.set_setting(tx.db, AT, moment)


def _times(db: Connection) -> dict[str, str]:
    with suppress(ValueError, AttributeError):
        return {str(folder): str(at) for folder, at in json.loads(queries.setting(db, DONE, "{}")).items()}
    return {}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
