"""What every use case needs: the ledger, the clock, ids, the acting user; and one way to record a document."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pos_app import logbook
from pos_app.domain.dates import business_date
from pos_app.domain.errors import ManagerNeeded, NoOpenShift, RecordedAfterAll, StaleShift, Unsettled
from pos_app.ledger import drafts, print_queue, queries, registry
from pos_app.ledger.ledger import Appended, Ledger, Transaction
from pos_app.ledger.sqlite import Connection, faults
from pos_app.ledger.vault import Vault, about
from sync.documents.base import Document

if TYPE_CHECKING:
    from sync.protocol.facts import Kind

CLOCK_BACK = timedelta(minutes=2)
CLOCK_AHEAD = timedelta(days=730)
DEFAULT_CASH_STEP = 100
DEMO_SETTING = "demo"
"""Setting: ``1`` in a demo corner."""
TRAINING_SETTING = "training"
"""Setting: ``1`` in a training, of which nothing counts."""


@dataclass(frozen=True, slots=True)
class User:
    """Who acts: a pseudonym and a role; the name stays in the registry."""

    id: str
    role: str
    name: str = ""

    @property
    def is_manager(self) -> bool:
        return self.role == "pengelola"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A document that is durable. ``warnings`` are stable names with their data."""

    id: str
    number: str
    seq: int
    hash: bytes
    document: Document
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Recording:
    """One document being written: read through ``db``, then ``append`` once; ``another`` is for a second one."""

    counter: "Counter"
    tx: Transaction
    at: datetime
    document_id: str
    clock_plausible: bool
    warnings: list[tuple[str, str]] = field(default_factory=list)
    recorded: Recorded | None = None
    today: date = field(init=False)
    """Business date of this document."""

    def __post_init__(self) -> None:
        self.today = business_date(self.at)

    @property
    def db(self) -> Connection:
        return self.tx.db

    def another(self) -> "Recording":
        """A further document of the same transaction, to be appended before this one.

        The document that is appended last tells for all of them, where a failing disk hides whether they are recorded.
        """
        return Recording(self.counter, self.tx, self.at, self.counter.new_id(self.at), self.clock_plausible)

    def number(self, prefix: str) -> str:
        """The next number of its kind."""
        return self.tx.next_number(prefix)

    def require_shift(self, *, selling: bool = False) -> None:
        """Raise ``NoOpenShift``, and ``StaleShift`` when an earlier day's would be sold from."""
        shift = next(iter(self.tx.open_shifts), None)
        if shift is None:
            raise NoOpenShift
        if selling and shift.date != self.today.isoformat():
            if self.clock_plausible:
                raise StaleShift(shift.opened_at)
            self.warnings.append(("stale_shift", shift.opened_at))

    def note(self, text: str | None) -> str | None:
        """Keep a free note beside the journal, sealed; returns its salted hash for the document."""
        if not text:
            return None
        salt = secrets.token_bytes(16)
        sealed = self.counter.vault.seal(text.encode(), about("note", self.document_id))
        registry.keep_note(self.db, self.document_id, salt, sealed)
        return hashlib.sha256(salt + text.encode()).hexdigest()

    def append(self, document: Document, *, paper: str | None = None, copies: int = 1) -> Appended:
        """Write the document, and put its paper into the print queue in the same transaction."""
        entry = self.tx.append(document, document_id=self.document_id, at=self.at, cashier=self.counter.who())
        if paper and self.counter.prints:
            print_queue.enqueue(self.db, entry.id, paper, copies, self.at.isoformat(timespec="seconds"))
        self.recorded = Recorded(entry.id, entry.number, entry.seq, entry.hash, document, tuple(self.warnings))
        return entry


