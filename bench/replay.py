"""Goal 12: verify against reading, hashing and decoding the same bytes; and the memory it takes."""

import hashlib
import subprocess
import sys
from pathlib import Path

import msgspec

from bench.measure import Figure, paired, seconds_of
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify

MEMORY_LIMIT = 200
MEASURE = """
import sys
from pathlib import Path
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
ledger = Ledger.open(Path(sys.argv[1]))
verify(ledger)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def figures(ledger: Ledger, *, pairs: int = 5) -> list[Figure]:
    """Time by the yardstick, and peak memory of a process that verifies."""
    entries = ledger.head().seq
    found = paired(lambda: seconds_of(lambda: verify(ledger)), lambda: seconds_of(lambda: _bare(ledger)), pairs)
    name = f"verify {entries:,} entries"
    return [found.figure("12", name, 3.0, "read, SHA-256, decode", "s"), _memory(ledger, name)]


def _bare(ledger: Ledger) -> None:
    decode = msgspec.json.Decoder().decode
    for prev, body in ledger.db.execute("SELECT prev, body FROM journal ORDER BY seq"):
        hashlib.sha256(prev + body).digest()
        decode(body)


def _memory(ledger: Ledger, name: str) -> Figure:
    if not Path("/proc/self/status").exists():
        return Figure("12", f"{name}: memory", "not measured", "needs /proc")
    command = [sys.executable, "-c", MEASURE, str(ledger.path)]
    peak = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024
    ratio = peak / MEMORY_LIMIT
    return Figure("12", f"{name}: memory", f"{peak:.0f} MiB", "200 MiB", ratio, ratio, ratio, 1.0, "≤ 200 MiB")
