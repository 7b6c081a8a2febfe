"""Backups as the window makes them: where they go, when the last one was made."""

from datetime import datetime
from pathlib import Path
from typing import Final

from pos_app.domain.errors import Misuse
from pos_app.i18n import _
from pos_app.ledger import registry
from pos_app.ledger.backup import back_up
from pos_app.ledger.ledger import Ledger

FOLDER: Final = "backup.folder"
"""Setting: where backups go, a stick or a network folder."""
AT: Final = "backup.at"
"""Setting: when the last good backup was made (ISO time)."""


def make_backup(ledger: Ledger, folder: Path, now: datetime) -> Path:
    """A verified copy in ``folder``, remembered in the settings; the path of the copy. Run it on a worker.

    ``ledger`` is the worker's own. Raises ``Misuse`` for a folder that is not there, and the faults of the disk.
    """
    if not folder.is_dir():
        raise Misuse(
            _("The folder {path} is not there. Insert the stick, or choose another folder.").format(path=folder)
        )
    copy = back_up(ledger, folder, now)
    with ledger.write() as tx:
        registry.set_setting(tx.db, AT, now.isoformat(timespec="seconds"))
        registry.set_setting(tx.db, FOLDER, str(folder))
    return copy
