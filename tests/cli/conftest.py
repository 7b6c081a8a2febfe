"""The command as people and scripts call it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pos_app import i18n
from pos_app.cli import main
from tests.corner import DEMO, PRODUCERS, PRODUCTS, ROOT, STAFF, write_csv


@dataclass
class Ran:
    """What a command gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Pojok = Callable[..., Ran]


@pytest.fixture(autouse=True)
def pojok_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which no till was before."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("POJOK_HOME", str(home))
    return home


@pytest.fixture
def pojok(capfd: pytest.CaptureFixture[str]) -> Pojok:
    """Run a command in this process."""

    def run(*arguments: object) -> Ran:
        try:
            status = main([str(one) for one in arguments])
        except SystemExit as error:
            status = int(error.code or 0)
        captured = capfd.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture
def english() -> Any:
    """Sentences in English, to be compared word by word."""
    i18n.set_language("en")
    yield
    i18n.set_language(i18n.DEFAULT)


@pytest.fixture
def till(pojok: Pojok, tmp_path: Path) -> Path:
    """A ledger made by the commands, with goods and staff."""
    path = tmp_path / "till.db"
    made = pojok("init", "--ledger", path, "--corner", f"{DEMO / 'corners.csv'}:MTR-001", "--till", "A")
    assert made.status == 0, made.err
    for kind, rows in (("producers", PRODUCERS), ("products", PRODUCTS), ("staff", STAFF)):
        sheet = write_csv(tmp_path / f"{kind}.csv", kind, rows)
        assert pojok("import", kind, sheet, "--ledger", path).status == 0
    return path


def started(*arguments: object) -> "subprocess.Popen[bytes]":
    """A command in a process of its own."""
    command = [sys.executable, "-m", "pos_app", *(str(one) for one in arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
