"""What is noted of a till outside its ledger: whose it is, where its backups lie, which numbers it gave. No Qt.

A file that is damaged or gone can no longer tell.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from pos_app.ledger import beginnings, queries
from pos_app.ledger.ledger import Ledger
from pos_app.paths import home
from pos_app.services import backing_up
from pos_app.ui import settings_keys as keys

FILE: Final = "backups.json"


@dataclass(frozen=True, slots=True)
class Noted:
    """Whose ledger it is, and the folders its backups went to; empty where nothing was noted.

    ``corner`` and ``till`` stay empty for a demo: nobody is given its numbers. ``beginning`` is that of the numbers.
    """

    ledger_id: str = ""
    folders: tuple[str, ...] = ()
    corner: str = ""
    corner_name: str = ""
    till: str = ""
    beginning: int = 0


def keep(ledger: Ledger) -> None:
    """Note it for the ledger's path; a home that cannot be written is no reason to stop."""
    folders = tuple(str(folder) for folder in backing_up.folders(ledger.db))
    who, before, name = ledger.identity, _all(), str(ledger.path.resolve())
    noted = Noted(who.ledger_id, folders)
    if queries.setting(ledger.db, keys.DEMO, "") != "1":
        noted = Noted(who.ledger_id, folders, who.corner, who.corner_name, who.till, who.beginning)
    if before.get(name) == noted:
        return
    notes = before | {name: noted}
    with suppress(OSError):
        home().mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = home() / f"{FILE}.new"
        unfinished.write_bytes(msgspec.json.encode(notes))
        unfinished.replace(home() / FILE)


def of(path: Path) -> Noted:
    """What was noted for the ledger at this path."""
    return _all().get(str(path.resolve()), Noted())


def newest_beginning(corner: str, till: str, now: datetime, path: Path | None = None) -> int:
    """The newest beginning of numbers that this computer knows of a till; 0 where it knows none.

    With ``path`` only the ledger that lay there counts.
    """
    place = str(path.resolve()) if path is not None else None
    same = [one for at, one in _all().items() if (one.corner, one.till) == (corner, till) and place in (None, at)]
    keys_of = home() / "ledgers"
    return max((max(one.beginning, beginnings.newest(keys_of / one.ledger_id, now)) for one in same), default=0)


def _all() -> dict[str, Noted]:
    try:
        return msgspec.json.decode((home() / FILE).read_bytes(), type=dict[str, Noted])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
