"""SIGKILL at any moment of ``pojok play``: while it opens, reads, writes, commits and answers."""

import time

from tests.torture.scenario import Round, Scenario
from tests.torture.till import Till, lines, new_till, whole_answers
from tests.torture.zygote import Child

LONGEST = 0.045
"""Seconds after the start within which the process dies, when the moment is uniform."""
AROUND_COMMIT = 0.0015
"""Seconds after an answer within which it dies otherwise: the next action reads, writes and commits meanwhile."""
SCRIPT = 40
PLAIN_EVERY = 100
VERIFIED = 0.3
"""How often the whole ledger is verified after a kill; what is wrong stays wrong until the next time."""
FRESH_EVERY = 25
"""Kills after which a new ledger is taken, so that verifying it each time stays cheap."""


def run(round_: Round) -> None:
    till = new_till(round_)
    for kill in round_.cycles(8, 200):
        if kill and kill % FRESH_EVERY == 0:
            _look_whole(till)
            till = new_till(round_)
        if kill % PLAIN_EVERY == PLAIN_EVERY - 1 or (round_.short and kill == 0):
            _kill_plainly(till)
        else:
            _kill(till)
    _look_whole(till)


def _look_whole(till: Till) -> None:
    """It sells on, and every figure is as it should be."""
    till.played(till.stream.take(SCRIPT))
    till.verify()
    till.compare_figures()


def _kill(till: Till) -> None:
    rng, actions = till.round.rng, till.stream.take(SCRIPT)
    child = till.play()
    child.write(lines(actions))
    heard = b""
    if rng.random() < 0.5:
        time.sleep(rng.uniform(0, LONGEST))
    else:
        heard = _answers(child, rng.randint(1, SCRIPT // 3))
        _wait(rng.uniform(0, AROUND_COMMIT))
    child.kill()
    rest, status = child.finish()
    till.round.tally["kills" if status < 0 else "ended first"] += 1
    if rng.random() < VERIFIED:
        till.verify()  # by its own recovery, before anything else looks at the file
    till.compare(actions, whole_answers(heard + rest))


def _answers(child: Child, count: int) -> bytes:
    return b"".join(child.read_line() or b"" for _ in range(count))


def _wait(seconds: float) -> None:
    """Shorter than a sleep can be."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def _kill_plainly(till: Till) -> None:
    """The command as people start it."""
    rng, actions = till.round.rng, till.stream.take(SCRIPT)
    process = till.play_plainly()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(lines(actions))
    process.stdin.flush()
    heard = b"".join(process.stdout.readline() for _ in range(rng.randint(1, SCRIPT // 3)))
    _wait(rng.uniform(0, AROUND_COMMIT))
    process.kill()
    rest = process.stdout.read()  # what was read ahead as well, which communicate() would leave behind
    process.stdin.close()
    process.stdout.close()
    process.wait()
    till.round.tally.update(("kills", "of the plain command"))
    till.verify()
    till.compare(actions, whole_answers(heard + rest))


KILLS = Scenario(
    name="kills",
    promise="A sale that was answered is there after the process was killed, once; no number is missing or doubled",
    unit="kills",
    goal=10_000,
    run=run,
)
