"""Verified copies of a ledger, and the way back.

A copy gets its name only after it was read back from its disk and verified; until then it is a ``.part``. It carries
a stamp (``meta.backup_at``), so that a folder's backups are told from other files by what they are.
"""

import filecmp
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pos_app.domain.dates import WIB
from pos_app.domain.errors import BadCopy, DamagedLedger, LedgerExists, OtherLedger, PosError
from pos_app.ledger.copying import (
    STAMP,
    STEPS,
    Progress,
    check_space,
    copy_pages,
    discard,
    give_name,
    no_space_when_full,
    part_of,
    removed_on_failure,
    reserved,
    settle,
    size_of,
    unfinished_of,
)
from pos_app.ledger.durable import sync_folder, unused
from pos_app.ledger.ledger import Ledger, check_is_ledger, identity_of
from pos_app.ledger.sqlite import BESIDE, CONFUSED, Connection, connect_plainly, faults, make_private
from pos_app.ledger.verify import verify

NAMED: Final = re.compile(r"pojok-\w+-(\d{8}-\d{6})(-\d+)?\.db")
Finish = Callable[[Ledger], None]
COPIED: Final = 200
"""Of a thousand steps, so many are for copying; verifying takes the rest."""


@dataclass(frozen=True, slots=True)
class Found:
    """A backup in a folder. ``head`` is the last hash in hexadecimal, ``last_at`` the time of the last entry.

    ``verified`` says that it was read back whole when it was made; a copy of an older program does not tell.
    """

    path: Path
    made_at: datetime
    ledger_id: str
    corner: str
    corner_name: str
    till: str
    entries: int
    head: str
    last_at: str
    verified: bool


def back_up(ledger: Ledger, folder: Path, now: datetime, progress: Progress | None = None) -> Path:
    """A copy of the ledger in ``folder``, complete and verified; its path. The counter may go on selling.

    ``ledger`` is the caller's own connection. Whose key sealed it is no question here: a ledger that another computer
    sealed is backed up as well. No other file is replaced, not even a copy of the same second. Raises
    ``NoBackupSpace``, ``BadCopy``, ``DamagedLedger`` or another ``EnvironmentFault``; nothing half written stays.
    """
    size = size_of(ledger.db)
    check_space(folder, size)
    path = reserved(folder, f"pojok-{ledger.identity.series}-{now:%Y%m%d-%H%M%S}")
    unfinished = unfinished_of(path)
    with no_space_when_full(folder, size), faults(path), removed_on_failure(unfinished):
        copy_pages(ledger.db, unfinished, part_of(progress, 0, COPIED), stamp=now)
        settle(unfinished)
        try:
            with closing(connect_plainly(str(unfinished))) as db:  # one that might write is told more of a row
                read_back = Ledger(unfinished, db, ledger.identity)
                verify(read_back, part_of(progress, COPIED, STEPS))
        except DamagedLedger:
            verify(ledger)  # which of the two is damaged?
            raise BadCopy(str(folder)) from None
        give_name(unfinished, path)
    return path


def copy_again(backup: Path, folder: Path) -> Path:
    """The bytes of a verified backup in one more folder, compared after they were written; the path there.

    Raises ``NoBackupSpace``, ``BadCopy`` or another ``EnvironmentFault``; nothing half written stays.
    """
    with faults(backup):
        size = backup.stat().st_size
    check_space(folder, size)
    path = reserved(folder, backup.stem)
    unfinished = unfinished_of(path)
    with no_space_when_full(folder, size), faults(path), removed_on_failure(unfinished):
        shutil.copyfile(backup, unfinished)
        settle(unfinished)
        if not filecmp.cmp(backup, unfinished, shallow=False):
            raise BadCopy(str(folder))
        give_name(unfinished, path)
    return path


def backups_in(folder: Path, ledger_id: str | None = None) -> list[Found]:
    """The backups in a folder, newest first; other files are passed over, a folder that is not there is empty."""
    found: list[Found] = []
    with suppress(OSError):
        for path in sorted(folder.glob("*.db")):
            one = look_into(path)
            if one is not None and (ledger_id is None or one.ledger_id == ledger_id):
                found.append(one)
    return sorted(found, key=lambda one: (one.made_at, one.entries, one.path.name), reverse=True)


