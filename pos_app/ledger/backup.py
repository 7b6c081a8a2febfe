"""Verified copies of a ledger, and the way back.

A copy gets its name only after it was read back from its disk and verified; until then it is a ``.part``. It carries
a stamp (``meta.backup_at``), so that a folder's backups are told from other files by what they are.
"""

import filecmp
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from pos_app.domain.dates import WIB
from pos_app.domain.errors import BadCopy, DamagedLedger, DiskFull, LedgerExists, NoBackupSpace, OtherLedger, PosError
from pos_app.ledger.ledger import Ledger, check_is_ledger, identity_of
from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import Connection, connect_plainly, faults, make_private, remove
from pos_app.ledger.verify import verify

Progress = Callable[[int, int], None]
"""Hears of steps done and steps in all. What it raises ends the work, and nothing is left of it."""

STAMP: Final = "backup_at"
RESTORED_SEQ: Final = "restored_seq"
"""Rows of ``meta``: when this copy was made; the last entry that came from a backup."""
NAMED: Final = re.compile(r"pojok-\w+-(\d{8}-\d{6})(-\d+)?\.db")
BESIDE: Final = ("-wal", "-shm", "-journal")
STEPS: Final = 1_000
COPIED: Final = 200
"""Of a thousand steps, so many are for copying; verifying takes the rest."""
PAGES: Final = 1_000
MARGIN_BYTES: Final = 8_000_000
MEGABYTE: Final = 1_000_000


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


def back_up(
    ledger: Ledger,
    folder: Path,
    now: datetime,
    progress: Progress | None = None,
    *,
    trusted_key: bytes | None = None,
) -> Path:
    """A copy of the ledger in ``folder``, complete and verified; its path. The counter may go on selling.

    ``ledger`` is the caller's own connection, ``trusted_key`` the till's public key (``verify``). No other file is
    replaced, not even a copy of the same second. Raises
    ``NoBackupSpace``, ``BadCopy``, ``DamagedLedger`` or another ``EnvironmentFault``; nothing half written stays.
    """
    size = _size(ledger.db)
    _check_space(folder, size)
    path = _reserved(folder, f"pojok-{ledger.identity.series}-{now:%Y%m%d-%H%M%S}")
    unfinished = _unfinished(path)
    with _no_space_when_full(folder, size), faults(path), removed_on_failure(unfinished):
        _copy(ledger.db, unfinished, _part_of(progress, 0, COPIED), stamp=now)
        _settle(unfinished)
        try:
            with reading(unfinished) as read_back:
                verify(read_back, _part_of(progress, COPIED, STEPS), trusted_key=trusted_key)
        except DamagedLedger:
            verify(ledger, trusted_key=trusted_key)  # which of the two is damaged?
            raise BadCopy(str(folder)) from None
        _name(unfinished, path)
    return path


def copy_again(backup: Path, folder: Path) -> Path:
    """The bytes of a verified backup in one more folder, compared after they were written; the path there.

    Raises ``NoBackupSpace``, ``BadCopy`` or another ``EnvironmentFault``; nothing half written stays.
    """
    with faults(backup):
        size = backup.stat().st_size
    _check_space(folder, size)
    path = _reserved(folder, backup.stem)
    unfinished = _unfinished(path)
    with _no_space_when_full(folder, size), faults(path), removed_on_failure(unfinished):
        shutil.copyfile(backup, unfinished)
        _settle(unfinished)
        if not filecmp.cmp(backup, unfinished, shallow=False):
            raise BadCopy(str(folder))
        _name(unfinished, path)
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
    except (PosError, ValueError):
        return None
    who = ledger.identity
    entries, head, last_at = (last[0], last[1].hex(), last[2]) if last else (0, "", "")
    return Found(path, made_at, who.ledger_id, who.corner, who.corner_name, who.till, entries, head, last_at, verified)


def restore(
    backup: Path, path: Path, *, replace_at: datetime | None = None, progress: Progress | None = None
) -> Ledger:
    """Open a verified copy of ``backup`` as the ledger ``path``.

    ``backup`` is only read, so it may lie on a write-protected stick; one of an older program is upgraded on the way.
    A ledger that is there is refused with ``LedgerExists``, or put aside under the time ``replace_at``
    (``put_aside``), once the copy proved whole. Document numbers start anew (``Ledger.number_anew``).
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
            come_back(ledger)
        put_in_place(unfinished, path, replace_at)
    return Ledger.open(path)


def prepare(backup: Path, path: Path, progress: Progress | None = None) -> Path:
    """A verified copy of ``backup`` in this program's schema, beside the ledger ``path`` that it is to become."""
    unfinished = clear(path)
    with reading(backup) as source, faults(path), removed_on_failure(unfinished):
        make_private(unfinished)
        _copy(source.db, unfinished, _part_of(progress, 0, COPIED))
        with closing(Ledger.open(unfinished)) as ledger:
            verify(ledger, _part_of(progress, COPIED, STEPS))
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
    unfinished = _unfinished(path)
    with faults(path):
        _discard(unfinished)
    return unfinished


def come_back(ledger: Ledger) -> None:
    """Make a copy of the past the ledger of today.

    Its numbers start anew. A cart that was being filled may have been paid since: drafts go. Papers that waited may
    have been printed: they are asked about.
    """
    last = ledger.head().seq
    with ledger.write() as tx:
        tx.db.execute("DELETE FROM meta WHERE key = ?", (STAMP,))
        tx.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (RESTORED_SEQ, str(last)))
        tx.db.execute("DELETE FROM drafts")
        tx.db.execute("UPDATE print_jobs SET state = 'unsure' WHERE state IN ('waiting', 'printing')")
    ledger.number_anew(ledger.identity.restored)
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
        _discard(unfinished, main=False)
        _settle(unfinished)
        aside = put_aside(path, at) if at is not None else None
        try:
            _name(unfinished, path)
        except BaseException:
            if aside is not None:
                _move(aside, path)
            raise
    return aside


