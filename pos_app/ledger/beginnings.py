"""Which beginning the numbers of a ledger get that came back: one that was never given before.

The newest that was given is noted beside the till's keys, and beside the backup for the next computer that restores it.
The note is on its disk before the number is used: what is cut off in between skips a beginning, and gives none twice.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from pos_app.ledger.durable import sync_way, write_whole
from pos_app.ledger.ledger import Identity
from pos_app.ledger.sqlite import faults

NOTE: Final = "beginning"
DIGITS: Final = 9
SECONDS: Final = 3_600


def take(who: Identity, own: Path, backups: Path | None, now: datetime, known: int = 0) -> int:
    """The next beginning of this ledger; ``own`` is the folder of its keys, ``backups`` that of the backup.

    ``known`` is the newest that this computer knows of the till, whichever ledger it was given to. Raises a fault of
    the disk where nothing can be noted beside the keys.
    """
    notes = [own / NOTE]
    if backups is not None:
        notes.append(backups / f"pojok-{who.corner}-{who.till}-{who.ledger_id[:8]}.{NOTE}")
    noted = [_read(note) for note in notes]
    unknown = [beyond_all(now)] if None in noted else []
    beginning = max(who.beginning, known, *unknown, *(one for one in noted if one is not None)) + 1
    with faults(own):
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(notes[0], str(beginning))
        sync_way(own)
    for note in notes[1:]:
        with suppress(OSError):  # a write-protected stick
            write_whole(note, str(beginning))
    return beginning


def newest(own: Path, now: datetime) -> int:
    """The newest beginning that was given to the ledger with these keys, as far as it is noted; 0 for none."""
    noted = _read(own / NOTE)
    return beyond_all(now) if noted is None else noted


def beyond_all(now: datetime) -> int:
    """A beginning far beyond any that was given, where a note cannot be read: the hours since 1970."""
    return int(now.timestamp()) // SECONDS


def _read(note: Path) -> int | None:
    """The newest beginning that was given; 0 where there is no note, None where it does not tell."""
    try:
        text = note.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return 0
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() and len(text) <= DIGITS else None
