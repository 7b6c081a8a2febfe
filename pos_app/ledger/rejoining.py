"""What diverged is entered again after the centre's history, in a new epoch: the same documents under the same ids.

What a document names by the number of an entry is turned to where that entry stands now. A stock count books only what
nothing of the centre's history explains, wherever in it the count was made: no clock is believed. A closing closes the
shift that is open now. Everything else stays as it was.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pos_app.ledger import deductions, epochs, hot, qris_money, queries, settlements
from pos_app.ledger.both_histories import Moved, Span, spans
from pos_app.ledger.earlier import Earlier
from pos_app.ledger.sqlite import Error, is_of_the_disk
from pos_app.version import VERSION
from sync.documents.arithmetic import share_of_loss, taken_cost
from sync.documents.base import Document, Effects, InvalidDocument
from sync.documents.deductions import DeductionCollected, DeductionList, LeftOut, StaffDeduction, TabEntry
from sync.documents.goods import CountedLine, LeavingLine, StockCount
from sync.documents.kinds import decode, encode
from sync.documents.money import Settlement
from sync.documents.qris_matched import QrisMatched
from sync.documents.reversal import Reversal, undoing
from sync.documents.shift import ShiftClosed, ShiftOpened, expected_cash
from sync.protocol.entry import BrokenEntry, Envelope, make_body, read_body
from sync.protocol.epochs import beginning_at
from sync.protocol.messages import Approval, EpochBegun

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Ledger, Transaction
    from pos_app.ledger.sqlite import Connection

NewId = Callable[[datetime], str]
_changed = msgspec.structs.replace


class CannotEnter(Exception):
    """A document that cannot be entered again: its number, and why in technical English."""

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(number, reason)
        self.number = number
        self.reason = reason


class Diverged(NamedTuple):
    """An entry of our own after the base. ``hash`` is its own; ``filler`` put shifts in order when an epoch began."""

    seq: int
    envelope: Envelope
    document: Document
    hash: bytes
    filler: bool = False


@dataclass(slots=True)
class Entered:
    """What was entered again: numbers of documents, in order.

    ``there`` are those that the centre had already; ``recount`` names goods that both histories moved around a count;
    ``renumbered`` has the new number by the old one, where the centre has another document of that; ``undone`` the
    number of what is taken back, or of the list that is collected, by that of the reversal or collection, where the
    centre's history did so too; ``matched`` what both matched, by the number of the match that matches nothing now;
    ``closed`` and ``opened`` are what was put in so that the shifts of both histories stand one after the other.
    """

    numbers: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    recount: dict[str, str] = field(default_factory=dict)
    renumbered: dict[str, str] = field(default_factory=dict)
    undone: dict[str, str] = field(default_factory=dict)
    matched: dict[str, list[str]] = field(default_factory=dict)
    closed: str = ""
    opened: str = ""


def diverged(db: "Connection", base: int) -> Iterator[Diverged]:
    """The entries of a journal after ``base``."""
    every = epochs.epochs_of(db)
    filling = False
    for seq, body, digest in db.execute("SELECT seq, body, hash FROM journal WHERE seq > ? ORDER BY seq", (base,)):
        envelope = read_body(body)
        filling = not envelope.was and (filling or beginning_at(every, seq) is not None)
        yield Diverged(seq, envelope, envelope.document(), digest, filling)


def enter_again(
    ledger: "Ledger",
    own: "Connection",
    approval: Approval,
    sealed: bytes,
    new_id: NewId,
    twice: Collection[str] = (),
) -> Entered:
    """Enter what ``own``, the journal that diverged, has after the base; ``ledger`` ends where the centre does.

    ``twice`` has the numbers of reversals by which money and goods went back a second time; any other of what the
    centre's history took back too counts as done there. One transaction; nothing is written where every document is
    there already. Raises ``CannotEnter``, also for a number in ``twice`` of which that is not so.
    """
    with ledger.write() as tx:
        return _Entering(tx, own, approval, new_id, twice).run(sealed)


class _Entering:
    """One repair."""

    def __init__(
        self,
        tx: "Transaction",
        own: "Connection",
        approval: Approval,
        new_id: NewId,
        twice: Collection[str],
    ) -> None:
        self._tx = tx
        self._own = own
        self._approval = approval
        self._base = approval.base_seq
        self._new_id = new_id
        self._twice = twice
        self._places: dict[int, int] = {}
        """Where an entry after the base stands now."""
        self._before = 0
        """The entry before the first that is entered again."""
        self._common = approval.base_seq
        """The last own entry up to which both journals are the same."""
        self._called: dict[str, str] = {}
        """The present number of a document by the one it has in our own journal, where they differ."""
        self._moved = Moved()
        self._others: dict[str, Span] = {}
        """How far what the centre has, and our own journal has not, moved goods."""
        self._done = Entered()

    def run(self, sealed: bytes) -> Entered:
        every = list(diverged(self._own, self._base))
        self._others = spans(self._unknown({one.envelope.id for one in every}))
        waiting, left_out = set[int](), set[int]()
        for one in every:
            if not self._is_there(one):
                (left_out if one.filler and not waiting else waiting).add(one.seq)
        entering = [one for one in every if one.seq in waiting]
        if entering:
            head = self._tx.last[0].seq
            begun = EpochBegun(self._approval.epoch, head + 1, self._base, sealed)
            self._tx.begin_epoch(begun)
            self._close_shift()
            self._match_shift(entering[0])
            self._renumber(entering)
        self._before = self._tx.last[0].seq
        self._places |= dict.fromkeys(left_out, self._before)
        for one in every:
            if one.seq in waiting:
                self._moved.add(one.seq, self._try(one))
            elif one.seq not in left_out:
                self._moved.add(one.seq, self._present(one.seq))
        for number in sorted(set(self._twice) - set(self._done.undone)):
            raise CannotEnter(number, "takes back nothing that the centre's history took back too")
        self._move_count_in_progress()
        return self._done

    def _unknown(self, known: Collection[str]) -> Iterator[Document]:
        """What the centre has after the base, and our own journal has not."""
        rows = self._tx.db.execute("SELECT body FROM journal WHERE seq > ? ORDER BY seq", (self._base,))
        for (body,) in rows.fetchall():
            envelope = read_body(body)
            if envelope.id not in known:
                yield envelope.document()

    def _is_there(self, one: Diverged) -> bool:
        """Whether the centre has this document, from before the till was restored; then it is not entered twice."""
        query = "SELECT j.seq, d.number FROM journal j JOIN documents d ON d.seq = j.seq WHERE j.document_id = ?"
        row = self._tx.db.execute(query, (one.envelope.id,)).fetchone()
        if row is None:
            return False
        seq, number = row
        self._places[one.seq] = seq
        if number != one.document.number:
            self._called[one.document.number] = number
        if seq != one.seq:
            self._done.there.append(one.document.number)
        elif one.seq == self._common + 1:
            self._common = one.seq
        return True

    def _present(self, seq: int) -> Document:
        """The document of an own entry that the centre has, as it is there."""
        query = "SELECT body FROM journal WHERE seq = ?"
        return read_body(self._tx.db.execute(query, (self._place(seq),)).fetchone()[0]).document()

    def _renumber(self, entering: list[Diverged]) -> None:
        """New numbers where the centre has another document of the same one: a file that was copied back by hand.

        Whatever names such a document follows it. Papers with the old number are out; only one can keep it.
        """
        given: dict[str, int] = {}
        for one in entering:
            number = one.document.number
            if queries.entry_by_number(self._tx.db, number) is not None:
                prefix = number[:2]
                series, _hyphen, first = self._number(prefix).rpartition("-")
                given[prefix] = given.get(prefix, int(first) - 1) + 1
                self._done.renumbered[number] = self._called[number] = f"{series}-{given[prefix]:06d}"

    def _named_anew(self, one: Diverged) -> Document:
        def renamed(value: Any) -> Any:
            match value:
                case str():
                    number, dot, place = value.partition(".")
                    return f"{self._called.get(number, number)}{dot}{place}"
                case list():
                    return [renamed(item) for item in value]
                case dict():
                    return {key: renamed(item) for key, item in value.items()}
            return value

        content = msgspec.json.encode(renamed(msgspec.json.decode(one.envelope.doc)))
        return decode(one.envelope.kind, one.envelope.version, content)

    def _try(self, one: Diverged) -> Document:
        try:
            return self._enter(one)
        except (InvalidDocument, BrokenEntry, msgspec.MsgspecError, KeyError, Error) as error:
            if is_of_the_disk(error):
                raise
            raise CannotEnter(one.document.number, str(error)) from error

    def _enter(self, one: Diverged) -> Document:
        if one.seq - 1 not in self._places or self._places[one.seq - 1] != self._tx.last[0].seq:
            self._match_shift(one)
        named = self._named_anew(one) if self._called else one.document
        document = self._counted(named) if isinstance(named, StockCount) else self._translated(named)
        envelope = _changed(
            one.envelope,
            epoch=self._tx.identity.epoch,
            seq=self._tx.last[0].seq + 1,
            was=one.envelope.was or one.seq,
            was_hash=(*one.envelope.was_hash, one.hash.hex()),
            doc=msgspec.Raw(encode(document)),
        )
        self._places[one.seq] = self._tx.keep(msgspec.json.encode(envelope)).seq
        self._done.numbers.append(document.number)
        return document

    # Shifts ----------------------------------------------------------------------------------------------------------

    def _close_shift(self) -> None:
        """Close what is open, with what there is in the drawer."""
        opened = queries.open_shift(self._tx.db)
        if opened is not None:
            counted = drawer_at(Earlier(self._tx.db), opened.seq, self._tx.last[0].seq)
            closing = closing_of(opened, self._number(ShiftClosed.PREFIX), counted, self._tx.last[0].hash)
            body = self._tx.db.execute("SELECT body FROM journal ORDER BY seq DESC LIMIT 1").fetchone()[0]
            self._put_in(closing, read_body(body))
            self._done.closed = self._done.closed or closing.number

    def _match_shift(self, one: Diverged) -> None:
        """A shift is open, or none is, as it was when a document was recorded."""
        row = self._own.execute(
            "SELECT seq FROM shifts WHERE seq BETWEEN 1 AND :at AND (closed_seq IS NULL OR closed_seq > :at)",
            {"at": one.seq - 1},
        ).fetchone()
        if row is None:
            self._close_shift()
        elif queries.open_shift(self._tx.db) is None:
            left = drawer_at(Earlier(self._own), row[0], one.seq - 1)
            opening = ShiftOpened(number=self._number(ShiftOpened.PREFIX), float=left)
            self._put_in(opening, one.envelope)
            self._done.opened = self._done.opened or opening.number

    def _number(self, prefix: str) -> str:
        """The next number that neither history has given."""
        series = f"{prefix}-{self._tx.identity.series}"
        given = (int(number.removeprefix(series)[1:]) for number in self._called.values() if number.startswith(series))
        last = max(*(hot.last_number(db, series) for db in (self._tx.db, self._own)), *given)
        return f"{series}-{last + 1:06d}"

    def _put_in(self, document: Document, like: Envelope) -> None:
        """An entry at the time of the one beside it, to which it belongs."""
        body = make_body(
            document,
            epoch=self._tx.identity.epoch,
            seq=self._tx.last[0].seq + 1,
            document_id=self._new_id(datetime.fromisoformat(like.at)),
            at=like.at,
            date=like.date,
            cashier="",
            app=VERSION,
        )
        self._tx.keep(body)

    # Documents -------------------------------------------------------------------------------------------------------

    def _place(self, seq: int) -> int:
        return self._places[seq] if seq > self._base else seq

    def _translated(self, document: Document) -> Document:
        """The document as it has to stand after the centre's history."""
        match document:
            case Settlement():
                places = sorted((self._place(document.from_seq), self._place(document.through_seq)))
                return _changed(document, from_seq=places[0], through_seq=places[1])
            case DeductionList():
                lines = self._deductions(document.lines)
                named = (entry.seq for line in lines for entry in line.entries)
                return _changed(document, through_seq=max(self._place(document.through_seq), *named), lines=lines)
            case DeductionCollected():
                return self._collected(document)
            case QrisMatched():
                return self._matched(document)
            case ShiftClosed():
                opened = queries.open_shift(self._tx.db)
                if opened is None:
                    raise CannotEnter(document.number, "no shift is open")
                kept = {"note": document.note, "approved_by": document.approved_by, "pieces": document.pieces}
                closing = closing_of(opened, document.number, document.counted, self._tx.last[0].hash)
                return _changed(closing, deposit=document.deposit, **kept)
            case Reversal():
                return self._undoing(document)
        return document

    def _deductions(self, lines: Sequence[StaffDeduction]) -> tuple[StaffDeduction, ...]:
        def moved(line: StaffDeduction) -> StaffDeduction:
            entries = sorted((self._place(one.seq), one.amount) for one in line.entries)
            return _changed(line, entries=tuple(TabEntry(*entry) for entry in entries))

        return tuple(moved(line) for line in lines)

    def _collected(self, collected: DeductionCollected) -> DeductionCollected:
        """Nothing of a list that the centre's history collected too, unless the money was brought twice."""
        there = any(one.id == collected.list_id and one.collected_by for one in deductions.lists(self._tx.db))
        if there:
            self._done.undone[collected.number] = collected.list_number
        if not there or collected.number in self._twice:
            return _changed(collected, lines=self._deductions(collected.lines))
        nobody = (*collected.left_out, *(LeftOut(staff=line.staff) for line in collected.lines))
        return _changed(collected, lines=(), left_out=nobody)

    def _matched(self, match: QrisMatched) -> QrisMatched:
        """Nothing where the centre's history matched an entry of it too: which fee was of the others nobody knows.

        What is left unmatched is told of both histories: whoever reads the newest match looks back no further.
        """
        newest = qris_money.newest(self._tx.db)
        lines = tuple(
            sorted((_changed(line, seq=self._place(line.seq)) for line in match.lines), key=lambda line: line.seq)
        )
        ends = (self._place(match.through_seq), newest.through_seq if newest else 0, *(line.seq for line in lines))
        through = max(ends)
        opened = qris_money.open_entries(self._tx.db)
        both = [line.number for line in lines if (line.seq, line.amount) not in opened]
        if both:
            self._done.matched[match.number] = both
            lines, match = (), _changed(match, gross=0, received=0, fee=0)
        named = {line.seq for line in lines}
        left = [one for one in opened if one[0] <= through and one[0] not in named]
        return _changed(match, through_seq=through, lines=lines, left=tuple(left))

    def _undoing(self, reversal: Reversal) -> Reversal:
        """The opposite of what its original is now: a count may have found another difference, and nothing is left of
        what the centre's history took back too, unless it was done twice."""
        original = queries.entry_by_id(self._tx.db, reversal.original_id)
        if original is None:
            raise CannotEnter(reversal.number, "what it takes back is not there")
        left = original.document.effects()
        if queries.is_reversed(self._tx.db, reversal.original_id):
            self._done.undone[reversal.number] = reversal.original_number
            left = left if reversal.number in self._twice else Effects()
        return undoing(reversal, left)

    # Counts ----------------------------------------------------------------------------------------------------------

    def _place_of_count(self, seq: int) -> int:
        """Right after the last common entry is after the centre's history, too."""
        return self._before if seq == self._common else self._place(seq)

    def _counted(self, count: StockCount) -> StockCount:
        def held(line: CountedLine) -> CountedLine:
            asked = count.counted_at(line)
            moved = _changed(line, at_seq=self._place_of_count(line.at_seq) if line.at_seq else 0)
            if asked < self._common:
                return moved
            there = self._stock_after(line.sku, self._base) + self._moved.through(line.sku, asked)
            return self._held(moved, there + line.elsewhere)

        lines = tuple(held(line) for line in count.lines)
        return _changed(count, at_seq=self._place_of_count(count.at_seq), lines=lines)

    def _held(self, line: CountedLine, own: int) -> CountedLine:
        """The line against both histories, ``own`` thousandths by its own alone: it never misses more than it did."""
        other = self._others.get(line.sku, Span())
        if other != Span():
            self._done.recount[line.sku] = line.name
        most = line.missing.quantity if line.missing else 0
        expected = min(other.nearest(own, line.counted), line.counted + most)
        short = expected - line.counted
        missing = _less(line.missing, short) if line.missing and short > 0 else None
        return _changed(line, expected=expected, missing=missing)

    def _stock_after(self, sku: str, seq: int) -> int:
        return settlements.stock_before(self._tx.db, [sku], seq)[sku]

    def _move_count_in_progress(self) -> None:
        """A count that is not posted yet goes on against the stock of both histories; what the centre's moved is to be
        counted again."""
        for sku, seq in self._tx.db.execute("SELECT sku, at_seq FROM counting").fetchall():
            at = self._place_of_count(seq)
            self._tx.db.execute(
                "UPDATE counting SET at_seq = ?, expected = ? + elsewhere WHERE sku = ?",
                (at, self._stock_after(sku, at), sku),
            )
            if sku in self._others and seq >= self._common:
                self._tx.db.execute(
                    "UPDATE counting SET state = 'again', moved = 0, earlier = counted, earlier_by = counted_by"
                    " WHERE sku = ? AND state = 'counted'",
                    (sku,),
                )


