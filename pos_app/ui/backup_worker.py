"""Backups while the window is open: after every closing, once a day, and when somebody asks. Never in anybody's way.

A backup runs on a connection of its own and verifies its copy, so a damaged ledger is found here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app.domain.errors import PosError
from pos_app.ledger.sqlite import fault_of, is_of_the_disk
from pos_app.services import backing_up, backup_note
from pos_app.services.context import Counter
from pos_app.ui.worker import Stopped, Task, Tell, Workers

if TYPE_CHECKING:
    from pos_app.services.backing_up import Outcome

LOOK_MS: Final = 10 * 60 * 1000


class BackupWorker(QObject):
    """``changed`` says that a backup began, moved on or ended; ``outcomes`` are those of the last one, by folder."""

    changed = Signal()

    def __init__(self, counter: Counter, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self._workers = workers
        self._again = False
        self._task: Task | None = None
        self.running = False
        self.progress = (0, 0)
        self.outcomes: list[Outcome] = []
        self.fault: PosError | None = None
        """Why the last backup could not even begin."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Note whose ledger this is, and make the backup of the day when it is due, now and later."""
        backup_note.keep(self._counter.ledger)
        self._timer.start(LOOK_MS)
        self.look()

    def stop(self) -> None:
        """Begin none any more."""
        self._timer.stop()

    def look(self) -> None:
        """Back up when the day's backup is due."""
        if not self.running and backing_up.due(self._counter.db, self._counter.clock()):
            self.run()

    def run(self) -> None:
        """Back up to every folder; while one is under way, once more after it, so that nothing of now is missing."""
        if self.running:
            self._again = True
            return
        self.running = True
        self.progress = (0, 0)
        counter = self._counter

        def work(tell: Tell) -> Sequence[Outcome]:
            with closing(counter.ledger.another()) as own:
                backup_note.keep(own)
                return backing_up.run(own, counter.vault, counter.clock(), tell)

        self._task = self._workers.run_told(work, self._on_progress, self._on_done, self._on_failed, to_the_end=True)
        self.changed.emit()

    def give_up(self) -> None:
        """End the backup under way; nothing half made of it stays."""
        self._again = False
        if self._task is not None:
            self._task.stop()

    def faults(self) -> list[PosError]:
        """What went wrong last time, by folder; empty after a backup that reached every folder."""
        if self.fault is not None:
            return [self.fault]
        return [one.fault for one in self.outcomes if one.fault is not None]

    def _on_progress(self, done: int, total: int) -> None:
        self.progress = (done, total)
        self.changed.emit()

    def _on_done(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes, self.fault = list(outcomes), None
        self._ended()

    def _on_failed(self, error: Exception) -> None:
        self.outcomes = []
        known = error if isinstance(error, PosError) else None
        if known is None and is_of_the_disk(error):
            known = fault_of(error, str(self._counter.ledger.path))
        self.fault = known
        self._ended()
        if known is None and not isinstance(error, Stopped):
            raise error

    def _ended(self) -> None:
        self.running = False
        if self._again:
            self._again = False
            self.run()
        else:
            self.changed.emit()
