"""What a till calls: enrol, exchange, and the two halves of the exchange by stick. Nothing here raises what the
network or the centre may cause: it is in the report."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sync.client import enrolment, mending, probing, stick
from sync.client.caller import Ask, Caller, Stopped, Tell, tell_nobody
from sync.client.exchange import Exchange
from sync.client.transport import Settings, Transport, UnsafeAddress
from sync.protocol.local import LocalStore, Network, Report
from sync.protocol.messages import KeptEntries

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


CONDITION_SECONDS = 60.0
"""A till tells how it is at most once in this time."""


PROBE_SECONDS = 15.0
"""Somebody waits for the answer of a probe."""


class _Kept(NamedTuple):
    """A connection between exchanges; ``used`` is when the last one began, in monotonic seconds."""

    url: str
    settings: Settings
    transport: Transport
    used: float


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CentreClient:
    """The way to the centre. ``clock`` gives an aware datetime.

    A connection is kept open for ``keep_seconds`` after an exchange; then call ``close`` at the end.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        clock: Callable[[], datetime] = _utc_now,
        keep_seconds: float = 0.0,
    ) -> None:
        self._settings = settings or Settings()
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._kept: _Kept | None = None
        self._told_at = -CONDITION_SECONDS

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def enrol(self, store: LocalStore, key: "Ed25519PrivateKey", url: str, code: str) -> Report:
        """Join the centre at ``url`` with a one-time code."""
        try:
            with Transport(url, self._settings_for(store)) as transport:
                enrolment.enrol(store, key, transport, code.strip(), self._now)
        except UnsafeAddress as error:
            return Report("refused", reason="unsafe_address", detail=str(error))
        except Stopped as stop:
            return Report(stop.status, reason=stop.reason, detail=stop.detail, retry_after=stop.retry_after)
        return Report("ok", acked=store.standing().acked_seq)

    def exchange(
        self, store: LocalStore, key: "Ed25519PrivateKey", condition: Ask | None = None, tell: Tell = tell_nobody
    ) -> Report:
        """Push until nothing is unsent, then pull what is new. What ``tell`` raises ends it and is raised."""
        standing = store.standing()
        if standing.link is None:
            return Report("not_enrolled", reason="not_enrolled")
        try:
            transport = self._transport(standing.link.url, self._settings_for(store))
        except UnsafeAddress as error:
            store.note_problem("unsafe_address", str(error), self._now())
            return Report("refused", acked=standing.acked_seq, reason="unsafe_address", detail=str(error))
        due = time.monotonic() - self._told_at >= CONDITION_SECONDS
        run = Exchange(store, key, transport, self._now, condition if due else None, tell)
        report = run.run()
        if due and run.condition is None:
            self._told_at = time.monotonic()
        if report.status == "unknown" or not self._keep_seconds:
            self.close()
        return report

    def fetch_entries(
        self, store: LocalStore, key: "Ed25519PrivateKey", after: int, take: Callable[[KeptEntries], None]
    ) -> Report:
        """Hand everything that the centre keeps of this till after entry ``after`` to ``take``, page by page.

        ``pulled`` counts the entries. Each page is whole and the centre's own; whether it continues what is here is for
        ``take`` to judge (``epochs.continues``).
        """
        link = store.standing().link
        if link is None:
            return Report("not_enrolled", reason="not_enrolled")
        pulled = 0
        try:
            with Transport(link.url, self._settings_for(store)) as transport:
                caller = Caller(transport, key, self._now)
                caller.trust(link.centre_key)
                for kept in mending.fetch_after(caller, link, after):
                    take(kept)
                    pulled += len(kept.entries)
        except UnsafeAddress as error:
            return Report("refused", reason="unsafe_address", detail=str(error))
        except Stopped as stop:
            return Report(stop.status, pulled=pulled, reason=stop.reason, detail=stop.detail)
        return Report("ok", pulled=pulled)

    def probe(self, url: str, network: Network) -> Report:
        """Whether a centre answers at ``url`` by this network; the reasons are those of ``probing.probe``."""
        limits = replace(self._settings, total_seconds=min(self._settings.total_seconds, PROBE_SECONDS))
        return probing.probe(url, _by(limits, network))

    def close(self) -> None:
        """Give up the connection that was kept."""
        if self._kept is not None:
            self._kept.transport.close()
            self._kept = None

    def _transport(self, url: str, settings: Settings) -> Transport:
        """The connection of last time, unless it goes elsewhere now or has been idle for too long."""
        now = time.monotonic()
        kept = self._kept
        if kept and (kept.url, kept.settings) == (url, settings) and now - kept.used < self._keep_seconds:
            transport = kept.transport
        else:
            self.close()
            transport = Transport(url, settings)
        self._kept = _Kept(url, settings, transport, now)
        return transport

    def _settings_for(self, store: LocalStore) -> Settings:
        """The time limits of this client, the network of this till."""
        return _by(self._settings, store.network())

    def export_bundle(
        self, store: LocalStore, key: "Ed25519PrivateKey", path: Path, condition: Ask | None = None
    ) -> Report:
        """Write what is unsent to a file, as much as one holds. Raises ``OSError``."""
        return stick.export_bundle(store, key, path, self._now, condition)

    def import_reply(self, store: LocalStore, path: Path) -> Report:
        """Take the centre's reply from a file. Raises ``OSError``."""
        return stick.import_reply(store, path, self._now)


def _by(settings: Settings, network: Network) -> Settings:
    return replace(
        settings,
        proxy=network.proxy or settings.proxy,
        ca_file=network.ca_file or settings.ca_file,
        plain_http=network.plain_http or settings.plain_http,
    )
