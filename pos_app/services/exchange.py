"""The exchange with the centre, as the till uses it: enrol, synchronise, and the same by stick.

``Client`` is the centre's client (``sync.client``), which only the composition root builds.
"""

import errno
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Protocol

from pos_app import logbook
from pos_app.domain.errors import EnvironmentFault
from pos_app.i18n import N_, _
from pos_app.ledger import queries
from pos_app.ledger.exchange import ExchangeState, LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.version import VERSION
from sync.protocol.batch import Condition
from sync.protocol.local import LocalStore, Network, Report
from sync.protocol.problems import printable
from sync.protocol.wire import MIB

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

During = Literal["exchange", "join", "reply", "trial"]
ENTRIES: Final = "entries"
LONGEST_DETAIL: Final = 200
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
    "repair_waiting": N_(
        "The centre has other entries than this till. The repair waits for Diskoperin; selling goes on."
    ),
    "repair_approved": N_("Diskoperin approved the repair of this till. The manager runs it on the Sync screen."),
    "repair_refused": N_("Diskoperin refused the repair of this till. Nothing is lost, selling goes on. Call them."),
    "outdated": N_("Everything is sent, but this program is too old to receive. Update it."),
    "oversize": N_("An entry is too large to send. Nothing is lost; call the centre."),
    "not_enrolled": N_("This till has not joined the centre yet. Ask the centre for an enrolment code."),
    "too_many_requests": N_("The centre is busy. Entries are sent later."),
    "unavailable": N_("The centre is busy. Entries are sent later."),
    "untrusted": N_(
        "The centre's certificate is not trusted, so nothing is sent; selling goes on. Ask the office's network staff"
        " for their CA file and choose it in Network settings on the Sync screen."
    ),
    "no_ca_file": N_("The file with the certificates is not there. Choose it again."),
    "bad_ca_file": N_("This file holds no certificates. Ask the office's network staff for the right one (PEM)."),
    "damaged": N_("An entry on this computer is damaged and is not sent. Make a backup and call the centre."),
    "digest": N_(
        "The lists of goods and producers differ from the centre's, also after a fresh pull. Call Diskoperin."
    ),
    "gap": N_("The centre lacks earlier entries. They are sent again with the next exchange or file."),
    "stick_full": N_("The stick is full. Empty it or take another one, then export again."),
    "unwritable": N_(
        "The file could not be written. Check that the stick is plugged in and not locked, then export again."
    ),
    "unreadable": N_("The file cannot be read. Plug the stick in again and choose the file once more."),
    "broken": N_(
        "Sending broke off on this computer. Nothing is lost and selling goes on. If it stays, call Diskoperin."
    ),
}
JOINING = {
    "unreachable": N_("The centre cannot be reached. Not joined; check the address and the network, then try again."),
    "untrusted": N_(
        "The certificate at this address is not trusted. Not joined; ask the office's network staff for their CA file,"
        " choose it in Network settings on the Sync screen (pojok enrol: --ca-file), then try again."
    ),
    "nonsense": N_("What answers at this address is not the centre. Not joined; check the address."),
    "too_many_requests": N_("The centre is busy. Not joined; try again in a few minutes."),
    "unavailable": N_("The centre is busy. Not joined; try again in a few minutes."),
    "": N_("The centre did not let this till join ({name}). Try again, or ask the centre."),
}
READING = {
    "nonsense": N_("This file is not the centre's reply to this till. Ask the centre for the reply to your last file."),
    "no_bundle": N_("This file is no reply of the centre. Choose the file that the centre gave back."),
    "other_way": N_("This is the file for the centre, not its reply. Take it there and bring the reply."),
    "newer_file": N_("This reply was written by a newer program. Update this program, then import it again."),
    "cut_off": N_("The reply is cut off: its end is missing. Ask the centre to write it again."),
    "changed": N_("The reply is damaged: it is not what the centre signed. Ask the centre to write it again."),
    "too_large": N_("The file is larger than a reply may be. Ask the centre to write it again."),
    "other_key": N_("This reply is of another centre than the one this till joined. Ask your centre for its reply."),
    "other_till": N_("This reply is for another till. Import it there; ask the centre for the reply to your file."),
    "gap": N_("The centre lacks earlier entries, so it took nothing. Export again: the next file begins with them."),
}
TRYING = {
    "no_address": N_("Enter the centre's address first."),
    "no_name": N_("The name in the address is not found. Check the spelling, and whether the internet works."),
    "refused": N_("The computer at this address does not take the call. Check the address, or call Diskoperin."),
    "untrusted": N_(
        "The certificate is not trusted. Ask the office's network staff for their CA file and choose it here."
    ),
    "proxy": N_("The proxy does not let this through. Check its address, or ask the office's network staff."),
    "proxy_password": N_("The proxy asks for a name and password. Write it as http://name:password@proxy:port."),
    "slow": N_("No answer in time. Check the network; perhaps a proxy is needed."),
    "not_a_centre": N_("Something answers at this address, but no centre. Check the address."),
    "unavailable": N_("The centre is there, but it is not ready. Try again in a few minutes."),
    "unreachable": N_("The centre cannot be reached. Check the address and the network."),
}
AWAY: Final = ("unreachable", "nonsense", "untrusted", "no_ca_file", "bad_ca_file", "unavailable", "too_many_requests")
"""Problems of the way to the centre."""
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
        special = {"join": JOINING, "reply": READING, "trial": TRYING}.get(self.during, {})
        sentence = special.get(self.reason) or (special.get("") if self.reason not in SENTENCES else None)
        return _(sentence).format(name=self.reason) if sentence else problem_text(self.reason)


