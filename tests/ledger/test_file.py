"""The ledger file: what it refuses, what it keeps, and what happens when the disk fails."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pos_app.domain.errors import (
    DamagedLedger,
    DiskFull,
    LedgerBusy,
    LedgerExists,
    LedgerMissing,
    NewerLedger,
    NotALedger,
    OldSqlite,
    ReadOnlyLedger,
    StorageFault,
)
from pos_app.ledger import sqlite as door
from pos_app.ledger.backup import reading
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import APPLICATION_ID, SETTINGS, Error, connect_plainly
from tests.corner import IDENTITY, Corner, dump
from tests.failing import Failing, hide_commit


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as nobody where the tests run as root, whom no permission stops."""
    if os.geteuid():
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET kind = 'sale' WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 1",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        "REPLACE INTO journal SELECT seq, document_id, 'x', recorded_at, body, prev, hash FROM journal WHERE seq = 2",
        "UPDATE OR REPLACE journal SET seq = 1 WHERE seq = 2",
        "INSERT INTO journal SELECT 99, 'x', kind, recorded_at, body, prev, hash FROM journal WHERE seq = 1",
        "INSERT INTO journal SELECT 6, document_id, kind, recorded_at, body, prev, hash FROM journal WHERE seq = 1",
    ],
)
def test_entries_are_never_changed_replaced_deleted_or_put_between(open_corner: Corner, statement: str) -> None:
    before = dump(open_corner.db)
    with pytest.raises(Error):
        open_corner.db.execute(statement)
    assert dump(open_corner.db) == before


def test_settings_that_matter_are_in_force(open_corner: Corner) -> None:
    for name, value in SETTINGS.items():
        assert open_corner.db.execute(f"PRAGMA {name}").fetchone()[0] == value
    assert open_corner.db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert open_corner.db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert (SETTINGS["synchronous"], SETTINGS["journal_mode"], SETTINGS["recursive_triggers"]) == (2, "wal", 1)


def test_a_setting_that_does_not_take_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(SETTINGS, "journal_mode", "nonsense")
    with pytest.raises(StorageFault):
        Ledger.create(tmp_path / "till.db", IDENTITY)
    assert not list(tmp_path.iterdir())


def test_an_sqlite_with_the_wal_reset_bug_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(door, "FIXED_WAL", (999, 0, 0))
    with pytest.raises(OldSqlite):
        Ledger.create(tmp_path / "till.db", IDENTITY)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_only_the_user_may_read_a_ledger_and_what_lies_beside_it(open_corner: Corner) -> None:
    files = list(open_corner.ledger.path.parent.glob("till.db*"))
    assert {path.name for path in files} == {"till.db", "till.db-wal", "till.db-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM meta WHERE key = 'ledger_id'",
        "UPDATE meta SET value = 'x' WHERE key = 'epoch'",
        "UPDATE meta SET value = '' WHERE key = 'beginning'",
        "DROP TABLE meta",
        "ALTER TABLE meta RENAME value TO other",
    ],
)
def test_a_ledger_whose_identity_was_edited_is_damaged_and_no_crash(open_corner: Corner, statement: str) -> None:
    open_corner.db.execute(statement)
    with pytest.raises(DamagedLedger):
        Ledger.open(open_corner.ledger.path)


@pytest.mark.parametrize("name", [b"CREATE TABLE journal", b"CREATE TABLE meta", b"CREATE TRIGGER journal_no_update"])
def test_a_schema_that_is_no_text_is_damage_and_no_crash(open_corner: Corner, name: bytes) -> None:
    path = open_corner.ledger.path
    open_corner.ledger.close()
    path.write_bytes(path.read_bytes().replace(name, name[:9] + b"\xff\xfe\xfd" + name[12:]))
    with pytest.raises(DamagedLedger):
        Ledger.open(path)
    with pytest.raises(DamagedLedger), reading(path):
        pass


def test_every_table_is_strict(open_corner: Corner) -> None:
    loose = [
        row["name"]
        for row in open_corner.db.execute("PRAGMA table_list")
        if row["type"] == "table" and not row["strict"] and not row["name"].startswith(("sqlite_", "_sqlite_"))
    ]
    assert not loose


def test_an_existing_file_is_not_touched_by_a_new_ledger(tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    path.write_text("precious")
    with pytest.raises(LedgerExists):
        Ledger.create(path, IDENTITY)
    assert path.read_text() == "precious"


def test_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        Ledger.open(tmp_path / "none.db")
    with pytest.raises(NotALedger):
        Ledger.open(tmp_path)
    with pytest.raises(LedgerMissing):
        Ledger.create(tmp_path / "no folder" / "till.db", IDENTITY)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 40, b"SQLite format 3\x00" + b"\x00" * 84])
