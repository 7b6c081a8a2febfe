"""The ledger file of one till: create, open, and append documents to its journal.

``append`` writes entry, postings, movements and totals in one transaction that took the write lock first.
A ``COMMIT`` that raises is indeterminate: the file is opened again and the document looked up before
anybody is told.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app import logbook
from pos_app.domain.dates import business_date
from pos_app.domain.errors import (
    DamagedLedger,
    DiskFull,
    EnvironmentFault,
    JoiningCutOff,
    LedgerExists,
    LedgerMissing,
    NotALedger,
    Unsettled,
)
from pos_app.ledger import epochs, hot
from pos_app.ledger.durable import sync_way
from pos_app.ledger.migrations import migrate
from pos_app.ledger.projections import project
from pos_app.ledger.sqlite import APPLICATION_ID, Connection, Error, connect, fault_of, faults, make_private, remove
from pos_app.version import VERSION
from sync.documents.base import Document
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.entry import FIRST_EPOCH, Envelope, Head, entry_hash, genesis, make_body, read_body

if TYPE_CHECKING:
    from pos_app.ledger.verify import Progress
    from sync.protocol.messages import EpochBegun

SQLITE_MAGIC = b"SQLite format 3\x00"
SQLITE_HEADER_BYTES = 100
SLOW_SECONDS = 0.25
"""A transaction that takes longer is noted in the log: the counter waited for it."""
SETTLING_ATTEMPTS = 10
"""How often an entry is looked up whose ``COMMIT`` raised, on a new connection each time."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose ledger this is.

    ``epoch`` is that of the next entry: a till whose history differed from the centre's starts a new one. ``beginning``
    is that of the document numbers; each is given once, to a backup that came back, after which the chain simply goes
    on.
    """

    ledger_id: str
    corner: str
    corner_name: str
    till: str
    epoch: int = 1
    beginning: int = 1

    @property
    def series(self) -> str:
        """The middle of document numbers: corner, till and, after the first, which beginning this is."""
        return f"{self.corner.replace('-', '')}{self.till}{self.beginning if self.beginning > 1 else ''}"

    @property
    def genesis(self) -> bytes:
        """What the first entry follows."""
        return genesis(self.ledger_id, self.corner, self.till, FIRST_EPOCH)


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry that is about to be committed."""

    seq: int
    id: str
    number: str
    hash: bytes


class Transaction:
    """One write: read what is needed, append what follows. Obtained from ``Ledger.write``."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger
        self.db = ledger.db
        self.appended: list[Appended] = []
        self._link: bytes | None = None
        """What the next entry follows where it begins an epoch."""

    @cached_property
    def last(self) -> tuple[Head, str | None]:
        """The last entry and its time, read once: nobody else writes while this transaction is open."""
        row = self.db.execute(epochs.LAST).fetchone()
        if row is None:
            self._look_again()
            return self._ledger.head(), None
        self._ledger.identity = epochs.told(self._ledger.identity, *row[3:])
        return Head(row[0], row[1]), row[2]

    @property
    def identity(self) -> Identity:
        """Whose ledger it is, as it stands now."""
        _head, _recorded_at = self.last
        return self._ledger.identity

    @cached_property
    def open_shifts(self) -> list[hot.OpenShift]:
        """The shifts open now, read once for what a document asks and what it adds."""
        return hot.open_shifts(self.db)

    def next_number(self, prefix: str) -> str:
        """The next document number of its kind; gap-free because it is taken inside the transaction."""
        series = f"{prefix}-{self.identity.series}"
        return f"{series}-{hot.last_number(self.db, series) + 1:06d}"

    def append(self, document: Document, *, document_id: str, at: datetime, cashier: str) -> Appended:
        """Validate and write one document with all its effects.

        ``document_id`` is a UUIDv7 in text form, ``cashier`` a pseudonym. Raises ``InvalidDocument``,
        also for bytes that a later reader would refuse.
        """
        body = make_body(
            document,
            epoch=self.identity.epoch,
            seq=self.last[0].seq + 1,
            document_id=document_id,
            at=at.isoformat(timespec="seconds"),
            date=business_date(at).isoformat(),
            cashier=cashier,
            app=VERSION,
        )
        return self.keep(body)

    def begin_epoch(self, begun: "EpochBegun") -> None:
        """The next entry begins a later epoch."""
        epochs.keep(self.db, begun)
        self._link = epochs.prev_at(self.db, (begun,), begun.first_seq, self.identity.genesis)
        self._look_again()

    def begin_numbers_anew(self, beginning: int) -> None:
        """From now on document numbers start at 1 under this beginning, which was never given (``beginnings.take``)."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES ('beginning', ?)", (str(beginning),))
        self._look_again()

    def _look_again(self) -> None:
        self._ledger.identity = epochs.told(self._ledger.identity, *self.db.execute(epochs.NOW).fetchone())

    def keep(self, body: bytes, envelope: Envelope | None = None) -> Appended:
        """Write an entry whose bytes are there, with all its effects. Raises ``BrokenEntry`` or ``InvalidDocument``."""
        envelope = envelope or read_body(body)
        document = envelope.document()
        head, _recorded_at = self.last
        seq = head.seq + 1
        prev, self._link = self._link or head.hash, None
        digest = entry_hash(prev, body)
        self.db.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
            (seq, envelope.id, envelope.kind, envelope.at, body, prev, digest),
        )
        project(self.db, seq, document, at=envelope.at, date=envelope.date, open_shifts=self.open_shifts)
        if isinstance(document, ShiftOpened | ShiftClosed):
            del self.open_shifts
        entry = Appended(seq, envelope.id, document.number, digest)
        self.appended.append(entry)
        self.last = Head(seq, digest), envelope.at
        return entry