Tell = Callable[[str, int, int], None]
"""Hears how far an exchange is: ``entries`` or the scope that is pulled, how many are done, how many in all (0: not
known). What it raises ends the exchange.
"""


def tell_nobody(_what: str, _done: int, _total: int) -> None:
    """The ``Tell`` of whoever does not want to know."""


class Client(Protocol):
    """What the till needs of the centre's client."""

    def enrol(self, store: LocalStore, key: "Ed25519PrivateKey", url: str, code: str) -> Report: ...

    def exchange(
        self, store: LocalStore, key: "Ed25519PrivateKey", condition: Callable[[], Condition], tell: Tell
    ) -> Report: ...

    def probe(self, url: str, network: Network) -> Report: ...

    def export_bundle(
        self, store: LocalStore, key: "Ed25519PrivateKey", path: Path, condition: Callable[[], Condition]
    ) -> Report: ...

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
    store, key = LedgerStore(ledger, vault.signing_key()), vault.signing_key()
    _succeeded(client.enrol(store, key, full_address(url), code), "join")
    _begin_alone(ledger, vault)


def _begin_alone(ledger: Ledger, vault: Vault) -> None:
    """Number documents and goods as no other ledger of this till did, on a computer before this one perhaps."""
    from datetime import UTC, datetime

    from pos_app.ledger import beginnings

    first = LedgerStore(ledger).first_beginning()
    with ledger.write() as tx:
        if tx.identity.beginning < first:
            tx.begin_numbers_anew(beginnings.take(tx.identity, vault.folder, None, datetime.now(UTC), first - 1))


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
    """Where the centre is that this till joined, or will join; empty while nobody said."""
    return LedgerStore(ledger).state().url


def set_address(ledger: Ledger, typed: str, *, plain_http: bool) -> None:
    """From now on the same centre is asked at another address. Raises ``ExchangeFailed`` ``unsafe_address``."""
    url = checked_address(typed, plain_http=plain_http)
    if url != centre_address(ledger):
        LedgerStore(ledger).save_address(url)


def checked_address(typed: str, *, plain_http: bool) -> str:
    """An address as people type it, whole; an empty one stays empty. Raises ``ExchangeFailed`` ``unsafe_address``."""
    if not typed.strip():
        return ""
    url = full_address(typed).rstrip("/")
    scheme, _colon, rest = url.partition("://")
    safe = scheme == "https" or (scheme == "http" and (plain_http or full_address(rest).startswith("http:")))
    if not rest or not safe:
        raise ExchangeFailed("refused", "unsafe_address", url)
    return url


def network(ledger: Ledger) -> Network:
    """How the centre is reached from here."""
    return LedgerStore(ledger).network()


