"""A till whose history differs from the centre's joins it again, once an officer approved that.

A new ledger file is made beside the old one: what both histories have, what the centre has, and what diverged, entered
again in a new epoch. It is verified whole before it takes the old one's name; the old file is kept beside it.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Protocol

import msgspec

from pos_app.domain.errors import DamagedLedger, EnvironmentFault, LedgerBusy, RuleError
from pos_app.i18n import N_, _
from pos_app.ledger import backup, joined, queries, registry, rejoining, salvage, vouching
from pos_app.ledger.copying import Progress, check_space, discard, no_space_when_full, removed_on_failure, settle
from pos_app.ledger.durable import sync_folder, unused
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.exchange_facts import APPROVAL, RESTORED, drop_facts, put_facts, read_facts
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.rejoining import CannotEnter, Entered, NewId
from pos_app.ledger.sqlite import BESIDE, faults, make_private
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.services.exchange import ExchangeFailed
from sync.protocol.epochs import link_of, read_approval
from sync.protocol.local import LocalStore, Report
from sync.protocol.messages import Approval, KeptEntries
from sync.protocol.wire import Malformed, Oversize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Client(Protocol):
    """What is needed of the centre's client."""

    def fetch_entries(
        self, store: LocalStore, key: "Ed25519PrivateKey", after: int, take: Callable[[KeptEntries], None]
    ) -> Report: ...


State = Literal["none", "waiting", "approved", "refused"]
Fetch = Callable[[Ledger, Approval], Sequence[KeptEntries]]
"""Asks the centre for what it has after the base, up to the approved head."""
PROBLEMS: Final[dict[str, State]] = {"repair_waiting": "waiting", "repair_refused": "refused"}
PAID_TWICE: Final = ("settlement",)
STEPS: Final = 1_000
NO_APPROVAL: Final = N_("Diskoperin has approved no repair of this till. Exchange first; the Sync screen tells of it.")
CANNOT: Final = N_(
    "{number} cannot be entered again. Nothing was changed; selling goes on. Call Diskoperin. For support: {reason}."
)


class NothingApproved(RuleError):
    """No officer has allowed this till to join again."""

    name: ClassVar[str] = "nothing_approved"

    def __str__(self) -> str:
        return _(NO_APPROVAL)


class CannotRejoin(EnvironmentFault):
    """A document that diverged cannot be entered again; ``reason`` is technical English."""

    name: ClassVar[str] = "cannot_rejoin"
    number: str
    reason: str

    def __str__(self) -> str:
        return _(CANNOT).format(number=self.number, reason=self.reason)


@dataclass(frozen=True, slots=True)
class Rejoined:
    """What was done. ``taken`` entries came from the centre, ``entries`` are in the ledger now.

    ``paid_twice`` are producers paid in both histories, ``owing`` those who owe the corner now, with the rupiah;
    ``overpaid`` are staff members who paid more than was on their tab, ``returned`` sales of which more came back than
    was sold; ``short`` are goods, by name, that lie below zero now (thousandths); ``left`` is the rupiah that the
    closing put in took out of the drawer in the books alone. ``twice`` are take-backs and collections of what the
    centre's history took back or collected too, that count all the same; ``aside`` is where the old file lies.
    """

    entries: int
    taken: int
    entered: Entered
    paid_twice: tuple[str, ...] = ()
    owing: tuple[tuple[str, int], ...] = ()
    overpaid: tuple[tuple[str, int], ...] = ()
    returned: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    short: tuple[tuple[str, int], ...] = ()
    left: int = 0
    aside: Path | None = None


def state(ledger: Ledger) -> State:
    """Where the repair of this till stands: ``waiting`` for an officer, ``approved`` and to be run, ``refused``.

    ``none``: the histories agree, as far as the till knows.
    """
    facts = read_facts(ledger.db)
    told = PROBLEMS.get(facts.get("problem", ""), "none")
    return "approved" if told != "refused" and approval(ledger) is not None else told


def note_restored(ledger: Ledger) -> None:
    """Remember that this till came back from a backup: what it had sent since is fetched before anything is sold."""
    if LedgerStore(ledger).standing().link is not None:
        with ledger.write() as tx:
            put_facts(tx.db, {RESTORED: str(ledger.head().seq)})


def approval(ledger: Ledger) -> tuple[Approval, bytes] | None:
    """The approval that this ledger has not acted on yet, and its sealed bytes.

    The journal tells, not the number of its epoch: one that was begun here may never have come to the centre.
    """
    sealed = bytes.fromhex(read_facts(ledger.db).get(APPROVAL, ""))
    try:
        found = read_approval(sealed) if sealed else None
    except (Malformed, Oversize):
        return None
    return None if found is None or _is_done(LedgerStore(ledger), found) else (found, sealed)