class Ledger:
    """An open ledger file. One object per connection; ``another`` makes one for a worker."""

    def __init__(self, path: Path, db: Connection, identity: Identity) -> None:
        self.path = path
        self.identity = identity
        self._db: Connection | None = db
        self._unsettled: Appended | None = None

    @property
    def db(self) -> Connection:
        """The connection; made anew after a fault has cost the old one.

        Raises an ``EnvironmentFault``: ``Unsettled`` where that fault left open whether something was recorded.
        """
        if self._db is None:
            try:
                self._db = connect(self.path)
            except EnvironmentFault as fault:
                if self._unsettled is None:
                    raise
                raise Unsettled(self._unsettled.number, self._unsettled.id) from fault
        return self._db

    @classmethod
    def create(cls, path: Path, identity: Identity) -> "Ledger":
        """A new, empty ledger, whole or not at all.

        Raises ``LedgerExists`` or ``JoiningCutOff`` rather than touching a file.
        """
        if path.exists():
            raise LedgerExists(str(path))
        _check_joined(path)
        if not path.parent.is_dir():
            raise LedgerMissing(str(path.parent))
        from pos_app.ledger.copying import give_name  # late: a till that is there needs none of it

        unfinished = path.with_name(f"{path.name}.new")
        with faults(path):
            remove(unfinished)
            make_private(unfinished)
            try:
                with closing(connect(unfinished)) as db:
                    migrate(db, unfinished)
                    rows = [(key, str(value)) for key, value in asdict(replace(identity, epoch=FIRST_EPOCH)).items()]
                    db.executemany("INSERT INTO meta VALUES (?, ?)", rows)
                give_name(unfinished, path)
                sync_way(path.parent)
            except BaseException:
                remove(unfinished)
                raise
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, progress: "Progress | None" = None) -> "Ledger":
        """Open and, where needed, upgrade a ledger. A file that is none is not touched.

        ``progress`` hears of entries done and entries in all while it is upgraded. Raises ``LedgerMissing``,
        ``NotALedger``, ``NewerLedger``, ``DamagedLedger``, ``ReadOnlyLedger``, ``DiskFull``, ``StorageFault``.
        """
        check_is_ledger(path)
        db = connect(path)
        try:
            with faults(path):
                migrate(db, path, progress)
                return cls(path, db, identity_of(db))
        except BaseException:
            db.close()
            raise

    def another(self) -> "Ledger":
        """The same ledger on a connection of its own, for a worker thread."""
        return Ledger(self.path, connect(self.path), self.identity)

    def begin_anew(self, beginning: int) -> None:
        """From now on document numbers start at 1 under a beginning that was never given (``beginnings.take``).

        What was recorded after a backup may be on paper somewhere: its numbers are not given again.
        """
        with self.write() as tx:
            tx.begin_numbers_anew(beginning)

    def close(self) -> None:
        """Close the connection; the last one folds the write-ahead log back into the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def head(self) -> Head:
        """The last entry; the genesis when there is none."""
        row = self.db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        if row:
            return Head(row["seq"], row["hash"])
        return Head(0, self.identity.genesis)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction with the write lock. Durable when the block ends; rolled back when it raises.

        Raises ``Unsettled`` when a failing disk hides whether it happened, and while it hides that of the one before.
        """
        self.settle()
        try:
            self.db.execute("BEGIN IMMEDIATE")
        except Error as error:
            raise fault_of(error, str(self.path)) from error
        transaction = Transaction(self)
        began = time.perf_counter()
        try:
            yield transaction
        except BaseException as error:
            self._roll_back()
            if isinstance(error, Error | OSError):
                raise fault_of(error, str(self.path)) from error
            raise
        try:
            self.db.execute("COMMIT")
        except Error as error:
            self._settle_commit(transaction, fault_of(error, str(self.path)))
        if (seconds := time.perf_counter() - began) > SLOW_SECONDS:
            logbook.note("slow_write", seconds=seconds, entries=len(transaction.appended))

    def _roll_back(self) -> None:
        try:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
        except Error:
            self.close()

    def _settle_commit(self, transaction: Transaction, fault: EnvironmentFault) -> None:
        """After a ``COMMIT`` that raised the file itself says whether it happened. Raises ``fault`` when it did not."""
        if isinstance(fault, DiskFull):  # then the commit's own mark, written last, is not in the file
            self._roll_back()
            raise fault
        entry = transaction.appended[-1] if transaction.appended else None
        recorded = self._is_recorded(entry.id if entry else "")
        if entry and recorded is None:
            self._unsettled = entry
            raise Unsettled(entry.number, entry.id) from fault
        if not recorded:
            raise fault

    @property
    def unsettled(self) -> Appended | None:
        """The document of which a failing disk hides whether it was recorded."""
        return self._unsettled

    def take_doubt(self, unsettled: Appended | None) -> None:
        """Go on looking for the document that a worker's connection to the same ledger could not look up."""
        self._unsettled = self._unsettled or unsettled

    def settle(self) -> None:
        """Look again for the document that could not be looked up; from then on the journal tells for good.

        Done before anything else is written. Raises ``Unsettled`` while the disk still hides it.
        """
        if self._unsettled is not None:
            if self._is_recorded(self._unsettled.id) is None:
                raise Unsettled(self._unsettled.number, self._unsettled.id)
            self._unsettled = None

    def _is_recorded(self, document_id: str) -> bool | None:
        """Whether a document is there, for good; None when the disk does not let that be found out.

        What a failed commit left in the log is seen by nobody while another connection is open, and comes back after
        a crash. A commit on top of it ends that, so only then there is an answer.
        """
        for _attempt in range(SETTLING_ATTEMPTS):
            self.close()
            with suppress(Error, EnvironmentFault):
                self.db.execute("BEGIN IMMEDIATE")
                found = self.db.execute("SELECT 1 FROM journal WHERE document_id = ?", (document_id,)).fetchone()
                version = self.db.execute("PRAGMA user_version").fetchone()[0]
                self.db.execute(f"PRAGMA user_version = {version}")
                self.db.execute("COMMIT")
                return found is not None
        self.close()
        return None


