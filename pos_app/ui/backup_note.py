"""Where the backups of a ledger lie, noted outside of it: a damaged file can no longer tell. No Qt."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pos_app.ledger.ledger import Ledger
from pos_app.paths import home
from pos_app.services import backing_up

FILE: Final = "backups.json"


@dataclass(frozen=True, slots=True)
class Noted:
    """Whose ledger it is, and the folders its backups went to; empty where nothing was noted."""

    ledger_id: str = ""
    folders: tuple[str, ...] = ()


def keep(ledger: Ledger) -> None:
    """Note it for the ledger's path; a home that cannot be written is no reason to stop."""
    folders = tuple(str(folder) for folder in backing_up.folders(ledger.db))
    notes = _all() | {str(ledger.path.resolve()): Noted(ledger.identity.ledger_id, folders)}
    with suppress(OSError):
        home().mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = home() / f"{FILE}.new"
        unfinished.write_bytes(msgspec.json.encode(notes))
        unfinished.replace(home() / FILE)


def of(path: Path) -> Noted:
    """What was noted for the ledger at this path."""
    return _all().get(str(path.resolve()), Noted())


def _all() -> dict[str, Noted]:
    try:
        return msgspec.json.decode((home() / FILE).read_bytes(), type=dict[str, Noted])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
