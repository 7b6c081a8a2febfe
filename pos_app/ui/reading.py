"""What a screen reads on a worker, once for all of them: only the answer to the newest question is shown.

    self.reading = Reading(shell.workers, self.progress)
    self.reading.begin(code, lambda tell: read(code, tell), self._on_loaded, self._on_failed)

Who asks again, or leaves the screen (``stop``), hears nothing of what was asked before, of its failure as little.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeVar

from shiboken6 import isValid

from pos_app.i18n import _
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.worker import Stopped, Task, Tell, Workers, is_gone

T = TypeVar("T")


class Reading:
    """``key`` names the newest question, None before the first and after ``stop``.

    ``progress`` shows ``words`` (usual ones where there are none) from ``tell_from`` parts on, and is hidden by the end
    of the work.
    """

    def __init__(self, workers: Workers, progress: Progress | None = None, words: str = "", tell_from: int = 0) -> None:
        self._workers = workers
        self._progress = progress
        self._words = words or _("Loading …")
        self._tell_from = tell_from
        self._task: Task | None = None
        self._asked = 0
        self.key: Hashable | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._task is not None

    def begin(
        self, key: Hashable, work: Callable[[Tell], T], show: Callable[[T], None], failed: Callable[[Exception], None]
    ) -> None:
        """Ask ``work``, on a worker: it needs a connection of its own, and ends early where ``tell`` raises.

        Its answer goes to ``show`` or ``failed``, unless something was asked since.
        """
        self.stop()
        self.key = key
        number = self._asked
        done, wrong = partial(self._on_answer, number, show), partial(self._on_answer, number, failed)
        self._task = self._workers.run_told(work, partial(self._on_progress, number), done, wrong)

    def stop(self) -> None:
        """Nothing is awaited any more, and what is under way ends at its next word."""
        if self._task is not None:
            self._task.stop()
            self._task = None
            self._hide()
        self._asked += 1
        self.key = None

    def _on_progress(self, number: int, done: int, total: int) -> None:
        if number == self._asked and self._bar is not None and total > self._tell_from:
            self._bar.show_progress(self._words, done, total, counted=True)

    def _on_answer(self, number: int, tell: Callable[[Any], None], answer: Any) -> None:
        if number != self._asked or is_gone(tell):
            return
        self._task = None
        self._hide()
        if not isinstance(answer, Stopped):  # the program ends
            tell(answer)

    def _hide(self) -> None:
        if self._bar is not None:
            self._bar.hide()

    @property
    def _bar(self) -> Progress | None:
        return self._progress if self._progress is not None and isValid(self._progress) else None
