"""Verified copies of a ledger, and the way back."""

from datetime import datetime
from pathlib import Path

from pos_app.domain.errors import LedgerExists
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect_plainly, faults
from pos_app.ledger.verify import verify


def back_up(ledger: Ledger, folder: Path, now: datetime) -> Path:
    """A copy of the ledger in ``folder``, complete and verified; the path of the copy.

    The copy gets its name only after it proved whole. Raises an ``EnvironmentFault``.
    """
    name = f"pojok-{ledger.identity.series}-{now:%Y%m%d-%H%M%S}.db"
    unfinished = folder / f"{name}.part"
    with faults(folder):
        copy = connect_plainly(str(unfinished))
        try:
            ledger.db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    _check(unfinished)
    return unfinished.replace(folder / name)


def restore(backup: Path, path: Path) -> Ledger:
    """Open a verified copy of ``backup`` as the ledger ``path``, which must not be there yet.

    Raises ``LedgerExists``, ``NotALedger``, ``DamagedLedger`` or another fault; ``path`` is then untouched.
    """
    if path.exists():
        raise LedgerExists(str(path))
    source = Ledger.open(backup)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with faults(path):
            copy = connect_plainly(str(unfinished))
            try:
                source.db.backup(copy)
            finally:
                copy.close()
    finally:
        source.close()
    _check(unfinished)
    unfinished.replace(path)
    return Ledger.open(path)


def _check(path: Path) -> None:
    """Raise unless the file is a whole ledger."""
    ledger = Ledger.open(path)
    try:
        verify(ledger)
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        ledger.close()
