"""A long exchange tells how far it is, can be stopped, and goes on where it stopped."""

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.paths import asset
from pos_app.services import exchange
from sync.client.exchange import Exchange
from sync.server.exchange import feeds
from tests.e2e.support import CentreProcess, Till, pojok
from tests.exchange_machine.world import CentreHere, TillHere, template


@pytest.fixture
def till(tmp_path: Path, shared_centre: CentreProcess) -> Iterator[Till]:
    made = Till(tmp_path / "till").enrol(shared_centre)
    yield made
    made.ledger.close()


def test_entries_are_counted_against_all_that_waits_and_rows_by_scope(till: Till) -> None:
    till.move_cash(1_100)
    heard: list[tuple[str, int, int]] = []
    exchange.sync(till.ledger, till.vault, till.client, lambda *step: heard.append(step))
    assert [step for step in heard if step[0] == "entries"] == [
        ("entries", 500, 1_100),
        ("entries", 1_000, 1_100),
        ("entries", 1_100, 1_100),
    ]
    rows = {what: done for what, done, _total in heard if what != "entries"}
    assert (rows["producers"], rows["catalogue"]) == (60, 250)


def test_a_first_pull_of_several_pages_is_counted_against_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PAGE_ROWS", 25)
    shutil.copy(template() / "centre.db", tmp_path / "centre.db")
    here = CentreHere(tmp_path)
    till = TillHere(tmp_path, here, "C")
    till.enrol()
    heard: list[tuple[str, int, int]] = []
    Exchange(till.store, till.vault.signing_key(), till.line, till.now, tell=lambda *step: heard.append(step)).run()
    till.close()
    here.close()
    producers = [step for step in heard if step[0] == "producers"]
    assert producers == [("producers", 25, 60), ("producers", 50, 60), ("producers", 60, 60)]


class StoppedHere(Exception):
    pass


@pytest.mark.parametrize("where", ["entries", "producers"])
def test_a_stopped_exchange_keeps_what_it_did_and_goes_on_there(till: Till, where: str) -> None:
    till.move_cash(1_100)

    def stop(what: str, _done: int, _total: int) -> None:
        if what == where:
            raise StoppedHere

    with pytest.raises(StoppedHere):
        exchange.sync(till.ledger, till.vault, till.client, stop)
    assert till.unsent() == (600 if where == "entries" else 0)
    assert till.exchange_state().problem == ""
    kept = till.ledger.db.execute("SELECT count(*) FROM producers").fetchone()[0]
    assert kept == (0 if where == "entries" else 60)
    report = till.sync()
    assert (report["pushed"], till.unsent()) == (600 if where == "entries" else 0, 0)
    gone = till.ledger.db.execute("SELECT coalesce(sum(seq), 0) FROM neighbours").fetchone()[0]
    assert report["pulled"] == 60 + 250 + 1 - kept + gone, (
        "the registry's rest, and entries of tills that were here before"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal that a test can read")
def test_a_terminal_sees_the_progress_and_a_pipe_does_not(tmp_path: Path, shared_centre: CentreProcess) -> None:
    ledger = tmp_path / "till.db"
    corners = f"{asset('demo', 'corners.csv')}:MTR-002"
    assert pojok(tmp_path, "init", "--ledger", ledger, "--corner", corners, "--till", "A").returncode == 0
    where = ("--centre", shared_centre.url, "--code", shared_centre.code("MTR-002", "A"))
    assert pojok(tmp_path, "enrol", "--ledger", ledger, *where).returncode == 0
    reader, writer = pty.openpty()
    command = [sys.executable, "-m", "pos_app", "sync", "--ledger", str(ledger)]
    done = subprocess.run(
        command, env={**os.environ, "POJOK_HOME": str(tmp_path)}, stdout=subprocess.PIPE, stderr=writer, check=True
    )
    os.close(writer)
    shown = os.read(reader, 65_536).decode()
    os.close(reader)
    assert "catalogue 250" in shown
    assert shown.endswith("\r\x1b[K"), "the line is gone at the end"
    assert done.stdout.startswith(b'{"status": "ok"')
    assert pojok(tmp_path, "sync", "--ledger", ledger).stderr == ""
