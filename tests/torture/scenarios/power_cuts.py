"""The power goes: of what no sync has settled, any part may be on the disk. Recorded once, cut many times."""

import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pos_app.bootstrap import counter_for
from pos_app.ledger import binding
from pos_app.ledger.backup import reading
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import BOUND, Vault
from pos_app.ledger.verify import verify
from pos_app.services.play import Player
from pos_app.services.wording import describe
from tests.corner import DEMO, PRODUCERS, PRODUCTS, STAFF, write_csv
from tests.torture.actions import Action, Stream
from tests.torture.disk import Ended, Said, Step, Write, image
from tests.torture.recording import Recording
from tests.torture.scenario import Round, Scenario
from tests.torture.till import MANAGER, PIN, Answer, Till, lines, new_till, whole_answers
from tests.torture.zygote import ROOT

OLD = ROOT / "tests" / "fixtures" / "ledgers" / "v1.db"
MORE: list[Action] = [
    {"do": "open_shift", "float": 0},
    {"do": "cash_move", "direction": "in", "amount": 1_000, "reason": "es batu"},
]
"""What is sold on with: the second is taken whatever the shift is."""
PLAIN = 0.03
"""Share of the cuts after which the commands themselves verify and sell on, in processes of their own."""


@dataclass
class Cut:
    """A moment of a recording, and one image of the disk as the power may have left it then."""

    round: Round
    folder: Path
    steps: list[Step]

    @cached_property
    def told(self) -> list[bytes]:
        """What each command had printed; the last of them had not ended."""
        told = [b""]
        for step in self.steps:
            if isinstance(step, Said):
                told[-1] += step.text
            elif isinstance(step, Ended):
                told.append(b"")
        return told

    @property
    def ended(self) -> int:
        """How many commands had come to their end."""
        return len(self.told) - 1

    def expect(self, held: object, broken: str) -> None:
        self.round.expect(held, broken)

    def till(self, like: Till, file: str = "till.db") -> Till:
        """A till as it was before the recording, on this disk."""
        aside = Round(self.round.seed, self.folder, self.round.zygotes)  # its answers were counted before
        return _copy(like, round=aside, folder=self.folder, stream=Stream(aside.rng), file=file)


def _copy(till: Till, **changes: Any) -> Till:
    """A till that goes its own way from here."""
    kept = [one.name for one in fields(till) if one.name not in ("round", "stream", *changes)]
    return replace(till, **{name: deepcopy(getattr(till, name)) for name in kept}, **changes)


def cuts(round_: Round, recording: Recording, count: int) -> Iterator[Cut]:
    """Images at random moments: any, right after something was told, or around a rarer kind of step."""
    steps, rng = recording.steps, round_.rng
    kinds: dict[object, list[int]] = defaultdict(list)
    for place, step in enumerate(steps):
        kinds[type(step), None if isinstance(step, Said | Ended) else step.node].append(place)
    told = [place + 1 for place, step in enumerate(steps) if isinstance(step, Said | Ended)]
    for _cut in range(count):
        choices = (rng.randint(0, len(steps)), rng.choice(told), rng.choice(kinds[rng.choice(list(kinds))]) + 1)
        before = steps[: rng.choice(choices)]
        folder = round_.sub("image")
        image(recording.start, before, rng).lay_out(folder)
        round_.tally["cuts"] += 1
        yield Cut(round_, folder, before)


# Selling -----------------------------------------------------------------------------------------------------------


def run(round_: Round) -> None:
    selling(round_, 30 if round_.short else 220, 250 if not round_.short else 25)
    for story, count in ((_first_start, 70), (_copies, 70), (_upgrade, 40)):
        story(round_, 6 if round_.short else count)


