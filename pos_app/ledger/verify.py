"""Replay the journal from entry 1 and compare every projection with what the replay gives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.projections import project
from pos_app.ledger.schema import PROJECTION_TABLES, PROJECTIONS
from pos_app.ledger.sqlite import Connection, Error, Row, connect_plainly
from sync.documents.base import InvalidDocument
from sync.documents.reversal import Reversal, check_undoes
from sync.protocol.entry import BrokenEntry, Envelope, entry_hash, genesis, read_body

Progress = Callable[[int, int], None]

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
            with _scratch() as scratch:
                head = _replay(ledger, db, scratch, total, progress)
                _compare(db, scratch)
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
        scratch.executescript(PROJECTIONS)
        yield scratch
    finally:
        scratch.close()


def _replay(ledger: Ledger, db: Connection, scratch: Connection, total: int, progress: Progress | None) -> bytes:
    who = ledger.identity
    prev = genesis(who.ledger_id, who.corner, who.till, who.epoch)
    expected = 1
    scratch.execute("BEGIN")
    for row in db.execute("SELECT * FROM journal ORDER BY seq"):
        try:
            envelope = _checked(row, expected, prev)
            document = envelope.document()
            if isinstance(document, Reversal):
                check_undoes(document, _original(db, document, expected).document().effects())
            project(scratch, expected, document, at=envelope.at, date=envelope.date)
        except (BrokenEntry, InvalidDocument, Error) as error:
            raise DamagedLedger(expected, str(error)) from error
        prev = row["hash"]
        if progress and expected % 1000 == 0:
            progress(expected, total)
        expected += 1
    scratch.execute("COMMIT")
    if progress:
        progress(total, total)
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


def _entry_of(db: Connection, table: str, row: Row) -> int:
    """The entry behind a wrong row: its own, or the last that touched what the row adds up."""
    found = db.execute(LAST_TOUCHED[table], dict(row)).fetchone()[0]
    return int(found or db.execute("SELECT max(seq) FROM documents").fetchone()[0] or 0)
