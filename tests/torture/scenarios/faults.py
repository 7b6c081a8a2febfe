"""A disk that fails three calls in a hundred, under the real SQLite, while the till sells on."""

import json
import re
import shutil
from pathlib import Path

from pos_app.i18n import _
from pos_app.services.wording import SENTENCES
from tests.torture import faulty
from tests.torture.scenario import NotHere, Round, Scenario
from tests.torture.till import Answer, Till, lines, new_till, whole_answers
from tests.torture.zygote import PROGRAM, ROOT, Zygote

CHANCE = 0.03
COMMAND_CHANCE = 0.01
"""A copy writes hundreds of pages."""
OLD = ROOT / "tests" / "fixtures" / "ledgers" / "v1.db"
SCRIPT = 400
OF_THE_DISK = {
    "storage_fault": "StorageFault",
    "disk_full": "DiskFull",
    "read_only": "ReadOnlyLedger",
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
    for number in round_.cycles(1, 4):
        _commands_over_faults(till, zygote, round_.sub(f"copies-{number}"))
    till.played(till.stream.take(60))
    till.verify()
    till.compare_figures()
    for point in faulty.POINTS:
        round_.expect(round_.tally[_name(point)], f"no fault of {point} fired")
    round_.expect(round_.tally["refused for the disk"], "no action met a fault")


def _commands_over_faults(till: Till, zygote: Zygote, folder: Path) -> None:
    """Backup, restore and upgrade: done and whole, or one sentence and nothing half done."""
    _attempt(till, zygote, "backup", "--ledger", till.path, "--to", folder)
    for copy in folder.glob("*.db"):
        till.round.expect(_entries(till, copy) == till.entries, f"{copy.name} is not the ledger")
    backup = Path(till.command("backup", "--ledger", till.path, "--to", folder).strip().splitlines()[-1])
    target = folder / "restored.db"
    done = _attempt(till, zygote, "restore", backup, "--ledger", target)
    till.round.expect(target.exists() or not done, "restored to nowhere")
    if target.exists():
        till.round.expect(_entries(till, target) == till.entries, "half restored")
    old = folder / "old.db"
    shutil.copyfile(OLD, old)
    figures = json.loads(OLD.with_suffix(".json").read_text(encoding="utf-8"))
    _attempt(till, zygote, "state", "--ledger", old)
    till.round.expect(json.loads(till.command("state", "--ledger", old)) == figures, "an upgrade changed figures")
    till.round.expect(_entries(till, old) == figures["journal"]["entries"], "an upgrade lost entries")


def _attempt(till: Till, zygote: Zygote, *command: object) -> bool:
    """Whether a command over faults succeeded; else it said why in one sentence."""
    report = till.folder / "faults.json"
    report.unlink(missing_ok=True)
    arguments = (report, till.round.rng.randrange(2**32), COMMAND_CHANCE, *command)
    _written, status = till.start(*arguments, zygote=zygote, target="tests.torture.faulty:main").finish()
    said = till.said()
    _count_faults(till, report)
    till.round.expect(
        status == 0 or (status == 1 and said.count("\n") == 1), f"{command[0]} ended with {status}: {said}"
    )
    till.round.tally["commands"] += 1
    return status == 0


def _entries(till: Till, path: Path) -> int:
    return int(json.loads(till.command("verify", "--ledger", path, "--json"))["entries"])


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
    till.compare(actions, answers, complete=not reader and bool(answers), failing=True)


def _count_faults(till: Till, report: Path) -> None:
    till.round.tally.update({_name(point): count for point, count in faulty.fired(report).items()})


def _name(point: str) -> str:
    return f"{point.rpartition('/')[2]} failed"


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
    to_meet=("unsettled", "recorded after all", "refused for the disk", "unanswered but there"),
)