def put_aside(path: Path, at: datetime) -> Path | None:
    """Rename a ledger with all that SQLite keeps beside it to ``<name>.damaged-<time>``; None when there is nothing."""
    if not any(path.with_name(path.name + suffix).exists() for suffix in ("", *BESIDE)):
        return None
    stem = f"{path.name}.damaged-{at:%Y%m%d-%H%M%S}"
    aside = next(
        one for number in count(1) if not (one := path.with_name(stem if number == 1 else f"{stem}-{number}")).exists()
    )
    with faults(path):
        _move(path, aside)
        _sync_folder(path.parent)
    return aside


def _move(path: Path, other: Path) -> None:
    """The file itself first: without it nobody takes what is left beside for a whole ledger."""
    for suffix in ("", *BESIDE):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(other.with_name(other.name + suffix))


# One copy --------------------------------------------------------------------------------------------------------


def _unfinished(path: Path) -> Path:
    """Where a copy is written; it gets its name only after it proved whole."""
    return path.with_name(f"{path.name}.part")


def _reserved(folder: Path, stem: str) -> Path:
    """The first free name. It stays ours because its unfinished file is made here."""
    path = folder / f"{stem}.db"
    for number in count(2):
        with faults(path), suppress(FileExistsError):
            make_private(_unfinished(path))
            if not path.exists():
                break
            remove(_unfinished(path))
        path = folder / f"{stem}-{number}.db"
    return path


def _copy(source: Connection, unfinished: Path, progress: Progress | None, *, stamp: datetime | None = None) -> None:
    """All pages of an open ledger as they stand now, whatever is sold meanwhile; ``stamp`` marks a backup."""

    def told(_status: int, left: int, total: int) -> None:
        if progress:
            progress(total - left, total)

    with closing(connect_plainly(str(unfinished))) as copy:
        copy.execute("PRAGMA locking_mode = EXCLUSIVE")  # a network folder has no memory to share
        copy.execute("PRAGMA synchronous = OFF")  # the whole file is synced at the end
        source.execute("BEGIN")
        try:
            source.execute("SELECT 1 FROM meta").fetchone()  # holds this state: a sale would start the copy over
            source.backup(copy, pages=PAGES, progress=told)
        finally:
            source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")
        if stamp is not None:
            row = (STAMP, stamp.isoformat(timespec="seconds"))
            copy.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)


def _part_of(progress: Progress | None, first: int, last: int) -> Progress | None:
    """Tells one stretch of the work in steps of all of it."""
    if progress is None:
        return None
    return lambda done, total: progress(first + (last - first) * done // max(total, 1), STEPS)


def _settle(path: Path) -> None:
    """Bring a file to its disk, and let the next read come from there."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        if sys.platform == "linux":
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _name(unfinished: Path, path: Path) -> None:
    """Give a file its name, never over another one. Raises ``LedgerExists``."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise LedgerExists(str(path)) from None
    except OSError:  # a file system without links
        if path.exists():
            raise LedgerExists(str(path)) from None
        unfinished.rename(path)
    else:
        unfinished.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):  # not every network folder can
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _discard(unfinished: Path, *, main: bool = True) -> None:
    """Remove an unfinished file with what was made beside it."""
    unfinished.with_name(f"{unfinished.name}.before-v{SCHEMA_VERSION}").unlink(missing_ok=True)
    if main:
        remove(unfinished)


@contextmanager
def removed_on_failure(unfinished: Path) -> Iterator[None]:
    """Leaves nothing of an unfinished ledger when the block raises."""
    try:
        yield
    except BaseException:
        with suppress(OSError):  # the stick was pulled out: what is on it is unfinished by its name
            _discard(unfinished)
        raise


def _size(db: Connection) -> int:
    """Bytes of a copy of an open ledger."""
    return int(db.execute("PRAGMA page_count").fetchone()[0]) * int(db.execute("PRAGMA page_size").fetchone()[0])


def _check_space(folder: Path, size: int) -> None:
    """Raise ``NoBackupSpace`` unless a copy of ``size`` bytes fits with a margin."""
    with faults(folder):
        free = shutil.disk_usage(folder).free
    if free < size + size // 20 + MARGIN_BYTES:
        raise _no_space(folder, size, free)


def _no_space(folder: Path, size: int, free: int) -> NoBackupSpace:
    needed = size + size // 20 + MARGIN_BYTES
    return NoBackupSpace(str(folder), -(-needed // MEGABYTE), free // MEGABYTE)


@contextmanager
def _no_space_when_full(folder: Path, size: int) -> Iterator[None]:
    """Another program may fill the disk meanwhile; the till itself goes on selling."""
    try:
        yield
    except DiskFull:
        raise _no_space(folder, size, shutil.disk_usage(folder).free) from None


def _made_at(db: Connection, path: Path) -> tuple[datetime, bool]:
    """When a backup was made, and whether its stamp says so. Raises ``ValueError`` for what is no backup."""
    stamp = db.execute("SELECT value FROM meta WHERE key = ?", (STAMP,)).fetchone()
    if stamp is not None:
        return datetime.fromisoformat(stamp[0]), True
    named = NAMED.fullmatch(path.name)
    if named is None:
        raise ValueError(path.name)
    return datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=WIB), False
