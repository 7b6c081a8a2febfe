"""What diverged is entered again after the centre's history, in a new epoch: the same documents under the same ids.

What a document names by the number of an entry is turned to where that entry stands now. A stock count books only what
nothing of the centre's history explains, wherever in it the count was made: no clock is believed. A closing closes the
shift that is open now. Everything else stays as it was.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pos_app.ledger import deductions, epochs, hot, qris_money, queries, settlements
from pos_app.ledger.earlier import Earlier, Span, spans
from pos_app.ledger.entered_again import drawer_at
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
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened
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


Order = tuple[tuple[int, int], ...]
"""What had been recorded before a document: the first and last number of each run, from 0 on."""


class Diverged(NamedTuple):
    """An entry of our own that the centre does not have there.

    ``order`` is by our own numbers, ``hash`` its own here; ``filler`` put shifts in order when an epoch began.
    """

    seq: int
    envelope: Envelope
    document: Document
    order: Order
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
    filling, order = False, _order_of(db, base)
    for seq, body, digest in db.execute("SELECT seq, body, hash FROM journal WHERE seq > ? ORDER BY seq", (base,)):
        envelope = read_body(body)
        filling = not envelope.was and (filling or beginning_at(every, seq) is not None)
        order = _next_order(order, envelope)
        yield Diverged(seq, envelope, envelope.document(), order, digest, filling)


def _order_of(db: "Connection", seq: int) -> Order:
    """The order in which an entry was recorded."""
    found, order = list[Envelope](), Order()
    while seq and not order:
        found.append(read_body(db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()[0]))
        order = found[-1].order if found[-1].was else ((0, seq - 1),)
        seq -= 1
    for envelope in reversed(found):
        order = _next_order(order, envelope)
    return order


def _next_order(before: Order, envelope: Envelope) -> Order:
    """The order of an entry; the entry before it has ``before``."""
    if not envelope.was:
        return ((0, envelope.seq - 1),)
    if envelope.order:
        return envelope.order
    *runs, (first, last) = before
    if last == envelope.seq - 2:
        return (*runs, (first, last + 1))
    return (*before, (envelope.seq - 1, envelope.seq - 1))


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
        self._left_out: set[int] = set()
        """Own entries that only put shifts in order, and are not entered again."""
        self._newest: Diverged | None = None
        """The newest document that was entered again."""
        self._done = Entered()

    def run(self, sealed: bytes) -> Entered:
        every = list(diverged(self._own, self._base))
        waiting = list[Diverged]()
        for one in every:
            if self._is_there(one):
                continue
            if one.filler and not waiting:
                self._left_out.add(one.seq)
            else:
                waiting.append(one)
        if waiting:
            head = self._tx.last[0].seq
            begun = EpochBegun(self._approval.epoch, head + 1, self._base, sealed)
            self._tx.begin_epoch(begun)
            self._put_shifts_in_order(waiting[0])
            waiting = self._renumbered(waiting)
        self._before = self._tx.last[0].seq
        self._places |= dict.fromkeys(self._left_out, self._before)
        for one in waiting:
            try:
                self._enter(one)
            except (InvalidDocument, BrokenEntry, msgspec.MsgspecError, KeyError, Error) as error:
                if is_of_the_disk(error):
                    raise
                raise CannotEnter(one.document.number, str(error)) from error
        for number in sorted(set(self._twice) - set(self._done.undone)):
            raise CannotEnter(number, "takes back nothing that the centre's history took back too")
        self._move_count_in_progress(every)
        return self._done

    def _is_there(self, one: Diverged) -> bool:
        """Whether the centre has this document, from before the till was restored; then it is not entered twice."""
        query = "SELECT seq FROM journal WHERE document_id = ?"
        row = self._tx.db.execute(query, (one.envelope.id,)).fetchone()
        if row is None:
            return False
        self._places[one.seq] = row[0]
        if row[0] != one.seq:
            self._done.there.append(one.document.number)
        return True

    def _renumbered(self, waiting: list[Diverged]) -> list[Diverged]:
        """New numbers where the centre has another document of the same one: a file that was copied back by hand.

        Whatever names such a document follows it. Papers with the old number are out; only one can keep it.
        """
        given: dict[str, int] = {}
        for one in waiting:
            number = one.document.number
            if queries.entry_by_number(self._tx.db, number) is not None:
                prefix = number[:2]
                series, _hyphen, first = self._number(prefix).rpartition("-")
                given[prefix] = given.get(prefix, int(first) - 1) + 1
                self._done.renumbered[number] = f"{series}-{given[prefix]:06d}"
        if not self._done.renumbered:
            return waiting
        return [one._replace(document=self._named_anew(one)) for one in waiting]

    def _named_anew(self, one: Diverged) -> Document:
        def renamed(value: Any) -> Any:
            match value:
                case str():
                    number, dot, place = value.partition(".")
                    return f"{self._done.renumbered.get(number, number)}{dot}{place}"
                case list():
                    return [renamed(item) for item in value]
                case dict():
                    return {key: renamed(item) for key, item in value.items()}
            return value

        content = msgspec.json.encode(renamed(msgspec.json.decode(one.envelope.doc)))
        return decode(one.envelope.kind, one.envelope.version, content)

    def _enter(self, one: Diverged) -> None:
        document = (
            self._counted(one, one.document) if isinstance(one.document, StockCount) else self._translated(one.document)
        )
        envelope = _changed(
            one.envelope,
            epoch=self._tx.identity.epoch,
            seq=self._tx.last[0].seq + 1,
            was=one.envelope.was or one.seq,
            order=() if self._goes_on(one) else self._present(one.order),
            was_hash=(*one.envelope.was_hash, one.hash.hex()),
            doc=msgspec.Raw(encode(document)),
        )
        self._places[one.seq] = self._tx.keep(msgspec.json.encode(envelope)).seq
        self._newest = one
        self._done.numbers.append(document.number)

    def _goes_on(self, one: Diverged) -> bool:
        """Whether it was recorded right after the one that was entered right before it."""
        before = self._newest
        return (
            before is not None
            and before.seq == one.seq - 1
            and not one.envelope.order
            and bool(before.envelope.was) == bool(one.envelope.was)
        )

    def _present(self, order: Order) -> Order:
        """An order by the numbers of the centre's journal."""
        (_zero, root), *runs = order
        rest = [seq for first, last in ((self._base + 1, root), *runs) for seq in range(first, last + 1)]
        found = [[0, min(root, self._base)]]
        for seq in rest:
            place = self._place(seq)
            if seq in self._left_out:
                continue
            if place == found[-1][1] + 1:
                found[-1][1] = place
            else:
                found.append([place, place])
        return tuple((first, last) for first, last in found)

    # Shifts ----------------------------------------------------------------------------------------------------------

    def _put_shifts_in_order(self, first: Diverged) -> None:
        """Close what is open at the centre's end; open again what was open when the first document was recorded."""
        opened = queries.open_shift(self._tx.db)
        if opened is not None:
            counted = drawer_at(Earlier(self._tx.db), opened.seq, self._tx.last[0].seq)
            closing = closing_of(opened, self._number(ShiftClosed.PREFIX), counted, self._tx.last[0].hash)
            body = self._tx.db.execute("SELECT body FROM journal ORDER BY seq DESC LIMIT 1").fetchone()[0]
            self._put_in(closing, read_body(body))
            self._done.closed = closing.number
        row = self._own.execute(
            "SELECT seq FROM shifts WHERE seq BETWEEN 1 AND :at AND (closed_seq IS NULL OR closed_seq > :at)",
            {"at": first.seq - 1},
        ).fetchone()
        if row is not None:
            left = drawer_at(Earlier(self._own), row[0], first.seq - 1)
            opening = ShiftOpened(number=self._number(ShiftOpened.PREFIX), float=left)
            self._put_in(opening, first.envelope)
            self._done.opened = opening.number

    def _number(self, prefix: str) -> str:
        """The next number that neither history has given."""
        series = f"{prefix}-{self._tx.identity.series}"
        last = max(hot.last_number(db, series) for db in (self._tx.db, self._own))
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
                places = self._place(document.from_seq), self._place(document.through_seq)
                return _changed(document, from_seq=places[0], through_seq=places[1])
            case DeductionList():
                through = self._place(document.through_seq)
                return _changed(document, through_seq=through, lines=self._deductions(document.lines))
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
            return _changed(line, entries=tuple(TabEntry(self._place(one.seq), one.amount) for one in line.entries))

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
        through = max(self._place(match.through_seq), newest.through_seq if newest else 0)
        lines = tuple(_changed(line, seq=self._place(line.seq)) for line in match.lines)
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

    def _counted(self, one: Diverged, count: StockCount) -> StockCount:
        order = self._present(one.order)
        root, others = order[0][1], self._others(order)

        @cache
        def moved(through: int) -> dict[str, Span]:
            """By the other history, up to this entry."""
            return spans(document for seq, document in others if seq <= through)

        def place(seq: int) -> int:
            """Right after the last common entry is after the centre's history, too."""
            present = self._place(seq)
            return self._before if present == root else present

        def held(line: CountedLine) -> CountedLine:
            at, line = place(count.counted_at(line)), _changed(line, at_seq=place(line.at_seq) if line.at_seq else 0)
            if at < root:
                return line
            own = self._stock_after(line.sku, at) - moved(at).get(line.sku, Span()).end + line.elsewhere
            met = moved(self._tx.last[0].seq) if others and at >= others[0][0] else {}
            return self._held(line, own, met.get(line.sku, Span()))

        return _changed(count, at_seq=place(count.at_seq), lines=tuple(held(line) for line in count.lines))

    def _others(self, order: Order) -> list[tuple[int, Document]]:
        """Entries that are not in an order."""
        known = {place for first, last in order[1:] for place in range(first, last + 1)}
        rows = self._tx.db.execute("SELECT seq, body FROM journal WHERE seq > ? ORDER BY seq", (order[0][1],))
        return [(seq, read_body(body).document()) for seq, body in rows.fetchall() if seq not in known]

    def _held(self, line: CountedLine, own: int, other: Span) -> CountedLine:
        """The line against both histories, ``own`` thousandths by its own alone: it never misses more than it did."""
        if other != Span():
            self._done.recount[line.sku] = line.name
        most = line.missing.quantity if line.missing else 0
        expected = min(other.nearest(own, line.counted), line.counted + most)
        short = expected - line.counted
        missing = _less(line.missing, short) if line.missing and short > 0 else None
        return _changed(line, expected=expected, missing=missing)

    def _stock_after(self, sku: str, seq: int) -> int:
        return settlements.stock_before(self._tx.db, [sku], seq)[sku]

    def _move_count_in_progress(self, every: Sequence[Diverged]) -> None:
        """A count that is not posted yet goes on against the stock of both histories; what the centre's moved is to be
        counted again."""
        order = self._present(((0, every[-1].seq if every else self._base),))
        root, others = order[0][1], spans(document for _seq, document in self._others(order))
        for sku, seq in self._tx.db.execute("SELECT sku, at_seq FROM counting").fetchall():
            present = self._place(seq)
            at = self._before if present == root else present
            self._tx.db.execute(
                "UPDATE counting SET at_seq = ?, expected = ? + elsewhere WHERE sku = ?",
                (at, self._stock_after(sku, at), sku),
            )
            if sku in others and at >= root:
                self._tx.db.execute(
                    "UPDATE counting SET state = 'again', moved = 0, earlier = counted, earlier_by = counted_by"
                    " WHERE sku = ? AND state = 'counted'",
                    (sku,),
                )


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


