"""One exchange of a till with its centre: push until nothing is unsent, then pull what is new.

Nothing is ever dropped: an ack counts only when it parses, is signed by the known centre for this till and question,
and its head hash is one of ours. Everything else means *unknown*, and the same bytes are sent again the next time.

Where the histories differ the till finds out what both have (``mending``): it fetches what it lost and goes on, or asks
for a repair. While that waits nothing is sent, but what is new in the registry is still pulled.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.client import mending
from sync.client.batches import checked_ack, later_keys, next_batch, read_ack, telling
from sync.client.caller import Ask, Caller, Clock, Gap, Stopped, Tell, TooLarge, tell_nobody
from sync.client.proposals import propose
from sync.client.pulling import pull_all
from sync.client.transport import Transport
from sync.protocol.batch import MAX_ENTRIES, Batch, pack_batch
from sync.protocol.judging import judge_gap
from sync.protocol.local import Link, LocalStore, Report
from sync.protocol.messages import Ack, entries_path
from sync.protocol.wire import BadSignature, Malformed, Oversize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_REWINDS = 3
MOST_MENDINGS = 3
FORKED = ("fork", "behind", "repair_waiting", "repair_approved", "repair_refused")
"""Problems that stop the pushing."""


class Exchange:
    """One run. ``run`` never raises what the network or the centre may cause.

    ``condition`` is told with the last batch; None where it was told a moment ago. ``tell`` hears how far it is.
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
        link = standing.link
        self.caller.trust(link.centre_key)
        try:
            ack, differs = self._agree(link, asking=standing.problem in FORKED)
            propose(self.caller, self.store, link, self.clock)
            for rows in pull_all(self.caller, self.store, link, ack, standing.cursors, self.clock, self.tell):
                self.pulled += rows
            if differs is not None:
                raise differs
        except Stopped as stop:
            self.store.note_problem(stop.reason, stop.detail, self.clock())
            return Report(stop.status, self.pushed, self.acked, self.pulled, stop.reason, stop.detail, stop.retry_after)
        return Report("ok", self.pushed, self.acked, self.pulled)

    def _agree(self, link: Link, *, asking: bool) -> tuple[Ack, Stopped | None]:
        """Push everything; or, while a repair waits, ask only, and why it is not pushed. Raises ``Stopped``."""
        for attempt in range(MOST_MENDINGS):
            try:
                ack = self._push_all(link, asking=asking)
            except Stopped as stop:
                if stop.status != "fork":
                    raise
                differs = self._mend(link, stop, again=attempt > 0)
                if differs is not None:
                    return self._ask_only(link), differs
                asking = False
            else:
                self._follow(link, ack)
                return ack, None
        raise Stopped("fork", "fork", "the histories go on to differ")

    def _mend(self, link: Link, stop: Stopped, *, again: bool) -> Stopped | None:
        """None when the histories agree as far as the centre's goes, so that pushing may go on; else why it may not.

        What was only lost here is fetched. ``again`` says that this did not help. Raises ``stop`` where the centre is
        too old for it, or ``Stopped``.
        """
        try:
            found = mending.compare(self.caller, self.store, link)
            if found.base == found.own and found.centre.seq > found.own.seq:
                self.acked = found.base.seq
                self._ask_only(link)  # what comes back may be approved with keys that the till did not hear of yet
                self.acked = mending.take_back(self.caller, self.store, link, found.base.seq)
                return None
            if self.acked > found.base.seq:
                self.store.rewind(found.base.seq)
            self.acked = found.base.seq
            if found.base == found.centre and not again:
                return None
            return mending.ask_repair(self.caller, self.store, link, found)
        except Stopped as failure:
            raise (stop if failure.reason in mending.TOO_OLD else failure) from failure

    def _ask_only(self, link: Link) -> Ack:
        """What the centre says to a till that stands at the last common entry: where the feeds are, no more."""
        batch = next_batch(self.store, link, self.acked + 1, 0)
        if self.condition is not None:
            batch = telling(self.store, batch, self.condition)
        try:
            ack = self._told(link, batch, lambda data, nonce: read_ack(self.store, link, data, nonce))
        except (Gap, TooLarge) as error:
            raise Stopped("unknown", "nonsense", f"{type(error).__name__} to a question") from error
        self.condition = None
        self._follow(link, ack)
        return ack

    def _follow(self, link: Link, ack: Ack) -> None:
        """Trust the key that the centre signs with now; until the next exchange it is asked with the one before."""
        try:
            keys = later_keys(link.centre_key, ack.rollover)
        except (Malformed, Oversize, BadSignature) as error:
            raise Stopped("unknown", "nonsense", f"rollover: {error}") from error
        for key in keys:
            self.store.save_centre_key(key)

    def _push_all(self, link: Link, *, asking: bool) -> Ack:
        """Also asks once when nothing is unsent: the ack says whether there is something to pull.

        While histories differ (``asking``) nothing is sent: the till only asks, and goes on when the centre agrees
        again.
        """
        while True:
            batch = next_batch(self.store, link, self.acked + 1, 0 if asking else self.size)
            if self.condition is not None and self.store.hash_at(batch.last_seq + 1) is None:
                batch = telling(self.store, batch, self.condition)
            ack = self._push(link, batch)
            if ack is not None and self.store.hash_at(self.acked + 1) is None:
                return ack
            asking = asking and ack is None

    def _push(self, link: Link, batch: Batch) -> Ack | None:
        """Send one batch; None when another has to be tried instead."""
        try:
            ack = self._told(link, batch, lambda data, nonce: checked_ack(self.store, link, data, nonce, batch))
        except (TooLarge, Oversize) as error:
            if not batch.entries:
                raise Stopped("unknown", "nonsense", "too large, and nothing was sent") from error
            if len(batch.entries) < 2:
                raise Stopped("stuck", "oversize", f"entry {batch.first_seq}") from error
            self.size = len(batch.entries) // 2
            return None
        except Gap as gap:
            self._rewind(gap.expected_seq, batch.first_seq)
            return None
        self.pushed += max(0, min(ack.acked_seq, batch.last_seq) - batch.first_seq + 1)
        self.store.accept_ack(ack, self.clock())
        self.acked = ack.acked_seq
        if batch.condition is not None:
            self.condition = None
        self.tell("entries", self.pushed, 0)
        return ack

    def _told(self, link: Link, batch: Batch, read: Callable[[bytes, str], Ack]) -> Ack:
        try:
            return self.caller.ask("POST", entries_path(link.device), pack_batch(batch), read)
        except Stopped as stop:
            if stop.status == "outdated":
                raise Stopped("unknown", "nonsense", "a push is taken from any version") from stop
            raise

    def _rewind(self, expected: int, first: int) -> None:
        self.rewinds += 1
        back = judge_gap(expected, first)
        if back is None or self.rewinds > MOST_REWINDS:
            raise Stopped("unknown", "gap", f"the centre expects {expected} after being sent {first}")
        self.store.rewind(back.seq)
        self.acked = back.seq
