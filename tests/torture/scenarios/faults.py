"""A disk that fails three calls in a hundred, under the real SQLite, while the till sells on."""

import json
import re
from pathlib import Path

from pos_app.i18n import _
from pos_app.services.wording import SENTENCES
from tests.torture import faulty
from tests.torture.scenario import NotHere, Round, Scenario
from tests.torture.till import Answer, Till, lines, new_till, whole_answers
from tests.torture.zygote import PROGRAM, Zygote

CHANCE = 0.03
SCRIPT = 400
OF_THE_DISK = {
    "storage_fault": "StorageFault",
    "disk_full": "DiskFull",
    "read_only_ledger": "ReadOnlyLedger",
}


def failing_disk(round_: Round) -> Zygote:
    """Processes over libfiu. Raises ``NotHere``."""
    if not faulty.PRELOAD:
        raise NotHere(f"fault injection needs libfiu (the package {faulty.PACKAGE} of Debian and Ubuntu)")
    modules = (*PROGRAM, "tests.torture.faulty")
    return round_.zygotes.get("failing disk", modules, {"LD_PRELOAD": faulty.PRELOAD})


def run(round_: Round) -> None:
    zygote = failing_disk(round_)
    till = new_till(round_)
    for number in round_.cycles(2, 12):
        _play_over_faults(till, zygote, beside=number % 2 == 1)
        till.verify()
    till.played(till.stream.take(60))
    till.verify()
    round_.expect(round_.tally["faults fired"], "no fault fired")
    round_.expect(round_.tally["refused for the disk"], "no action met a fault")


def _play_over_faults(till: Till, zygote: Zygote, *, beside: bool) -> None:
    """One process; ``beside`` with a second one that has the ledger open, and both killed at the end."""
    rng = till.round.rng
    actions = till.stream.take(150 if till.round.short else SCRIPT)
    report = till.folder / "faults.json"
    report.unlink(missing_ok=True)
    reader = till.start(till.path, target="tests.torture.reader:main") if beside else None
    if reader:
        reader.read_line()
    command = ("play", "-", "--ledger", till.path)
    child = till.start(
        report, rng.randrange(2**32), CHANCE, *command, zygote=zygote, target="tests.torture.faulty:main"
    )
    child.write(lines(actions))
    heard = b""
    if reader:
        heard = b"".join(child.read_line() or b"" for _ in range(rng.randint(1, len(actions))))
        child.kill()
        reader.kill()
        reader.finish()
    written, status = child.finish()
    answers = whole_answers(heard + written)
    _count_faults(till, report)
    if not reader:
        _expect_plain_end(till, status, len(answers), len(actions))
    for answer in answers:
        _expect_a_clear_sentence(till.round, answer)
    till.round.tally["transactions"] += len(answers)
    till.verify()
    till.compare(actions, answers, complete=not reader and bool(answers))


def _count_faults(till: Till, report: Path) -> None:
    if report.exists():  # a process that was killed leaves none
        counts = json.loads(report.read_text(encoding="utf-8"))
        till.round.tally["faults fired"] += sum(counts["fired"].values())


def _expect_plain_end(till: Till, status: int, answers: int, actions: int) -> None:
    """All actions answered; or the ledger could not be opened at all, which one sentence says."""
    said = till.said()
    if status == 1 and not answers:
        till.round.expect(said.count("\n") == 1 and "Traceback" not in said, f"no sentence: {said}")
        till.round.tally["not opened"] += 1
        return
    till.round.expect((status, said, answers) == (0, "", actions), f"ended with {status} after {answers}: {said}")


def _expect_a_clear_sentence(round_: Round, answer: Answer) -> None:
    if answer["ok"] or answer["error"] not in OF_THE_DISK:
        round_.expect(answer["ok"] or answer["error"] not in ("ledger_busy", "damaged_ledger"), str(answer))
        return
    round_.tally["refused for the disk"] += 1
    template = re.escape(_(SENTENCES[OF_THE_DISK[answer["error"]]]))
    sentence = re.sub(r"\\{\w+\\}", ".+", template)
    round_.expect(re.fullmatch(sentence, answer["message"]), f"no sentence of the program: {answer}")


FAULTS = Scenario(
    name="faults",
    promise="Over a disk that fails, nothing answered is missing, nothing is doubled, and selling goes on",
    unit="transactions",
    goal=100_000,
    run=run,
)
