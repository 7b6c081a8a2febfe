"""Somebody changes the file: single bytes of entries, cells of projections, raw bytes, pages and whole rows."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from pos_app.domain.errors import PosError
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.schema import PROJECTION_TABLES
from pos_app.ledger.sqlite import Connection, Error, connect_plainly
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import checked, verify
from pos_app.services import repairing
from sync.protocol.entry import BrokenEntry
from tests.torture.scenario import Broken, Round, Scenario
from tests.torture.till import Till, new_till

COLUMNS = "seq, document_id, kind, recorded_at, body, prev, hash"
SEQ, PREV, HASH = 0, 5, 6
SOMETHING_LOST = 3
IN_BOOKS = {
    "meta": "SELECT * FROM meta WHERE key IN ('ledger_id', 'corner', 'till', 'epoch')",
    **{table: f"SELECT * FROM {table}" for table in ("journal", "signed_heads", *PROJECTION_TABLES)},
}
"""Of what no byte may change unseen. The registry is not among it: it is made to be changed."""


def run(round_: Round) -> None:
    till = new_till(round_)
    till.played(till.stream.take(40 if round_.short else 1_500))
    _every_byte_of_every_entry(round_, till)
    small = new_till(round_, "small")
    small.played([*small.stream.take(60), {"do": "close_shift", "counted": 0, "note": "hitungan"}])
    _cells_of_projections(round_, small)
    _whole_verify_names_the_entry(round_, small)
    for way in SCHEMA:
        _schema(round_, small, way)
    key = _public_key(small)
    for way in (_flip, _flip, _flip, _flip, _flip, _truncate, _swap_pages, _zero_page, _delete_row):
        for _cycle in round_.cycles(1, 8):
            _raw(round_, small, way, key)


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
        chosen = round_.rng.sample(cells, min(60 if round_.short else 500, len(cells)))
        for table, row, column in chosen:
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
        with closing(connect_plainly(str(copy))) as db, unlocked(db):
            content = bytearray(db.execute(f"SELECT {column} FROM journal WHERE seq = ?", (seq,)).fetchone()[0])
            content[round_.rng.randrange(len(content))] ^= round_.rng.randint(1, 255)
            db.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (bytes(content), seq))
        written, status = till.attempt("verify", "--ledger", copy)
        said = till.said()
        round_.expect(status == 1 and f" {seq}. " in said, f"{seq}: {said}{written}")
        round_.tally["named by verify"] += 1


@contextmanager
def unlocked(db: Connection) -> Iterator[None]:
    """What somebody with a database tool does: the triggers are gone for a while, and then as before."""
    rules = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall()
    for name, _statement in rules:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for _name, statement in rules:
        db.execute(statement)


def copied(path: Path) -> Path:
    """The closed ledger under another name, without what SQLite keeps beside it."""
    copy = path.with_name("copy.db")
    for suffix in ("", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(path, copy)
    return copy


def _schema(round_: Round, till: Till, way: Callable[[Round, Connection], None]) -> None:
    """A rule of the file itself was changed: the command says so in one sentence."""
    copy = copied(till.path)
    with closing(connect_plainly(str(copy))) as db:
        way(round_, db)
    written, status = till.attempt("verify", "--ledger", copy)
    clear = status == 1 and till.said().count("\n") == 1
    round_.expect(clear, f"unseen or unclear after {way.__name__}: {status} {written}{till.said()}")
    round_.tally["schemas changed"] += 1


def _of_schema(round_: Round, db: Connection, kind: str) -> tuple[str, str]:
    query = (
        "SELECT name, sql FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL"
        " AND tbl_name NOT GLOB '_sqlite*' AND tbl_name NOT GLOB 'product_search*' ORDER BY name"
    )
    name, statement = round_.rng.choice([tuple(row) for row in db.execute(query, (kind,))])
    return str(name), str(statement)


def _drop_trigger(round_: Round, db: Connection) -> None:
    db.execute(f"DROP TRIGGER {_of_schema(round_, db, 'trigger')[0]}")


def _drop_index(round_: Round, db: Connection) -> None:
    db.execute(f"DROP INDEX {_of_schema(round_, db, 'index')[0]}")


def _drop_view(round_: Round, db: Connection) -> None:
    db.execute(f"DROP VIEW {_of_schema(round_, db, 'view')[0]}")


def _add_trigger(_round: Round, db: Connection) -> None:
    db.execute("CREATE TRIGGER more AFTER INSERT ON balances BEGIN DELETE FROM activity; END")


def _add_default(_round: Round, db: Connection) -> None:
    _rewrite(db, "shifts", "NOT NULL", "NOT NULL DEFAULT 7")


def _write_view_anew(round_: Round, db: Connection) -> None:
    """One character of a view: another figure for whoever reads it."""
    name, statement = _of_schema(round_, db, "view")
    place = round_.rng.choice([place for place, one in enumerate(statement) if one in " \n"])
    _rewrite(db, name, statement, f"{statement[:place]} {statement[place:]}")


def _write_trigger_anew(round_: Round, db: Connection) -> None:
    name, statement = _of_schema(round_, db, "trigger")
    _rewrite(db, name, statement, statement.replace("BEGIN", "WHEN 0 BEGIN", 1))


def _rewrite(db: Connection, name: str, old: str, new: str) -> None:
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE name = ?", (old, new, name))


def _public_key(till: Till) -> bytes | None:
    """The till's own, from its keys."""
    with closing(Ledger.open(till.path)) as ledger:
        return Vault(till.folder / "home" / "ledgers" / ledger.identity.ledger_id).known_public_key()


