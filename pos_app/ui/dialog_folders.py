"""Where the system's file dialogs begin: in the folder last used, else in the person's documents. Never the program's.

``start_in("struk.png")`` gives what a dialog begins with, ``remembered(path)`` notes the answer and gives it back.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths

_LAST: Final[dict[str, Path]] = {}


def start_in(name: str = "") -> str:
    """The folder, with the suggested ``name`` of a file in it."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    last = _LAST.get("folder")
    folder = last if last is not None and last.is_dir() else Path(documents or Path.home())
    return str(folder / name) if name else str(folder)


def remembered(path: str) -> str:
    """What the dialog answered, empty for nothing; the next one begins there."""
    if path:
        _LAST["folder"] = Path(path) if Path(path).is_dir() else Path(path).parent
    return path
