"""Reads what can still be read of a damaged ledger, and carries it into a whole one. The damaged file is only read.

The chain decides what an entry is: its bytes count when they give the hash that stands beside them, or the one that the
next entry continues. So a wrong column costs nothing, and an entry whose bytes changed is never taken.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pos_app.domain.errors import DamagedLedger, DiskFull, PosError
from pos_app.ledger import epochs, search
from pos_app.ledger.ledger import SQLITE_HEADER_BYTES, SQLITE_MAGIC, Identity, Ledger, identity_of
from pos_app.ledger.schema import FORMER_TABLES, PROJECTION_TABLES, SINCE
from pos_app.ledger.sqlite import (
    APPLICATION_ID,
    CONFUSED,
    Connection,
    Error,
    Row,
    connect_plainly,
    faults,
    is_of_the_disk,
    make_private,
    remove,
)
from pos_app.ledger.verify import beginning, entries
from pos_app.ledger.vouching import is_signed
from sync.documents.base import InvalidDocument
from sync.documents.shift import ShiftClosed
from sync.protocol.entry import BrokenEntry, Envelope, Head, entry_hash, read_body
from sync.protocol.epochs import beginning_at, prev_of
from sync.protocol.messages import EpochBegun

if TYPE_CHECKING:
    from pos_app.ledger.vault import Vault

GIVE_UP: Final = 20_000
"""So many entries in a row that cannot be read are the end of the file."""
ONE_BY_ONE: Final = ("journal", "meta", "signed_heads", "epochs", "_sqlite_migrations")
"""Tables that are not carried as a whole."""
GOODS: Final = ("producers", "products", "barcodes")
"""They refer to each other, so they are carried together or not at all."""
SEARCH: Final = "product_search"
UNREADABLE: Final = (Error, UnicodeDecodeError)
"""What SQLite answers for broken pages; the second, where its own message quotes them."""
Seal = tuple[bytes, bytes]
"""Signature and public key."""
JOURNAL: Final = (
    "SELECT seq, document_id, kind, recorded_at, CAST(body AS BLOB) AS body, CAST(prev AS BLOB) AS prev,"
    " CAST(hash AS BLOB) AS hash FROM journal WHERE seq >= ? ORDER BY seq"
)
"""A flipped bit that makes a text of bytes leaves the bytes as they were."""


class Damaged:
    """A ledger file that may be broken anywhere. Obtained from ``damaged``."""

    def __init__(self, db: Connection | None) -> None:
        self._db = db
        self.complete = db is not None
        """Whether no part of the journal was found unreadable so far."""

    def identity(self) -> Identity | None:
        """Whose ledger it is, where that can be read."""
        if self._db is None:
            return None
        try:
            return identity_of(self._db)
        except (*UNREADABLE, *CONFUSED, PosError):
            return None

    def beginning(self) -> Head | None:
        """Where its chain begins."""
        if self._db is None or self.identity() is None:
            return None
        return Head(0, beginning(self._db))

    def following(self, head: Head) -> Iterator[tuple[Envelope, bytes, Head]]:
        """The entries that continue ``head`` without a gap: envelope, bytes, and where the chain stands then."""
        waiting: tuple[Envelope, bytes, Head] | None = None
        for row in self._rows(head.seq + 1):
            if waiting is not None:
                if row["seq"] != waiting[2].seq + 1 or row["prev"] != self.prev_after(waiting[2]):
                    return
                yield waiting
                head, waiting = waiting[2], None
            entry = _entry(row, head.seq, self.prev_after(head))
            if entry is None:
                return
            if entry[2].hash == row["hash"]:
                yield entry
                head = entry[2]
            else:
                waiting = entry

    @cached_property
    def epochs(self) -> tuple[EpochBegun, ...]:
        """The later epochs that its table tells of, where that can be read."""
        with suppress(*CONFUSED):
            return tuple(EpochBegun(*row) for row in self.table("epochs") or [])
        return ()

    def prev_after(self, head: Head) -> bytes:
        """What the entry after ``head`` follows."""
        known = {head.seq: head.hash}
        prev = prev_of(self.epochs, head.seq + 1, lambda seq: known.get(seq) or self.hash_at(seq))
        return head.hash if prev is None else prev

    def hash_at(self, seq: int) -> bytes | None:
        """The hash that stands beside an entry, of the genesis for 0; None where there is none to be read."""
        if seq == 0 and (start := self.beginning()):
            return start.hash
        row = next(iter(self._all("SELECT CAST(hash AS BLOB) FROM journal WHERE seq = ?", (seq,))), None)
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def last_known(self) -> tuple[int, str]:
        """The last entry that left a trace in the file, and its time where that can be read; (0, '') for none."""
        last, at = 0, ""
        for row in self._rows(1):
            last, at = row["seq"], str(row["recorded_at"])
        for table in ("journal", "documents"):
            for row in self._all(f"SELECT coalesce(max(seq), 0), count(*) FROM {table}"):
                if last < row[0] < 2 * row[1] + GIVE_UP:  # else the number itself is damaged
                    last, at = row[0], ""
        return last, at

    def traces(self, first: int) -> Iterator[dict[str, Any]]:
        """What can be read of the entries from ``first``, in order, for people who enter them again."""
        documents = {row["seq"]: row for row in self._all("SELECT * FROM documents WHERE seq >= ?", (first,))}
        for row in self._rows(first):
            known = documents.pop(row["seq"], None)
            trace = {"seq": row["seq"], "kind": row["kind"], "at": row["recorded_at"]}
            with suppress(*CONFUSED):
                trace["entry"] = json.loads(row["body"])
            yield trace if known is None else {**trace, "number": known["number"], "amount": known["amount"]}
        for seq in sorted(documents):
            known = documents[seq]
            yield {name: known[name] for name in ("seq", "number", "kind", "date", "amount")}

    def seal_of(self, seq: int) -> Seal | None:
        """The seal of an entry; None where there is none to be read."""
        query = "SELECT CAST(signature AS BLOB), CAST(public_key AS BLOB) FROM signed_heads WHERE seq = ?"
        row = next(iter(self._all(query, (seq,))), None)
        return (row[0], row[1]) if row and isinstance(row[0], bytes) and isinstance(row[1], bytes) else None

    def table(self, name: str) -> list[Row] | None:
        """All rows of a table; None unless every one of them can be read. None of a table that its schema never had."""
        if self._db is None:
            return None
        if 0 < self._version() < SINCE.get(name, 0):
            return []
        self._db.text_factory = str  # a name with a hole in it is no name
        try:
            return self._db.execute(f"SELECT * FROM {name}").fetchall()
        except UNREADABLE:
            return None
        finally:
            self._db.text_factory = _as_it_stands

    def _version(self) -> int:
        return next((int(row[0]) for row in self._all("PRAGMA user_version")), 0)

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        if self._db is None:
            return []
        try:
            return self._db.execute(query, values).fetchall()
        except UNREADABLE:
            return []

    def _rows(self, first: int) -> Iterator[Row]:
        """Rows of the journal from ``first``; what lies on a broken page is passed over."""
        if self._db is None:
            return
        misses = 0
        while misses < GIVE_UP:
            try:
                for row in self._db.execute(JOURNAL, (first,)):
                    if not first <= row["seq"] < first + GIVE_UP:  # pages that changed places
                        break
                    yield row
                    first, misses = row["seq"] + 1, 0
                else:
                    return
            except UNREADABLE:
                pass
            self.complete = False
            first, misses = first + 1, misses + 1


def _as_it_stands(text: bytes) -> str:
    return text.decode("utf-8", errors="replace")


def _entry(row: Row, after: int, prev: bytes) -> tuple[Envelope, bytes, Head] | None:
    """The entry in a row, if its bytes can follow entry ``after``, by ``prev``."""
    body = row["body"]
    if row["seq"] != after + 1 or not isinstance(body, bytes):
        return None
    try:
        envelope = read_body(body)
        envelope.document()
    except (BrokenEntry, InvalidDocument):
        return None
    if envelope.seq != after + 1:
        return None
    return envelope, body, Head(envelope.seq, entry_hash(prev, body))


@contextmanager
def damaged(path: Path) -> Iterator[Damaged]:
    """Open what is left of a ledger, whatever is wrong with it.

    A file whose very first bytes are broken is read through a copy in which they are mended.
    """
    mended = _with_its_magic(path)
    readable = mended or path
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    db: Connection | None = None
    with suppress(*UNREADABLE, OSError):
        db = connect_plainly(f"{readable.resolve().as_uri()}?mode=ro{'' if mended else alone}")
        db.text_factory = _as_it_stands
    try:
        yield Damaged(db if db is not None and _answers(db) else None)
    finally:
        if db is not None:
            db.close()
        if mended:
            remove(mended)


def _answers(db: Connection) -> bool:
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except UNREADABLE:
        return False
    return True


def _with_its_magic(path: Path) -> Path | None:
    """A copy of a ledger whose first bytes are broken, with those bytes as they must be; None where not needed."""
    try:
        with path.open("rb") as file:
            header = file.read(SQLITE_HEADER_BYTES)
    except OSError:
        return None
    if header[:16] == SQLITE_MAGIC or int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        return None
    copy = path.with_name(f"{path.name}.reading")
    with faults(path):
        remove(copy)
        make_private(copy)
        shutil.copyfile(path, copy)
        with suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(f"{path.name}-wal"), copy.with_name(f"{copy.name}-wal"))
        with copy.open("rb+") as file:
            file.write(SQLITE_MAGIC)
    return copy


# Into a whole ledger ---------------------------------------------------------------------------------------------


def append(source: Damaged, ledger: Ledger, through: int | None) -> int:
    """Append, byte for byte, what continues ``ledger`` (at most through this entry) with its seals; how many.

    Projections are not written: ``rebuild`` follows. Raises ``DamagedLedger`` for an entry that no ledger can hold.
    """
    first = ledger.head()
    last = first
    with ledger.write() as tx:
        for envelope, body, head in source.following(first):
            if through is not None and head.seq > through:
                break
            begun = beginning_at(source.epochs, head.seq)
            if begun is not None:
                epochs.keep(tx.db, begun)
            row = (head.seq, envelope.id, envelope.kind, envelope.at, body, source.prev_after(last), head.hash)
            try:
                tx.db.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            except Error as error:
                if is_of_the_disk(error):
                    raise
                raise DamagedLedger(head.seq, str(error)) from error  # a document that is there already
            last = head
            sealed = envelope.was or envelope.kind == ShiftClosed.KIND
            seal = source.seal_of(head.seq) if sealed else None
            if seal is not None:
                tx.db.execute("INSERT OR IGNORE INTO signed_heads VALUES (?, ?, ?)", (head.seq, *seal))
    return last.seq - first.seq


SEALED = """
SELECT seq, hash FROM journal WHERE kind = ? OR (seq >= ? AND instr(body, CAST('"was":' AS BLOB))) ORDER BY seq
"""


def seal_again(ledger: Ledger, vault: "Vault", others: Sequence[Path]) -> int:
    """Seal every closing, and all that was entered again, whose seal cannot be read; how many this till sealed anew.

    A seal that is missing speaks against nothing. One that does not fit does, unless a later one of this till's key
    fits: then that key signed all that came before. A backup among ``others`` may still have the seal, else it is made
    with the till's key.
    """
    first = next((begun.first_seq for begun in epochs.epochs_of(ledger.db)), ledger.head().seq + 1)
    hashes: dict[int, bytes] = dict(ledger.db.execute(SEALED, (ShiftClosed.KIND, first)).fetchall())
    rows = ledger.db.execute("SELECT seq, signature, public_key FROM signed_heads").fetchall()
    seals = {row[0]: (row[1], row[2]) for row in rows}
    fitting = {seq for seq, seal in seals.items() if seq in hashes and is_signed(hashes[seq], *seal)}
    trusted = vault.known_public_key()
    proved = max((seq for seq in fitting if seals[seq][1] == trusted), default=0)
    wanted = [seq for seq in hashes if seq not in fitting and (seq not in seals or seq < proved)]
    found = _seals_elsewhere({seq: hashes[seq] for seq in wanted}, others)
    if not wanted:
        return 0
    key = vault.signing_key()
    anew = {seq: (key.sign(hashes[seq]), key.public_key().public_bytes_raw()) for seq in wanted if seq not in found}
    with ledger.write() as tx:
        rows = [(seq, *seal) for seq, seal in {**found, **anew}.items()]
        tx.db.executemany("INSERT OR REPLACE INTO signed_heads VALUES (?, ?, ?)", rows)
    return len(anew)


def _seals_elsewhere(hashes: dict[int, bytes], others: Sequence[Path]) -> dict[int, Seal]:
    """Seals of these entries that backups still have, and that fit."""
    found: dict[int, Seal] = {}
    for path in others if hashes else ():
        with damaged(path) as other:
            for seq in hashes.keys() - found.keys():
                seal = other.seal_of(seq)
                if seal is not None and is_signed(hashes[seq], *seal):
                    found[seq] = seal
    return found


def carry_meta(source: Damaged, ledger: Ledger) -> None:
    """What a new file does not know of itself yet: the wraps of the recovery code, what was restored."""
    rows = [tuple(row) for row in source.table("meta") or [] if isinstance(row[0], str) and isinstance(row[1], str)]
    with ledger.write() as tx:
        tx.db.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", rows)


def carry_tables(source: Damaged, ledger: Ledger, only: Sequence[str] = ()) -> list[str]:
    """Take over registry, settings, notes and the state of the exchange, table by table; those that stayed behind.

    ``only`` these tables, or all of them.

    A table that cannot be read whole stays as it is in ``ledger``; then every feed of the centre is asked for anew. An
    ack beyond the journal is drawn back to its end.
    """
    names = [
        row[0]
        for row in ledger.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        if row[0] not in (*PROJECTION_TABLES, *FORMER_TABLES, *ONE_BY_ONE)
        and not row[0].startswith(("sqlite_", SEARCH))
    ]
    behind: list[str] = []
    for group in (GOODS, *((name,) for name in names if name not in GOODS)):
        if only and not set(group) & set(only):
            continue
        rows = {name: source.table(name) for name in group}
        if any(found is None for found in rows.values()) or not _replaced(ledger, rows):
            behind.extend(group)
    with ledger.write() as tx:
        if behind:
            tx.db.execute("DELETE FROM exchange WHERE key LIKE 'cursor:%'")
        tx.db.execute(
            "UPDATE exchange SET value = :head WHERE key = 'acked_seq' AND CAST(value AS INTEGER) > :head",
            {"head": ledger.head().seq},
        )
        search.fill(tx.db)
    return behind


def _replaced(ledger: Ledger, rows: dict[str, list[Row] | None]) -> bool:
    """Whether these tables could be filled with these rows; nothing is changed when not."""
    try:
        with ledger.write() as tx:
            tx.db.execute("PRAGMA defer_foreign_keys = ON")
            for name in reversed(rows):
                tx.db.execute(f"DELETE FROM {name}")
            for name, found in rows.items():
                _fill(tx.db, name, found or [])
    except DiskFull:
        raise
    except PosError:
        return False
    return True


def _fill(db: Connection, name: str, rows: Sequence[Row]) -> None:
    """Rows of a file that may be of an older program: columns that both know."""
    if not rows:
        return
    known = {row["name"] for row in db.execute(f"PRAGMA table_info({name})")}
    columns = [column for column in rows[0].keys() if column in known]  # noqa: SIM118  a Row iterates over values
    places = ", ".join("?" * len(columns))
    db.executemany(
        f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})",
        ([row[column] for column in columns] for row in rows),
    )


def write_traces(source: Damaged, first: int, path: Path) -> int:
    """List what can be read of the entries from ``first`` in a private file, one JSON a line; how many."""
    count = 0
    with faults(path):
        make_private(path)
        with path.open("w", encoding="utf-8") as file:
            for trace in source.traces(first):
                file.write(json.dumps(trace, ensure_ascii=False, default=str) + "\n")
                count += 1
        if not count:
            path.unlink()
    return count


def fault_of_rows(path: Path) -> DamagedLedger | None:
    """A row that its table's rules forbid: SQLite tells it only to a connection that might write."""
    try:
        with closing(connect_plainly(str(path))) as db:
            result = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except UNREADABLE as error:
        result = str(error)
    return None if result == "ok" else DamagedLedger(0, " ".join(result.split()))


def fault_of_journal(ledger: Ledger) -> DamagedLedger | None:
    """What is wrong with the journal itself; None where only what follows from it can be."""
    try:
        for _entry_found in entries(ledger.db, beginning(ledger.db)):
            pass
    except DamagedLedger as error:
        return error
    except (Error, *CONFUSED) as error:
        return DamagedLedger(0, str(error))
    return None
