"""A till under torture: the real program as processes, and a book of what it answered that the ledger must bear out."""

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pos_app.ledger.sqlite import connect_plainly
from tests.corner import DEMO, PRODUCERS, PRODUCTS, STAFF, write_csv
from tests.torture import oracle
from tests.torture.actions import KIND, Action, Stream
from tests.torture.books import Books, Entry
from tests.torture.scenario import Broken, Round
from tests.torture.zygote import ROOT, Child, Zygote

MAIN = "pos_app.cli:main"
PIN = "246810"
MANAGER = "Bu Rina"
Answer = dict[str, Any]
JOURNAL = (
    "SELECT j.*, n.salt FROM journal j LEFT JOIN notes n ON n.document_id = j.document_id"
    " WHERE j.seq > ? ORDER BY j.seq"
)


def lines(actions: list[Action]) -> bytes:
    """A script."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in actions)


def whole_answers(written: bytes) -> list[Answer]:
    """The answers that arrived to their end: half a line is no answer."""
    return [json.loads(line) for line in written.splitlines(keepends=True) if line.endswith(b"\n")]


@dataclass
class Till:
    """One ledger with its keys, and the books that it must agree with.

    ``entries`` of it were looked at, the last with ``last_hash``.
    """

    round: Round
    folder: Path
    stream: Stream
    entries: int = 0
    last_hash: bytes | None = None
    counters: dict[str, int] = field(default_factory=dict)
    books: Books = field(default_factory=Books)
    file: str = "till.db"

    @property
    def path(self) -> Path:
        return self.folder / self.file

    def adopt(self, path: Path) -> None:
        """From now on the till is this file in the same folder, which came from a backup."""
        self.file, self.entries, self.last_hash, self.counters = path.name, 0, None, {}
        self.new_entries()
        self.books = oracle.rewound(self.books, self.entries)

    @property
    def errors(self) -> Path:
        return self.round.folder / "stderr.txt"  # not on a disk that may be full

    @property
    def environment(self) -> dict[str, str]:
        return {"POJOK_HOME": str(self.folder / "home")}

    @property
    def zygote(self) -> Zygote:
        return self.round.zygotes.get("till")

    def command(self, *arguments: object) -> str:
        """Run a command of ``pojok`` that must succeed; what it printed."""
        written, status = self.attempt(*arguments)
        if status:
            raise Broken(f"pojok {' '.join(map(str, arguments))} ended with {status}: {self.said()}")
        return written

    def attempt(self, *arguments: object) -> tuple[str, int]:
        """Run a command of ``pojok``; what it printed and its exit status."""
        self.errors.unlink(missing_ok=True)
        written, status = self.zygote.run(MAIN, arguments, environment=self.environment, errors=self.errors)
        return written.decode(), status

    def said(self) -> str:
        """What went to stderr."""
        return self.errors.read_text(encoding="utf-8") if self.errors.exists() else ""

    def start(self, *arguments: object, zygote: Zygote | None = None, target: str = MAIN) -> Child:
        """Start a command; the caller ends it."""
        self.errors.unlink(missing_ok=True)
        return (zygote or self.zygote).start(target, arguments, environment=self.environment, errors=self.errors)

    def play(self) -> Child:
        """``pojok play -`` on this ledger."""
        return self.start("play", "-", "--ledger", self.path)

    def play_plainly(self) -> "subprocess.Popen[bytes]":
        """The same as people start it, a new Python and all."""
        with self.errors.open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, "-m", "pos_app", "play", "-", "--ledger", str(self.path)],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def played(self, actions: list[Action]) -> list[Answer]:
        """Play a script to its end and check the answers against the ledger."""
        child = self.play()
        child.write(lines(actions))
        written, status = child.finish()
        if status:
            raise Broken(f"play ended with {status}: {self.said()}")
        answers = whole_answers(written)
        self.compare(actions, answers, complete=True)
        return answers

    def verify(self) -> Answer:
        """``pojok verify``, which must find nothing."""
        found: Answer = json.loads(self.command("verify", "--ledger", self.path, "--json"))
        return found

    def compare_figures(self) -> None:
        """``pojok state`` tells what the torture's own books tell."""
        state = json.loads(self.command("state", "--ledger", self.path))
        if state["journal"]["head"] != (self.last_hash or b"").hex():
            raise Broken(f"pojok state ends with {state['journal']}, the journal with {self.last_hash!r}")
        self.books.compare(state)
        self.round.tally["figures compared"] += 1

    def compare(
        self, actions: list[Action], answers: list[Answer], *, complete: bool = False, failing: bool = False
    ) -> None:
        """The ledger holds what was answered, once, in order and as asked, and at most the action that was under way.

        ``complete`` when nothing was under way any more, ``failing`` when the disk may refuse.
        """
        if [one["n"] for one in answers] != list(range(len(answers))):
            raise Broken(f"answers out of order: {[one['n'] for one in answers]}")
        found = self.new_entries()
        place = self._place_of_the_rest(actions, answers, found, failing)
        if extra := found[place:]:
            under_way = actions[len(answers)] if len(answers) < len(actions) and not complete else None
            if len(extra) > 1 or under_way is None or KIND[under_way["do"]] != extra[0].kind:
                raise Broken(f"never answered, yet there: {extra}; under way was {under_way}")
            oracle.record(self.books, under_way, extra[0])
            self.round.tally["unanswered but there"] += 1

    def _place_of_the_rest(
        self, actions: list[Action], answers: list[Answer], found: list[Entry], failing: bool
    ) -> int:
        """Walk along the answers and the entries together; how many entries the answers account for.

        What was answered ``unsettled`` may be there; then the next that is written says so first.
        """
        taken = {one["id"] for one in answers if one["ok"]}
        place, left_open = 0, ""
        for answer in answers:
            entry, action = found[place] if place < len(found) else None, actions[answer["n"]]
            if answer["ok"]:
                if left_open or entry is None or entry[:3] != (answer["seq"], answer["id"], answer["number"]):
                    before = found[max(place - 2, 0) : place]
                    raise Broken(f"answered {answer}, found {entry}; before it {before}, left open {left_open}")
                oracle.record(self.books, action, entry, answer)
                self.stream.heard(action, answer["number"])
                self.round.tally["answered"] += 1
                place += 1
                continue
            oracle.refuse(self.books, action, answer["error"], failing=failing)
            if answer["error"] == "unsettled":
                self.round.tally["unsettled"] += 1
                if entry and entry.id not in taken and entry.number in answer["message"]:
                    oracle.record(self.books, action, entry)
                    place, left_open = place + 1, entry.number
            elif answer["error"] == "recorded_after_all":
                if not left_open or left_open not in answer["message"]:
                    raise Broken(f"{answer}, but left open was {left_open or 'nothing'}")
                self.round.tally["recorded after all"] += 1
                left_open = ""
        return place

    def new_entries(self) -> list[Entry]:
        """Entries not looked at yet; chained, numbered without a gap, and their columns as in their bytes."""
        with closing(connect_plainly(str(self.path))) as db:
            rows = db.execute(JOURNAL, (self.entries,)).fetchall()
        return [self._next_entry(row) for row in rows]

    def _next_entry(self, row: Any) -> Entry:
        body = bytes(row["body"])
        envelope = json.loads(body)
        number = envelope["doc"]["number"]
        series, _dash, count = number.rpartition("-")
        if int(count) != self.counters.get(series, 0) + 1:
            raise Broken(f"{number} follows {series}-{self.counters.get(series, 0):06d}")
        if row["seq"] != self.entries + 1 or (self.last_hash is not None and row["prev"] != self.last_hash):
            raise Broken(f"entry {row['seq']} does not follow entry {self.entries}")
        if row["hash"] != sha256(bytes(row["prev"]) + body).digest():
            raise Broken(f"entry {row['seq']} does not match its hash")
        columns = (row["seq"], row["document_id"], row["kind"], row["recorded_at"])
        if columns != tuple(envelope[name] for name in ("seq", "id", "kind", "at")):
            raise Broken(f"entry {row['seq']} bears {columns} beside {envelope}")
        self.counters[series], self.entries, self.last_hash = int(count), row["seq"], bytes(row["hash"])
        told = (envelope["date"], envelope.get("cashier", ""))
        return Entry(*columns[:2], number, *columns[2:], *told, bytes(row["prev"]), envelope["doc"], row["salt"])


def new_till(round_: Round, name: str = "till", *, folder: Path | None = None) -> Till:
    """A ledger made by the program's own commands, with goods, staff, a manager, and the shift open."""
    till = Till(round_, folder or round_.sub(name), Stream(round_.rng))
    corner = f"{DEMO / 'corners.csv'}:MTR-001"
    who = ("--manager", MANAGER, "--pin", PIN)
    till.command("init", "--ledger", till.path, "--corner", corner, "--till", "A", *who)
    for kind, rows in (("producers", PRODUCERS), ("products", PRODUCTS), ("staff", STAFF)):
        sheet = write_csv(till.folder / f"{kind}.csv", kind, rows)
        till.command("import", kind, sheet, "--ledger", till.path)
    till.played(till.stream.first())
    return till
