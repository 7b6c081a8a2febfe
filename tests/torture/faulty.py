"""Faults of the disk under the real SQLite, by libfiu: system calls fail by chance, seeded and counted.

Runs inside a process that got libfiu's wrappers by ``LD_PRELOAD`` (see ``PRELOAD``). Only the calls by which SQLite
writes are touched, so Python's own start and its pipes stay whole. ``POINTS`` fire with pysqlite3's SQLite; the count
of each shows it.
"""

import ctypes
import mmap
import random
from pathlib import Path
from struct import Struct

from pos_app import cli

PRELOAD = next((str(path) for path in map(Path, ("/usr/lib/fiu/fiu_posix_preload.so",)) if path.exists()), "")
PACKAGE = "libfiu0"
POINTS = ("posix/io/rw/pwrite", "posix/io/sync/fsync")
EIO, ENOSPC = 5, 28
COUNT = Struct("=Q")
EMPTY = bytes(COUNT.size * len(POINTS))

Callback = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_char_p,
    ctypes.POINTER(ctypes.c_int),
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.c_uint),
)


OUTAGE_CHANCE = 0.001
LONGEST_OUTAGE = 150
"""Calls in a row that fail when the disk is gone for a while."""


class Faults:
    """Fails each call at ``POINTS`` with the given chance, as EIO or ENOSPC; now and then all of them for a while."""

    def __init__(self, report: Path, chance: float, seed: int) -> None:
        with report.open("wb") as file:
            file.truncate(len(EMPTY))
        with report.open("r+b") as file:
            self._fired = mmap.mmap(file.fileno(), len(EMPTY))  # shared: a process that is killed has told it, too
        self._chance = chance
        self._outage = 0
        self._rng = random.Random(seed)
        self._callback = Callback(self._decide)  # kept alive: libfiu holds a bare pointer
        self._library = ctypes.CDLL("libfiu.so.0")
        self._library.fiu_init(0)

    def begin(self) -> None:
        for point in POINTS:
            if self._library.fiu_enable_external(point.encode(), 1, None, 0, self._callback):
                raise RuntimeError(f"libfiu does not take {point}")

    def _decide(self, name: bytes, _failure: object, info: "ctypes._Pointer[ctypes.c_void_p]", _flags: object) -> int:
        if self._rng.random() < OUTAGE_CHANCE:
            self._outage = self._rng.randint(1, LONGEST_OUTAGE)
        self._outage = max(self._outage - 1, 0)
        if not self._outage and self._rng.random() >= self._chance:
            return 0
        place = 8 * POINTS.index(name.decode())
        COUNT.pack_into(self._fired, place, COUNT.unpack_from(self._fired, place)[0] + 1)
        info[0] = ctypes.c_void_p(self._rng.choice((EIO, ENOSPC)))
        return 1


def fired(report: Path) -> dict[str, int]:
    """How often each of ``POINTS`` failed in the process that had this report; nothing where it never came so far."""
    content = report.read_bytes() if report.exists() else b""
    return {point: COUNT.unpack_from(content or EMPTY, 8 * place)[0] for place, point in enumerate(POINTS)}


def main(arguments: list[str]) -> int:
    """``REPORT SEED CHANCE COMMAND...``: run a command of ``pojok`` over a failing disk; counts go to ``REPORT``."""
    report, seed, chance, *command = arguments
    faults = Faults(Path(report), float(chance), int(seed))
    faults.begin()
    return cli.main(command)
