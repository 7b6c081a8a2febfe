"""Prints what waits in the queue while the window is open. A dead printer is asked again later, never waited for.

The print room is imported with the first paper: the window must not wait for it at start.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app import logbook
from pos_app.ledger import print_queue, queries
from pos_app.ledger.sqlite import faults
from pos_app.services.context import Counter
from pos_app.ui import settings_keys as keys
from pos_app.ui.status import Printer
from pos_app.ui.worker import Workers

if TYPE_CHECKING:
    from pos_app.services.printing import Outcome

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
        self._fault = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_look)

    def start(self) -> None:
        """What was printing when the program died needs a look; papers of the virtual printer are gone; then watch."""
        with faults(self._counter.ledger.path):
            print_queue.recover(self._counter.db)
        if queries.setting(self._counter.db, keys.PRINTER_DEVICE, "none") == "virtual":
            from pos_app.printing import virtual

            virtual.clear(virtual.folder_beside(self._counter.ledger.path))
        self._timer.start(LOOK_MS)

    def stop(self) -> None:
        """Nothing further is printed."""
        self._timer.stop()

    def retry(self) -> None:
        """The printer was mended: try at once."""
        self._fault = ""
        self._not_before = 0.0
        self.changed.emit()

    def fault(self) -> str:
        """Why papers wait: the reason of the last round, empty when the printer took everything."""
        return self._fault

    def state(self) -> Printer:
        """For the printer's chip: what the last round said, else whether a printer is set."""
        if queries.setting(self._counter.db, keys.PRINTER_DEVICE, "none") == "none":
            return "none"
        if not self._fault:
            return "ready"
        return "paper" if self._fault == "out_of_paper" else "silent"

    def _on_look(self) -> None:
        if self._running or time.monotonic() < self._not_before:
            return
        if print_queue.counts(self._counter.db)["waiting"]:
            self._print()

    def _print(self) -> None:
        self._running = True
        counter = self._counter

        def work() -> Outcome:
            from pos_app.services import printing

            with closing(counter.ledger.another()) as own:
                return printing.print_waiting(own, counter.vault, printing.printer_settings(own.db), counter.clock)

        self._workers.run(work, self._on_done, self._on_failed)

    def _on_done(self, outcome: Outcome) -> None:
        self._running = False
        if outcome.fault and outcome.fault != self._fault:
            logbook.note("printer", fault=outcome.fault, waiting=outcome.waiting, unsure=outcome.unsure)
        self._fault = outcome.fault if outcome.waiting else ""
        if outcome.fault:
            self._not_before = time.monotonic() + RETRY_SECONDS
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        self._running = False
        self._not_before = time.monotonic() + RETRY_SECONDS
        self.changed.emit()
        raise error
