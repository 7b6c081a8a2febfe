"""SIGKILL at any moment of the other commands: backup, restore, repair, the first start, an upgrade."""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pos_app.ledger.sqlite import connect_plainly
from tests.corner import DEMO
from tests.torture.scenario import Round, Scenario
from tests.torture.scenarios.tampering import unlocked
from tests.torture.till import Till, lines, new_till, whole_answers
from tests.torture.zygote import ROOT

FIXTURES = ROOT / "tests" / "fixtures" / "ledgers"
LONGEST = 0.03
"""Seconds within which the process dies."""
LONGEST_RETURN = 0.12
"""The same of a restore and a repair, which take longer."""
ON_THE_SHELF = [
    {"do": "open_shift", "float": 0},
    {"do": "receive", "producer": "P1", "lines": [{"sku": "T1", "quantity": "5"}]},
    {"do": "sale", "lines": [{"code": "T1"}], "tenders": [{"kind": "cash", "amount": 50_000}]},
]


def run(round_: Round) -> None:
    till = new_till(round_)
    till.played(till.stream.take(60))
    for cycle in round_.cycles(2, 20):
        for attack in ATTACKS:
            attack(till, round_.sub(f"{attack.__name__}-{cycle}"))
    till.verify()
    till.compare_figures()


def _killed(till: Till, *arguments: object) -> None:
    child = till.start(*arguments)
    longest = LONGEST_RETURN if arguments[0] in ("restore", "repair") else LONGEST
    time.sleep(till.round.rng.uniform(0, longest))
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
    """The restored ledger is there whole or not at all, restoring again succeeds, and no number comes twice."""
    backup = _backed_up(till, folder)
    given = set(_numbers(till.path))
    for name in ("first", "second"):
        target = folder / name / "till.db"
        target.parent.mkdir()
        _killed(till, "restore", backup, "--ledger", target)
        if not target.exists():
            till.command("restore", backup, "--ledger", target)
        till.round.expect(_whole(till, target) == till.entries, "half restored, or something else")
        _sell_under_new_numbers(till, target, given)


def _repair(till: Till, folder: Path) -> None:
    """A repair that was killed can be done again; it ends with the backup's entries, and no number comes twice."""
    _backed_up(till, folder)
    given = set(_numbers(till.path))
    target = folder / "damaged" / "till.db"
    target.parent.mkdir()
    shutil.copyfile(till.path, target)
    with closing(connect_plainly(str(target))) as db, unlocked(db):
        db.execute(
            "UPDATE journal SET body = CAST('{' AS BLOB) WHERE seq = ?", (till.round.rng.randint(1, till.entries),)
        )
    repair = ("repair", "--ledger", target, "--backups", folder)
    for _kill in range(2):
        _killed(till, *repair)
    if not target.exists() or till.attempt("verify", "--ledger", target)[1]:
        till.command(*repair)
    till.round.expect(_whole(till, target) == till.entries, "half repaired")
    _sell_under_new_numbers(till, target, given)


def _backed_up(till: Till, folder: Path) -> Path:
    till.command("backup", "--ledger", till.path, "--to", folder)
    (backup,) = folder.glob("*.db")
    return backup


def _sell_under_new_numbers(till: Till, path: Path, given: set[str]) -> None:
    """Whatever came back from the same backup on this computer goes on under numbers that nothing else bears."""
    child = till.start("play", "-", "--ledger", path)
    child.write(lines(ON_THE_SHELF))
    written, status = child.finish()
    taken = {one["number"] for one in whole_answers(written) if one["ok"]}
    till.round.expect(status == 0 and taken, f"does not sell on: {status}, {written!r}, {till.said()}")
    till.round.expect(not taken & given, f"numbers given a second time: {sorted(taken & given)}")
    given |= taken
    till.round.tally["came back"] += 1


def _numbers(path: Path) -> list[str]:
    with closing(connect_plainly(str(path))) as db:
        return [json.loads(bytes(row[0]))["doc"]["number"] for row in db.execute("SELECT body FROM journal")]


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


ATTACKS: tuple[Callable[[Till, Path], None], ...] = (_backup, _restore, _repair, _init, _upgrade)

COMMANDS = Scenario(
    name="commands",
    promise="A backup, restore, repair, start or upgrade that was killed is whole or not there, and can be repeated",
    unit="kills",
    goal=1_000,
    run=run,
)
