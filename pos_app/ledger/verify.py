"""Replay the journal from entry 1 and compare every projection with what the replay gives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.projections import Projection
from pos_app.ledger.schema import PROJECTION_TABLES, PROJECTIONS
from pos_app.ledger.sqlite import Connection, Error, Row, connect_plainly
from sync.documents.base import InvalidDocument
from sync.documents.reversal import Reversal, check_undoes
from sync.protocol.entry import BrokenEntry, Envelope, entry_hash, genesis, read_body

Progress = Callable[[int, int], None]
BATCH = 1_000
SCRATCH_KIB = 64_000
"""Kept in memory of the replayed projections; the rest goes to a temporary file."""
UNUSED_INDEXES = ("documents_by_kind", "stock_live")
"""A replay never asks what these answer."""

ROWS_OF_ENTRIES = ("documents", "postings", "stock_movements", "reversed", "settled")
"""Projections in which every row comes from one entry; the others hold running sums."""

LAST_TOUCHED = {
    "documents": "SELECT :seq",
    "postings": "SELECT :seq",
    "stock_movements": "SELECT :seq",
    "settled": "SELECT :seq",
    "reversed": "SELECT :by_seq",
    "shifts": "SELECT :seq",
    "refunded": "SELECT :sale_seq",
    "balances": "SELECT max(seq) FROM postings WHERE account = :account",
    "stock": "SELECT max(seq) FROM stock_movements WHERE sku = :sku",
    "prices": "SELECT max(seq) FROM documents WHERE kind = 'price_set'",
    "counters": "SELECT max(seq) FROM documents WHERE number LIKE :series || '-%'",
}
"""The entry behind a row of each projection."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A ledger that is whole: number of entries and the hash of the last one (empty for none)."""

    entries: int
    head: str


def verify(ledger: Ledger, progress: Progress | None = None) -> Verified:
    """Check chain, content and projections. Raises ``DamagedLedger`` with the first bad entry.

    The replay fills a temporary database on disk, so memory does not grow with the journal.
    ``progress`` hears of entries done and entries in all.
    """
    try:
        with _consistent(ledger.db) as db:
            total = db.execute("SELECT count(*) FROM journal").fetchone()[0]
            try:
                head = _replay_and_compare(ledger, db, BATCH, partial(_told, progress, total))
            except Error:  # of a projection, which a batch cannot trace to its entry
                head = _replay_and_compare(ledger, db, 1, partial(_told, progress, total))
    except Error as error:
        raise DamagedLedger(0, str(error)) from error
    return Verified(total, head.hex() if total else "")


@contextmanager
def _consistent(db: Connection) -> Iterator[Connection]:
    """One snapshot for all reads, whatever is written meanwhile."""
    result = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        raise DamagedLedger(0, result)
    db.execute("BEGIN")
    try:
        yield db
    finally:
        db.execute("ROLLBACK")


@contextmanager
def _scratch() -> Iterator[Connection]:
    scratch = connect_plainly("")
    try:
        scratch.execute("PRAGMA synchronous = OFF")
        scratch.execute("PRAGMA journal_mode = OFF")
        scratch.execute(f"PRAGMA cache_size = -{SCRATCH_KIB}")
        scratch.executescript(PROJECTIONS)
        scratch.executescript("".join(f"DROP INDEX {index};" for index in UNUSED_INDEXES))
        yield scratch
    finally:
        scratch.close()


def _told(progress: Progress | None, total: int, done: int) -> None:
    if progress:
        progress(done, total)


def _replay_and_compare(ledger: Ledger, db: Connection, batch: int, tell: Callable[[int], None]) -> bytes:
    with _scratch() as scratch:
        head = _replay(ledger, db, scratch, batch, tell)
        _compare(db, scratch)
    return head


