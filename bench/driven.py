"""The till's window in a process of its own, driven as a cashier would; prints what it measured as JSON.

    python -m bench.driven start LEDGER CODE
    python -m bench.driven keys LEDGER CODES WORDS SAMPLES
    python -m bench.driven count LEDGER CODES SAMPLES

Takes the way of ``pojok run`` and imports nothing that it would not, so the start is the till's own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pos_app.services.context import Counter

PIN = "246810"
SCREEN = (1366, 768)
CART_LINES = 12
BETWEEN_KEYS = 0.1
"""Seconds between two keys of a PIN: ten keys a second, which is fast."""


def main(task: str, ledger: str, *arguments: str) -> int:
    """Open the till on ``ledger`` and do ``task``."""
    from pos_app import cli
    from pos_app.ui import application

    def drive(counter: Counter, _raise_request: Path) -> int:
        till = Till(counter)
        print(json.dumps(TASKS[task](till, *arguments)))
        till.stop()
        return 0

    setattr(application, "run", drive)  # noqa: B010 - in place of the event loop that waits for a person
    return cli.main(["run", "--ledger", ledger])


def _start(till: Till, code: str) -> dict[str, float]:
    """Until the PIN field has the focus and is painted; then from the PIN to the first scan."""
    ready, memory = time.monotonic(), peak()
    pin = till.log_in()
    till.scan(code)
    return {"ready": ready, "pin": pin, "scanned": time.monotonic(), "memory": memory}


def _keys(till: Till, codes: str, words: str, samples: str) -> dict[str, list[float]]:
    """Scans and searches over the shown Sell screen; the first two of each only warm up."""
    till.log_in()
    till.settle()
    scanned, typed, count = codes.split(","), words.split(","), int(samples)
    scans = [till.scan(scanned[number % len(scanned)]) for number in range(count)]
    searches = [seconds for number in range(count // 6 + 1) for seconds in till.search(typed[number % len(typed)])]
    return {"scan": scans[2:], "search": searches[2:]}


def _count(till: Till, codes: str, samples: str) -> dict[str, list[float]]:
    """Scans of a stock count that is under way, its whole list shown; the first two only warm up."""
    till.log_in()
    till.settle()
    scanned = codes.split(",")
    till.open_count()
    return {"scan": [till.count(scanned[number % len(scanned)]) for number in range(int(samples))][2:]}


def peak() -> float:
    """The most memory that this process had, in KiB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return float(next(line.split()[1] for line in status if line.startswith("VmHWM")))


class Till:
    """The application as ``pojok run`` builds it, shown and waiting at the PIN."""

    def __init__(self, counter: Counter) -> None:
        from pos_app.ui.application import Application, qt_application

        self.app = qt_application()
        self.till = Application(self.app, counter)
        self.till.window.resize(*SCREEN)
        self.till.window.show()
        self.till.start()
        self.till.window.activateWindow()
        login: Any = self.till.window.current
        self._until_painted(login.pin, lambda: bool(login.pin.hasFocus()))

    def stop(self) -> None:
        """Close it."""
        self.till.stop()
        self.till.window.close()

    def log_in(self, turn: Callable[[], object] | None = None) -> float:
        """Type the PIN as quick fingers do; returns when the Sell screen is painted, with the time of the last key.

        ``turn`` lets the event loop run once.
        """
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        handle: Any = self.till.window.windowHandle()
        press: Any = QTest.keyClick
        for digit in PIN:
            press(handle, digit)
            self._turn(BETWEEN_KEYS, turn)
        last = time.monotonic()
        press(handle, Qt.Key.Key_Return)
        self.sell: Any = self._sell()
        self._until_painted(self.sell.field, lambda: True)
        return last

    def settle(self) -> None:
        """The window as it is a few seconds later: what is done ahead of time is done."""
        from pos_app.ui.application import settle

        while self.till.window.ahead.busy:
            self._turn(BETWEEN_KEYS)
        settle()

    def _turn(self, seconds: float, turn: Callable[[], object] | None = None) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            (turn or self.app.processEvents)()
            time.sleep(0.001)

    def _sell(self) -> Any:
        end = time.monotonic() + 10
        while self.till.window.current is None or self.till.window.current.name != "sell":
            self.app.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("the Sell screen did not come")
        return self.till.window.current

    def scan(self, code: str) -> float:
        """A burst into the window; the seconds from its last key to the painted cart."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        if len(self.sell.presenter.cart.lines) >= CART_LINES:
            self.sell.presenter.empty()
            self.sell.refresh()
            self.app.processEvents()
        handle: Any = self.till.window.windowHandle()
        press: Any = QTest.keyClick
        for character in code:
            press(handle, character)
        before = self.sell.presenter.cart.total
        start = time.perf_counter()
        painted = _Painted(self.sell.table.viewport())
        press(handle, Qt.Key.Key_Return)
        self._wait(painted, lambda: bool(self.sell.presenter.cart.total > before))
        return time.perf_counter() - start

    def open_count(self) -> None:
        """The stock count that is under way, with its list read."""
        window: Any = self.till.window
        window.go("stock_count")
        self.counting: Any = window.current
        while window.workers.busy or not self.counting.count_page.model.rows:
            self._turn(BETWEEN_KEYS)

    def count(self, code: str) -> float:
        """A burst into the count; the seconds from its last key to the painted list."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        handle: Any = self.till.window.windowHandle()
        press: Any = QTest.keyClick
        for character in code:
            press(handle, character)
        said = self.counting.strip.text()
        start = time.perf_counter()
        painted = _Painted(self.counting.count_page.table.viewport())
        press(handle, Qt.Key.Key_Return)
        self._wait(painted, lambda: self.counting.strip.text() != said)
        return time.perf_counter() - start

    def search(self, word: str) -> list[float]:
        """A word typed into the field; for every key that searches, the seconds until the list is painted."""
        from PySide6.QtTest import QTest

        press: Any = QTest.keyClick
        field, found = self.sell.field, []
        for count, character in enumerate(word, start=1):
            start = time.perf_counter()
            painted = _Painted(self.sell.results) if count > 1 else None
            press(field, character)
            if painted:
                self._wait(painted, lambda: True)
                found.append(time.perf_counter() - start)
        field.clear()
        self.sell.escape()
        self.app.processEvents()
        return found

    def _until_painted(self, widget: Any, ready: Any) -> None:
        painted = _Painted(widget)
        widget.update()
        self._wait(painted, ready)

    def _wait(self, painted: _Painted, ready: Any) -> None:
        end = time.monotonic() + 10
        while not (painted.seen() and ready()):
            self.app.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("nothing was painted")


class _Painted:
    """Whether a widget, or one inside it, was painted since."""

    def __init__(self, widget: Any) -> None:
        from PySide6.QtCore import QEvent, QObject
        from PySide6.QtWidgets import QWidget

        class Filter(QObject):
            painted = False

            def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own name
                self.painted = self.painted or event.type() == QEvent.Type.Paint
                return False

        self._filter = Filter()
        self._watched = [widget, *widget.findChildren(QWidget)]
        for one in self._watched:
            one.installEventFilter(self._filter)

    def seen(self) -> bool:
        """Asked between turns of the event loop; once true, it looks no longer."""
        if self._filter.painted:
            for one in self._watched:
                one.removeEventFilter(self._filter)
            self._watched = []
        return self._filter.painted


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"start": _start, "keys": _keys, "count": _count}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
