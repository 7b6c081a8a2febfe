"""One exchange of a till with its centre: push until nothing is unsent, then pull what is new.

Nothing is ever dropped: an ack counts only when it parses, is signed by the known centre for this till, epoch
and question, and its head hash is one of ours. Everything else means *unknown*, and the same bytes are sent
again the next time.
"""

from typing import TYPE_CHECKING

from sync.client.batches import checked_ack, make_batch
from sync.client.caller import Caller, Clock, Gap, Stopped, TooLarge
from sync.client.transport import Transport
from sync.protocol.batch import MAX_ENTRIES, fitting, pack_batch
from sync.protocol.local import Link, LocalStore, Report
from sync.protocol.messages import PAGE, SCOPES, Ack, Page, entries_path, pull_path
from sync.protocol.wire import Malformed, Oversize, unseal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_REWINDS = 3
FORKED = ("fork", "behind")
"""Problems that stop the pushing."""


class Exchange:
    """One run. ``run`` never raises what the network or the centre may cause."""

    def __init__(self, store: LocalStore, key: "Ed25519PrivateKey", transport: Transport, clock: Clock) -> None:
        self.store = store
        self.caller = Caller(transport, key, clock)
        self.clock = clock
        self.pushed = 0
        self.pulled = 0
        self.size = MAX_ENTRIES
        self.rewinds = 0

    def run(self) -> Report:
        """Push until nothing is unsent, then pull. What went wrong is in the report and in the store."""
        link = self.store.link()
        if link is None:
            return Report("not_enrolled", reason="not_enrolled")
        try:
            ack = self._push_all(link)
            self._pull_all(link, ack)
        except Stopped as stop:
            self.store.note_problem(stop.reason, stop.detail, self.clock())
            return Report(
                stop.status,
                self.pushed,
                self.store.acked_seq(),
                self.pulled,
                stop.reason,
                stop.detail,
                stop.retry_after,
            )
        return Report("ok", self.pushed, self.store.acked_seq(), self.pulled)

    def _push_all(self, link: Link) -> Ack:
        """Also asks once when nothing is unsent: the ack says whether there is something to pull.

        While histories differ nothing is sent: the till only asks, and goes on when the centre agrees again.
        """
        while True:
            first = self.store.acked_seq() + 1
            stopped = self.store.problem() in FORKED
            bodies = [] if stopped else self.store.bodies(first, self.size)
            ack = self._push(link, first, bodies[: fitting(bodies, self.size)])
            if ack is not None and self.store.acked_seq() >= self.store.head().seq:
                return ack

    def _push(self, link: Link, first: int, bodies: list[bytes]) -> Ack | None:
        """Send one batch; None when another has to be tried instead."""
        batch = make_batch(self.store, link, first, bodies)
        try:
            body = pack_batch(batch)
            ack = self.caller.ask(
                "POST", entries_path(link.device), body, lambda data, nonce: checked_ack(self.store, link, data, nonce)
            )
            if ack.acked_seq < batch.last_seq:
                raise Stopped("unknown", "nonsense", "an ack that covers less than was sent")
        except (TooLarge, Oversize) as error:
            if len(bodies) < 2:
                raise Stopped("stuck", "oversize", f"entry {first}") from error
            self.size = len(bodies) // 2
            return None
        except Gap as gap:
            self._rewind(gap.expected_seq, first)
            return None
        except Stopped as stop:
            if stop.status == "outdated":
                raise Stopped("unknown", "nonsense", "a push is taken from any version") from stop
            raise
        self.pushed += max(0, min(ack.acked_seq, batch.last_seq) - first + 1)
        self.store.accept_ack(ack, self.clock())
        return ack

    def _rewind(self, expected: int, first: int) -> None:
        self.rewinds += 1
        if not 1 <= expected < first or self.rewinds > MOST_REWINDS:
            raise Stopped("unknown", "gap", f"the centre expects {expected} after being sent {first}")
        self.store.rewind(expected - 1)

    def _pull_all(self, link: Link, ack: Ack) -> None:
        for scope in SCOPES:
            wanted = ack.cursors.get(scope)
            while wanted is not None and self.store.cursors().get(scope) != wanted:
                page = self._pull(link, scope)
                self.pulled += self._apply(page)
                if not page.more:
                    break

    def _apply(self, page: Page) -> int:
        try:
            return self.store.apply_page(page)
        except (Malformed, Oversize) as error:
            raise Stopped("unknown", "nonsense", f"{page.scope}: {error}") from error

    def _pull(self, link: Link, scope: str) -> Page:
        cursor = self.store.cursors().get(scope, "")

        def read(body: bytes, nonce: str) -> Page:
            page = unseal(body, Page, PAGE, link.centre_key)
            if (page.nonce, page.device, page.scope) != (nonce, link.device, scope):
                raise Malformed("an answer to another question")
            if page.more and page.cursor == cursor:
                raise Malformed("a page that leads nowhere")
            return page

        try:
            return self.caller.ask("GET", pull_path(link.device, scope, cursor), b"", read)
        except (Gap, TooLarge) as error:
            raise Stopped("unknown", "nonsense", type(error).__name__) from error