@dataclass(slots=True)
class Counter:
    """One till at work. ``clock`` gives an aware datetime; ``new_id`` a UUIDv7 for a moment."""

    ledger: Ledger
    vault: Vault
    clock: Callable[[], datetime]
    new_id: Callable[[datetime], str]
    user: User | None = None
    prints: bool = True
    cash_step: int = DEFAULT_CASH_STEP
    left_open: str = ""
    """The document of which a failing disk hides whether it was recorded, until somebody hears what became of it."""

    @property
    def db(self) -> Connection:
        """The connection for reads on the caller's thread."""
        return self.ledger.db

    @property
    def is_manager(self) -> bool:
        """Whether a manager acts."""
        return self.user is not None and self.user.is_manager

    def require_manager(self, action: str, approved_by: str | None = None) -> None:
        """Raise ``ManagerNeeded`` unless a manager acts or approved."""
        if not approved_by and not self.is_manager:
            raise ManagerNeeded(action)

    def who(self, approved_by: str | None = None) -> str:
        """The pseudonym under which an act is kept: of who approved, else of who acts; empty for nobody."""
        return approved_by or (self.user.id if self.user else "")

    def log(self, db: Connection, action: str, detail: str = "", approved_by: str | None = None) -> None:
        """Keep who did something that is no document, in the caller's transaction."""
        at = self.clock().isoformat(timespec="seconds")
        registry.log_activity(db, at, self.who(approved_by), action, detail)

    def propose(self, db: Connection, kind: "Kind", code: str) -> None:
        """Let the centre hear of what was registered or changed here, in the caller's transaction."""
        from pos_app.ledger import proposed  # late: the start registers nothing

        who = self.ledger.identity
        proposed.note(db, kind, code, who.corner, who.till, self.clock().isoformat(timespec="microseconds"))

    @contextmanager
    def apart(self) -> Iterator["Counter"]:
        """This counter on a connection of its own, for a worker.

        What a failing disk hid there, or was told of it, this one knows as well afterwards.
        """
        with closing(self.ledger.another()) as own:
            copy = replace(self, ledger=own)
            before = self.left_open
            try:
                yield copy
            finally:
                self.ledger.take_doubt(own.unsettled)
                if copy.left_open != before:
                    self.left_open = copy.left_open

    @contextmanager
    def record(self, draft: str | None = None) -> Iterator[Recording]:
        """One transaction for one document. Nothing is half done when the block raises.

        ``draft`` is the slot of the draft that becomes the document: it is emptied in the same transaction, so
        that a power cut between the two cannot bring back a cart that is paid.

        Raises ``Unsettled`` when a failing disk hides whether it was recorded (``once`` is for what follows), and
        ``RecordedAfterAll`` for an earlier one of which that was said and of which nobody has heard since.
        """
        if self.left_open and (earlier := self.settled(self.left_open)):
            raise RecordedAfterAll(earlier.number, earlier.id, earlier.seq)
        try:
            with self.ledger.write() as tx:
                at = self.clock()
                recording = Recording(self, tx, at, self.new_id(at), _follows(tx.last[1], at))
                if not recording.clock_plausible:
                    logbook.note("clock_implausible", last=tx.last[1] or "", now=at.isoformat(timespec="seconds"))
                    recording.warnings.append(("clock_implausible", at.isoformat()))
                yield recording
                if draft is not None:
                    drafts.discard(tx.db, draft)
        except Unsettled as fault:
            self.left_open = fault.id
            raise

    def settled(self, document_id: str) -> Recorded | None:
        """What became of a document of which the disk hid it, with a warning that says so; None: it is not there.

        Who asks has heard it. Raises ``Unsettled`` while the disk still hides it.
        """
        self.ledger.settle()
        with faults(self.ledger.path):
            entry = queries.entry_by_id(self.db, document_id)
        if self.left_open == document_id:
            self.left_open = ""
        if entry is None:
            return None
        number = entry.document.number
        return Recorded(entry.id, number, entry.seq, entry.hash, entry.document, (("recorded_after_all", number),))


def clock_is_plausible(db: Connection, at: datetime) -> bool:
    """Neither before the last entry nor years after it."""
    return _follows(queries.last_recorded_at(db), at)


def _follows(last: str | None, at: datetime) -> bool:
    return last is None or -CLOCK_BACK <= at - datetime.fromisoformat(last) <= CLOCK_AHEAD


def done(recording: Recording) -> Recorded:
    """What was recorded; for the end of a use case, after its block has committed."""
    if recording.recorded is None:
        raise AssertionError("nothing was recorded")
    return recording.recorded
