"""One exchange of a till with its centre: push until nothing is unsent, then pull what is new.

Nothing is ever dropped: an ack counts only when it parses, is signed by the known centre for this till, epoch
and question, and its head hash is one of ours. Everything else means *unknown*, and the same bytes are sent
again the next time.
"""

from typing import TYPE_CHECKING

from sync.client.batches import checked_ack, next_batch
from sync.client.caller import Ask, Caller, Clock, Gap, Stopped, Tell, TooLarge, tell_nobody
from sync.client.proposals import propose
from sync.client.pulling import pull_all
from sync.client.transport import Transport
from sync.protocol.batch import MAX_ENTRIES, Batch, pack_batch
from sync.protocol.local import Link, LocalStore, Report
from sync.protocol.messages import Ack, entries_path
from sync.protocol.wire import Oversize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_REWINDS = 3
FORKED = ("fork", "behind")
"""Problems that stop the pushing."""


class Exchange:
    """One run. ``run`` never raises what the network or the centre may cause.

    ``condition`` is told with the first batch; None where it was told a moment ago. ``tell`` hears how far it is.
    """

    def __init__(
        self,
        store: LocalStore,
        key: "Ed25519PrivateKey",
        transport: Transport,
        clock: Clock,
        condition: Ask | None = None,
        tell: Tell = tell_nobody,
    ) -> None:
        self.store = store
        self.condition = condition
        self.tell = tell
        self.caller = Caller(transport, key, clock)
        self.clock = clock
        self.acked = 0
        self.pushed = 0
        self.pulled = 0
        self.size = MAX_ENTRIES
        self.rewinds = 0

    def run(self) -> Report:
        """Push until nothing is unsent, then pull. What went wrong is in the report and in the store."""
        standing = self.store.standing()
        if standing.link is None:
            return Report("not_enrolled", reason="not_enrolled")
        self.acked = standing.acked_seq
        try:
            ack = self._push_all(standing.link, asking=standing.problem in FORKED)
            propose(self.caller, self.store, standing.link, self.clock)
            for rows in pull_all(self.caller, self.store, standing.link, ack, standing.cursors, self.clock, self.tell):
                self.pulled += rows
        except Stopped as stop:
            self.store.note_problem(stop.reason, stop.detail, self.clock())
            return Report(stop.status, self.pushed, self.acked, self.pulled, stop.reason, stop.detail, stop.retry_after)
        return Report("ok", self.pushed, self.acked, self.pulled)

    def _push_all(self, link: Link, *, asking: bool) -> Ack:
        """Also asks once when nothing is unsent: the ack says whether there is something to pull.

        While histories differ (``asking``) nothing is sent: the till only asks, and goes on when the centre agrees
        again.
        """
        while True:
            batch = next_batch(self.store, link, self.acked + 1, 0 if asking else self.size, self.condition)
            ack = self._push(link, batch)
            if ack is not None and self.store.hash_at(self.acked + 1) is None:
                return ack
            asking = asking and ack is None

    def _push(self, link: Link, batch: Batch) -> Ack | None:
        """Send one batch; None when another has to be tried instead."""
        try:
            body = pack_batch(batch)
            ack = self.caller.ask(
                "POST",
                entries_path(link.device),
                body,
                lambda data, nonce: checked_ack(self.store, link, data, nonce, batch),
            )
            if ack.acked_seq < batch.last_seq:
                raise Stopped("unknown", "nonsense", "an ack that covers less than was sent")
        except (TooLarge, Oversize) as error:
            if len(batch.entries) < 2:
                raise Stopped("stuck", "oversize", f"entry {batch.first_seq}") from error
            self.size = len(batch.entries) // 2
            return None
        except Gap as gap:
            self._rewind(gap.expected_seq, batch.first_seq)
            return None
        except Stopped as stop:
            if stop.status == "outdated":
                raise Stopped("unknown", "nonsense", "a push is taken from any version") from stop
            raise
        self.pushed += max(0, min(ack.acked_seq, batch.last_seq) - batch.first_seq + 1)
        self.store.accept_ack(ack, self.clock())
        self.acked = ack.acked_seq
        self.condition = None
        self.tell("entries", self.pushed, 0)
        return ack

    def _rewind(self, expected: int, first: int) -> None:
        self.rewinds += 1
        if not 1 <= expected < first or self.rewinds > MOST_REWINDS:
            raise Stopped("unknown", "gap", f"the centre expects {expected} after being sent {first}")
        self.store.rewind(expected - 1)
        self.acked = expected - 1