def check_is_ledger(path: Path) -> None:
    """Raise ``LedgerMissing``, ``JoiningCutOff`` or ``NotALedger``.

    Only the header is read: opening would change a foreign database.
    """
    with faults(path):
        if path.is_dir():
            raise NotALedger(str(path))
        if not path.is_file():
            _check_joined(path)
            raise LedgerMissing(str(path))
        with path.open("rb") as file:
            header = file.read(SQLITE_HEADER_BYTES)
    if header[:16] != SQLITE_MAGIC or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise NotALedger(str(path))


def _check_joined(path: Path) -> None:
    """Raise ``JoiningCutOff`` where a repair ended between taking the name away and giving it to the new file."""
    if path.with_name(f"{path.name}.rejoining").exists() and any(path.parent.glob(f"{path.name}.forked-*")):
        raise JoiningCutOff(str(path))


def identity_of(db: Connection) -> Identity:
    """Whose ledger an open file is. Raises ``DamagedLedger``."""
    try:
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    except Error as error:
        if "no such" in str(error):  # a table or a column that every ledger has
            raise DamagedLedger(0, str(error)) from error
        raise
    try:
        if not all(isinstance(value, str) for value in meta.values()):
            raise ValueError("no text")
        epoch = int(meta["epoch"])
        # A ledger of earlier programs tells how often it was restored.
        beginning = meta["beginning"] if "beginning" in meta else epoch + int(meta["restored"])
        return Identity(
            ledger_id=meta["ledger_id"],
            corner=meta["corner"],
            corner_name=meta["corner_name"],
            till=meta["till"],
            epoch=max((begun.epoch for begun in epochs.epochs_of(db)), default=FIRST_EPOCH),
            beginning=int(beginning),
        )
    except (KeyError, ValueError) as error:
        raise DamagedLedger(0, f"meta: {error}") from None
