"""Judges the entries of a journal that has later epochs: what diverged and was entered again, and all others.

A later epoch goes on after the centre's history. First a shift that is open there is closed, as if counted right; where
one was open when the first document was recorded that is entered again, another is opened with what lay in the drawer
then. What diverged follows: each document must be right in the order in which it was recorded, that is after the fork,
without what the centre had since. A stock count alone is held against both: what the centre had since may have been
there when it was counted.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from sync.documents.base import require
from sync.documents.reversal import Reversal, undoing
from sync.documents.shift import ShiftClosed, ShiftOpened, expected_cash
from sync.protocol.entry import BrokenEntry, read_body
from sync.protocol.epochs import beginning_at, epoch_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pos_app.ledger.claims import Claims
    from pos_app.ledger.earlier import Earlier
    from pos_app.ledger.sqlite import Connection
    from sync.documents.base import Document, Effects
    from sync.protocol.entry import Envelope
    from sync.protocol.messages import EpochBegun


def drawer_at(earlier: Earlier, shift: int, through: int) -> int:
    """Cash in the drawer right after an entry, of the shift that entry ``shift`` opened; rupiah, never below zero."""
    figures = Counter[str]()
    opened = 0
    for document in earlier.between(shift - 1, through + 1):
        if isinstance(document, ShiftOpened):
            opened = document.float
        figures.update(document.effects().figures)
    return max(expected_cash(opened, figures), 0)


class _Between:
    """Entries after ``base`` and before ``end`` that are not in an order."""

    def __init__(self, base: int, end: int, there: Iterable[int]) -> None:
        self._base = base
        self.end = end
        self.there = set(there)

    def __contains__(self, seq: object) -> bool:
        return isinstance(seq, int) and seq > self._base and seq not in self.there

    def __iter__(self) -> Iterator[int]:
        return (seq for seq in range(self._base + 1, self.end) if seq not in self.there)

    def __len__(self) -> int:
        return self.end - self._base - 1 - len(self.there)


def _roots(db: Connection, first: int) -> set[int]:
    """The entries up to which orders that entries from ``first`` on name are the journal's."""
    found = set[int]()
    for (body,) in db.execute("SELECT body FROM journal WHERE seq >= ? AND instr(body, ?)", (first, b'"order":')):
        with suppress(BrokenEntry):  # the replay tells of it
            found |= {last for _first, last in read_body(body).order[:1]}
    return found


