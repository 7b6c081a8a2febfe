"""Back up while the till sells, lose the till, restore, sell on: the books go on, and no number comes a second time."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from pos_app.ledger.sqlite import connect_plainly
from tests.torture.scenario import Round, Scenario
from tests.torture.till import Till, lines, new_till, whole_answers

SCRIPT = 25
LONGEST = 0.04
"""Seconds after the first answer within which the backup begins."""
RESTORING = 0.12
"""Seconds within which a restore dies that is killed."""


def run(round_: Round) -> None:
    till = new_till(round_)
    given: dict[str, str] = {}
    for cycle in round_.cycles(2, 12):
        backup = _back_up_while_selling(till, round_.sub(f"stick-{cycle % 2}"))
        _remember(round_, till.path, given)
        before = _entries(till.path)
        for way in _ways(round_):
            restored = till.folder / f"{way}-{cycle}.db"
            if not _restore(till, backup, restored, killed=way == "killed"):
                continue
            found = _entries(restored)
            round_.expect(found == before[: len(found)], "restored other entries")
            _go_on(till, restored)
            _remember(round_, restored, given)
    till.compare_figures()


def _ways(round_: Round) -> list[str]:
    """One backup comes back once or several times, here and there killed: each time with numbers of its own."""
    ways = ["restored", *(way for way in ("killed", "again") if round_.rng.random() < 0.4)]
    round_.rng.shuffle(ways)
    return ways


def _restore(till: Till, backup: Path, path: Path, *, killed: bool) -> bool:
    """Whether it is there afterwards; a restore that came to its end always is."""
    till.round.tally["restores"] += 1
    if not killed:
        till.command("restore", backup, "--ledger", path)
        return True
    child = till.start("restore", backup, "--ledger", path)
    time.sleep(till.round.rng.uniform(0, RESTORING))
    child.kill()
    if child.finish()[1] < 0:
        till.round.tally["killed, and there" if path.exists() else "killed, not there"] += 1
    return path.exists()


def _back_up_while_selling(till: Till, folder: Path) -> Path:
    """One process sells, another backs up somewhere in the middle."""
    actions = till.stream.take(SCRIPT)
    child = till.play()
    child.write(lines(actions))
    heard = child.read_line() or b""
    time.sleep(till.round.rng.uniform(0, LONGEST))
    path = Path(till.command("backup", "--ledger", till.path, "--to", folder).strip().splitlines()[-1])
    written, status = child.finish()
    till.round.expect(status == 0, f"play ended with {status} beside a backup")
    till.compare(actions, whole_answers(heard + written), complete=True)
    return path


def _go_on(till: Till, path: Path) -> None:
    """This file is the till from now on."""
    till.adopt(path)
    till.verify()
    answers = till.played(till.stream.take(8))
    till.round.expect(any(one["ok"] for one in answers), f"no selling after the restore: {answers}")


def _entries(path: Path) -> list[tuple[Any, ...]]:
    with closing(connect_plainly(str(path))) as db:
        return [tuple(row) for row in db.execute("SELECT seq, document_id, body, hash FROM journal ORDER BY seq")]


def _remember(round_: Round, path: Path, given: dict[str, str]) -> None:
    """Every number that was ever given means one document."""
    with closing(connect_plainly(str(path))) as db:
        rows = db.execute("SELECT d.number, j.document_id FROM documents d JOIN journal j ON j.seq = d.seq").fetchall()
    for number, document_id in rows:
        known = given.setdefault(number, document_id)
        round_.expect(known == document_id, f"{number} is {known} and {document_id}")


RESTORES = Scenario(
    name="restores",
    promise="A backup taken while selling restores whole, and after it no number is given again",
    unit="restores",
    goal=1_000,
    run=run,
)
