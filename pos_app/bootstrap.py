"""Composition root: the one place that finds folders, takes locks, and wires ledger, keys, clock and services."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.domain.dates import WIB
from pos_app.domain.errors import LedgerBusy
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.queries import setting
from pos_app.ledger.vault import Vault
from pos_app.services.context import DEFAULT_CASH_STEP, Counter
from pos_app.services.ids import uuid7

if TYPE_CHECKING:
    from sync.client.till import CentreClient


def home() -> Path:
    """The folder of settings, keys and locks: ``POJOK_HOME``, else the user's data folder."""
    chosen = os.environ.get("POJOK_HOME")
    if chosen:
        return Path(chosen)
    from platformdirs import user_data_path  # late: only without POJOK_HOME

    return user_data_path("pojok", appauthor=False)


def vault_for(identity: Identity) -> Vault:
    """The keys of one ledger; they live outside its file."""
    return Vault(home() / "ledgers" / identity.ledger_id)


def now() -> datetime:
    """The computer's clock, in WIB."""
    return datetime.now(UTC).astimezone(WIB)


def counter_for(ledger: Ledger, *, prints: bool = True) -> Counter:
    """A till at work on this ledger."""
    step = int(setting(ledger.db, "cash_step", str(DEFAULT_CASH_STEP)))
    return Counter(ledger, vault_for(ledger.identity), now, uuid7, prints=prints, cash_step=step)


def centre_client() -> "CentreClient":
    """The way to the centre."""
    from sync.client.till import CentreClient

    return CentreClient()


@contextmanager
def opened(path: Path, *, lock: bool = True) -> Iterator[Ledger]:
    """Open a ledger for a command; with ``lock`` no other till process may have it open."""
    ledger = Ledger.open(path)
    try:
        if lock:
            with locked(ledger):
                yield ledger
        else:
            yield ledger
    finally:
        ledger.close()


@contextmanager
def locked(ledger: Ledger, name: str = "till") -> Iterator[None]:
    """The single-instance lock of a ledger; the system lets go of it when the process dies.

    Raises ``LedgerBusy``.
    """
    folder = vault_for(ledger.identity).folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{name}.lock").open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError:
            raise LedgerBusy(str(ledger.path)) from None
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
