"""SIGKILL at any moment of ``pojok enrol`` and ``pojok sync``, and now and then of the centre itself."""

import json
import time
from contextlib import closing

from pos_app.ledger.sqlite import connect_plainly
from tests.e2e.support import CentreProcess
from tests.torture.scenario import Round, Scenario
from tests.torture.till import Till, new_till
from tests.torture.zygote import PROGRAM, Zygote

CORNER, LETTER = "MTR-001", "A"
CLIENT = ("pos_app.cli_exchange", "pos_app.services.exchange", "sync.client.till", "sync.client.transport")
LONGEST = 0.08
"""Seconds within which the exchange dies."""
CENTRE_DIES = 0.1
"""How often the centre dies instead of the till's side."""


def run(round_: Round) -> None:
    zygote = round_.zygotes.get("exchange", (*PROGRAM, *CLIENT))
    till = new_till(round_)
    centre = CentreProcess(round_.sub("centre"))
    try:
        _enrol(till, centre, zygote)
        for _cycle in round_.cycles(3, 60):
            till.played(till.stream.take(round_.rng.randint(2, 12)))
            if round_.rng.random() < CENTRE_DIES:
                _kill_centre(till, centre, zygote)
            else:
                _killed(till, zygote, "sync", "--ledger", till.path)
        done = json.loads(_run(till, zygote, "sync", "--ledger", till.path))
        round_.expect(done["status"] == "ok", f"the exchange ended with {done}")
        _compare(till, centre)
    finally:
        centre.stop()


def _run(till: Till, zygote: Zygote, *command: object) -> str:
    written, status = till.start(*command, zygote=zygote).finish()
    till.round.expect(status == 0, f"{command[0]} ended with {status}: {till.said()}")
    return written.decode()


def _killed(till: Till, zygote: Zygote, *command: object) -> None:
    child = till.start(*command, zygote=zygote)
    time.sleep(till.round.rng.uniform(0, LONGEST))
    child.kill()
    _written, status = child.finish()
    till.round.tally["kills" if status < 0 else "ended first"] += 1
    till.verify()


def _kill_centre(till: Till, centre: CentreProcess, zygote: Zygote) -> None:
    """The till's side says in one sentence that the centre is gone, or was done before."""
    child = till.start("sync", "--ledger", till.path, zygote=zygote)
    time.sleep(till.round.rng.uniform(0, LONGEST))
    centre.kill()
    _written, status = child.finish()
    said = till.said()
    till.round.expect(status == 0 or (status == 1 and said.count("\n") == 1), f"sync ended with {status}: {said}")
    till.round.tally["of the centre"] += 1
    centre.start()


def _enrol(till: Till, centre: CentreProcess, zygote: Zygote) -> None:
    """Killed while it joins, the till joins with the next code; a code that was used up is refused in a sentence."""
    for _kill in range(2):
        code = centre.code(CORNER, LETTER)
        _killed(till, zygote, "enrol", "--ledger", till.path, "--centre", centre.url, "--code", code)
    code = centre.code(CORNER, LETTER)
    _run(till, zygote, "enrol", "--ledger", till.path, "--centre", centre.url, "--code", code)


def _compare(till: Till, centre: CentreProcess) -> None:
    """The centre has the same entries, byte for byte, and both count the same."""
    ours = json.loads(till.command("state", "--ledger", till.path))
    till.compare_figures()
    theirs = centre.state(CORNER, LETTER)
    till.round.expect(ours == theirs, f"till {ours}, centre {theirs}")
    till.round.expect(ours["journal"]["acked"] == till.entries, f"acked {ours['journal']}, entries {till.entries}")
    with closing(connect_plainly(str(till.path))) as db:
        bodies = [bytes(row[0]) for row in db.execute("SELECT body FROM journal ORDER BY seq")]
    with closing(connect_plainly(str(centre.path))) as db:
        stored = [bytes(row[0]) for row in db.execute("SELECT body FROM entries ORDER BY seq")]
    till.round.expect(bodies == stored, "the centre holds other entries")
    till.round.tally["entries at the centre"] += len(stored)


EXCHANGE_KILLS = Scenario(
    name="exchange-kills",
    promise="An exchange that was killed on either side leaves each entry at the centre once, and the same figures",
    unit="kills",
    goal=1_000,
    run=run,
)
