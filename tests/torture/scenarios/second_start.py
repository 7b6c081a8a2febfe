"""Two processes on one ledger: the second is kept out, and the first does not notice."""

from tests.torture.scenario import Round, Scenario
from tests.torture.till import lines, new_till, whole_answers


def run(round_: Round) -> None:
    till = new_till(round_)
    for _cycle in round_.cycles(1, 15):
        actions = till.stream.take(40)
        first = till.play()
        first.write(lines(actions))
        heard = b"".join(first.read_line() or b"" for _ in range(round_.rng.randint(1, 5)))
        for _attempt in range(3):
            other = till.start("play", "-", "--ledger", till.path)
            other.write(lines(till.stream.take(5)))
            written, status = other.finish()
            said = till.said()
            round_.expect(status == 1 and not written, f"the second start was let in: {status} {written!r}")
            round_.expect(said.count("\n") == 1 and str(till.path) in said, f"no sentence: {said}")
            round_.tally["second starts"] += 1
            first.write(lines(later := till.stream.take(3)))
            actions += later
        written, status = first.finish()
        round_.expect(status == 0, f"the first ended with {status}")
        till.compare(actions, whole_answers(heard + written), complete=True)
    till.verify()
    till.compare_figures()


SECOND_START = Scenario(
    name="second-start",
    promise="A second process on the same ledger is kept out with a sentence, and the first sells on",
    unit="second starts",
    goal=1_000,
    run=run,
)
