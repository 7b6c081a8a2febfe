"""SIGKILL at any moment of the other commands: backup, restore, the first start, an upgrade."""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pos_app.ledger.sqlite import connect_plainly
from tests.corner import DEMO
from tests.torture.scenario import Round, Scenario
from tests.torture.till import Till, new_till
from tests.torture.zygote import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "ledgers"
LONGEST = 0.03
"""Seconds within which the process dies."""


def run(round_: Round) -> None:
    till = new_till(round_)
    till.played(till.stream.take(60))
    for cycle in round_.cycles(2, 20):
        for attack in ATTACKS:
            attack(till, round_.sub(f"{attack.__name__}-{cycle}"))
    till.verify()


def _killed(till: Till, *arguments: object) -> None:
    child = till.start(*arguments)
    time.sleep(till.round.rng.uniform(0, LONGEST))
    child.kill()
    _written, status = child.finish()
    till.round.tally["kills" if status < 0 else "ended first"] += 1


def _whole(till: Till, path: Path) -> int:
    """``pojok verify`` finds nothing wrong with a file; its entries."""
    found = json.loads(till.command("verify", "--ledger", path, "--json"))
    return int(found["entries"])


def _backup(till: Till, folder: Path) -> None:
    """What bears the name of a backup is whole; the ledger is as it was, and the next backup succeeds."""
    _killed(till, "backup", "--ledger", till.path, "--to", folder)
    for path in folder.glob("*.db"):
        till.round.expect(_whole(till, path) == till.entries, f"{path.name} is not the ledger")
    till.verify()
    till.command("backup", "--ledger", till.path, "--to", folder)
    till.round.expect(list(folder.glob("*.db")), "no backup after a backup that was killed")


def _restore(till: Till, folder: Path) -> None:
    """The restored ledger is there whole or not at all, and restoring again succeeds."""
    till.command("backup", "--ledger", till.path, "--to", folder)
    (backup,) = folder.glob("*.db")
    target = folder / "restored" / "till.db"
    target.parent.mkdir()
    _killed(till, "restore", backup, "--ledger", target)
    if target.exists():
        till.round.expect(_whole(till, target) == till.entries, "half restored")
    else:
        till.command("restore", backup, "--ledger", target)
        till.round.expect(_whole(till, target) == till.entries, "restored something else")


def _init(till: Till, folder: Path) -> None:
    """The new ledger is there whole or not at all, and making it again succeeds."""
    path = folder / "till.db"
    make = ("init", "--ledger", path, "--corner", f"{DEMO / 'corners.csv'}:MTR-002", "--till", "A")
    _killed(till, *make)
    if not path.exists():
        till.command(*make)
    till.round.expect(_whole(till, path) == 0, "a new ledger has entries")


def _upgrade(till: Till, folder: Path) -> None:
    """A ledger of an older program, killed while it is upgraded, opens afterwards with every entry."""
    fixture = till.round.rng.choice(sorted(FIXTURES.glob("*.db")))
    path = folder / "old.db"
    shutil.copyfile(fixture, path)
    with closing(connect_plainly(f"{fixture.as_uri()}?mode=ro&immutable=1")) as db:
        entries = db.execute("SELECT count(*) FROM journal").fetchone()[0]
    for _kill in range(2):
        _killed(till, "state", "--ledger", path)
    till.round.expect(_whole(till, path) == entries, f"{fixture.name} lost entries")


ATTACKS: tuple[Callable[[Till, Path], None], ...] = (_backup, _restore, _init, _upgrade)

COMMANDS = Scenario(
    name="commands",
    promise="A backup, restore, first start or upgrade that was killed is whole or not there, and can be repeated",
    unit="kills",
    goal=1_000,
    run=run,
)