def _is_done(store: LedgerStore, approved: Approval) -> bool:
    """Whether the journal goes on after the approved head as was approved, or ends there."""
    if store.hash_at(approved.head_seq) != approved.head_hash:
        return False
    after = store.entries(approved.head_seq + 1, 1)
    return not after or after[0].prev == link_of(approved)


# What the centre has ---------------------------------------------------------------------------------------------


def fetched(path: Path, ledger: Ledger, fetch: Fetch) -> tuple[KeptEntries, ...]:
    """What the centre has after the base: as it was kept by an earlier try, else asked for now and kept.

    Raises ``NothingApproved`` and what ``fetch`` does.
    """
    found, kept = approval(ledger), path.with_name(f"{path.name}.kept")
    if found is None:
        with suppress(OSError):
            kept.unlink()
        raise NothingApproved
    with suppress(OSError, msgspec.MsgspecError):
        pages = msgspec.msgpack.decode(kept.read_bytes(), type=tuple[KeptEntries, ...])
        if _are_complete(pages, found[0]):
            return pages
    pages = tuple(fetch(ledger, found[0]))
    if not _are_complete(pages, found[0]):
        raise NothingApproved  # the centre went on meanwhile: it has to approve anew
    part = kept.with_name(f"{kept.name}.part")
    with faults(path):
        make_private(part)
        part.write_bytes(msgspec.msgpack.encode(pages))
        settle(part)
        part.replace(kept)
        sync_folder(path.parent)
    return pages


def fetch_with(client: Client, vault: Vault) -> Fetch:
    """Ask the centre by its client. Raises ``ExchangeFailed``."""

    def fetch(ledger: Ledger, approved: Approval) -> list[KeptEntries]:
        pages: list[KeptEntries] = []
        report = client.fetch_entries(LedgerStore(ledger), vault.signing_key(), approved.base_seq, pages.append)
        if report.status != "ok":
            raise ExchangeFailed(report.status, report.reason, report.detail, report.retry_after)
        return pages

    return fetch


def _are_complete(pages: Sequence[KeptEntries], approved: Approval) -> bool:
    """Whether these lead from the base to the approved head; the chain itself is checked when they are appended."""
    last = pages[-1].last_hash if pages else approved.base_hash
    count = sum(len(page.entries) for page in pages)
    return (approved.base_seq + count, last) == (approved.head_seq, approved.head_hash)


