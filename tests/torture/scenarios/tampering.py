"""Somebody changes the file: single bytes of entries, cells of projections, raw bytes, pages and whole rows."""

import shutil
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from pos_app.domain.errors import PosError
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.schema import PROJECTION_TABLES
from pos_app.ledger.sqlite import Connection, Error, connect_plainly
from pos_app.ledger.verify import checked, verify
from sync.protocol.entry import BrokenEntry
from tests.torture.scenario import Broken, Round, Scenario
from tests.torture.till import Till, new_till

COLUMNS = "seq, document_id, kind, recorded_at, body, prev, hash"
SEQ, PREV, HASH = 0, 5, 6
TRIGGERS = ("journal_no_update", "journal_no_delete", "journal_in_order")
IN_BOOKS = {
    "meta": "SELECT * FROM meta WHERE key IN ('ledger_id', 'corner', 'till', 'epoch')",
    **{table: f"SELECT * FROM {table}" for table in ("journal", "signed_heads", *PROJECTION_TABLES)},
}
"""Of what no byte may change unseen. The registry is not among it: it is made to be changed."""


def run(round_: Round) -> None:
    till = new_till(round_)
    till.played(till.stream.take(40 if round_.short else 600))
    _every_byte_of_every_entry(round_, till)
    small = new_till(round_, "small")
    small.played([*small.stream.take(60), {"do": "close_shift", "counted": 0, "note": "hitungan"}])
    _cells_of_projections(round_, small)
    _whole_verify_names_the_entry(round_, small)
    for way in (_flip, _flip, _flip, _flip, _flip, _truncate, _swap_pages, _zero_page, _delete_row):
        for _cycle in round_.cycles(1, 15):
            _raw(round_, small, way)


