"""The one helper for slow work: a function runs on another thread, its answer comes back on the screen's own.

    workers.run(lambda: build_report(path), on_done=self._show_report, on_failed=self._show_error)

``on_done`` and ``on_failed`` are called on the thread that owns the ``Workers`` object. The work must open
its own database connection. An exception reaches ``on_failed`` as it is; without ``on_failed`` it goes to
``sys.excepthook``, as any other bug. Nothing is answered to a screen that is gone: one in another language may have
taken its place.

    task = workers.run_told(lambda tell: verify(own, tell), on_progress=self._show, on_done=…, on_failed=…)

The work calls ``tell(done, total)``; after ``task.stop()`` that call raises ``Stopped``, which reaches ``on_failed``.
When the program ends, ``stop_told()`` does that for all of them and ``finish()`` waits, until ``abandon()`` is called.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")

Tell = Callable[[int, int], None]
"""Hears of what is done and of what there is in all; 0 in all while that is not known."""


class Stopped(Exception):
    """The person stopped the work before its end."""


class _Mailbox(QObject):
    """Lives on the screen's thread, so its slots run there whatever thread emits."""

    finished = Signal(object, object)
    progressed = Signal(object, object)

    def __init__(
        self, owner: Workers, on_done: Callable[[Any], None], on_failed: Callable[[Exception], None] | None
    ) -> None:
        super().__init__(owner)
        self._owner = owner
        self._on_done = on_done
        self._on_failed = on_failed
        self.on_progress: Tell | None = None
        self.finished.connect(self._on_finished)

    @Slot(object, object)
    def on_progressed(self, done: int, total: int) -> None:
        """On the screen's thread; passed on while the answer is still awaited."""
        if self.on_progress is not None and not is_gone(self.on_progress):
            self.on_progress(done, total)

    @Slot(object, object)
    def _on_finished(self, result: object, error: Exception | None) -> None:
        self._owner.forget(self)
        if is_gone(self._on_done):
            return
        if error is None:
            self._on_done(result)
        elif self._on_failed is not None:
            self._on_failed(error)
        else:
            sys.excepthook(type(error), error, error.__traceback__)


def is_gone(answer: Callable[..., object]) -> bool:
    """Whether this is a method of something that was deleted meanwhile."""
    while isinstance(answer, partial):
        answer = answer.func
    owner = getattr(answer, "__self__", None)
    return isinstance(owner, QObject) and not isValid(owner)


class _Job(QRunnable):
    def __init__(self, work: Callable[[], object], mailbox: _Mailbox) -> None:
        super().__init__()
        self._work = work
        self._mailbox = mailbox

    def run(self) -> None:
        try:
            result = self._work()
        except Exception as error:  # noqa: BLE001  handed to the screen's thread
            self._mailbox.finished.emit(None, error)
        else:
            self._mailbox.finished.emit(result, None)


class Task:
    """Work that tells how far it is, and may be stopped."""

    def __init__(self, mailbox: _Mailbox) -> None:
        self._mailbox = mailbox
        self._stopped = False

    def stop(self) -> None:
        """The next word of the work ends it."""
        self._stopped = True

    def tell(self, done: int, total: int) -> None:
        """Called by the work, on its thread. Raises ``Stopped``."""
        if self._stopped:
            raise Stopped
        self._mailbox.progressed.emit(done, total)


class Workers(QObject):
    """Runs slow functions on a small pool; ``busy_changed`` says whether anything is under way."""

    busy_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._waiting: set[_Mailbox] = set()
        self._told: dict[_Mailbox, Task] = {}
        self.abandoned = False

    @property
    def busy(self) -> bool:
        """Whether anything is under way, or its answer is."""
        return bool(self._waiting)

    def run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], None],
        on_failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Starts ``work`` on a worker thread and returns at once."""
        self._begin(_Mailbox(self, on_done, on_failed), work)

    def run_told(
        self,
        work: Callable[[Tell], T],
        on_progress: Tell,
        on_done: Callable[[T], None],
        on_failed: Callable[[Exception], None],
        *,
        to_the_end: bool = False,
    ) -> Task:
        """Starts ``work``, which is given what to call with its progress; ``on_progress`` hears it on this thread.

        With ``to_the_end`` the end of the program does not stop it.
        """
        mailbox = _Mailbox(self, on_done, on_failed)
        mailbox.on_progress = on_progress
        mailbox.progressed.connect(mailbox.on_progressed)
        task = Task(mailbox)
        if not to_the_end:
            self._told[mailbox] = task
        self._begin(mailbox, lambda: work(task.tell))
        return task

    def _begin(self, mailbox: _Mailbox, work: Callable[[], object]) -> None:
        self._waiting.add(mailbox)
        if len(self._waiting) == 1:
            self.busy_changed.emit(True)
        self._pool.start(_Job(work, mailbox))

    def forget(self, mailbox: _Mailbox) -> None:
        """Called by the mailbox when its answer has arrived."""
        self._waiting.discard(mailbox)
        self._told.pop(mailbox, None)
        mailbox.deleteLater()
        if not self._waiting:
            self.busy_changed.emit(False)

    def stop_told(self) -> None:
        """Ends everything that tells how far it is, at its next word."""
        for task in self._told.values():
            task.stop()

    def finish(self, timeout_ms: int = 5000) -> bool:
        """Waits for what is under way, without end where the time is negative; False when it did not end in time."""
        return self._pool.waitForDone(0 if self.abandoned else timeout_ms)

    def abandon(self) -> None:
        """From now on nothing waits for what is under way: the process is about to be ended."""
        self.abandoned = True
