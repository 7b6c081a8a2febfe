"""The command as a process of its own: two tills on one ledger, and the end of its input."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.cli.conftest import Pojok, started


def send(process: "subprocess.Popen[bytes]", **action: Any) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(action).encode() + b"\n")
    process.stdin.flush()


def answer(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def end(process: "subprocess.Popen[bytes]") -> tuple[list[dict[str, Any]], str]:
    """What it still said, after it ended."""
    out, err = process.communicate(timeout=120)
    return [json.loads(line) for line in out.splitlines() if line.endswith(b"}")], err.decode()


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


def test_closing_standard_input_ends_the_script(pojok: Pojok, till: Path) -> None:
    process = started("play", "-", "--ledger", till)
    send(process, do="open_shift", float=1_000)
    send(process, do="dance")
    answers, error = end(process)
    assert (process.returncode, error) == (0, "")
    assert [one["ok"] for one in answers] == [True, False]
