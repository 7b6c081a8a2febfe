"""The exchange while the window is open: on a timer, on demand and at closing. The counter never waits for it.

After a success the next round comes soon when something is unsent, at the latest after ``IDLE_SECONDS``;
after a failure it waits with full jitter, as long as the centre asked, at most a quarter of an hour. Every wait is
spread (``backoff.spread``), the first one too, and one that follows the return of the network is short.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app import logbook
from pos_app.ledger.exchange import ExchangeState
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import exchange
from pos_app.services.context import Counter
from pos_app.services.exchange import Client, ExchangeFailed
from pos_app.ui.worker import Stopped, Task, Workers
from sync.protocol.local import Network

if TYPE_CHECKING:
    from sync.client.till import CentreClient

TICK_MS: Final = 2_000
BUSY_SECONDS: Final = 20.0
IDLE_SECONDS: Final = 300.0
KEEP_SECONDS: Final = 60.0
"""How long an idle connection stays open for the next round; the centre keeps it a little longer."""
START_SECONDS: Final = 5.0
"""The first round leaves the start of the program alone."""
START_SPREAD: Final = 25.0
"""It comes at any moment of these seconds after that."""
RETURN_SECONDS: Final = 5.0
"""How soon a round follows the return of the network."""

Answer = Callable[[dict[str, Any]], None]
Failure = Callable[[Exception], None]
Exchange = Callable[[Ledger, Vault, Client, exchange.Tell], dict[str, Any]]
Step = tuple[str, int, int]
"""``entries`` or the scope that is pulled, how many are done, how many in all (0: not known)."""


class SyncWorker(QObject):
    """Exchanges with the centre on a worker; ``changed`` says that figures of the top bar may differ now,
    ``progressed`` that a round began or came further (``progress``).
    """

    changed = Signal()
    progressed = Signal()
    _told = Signal(str, int, int)

    def __init__(self, counter: Counter, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self._workers = workers
        self._running = False
        self._again = False
        self._task: Task | None = None
        self._failures = 0
        self._asked_until = 0.0
        """Until then the centre asked for no round that nobody asked for; in monotonic seconds."""
        self.progress: Step | None = None
        """How far the round is that is under way; None before its first step."""
        self._next = time.monotonic() + START_SECONDS + START_SPREAD * random.random()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)
        self._told.connect(self._on_told)

    def start(self) -> None:
        """Begin the rounds."""
        from pos_app.ui.network_return import NetworkReturn

        self._timer.start(TICK_MS)
        self._network = NetworkReturn(self.hasten, self)

    def stop(self) -> None:
        """No further round begins; the connection is given up, unless a round still uses it."""
        self._timer.stop()
        self._again = False
        if not self._running and "_centre" in self.__dict__:
            self._centre.close()

    @cached_property
    def _centre(self) -> CentreClient:
        """The way to the centre, first asked for on the worker; rounds follow one another, so one connection does."""
        from sync.client.till import CentreClient

        return CentreClient(keep_seconds=KEEP_SECONDS)

    def state(self) -> ExchangeState:
        """What the till knows of the exchange now."""
        return exchange.exchange_state(self._counter.ledger)

    @property
    def seconds_to_next(self) -> int:
        """When the next round comes by itself."""
        return max(int(self._next - time.monotonic()), 0)

    @property
    def running(self) -> bool:
        """Whether a round is under way; there is one at a time."""
        return self._running

    def hasten(self) -> None:
        """The network is back: what waits for it need not wait as long as it was away, unless the centre asked."""
        if time.monotonic() < self._asked_until:
            return
        self._failures = 0
        self._wait(min(self.seconds_to_next, self._spread(RETURN_SECONDS)))

    def halt(self) -> None:
        """End the round that is under way at its next step; what was done by then stays done."""
        if self._task is not None:
            self._task.stop()

    def send_now(self, on_done: Answer | None = None, on_failed: Failure | None = None) -> None:
        """Exchange at once, unless a round is under way. The callbacks run on the screen's thread."""
        self._exchange(exchange.sync, on_done, on_failed)

    def send_what_is_new(self) -> None:
        """Exchange at once, or once more after the round that is under way: it may have begun before."""
        self._again = self._running
        self.send_now()

    def enrol(self, url: str, code: str, on_done: Answer, on_failed: Failure) -> None:
        """Join the centre with a one-time code, unless a round is under way."""

        def work(ledger: Ledger, vault: Vault, client: Client, _tell: exchange.Tell) -> dict[str, Any]:
            exchange.enrol(ledger, vault, client, url, code)
            return {}

        self._exchange(work, on_done, on_failed)

    def export_bundle(self, path: Path, on_done: Answer, on_failed: Failure) -> None:
        """Write everything unsent to a file, unless a round is under way."""
        self._exchange(
            lambda own, vault, client, _tell: exchange.export_bundle(own, vault, client, path), on_done, on_failed
        )

    def import_reply(self, path: Path, on_done: Answer, on_failed: Failure) -> None:
        """Take the centre's reply from a file, unless a round is under way."""
        self._exchange(lambda own, _vault, client, _tell: exchange.import_reply(own, client, path), on_done, on_failed)

    def _exchange(self, work: Exchange, on_done: Answer | None, on_failed: Failure | None) -> None:
        if self._running:
            return
        self._running = True
        self.progress = None
        counter = self._counter

        def run(tell: Callable[[int, int], None]) -> dict[str, Any]:
            def step(what: str, done: int, total: int) -> None:
                self._told.emit(what, done, total)
                tell(done, total)

            with closing(counter.ledger.another()) as own:
                return work(own, counter.vault, self._centre, step)

        def done(report: dict[str, Any]) -> None:
            self._ended(0, self._spread(BUSY_SECONDS if self.state().unsent else IDLE_SECONDS))
            if on_done:
                on_done(report)

        def failed(error: Exception) -> None:
            from sync.client.backoff import retry_delay

            if isinstance(error, Stopped):
                logbook.note("exchange_stopped")
                self._ended(0, self._spread(IDLE_SECONDS))
            else:
                asked = error.retry_after if isinstance(error, ExchangeFailed) else None
                if not isinstance(error, ExchangeFailed):
                    exchange.note_fault(counter.ledger, error)
                self._ended(self._failures + 1, retry_delay(self._failures + 1, random.random(), asked))
                self._asked_until = self._next if asked else 0.0
            if on_failed:
                on_failed(error)

        self._task = self._workers.run_told(run, _hear_nothing, done, failed)
        self.progressed.emit()

    def _spread(self, seconds: float) -> float:
        from sync.client.backoff import spread

        return spread(seconds, random.random())

    def _wait(self, seconds: float) -> None:
        self._next = time.monotonic() + seconds

    def _on_told(self, what: str, done: int, total: int) -> None:
        if self._running:
            self.progress = (what, done, total)
            self.progressed.emit()

    def _ended(self, failures: int, seconds: float) -> None:
        again, self._again = self._again, False
        self._running = False
        self._task = None
        self.progress = None
        self._failures = failures
        self._asked_until = 0.0
        self._wait(0.0 if again else seconds)
        self.changed.emit()

    def _on_tick(self) -> None:
        state = self.state()
        if not state.enrolled or self._running:
            return
        soon = bool(state.unsent) and not self._failures and self.seconds_to_next > 1.5 * BUSY_SECONDS
        if soon:
            self._wait(self._spread(BUSY_SECONDS))
        if time.monotonic() >= self._next:
            self.send_now()


def _hear_nothing(_done: int, _total: int) -> None:
    """Steps are told with what they are of, by a signal."""


def try_connection(
    workers: Workers, address: str, by: Network, on_done: Callable[[None], None], on_failed: Failure
) -> None:
    """Ask on a worker whether a centre answers at an address."""

    def work() -> None:
        from sync.client.till import CentreClient

        exchange.try_connection(CentreClient(), address, by)

    workers.run(work, on_done, on_failed)
