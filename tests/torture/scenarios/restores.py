"""Back up while the till sells, lose the till, restore, sell on: the books go on, and no number comes a second time."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from pos_app.ledger.sqlite import connect_plainly
from tests.torture.scenario import Round, Scenario
from tests.torture.till import Till, lines, new_till, whole_answers

SCRIPT = 50
LONGEST = 0.08
"""Seconds after the first answer within which the backup begins."""


def run(round_: Round) -> None:
    till = new_till(round_)
    given: dict[str, str] = {}
    for cycle in round_.cycles(2, 25):
        backup = _back_up_while_selling(till, round_.sub(f"stick-{cycle % 2}"))
        _remember(round_, till.path, given)
        restored = till.folder / f"restored-{cycle}.db"
        till.command("restore", backup, "--ledger", restored)
        round_.expect(_entries(restored) == _entries(till.path)[: len(_entries(restored))], "restored other entries")
        _go_on(till, restored)
        if round_.rng.random() < 0.3:
            again = till.folder / f"again-{cycle}.db"
            till.command("restore", backup, "--ledger", again)  # the same backup once more: another beginning
            _remember(round_, till.path, given)
            _go_on(till, again)
        _remember(round_, till.path, given)
        round_.tally["restores"] += 1


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
    answers = till.played(till.stream.take(12))
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
