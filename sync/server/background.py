"""What a serving process does behind its requests: the same again and again, in a thread, whatever fails."""

import logging
import threading
import time
from collections.abc import Callable

Pause = Callable[[], bool]
"""Called after each stretch of work: rests, and says whether the thread is to end."""
_log = logging.getLogger(__name__)


class Background:
    """A thread that does ``work`` every ``every`` seconds, and of the time that takes works the part ``share`` at most,
    so that tills push on undisturbed. What fails is tried again with the next round, and logged once until one goes
    well."""

    def __init__(
        self, name: str, work: Callable[[Pause], None], every: float, share: float, *, at_once: bool = False
    ) -> None:
        """``at_once``: the first round does not wait."""
        self._name, self._work, self._every, self._rest = name, work, every, 1 / share - 1
        self._first = 0 if at_once else every
        self._began, self._failing = 0.0, ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def tell(self) -> None:
        """Let it end; several are told before the first is waited for."""
        self._stopping.set()

    def stop(self) -> None:
        """End, once the stretch that is worked at is done."""
        self.tell()
        self._thread.join()

    def pause(self) -> bool:
        """Rest after a stretch as long as the share asks for; whether the thread is to end."""
        ends = self._stopping.wait(self._rest * (time.monotonic() - self._began))
        self._began = time.monotonic()
        return ends

    def _run(self) -> None:
        wait = self._first
        while not self._stopping.wait(wait):
            wait, self._began = self._every, time.monotonic()
            try:
                self._work(self.pause)
                self._failing = ""
            except Exception as error:  # noqa: BLE001 - a database that restarts; whatever it is, the next round may go well
                if self._failing != type(error).__name__:
                    _log.warning("%s waits: %s", self._name, type(error).__name__)
                self._failing = type(error).__name__
