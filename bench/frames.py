"""A day at the window, and what held its thread for longer than a frame: the step, how long, and where it was.

    python -m bench.frames LEDGER CODES SALES

Prints JSON: the stretches longest first, how many turns there were, and the peak of memory. A stretch is one call into
the event loop, or one key until it is handled. Where it was is told by a signal every two milliseconds of work.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from bench.driven import Till, peak
from bench.measure import FRAME

if TYPE_CHECKING:
    from pos_app.services.context import Counter

LOOK_SECONDS = 0.002
AFTER_STEP = 0.06
"""Seconds that the loop turns after a step: what was begun by it comes then."""
Step = tuple[str, Callable[[], object]]
PLACES = ("pos_app", "sync")
OFFICE = (
    *("products", "stock_count", "losses", "expiring", "producer_data", "certificates", "settlement_run"),
    *("producer_board", "ageing", "producer_statement"),
)
"""Screens without a key of their own: other screens lead to them."""
FIRST_KEYS = "kr"
"""Typed on each of them: most have a list that is searched."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The window's thread was held so many seconds in this step, most of them at ``place``."""

    step: str
    seconds: float
    place: str


@dataclass(slots=True)
class Watch:
    """Times every stretch; ``held`` keeps those longer than a frame."""

    held: list[Stretch] = field(default_factory=list)
    turns: int = 0
    _seen: Tally[str] = field(default_factory=Tally)

    def __enter__(self) -> Watch:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, LOOK_SECONDS, LOOK_SECONDS)
        return self

    def __exit__(self, *_fault: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def stretch(self, step: str, work: Callable[[], object]) -> None:
        """Do ``work`` as one stretch of ``step``."""
        self._seen.clear()
        start = time.perf_counter()
        work()
        seconds = time.perf_counter() - start
        self.turns += 1
        if seconds > FRAME:
            found = self._seen.most_common(1)
            self.held.append(Stretch(step, seconds, found[0][0] if found else "Qt"))

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        """Only here: a frame that is kept, or looked at by another thread, keeps its painter painting."""
        while frame is not None:
            parts = Path(frame.f_code.co_filename).parts
            if any(place in parts for place in PLACES):
                self._seen[f"{'/'.join(parts[-2:])} {frame.f_code.co_name}"] += 1
                return
            frame = frame.f_back


def day(till: Till, codes: list[str], sales: int) -> Iterator[Step]:
    """What a cashier does, step by step."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    handle: Any = till.till.window.windowHandle()
    press: Any = QTest.keyClick
    key, control = Qt.Key, Qt.KeyboardModifier.ControlModifier

    def scan(code: str) -> None:
        for character in code:
            press(handle, character)
        press(handle, key.Key_Return)

    def one(name: str, pressed: Any, held: Any = Qt.KeyboardModifier.NoModifier) -> Step:
        return name, lambda: press(handle, pressed, held)

    shelf = cycle(codes)
    for _sale in range(sales):
        for code in islice(shelf, 3):
            yield "scan", partial(scan, code)
        yield one("F12 to pay", key.Key_F12)
        yield one("exact cash", key.Key_Return)
        yield one("finish the sale", key.Key_F12)
        yield one("next sale", key.Key_Escape)
    for letter in "keripik":
        yield one("search", letter)
    yield one("close the search", key.Key_Escape)
    for code in codes[:3]:
        yield "scan", partial(scan, code)
    for name in ("F4", "F5", "F7", "F8", "F9"):
        yield one(f"{name} while selling", getattr(key, f"Key_{name}"))
        yield one("back from a panel", key.Key_Escape)
    for number in (2, 3, 4, 5, 6, 7, 8, 9):
        for visit in ("first", "second"):
            yield one(f"Ctrl+{number}, {visit} time", getattr(key, f"Key_{number}"), control)
            yield one("back to selling", key.Key_1, control)
    yield from _office(one, till.till.window.go)
    yield one("Ctrl+L to lock", key.Key_L, control)


def _office(one: Callable[..., Step], go: Callable[[str], None]) -> Iterator[Step]:
    """The screens that others lead to: each visited twice, with a few letters typed and taken back."""
    from PySide6.QtCore import Qt

    key = Qt.Key
    for name in OFFICE:
        for visit in ("first", "second"):
            yield f"{name}, {visit} time", partial(go, name)
            for letter in FIRST_KEYS:
                yield one(f"a key on {name}", letter)
            for _way in FIRST_KEYS:
                yield one(f"Esc on {name}", key.Key_Escape)
            yield one("back to selling", key.Key_1, Qt.KeyboardModifier.ControlModifier)


def measure(till: Till, codes: list[str], sales: int) -> dict[str, Any]:
    """Log in, sell and look around; what held the window."""
    with Watch() as watch:
        till.log_in(turn=lambda: watch.stretch("while the PIN is typed", till.app.processEvents))
        till.settle()
        for step, work in day(till, codes, sales):
            watch.stretch(step, work)
            end = time.monotonic() + AFTER_STEP
            while time.monotonic() < end:
                watch.stretch(f"after {step}", till.app.processEvents)
                time.sleep(0.001)
    held = sorted(watch.held, key=lambda one: -one.seconds)
    return {"held": [[one.step, one.seconds, one.place] for one in held], "turns": watch.turns, "memory": peak()}


def main(ledger: str, codes: str, sales: str) -> int:
    """Open the till on ``ledger`` and spend the day."""
    from pos_app import cli
    from pos_app.ui import application

    def drive(counter: Counter, _raise_request: Path) -> int:
        till = Till(counter)
        print(json.dumps(measure(till, codes.split(","), int(sales))))
        till.stop()
        return 0

    setattr(application, "run", drive)  # noqa: B010 - in place of the event loop that waits for a person
    return cli.main(["run", "--ledger", ledger])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
