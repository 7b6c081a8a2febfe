"""Verified copies of a ledger, and the way back."""

from contextlib import closing, suppress
from datetime import datetime
from itertools import count
from pathlib import Path

from pos_app.domain.errors import LedgerExists
from pos_app.ledger.ledger import Ledger, check_is_ledger
from pos_app.ledger.sqlite import Connection, connect_plainly, faults, make_private, remove
from pos_app.ledger.verify import verify


def back_up(ledger: Ledger, folder: Path, now: datetime) -> Path:
    """A copy of the ledger in ``folder``, complete and verified; its path. Raises an ``EnvironmentFault``.

    No other copy is replaced, not even one of the same second.
    """
    path = _reserved(folder, f"pojok-{ledger.identity.series}-{now:%Y%m%d-%H%M%S}")
    return _copied(ledger.db, path, numbers_anew=False)


def restore(backup: Path, path: Path) -> Ledger:
    """Open a verified copy of ``backup`` as the ledger ``path``, which must not be there yet.

    ``backup`` is only read, so it may lie on a write-protected stick. Document numbers start anew
    (``Ledger.number_anew``). Raises ``LedgerExists``, ``NotALedger``, ``DamagedLedger`` or another fault;
    ``path`` is then untouched.
    """
    if path.exists():
        raise LedgerExists(str(path))
    check_is_ledger(backup)
    with faults(path):
        remove(_unfinished(path))
        make_private(_unfinished(path))
    alone = "" if backup.with_name(f"{backup.name}-wal").exists() else "&immutable=1"
    with faults(backup), closing(connect_plainly(f"{backup.resolve().as_uri()}?mode=ro{alone}")) as source:
        return Ledger.open(_copied(source, path, numbers_anew=True))


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


def _copied(source: Connection, path: Path, *, numbers_anew: bool) -> Path:
    """A verified copy of an open ledger at ``path``, whose unfinished file is there already."""
    unfinished = _unfinished(path)
    with faults(path):
        try:
            with closing(connect_plainly(str(unfinished))) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            with closing(Ledger.open(unfinished)) as ledger:
                verify(ledger)
                if numbers_anew:
                    ledger.number_anew(ledger.identity.restored)
                ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return unfinished.replace(path)
        except BaseException:
            remove(unfinished)
            raise