def _replay(ledger: Ledger, db: Connection, scratch: Connection, batch: int, tell: Callable[[int], None]) -> bytes:
    """Fill ``scratch``, writing ``batch`` entries at a time. Returns the last hash, or raises ``DamagedLedger``.

    Raises SQLite's error when a batch of several cannot be projected: only one by one shows which entry it is.
    """
    who = ledger.identity
    prev = genesis(who.ledger_id, who.corner, who.till, who.epoch)
    expected = 1
    scratch.execute("BEGIN")
    projection = Projection(scratch)
    for row in db.execute("SELECT * FROM journal ORDER BY seq"):
        try:
            envelope = _checked(row, expected, prev)
            document = envelope.document()
            if isinstance(document, Reversal):
                check_undoes(document, _original(db, document, expected).document().effects())
            projection.add(expected, document, at=envelope.at, date=envelope.date)
            if expected % batch == 0:
                projection.flush()
                tell(expected)
        except (BrokenEntry, InvalidDocument) as error:
            projection.flush()
            raise DamagedLedger(expected, str(error)) from error
        except Error as error:
            if batch > 1:
                raise
            raise DamagedLedger(expected, str(error)) from error
        prev = row["hash"]
        expected += 1
    projection.flush()
    scratch.execute("COMMIT")
    tell(expected - 1)
    return prev


def _checked(row: Row, expected: int, prev: bytes) -> Envelope:
    """The envelope of a row whose chain and columns agree with its bytes."""
    if row["seq"] != expected:
        raise BrokenEntry(f"entry {expected} is missing")
    if row["prev"] != prev:
        raise BrokenEntry("does not continue the entry before")
    if row["hash"] != entry_hash(prev, row["body"]):
        raise BrokenEntry("content does not match its hash")
    envelope = read_body(row["body"])
    columns = (row["seq"], row["document_id"], row["kind"], row["recorded_at"])
    if columns != (envelope.seq, envelope.id, envelope.kind, envelope.at):
        raise BrokenEntry("columns do not match the content")
    return envelope


def _original(db: Connection, reversal: Reversal, before: int) -> Envelope:
    row = db.execute(
        "SELECT body FROM journal WHERE document_id = ? AND seq < ?", (reversal.original_id, before)
    ).fetchone()
    if row is None:
        raise BrokenEntry("reverses a document that is not there")
    return read_body(row["body"])


def _compare(db: Connection, scratch: Connection) -> None:
    """Raise ``DamagedLedger`` with the first entry whose projections differ from the replay's.

    Rows of one entry are asked first; a wrong sum alone can only name the entry that last touched it.
    """
    for tables in (ROWS_OF_ENTRIES, [table for table in PROJECTION_TABLES if table not in ROWS_OF_ENTRIES]):
        wrong = ((_entry_of(scratch, table, row), table) for table in tables for row in _differing(db, scratch, table))
        first = min(wrong, key=lambda one: one[0], default=None)
        if first:
            raise DamagedLedger(first[0], f"{first[1]} does not follow from the journal")


def _differing(db: Connection, scratch: Connection, table: str) -> Iterator[Row]:
    """Rows of a projection that are wrong, missing or too many; both sides are read in order of the key."""
    key = [row["name"] for row in scratch.execute(f"PRAGMA table_info({table})") if row["pk"]]
    query = f"SELECT * FROM {table} ORDER BY {', '.join(key)}"
    if _same(db, scratch, query):
        return
    ours, replayed = db.execute(query), scratch.execute(query)
    one, other = ours.fetchone(), replayed.fetchone()
    while one is not None or other is not None:
        one_key = [one[name] for name in key] if one is not None else None
        other_key = [other[name] for name in key] if other is not None else None
        if other is None or (one_key is not None and other_key is not None and one_key < other_key):
            yield one
            one = ours.fetchone()
        elif one is None or one_key != other_key:
            yield other
            other = replayed.fetchone()
        else:
            if tuple(one) != tuple(other):
                yield one
            one, other = ours.fetchone(), replayed.fetchone()


def _same(db: Connection, scratch: Connection, query: str) -> bool:
    """Whether both sides give the same rows; in chunks, as nearly every ledger is whole."""
    ours, replayed = db.execute(query), scratch.execute(query)
    ours.row_factory = replayed.row_factory = None
    while chunk := ours.fetchmany(BATCH):
        if chunk != replayed.fetchmany(BATCH):
            return False
    return replayed.fetchone() is None


def _entry_of(db: Connection, table: str, row: Row) -> int:
    """The entry behind a wrong row: its own, or the last that touched what the row adds up."""
    found = db.execute(LAST_TOUCHED[table], dict(row)).fetchone()[0]
    return int(found or db.execute("SELECT max(seq) FROM documents").fetchone()[0] or 0)
