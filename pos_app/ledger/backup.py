"""Verified copies of a ledger, and the way back."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

from pos_app.domain.errors import LedgerExists
from pos_app.ledger.ledger import Ledger, check_is_ledger
from pos_app.ledger.sqlite import Connection, connect_plainly, faults, remove
from pos_app.ledger.verify import verify


def back_up(ledger: Ledger, folder: Path, now: datetime) -> Path:
    """A copy of the ledger in ``folder``, complete and verified; its path. Raises an ``EnvironmentFault``."""
    name = f"pojok-{ledger.identity.series}-{now:%Y%m%d-%H%M%S}.db"
    return _copied(ledger.db, folder / name)


def restore(backup: Path, path: Path) -> Ledger:
    """Open a verified copy of ``backup`` as the ledger ``path``, which must not be there yet.

    ``backup`` is only read, so it may lie on a write-protected stick. Raises ``LedgerExists``, ``NotALedger``,
    ``DamagedLedger`` or another fault; ``path`` is then untouched.
    """
    if path.exists():
        raise LedgerExists(str(path))
    check_is_ledger(backup)
    alone = "" if backup.with_name(f"{backup.name}-wal").exists() else "&immutable=1"
    with faults(backup), closing(connect_plainly(f"{backup.resolve().as_uri()}?mode=ro{alone}")) as source:
        return Ledger.open(_copied(source, path))


def _copied(source: Connection, path: Path) -> Path:
    """A verified copy of an open ledger. It gets its name only after it proved whole."""
    unfinished = path.with_name(f"{path.name}.part")
    with faults(path):
        remove(unfinished)
        try:
            with closing(connect_plainly(str(unfinished))) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            _check(unfinished)
            return unfinished.replace(path)
        except BaseException:
            remove(unfinished)
            raise


def _check(path: Path) -> None:
    """Raise unless the file is a whole ledger."""
    ledger = Ledger.open(path)
    try:
        verify(ledger)
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        ledger.close()
