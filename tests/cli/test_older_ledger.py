"""A ledger of an older program: upgraded by one process at a time, and by none while another has it open."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from pos_app import bootstrap
from pos_app.ledger.backup import reading
from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import connect_plainly
from tests.cli.conftest import Pojok
from tests.corner import ROOT

OLDER = "is of an older program and open elsewhere. Close it there, then try again; nothing was changed."


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    path = tmp_path / "old.db"
    shutil.copyfile(ROOT / "tests" / "fixtures" / "ledgers" / "v1.db", path)
    return path


def schema_of(path: Path) -> int:
    with closing(connect_plainly(str(path))) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("command", ["verify", "state", "report", "backup"])
def test_a_command_that_reads_does_not_upgrade_what_a_till_has_open(
    pojok: Pojok, old: Path, tmp_path: Path, command: str
) -> None:
    to = ["--to", tmp_path] if command in ("report", "backup") else []
    bytes_before = old.read_bytes()
    with reading(old) as ledger, bootstrap.locked(ledger):
        refused = pojok(command, "--ledger", old, *to)
        assert (refused.status, refused.err.strip()) == (1, f"{old} {OLDER}")
        assert old.read_bytes() == bytes_before
        assert not list(tmp_path.glob("old.db.before-*"))
    assert pojok(command, "--ledger", old, *to).status == 0
    assert schema_of(old) == SCHEMA_VERSION


@pytest.mark.usefixtures("english")
def test_a_command_that_writes_is_kept_out_before_it_upgrades(pojok: Pojok, old: Path) -> None:
    with reading(old) as ledger, bootstrap.locked(ledger):
        refused = pojok("play", "-", "--ledger", old)
        assert refused.status == 1
        assert refused.err.startswith("The till is already running")
    assert schema_of(old) == 1


def test_while_a_command_only_reads_the_till_may_start(old: Path) -> None:
    with bootstrap.opened(old, lock=False) as ledger, bootstrap.locked(ledger):
        assert schema_of(old) == SCHEMA_VERSION


def test_a_header_behind_the_write_ahead_log_is_no_older_ledger(pojok: Pojok, old: Path) -> None:
    """Whoever has the till open has upgraded it; the file's first page tells so only after a checkpoint."""
    with bootstrap.opened(old) as ledger:
        ledger.db.execute("PRAGMA user_version = 1")
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        assert bootstrap._is_old(old)
        assert pojok("state", "--ledger", old).status == 0
