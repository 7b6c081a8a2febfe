"""Tills, their copies and a centre as lists of bytes, judged by the exchange's own rules.

A document is a number; its entry is chained as in a real journal. Copies of a till come from backups (a disk that died,
a PC that was replaced, a folder that was cloned with its key); the centre comes back from backups too. Answers get
lost, old requests arrive again. What the model does not have: contents, time, a wire.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sync.protocol.entry import entry_hash, epoch_link
from sync.protocol.judging import (
    Accept,
    Behind,
    Fork,
    Gap,
    HashAt,
    Rewind,
    Take,
    find_base,
    judge_ack,
    judge_approval,
    judge_batch,
    judge_gap,
)

GENESIS = bytes(32)
Verdict = Take | Gap | Fork
Heard = Accept | Rewind | Behind | Fork


Answer = tuple[int, bytes] | Gap | Fork | None
"""The ack as sequence number and hash, or why not; None for a key that may not speak."""


class Rules(NamedTuple):
    """Who decides: at the centre about a batch, at the till about an ack. A ``naive`` till never looks back."""

    batch: Callable[..., Verdict] = judge_batch
    ack: Callable[[int, bytes, HashAt, int], Heard | None] = judge_ack
    naive: bool = False


def skip_known(*, head_seq: int, first_seq: int, hashes: Sequence[bytes], **_rest: object) -> Verdict:
    """The naive centre: numbers that it has are old news."""
    if first_seq > head_seq + 1:
        return Gap(head_seq + 1)
    return Take(min(len(hashes), head_seq - first_seq + 1))


def believe(acked_seq: int, _head_hash: bytes, _hash_at: HashAt, _sent: int) -> Heard:
    """The naive till: what the centre says is so."""
    return Accept(acked_seq)


REAL = Rules()
SKIPPING = Rules(skip_known, believe, naive=True)
UNCHECKED = Rules(judge_batch, believe, naive=True)
"""The centre compares the overlap; the till checks nothing itself."""


class Approval(NamedTuple):
    """What an officer allowed."""

    epoch: int
    head: tuple[int, bytes]
    base: tuple[int, bytes]

    def link(self) -> bytes:
        return epoch_link(self.epoch, self.head[1], self.base[1])


class Request(NamedTuple):
    """A batch under way; none of ``bodies``: it only asks."""

    key: int
    epoch: int
    first_seq: int
    prev: bytes
    bodies: tuple[bytes, ...]
    approval: Approval | None


class Journal:
    """Entries of one till, hash-chained, with the epochs they belong to."""

    __slots__ = ("bodies", "epochs", "hashes")

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.hashes = [GENESIS]
        self.epochs: list[tuple[int, int, Approval | None]] = [(1, 1, None)]
        """Number, first sequence number, and the approval that began it."""

    @property
    def seq(self) -> int:
        return len(self.bodies)

    def hash_at(self, seq: int) -> bytes | None:
        return self.hashes[seq] if 0 <= seq < len(self.hashes) else None

    def add(self, body: bytes) -> None:
        _number, first, approval = self.epochs[-1]
        prev = approval.link() if approval and first == self.seq + 1 else self.hashes[-1]
        self.hashes.append(entry_hash(prev, body))
        self.bodies.append(body)

    def begin(self, approval: Approval) -> None:
        self.epochs.append((approval.epoch, self.seq + 1, approval))

    def epoch_at(self, seq: int) -> tuple[int, int, Approval | None]:
        return next(epoch for epoch in reversed(self.epochs) if epoch[1] <= max(seq, 1))

    def end_of_epoch(self, number: int) -> int:
        return next((first - 1 for epoch, first, _ in self.epochs if epoch == number + 1), self.seq)

    def upto(self, seq: int) -> "Journal":
        """A copy that ends with ``seq``."""
        found = Journal()
        found.bodies = self.bodies[:seq]
        found.hashes = self.hashes[: seq + 1]
        found.epochs = [epoch for epoch in self.epochs if epoch[1] <= seq or epoch[0] == 1]
        return found

    def copy(self) -> "Journal":
        """The same, an epoch that just began included."""
        found = self.upto(self.seq)
        found.epochs = list(self.epochs)
        return found


@dataclass(slots=True)
class Centre:
    """Keeps one till's journal; ``keys`` are those that may speak as the till."""

    rules: Rules
    journal: Journal = field(default_factory=Journal)
    keys: set[int] = field(default_factory=set)

    def copy(self) -> "Centre":
        return Centre(self.rules, self.journal.copy(), set(self.keys))

    @property
    def head(self) -> tuple[int, bytes]:
        return self.journal.seq, self.journal.hashes[-1]

    def take(self, request: Request) -> Answer:
        """Judge a request, and append what it brings."""
        if request.key not in self.keys:
            return None
        seq, head_hash = self.head
        verdict = self.rules.batch(
            head_seq=seq,
            head_hash=head_hash,
            head_epoch=self.journal.epochs[-1][0],
            stored=self.journal.hash_at,
            first_seq=request.first_seq,
            prev=request.prev,
            hashes=_chain(request.prev, request.bodies),
            epoch=request.epoch,
            link=self._link(request.approval),
        )
        if not isinstance(verdict, Take):
            return verdict
        if verdict.begins:
            assert request.approval
            self.journal.begin(request.approval)
        for body in request.bodies[verdict.known :]:
            self.journal.add(body)
        return self.head

    def approve(self, base: tuple[int, bytes] | None) -> Approval | None:
        """What an officer may allow a till that asked with its last common entry, while the centre has that entry."""
        if base is None or self.journal.hash_at(base[0]) != base[1]:
            return None
        return Approval(self.journal.epochs[-1][0] + 1, self.head, base)

    def _link(self, approval: Approval | None) -> bytes | None:
        if approval is None:
            return None
        holds = judge_approval(
            approved_epoch=approval.epoch,
            approved_head=approval.head,
            base=approval.base,
            head_epoch=self.journal.epochs[-1][0],
            head=self.head,
            stored=self.journal.hash_at,
        )
        return approval.link() if holds else None