class EnteredAgain:
    """One replay over ``claims``, from entry 1 on."""

    def __init__(self, claims: Claims, begun: Sequence[EpochBegun]) -> None:
        self._claims = claims
        self._begun = begun
        self._forks = _roots(claims.earlier.db, begun[0].first_seq)
        self._at_fork: dict[int, Claims] = {0: claims.copy()} if 0 in self._forks else {}
        self._epoch: EpochBegun | None = None
        """The one whose documents are being entered again."""
        self._former: Claims | None = None
        """The claims in the order in which the newest document was recorded that was entered again."""
        self._hidden = _Between(0, 0, ())
        """What that order has not."""
        self._was = 0
        """Its number there."""
        self._entered: list[int] = []
        """What this epoch entered again so far."""
        self._closing_due = False
        """Whether the centre's shift has to be closed first."""
        self._float: int | None = None
        """Of the opening that was put in, which the first document that is entered again must explain."""

    def check(self, seq: int, envelope: Envelope, document: Document, effects: Effects) -> None:
        """Take in entry ``seq``. Raises ``InvalidDocument`` or ``BrokenEntry``."""
        if envelope.epoch != epoch_of(self._begun, seq):
            raise BrokenEntry("is of another epoch")
        begun = beginning_at(self._begun, seq)
        if begun is not None:
            self._begin(begun)
        if envelope.was:
            self._enter(seq, envelope, document, effects)
        else:
            if self._epoch is not None:
                self._put_in(seq, document)
            self._claims.check(seq, envelope.id, document, effects)
        if seq in self._forks:
            self._at_fork[seq] = self._claims.copy()

    def _begin(self, begun: EpochBegun) -> None:
        self._epoch, self._former, self._entered = begun, None, []
        self._closing_due, self._float = bool(self._claims.open_shift), None

    def _put_in(self, seq: int, document: Document) -> None:
        if self._closing_due:
            self._closing_due = False
            shift = self._claims.open_shift
            there = drawer_at(self._claims.earlier, shift, seq - 1)
            fits = isinstance(document, ShiftClosed) and (document.shift, document.counted, document.deposit) == (
                self._claims.earlier.number(shift),
                there,
                0,
            )
            require(fits, "is not the closing of the shift that was open")
        elif isinstance(document, ShiftOpened) and self._float is None and not self._entered:
            self._float = document.float
        else:
            require(self._float is None or bool(self._entered), "a shift is opened that goes on with nothing")
            self._epoch = None

    def _enter(self, seq: int, envelope: Envelope, document: Document, effects: Effects) -> None:
        if self._epoch is None or self._closing_due:
            raise BrokenEntry("is entered again out of its place")
        if envelope.order:
            self._former = self._recorded_after(envelope, seq)
        elif envelope.was != self._was + 1:
            raise BrokenEntry("what diverged before it is missing")
        if self._former is None:
            raise BrokenEntry("is entered again out of its place")
        self._was, self._hidden.end = envelope.was, seq
        if not self._entered:
            shift = self._former.open_shift
            left = drawer_at(self._former.earlier, shift, seq - 1) if shift else None
            require(self._float == left, "does not go on with the shift and the drawer that it was recorded in")
        self._take(self._former, seq, document)
        if isinstance(document, ShiftClosed):
            number = self._claims.earlier.number(self._claims.open_shift)
            require(document.shift == number, "closes another shift than is open")
        self._claims.earlier.taking_in = True
        try:
            self._claims.check(seq, envelope.id, document, effects)
        finally:
            self._claims.earlier.taking_in = False
        self._entered.append(seq)
        self._hidden.there.add(seq)

    def _recorded_after(self, envelope: Envelope, seq: int) -> Claims:
        """The claims in the order in which a document was recorded. What else is in it was judged when it was entered,
        against what the centre had then."""
        (start, root), *runs = envelope.order
        places = [place for first, last in runs for place in range(first, min(last + 1, seq))]
        known = {*places}
        if start or root not in self._at_fork or len(known) < len(places) or not all(root < one < seq for one in known):
            raise BrokenEntry("is entered again out of its place")
        skipped = envelope.was - 1 - root - len(places)  # closings and openings that were put in, and never came here
        if not 0 <= skipped <= 2 * len(runs):
            raise BrokenEntry("what diverged before it is missing")
        former = self._at_fork[root].copy()
        former.earlier.hidden = self._hidden = _Between(root, seq, known)
        former.earlier.taking_in = True
        for place in places:
            document = self._claims.earlier.document(place)
            if document is not None:
                self._take(former, place, document)
        former.earlier.taking_in = False
        return former

    def _take(self, former: Claims, seq: int, document: Document) -> None:
        document = self._as_it_was(former, seq, document)
        former.check(seq, self._claims.earlier.id_of(seq), document, document.effects())

    def _as_it_was(self, former: Claims, seq: int, document: Document) -> Document:
        """The document in the former order: a reversal of what the centre's history took back too may count as nothing
        in the journal's order, and undid all of it in its own."""
        if not isinstance(document, Reversal) or not self._claims.is_undone(document) or former.is_undone(document):
            return document
        found = self._claims.earlier.by_id(document.original_id, seq)
        if found is None:
            return document
        undone = former.earlier.as_recorded[seq] = undoing(document, found[1].effects())
        if not document.movements:
            former.earlier.unsure |= {movement.sku for movement in undone.effects().movements}
        return undone
