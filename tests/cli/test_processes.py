"""The command as a process of its own: two tills on one ledger, and a process that dies."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

from pos_app.ledger.sqlite import connect_plainly
from tests.cli.conftest import Pojok, started
from tests.corner import DEMO

KILLS = 15


def send(process: "subprocess.Popen[bytes]", **action: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(action).encode() + b"\n")
    process.stdin.flush()


def answer(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def end(process: "subprocess.Popen[bytes]") -> tuple[list[dict[str, Any]], str]:
    """What it still said, after it ended."""
    out, err = process.communicate(timeout=30)
    return [json.loads(line) for line in out.splitlines() if line.endswith(b"}")], err.decode()


def whole_lines(stream: "IO[bytes] | None") -> list[dict[str, Any]]:
    assert stream is not None
    return [json.loads(line) for line in stream.read().splitlines(keepends=True) if line.endswith(b"\n")]


def test_a_second_till_process_is_kept_out(pojok: Pojok, till: Path) -> None:
    first = started("play", "-", "--ledger", till)
    send(first, do="open_shift", float=1_000)
    assert answer(first)["ok"]
    second = started("play", "-", "--ledger", till)
    _answers, error = end(second)
    assert second.returncode == 1
    assert error.count("\n") == 1
    assert str(till) in error
    assert pojok("state", "--ledger", till).json["drawer"] == 1_000
    send(first, do="cash_move", direction="in", amount=500)
    assert answer(first)["ok"]
    end(first)
    assert first.returncode == 0
    assert pojok("state", "--ledger", till).json["drawer"] == 1_500


def test_every_answered_action_survives_a_kill_exactly_once(pojok: Pojok, till: Path) -> None:
    """The process is killed at a different point each time; the ledger is asked afterwards."""
    told: list[tuple[int, str, str]] = []
    for kill in range(KILLS):
        process = started("play", "-", "--ledger", till)
        if kill == 0:
            send(process, do="open_shift", float=0)
        for amount in range(1, 40):
            send(process, do="cash_move", direction="in", amount=amount)
        heard = [answer(process) for _ in range(1 + 2 * kill)]
        process.kill()
        heard += whole_lines(process.stdout)
        process.communicate()
        assert all(one["ok"] for one in heard)
        told += [(one["seq"], one["number"], one["id"]) for one in heard]
    entries = pojok("verify", "--ledger", till, "--json").json["entries"]
    with closing(connect_plainly(str(till))) as db:
        rows = db.execute("SELECT j.seq, d.number, j.document_id FROM journal j JOIN documents d ON d.seq = j.seq")
        found = [tuple(row) for row in rows]
    assert len(found) == entries
    assert len({number for _seq, number, _id in found}) == entries
    assert len(set(told)) == len(told)
    assert set(told) <= set(found)
    assert entries - len(told) <= KILLS  # at most the action that was under way had no answer yet


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 600 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_selling_and_loses_nothing(pojok: Pojok, small_disk: Path) -> None:
    path = small_disk / "till.db"
    made = pojok("init", "--ledger", path, "--corner", f"{DEMO / 'corners.csv'}:MTR-001", "--till", "A")
    assert made.status == 0, made.err
    process = started("play", "-", "--ledger", path)
    send(process, do="open_shift", float=0)
    for _ in range(100):
        send(process, do="cash_move", direction="in", amount=500)
    answers, _error = end(process)
    taken = [one for one in answers if one["ok"]]
    assert 0 < len(taken) < len(answers) == 101
    assert {one["error"] for one in answers if not one["ok"]} == {"disk_full"}
    assert [one["seq"] for one in taken] == list(range(1, len(taken) + 1))
    assert pojok("verify", "--ledger", path, "--json").json["entries"] == len(taken)
    failed = pojok(
        "init", "--ledger", small_disk / "second.db", "--corner", f"{DEMO / 'corners.csv'}:MTR-001", "--till", "B"
    )
    assert (failed.status, failed.err.count("\n")) == (1, 1)
    assert not list(small_disk.glob("second*"))


def test_closing_standard_input_ends_the_script(pojok: Pojok, till: Path) -> None:
    process = started("play", "-", "--ledger", till)
    send(process, do="open_shift", float=1_000)
    send(process, do="dance")
    answers, error = end(process)
    assert (process.returncode, error) == (0, "")
    assert [one["ok"] for one in answers] == [True, False]