def _every_byte_of_every_entry(round_: Round, till: Till) -> None:
    """Each byte of each column, changed alone, by the check that ``verify`` makes of every entry."""
    with closing(connect_plainly(str(till.path))) as db:
        rows = [tuple(row) for row in db.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq")]
    for row in rows:
        checked(row, row[SEQ], row[PREV])
        for changed in _changed(round_, row):
            try:
                checked(changed, row[SEQ], row[PREV])
            except BrokenEntry:
                round_.tally["bytes changed"] += 1
            else:
                raise Broken(f"unseen in entry {row[SEQ]}: {changed}")
        round_.tally["entries"] += 1


def _changed(round_: Round, row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for column, value in enumerate(row):
        if column == SEQ:
            yield (value + round_.rng.choice((-1, 1, 256)), *row[1:])
            continue
        content = value.encode() if isinstance(value, str) else bytes(value)
        for place in range(len(content)):
            other = bytearray(content)
            other[place] ^= round_.rng.randint(1, 127)
            new = other.decode("utf-8") if isinstance(value, str) else bytes(other)
            yield (*row[:column], new, *row[column + 1 :])


def _cells_of_projections(round_: Round, till: Till) -> None:
    """Each cell of each projection (some of them in the short run), changed alone."""
    copy = copied(till.path)
    with closing(connect_plainly(str(copy))) as db, closing(Ledger.open(copy)) as ledger:
        db.execute("PRAGMA synchronous = OFF")
        cells = [(table, row, column) for table in PROJECTION_TABLES for row, column in _cells(db, table)]
        chosen = cells if not round_.short else round_.rng.sample(cells, 60)
        for table, row, column in chosen[: 60 if round_.short else 1_200]:
            _change_cell(round_, db, ledger, table, row, column)
        verify(ledger)


def _cells(db: Connection, table: str) -> Iterator[tuple[Any, str]]:
    for row in db.execute(f"SELECT * FROM {table}"):
        for column in row.keys():  # noqa: SIM118 - a Row iterates over its values
            yield row, column


def _change_cell(round_: Round, db: Connection, ledger: Ledger, table: str, row: Any, column: str) -> None:
    key = [info["name"] for info in db.execute(f"PRAGMA table_info({table})") if info["pk"]]
    where = " AND ".join(f"{name} IS :{name}" for name in key)
    old = row[column]
    new = old + round_.rng.choice((-1, 1)) if isinstance(old, int) else f"{old or ''}x"
    for value in (new, 1):  # NULL stands in a column of text or of numbers
        with suppress(Error):
            if value == old:
                continue
            db.execute(f"UPDATE {table} SET {column} = :new WHERE {where}", {**dict(row), "new": value})
            break
    else:
        return  # the table itself forbids it: the key is taken
    round_.expect(_is_damaged(ledger), f"unseen: {table}.{column} {old!r} -> {value!r} of {tuple(row)}")
    round_.tally["cells changed"] += 1
    where = " AND ".join(f"{name} IS :{name}" if name != column else f"{name} IS :new" for name in key)
    db.execute(f"UPDATE {table} SET {column} = :old WHERE {where}", {**dict(row), "new": value, "old": old})


def _is_damaged(ledger: Ledger) -> bool:
    try:
        verify(ledger)
    except PosError:
        return True
    return False


def _whole_verify_names_the_entry(round_: Round, till: Till) -> None:
    """A random byte of a random entry, found by the command, which names the entry."""
    for _cycle in round_.cycles(4, 30):
        copy = copied(till.path)
        seq = round_.rng.randint(1, till.entries)
        column = round_.rng.choice(("body", "prev", "hash"))
        with closing(connect_plainly(str(copy))) as db:
            unlock(db)
            content = bytearray(db.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
            content[round_.rng.randrange(len(content))] ^= round_.rng.randint(1, 255)
            db.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (bytes(content), seq))
        written, status = till.attempt("verify", "--ledger", copy)
        said = till.said()
        round_.expect(
            status == 1 and f" {seq}:" in said.replace("entri", "").replace("  ", " "), f"{seq}: {said}{written}"
        )
        round_.tally["named by verify"] += 1


def unlock(db: Connection) -> None:
    """What somebody with a database tool would do first."""
    for trigger in TRIGGERS:
        db.execute(f"DROP TRIGGER {trigger}")


def copied(path: Path) -> Path:
    """The closed ledger under another name, without what SQLite keeps beside it."""
    copy = path.with_name("copy.db")
    for suffix in ("", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(path, copy)
    return copy


def _raw(round_: Round, till: Till, way: Any) -> None:
    """The command says that the file is damaged, in one sentence; or every row of the books is as it was."""
    copy = copied(till.path)
    way(round_, copy)
    _written, status = till.attempt("verify", "--ledger", copy)
    said = till.said()
    round_.tally["files changed"] += 1
    if status == 0:
        round_.expect(_books(copy) == _books(till.path), f"unseen after {way.__name__}: the books differ")
        round_.tally["of no consequence"] += 1
    else:
        round_.expect(status == 1 and said.count("\n") == 1 and "Traceback" not in said, f"ended with {status}: {said}")


def _books(path: Path) -> list[tuple[Any, ...]]:
    with closing(connect_plainly(str(path))) as db:
        return [(table, *row) for table, query in IN_BOOKS.items() for row in db.execute(query)]


def _flip(round_: Round, path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[round_.rng.randrange(len(content))] ^= round_.rng.randint(1, 255)
    path.write_bytes(content)


def _truncate(round_: Round, path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(round_.rng.randrange(path.stat().st_size))


def _page(round_: Round, path: Path) -> int:
    return round_.rng.randrange(path.stat().st_size // 4096)


def _swap_pages(round_: Round, path: Path) -> None:
    content = bytearray(path.read_bytes())
    one, other = (slice(page * 4096, page * 4096 + 4096) for page in (_page(round_, path), _page(round_, path)))
    content[one], content[other] = content[other], content[one]
    path.write_bytes(content)


def _zero_page(round_: Round, path: Path) -> None:
    page = _page(round_, path)
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(bytes(4096))


def _delete_row(round_: Round, path: Path) -> None:
    """A row of the journal or of a projection, by a database tool."""
    with closing(connect_plainly(str(path))) as db:
        unlock(db)
        table = round_.rng.choice(("journal", *PROJECTION_TABLES))
        rows = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if rows:
            place = round_.rng.randrange(rows)
            row = db.execute(f"SELECT * FROM {table} LIMIT 1 OFFSET {place}").fetchone()
            where = " AND ".join(f"{name} IS ?" for name in row.keys())  # noqa: SIM118
            db.execute(f"DELETE FROM {table} WHERE {where}", tuple(row))


TAMPERING = Scenario(
    name="tampering",
    promise="Any byte of an entry and any cell of a projection that is changed is found, and the entry named",
    unit="entries",
    goal=10_000,
    run=run,
)
