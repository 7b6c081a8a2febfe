"""The centre as people start it: several processes, an address on standard output, and a stop that loses nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa

from sync.server import serving
from sync.server.centre import Centre
from sync.server.commands import serve
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_corners import closed_corners
from sync.server.errors import CentreError
from tests.server.support import ON_POSTGRES, ON_SQLITE, Journal


@contextmanager
def served(database: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and its address once it listens."""
    command = [sys.executable, "-m", "pos_app", "serve", "--database", database, "--listen", "127.0.0.1:0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def children(process: subprocess.Popen[str]) -> set[int]:
    """Processes that serve, without the one that Python keeps for shared resources."""
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
    return {number for number in map(int, text.split()) if b"resource_tracker" not in command_of(number)}


def command_of(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def health(address: str) -> int:
    with urlopen(f"{address}/health", timeout=60) as answer:
        return int(answer.status)


def test_the_address_stands_alone_and_a_stop_is_quiet(database: str, centre: Centre) -> None:
    with served(database) as (process, address):
        assert health(address) == 200
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=120)
    assert (process.returncode, output, errors) == (0, "", "")


@ON_POSTGRES
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the workers in /proc")
def test_a_worker_that_dies_is_started_again_and_nobody_outlives_the_stop(database: str, centre: Centre) -> None:
    with served(database, "--workers", "2") as (process, address):
        first = children(process)
        assert len(first) == 2
        victim = first.pop()
        os.kill(victim, signal.SIGKILL)
        while len(children(process) - {victim}) < 2:
            assert health(address) == 200
        last = children(process)
        assert health(address) == 200
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=120)
    assert (process.returncode, output) == (0, ""), errors
    assert not any(command_of(number) for number in last)


def test_a_worker_that_starts_slowly_or_has_much_to_do_is_not_taken_for_dead() -> None:
    assert serving._config(lambda: None, 2).timeout_worker_healthcheck >= 60


@ON_SQLITE
def test_several_workers_are_refused_where_one_file_is_the_database(database: str, centre: Centre) -> None:
    with pytest.raises(CentreError) as refused:
        serve(database, "127.0.0.1", 0, 2)
    assert refused.value.code == "one_worker"


@ON_POSTGRES
def test_a_database_that_went_away_is_503_and_the_next_request_finds_it_again(
    centre: Centre, caller, journal: Journal
) -> None:
    journal.add_moves(1)
    assert caller.client.get("/health").status_code == 200
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    with reading(centre.engine) as db:
        db.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    answer = caller.push(journal)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert caller.push(journal).status_code == 200


def test_health_says_when_the_database_is_of_another_version(centre: Centre, caller) -> None:
    with centre.engine.begin() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
    answer = caller.client.get("/health")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def figures(caller) -> dict[str, float]:
    answer = caller.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in lines}


def test_the_figures_for_monitoring_are_those_of_the_centre(centre: Centre, caller, journal: Journal, clock) -> None:
    journal.add_moves(2)
    journal.add_bytes(b"unreadable")
    assert caller.push(journal).status_code == 200
    found = figures(caller)
    assert found["pojok_tills"] == 1
    assert found["pojok_entries"] == 4
    assert found["pojok_quarantined_entries"] == 1
    assert (found["pojok_forked_tills"], found["pojok_silent_tills"]) == (0, 0)
    assert found['pojok_last_contact_seconds_bucket{le="60.0"}'] == 1
    clock.pass_(days=5)
    later = figures(caller)
    assert later["pojok_silent_tills"] == 1
    with writing(centre.engine) as db:
        db.execute(sa.insert(closed_corners), {"code": "MTR-001", "since": "2026-10-06", "officer": "Rahma"})
    assert figures(caller)["pojok_silent_tills"] == 0
    assert later['pojok_last_contact_seconds_bucket{le="172800.0"}'] == 0
    assert later['pojok_last_contact_seconds_bucket{le="+Inf"}'] == 1
    pushes = 'pojok_requests_total{method="POST",path="/v1/devices/{device}/entries",status="200"}'
    assert later[pushes] == 1


def test_the_figures_for_monitoring_name_no_till(caller, journal: Journal) -> None:
    caller.push(journal)
    text = caller.client.get("/metrics").text
    for secret in (journal.device, journal.ledger_id, journal.corner):
        assert secret not in text