def test_a_file_that_is_no_ledger(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(NotALedger):
        Ledger.open(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(connect_plainly(str(path))) as db:
        db.execute("CREATE TABLE t (x)")
    before = path.read_bytes()
    with pytest.raises(NotALedger):
        Ledger.open(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["other.db"]


def test_a_ledger_of_a_newer_program_is_refused_and_unchanged(open_corner: Corner) -> None:
    path = open_corner.ledger.path
    open_corner.db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    open_corner.ledger.close()
    before = path.read_bytes()
    with pytest.raises(NewerLedger) as error:
        Ledger.open(path)
    assert (error.value.version, error.value.known) == (SCHEMA_VERSION + 1, SCHEMA_VERSION)
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_read_only_ledger_and_folder() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Ledger.create(folder / "till.db", IDENTITY).close()
        (folder / "till.db").chmod(0o444)
        (folder / "hidden.db").write_bytes(b"x")
        (folder / "hidden.db").chmod(0o000)
        folder.chmod(0o555)
        before = (folder / "till.db").read_bytes()
        try:
            with unprivileged():
                for act in (
                    lambda: Ledger.open(folder / "till.db"),
                    lambda: Ledger.open(folder / "hidden.db"),
                    lambda: Ledger.create(folder / "new.db", IDENTITY),
                ):
                    with pytest.raises(ReadOnlyLedger):
                        act()
        finally:
            folder.chmod(0o755)
        assert (folder / "till.db").read_bytes() == before


def test_a_ledger_locked_by_somebody_else(open_corner: Corner) -> None:
    other = open_corner.ledger.another()
    open_corner.db.execute("PRAGMA busy_timeout = 20")
    other.db.execute("BEGIN IMMEDIATE")
    assert open_corner.refused("cash_move", direction="in", amount=1) == "ledger_busy"
    other.db.execute("ROLLBACK")
    other.close()
    open_corner.do("cash_move", direction="in", amount=1)


def test_a_full_disk_refuses_the_sale_and_half_writes_nothing(open_corner: Corner) -> None:
    pages = open_corner.db.execute("PRAGMA page_count").fetchone()[0]
    open_corner.db.execute(f"PRAGMA max_page_count = {pages}")
    before, refused = 0, None
    for _ in range(200):
        before = open_corner.db.execute("SELECT count(*) FROM journal").fetchone()[0]
        answer = open_corner.play(
            {"do": "sale", "lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 16_000}]}
        )
        if not answer["ok"]:
            refused = answer
            break
    assert refused is not None
    assert refused["error"] == DiskFull.name
    assert open_corner.verify() == before
    open_corner.db.execute("PRAGMA max_page_count = 1000000")
    assert open_corner.sell("T1")["seq"] == before + 1


def test_a_commit_that_raised_after_it_happened_counts_once(open_corner: Corner) -> None:
    ledger = open_corner.ledger
    ledger._db = Failing(ledger.db, committed=True)  # type: ignore[assignment]
    answer = open_corner.sell("T1")
    assert (answer["seq"], answer["number"]) == (6, "ST-MTR001A-000001")
    assert open_corner.sell("T1")["seq"] == 7
    assert open_corner.verify() == 7


def test_a_commit_that_raised_before_it_happened_is_refused(open_corner: Corner) -> None:
    ledger = open_corner.ledger
    before = dump(open_corner.db)
    ledger._db = Failing(ledger.db, committed=False)  # type: ignore[assignment]
    sale = {"lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 16_000}]}
    answer = open_corner.play({"do": "sale", **sale})
    assert (answer["ok"], answer["error"]) == (False, "storage_fault")
    assert dump(open_corner.db) == before
    assert open_corner.sell("T1")["seq"] == 6


@pytest.mark.parametrize("committed", [True, False])
def test_a_commit_that_cannot_be_looked_up_is_looked_up_before_anything_else_is_written(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    ledger = open_corner.ledger
    disk = hide_commit(ledger, monkeypatch, committed=committed)
    sale = {"do": "sale", "lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 16_000}]}
    assert [open_corner.play(sale)["error"] for _ in range(2)] == ["unsettled", "unsettled"]
    disk.back = True
    again = open_corner.play(sale)
    if committed:
        assert again["error"] == "recorded_after_all"
        assert "ST-MTR001A-000001" in again["message"]
        assert open_corner.play(sale)["number"] == "ST-MTR001A-000002"
        back = {"do": "refund", "of": 0, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"}
        assert open_corner.play(back)["ok"]
    else:
        assert again["number"] == "ST-MTR001A-000001"
    assert open_corner.verify() == 6 + 2 * committed


def test_a_lost_connection_is_made_anew_when_the_disk_is_back(open_corner: Corner) -> None:
    path = open_corner.ledger.path
    ledger = open_corner.ledger
    ledger.close()
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    with pytest.raises((ReadOnlyLedger, StorageFault)):
        ledger.head()
    path.rmdir()
    path.with_suffix(".away").rename(path)
    assert open_corner.sell("T1")["seq"] == 6


def test_a_worker_reads_on_a_connection_of_its_own(open_corner: Corner) -> None:
    other = open_corner.ledger.another()
    with open_corner.ledger.write():
        assert other.head() == open_corner.ledger.head()
    other.close()


def write_and_fail(corner: Corner) -> None:
    with corner.ledger.write() as tx:
        tx.db.execute("INSERT INTO settings VALUES ('a', 'b')")
        raise KeyError


def test_a_write_that_raises_leaves_nothing(open_corner: Corner) -> None:
    before = dump(open_corner.db)
    with pytest.raises(KeyError):
        write_and_fail(open_corner)
    assert dump(open_corner.db) == before


def test_an_error_of_the_database_is_worded_as_a_fault(open_corner: Corner) -> None:
    with pytest.raises(StorageFault), open_corner.ledger.write() as tx:
        tx.db.execute("SELECT * FROM no_such_table")
    with pytest.raises(LedgerBusy):
        raise door.fault_of(Error("database is locked"), "till.db")


def test_a_row_that_is_there_before_its_document_is_damage_and_no_failing_disk(open_corner: Corner) -> None:
    head = open_corner.ledger.head().seq
    open_corner.db.execute(
        "INSERT INTO documents SELECT seq + 1, number || 'x', kind, date, amount, party, shift, postings, movements"
        " FROM documents WHERE seq = ?",
        (head,),
    )
    sale = {"lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 50_000}]}
    assert open_corner.play({"do": "sale", **sale})["error"] == "damaged_ledger"
    assert open_corner.ledger.head().seq == head
