"""Names that outlive a power cut: a file that was synced is still gone when the name it was given was not."""

import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):  # not every network folder can
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_way(folder: Path) -> None:
    """The names in a folder, and those of every folder on the way to it: they may all be new."""
    sync_folder(folder)
    for parent in folder.absolute().parents:
        with suppress(OSError):  # one that may be passed through but not read
            sync_folder(parent)


def unused(folder: Path, stem: str, suffix: str = "") -> Path:
    """A name in a folder that nothing has yet: ``stem``, else with a number from 2 on."""
    names = (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}" for number in count(1))
    return next(one for name in names if not (one := folder / name).exists())


def write_whole(path: Path, text: str) -> None:
    """Give a small file this content: after a power cut it has the old one or the new one, never none."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def add_line(path: Path, line: str) -> None:
    """Add a line to a small file; it is on the disk when this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_way(path.parent)
