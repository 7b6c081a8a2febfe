"""The exchange with the centre, as the till uses it: enrol, synchronise, and the same by stick.

``Client`` is the centre's client (``sync.client``), which only the composition root builds.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from pos_app import logbook
from pos_app.domain.errors import EnvironmentFault
from pos_app.i18n import N_, _
from pos_app.ledger.exchange import ExchangeState, LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from sync.protocol.local import LocalStore, Report

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

During = Literal["exchange", "join", "reply"]
SENTENCES = {
    "unreachable": N_("The centre cannot be reached. Selling goes on; entries are sent later."),
    "nonsense": N_("The answer did not come from the centre. Check the network; entries are sent later."),
    "bad_code": N_("The enrolment code is unknown, used or expired. Ask the centre for a new one."),
    "wrong_corner": N_("The code or this till belongs to another corner. Ask the centre."),
    "key_revoked": N_("The centre has revoked this till. Nothing is lost; ask the centre for a new code."),
    "unknown_key": N_("The centre does not know this till. Nothing is lost; ask the centre for a code."),
    "foreign_device": N_("The centre does not take these entries from this till. Nothing is lost; call the centre."),
    "unsafe_address": N_("This address is not safe. It must begin with https://."),
    "fork": N_("The centre has other entries than this till. Sending has stopped; selling goes on. Call the centre."),
    "behind": N_("The centre has more entries than this till: an old copy was restored. Call the centre."),
    "outdated": N_("Everything is sent, but this program is too old to receive. Update it."),
    "oversize": N_("An entry is too large to send. Nothing is lost; call the centre."),
    "not_enrolled": N_("This till has not joined the centre yet. Ask the centre for an enrolment code."),
    "too_many_requests": N_("The centre is busy. Entries are sent later."),
    "unavailable": N_("The centre is busy. Entries are sent later."),
    "no_ca_file": N_("The file with the certificates is not there."),
    "damaged": N_("An entry on this computer is damaged and is not sent. Make a backup and call the centre."),
    "unwritable": N_("The file cannot be written or read. Check the stick."),
}
JOINING = {
    "unreachable": N_("The centre cannot be reached. Not joined; check the address and the network, then try again."),
    "nonsense": N_("What answers at this address is not the centre. Not joined; check the address."),
    "too_many_requests": N_("The centre is busy. Not joined; try again in a few minutes."),
    "unavailable": N_("The centre is busy. Not joined; try again in a few minutes."),
    "": N_("The centre did not let this till join ({name}). Try again, or ask the centre."),
}
READING = {
    "nonsense": N_("This file is not the centre's reply to this till. Ask the centre for the reply to your last file."),
}
UNCLEAR = N_("The centre did not take the entries yet ({name}). Nothing is lost; they are sent later.")


class ExchangeFailed(EnvironmentFault):
    """The exchange did not finish; nothing is lost. ``status`` and ``reason`` are those of the report.

    ``during`` says what was tried: the same reason means something else while joining or reading a reply.
    """

    name: ClassVar[str] = "exchange_failed"
    status: str
    reason: str
    detail: str = ""
    retry_after: float | None = None
    pushed: int = 0
    during: During = "exchange"

    def __str__(self) -> str:
        special = {"join": JOINING, "reply": READING}.get(self.during, {})
        sentence = special.get(self.reason) or (special.get("") if self.reason not in SENTENCES else None)
        return _(sentence).format(name=self.reason) if sentence else problem_text(self.reason)


class Client(Protocol):
    """What the till needs of the centre's client."""

    def enrol(self, store: LocalStore, key: "Ed25519PrivateKey", url: str, code: str) -> Report: ...

    def exchange(self, store: LocalStore, key: "Ed25519PrivateKey") -> Report: ...

    def export_bundle(self, store: LocalStore, key: "Ed25519PrivateKey", path: Path) -> Report: ...

    def import_reply(self, store: LocalStore, path: Path) -> Report: ...


def set_network(
    ledger: Ledger, *, proxy: str | None = None, ca_file: Path | None = None, plain_http: bool | None = None
) -> None:
    """Change how the centre is reached from here; ``None`` leaves a setting as it is, an empty one takes it away.

    Raises ``ExchangeFailed`` ``no_ca_file`` for a CA file that is not there.
    """
    if ca_file is not None and ca_file.name and not ca_file.is_file():
        raise ExchangeFailed("unknown", "no_ca_file", str(ca_file))
    LedgerStore(ledger).save_network(
        proxy=proxy,
        ca_file=None if ca_file is None else str(ca_file.absolute()) if ca_file.name else "",
        plain_http=plain_http,
    )


def enrol(ledger: Ledger, vault: Vault, client: Client, url: str, code: str) -> None:
    """Join the centre at ``url``, once or again with a new code. Raises ``ExchangeFailed``."""
    _succeeded(client.enrol(LedgerStore(ledger), vault.signing_key(), full_address(url), code), "join")


def full_address(typed: str) -> str:
    """An address as people type it, with its scheme: http for this very computer, https for all others."""
    from urllib.parse import urlsplit

    text = typed.strip()
    if "://" in text:
        return text
    try:
        host = urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return text
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    return f"{'http' if loopback else 'https'}://{text}"


def centre_address(ledger: Ledger) -> str:
    """Where the centre is that this till joined; empty before."""
    link = LedgerStore(ledger).standing().link
    return link.url if link is not None else ""


def sync(ledger: Ledger, vault: Vault, client: Client) -> dict[str, Any]:
    """Exchange until nothing is unsent and nothing new is left; the object that ``pojok sync`` prints.

    ``pushed`` counts entries sent now, ``acked`` all that the centre has. Raises ``ExchangeFailed``.
    """
    return _plain(_succeeded(client.exchange(LedgerStore(ledger), vault.signing_key())))


def export_bundle(ledger: Ledger, vault: Vault, client: Client, path: Path) -> dict[str, Any]:
    """Write everything unsent to a file; ``pushed`` counts its entries. Raises ``ExchangeFailed``."""
    try:
        return _plain(_succeeded(client.export_bundle(LedgerStore(ledger), vault.signing_key(), path)))
    except OSError as error:
        raise ExchangeFailed("unknown", "unwritable", str(error)) from error


def import_reply(ledger: Ledger, client: Client, path: Path) -> dict[str, Any]:
    """Take the centre's reply from a file. Raises ``ExchangeFailed``."""
    try:
        return _plain(_succeeded(client.import_reply(LedgerStore(ledger), path), "reply"))
    except OSError as error:
        raise ExchangeFailed("unknown", "unwritable", str(error)) from error


def exchange_state(ledger: Ledger) -> ExchangeState:
    """What the top bar tells of the exchange."""
    return LedgerStore(ledger).state()


def problem_text(reason: str) -> str:
    """A problem by its stable name, as one sentence that says what to do."""
    sentence = SENTENCES.get(reason)
    return _(sentence) if sentence else _(UNCLEAR).format(name=reason)


def _succeeded(report: Report, during: During = "exchange") -> Report:
    figures = {"pushed": report.pushed, "acked": report.acked, "pulled": report.pulled}
    logbook.note(during, status=report.status, reason=report.reason or "-", **figures)
    if report.status != "ok":
        raise ExchangeFailed(report.status, report.reason, report.detail, report.retry_after, report.pushed, during)
    return report


def _plain(report: Report) -> dict[str, Any]:
    return {"status": report.status, "pushed": report.pushed, "acked": report.acked, "pulled": report.pulled}
