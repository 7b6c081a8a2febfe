"""One history: events by chance at a till, its copies and the centre, and what must be so in the end."""

import random
from collections import Counter
from collections.abc import Iterator

from tests.histories.model import REAL, Answer, Centre, Copy, Journal, Request, Rules

EVENTS = (
    *("record",) * 7,
    *("exchange",) * 7,
    *("repeat",) * 2,
    *("backup",) * 3,
    *("restore",) * 2,
    *("approve",) * 2,
    *("rejoin",) * 2,
    "clone",
    "new_pc",
    "back_up_centre",
    "restore_centre",
)
SHORTEST, LONGEST = 8, 32
MOST_COPIES = 3
MOST_OLD = 4
"""Backups and requests that are remembered."""
ROUNDS = 12
"""In which a till whose officer answers must have come to rest."""


class SilentLoss(AssertionError):
    """An answered document that the centre lacks, and nobody was told."""


class History:
    """``told`` lists what happened, for whoever reads a failure."""

    def __init__(self, rng: random.Random, rules: Rules = REAL) -> None:
        self.rng = rng
        self.centre = Centre(rules)
        self.copies = [Copy(0)]
        self.centre.keys.add(0)
        self.backups: list[Copy] = []
        self.centre_backups: list[Centre] = []
        self.requests: list[Request] = []
        self.documents = 0
        self.last_key = 0
        self.tally: Counter[str] = Counter()
        self.told: list[str] = []

    def run(self) -> Counter[str]:
        """Let it happen, then see what became of it. Raises ``SilentLoss``."""
        choice = self.rng.choice
        for _step in range(self.rng.randint(SHORTEST, LONGEST)):
            name = choice(EVENTS)
            getattr(self, name)()
        self.settle(answering=self.rng.random() < 0.7)
        return self.tally

    def _one(self) -> tuple[int, Copy]:
        index = self.rng.randrange(len(self.copies))
        return index, self.copies[index]

    def _tell(self, what: str, index: int = 0) -> None:
        self.tally[what] += 1
        self.told.append(f"{what} {index}: {len(self.copies)} copies, the centre at {self.centre.journal.seq}")

    def record(self) -> None:
        index, copy = self._one()
        for _sale in range(self.rng.randint(1, 3)):
            self.documents += 1
            copy.journal.add(b"%d" % self.documents)
        self._tell("recorded", index)

    def exchange(self) -> None:
        """A few requests, each of which may be lost on the way there or back."""
        index, copy = self._one()
        self._tell("exchanges", index)
        for _request in range(self.rng.randint(1, 6)):
            if self._naively_done(copy):
                return
            request = copy.request(self.rng.choice((1, 2, 500)))
            self.requests = [*self.requests[-MOST_OLD:], request]
            fate = self.rng.random()
            if fate < 0.15:
                self._tell("requests lost", index)
                return
            answer = self._take(request)
            if fate < 0.35:
                self._tell("answers lost", index)
                return
            if not self._hear(copy, answer, request):
                return

    def _take(self, request: Request) -> Answer:
        epochs = len(self.centre.journal.epochs)
        answer = self.centre.take(request)
        if len(self.centre.journal.epochs) > epochs:
            self._tell("epochs begun")
        return answer

    def _hear(self, copy: Copy, answer: Answer, request: Request) -> bool:
        journal, pointer, problem = copy.journal, copy.pointer, copy.problem
        went_on = copy.hear(answer, request, self.centre)
        if copy.problem and copy.problem != problem:
            self._tell(f"raised: {copy.problem}")
        if copy.journal is not journal:
            self._tell("fetched back")
            _keeps_all(journal, copy.journal)
        elif copy.pointer < pointer:
            self._tell("sent again")
        return went_on

    def _naively_done(self, copy: Copy) -> bool:
        """Who checks nothing has nothing to ask for beyond its end."""
        return self.centre.rules.naive and copy.pointer > copy.journal.seq

    def repeat(self) -> None:
        """An old request arrives once more; nobody waits for the answer."""
        if self.requests:
            self._take(self.rng.choice(self.requests))
            self._tell("requests repeated")

    def backup(self) -> None:
        _index, copy = self._one()
        self.backups = [*self.backups[-MOST_OLD:], copy.backup()]

    def restore(self) -> None:
        """The disk died; what it held since the backup is gone with it."""
        index, copy = self._one()
        if self.backups:
            self.copies[index] = self.rng.choice(self.backups).backup()
            self.copies[index].key = copy.key
            self._tell("restores", index)

    def clone(self) -> None:
        """A folder is copied with its key, or a backup opened beside the till: both go on."""
        if self.backups and len(self.copies) < MOST_COPIES:
            self.copies.append(self.rng.choice(self.backups).backup())
            self._tell("clones", len(self.copies) - 1)

    def new_pc(self) -> None:
        """A replaced PC enrols with a new code, which ends the keys before; the old one may go on selling."""
        if self.backups and len(self.copies) < MOST_COPIES:
            copy = self.rng.choice(self.backups).backup()
            self._enrol(copy)
            self.copies.append(copy)
            self._tell("new PCs", len(self.copies) - 1)

    def _enrol(self, copy: Copy) -> None:
        self.last_key += 1
        copy.key = self.last_key
        self.centre.keys = {copy.key}

    def back_up_centre(self) -> None:
        self.centre_backups = [*self.centre_backups[-MOST_OLD:], self.centre.copy()]

    def restore_centre(self) -> None:
        if self.centre_backups:
            self.centre = self.rng.choice(self.centre_backups).copy()
            self._tell("restores of the centre")

    def approve(self) -> None:
        """An officer looks at those that asked."""
        for index, copy in enumerate(self.copies):
            approval = self.centre.approve(copy.asked)
            if approval:
                copy.approval = approval
                self._tell("approved", index)

    def rejoin(self) -> None:
        """Managers run the repairs that they were allowed."""
        for index, copy in enumerate(self.copies):
            if copy.approval:
                self._rejoin(copy)
                self._tell("rejoined", index)

    def _rejoin(self, copy: Copy) -> None:
        journal = copy.journal
        copy.rejoin(self.centre)
        _keeps_all(journal, copy.journal)

    def settle(self, *, answering: bool) -> None:
        """The network is whole now. With an officer who answers everything comes to rest, else the people know."""
        for _round in range(ROUNDS):
            for copy in self.copies:
                self._talk(copy)
                if answering and copy.asked:
                    copy.approval = self.centre.approve(copy.asked)
                    self._rejoin(copy)
                    self._talk(copy)
        for number, copy in enumerate(self.copies):
            self._judge(number, copy, answering=answering)

    def _talk(self, copy: Copy) -> None:
        for _request in range(8):
            if self._naively_done(copy):
                return
            request = copy.request(500)
            if not self._hear(copy, self._take(request), request):
                return

    def _judge(self, number: int, copy: Copy, *, answering: bool) -> None:
        missing = set(copy.journal.bodies).difference(self.centre.journal.bodies)
        if missing and not copy.problem:
            raise SilentLoss(f"copy {number}: {len(missing)} documents are nowhere else: {sorted(missing)}")
        if self.centre.rules.naive:
            return
        if len(set(self.centre.journal.bodies)) != self.centre.journal.seq:
            raise SilentLoss("a document is at the centre twice")
        if not copy.problem and copy.journal.hashes != self.centre.journal.hashes:
            raise SilentLoss(f"copy {number} is content and has another history")
        if answering and copy.problem == "fork":
            raise SilentLoss(f"copy {number} never came to rest")


def _keeps_all(before: Journal, after: Journal) -> None:
    dropped = set(before.bodies).difference(after.bodies)
    if dropped:
        raise SilentLoss(f"a till dropped {sorted(dropped)} from its own ledger")


def histories(seed: int, count: int, rules: Rules = REAL) -> Iterator[Counter[str] | SilentLoss]:
    """``count`` histories that follow from ``seed``; a loss is given, not raised, with what happened before it."""
    rng = random.Random(seed)
    for number in range(count):
        history = History(rng, rules)
        try:
            yield history.run()
        except SilentLoss as loss:
            loss.add_note(f"history {number} of seed {seed}:\n" + "\n".join(history.told))
            yield loss
