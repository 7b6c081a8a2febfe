"""The exchange while the window is open: on a timer, on demand and at closing. The counter never waits for it.

After a success the next round comes soon when something is unsent, at the latest after ``IDLE_SECONDS``;
after a failure it waits with full jitter, as long as the centre asked, at most a quarter of an hour.
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

from pos_app.ledger.exchange import ExchangeState
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import exchange
from pos_app.services.context import Counter
from pos_app.services.exchange import Client, ExchangeFailed
from pos_app.ui.worker import Workers

if TYPE_CHECKING:
    from sync.client.till import CentreClient

TICK_MS: Final = 2_000
BUSY_SECONDS: Final = 20.0
IDLE_SECONDS: Final = 300.0
KEEP_SECONDS: Final = 60.0
"""How long an idle connection stays open for the next round; the centre keeps it a little longer."""
START_SECONDS: Final = 5.0
"""The first round leaves the start of the program alone."""

Answer = Callable[[dict[str, Any]], None]
Failure = Callable[[Exception], None]
Exchange = Callable[[Ledger, Vault, Client], dict[str, Any]]


class SyncWorker(QObject):
    """Exchanges with the centre on a worker; ``changed`` says that figures of the top bar may differ now."""

    changed = Signal()

    def __init__(self, counter: Counter, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counter = counter
        self._workers = workers
        self._running = False
        self._failures = 0
        self._next = time.monotonic() + START_SECONDS
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin the rounds."""
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        """No further round begins; the connection is given up, unless a round still uses it."""
        self._timer.stop()
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

    def send_now(self, on_done: Answer | None = None, on_failed: Failure | None = None) -> None:
        """Exchange at once, unless a round is under way. The callbacks run on the screen's thread."""
        self._exchange(exchange.sync, on_done, on_failed)

    def enrol(self, url: str, code: str, on_done: Answer, on_failed: Failure) -> None:
        """Join the centre with a one-time code, unless a round is under way."""

        def work(ledger: Ledger, vault: Vault, client: Client) -> dict[str, Any]:
            exchange.enrol(ledger, vault, client, url, code)
            return {}

        self._exchange(work, on_done, on_failed)

    def export_bundle(self, path: Path, on_done: Answer, on_failed: Failure) -> None:
        """Write everything unsent to a file, unless a round is under way."""
        self._exchange(lambda own, vault, client: exchange.export_bundle(own, vault, client, path), on_done, on_failed)

    def import_reply(self, path: Path, on_done: Answer, on_failed: Failure) -> None:
        """Take the centre's reply from a file, unless a round is under way."""
        self._exchange(lambda own, _vault, client: exchange.import_reply(own, client, path), on_done, on_failed)

    def _exchange(self, work: Exchange, on_done: Answer | None, on_failed: Failure | None) -> None:
        if self._running:
            return
        self._running = True
        counter = self._counter

        def run() -> dict[str, Any]:
            with closing(counter.ledger.another()) as own:
                return work(own, counter.vault, self._centre)

        def done(report: dict[str, Any]) -> None:
            self._ended(0, BUSY_SECONDS if self.state().unsent else IDLE_SECONDS)
            if on_done:
                on_done(report)

        def failed(error: Exception) -> None:
            from sync.client.backoff import retry_delay

            asked = error.retry_after if isinstance(error, ExchangeFailed) else None
            self._ended(self._failures + 1, retry_delay(self._failures + 1, random.random(), asked))
            if on_failed:
                on_failed(error)

        self._workers.run(run, done, failed)

    def _ended(self, failures: int, seconds: float) -> None:
        self._running = False
        self._failures = failures
        self._next = time.monotonic() + seconds
        self.changed.emit()

    def _on_tick(self) -> None:
        state = self.state()
        if not state.enrolled or self._running:
            return
        soon = bool(state.unsent) and not self._failures and self.seconds_to_next > BUSY_SECONDS
        if soon:
            self._next = time.monotonic() + BUSY_SECONDS
        if time.monotonic() >= self._next:
            self.send_now()
