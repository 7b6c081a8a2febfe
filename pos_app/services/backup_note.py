"""What is noted of a till outside its ledger: whose it is, where its backups lie, which numbers it gave.

A file that is damaged or gone can no longer tell.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from pos_app.ledger import beginnings, queries
from pos_app.ledger.durable import write_whole
from pos_app.ledger.ledger import Ledger
from pos_app.paths import home
from pos_app.services import backing_up
from pos_app.services.context import DEMO_SETTING

FILE: Final = "backups.json"
UNREADABLE: Final = "backups.json.damaged"
"""Where notes are kept that could not be read."""


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
    anew: bool = False
    """Whether it was begun in the place of one that was lost."""


def keep(ledger: Ledger, *, anew: bool = False) -> None:
    """Note it for the ledger's path; a home that cannot be written is no reason to stop."""
    folders = tuple(str(folder) for folder in backing_up.folders(ledger.db))
    who, before, name = ledger.identity, _read(), str(ledger.path.resolve())
    noted = Noted(who.ledger_id, folders)
    if queries.setting(ledger.db, DEMO_SETTING, "") != "1":
        noted = Noted(who.ledger_id, folders, who.corner, who.corner_name, who.till, who.beginning)
    noted = replace(noted, anew=anew or (before or {}).get(name, Noted()).anew)
    if before is not None and before.get(name) == noted:
        return
    notes = (before or {}) | {name: noted}
    with suppress(OSError):
        home().mkdir(parents=True, exist_ok=True, mode=0o700)
        if before is None:
            (home() / FILE).replace(home() / UNREADABLE)
        write_whole(home() / FILE, msgspec.json.encode(notes).decode())


def of(path: Path) -> Noted:
    """What was noted for the ledger at this path."""
    return (_read() or {}).get(str(path.resolve()), Noted())


def ledgers() -> list[Path]:
    """Where ledgers of this computer's own corners lie, as far as they are noted and still there."""
    return [Path(name) for name, one in (_read() or {}).items() if one.corner and Path(name).is_file()]


def newest_beginning(corner: str, till: str, now: datetime, path: Path | None = None) -> int:
    """The newest beginning of numbers that this computer knows of a till; 0 where it knows none.

    With ``path`` only the ledger that lay there counts. Notes that cannot be read may have told any.
    """
    notes = _read()
    if notes is None or (home() / UNREADABLE).exists():
        return beginnings.beyond_all(now)
    place = str(path.resolve()) if path is not None else None
    same = [one for at, one in notes.items() if (one.corner, one.till) == (corner, till) and place in (None, at)]
    keys_of = home() / "ledgers"
    return max((max(one.beginning, beginnings.newest(keys_of / one.ledger_id, now)) for one in same), default=0)


def beginning_elsewhere(corner: str, till: str, now: datetime) -> int:
    """The newest beginning that another ledger of this till may have got, because one took its place; else 0."""
    notes = _read()
    anew = notes is None or any(one.anew and (one.corner, one.till) == (corner, till) for one in notes.values())
    return newest_beginning(corner, till, now) if anew else 0


def _read() -> dict[str, Noted] | None:
    """What was noted, by the path of the ledger; None where the file does not tell."""
    try:
        return msgspec.json.decode((home() / FILE).read_bytes(), type=dict[str, Noted])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