def drawer_at(earlier: Earlier, shift: int, through: int) -> int:
    """Cash in the drawer right after an entry, of the shift that entry ``shift`` opened; rupiah, never below zero."""
    figures = Counter[str]()
    opened = 0
    for document in earlier.between(shift - 1, through + 1):
        if isinstance(document, ShiftOpened):
            opened = document.float
        figures.update(document.effects().figures)
    return max(expected_cash(opened, figures), 0)


def _less(line: LeavingLine, quantity: int) -> LeavingLine:
    """The first pieces of a line, with their part of what the corner owes."""
    takes, left = [], quantity
    for take in line.takes:
        pieces = min(take.quantity, left)
        left -= pieces
        if pieces:
            takes.append(_changed(take, quantity=pieces, cost=taken_cost(take.cost, pieces, take.quantity)))
    share = taken_cost(line.share, quantity, line.quantity)
    if line.sell_price is not None and line.borne_by == "corner":
        share = share_of_loss(
            pricing=line.pricing,
            quantity=quantity,
            sell_price=line.sell_price,
            consign_price=line.consign_price,
            commission_bp=line.commission_bp,
        )
    return _changed(line, quantity=quantity, takes=tuple(takes), share=share)


def closing_of(shift: queries.OpenShift, number: str, counted: int, head: bytes) -> ShiftClosed:
    """The closing of a shift that stands open after the entry with this hash."""
    return ShiftClosed(
        number=number,
        shift=shift.number,
        opened_at=shift.opened_at,
        first_seq=shift.seq,
        head=head.hex(),
        float=shift.float,
        figures=shift.figures,
        expected=shift.expected,
        counted=counted,
        difference=counted - shift.expected,
    )
