"""A disk that fills up while the till sells, is backed up, upgraded and closed; and a disk that cannot be written."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pos_app.ledger.sqlite import remove
from tests.corner import DEMO
from tests.torture.scenario import NotHere, Round, Scenario
from tests.torture.till import MAIN, Till, lines, new_till, whole_answers
from tests.torture.zygote import ROOT

SMALLEST, LARGEST = 700, 1_400
"""KiB of the disk: enough for a new ledger, and full after some hundred documents."""


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """A disk of its own. Raises ``NotHere``."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=700", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or not shutil.which("mount"):
        raise NotHere("a small disk needs Linux and mount")
    if subprocess.run(mount, capture_output=True).returncode:
        raise NotHere("a small disk can only be mounted by root")
    try:
        yield folder
    except AssertionError:  # what broke is looked at after the disk is gone
        shutil.copytree(folder, folder.with_name(f"{folder.name}-kept"), dirs_exist_ok=True)
        raise
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def run(round_: Round) -> None:
    for _cycle in round_.cycles(1, 6):
        with small_disk(round_.sub("disk"), round_.rng.randrange(SMALLEST, LARGEST, 4)) as disk:
            till = new_till(round_, folder=disk)
            _sell_until_full(till)
            _begin_without_room(till)
            _sell_after_making_room(till)
            _back_up_without_room(till)
            _read_only(till)
        _upgrade_without_room(till)
        round_.tally["disks filled"] += 1


def _sell_until_full(till: Till) -> None:
    """Every document is taken whole or refused with the sentence; the next process finds the same."""
    refused = 0
    while not refused:
        actions = till.stream.take(120)
        child = till.play()
        child.write(lines(actions))
        written, status = child.finish()
        answers = whole_answers(written)
        till.round.expect(status == 0 or not answers, f"ended with {status}: {till.said()}")
        if status:
            _expect_the_sentence(till, till.said())
            refused += 1
        full = [one for one in answers if one.get("error") == "disk_full"]
        for answer in full:
            _expect_the_sentence(till, answer["message"])
        others = {one["error"] for one in answers if not one["ok"]} & {"storage_fault", "read_only", "unsettled"}
        till.round.expect(not others, f"a full disk is told as {others}")
        refused += len(full)
        till.round.tally["transactions"] += len(answers)
        till.compare(actions, answers, complete=True, failing=True)
    till.round.tally["refused for the disk"] += refused


def _expect_the_sentence(till: Till, said: str) -> None:
    till.round.expect("Disk penuh" in said and "Traceback" not in said, f"no sentence of a full disk: {said}")


def _sell_after_making_room(till: Till) -> None:
    """Room is made by growing the disk, as by emptying the recycle bin."""
    subprocess.run(["mount", "-o", "remount,size=64m", str(till.folder)], check=True)
    answers = till.played(till.stream.take(40))
    till.round.expect(sum(one["ok"] for one in answers) > 5, f"selling did not go on: {answers}")
    till.verify()


def _back_up_without_room(till: Till) -> None:
    """A copy for which there is no room is refused, leaves nothing, and does the ledger no harm."""
    target = till.round.sub("stick")
    with small_disk(target, 64):
        written, status = till.attempt("backup", "--ledger", till.path, "--to", target)
        left = [path.name for path in target.iterdir()]
        till.round.expect(status == 1 and not written and not left, f"backup ended with {status}: {written}, {left}")
        till.round.expect(till.said().count("\n") == 1, f"no sentence: {till.said()}")
    till.round.tally["copies refused"] += 1
    till.verify()


def _begin_without_room(till: Till) -> None:
    """A new ledger for which there is no room leaves nothing."""
    path = till.folder / "second.db"
    corner = f"{DEMO / 'corners.csv'}:MTR-002"
    _written, status = till.attempt("init", "--ledger", path, "--corner", corner, "--till", "A")
    if status:
        till.round.expect(till.said().count("\n") == 1, f"no sentence: {till.said()}")
        till.round.expect(not list(till.folder.glob("second*")), "half a ledger was left")
    else:
        remove(path)


def _upgrade_without_room(till: Till) -> None:
    """An older ledger that cannot be copied first stays what it was, and is upgraded once there is room."""
    fixture = ROOT / "tests" / "fixtures" / "ledgers" / "v1.db"
    size = fixture.stat().st_size // 1024
    with small_disk(till.round.sub("old"), size + till.round.rng.randrange(64, size, 4)) as disk:
        path = disk / "old.db"
        shutil.copyfile(fixture, path)
        for options, upgraded in ((f"size={size + 64}k", False), ("size=64m", True)):
            subprocess.run(["mount", "-o", f"remount,{options}", str(disk)], check=True)
            written, status = till.attempt("state", "--ledger", path)
            till.round.expect(status == 0 or not upgraded, f"not upgraded with room: {till.said()}")
            till.round.expect(status == 0 or till.said().count("\n") == 1, f"no sentence: {till.said()}")
        figures = json.loads(fixture.with_suffix(".json").read_text(encoding="utf-8"))
        till.round.expect(json.loads(written) == figures, f"other figures: {written}")
        till.command("verify", "--ledger", path)
    till.round.tally["upgrades"] += 1


def _read_only(till: Till) -> None:
    """A disk that cannot be written is told, and what is on it is not touched."""
    till.command("state", "--ledger", till.path)
    home = till.round.sub("home-beside")
    shutil.copytree(till.folder / "home", home, dirs_exist_ok=True)
    environment = {"POJOK_HOME": str(home)}
    before = till.path.read_bytes()
    errors = till.round.folder / "stderr-beside.txt"
    subprocess.run(["mount", "-o", "remount,ro", str(till.folder)], check=True)
    try:
        child = till.zygote.start(MAIN, ("play", "-", "--ledger", till.path), environment=environment, errors=errors)
        child.write(lines(till.stream.take(5)))
        written, status = child.finish()
        said = errors.read_text(encoding="utf-8") if errors.exists() else ""
        taken = [json.loads(line) for line in written.splitlines()]
        till.round.expect(not any(one["ok"] for one in taken), f"taken on a read-only disk: {taken}")
        till.round.expect(status == 1 or taken, f"ended with {status} and said {said}")
        till.round.expect("Traceback" not in said, f"no sentence: {said}")
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(till.folder)], check=True)
        errors.unlink(missing_ok=True)
    till.round.expect(till.path.read_bytes() == before, "a read-only ledger was changed")
    till.played(till.stream.take(20))
    till.verify()
    till.compare_figures()


FULL_DISK = Scenario(
    name="full-disk",
    promise="A full or read-only disk refuses a sale whole, with a sentence, and selling goes on once there is room",
    unit="transactions",
    goal=10_000,
    run=run,
)
