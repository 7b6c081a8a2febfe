"""Prints what waits in the queue while the window is open. A dead printer is asked again later, never waited for."""

from __future__ import annotations

import time
from typing import Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app.ledger import print_queue
from pos_app.services import printing
from pos_app.services.context import Counter
from pos_app.services.printing import Outcome
from pos_app.ui.worker import Workers

LOOK_MS: Final = 250
RETRY_SECONDS: Final = 15.0


class PrintWorker(QObject):
    """Watches the queue; ``changed`` says that the printer's state may differ now."""

    changed = Signal()

    def __init__(self, counter: Counter, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self._workers = workers
        self._running = False
        self._not_before = 0.0
        self.last: Outcome | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_look)

    def start(self) -> None:
        """What was printing when the program died needs a look; then watch."""
        printing.recover(self._counter.ledger)
        self._timer.start(LOOK_MS)

    def stop(self) -> None:
        """Nothing further is printed."""
        self._timer.stop()

    def retry(self) -> None:
        """The printer was mended: try at once."""
        self._not_before = 0.0

    def state(self) -> Literal["ready", "waiting", "paper", "silent", "none"]:
        """For the printer's chip: what the last round said, else whether a printer is set."""
        if self.last is not None:
            return self.last.state
        return "none" if printing.printer_settings(self._counter.db).device == "none" else "ready"

    def _on_look(self) -> None:
        if self._running or time.monotonic() < self._not_before:
            return
        if print_queue.counts(self._counter.db)["waiting"]:
            self._print()

    def _print(self) -> None:
        self._running = True
        counter = self._counter

        def work() -> Outcome:
            own = counter.ledger.another()
            try:
                return printing.print_waiting(own, counter.vault, printing.printer_settings(own.db), counter.clock)
            finally:
                own.close()

        self._workers.run(work, self._on_done, self._on_failed)

    def _on_done(self, outcome: Outcome) -> None:
        self.last = outcome
        self._running = False
        if outcome.fault:
            self._not_before = time.monotonic() + RETRY_SECONDS
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._running = False
        self._not_before = time.monotonic() + RETRY_SECONDS
        self.changed.emit()
        raise error
