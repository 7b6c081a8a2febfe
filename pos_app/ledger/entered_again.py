"""Judges the entries of a journal that has later epochs: what diverged and was entered again, and all others.

A later epoch goes on after the centre's history. First a shift that is open there is closed, as if counted right; where
one was open when the first document was recorded that is entered again, another is opened with what lay in the drawer
then. What diverged follows: each document must
be right in the order in which it was recorded, that is after the fork, without what the centre had since. A stock
count alone is held against both: what the centre had since may have been there when it was counted.
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
    from collections.abc import Iterator, Sequence

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
    """Entries between the fork and the first that is entered again, but for those that were so before."""

    def __init__(self, base: int, first: int) -> None:
        self._entries = range(base + 1, first)
        self.there: set[int] = set()

    def __contains__(self, seq: object) -> bool:
        return seq in self._entries and seq not in self.there

    def __iter__(self) -> Iterator[int]:
        return (seq for seq in self._entries if seq not in self.there)

    def __len__(self) -> int:
        return len(self._entries) - len(self.there)


def _named(db: Connection, first: int) -> set[int]:
    """The entries that documents from ``first`` on say their order goes on after."""
    named = set[int]()
    for (body,) in db.execute("SELECT body FROM journal WHERE seq >= ? AND instr(body, ?)", (first, b'"after":')):
        with suppress(BrokenEntry):  # the replay tells of it
            named.add(read_body(body).after)
    return named - {0}


class EnteredAgain:
    """One replay over ``claims``, from entry 1 on."""

    def __init__(self, claims: Claims, begun: Sequence[EpochBegun]) -> None:
        self._claims = claims
        self._begun = begun
        self._forks = {one.base_seq for one in begun} | _named(claims.earlier.db, begun[0].first_seq)
        self._at_fork: dict[int, Claims] = {0: claims.copy()} if 0 in self._forks else {}
        self._epoch: EpochBegun | None = None
        """The one whose documents are being entered again."""
        self._former: Claims | None = None
        """The claims in the former order, from the first document that is entered again on."""
        self._after = 0
        """The entry of the centre that the former order goes on after."""
        self._entered: list[int] = []
        """What this epoch entered again so far."""
        self._closing_due = False
        """Whether the centre's shift has to be closed first."""
        self._float: int | None = None
        """Of the opening that was put in, which the first document that is entered again must explain."""
        self._last = 0
        """Former place of the newest document that was entered again."""
        self._places: dict[tuple[int, int], int] = {}
        """Where a document stands that was entered again, by fork and former place."""

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
        if begun.base_seq not in self._at_fork:
            raise BrokenEntry("an epoch without its fork")
        self._epoch, self._former, self._last, self._entered = begun, None, begun.base_seq, []
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
        begun = self._epoch
        if begun is None or self._closing_due or envelope.was <= self._last:
            raise BrokenEntry("is entered again out of its place")
        after = envelope.after or begun.base_seq
        if self._former is None or after != self._after:
            self._former = self._ordered(begun, after, seq, envelope.was)
        for was in range(self._last + 1, envelope.was):
            self._enter_earlier(self._former, after, was)
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
        self._places[after, envelope.was] = seq
        self._entered.append(seq)
        self._last = envelope.was

    def _ordered(self, begun: EpochBegun, after: int, seq: int, was: int) -> Claims:
        """The former order that goes on after entry ``after`` with document ``seq``. It begins with what was entered
        again there before: an epoch began, and never came to the centre, whose history went on."""
        earliest = begun.base_seq if self._former is None else self._after
        if not earliest <= after < begun.first_seq or after not in self._at_fork:
            raise BrokenEntry("is entered again out of its place")
        former = self._at_fork[after].copy()
        former.earlier.hidden = _Between(after, self._entered[0] if self._entered else seq)
        former.earlier.taking_in = True
        for place in self._entered:
            document = self._claims.earlier.document(place)
            if document is not None:
                self._take(former, place, document)
        former.earlier.taking_in = False
        self._after = after
        if after != begun.base_seq:
            self._last = was - 1
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

    def _enter_earlier(self, former: Claims, base: int, was: int) -> None:
        """A document of the same fork that an earlier epoch entered again, and the centre has from there. It was judged
        then, against what the centre had then."""
        place = self._places.get((base, was))
        document = self._claims.earlier.document(place) if place is not None else None
        if place is None or document is None or not isinstance(former.earlier.hidden, _Between):
            raise BrokenEntry("what diverged before it is missing")
        former.earlier.hidden.there.add(place)
        former.earlier.taking_in = True
        self._take(former, place, document)
        former.earlier.taking_in = False
