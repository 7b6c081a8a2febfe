"""The clock jumps by up to ten years, forth and back, in the middle of a day's work."""

from datetime import timedelta
from itertools import pairwise

from pos_app.bootstrap import now
from tests.torture.scenario import Round, Scenario
from tests.torture.till import new_till

YEARS = 10
JUMP_EVERY = 2
WARNED_BACK = timedelta(minutes=2)


def run(round_: Round) -> None:
    till = new_till(round_)
    for _cycle in round_.cycles(1, 8):
        actions = till.stream.take(60)
        at, last = now(), None
        jumps = []
        for n, action in enumerate(actions):
            if n % JUMP_EVERY == 0:
                at = now() + timedelta(days=round_.rng.randint(-YEARS * 365, YEARS * 365))
            action["at"] = at.isoformat()
            jumps.append(last is not None and at < last - WARNED_BACK)
            last = at
        answers = till.played(actions)
        taken = [one for one in answers if one["ok"]]
        for before, answer in pairwise(answers):
            if before["ok"] and answer["ok"] and jumps[answer["n"]]:
                warned = "clock_implausible" in answer.get("warnings", ())
                round_.expect(warned, f"no warning of a clock that went back: {answer}")
                round_.tally["warned"] += 1
        round_.expect([one["seq"] for one in taken] == sorted(one["seq"] for one in taken), "order lost")
        round_.tally["jumps"] += len(actions) // JUMP_EVERY
    till.verify()
    till.compare_figures()


CLOCKS = Scenario(
    name="clocks",
    promise="A clock that jumps by years loses nothing, changes no order, and is warned about",
    unit="jumps",
    goal=10_000,
    run=run,
)