# The repair ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair needs beside the ledger file ``path``; ``vault`` has its keys."""

    path: Path
    pages: tuple[KeptEntries, ...]
    vault: Vault
    now: datetime
    new_id: NewId
    progress: Progress | None = None
    twice: frozenset[str] = frozenset()
    """Numbers of reversals and collections of what the centre's history took back or collected too, done anyway."""

    def rehearse(self) -> Rejoined:
        """What ``run`` would do, done to a copy that is gone afterwards."""
        folder = self.path.with_name(f"{self.path.name}.rehearsal")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            with faults(self.path):
                folder.mkdir(mode=0o700)
            return self._built(folder / self.path.name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self) -> Rejoined:
        """Join again. Nobody else may have the ledger open.

        Raises ``NothingApproved``, ``CannotRejoin``, ``DamagedLedger`` or a fault of the disk; the ledger is then as
        it was.
        """
        unfinished = self.path.with_name(f"{self.path.name}.rejoining")
        with faults(self.path):
            discard(unfinished)
        with no_space_when_full(self.path.parent, self.path.stat().st_size), removed_on_failure(unfinished):
            done = self._built(unfinished)
            aside = self._swap(unfinished)
        return replace(done, aside=aside)

    def _built(self, unfinished: Path) -> Rejoined:
        """The whole new ledger under another name."""
        with closing(Ledger.open(self.path)) as own:
            found = approval(own)
            if found is None or LedgerStore(own).hash_at(found[0].base_seq) != found[0].base_hash:
                raise NothingApproved
            check_space(self.path.parent, self.path.stat().st_size)
            verify(own)  # what is entered again is not judged a second time, among entries that it did not know
            with closing(Ledger.create(unfinished, own.identity)) as ledger:
                try:
                    done = self._filled(ledger, own, *found)
                except CannotEnter as error:
                    raise CannotRejoin(error.number, error.reason) from error
                except DamagedLedger as error:
                    raise _naming(ledger, error, found[0].head_seq) from error
                backup.fold(ledger)
        return done

    def _filled(self, ledger: Ledger, own: Ledger, approved: Approval, sealed: bytes) -> Rejoined:
        with salvage.damaged(self.path) as left:
            salvage.carry_meta(left, ledger)
            salvage.append(left, ledger, approved.base_seq)
            behind = salvage.carry_tables(left, ledger)
        if behind or ledger.head().seq != approved.base_seq:
            raise DamagedLedger(ledger.head().seq + 1, ", ".join(behind))
        rebuild(ledger, self._part(0, 300))
        store = LedgerStore(ledger, self.vault.signing_key())
        for page in self.pages:
            try:
                store.take_back(page)
            except Malformed as error:
                raise DamagedLedger(page.first_seq, str(error)) from error
        entered = rejoining.enter_again(ledger, own.db, approved, sealed, self.new_id, self.twice)
        self._settle(ledger, approved)
        verify(ledger, self._part(300, STEPS))
        done = Rejoined(ledger.head().seq, approved.head_seq - approved.base_seq, entered)
        return replace(
            done,
            paid_twice=tuple(
                party for _kind, party in joined.twice(ledger.db, approved.base_seq, approved.head_seq, PAID_TWICE)
            ),
            owing=joined.owing(ledger.db),
            overpaid=joined.overpaid(ledger.db),
            returned=joined.returned_twice(ledger.db, approved.base_seq, approved.head_seq),
            twice=tuple(sorted(self.twice)),
            short=tuple(joined.short(ledger.db)),
            left=joined.left_in_drawer(ledger.db, entered),
        )

    def _settle(self, ledger: Ledger, approved: Approval) -> None:
        """What a new file does not know of itself yet: seals, what the centre has, and that it was made."""
        salvage.seal_again(ledger, self.vault, ())
        if vouching.is_claimed(ledger.db):
            vouching.vouch(ledger, self.vault)
        with ledger.write() as tx:
            put_facts(tx.db, {"acked_seq": str(approved.head_seq), "problem": "", "problem_detail": ""})
            drop_facts(tx.db, APPROVAL)
            registry.log_activity(tx.db, self.now.isoformat(timespec="seconds"), "", "ledger_rejoined", "")

    def _part(self, first: int, last: int) -> Progress | None:
        progress = self.progress
        if progress is None:
            return None
        return lambda done, total: progress(first + (last - first) * done // max(total, 1), STEPS)

    def _swap(self, unfinished: Path) -> Path:
        """Give the new file the name, and keep the old one. Killed at any moment, one of the two has it."""
        path = self.path
        there = (one for one in path.parent.glob(f"{path.name}.forked-*") if one.samefile(path))
        kept = next(there, None)  # an earlier try was cut off when the old file had both names
        aside = kept or unused(path.parent, f"{path.name}.forked-{self.now:%Y%m%d-%H%M%S}")
        with faults(path):
            with closing(Ledger.open(path)) as own:
                backup.fold(own)
            log = path.with_name(f"{path.name}-wal")
            if log.exists() and log.stat().st_size:
                raise LedgerBusy(str(path))
            discard(unfinished, main=False)
            settle(unfinished)
            try:
                if kept is None:
                    os.link(path, aside)
            except OSError:  # a file system without links: for a moment only the old file has a name
                path.rename(aside)
            try:
                sync_folder(path.parent)
                for suffix in BESIDE:
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                path.with_name(f"{path.name}.kept").unlink(missing_ok=True)
                unfinished.replace(path)
            except BaseException:
                if not path.exists():
                    aside.rename(path)
                raise
            sync_folder(path.parent)
        return aside


def recover(path: Path) -> None:
    """Give a ledger its name back where a repair ended between taking it away and giving it to the new file.

    Only where that new file still lies there: a ledger that went missing later is not the one of before a repair.
    """
    if path.exists() or not path.with_name(f"{path.name}.rejoining").exists():
        return
    asides = sorted(path.parent.glob(f"{path.name}.forked-*"))
    if asides:
        with faults(path):
            asides[-1].rename(path)
            sync_folder(path.parent)


def _naming(ledger: Ledger, error: DamagedLedger, head: int) -> Exception:
    """The error of a document that was entered again, by its number; that of any other entry as it is."""
    found = queries.entry_by_seq(ledger.db, error.entry) if error.entry > head else None
    return error if found is None else CannotRejoin(found.document.number, error.reason)
