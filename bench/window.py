"""Goals 2, 3 and 4: the real window, drawn off screen, over the large ledger.

The window runs in processes of its own: ``bench.driven``.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.catalogue import GOODS, Size, product_rows
from bench.measure import Figure, Pairs, duration, frame_figure

MOST_HELD = 12
"""How many of the stretches that held the window are told."""

BARE = """
import sys, time
from PySide6.QtCore import QObject, QEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print(time.monotonic())
            print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), flush=True)
            app.quit()
        return False
app = QApplication(["bare"])
window = QMainWindow()
table = QTableWidget(20, 5)
window.setCentralWidget(table)
watch = Watch()
table.viewport().installEventFilter(watch)
window.resize(1366, 768)
window.show()
app.exec()
"""


def figures(ledger: Path, size: Size, *, samples: int = 300, starts: int = 5) -> list[Figure]:
    """Scan, search and start. ``ledger`` has a user with ``PIN`` and an open shift of today."""
    codes = [row.barcode or row.sku for row in product_rows(size.sold, 1)]
    words = sorted({word.lower() for name in GOODS for word in name.split()})
    keys = ("keys", str(ledger), ",".join(codes), ",".join(words), str(samples))
    found = json.loads(_run("-m", "bench.driven", *keys)[-1])
    told = f"{size.products:,} products, {size.sales:,} sales"
    return [
        frame_figure("2", f"scan to painted line, p99, {told}", found["scan"]),
        frame_figure("3", f"search key to painted list, p99, {told}", found["search"]),
        *_starts(ledger, codes[0], starts),
        *_held(ledger, codes, samples // 12, told),
    ]


def _held(ledger: Path, codes: list[str], sales: int, told: str) -> list[Figure]:
    """What held the window's thread for longer than a frame in a day at it; the longest by name."""
    day = json.loads(_run("-m", "bench.frames", str(ledger), ",".join(codes), str(sales))[-1])
    frame, held = "one frame: 16.7 ms", day["held"]
    count = f"{len(held)} of {day['turns']:,} turns"
    rows = [Figure("2", f"a day at the window: held for longer than a frame, {told}", count, frame)]
    longest = [(f"held: {step}, at {place}", duration(seconds)) for step, seconds, place in held[:MOST_HELD]]
    rows += [Figure("2", name, time_held, frame) for name, time_held in longest]
    return [*rows, Figure("4", "a day at the window: peak memory", f"{day['memory'] / 1024:.0f} MiB", "-")]


def told_by(*arguments: str) -> dict[str, list[float]]:
    """What a process of its own measured, drawn off screen."""
    found: dict[str, list[float]] = json.loads(_run(*arguments)[-1])
    return found


def _run(*arguments: str) -> list[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{arguments[1]} {arguments[2]} ended with status {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout.splitlines()


def _starts(ledger: Path, code: str, starts: int) -> list[Figure]:
    """Each start is a process; the bare window takes its turns in between."""
    ready, scanned, memory = Pairs([], []), Pairs([], []), Pairs([], [])
    for _start in range(starts):
        at = time.monotonic()
        painted, peak = (float(line) for line in _run("-c", BARE)[:2])
        for pairs in (ready, scanned):
            pairs.bare.append(painted - at)
        memory.bare.append(peak)
        at = time.monotonic()
        told = json.loads(_run("-m", "bench.driven", "start", str(ledger), code)[-1])
        ready.ours.append(told["ready"] - at)
        scanned.ours.append(told["scanned"] - told["pin"])
        memory.ours.append(told["memory"])
    first = memory.ratios
    peak_text = f"{median(memory.ours) / 1024:.0f} MiB"
    bare_text = f"bare window: {median(memory.bare) / 1024:.0f} MiB"
    return [
        ready.figure("4", "process start to PIN field that takes keys", 2.5, "bare window"),
        Figure("4", "the same: peak memory", peak_text, bare_text, median(first), min(first), max(first), 2.0),
        scanned.figure("4", "PIN to first accepted scan", 1.0, "bare window"),
    ]
