"""Faults of the disk under the real SQLite, by libfiu: system calls fail by chance, seeded and counted.

Runs inside a process that got libfiu's wrappers by ``LD_PRELOAD`` (see ``PRELOAD``). Only the calls by which SQLite
writes are touched, so Python's own start and its pipes stay whole. ``POINTS`` fire with pysqlite3's SQLite; the count
that is written at the end shows it.
"""

import ctypes
import json
import random
import sys
from collections import Counter
from pathlib import Path

from pos_app import cli

PRELOAD = next((str(path) for path in map(Path, ("/usr/lib/fiu/fiu_posix_preload.so",)) if path.exists()), "")
PACKAGE = "libfiu0"
POINTS = ("posix/io/rw/pwrite", "posix/io/sync/fsync")
EIO, ENOSPC = 5, 28

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

    def __init__(self, chance: float, seed: int) -> None:
        self.asked: Counter[str] = Counter()
        self.fired: Counter[str] = Counter()
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
        point = name.decode()
        self.asked[point] += 1
        if self._rng.random() < OUTAGE_CHANCE:
            self._outage = self._rng.randint(1, LONGEST_OUTAGE)
        self._outage = max(self._outage - 1, 0)
        if not self._outage and self._rng.random() >= self._chance:
            return 0
        self.fired[point] += 1
        info[0] = ctypes.c_void_p(self._rng.choice((EIO, ENOSPC)))
        return 1


def main(arguments: list[str]) -> int:
    """``REPORT SEED CHANCE COMMAND...``: run a command of ``pojok`` over a failing disk; counts go to ``REPORT``."""
    report, seed, chance, *command = arguments
    faults = Faults(float(chance), int(seed))
    faults.begin()
    try:
        return cli.main(command)
    finally:
        sys.stdout.flush()
        Path(report).write_text(json.dumps({"asked": faults.asked, "fired": faults.fired}), encoding="utf-8")
