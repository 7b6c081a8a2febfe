"""Replay the journal from entry 1 and compare every projection with what follows from it.

Rows that belong to an entry are compared in the order of the entries, a thousand at a time, so memory does not grow
with the journal. Running sums are few; they are compared at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger import approvals, search, shape
from pos_app.ledger.claims import Claims
from pos_app.ledger.comparing import InOrder, Seals, Sums
from pos_app.ledger.entered_again import EnteredAgain
from pos_app.ledger.epochs import epochs_of, hash_of, prev_at
from pos_app.ledger.projections import look_up
from pos_app.ledger.sqlite import Connection, Error
from pos_app.ledger.standing import Rows, Standing
from pos_app.ledger.vouching import foreign_seal
from sync.documents.base import Document, Effects, InvalidDocument
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.entry import FIRST_EPOCH, BrokenEntry, Envelope, entry_hash, genesis, read_body
from sync.protocol.epochs import beginning_at

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger

Progress = Callable[[int, int], None]
BATCH = 1_000
MOVING_SHIFTS = (ShiftOpened, ShiftClosed)
JOURNAL = "SELECT seq, document_id, kind, recorded_at, body, prev, hash FROM journal ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Verified:
    """A ledger that is whole: number of entries and the hash of the last one (empty for none).

    ``unproved`` are later epochs of which the ledger does not know enough to prove that the centre approved them.
    """

    entries: int
    head: str
    unproved: tuple[int, ...] = ()


def verify(ledger: "Ledger", progress: Progress | None = None, *, trusted_key: bytes | None = None) -> Verified:
    """Check chain, content, seals, projections and schema. Raises ``DamagedLedger`` with the first bad entry.

    ``progress`` hears of entries done and entries in all. ``trusted_key`` is the till's public key (32 bytes): the
    newest seal must be by it, or lie in a past that it vouches for (``vouching``); else ``ForeignSeal`` is raised.
    """
    try:
        with _consistent(ledger.db) as db:
            return _Verification(db, progress).run(trusted_key)
    except DamagedLedger as error:  # its traceback would keep cursors open, and the next check in this snapshot
        error.__context__ = None
        raise error.with_traceback(None) from None
    except (Error, UnicodeDecodeError) as error:  # SQLite quotes what stands in a damaged page
        raise DamagedLedger(0, " ".join(str(error).split())) from error


@contextmanager
def _consistent(db: Connection) -> Iterator[Connection]:
    """One snapshot for all reads, whatever is written meanwhile; its pages and indexes are sound."""
    db.execute("BEGIN")
    try:
        search.look_again(db)
        result = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if result != "ok":
            raise DamagedLedger(0, " ".join(result.split()))
        yield db
    finally:
        db.execute("ROLLBACK")


def beginning(db: Connection) -> bytes:
    """The ``prev`` of the first entry of this ledger, from whose it says it is."""
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    try:
        return genesis(meta["ledger_id"], meta["corner"], meta["till"], int(meta["epoch"]))
    except (KeyError, ValueError) as error:
        raise DamagedLedger(0, f"meta: {error}") from None


def checked(row: Sequence[Any], expected: int, prev: bytes) -> Envelope:
    """The envelope of a row of the journal (its columns in order), whose chain and columns agree with its bytes.

    Raises ``BrokenEntry``.
    """
    seq, document_id, kind, recorded_at, body, before, digest = row
    if seq != expected:
        raise BrokenEntry(f"entry {expected} is missing")
    if not all(type(content) is bytes for content in (body, before, digest)):
        raise BrokenEntry("columns are of another kind")
    if before != prev:
        raise BrokenEntry("does not continue the entry before")
    if digest != entry_hash(prev, body):
        raise BrokenEntry("content does not match its hash")
    envelope = read_body(body)
    if (seq, document_id, kind, recorded_at) != (envelope.seq, envelope.id, envelope.kind, envelope.at):
        raise BrokenEntry("columns do not match the content")
    return envelope


def entries(db: Connection, prev: bytes) -> Iterator[tuple[int, bytes, Envelope, Document, Effects]]:
    """Every entry in order with its hash and its effects, checked by itself and against earlier ones (``claims``).

    Raises ``DamagedLedger`` at the first that is broken.
    """
    cursor = db.execute(JOURNAL)
    cursor.row_factory = None
    first, begun, claims = prev, epochs_of(db), Claims(db)
    again = EnteredAgain(claims, begun) if begun else None
    expected = 1
    while chunk := cursor.fetchmany(BATCH):
        for row in chunk:
            try:
                if again and beginning_at(begun, expected):
                    prev = prev_at(db, begun, expected, first) or b""
                envelope = checked(row, expected, prev)
                document = envelope.document()
                effects = document.effects()
                if again:
                    again.check(expected, envelope, document, effects)
                elif envelope.epoch != FIRST_EPOCH or envelope.was:
                    raise BrokenEntry("is of another epoch")
                else:
                    claims.check(expected, envelope.id, document, effects)
            except (BrokenEntry, InvalidDocument) as error:
                raise DamagedLedger(expected, str(error)) from error
            prev = row[6]
            yield expected, prev, envelope, document, effects
            expected += 1
    if begun and begun[-1].first_seq >= expected:
        raise DamagedLedger(expected, "an epoch that has not begun")


class _Verification:
    """One run over one snapshot."""

    def __init__(self, db: Connection, progress: Progress | None) -> None:
        self._db = db
        self._progress = progress
        self._standing = Standing(lambda number, before: look_up(db, number, before))
        self._rows = Rows()
        self._documents = InOrder(db, "documents", "seq")
        self._refunded = InOrder(db, "refunded", "seq, line")
        self._reversed = InOrder(db, "reversed", "seq")
        self._undone: set[str] = set()
        self._settled = InOrder(db, "settled", "seq")
        self._sums = Sums(db, self._standing)
        self._seals = Seals(db)

    def run(self, trusted_key: bytes | None) -> Verified:
        total = self._db.execute("SELECT count(*) FROM journal").fetchone()[0]
        done, head = 0, b""
        damage: DamagedLedger | None = None
        try:
            for done, head, envelope, document, effects in entries(self._db, beginning(self._db)):
                self._standing.add(self._rows, done, document, effects, envelope.at, envelope.date)
                if type(document) in MOVING_SHIFTS:
                    self._sums.move_shifts(self._rows)
                if envelope.was or type(document) is ShiftClosed:
                    self._seals.check(done, head)
                if done % BATCH == 0:
                    self._compare(done)
                    self._tell(done, total)
        except InvalidDocument as error:
            damage = DamagedLedger(done, str(error))
        except DamagedLedger as error:
            damage = error
        self._compare(done, damage)
        in_order = (self._documents, self._refunded, self._reversed, self._settled)
        _raise_first(*(table.rest() for table in in_order), self._seals.rest())
        _raise_first(self._sums.first_wrong(done))
        _raise_first(shape.changed(self._db))
        foreign = foreign_seal(self._db, trusted_key) if trusted_key is not None else None
        if foreign is not None:
            raise foreign
        unproved = self._approvals(trusted_key)
        self._tell(done, total)
        return Verified(done, head.hex() if done else "", unproved)

    def _approvals(self, trusted_key: bytes | None) -> tuple[int, ...]:
        first = beginning(self._db)
        ledger_id = str(self._db.execute("SELECT value FROM meta WHERE key = 'ledger_id'").fetchone()[0])
        return approvals.check(self._db, ledger_id, lambda seq: hash_of(self._db, seq, first), trusted_key)

    def _compare(self, done: int, damage: DamagedLedger | None = None) -> None:
        """Compare the rows of the entries taken in since the last time; ``done`` is the newest.

        Raises what is wrong with the first entry of these, and of ``damage``.
        """
        rows, self._rows = self._rows, Rows()
        _raise_first(
            self._documents.compare(rows.documents, done),
            self._refunded.compare(rows.refunded, done),
            self._reversed.compare(list(self._first(rows.reversed)), done),
            self._settled.compare(rows.settled, done),
            damage,
        )

    def _first(self, reversals: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """The first reversal of each document: two histories may both have taken it back."""
        for seq, original_id in reversals:
            if original_id not in self._undone:
                self._undone.add(original_id)
                yield seq, original_id

    def _tell(self, done: int, total: int) -> None:
        if self._progress:
            self._progress(done, total)


def _raise_first(*found: DamagedLedger | None) -> None:
    damages = [one for one in found if one is not None]
    if damages:
        raise min(damages, key=lambda one: one.entry)