def twice(db: "Connection", base: int, head: int, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """Kind and party of documents that stand both in the centre's part, which ends at ``head``, and after it."""
    marks = ", ".join("?" * len(kinds))
    rows: Any = db.execute(
        f"SELECT kind, party FROM documents WHERE seq > ? AND seq <= ? AND kind IN ({marks})"
        f" INTERSECT SELECT kind, party FROM documents WHERE seq > ? AND kind IN ({marks}) ORDER BY 1, 2",
        (base, head, *kinds, head, *kinds),
    )
    return [tuple(row) for row in rows]


def owing(db: "Connection") -> tuple[tuple[str, int], ...]:
    """Producers who owe the corner, with the rupiah."""
    rows: Any = db.execute(
        "SELECT substr(account, 9), amount FROM balances WHERE account GLOB 'payable:*' AND amount > 0 ORDER BY 1"
    )
    return tuple((row[0], row[1]) for row in rows)


def short(db: "Connection") -> list[tuple[str, int]]:
    """Goods, by name, that lie below zero, with the thousandths."""
    rows = db.execute(
        "SELECT coalesce(p.name, s.sku), sum(s.quantity) FROM stock s LEFT JOIN products p ON p.sku = s.sku"
        " GROUP BY s.sku HAVING sum(s.quantity) < 0 ORDER BY 1"
    )
    return [(row[0], row[1]) for row in rows]


def left_in_drawer(db: "Connection", entered: Entered) -> int:
    """Rupiah that the closing put in took out of the drawer, and the opening put in did not put back; nobody did."""

    def amount(number: str) -> int:
        row = db.execute("SELECT amount FROM documents WHERE number = ?", (number,)).fetchone() if number else None
        return row[0] if row is not None else 0

    return amount(entered.closed) - amount(entered.opened) if entered.closed else 0


def overpaid(db: "Connection") -> tuple[tuple[str, int], ...]:
    """Staff members who paid more than was on their tab, with the rupiah."""
    rows: Any = db.execute(
        "SELECT substr(account, 5), -amount FROM balances WHERE account GLOB 'tab:*' AND amount < 0 ORDER BY 1"
    )
    return tuple((row[0], row[1]) for row in rows)


def returned_twice(db: "Connection", base: int, head: int) -> tuple[str, ...]:
    """Sales of which more came back than was sold, by number, because both histories refunded them."""
    found = []
    for _kind, number in twice(db, base, head, ("refund",)):
        sale = queries.entry_by_number(db, number)
        if sale is None or not isinstance(sale.document, Sale):
            continue
        rows: Any = db.execute(
            "SELECT line, sum(quantity) FROM refunded r WHERE sale_seq = ? GROUP BY line", (sale.seq,)
        )
        if any(quantity > sale.document.lines[line].quantity for line, quantity in rows):
            found.append(number)
    return tuple(found)