def try_connection(client: Client, typed: str, by: Network) -> None:
    """Ask whether a centre answers at an address. Raises ``ExchangeFailed``, which says what is wrong."""
    if not typed.strip():
        raise ExchangeFailed("refused", "no_address", during="trial")
    if by.ca_file and not Path(by.ca_file).is_file():
        raise ExchangeFailed("unknown", "no_ca_file", by.ca_file, during="trial")
    _succeeded(client.probe(full_address(typed), by), "trial")


def sync(ledger: Ledger, vault: Vault, client: Client, tell: Tell = tell_nobody) -> dict[str, Any]:
    """Exchange until nothing is unsent and nothing new is left; the object that ``pojok sync`` prints.

    ``pushed`` counts entries sent now, ``acked`` all that the centre has. Raises ``ExchangeFailed``.
    """
    store = LedgerStore(ledger, vault.signing_key(), vault)
    if store.first_beginning() > ledger.identity.beginning:  # joining was cut off
        _begin_alone(ledger, vault)
    unsent = store.state().unsent

    def known(what: str, done: int, total: int) -> None:
        tell(what, done, max(unsent, done) if what == ENTRIES else total)

    return _plain(_succeeded(client.exchange(store, vault.signing_key(), lambda: condition(ledger), known)))


def condition(ledger: Ledger) -> Condition:
    """How this till is, for the centre's board of corners."""
    from pos_app.services import backing_up

    now, state = int(time.time()), LedgerStore(ledger).state()  # what is recorded from here on is after ``at``
    backup = backing_up.last_good(ledger.db)
    shift = queries.open_shift(ledger.db)
    return Condition(
        app=VERSION,
        unsent=state.unsent,
        oldest_unsent_at=state.oldest_unsent_at,
        backup_at=backup.isoformat(timespec="seconds") if backup else "",
        free_mib=free_bytes(ledger) // MIB,
        shift_opened_at=shift.opened_at if shift else "",
        at=now + state.clock_offset,
    )


def free_bytes(ledger: Ledger) -> int:
    """What is left on the disk of the ledger."""
    return shutil.disk_usage(ledger.path.parent).free


def export_bundle(ledger: Ledger, vault: Vault, client: Client, path: Path) -> dict[str, Any]:
    """Write what is unsent to a file. ``pushed`` counts its entries, ``remaining`` those for which another file is
    needed once the reply is here. Raises ``ExchangeFailed``.
    """
    store = LedgerStore(ledger, vault.signing_key(), vault)
    try:
        report = _succeeded(client.export_bundle(store, vault.signing_key(), path, lambda: condition(ledger)))
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise ExchangeFailed("unknown", "stick_full" if full else "unwritable", str(error)) from error
    return {**_plain(report), "remaining": max(store.state().unsent - report.pushed, 0)}


def import_reply(ledger: Ledger, client: Client, path: Path) -> dict[str, Any]:
    """Take the centre's reply from a file; ``status`` is ``known`` when it was loaded before, ``older`` when the till
    has heard more since. Either changes nothing. Raises ``ExchangeFailed``.
    """
    store = LedgerStore(ledger)
    before = store.state()
    try:
        report = _succeeded(client.import_reply(store, path), "reply")
    except OSError as error:
        raise ExchangeFailed("unknown", "unreadable", str(error)) from error
    if before.problem in AWAY and not store.state().problem:  # a file does not tell that the way there is open again
        store.note_problem(before.problem, before.problem_detail, before.problem_since)
    return {**_plain(report), "status": report.reason or report.status}


def exchange_state(ledger: Ledger) -> ExchangeState:
    """What the top bar tells of the exchange."""
    return LedgerStore(ledger).state()


def note_fault(ledger: Ledger, error: Exception) -> None:
    """Keep that an exchange ended in what nobody foresaw: in the log, and for the top bar."""
    from datetime import UTC, datetime

    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "-"
    logbook.note("exchange_broke", error=type(error).__name__, at=where)
    with suppress(EnvironmentFault):
        detail = printable(f"{type(error).__name__}: {error}", LONGEST_DETAIL)
        LedgerStore(ledger).note_problem("broken", detail, datetime.now(UTC).isoformat(timespec="seconds"))


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
