"""Replay the journal from entry 1 and compare every projection with what follows from it.

Rows that belong to an entry are compared in the order of the entries, a thousand at a time, so memory does not grow
with the journal. Running sums are few; they are compared at the end.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.comparing import Seals, SingleRows, Sums
from pos_app.ledger.projections import look_up
from pos_app.ledger.sqlite import Connection, Error
from pos_app.ledger.standing import Row, Rows, Standing
from sync.documents.base import Document, InvalidDocument
from sync.documents.reversal import Reversal, check_undoes
from sync.documents.shift import ShiftClosed
from sync.protocol.entry import BrokenEntry, Envelope, entry_hash, genesis, read_body

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger

Progress = Callable[[int, int], None]
BATCH = 1_000
JOURNAL = "SELECT seq, document_id, kind, recorded_at, body, prev, hash FROM journal ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Verified:
    """A ledger that is whole: number of entries and the hash of the last one (empty for none)."""

    entries: int
    head: str


def verify(ledger: "Ledger", progress: Progress | None = None, *, trusted_key: bytes | None = None) -> Verified:
    """Check chain, content, seals and projections. Raises ``DamagedLedger`` with the first bad entry.

    ``progress`` hears of entries done and entries in all. ``trusted_key`` is the till's public key (32 bytes): the
    newest seal since the ledger was last restored must be by it.
    """
    try:
        with _consistent(ledger.db) as db:
            return _Verification(db, progress).run(trusted_key)
    except Error as error:
        raise DamagedLedger(0, str(error)) from error


@contextmanager
def _consistent(db: Connection) -> Iterator[Connection]:
    """One snapshot for all reads, whatever is written meanwhile; its pages and indexes are sound."""
    db.execute("BEGIN")
    try:
        result = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if result != "ok":
            raise DamagedLedger(0, result)
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
    if before != prev:
        raise BrokenEntry("does not continue the entry before")
    if digest != entry_hash(prev, body):
        raise BrokenEntry("content does not match its hash")
    envelope = read_body(body)
    if (seq, document_id, kind, recorded_at) != (envelope.seq, envelope.id, envelope.kind, envelope.at):
        raise BrokenEntry("columns do not match the content")
    return envelope


def entries(db: Connection, prev: bytes) -> Iterator[tuple[int, bytes, Envelope, Document]]:
    """Every entry in order with its hash, checked by itself and against what it undoes.

    Raises ``DamagedLedger`` at the first that is broken.
    """
    cursor = db.execute(JOURNAL)
    cursor.row_factory = None
    expected = 1
    while chunk := cursor.fetchmany(BATCH):
        for row in chunk:
            try:
                envelope = checked(row, expected, prev)
                document = envelope.document()
                if isinstance(document, Reversal):
                    _check_undoes(db, document, expected)
            except (BrokenEntry, InvalidDocument) as error:
                raise DamagedLedger(expected, str(error)) from error
            prev = row[6]
            yield expected, prev, envelope, document
            expected += 1


def _check_undoes(db: Connection, reversal: Reversal, seq: int) -> None:
    row = db.execute(
        "SELECT body FROM journal WHERE document_id = ? AND seq < ?", (reversal.original_id, seq)
    ).fetchone()
    if row is None:
        raise BrokenEntry("reverses a document that is not there")
    original = read_body(row[0]).document()
    if (original.number, original.KIND) != (reversal.original_number, reversal.original_kind):
        raise BrokenEntry("reverses a document of another number")
    check_undoes(reversal, original.effects())


class _InOrder:
    """Reads a projection in the order of the entries, beside what should stand there."""

    def __init__(self, db: Connection, table: str, key: str) -> None:
        self.table = table
        self._cursor = db.execute(f"SELECT * FROM {table} ORDER BY {key}")
        self._cursor.row_factory = None

    def compare(self, expected: list[Row]) -> DamagedLedger | None:
        """The first difference to the next rows."""
        found = self._cursor.fetchmany(len(expected)) if expected else []
        if found == expected:
            return None
        pairs = zip_longest(found, expected)
        differing = next((one, other) for one, other in pairs if one != other)
        return self._damage(min(row[0] for row in differing if row is not None))

    def rest(self) -> DamagedLedger | None:
        """A row beyond the last entry."""
        row = self._cursor.fetchone()
        return self._damage(row[0]) if row else None

    def _damage(self, seq: int) -> DamagedLedger:
        return DamagedLedger(max(seq, 1), f"{self.table} does not follow from the journal")


class _Verification:
    """One run over one snapshot."""

    def __init__(self, db: Connection, progress: Progress | None) -> None:
        self._db = db
        self._progress = progress
        self._standing = Standing(lambda number, before: look_up(db, number, before))
        self._rows = Rows()
        self._documents = _InOrder(db, "documents", "seq")
        self._postings = _InOrder(db, "postings", "seq, account")
        self._movements = _InOrder(db, "stock_movements", "seq, sku, batch")
        self._single = SingleRows(db)
        self._sums = Sums(db, self._standing)

    def run(self, trusted_key: bytes | None) -> Verified:
        total = self._db.execute("SELECT count(*) FROM journal").fetchone()[0]
        seals = Seals(self._db)
        done, head = 0, b""
        damage: DamagedLedger | None = None
        try:
            for done, head, envelope, document in entries(self._db, beginning(self._db)):
                self._add(done, envelope, document)
                if isinstance(document, ShiftClosed):
                    seals.check(done, head)
                if done % BATCH == 0:
                    self._compare()
                    self._tell(done, total)
        except DamagedLedger as error:
            damage = error
        first = _first(self._differing(), damage)
        if first is None:
            first = _first(self._documents.rest(), self._postings.rest(), self._movements.rest(), seals.rest())
        self._raise(_first(first, self._single.stray(first.entry if first else None)))
        self._raise(self._sums.first_wrong(done))
        if trusted_key is not None:
            self._raise(seals.strange(trusted_key))
        self._tell(done, total)
        return Verified(done, head.hex() if done else "")

    def _add(self, seq: int, envelope: Envelope, document: Document) -> None:
        rows = self._rows
        try:
            self._standing.add(rows, seq, document, document.effects(), envelope.at, envelope.date)
        except InvalidDocument as error:
            raise DamagedLedger(seq, str(error)) from error
        if rows.refunded or rows.reversed or rows.settled:
            self._single.check(seq, rows, envelope.id)
        if rows.opened or rows.closed:
            self._sums.move_shifts(rows)

    def _compare(self) -> None:
        self._raise(self._differing())

    def _differing(self) -> DamagedLedger | None:
        """The first entry whose rows are wrong among those taken in since this was asked last."""
        rows, self._rows = self._rows, Rows()
        return _first(
            self._documents.compare(rows.documents),
            self._postings.compare(rows.postings),
            self._movements.compare(rows.movements),
        )

    def _raise(self, damage: DamagedLedger | None) -> None:
        if damage is not None:
            raise damage

    def _tell(self, done: int, total: int) -> None:
        if self._progress:
            self._progress(done, total)


def _first(*found: DamagedLedger | None) -> DamagedLedger | None:
    return min((one for one in found if one is not None), key=lambda one: one.entry, default=None)
