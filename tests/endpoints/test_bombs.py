"""Bombs: frames that lie, nesting, huge texts, a million of nothing. Each is answered at once and in little memory."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.corner import ROOT
from tests.endpoints.bombs import BOMBS, ELSEWHERE
from tests.server.support import Clock, new_centre

SECONDS = 3.0
MEMORY = 64.0
"""MiB that one request may take at its worst: 8 inflated, what is made of them, and a wide margin."""
Found = Mapping[str, tuple[int, float, float]]


def throw(folder: Path, *arguments: str) -> Found:
    database = f"sqlite:///{folder / 'centre.db'}"
    new_centre(database, Clock()).close()
    command = [sys.executable, "-m", "tests.endpoints.bombs", database, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: Found = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return throw(tmp_path_factory.mktemp("bombs"))


@pytest.mark.parametrize("name", [*BOMBS, *ELSEWHERE])
def test_a_bomb_is_answered_at_once_and_in_little_memory(found: Found, name: str) -> None:
    status, seconds, memory = found[name]
    chained = name.startswith(("an entry", "five hundred", "a sale", "a million fields"))
    assert status in ((200,) if chained else (400, 413)), "a correctly chained entry is stored, whatever it holds"
    assert seconds < SECONDS
    assert memory < MEMORY


def test_inflating_without_a_look_at_the_frame_is_seen(tmp_path: Path) -> None:
    naive = throw(tmp_path, "--naive")
    assert naive["200 MiB of zeros"][2] > MEMORY