def _raw(round_: Round, till: Till, way: Any, key: bytes | None) -> None:
    """The command says that the file is damaged, in one sentence; or every row of the books is as it was.

    The diagnosis never fails, and a repair brings back every entry that can still be read, or says why it cannot.
    """
    copy = copied(till.path)
    way(round_, copy)
    readable = _readable(copy, till.path)
    repairing.diagnose(copy, trusted_key=key)
    _written, status = till.attempt("verify", "--ledger", copy)
    said = till.said()
    round_.tally["files changed"] += 1
    if status == 0:
        round_.expect(_books(copy) == _books(till.path), f"unseen after {way.__name__}: the books differ")
        round_.tally["of no consequence"] += 1
        return
    round_.expect(_is_one_sentence(status, said), f"ended with {status}: {said}")
    _repair(round_, till, copy, readable, way.__name__)


def _is_one_sentence(status: int, said: str) -> bool:
    return status == 1 and said.count("\n") == 1 and "Traceback" not in said


def _repair(round_: Round, till: Till, copy: Path, readable: int, way: str) -> None:
    written, status = till.attempt("repair", "--ledger", copy, "--without-backup")
    said = till.said()
    if status == 1:
        refused = _is_one_sentence(status, said) and not readable
        round_.expect(refused, f"not repaired after {way}, {readable} entries readable: {said}")
        round_.tally["beyond repair"] += 1
        return
    round_.expect(status in (0, SOMETHING_LOST), f"the repair ended with {status}: {written}{said}")
    entries = int(json.loads(till.command("verify", "--ledger", copy, "--json"))["entries"])
    same = _journal(copy) == _journal(till.path)[:entries]
    round_.expect(entries >= readable and same, f"{entries} of {readable} readable entries after {way}; {same=}")
    round_.tally["repaired"] += 1
    for left in copy.parent.glob(f"{copy.name}.*"):
        left.unlink()


def _readable(copy: Path, original: Path) -> int:
    """Entries from the first one on that SQLite still gives back as they were; none where it is lost whose they are."""
    whole, count = _journal(original), 0
    with suppress(Error, UnicodeDecodeError, IndexError), closing(connect_plainly(str(copy))) as db:
        if [tuple(row) for row in db.execute(IN_BOOKS["meta"])] != _identity(original):
            return 0
        for row in db.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq"):
            if tuple(row) != whole[count]:
                break
            count += 1
    return count


def _identity(path: Path) -> list[tuple[Any, ...]]:
    with closing(connect_plainly(str(path))) as db:
        return [tuple(row) for row in db.execute(IN_BOOKS["meta"])]


def _journal(path: Path) -> list[tuple[Any, ...]]:
    with closing(connect_plainly(str(path))) as db:
        return [tuple(row) for row in db.execute(f"SELECT {COLUMNS} FROM journal ORDER BY seq")]


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
    with closing(connect_plainly(str(path))) as db, unlocked(db):
        table = round_.rng.choice(("journal", *PROJECTION_TABLES))
        rows = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if rows:
            place = round_.rng.randrange(rows)
            row = db.execute(f"SELECT * FROM {table} LIMIT 1 OFFSET {place}").fetchone()
            where = " AND ".join(f"{name} IS ?" for name in row.keys())  # noqa: SIM118
            db.execute(f"DELETE FROM {table} WHERE {where}", tuple(row))


SCHEMA = (_drop_trigger, _drop_index, _drop_view, _write_view_anew, _add_trigger, _add_default, _write_trigger_anew)

TAMPERING = Scenario(
    name="tampering",
    promise="Any byte of an entry and any cell of a projection that is changed is found, and the entry named",
    unit="entries",
    goal=10_000,
    run=run,
)