def selling(round_: Round, length: int, count: int, module: str = "pos_app") -> None:
    """Two scripts one after the other: commits, checkpoints, the log begun anew, folded at the end, made again.

    ``module`` is what runs as ``pojok``.
    """
    till = new_till(round_)
    before = _copy(till)
    recording = Recording(till.folder)
    actions: list[Action] = []
    for script in (till.stream.take(length), till.stream.take(length // 3)):
        command = ("play", "-", "--ledger", till.path)
        written = recording.run(*command, environment=till.environment, script=lines(script), module=module)
        till.compare(script, whole_answers(written), complete=True)
        actions += script
    _count_steps(round_, recording)
    for cut in cuts(round_, recording, count):
        _check_selling(cut, cut.till(before), actions)


def _check_selling(cut: Cut, till: Till, actions: list[Action]) -> None:
    """Every answered action once, at most one besides, whole, names legible, and selling goes on."""
    answers: list[Answer] = []
    for told in cut.told:
        answers += [one | {"n": one["n"] + len(answers)} for one in whole_answers(told)]
    with closing(Ledger.open(till.path)) as ledger:
        vault = _keys(cut, ledger)
        verify(ledger, trusted_key=vault.known_public_key())
        till.compare(actions, answers)
        cut.round.tally["unanswered but there"] += till.round.tally["unanswered but there"]
        counter = counter_for(ledger, vault=vault)
        till.compare(MORE, list(Player(counter, describe).play(iter(lines(MORE).splitlines()))), complete=True)
        verify(ledger, trusted_key=vault.known_public_key())
    if cut.round.rng.random() < PLAIN:
        till.verify()
        till.played(MORE)
        cut.round.tally["of the plain command"] += 1


def _keys(cut: Cut, ledger: Ledger) -> Vault:
    """The till's keys: what was sealed opens, and what was signed was signed by a key that is still there."""
    vault = Vault(cut.folder / "home" / "ledgers" / ledger.identity.ledger_id)
    (vault.folder / BOUND).unlink(missing_ok=True)
    binding.bind(ledger, vault, again=True)
    cut.expect(vault.bound_only, "names that no key opens any more")
    sealed = ledger.db.execute("SELECT count(*) FROM journal WHERE kind = 'shift_closed'").fetchone()[0]
    cut.expect(not sealed or vault.known_public_key(), "sealed by a key that is gone")
    return vault


# The other commands ------------------------------------------------------------------------------------------------


def _first_start(round_: Round, count: int) -> None:
    """A ledger is made, filled and sold with; a new folder, new keys."""
    folder = round_.sub("first")
    till = Till(round_, folder, Stream(round_.rng))
    tables = (("producers", PRODUCERS), ("products", PRODUCTS), ("staff", STAFF))
    sheets = [(kind, write_csv(folder / f"{kind}.csv", kind, rows)) for kind, rows in tables]
    before, recording = _copy(till), Recording(folder)
    corner = ("--corner", f"{DEMO / 'corners.csv'}:MTR-001", "--till", "A")
    who = ("--manager", MANAGER, "--pin", PIN)
    recording.run("init", "--ledger", till.path, *corner, *who, environment=till.environment)
    for kind, sheet in sheets:
        recording.run("import", kind, sheet, "--ledger", till.path, environment=till.environment)
    actions = [*till.stream.first(), {"do": "close_shift", "counted": 500_000}]
    recording.run("play", "-", "--ledger", till.path, environment=till.environment, script=lines(actions))
    _count_steps(round_, recording)
    for cut in cuts(round_, recording, count):
        here = cut.till(before)
        if not here.path.exists():
            cut.expect(not cut.ended, "a new ledger is gone")
            here.command("init", "--ledger", here.path, *corner, *who)
        with closing(Ledger.open(here.path)) as ledger:
            vault = _keys(cut, ledger)
            verify(ledger, trusted_key=vault.known_public_key())
            for (kind, rows), _known in zip(tables, range(cut.ended - 1), strict=False):
                cut.expect(_rows(ledger.db, kind) == len(rows), f"{kind} that were imported are gone")
            cut.expect(not cut.ended or _rows(ledger.db, "users") == 1, "the manager is gone")
        here.compare(actions, whole_answers(cut.told[len(sheets) + 1]) if cut.ended > len(sheets) else [])


def _rows(db: Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _copies(round_: Round, count: int) -> None:
    """Backed up, restored beside, sold with, and restored once more in the place of the ledger itself."""
    till = new_till(round_, "copied")
    till.played([*till.stream.take(15), {"do": "close_shift", "counted": 0, "note": "hitungan"}])
    stick = till.folder / "stick"
    stick.mkdir()
    before, entries = _copy(till, counters={}), _journal(till.path)
    recording = Recording(till.folder)
    recording.run("backup", "--ledger", till.path, "--to", stick, environment=till.environment)
    (backup,) = stick.glob("*.db")
    second = till.folder / "second.db"
    recording.run("restore", backup, "--ledger", second, environment=till.environment)
    actions = till.stream.take(12)
    recording.run("play", "-", "--ledger", second, environment=till.environment, script=lines(actions))
    recording.run("restore", backup, "--ledger", till.path, "--replace", environment=till.environment)
    _count_steps(round_, recording)
    for cut in cuts(round_, recording, count):
        named = list((cut.folder / "stick").glob("*.db"))
        cut.expect(named or not cut.ended, "a backup is gone")
        for path in named:
            cut.expect(_journal(path) == entries, "half a backup under the name of one")
        here = cut.till(before, second.name)
        cut.expect(here.path.exists() or cut.ended < 2, "a restored ledger is gone")
        if here.path.exists():
            cut.expect(_journal(here.path)[: len(entries)] == entries, "half restored")
            here.compare(actions, whole_answers(cut.told[2]) if cut.ended >= 2 else [])
        _check_replaced(cut, till.path.name, entries)
        _check_numbers(cut, here, named)


def _check_replaced(cut: Cut, name: str, entries: list[Any]) -> None:
    """The ledger is there whole under its name, or put aside whole while another takes its place."""
    own, aside = cut.folder / name, sorted(cut.folder.glob(f"{name}.damaged-*"))
    cut.expect(own.exists() or (aside and cut.ended == 3), "the ledger is gone")
    for path in (own, *(one for one in aside if one.suffix != ".part" and "-wal" not in one.name)):
        if path.exists():
            cut.expect(_journal(path) == entries, f"{path.name} is not the ledger")


def _check_numbers(cut: Cut, second: Till, backups: list[Path]) -> None:
    """No two ledgers made from one backup give the same numbers."""
    if not (second.path.exists() and backups and whole_answers(cut.told[2] if cut.ended >= 2 else b"")):
        return
    with closing(Ledger.open(second.path)) as ledger:
        given = ledger.identity.beginning
    own = cut.folder / "till.db"
    if own.exists():
        with closing(Ledger.open(own)) as ledger:
            cut.expect(ledger.identity.beginning != given, "two restored ledgers with the same numbers")
    if cut.round.rng.random() < 0.3:
        third = cut.folder / "third.db"
        second.command("restore", backups[0], "--ledger", third)
        with closing(Ledger.open(third)) as ledger:
            cut.expect(ledger.identity.beginning > given, "a restored ledger gives numbers again")


def _upgrade(round_: Round, count: int) -> None:
    """A ledger of an older program is opened for the first time."""
    folder = round_.sub("upgrade")
    shutil.copyfile(OLD, folder / "old.db")
    entries, figures = _journal(OLD), json.loads(OLD.with_suffix(".json").read_text(encoding="utf-8"))
    recording = Recording(folder)
    till = Till(round_, folder, Stream(random.Random(0)), file="old.db")
    recording.run("state", "--ledger", till.path, environment=till.environment)
    _count_steps(round_, recording)
    for cut in cuts(round_, recording, count):
        for copy in cut.folder.glob("old.db.before-v*"):
            if ".part" not in copy.suffix:
                cut.expect(_journal(copy) == entries, "half a copy from before the upgrade")
        here = cut.till(till, "old.db")
        with closing(Ledger.open(here.path)) as ledger:
            verify(ledger)
        cut.expect(_journal(here.path) == entries, "an upgrade lost entries")
        if round_.rng.random() < PLAIN:
            cut.expect(
                json.loads(here.command("state", "--ledger", here.path)) == figures, "an upgrade changed figures"
            )


def _journal(path: Path) -> list[Any]:
    """The entries of a ledger file, which is not changed by looking, nor upgraded."""
    with reading(path) as ledger:
        found = ledger.db.execute("PRAGMA integrity_check").fetchone()[0]
        assert found == "ok", found
        return [
            tuple(row) for row in ledger.db.execute("SELECT seq, document_id, body, hash FROM journal ORDER BY seq")
        ]


def _count_steps(round_: Round, recording: Recording) -> None:
    round_.tally["writes recorded"] += sum(isinstance(step, Write) for step in recording.steps)


POWER_CUTS = Scenario(
    name="power-cuts",
    promise="What was answered is there after the power went, once, whatever the disk made of writes without a sync",
    unit="cuts",
    goal=10_000,
    run=run,
)
