"""What a till calls: enrol, exchange, and the two halves of the exchange by stick. Nothing here raises what the
network or the centre may cause: it is in the report."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.client import enrolment, stick
from sync.client.caller import Stopped
from sync.client.exchange import Exchange
from sync.client.transport import Settings, Transport, UnsafeAddress
from sync.protocol.local import LocalStore, Report

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CentreClient:
    """The way to the centre. ``clock`` gives an aware datetime."""

    def __init__(self, settings: Settings | None = None, clock: Callable[[], datetime] = _utc_now) -> None:
        self._settings = settings or Settings()
        self._clock = clock

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def enrol(self, store: LocalStore, key: "Ed25519PrivateKey", url: str, code: str) -> Report:
        """Join the centre at ``url`` with a one-time code."""
        try:
            with Transport(url, self._settings) as transport:
                enrolment.enrol(store, key, transport, code.strip(), self._now)
        except UnsafeAddress as error:
            return Report("refused", reason="unsafe_address", detail=str(error))
        except Stopped as stop:
            return Report(stop.status, reason=stop.reason, detail=stop.detail, retry_after=stop.retry_after)
        return Report("ok", acked=store.acked_seq())

    def exchange(self, store: LocalStore, key: "Ed25519PrivateKey") -> Report:
        """Push until nothing is unsent, then pull what is new."""
        link = store.link()
        if link is None:
            return Report("not_enrolled", reason="not_enrolled")
        try:
            with Transport(link.url, self._settings) as transport:
                return Exchange(store, key, transport, self._now).run()
        except UnsafeAddress as error:
            return Report("refused", acked=store.acked_seq(), reason="unsafe_address", detail=str(error))

    def export_bundle(self, store: LocalStore, key: "Ed25519PrivateKey", path: Path) -> Report:
        """Write everything unsent to a file. Raises ``OSError``."""
        return stick.export_bundle(store, key, path, self._now)

    def import_reply(self, store: LocalStore, path: Path) -> Report:
        """Take the centre's reply from a file. Raises ``OSError``."""
        return stick.import_reply(store, path, self._now)
