"""A till that came back from an old backup, at a real centre: it fetches what it lost, or joins again after an officer
approved that.
"""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.paths import asset
from sync.server import commands
from tests.e2e.support import CentreProcess, pojok, printed

CORNER, TILL = "MTR-001", "A"


class Computer:
    """A person's folder on one computer, with a ledger in it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.ledger = folder / "till.db"
        folder.mkdir()
        self.home.mkdir()

    def run(self, *arguments: str | Path, text: str = "") -> Any:
        return pojok(self.home, *arguments, "--ledger", self.ledger, text=text)

    def play(self, *actions: dict[str, Any]) -> list[dict[str, Any]]:
        lines = "".join(json.dumps(action) + "\n" for action in actions)
        done = self.run("play", "-", text=lines)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert all(answer["ok"] for answer in answers), answers
        return answers

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = printed(self.run("state"))
        return state

    def enrol(self, centre: CentreProcess) -> None:
        done = self.run("enrol", "--centre", centre.url, "--code", centre.code(CORNER, TILL))
        assert done.returncode == 0, done.stderr


def sale(code: str, pieces: int) -> dict[str, Any]:
    return {
        "do": "sale",
        "lines": [{"code": code, "quantity": str(pieces)}],
        "tenders": [{"kind": "cash", "amount": 1_000_000}],
    }


def goods(computer: Computer) -> tuple[str, str]:
    """A product of the centre's catalogue with its producer."""
    with closing(Ledger.open(computer.ledger)) as ledger:
        row = ledger.db.execute("SELECT sku, producer FROM products WHERE pricing = 'titip' ORDER BY sku").fetchone()
    return row[0], row[1]


@pytest.fixture
def old(tmp_path: Path, centre: CentreProcess) -> tuple[Computer, Path, str, str]:
    """The computer that is lost, the folder of its last backup, and goods it sold; the centre has more than that."""
    computer = Computer(tmp_path / "old")
    assert computer.run("init", "--corner", f"{asset('demo', 'corners.csv')}:{CORNER}", "--till", TILL).returncode == 0
    computer.enrol(centre)
    printed(computer.run("sync"))
    sku, producer = goods(computer)
    computer.play(
        {"do": "open_shift", "float": 200_000},
        {"do": "receive", "producer": producer, "lines": [{"sku": sku, "quantity": "50"}]},
        sale(sku, 2),
    )
    printed(computer.run("sync"))
    backups = tmp_path / "stick"
    backups.mkdir()
    assert computer.run("backup", "--to", backups).returncode == 0
    computer.play(sale(sku, 3), {"do": "settle", "producer": producer, "tender": "cash"}, sale(sku, 1))
    printed(computer.run("sync"))
    return computer, backups, sku, producer


def restored(folder: Path, backups: Path, centre: CentreProcess) -> Computer:
    computer = Computer(folder)
    done = computer.run("restore", backups)
    assert done.returncode == 0, done.stderr
    assert "pojok sync" in done.stdout
    computer.enrol(centre)
    return computer


def test_what_was_sent_after_the_backup_is_fetched_before_anything_is_sold(
    tmp_path: Path, centre: CentreProcess, old: tuple[Computer, Path, str, str]
) -> None:
    lost, backups, sku, _producer = old
    new = restored(tmp_path / "new", backups, centre)
    printed(new.run("sync"))
    assert new.state() == lost.state() == centre.state(CORNER, TILL)
    assert new.run("verify").returncode == 0
    new.play(sale(sku, 1))
    printed(new.run("sync"))
    assert new.state() == centre.state(CORNER, TILL)


def test_who_sold_before_fetching_joins_again_after_an_officer_approved(
    tmp_path: Path, centre: CentreProcess, old: tuple[Computer, Path, str, str]
) -> None:
    _lost, backups, sku, producer = old
    new = restored(tmp_path / "new", backups, centre)
    new.play(sale(sku, 4), {"do": "settle", "producer": producer, "tender": "transfer"})
    refused = new.run("sync")
    assert refused.returncode == 1
    assert "belum menyetujui" in new.run("rejoin").stderr
    new.play(sale(sku, 5))
    commands.officer(centre.database, "Pak Budi", "admin", "rahasia-sekali-1")
    decision = ("approve", "--corner", CORNER, "--till", TILL, "--officer", "Pak Budi")
    assert pojok(new.home, "centre", *decision, "--database", centre.database).returncode == 0
    assert new.run("sync").returncode == 1
    new.play(sale(sku, 6))
    before = new.ledger.read_bytes()
    rehearsed = printed(new.run("rejoin", "--rehearse", "--json"))
    assert new.ledger.read_bytes() == before
    centre.stop()  # what is needed was fetched
    joined = printed(new.run("rejoin", "--json"))
    assert {**joined, "aside": None} == rehearsed
    assert joined["paid_twice"] == [producer]
    centre.start()
    printed(new.run("sync"))
    assert new.run("verify").returncode == 0
    assert pojok(new.home, "centre", "verify", "--database", centre.database).returncode == 0
    state = new.state()
    assert state == centre.state(CORNER, TILL)
    assert state["sales"] == 6
    assert state["stock"][sku] == str(50 - 2 - 3 - 1 - 4 - 5 - 6)
    new.play(sale(sku, 1))
    printed(new.run("sync"))
    assert new.state() == centre.state(CORNER, TILL)
    assert all(finding.again for finding in centre.recomputed().findings)