def look_into(path: Path) -> Found | None:
    """What backup this file is; None where it is none, or cannot be read."""
    try:
        with reading(path) as ledger:
            made_at, verified = _made_at(ledger.db, path)
            last = ledger.db.execute("SELECT seq, hash, recorded_at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            entries, head, last_at = (last[0], bytes.hex(last[1]), str.strip(last[2])) if last else (0, "", "")
    except (PosError, *CONFUSED):
        return None
    who = ledger.identity
    return Found(path, made_at, who.ledger_id, who.corner, who.corner_name, who.till, entries, head, last_at, verified)


def restore(
    backup: Path,
    path: Path,
    *,
    replace_at: datetime | None = None,
    progress: Progress | None = None,
    finish: Finish | None = None,
) -> Ledger:
    """Open a verified copy of ``backup`` as the ledger ``path``.

    ``backup`` is only read, so it may lie on a write-protected stick; one of an older program is upgraded on the way.
    A ledger that is there is refused with ``LedgerExists``, or put aside under the time ``replace_at``
    (``put_aside``), once the copy proved whole. Document numbers start anew (``Ledger.begin_anew``); ``finish``
    does what else belongs to a ledger that came back (``come_back``).
    Raises ``NotALedger``, ``NewerLedger``, ``OtherLedger``, ``DamagedLedger`` or another fault; ``path`` is then
    untouched.
    """
    if path.exists() and replace_at is None:
        raise LedgerExists(str(path))
    with reading(backup) as source:
        if ledger_id_of(path) not in (None, source.identity.ledger_id):
            raise OtherLedger(str(backup))
    unfinished = prepare(backup, path, progress)
    with removed_on_failure(unfinished):
        with closing(Ledger.open(unfinished)) as ledger:
            come_back(ledger, finish)
        put_in_place(unfinished, path, replace_at)
    return Ledger.open(path)


def prepare(backup: Path, path: Path, progress: Progress | None = None) -> Path:
    """A verified copy of ``backup`` in this program's schema, beside the ledger ``path`` that it is to become."""
    unfinished = clear(path)
    with reading(backup) as source:
        size = size_of(source.db)
    check_space(path.parent, size)
    full = no_space_when_full(path.parent, size)
    with full, reading(backup) as source, faults(path), removed_on_failure(unfinished):
        make_private(unfinished)
        copy_pages(source.db, unfinished, part_of(progress, 0, COPIED))
        with closing(Ledger.open(unfinished)) as ledger:
            verify(ledger, part_of(progress, COPIED, STEPS))
    return unfinished


def ledger_id_of(path: Path) -> str | None:
    """Whose ledger a file is, as far as it can be read; None for one that is not there or tells nothing."""
    try:
        with reading(path) as ledger:
            return ledger.identity.ledger_id
    except PosError:
        return None


@contextmanager
def reading(path: Path) -> Iterator[Ledger]:
    """A ledger file opened for reading alone: nothing is upgraded, and nothing appears beside a copy.

    Raises ``LedgerMissing``, ``NotALedger``, ``DamagedLedger`` or another fault.
    """
    check_is_ledger(path)
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    with faults(path), closing(connect_plainly(f"{path.resolve().as_uri()}?mode=ro{alone}")) as db:
        yield Ledger(path, db, identity_of(db))


# The way back, in steps ------------------------------------------------------------------------------------------


def clear(path: Path) -> Path:
    """The name under which the ledger ``path`` is put together; leftovers of an earlier attempt are gone."""
    unfinished = unfinished_of(path)
    with faults(path):
        discard(unfinished)
    return unfinished


def come_back(ledger: Ledger, finish: Finish | None = None) -> None:
    """Make a copy of the past the ledger of today, before it has its name: what is cut off here leaves no ledger.

    Its numbers start anew. A cart that was being filled may have been paid since: drafts go. Papers that waited may
    have been printed: they are asked about. ``finish`` adds what is known beside the ledger: which beginning is next.
    """
    with ledger.write() as tx:
        tx.db.execute("DELETE FROM meta WHERE key = ?", (STAMP,))
        tx.db.execute("DELETE FROM drafts")
        tx.db.execute("UPDATE print_jobs SET state = 'unsure' WHERE state IN ('waiting', 'printing')")
    before = ledger.identity.beginning
    if finish is not None:
        finish(ledger)
    if ledger.identity.beginning == before:
        ledger.begin_anew(before + 1)
    fold(ledger)


def fold(ledger: Ledger) -> None:
    """Bring everything into the file itself, so that it can be renamed alone."""
    with faults(ledger.path):
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def put_in_place(unfinished: Path, path: Path, at: datetime | None) -> Path | None:
    """Give a finished ledger its name; what has it now is put aside first (``put_aside``). Where that lies now.

    There is no moment in which the new file meets the old one's write-ahead log.
    """
    with faults(path):
        discard(unfinished, main=False)
        settle(unfinished)
        aside = put_aside(path, at) if at is not None else None
        try:
            give_name(unfinished, path)
        except BaseException:
            if aside is not None:
                _move(aside, path)
            raise
    return aside


def put_aside(path: Path, at: datetime) -> Path | None:
    """Rename a ledger with all that SQLite keeps beside it to ``<name>.damaged-<time>``; None where there is none."""
    if not any(path.with_name(path.name + suffix).exists() for suffix in ("", *BESIDE)):
        return None
    aside = unused(path.parent, f"{path.name}.damaged-{at:%Y%m%d-%H%M%S}")
    with faults(path):
        _move(path, aside)
        sync_folder(path.parent)
    return aside if aside.exists() else None


def _move(path: Path, other: Path) -> None:
    """The file itself first: without it nobody takes what is left beside for a whole ledger."""
    for suffix in ("", *BESIDE):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(other.with_name(other.name + suffix))


def _made_at(db: Connection, path: Path) -> tuple[datetime, bool]:
    """When a backup was made, and whether its stamp says so. Raises ``ValueError`` for what is no backup."""
    stamp = db.execute("SELECT value FROM meta WHERE key = ?", (STAMP,)).fetchone()
    if stamp is not None:
        return datetime.fromisoformat(stamp[0]).astimezone(WIB), True
    named = NAMED.fullmatch(path.name)
    if named is None:
        raise ValueError(path.name)
    return datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=WIB), False
