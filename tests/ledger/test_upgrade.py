"""Ledgers that every released schema left behind open today with the same figures, whatever happens on the way."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.errors import DamagedLedger, DiskFull
from pos_app.ledger import copying, migrations, salvage, schema
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.migrations import SCHEMA_VERSION, schema_version
from pos_app.ledger.queries import acked_seq
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import verify
from pos_app.services.figures import current_state
from tests.corner import ROOT, Corner
from tests.ledger.make_fixture import LEDGERS

ALL = sorted(LEDGERS.glob("v*.db"))
OLD = ALL[:-1]
REFILLED = pytest.mark.parametrize("old", OLD[:1], indirect=True, ids=lambda path: path.stem)
"""The upgrade that makes the projections anew from the journal; later ones only add tables."""

DIE = """
import os, signal, sys
from pathlib import Path
from pos_app.ledger import ledger, migrations
from pos_app.ledger.ledger import Ledger

path, moments = Path(sys.argv[1]), [int(text) for text in sys.argv[2].split(",")]
import sqlite_utils

def upgrade(copy, moment):
    connect, seen = ledger.connect, []

    def step(_statement):
        seen.append(1)
        if len(seen) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(path):
        connection = connect(path)
        connection.set_trace_callback(step)
        return connection

    ledger.connect = traced
    Ledger.open(copy).close()
    os._exit(len(seen) % 256)

for moment in moments:
    copy = path.with_name(f"till-{moment}.db")
    child = os.fork()
    if not child:
        upgrade(copy, moment)
    print(moment, os.waitpid(child, 0)[1], flush=True)
"""
"""Upgrade ``till-<n>.db`` in a process that is killed at its n-th statement."""


@pytest.fixture(params=OLD, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A ledger of an older schema, alone in its folder."""
    path = tmp_path / "old" / "till.db"
    path.parent.mkdir()
    shutil.copyfile(request.param, path)
    return path


