"""Files that tell something about persons: written for this user alone, never over others."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
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
    return write_together(folder, stem, {f".{suffix}": content})


def write_together(folder: Path, stem: str, contents: Mapping[str, bytes]) -> Path:
    """Write files that belong together under the first name that is free for all of them, by how each name ends.

    All of them, or none where the disk fails. The path of the first; raises as ``write_new`` does.
    """
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in stem)
    with faults(folder):
        for name in free_names(safe):
            with suppress(FileExistsError):
                return _write_all({folder / f"{name}{ending}": content for ending, content in contents.items()})
    raise AssertionError("names never end")


def _write_all(contents: Mapping[Path, bytes]) -> Path:
    written: list[Path] = []
    try:
        for path, content in contents.items():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(path)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    except OSError:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise
    return written[0]
