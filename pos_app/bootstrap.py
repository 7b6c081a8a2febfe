"""Composition root: the one place that finds folders, takes locks, and wires ledger, keys, clock and services.

``coming_back`` restores and repairs with it, ``start`` opens the window.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.domain.dates import WIB
from pos_app.domain.errors import LedgerBusy, OlderLedger
from pos_app.ledger.ledger import SQLITE_HEADER_BYTES, Identity, Ledger
from pos_app.ledger.migrations import SCHEMA_VERSION, schema_version
from pos_app.ledger.queries import setting
from pos_app.ledger.vault import Vault
from pos_app.paths import home
from pos_app.services.context import DEFAULT_CASH_STEP, Counter
from pos_app.services.ids import uuid7

if TYPE_CHECKING:
    from sync.client.till import CentreClient


def vault_for(identity: Identity) -> Vault:
    """The keys of one ledger; they live outside its file, in the system's key store unless ``POJOK_HOME`` is set."""
    return Vault(folder_of(identity.ledger_id), in_system=not os.environ.get("POJOK_HOME"))


def folder_of(ledger_id: str) -> Path:
    """Where this computer keeps what belongs to a ledger and must not lie in its file: keys, locks, notes."""
    return home() / "ledgers" / ledger_id


def now() -> datetime:
    """The computer's clock, in WIB."""
    return datetime.now(UTC).astimezone(WIB)


def counter_for(ledger: Ledger, *, vault: Vault | None = None, prints: bool = True) -> Counter:
    """A till at work on this ledger; ``vault`` where its keys do not lie in the usual place."""
    step = int(setting(ledger.db, "cash_step", str(DEFAULT_CASH_STEP)))
    return Counter(ledger, vault or vault_for(ledger.identity), now, uuid7, prints=prints, cash_step=step)


def centre_client() -> "CentreClient":
    """The way to the centre."""
    from sync.client.till import CentreClient

    return CentreClient()


def join(path: Path, url: str, code: str) -> None:
    """Join the till of this ledger to the centre; the same code may be sent again after a lost answer.

    Raises ``ExchangeFailed``.
    """
    from pos_app.services import exchange

    with closing(Ledger.open(path)) as ledger, closing(centre_client()) as client:
        exchange.enrol(ledger, vault_for(ledger.identity), client, url, code)


@contextmanager
def opened(path: Path, *, lock: bool = True) -> Iterator[Ledger]:
    """Open a ledger for a command; with ``lock`` no other till process may have it open.

    One of an older program is upgraded under that lock in either case. Raises ``LedgerBusy``, and ``OlderLedger`` where
    a command that only reads would have to upgrade what another process has open.
    """
    with ExitStack() as alone:
        old = owner_of_old(path)
        if old is not None:
            try:
                alone.enter_context(held(old, path))
            except LedgerBusy:
                if lock:
                    raise
                raise OlderLedger(str(path)) from None
        with closing(Ledger.open(path)) as ledger:
            if not lock:
                alone.close()
            elif old is None:
                alone.enter_context(locked(ledger))
            if lock:
                check_is_no_backup(ledger)
            yield ledger


def check_is_no_backup(ledger: Ledger) -> None:
    """Raises where a till must not work in this file (``ledger.copying.check_is_no_backup``)."""
    from pos_app.ledger.copying import check_is_no_backup

    check_is_no_backup(ledger.db, ledger.path)


def owner_of_old(path: Path) -> str | None:
    """The id of a ledger that would be upgraded when it is opened; None where there is nothing to upgrade.

    Nothing is changed by looking. Raises ``DamagedLedger`` or another fault of an old file.
    """
    if not _is_old(path):
        return None
    from pos_app.ledger.backup import reading

    with reading(path) as ledger:  # the header alone may be behind the write-ahead log
        return ledger.identity.ledger_id if schema_version(ledger.db) < SCHEMA_VERSION else None


def _is_old(path: Path) -> bool:
    """Whether the header of a ledger names an older schema: upgrading it may take a while."""
    with suppress(OSError), path.open("rb") as file:
        header = file.read(SQLITE_HEADER_BYTES)
        return 0 < int.from_bytes(header[60:64], "big") < SCHEMA_VERSION
    return False


def locked(ledger: Ledger, name: str = "till") -> AbstractContextManager[None]:
    """The single-instance lock of a ledger; the system lets go of it when the process dies.

    Raises ``LedgerBusy``.
    """
    return held(ledger.identity.ledger_id, ledger.path, name)


@contextmanager
def held(ledger_id: str, path: Path, name: str = "till") -> Iterator[None]:
    """The same lock for a ledger that is not open: one that is damaged, or about to be replaced."""
    folder = folder_of(ledger_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{name}.lock").open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError:
            raise LedgerBusy(str(path)) from None
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