def _chain(prev: bytes, bodies: Sequence[bytes]) -> list[bytes]:
    hashes = []
    for body in bodies:
        prev = entry_hash(prev, body)
        hashes.append(prev)
    return hashes


class Copy:
    """One PC with the till's ledger. ``problem`` is what its people see."""

    __slots__ = ("approval", "asked", "journal", "key", "pointer", "problem")

    def __init__(self, key: int, journal: Journal | None = None, pointer: int = 0) -> None:
        self.key = key
        self.journal = journal or Journal()
        self.pointer = pointer
        self.problem = ""
        self.asked: tuple[int, bytes] | None = None
        self.approval: Approval | None = None

    def backup(self) -> "Copy":
        found = Copy(self.key, self.journal.copy(), self.pointer)
        found.problem = self.problem
        return found

    def request(self, most: int) -> Request:
        first, journal = self.pointer + 1, self.journal
        number, begins, approval = journal.epoch_at(first)
        last = min(journal.end_of_epoch(number), self.pointer + most)
        bodies = tuple(journal.bodies[first - 1 : last])
        starts = bool(bodies) and begins == first and approval is not None
        prev = approval.link() if starts and approval else journal.hash_at(first - 1) or b""
        return Request(self.key, number, first, prev, bodies, approval if starts else None)

    def hear(self, answer: Answer, request: Request, centre: Centre) -> bool:
        """Do what the answer asks for; whether another request may go at once."""
        if answer is None:
            self.problem = "refused"
            return False
        heard = self._judge(answer, request, centre.rules)
        if isinstance(heard, Accept | Rewind):
            if isinstance(answer, Gap):
                self.pointer = heard.seq
                return True
            self.pointer, self.problem, self.asked, self.approval = heard.seq, "", None, None
            return self.pointer < self.journal.seq
        if heard is not None:
            self._look(centre)
        return self.problem == ""

    def _judge(self, answer: tuple[int, bytes] | Gap | Fork, request: Request, rules: Rules) -> Heard | None:
        if isinstance(answer, Fork):
            return answer
        if isinstance(answer, Gap):
            return judge_gap(answer.expected, request.first_seq)
        return rules.ack(*answer, self.journal.hash_at, request.first_seq + len(request.bodies) - 1)

    def _look(self, centre: Centre) -> None:
        """Find the last common entry; fetch what is missing when that is our end, else ask for a repair."""
        theirs = centre.journal
        base = find_base(min(self.journal.seq, theirs.seq), self.journal.hash_at, theirs.hash_at)
        if base == self.journal.seq:
            self.journal, self.pointer, self.problem = theirs.copy(), base, ""
            return
        self.problem = "fork"
        self.asked = (base, self.journal.hashes[base])

    def rejoin(self, centre: Centre) -> None:
        """Build the ledger anew: ours up to the base, the centre's to its head, the rest of ours in the new epoch."""
        approval, ours = self.approval, self.journal
        self.approval = self.asked = None
        if approval is None or ours.hash_at(approval.base[0]) != approval.base[1]:
            return
        theirs = centre.journal
        if theirs.hash_at(approval.head[0]) != approval.head[1]:
            return
        journal = theirs.upto(approval.head[0])
        journal.begin(approval)
        known = set(journal.bodies)
        for body in ours.bodies[approval.base[0] :]:
            if body not in known:
                journal.add(body)
        self.journal, self.pointer = journal, approval.base[0]
