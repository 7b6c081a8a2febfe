"""Which of the money that a till owes a producer is cleared, and since when the rest is owed: pure of any database.

What is owed consists of earnings, each as old as its day. Whatever makes less of it clears the oldest first, by the
order of entries and not by their dates. A refund, or what takes a sale back, clears its own sale before all others;
what was paid of that sale already counts for the oldest. Taking back what cleared earnings (a payment, a refund) leaves
them owed again, as old as they are. What is cleared beyond all that is owed counts for what comes next.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from sync.documents.base import Document
from sync.documents.money import Opening
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.state import PAYABLE
from sync.server.projecting.projection import Readable


class Moved(NamedTuple):
    """By how much the entry ``seq`` changed what is owed to a producer, in rupiah. ``of``: the id of the document that
    it refunds or takes back. ``opening``: it brought in what was owed before the journal began."""

    producer: str
    seq: int
    date: str
    amount: int
    of: str = ""
    opening: bool = False


class Lot(NamedTuple):
    """What is still owed of one entry's earnings, in rupiah."""

    date: str
    amount: int
    opening: bool = False


class Cleared(NamedTuple):
    """Rupiah of the earnings of the entry ``seq`` that another one cleared. ``opened``: of an opening balance what was
    still owed of it before, else 0."""

    seq: int
    date: str
    amount: int
    opened: int


class Wait(NamedTuple):
    """The day since which the oldest was owed that an entry cleared, None where it cleared nothing; and of the first
    opening balance among it what was still owed of that before, in rupiah."""

    since: str | None = None
    opened: int | None = None


_ENCODER, _DECODER = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(tuple[Cleared, ...])
NOTHING = _ENCODER.encode(())


def moved_by(seq: int, entry: Readable) -> Iterator[Moved]:
    """How the entry at ``seq`` changed what producers are owed."""
    of, opening = _original(entry.document), isinstance(entry.document, Opening)
    for account, amount in entry.effects.postings:
        if account.startswith(PAYABLE):
            yield Moved(account.removeprefix(PAYABLE), seq, entry.envelope.date, -amount, of, opening)


def _original(document: Document) -> str:
    if isinstance(document, Refund):
        return "" if document.elsewhere else document.sale_id
    return document.original_id if isinstance(document, Reversal) else ""


class Account:
    """What a till owes one producer.

    ``owed`` are the earnings that are not cleared, ``over`` what entries cleared beyond that; one of the two is empty.
    ``cleared`` is what entries cleared, packed, as far as it was asked for: ``recall`` gives that of earlier ones.
    """

    def __init__(self, recall: Callable[[int], bytes] = lambda _seq: NOTHING) -> None:
        self.owed: dict[int, Lot] = {}
        self.over: dict[int, int] = {}
        self.cleared: dict[int, bytes] = {}
        self._recall = recall

    def add(self, moved: Moved, original: int) -> Wait:
        """Take in an entry; ``original``: the one that it refunds or takes back, 0 where there is none."""
        if moved.amount < 0:
            return self._clear(moved.seq, -moved.amount, original)
        self._earn(moved.seq, Lot(moved.date, moved.amount - self._leave(original, moved.amount), moved.opening))
        return Wait()

    def _earn(self, seq: int, lot: Lot) -> None:
        left = lot.amount
        for clearing in sorted(self.over):
            part = min(left, self.over[clearing])
            if part:
                self._note(clearing, (*self._of(clearing), Cleared(seq, lot.date, part, left * lot.opening)))
                self._over(clearing, -part)
                left -= part
        if left:
            before = self.owed[seq].amount if seq in self.owed else 0
            self.owed[seq] = lot._replace(amount=before + left)

    def _clear(self, clearing: int, amount: int, original: int) -> Wait:
        found = []
        own = [original] if original in self.owed else []
        for seq in (*own, *(one for one in sorted(self.owed) if one not in own)):
            if not amount:
                break
            lot = self.owed.pop(seq)
            part = min(amount, lot.amount)
            if lot.amount > part:
                self.owed[seq] = lot._replace(amount=lot.amount - part)
            found.append(Cleared(seq, lot.date, part, lot.amount * lot.opening))
            amount -= part
        self._note(clearing, tuple(found))
        self._over(clearing, amount)
        since = min((one.date for one in found), default=None)
        return Wait(since, next((one.opened for one in found if one.opened), None))

    def _leave(self, clearing: int, amount: int) -> int:
        """Owe again up to ``amount`` of what an entry cleared, the newest first; how much that is."""
        beyond = min(amount, self.over.get(clearing, 0))
        self._over(clearing, -beyond)
        left, kept, again = amount - beyond, list[Cleared](), list[Cleared]()
        for one in reversed(self._of(clearing) if clearing else ()):
            part = min(left, one.amount)
            left -= part
            if part:
                again.append(one._replace(amount=part))
            if one.amount > part:
                kept.append(one._replace(amount=one.amount - part))
        if again:
            self._note(clearing, tuple(reversed(kept)))
        for one in reversed(again):
            self._earn(one.seq, Lot(one.date, one.amount, one.opened > 0))
        return amount - left

    def _of(self, clearing: int) -> tuple[Cleared, ...]:
        if clearing not in self.cleared:
            self.cleared[clearing] = self._recall(clearing)
        return _DECODER.decode(self.cleared[clearing])

    def _note(self, clearing: int, what: tuple[Cleared, ...]) -> None:
        self.cleared[clearing] = _ENCODER.encode(what)

    def _over(self, clearing: int, amount: int) -> None:
        left = self.over.pop(clearing, 0) + amount
        if left:
            self.over[clearing] = left