def figures(name: str = "v1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LEDGERS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def content(path: Path) -> list[Any]:
    """Version and every row, read by somebody who upgrades nothing."""
    with closing(connect_plainly(str(path))) as db:
        tables = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        rows = [tuple(row) for name, _sql in tables for row in db.execute(f"SELECT * FROM {name}")]
        return [schema_version(db), [tuple(table) for table in tables], rows]


def files(path: Path) -> list[str]:
    """What lies beside a closed ledger."""
    return sorted(one.name for one in path.parent.iterdir() if one != path)


@pytest.fixture
def unsent(old: Path) -> Iterator[int]:
    """How many entries the centre has not confirmed; a later upgrade must not change it."""
    with closing(connect_plainly(str(old))) as db:
        db.execute("INSERT OR REPLACE INTO exchange VALUES ('acked_seq', '5')")
        yield db.execute("SELECT count(*) FROM journal").fetchone()[0] - 5


def test_every_schema_has_its_ledger() -> None:
    assert [path.stem for path in ALL] == [f"v{version}" for version in range(1, SCHEMA_VERSION + 1)]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_ledger_opens_whole_with_the_same_figures(path: Path, tmp_path: Path) -> None:
    shutil.copyfile(path, tmp_path / "till.db")
    with closing(Ledger.open(tmp_path / "till.db")) as ledger:
        expected = figures(path.stem)
        assert schema_version(ledger.db) == SCHEMA_VERSION
        assert verify(ledger).entries == expected["journal"]["entries"]
        assert current_state(ledger) == expected


def test_entries_keep_their_bytes_and_the_centre_what_it_confirmed(old: Path, unsent: int) -> None:
    with closing(connect_plainly(str(old))) as db:
        before = [tuple(row) for row in db.execute("SELECT * FROM journal")]
        registry = [tuple(row) for row in db.execute("SELECT * FROM products")]
    with closing(Ledger.open(old)) as ledger:
        assert [tuple(row) for row in ledger.db.execute("SELECT * FROM journal")] == before
        assert [tuple(row) for row in ledger.db.execute("SELECT * FROM products")] == registry
        assert len(before) - acked_seq(ledger.db) == unsent


def test_batches_keep_their_cost_and_their_place_in_the_queue(old: Path) -> None:
    live = "SELECT sku, batch, quantity, cost, expires_on, position FROM stock WHERE quantity <> 0 ORDER BY sku, batch"
    with closing(connect_plainly(str(old))) as db:
        before = [tuple(row) for row in db.execute(live)]
    with closing(Ledger.open(old)) as ledger:
        assert [tuple(row) for row in ledger.db.execute(live)] == before
    assert before


def test_an_upgraded_ledger_has_the_schema_that_a_new_one_gets(old: Path, open_corner: Corner) -> None:
    query = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE '%sqlite_%' ORDER BY type, name"
    fresh = [tuple(row) for row in open_corner.db.execute(query)]
    with closing(Ledger.open(old)) as upgraded:
        assert [tuple(row) for row in upgraded.db.execute(query)] == fresh
        names = "SELECT name FROM _sqlite_migrations ORDER BY id"
        applied = [row[0] for row in upgraded.db.execute(names)]
        assert applied == [row[0] for row in open_corner.db.execute(names)]
        assert len(applied) == SCHEMA_VERSION


@REFILLED
def test_the_file_is_copied_first_and_the_upgrade_tells_how_far_it_is(old: Path) -> None:
    before = content(old)
    heard: list[tuple[int, int]] = []
    Ledger.open(old, lambda done, total: heard.append((done, total))).close()
    entries = figures()["journal"]["entries"]
    assert heard == [(entries, entries)]
    assert files(old) == [f"till.db.before-v{SCHEMA_VERSION}"]
    copy = old.with_name(f"till.db.before-v{SCHEMA_VERSION}")
    assert content(copy) == before
    if os.name == "posix":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_an_older_copy_is_replaced_only_by_one_that_holds_its_entries(old: Path) -> None:
    copy = old.parent / f"till.db.before-v{SCHEMA_VERSION}"
    shutil.copyfile(old, copy)
    again = old.parent / "again.db"
    shutil.copyfile(old, again)
    Ledger.open(old).close()
    assert files(old) == ["again.db", copy.name]
    with closing(connect_plainly(str(copy))) as db:
        db.execute("DROP TRIGGER journal_no_update")
        db.execute("UPDATE journal SET hash = zeroblob(32) WHERE seq = (SELECT max(seq) FROM journal)")
    again.replace(old)
    Ledger.open(old).close()
    assert files(old) == [copy.name, f"{copy.name}-2"]


def test_only_the_newest_copies_stay(old: Path) -> None:
    for number in range(4):
        other = old.parent / f"till.db.before-v{SCHEMA_VERSION}{f'-{number}' if number else ''}"
        other.write_bytes(b"what an earlier upgrade left")
        os.utime(other, (number, number))
    Ledger.open(old).close()
    assert files(old) == [f"till.db.before-v{SCHEMA_VERSION}-3", f"till.db.before-v{SCHEMA_VERSION}-4"]


@REFILLED
@pytest.mark.parametrize("entry", [1, 9, 17])
def test_a_broken_journal_refuses_the_upgrade_and_stays_as_it_was(old: Path, entry: int) -> None:
    with closing(connect_plainly(str(old))) as db:
        trigger = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'journal_no_update'").fetchone()[0]
        db.execute("DROP TRIGGER journal_no_update")
        db.execute(
            "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '2026', '2027') AS BLOB) WHERE seq = ?",
            (entry,),
        )
        db.execute(trigger)
    before = content(old)
    with pytest.raises(DamagedLedger) as error:
        Ledger.open(old)
    assert error.value.entry == entry
    assert content(old) == before
    assert files(old) == []


def test_too_little_room_refuses_the_upgrade_before_anything_is_touched(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = old.stat().st_size
    usage = shutil.disk_usage(old.parent)._replace(free=migrations.ROOM * size - 1)
    monkeypatch.setattr(migrations.shutil, "disk_usage", lambda _path: usage)
    before = content(old)
    with pytest.raises(DiskFull):
        Ledger.open(old)
    assert (content(old), files(old)) == (before, [])


@REFILLED
@pytest.mark.parametrize("moment", ["the copy", "the upgrade"])
def test_a_disk_that_fills_up_meanwhile_leaves_the_ledger_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device", str(old))

    before = content(old)
    if moment == "the copy":
        monkeypatch.setattr(copying.os, "fsync", full)
    with pytest.raises(DiskFull):
        Ledger.open(old, full)
    assert (content(old), files(old)) == (before, [])
    monkeypatch.undo()
    with closing(Ledger.open(old)) as ledger:
        assert current_state(ledger) == figures()


@REFILLED
@pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")
def test_a_process_killed_at_any_moment_leaves_the_old_ledger_or_the_new(old: Path) -> None:
    moments = [*range(15, 60, 9), *range(60, 280, 20), 5_000]
    for moment in moments:
        shutil.copyfile(old, old.parent / f"till-{moment}.db")
    command = [sys.executable, "-c", DIE, str(old), ",".join(map(str, moments))]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    killed = [line.split()[1] for line in run.stdout.splitlines()]
    assert len(killed) == len(moments)
    assert killed.count("9") >= len(moments) // 2, run.stdout
    versions = set()
    for moment in moments:
        path = old.parent / f"till-{moment}.db"
        with closing(connect_plainly(str(path))) as db:
            version = schema_version(db)
            versions.add(version)
            columns = [row["name"] for row in db.execute("PRAGMA table_info(balances)")]
            assert columns == (["account", "amount"] if version == 1 else ["account", "amount", "last_seq"])
        with closing(Ledger.open(path)) as ledger:
            verify(ledger)
            assert current_state(ledger) == figures()
        assert {name for name in files(path) if name.startswith(f"{path.name}.")} == {
            f"{path.name}.before-v{SCHEMA_VERSION}"
        }
    assert versions == {1, SCHEMA_VERSION}


def test_what_an_older_schema_never_had_is_not_missed_by_a_repair(old: Path, open_corner: Corner) -> None:
    with salvage.damaged(old) as source:
        assert salvage.carry_tables(source, open_corner.ledger, tuple(schema.SINCE)) == []
    with closing(connect_plainly(str(old))) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    with salvage.damaged(old) as source:
        assert source.table("aliases") is None
