"""Files that tell something about persons: written for this user alone, never over others."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from pos_app.ledger.sqlite import faults


def free_names(stem: str) -> Iterator[str]:
    """``stem``, ``stem-2``, ``stem-3`` …"""
    yield stem
    for number in count(2):
        yield f"{stem}-{number}"


def write_new(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Write under the first free name; its path. Raises ``StorageFault``, ``DiskFull`` and their like."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in stem)
    with faults(folder):
        for name in free_names(safe):
            path = folder / f"{name}.{suffix}"
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            return path
    raise AssertionError("names never end")
