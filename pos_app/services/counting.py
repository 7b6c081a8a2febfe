"""Counting the stock (rules 10 and 11): at once, or over hours while the till goes on selling.

A count that takes long is one of a scope: a shelf, a category, a producer's goods, or everything. It is begun, its
goods are counted one by one, and what differs is posted as one document. Every line keeps the entry of the journal
after which it was counted and the stock right then; only the difference of the two is posted, so what was sold
meanwhile is neither lost nor counted twice. A till has one count at a time; it is there again after a power cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

import msgspec

from pos_app.domain.errors import CountAgain, CountedTwice, CountUnderWay, EmptyDocument, NoCount, NotCounted, Unsettled
from pos_app.ledger import counting, drafts, queries, registry, shelves
from pos_app.ledger.counting import CountRow, ScopeGoods, ScopeKind
from pos_app.services.context import Counter, Recorded, Recording, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.losses import bearer_by_rule, loss_line
from sync.documents.arithmetic import priced
from sync.documents.base import Bearer
from sync.documents.goods import COUNT_REACH, MOST_LINES, CountedLine, StockCount

if TYPE_CHECKING:
    from pos_app.domain.product import Product
    from pos_app.ledger.ledger import Transaction
    from pos_app.ledger.sqlite import Connection

SLOT: Final = "stock_count"
"""The draft that says which count is under way."""
STEP: Final = 100
"""Lines between two words about the progress of a posting."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of a product, in thousandths; ``borne_by`` as in ``losses.Lost``."""

    code: str
    counted: int
    borne_by: Bearer | None = None


class Scope(msgspec.Struct, frozen=True):
    """What is counted: ``which`` shelf, category or producer (a code); empty for everything."""

    kind: ScopeKind = "all"
    which: str = ""


class Session(msgspec.Struct, frozen=True):
    """The count that is under way; times are ISO texts, ``begun_by`` a pseudonym. ``done`` once all is counted."""

    scope: Scope
    begun_at: str
    begun_by: str
    done: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A counted product beside what was expected. Quantities in thousandths, ``value`` in rupiah at the sell price.

    ``since`` is what moved after it was counted; ``borne_by`` who bears what is missing. ``again`` says that it must
    be counted again before the count can be posted.
    """

    row: CountRow
    name: str
    producer: str
    producer_name: str
    unit: str
    pricing: str
    difference: int
    value: int
    since: int
    borne_by: Bearer
    again: bool


def count(
    counter: Counter, lines: Sequence[Counted], *, note: str | None = None, approved_by: str | None = None
) -> Recorded:
    """Set the stock to what was found just now; more changes stock only, less is a loss."""
    if not lines:
        raise EmptyDocument
    counter.require_manager("count", approved_by)
    with counter.record() as now:
        shelf = Shelf(now.db)
        counted = []
        seen: set[str] = set()
        for line in lines:
            product = find_product(now.db, line.code)
            if product.sku in seen:
                raise CountedTwice(product.name)
            seen.add(product.sku)
            found = check_quantity(product, line.counted, zero=True)
            counted.append(_counted_line(shelf, product, shelf.on_hand(product.sku), found, line.borne_by))
        now.append(
            StockCount(
                number=now.number(StockCount.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                at_seq=now.tx.last[0].seq,
                lines=tuple(counted),
            )
        )
    return done(now)


def _counted_line(
    shelf: Shelf, product: Product, expected: int, found: int, borne_by: Bearer | None, at_seq: int = 0
) -> CountedLine:
    missing = loss_line(shelf, product, expected - found, "lost", borne_by) if found < expected else None
    return CountedLine(
        sku=product.sku, name=product.name, expected=expected, counted=found, at_seq=at_seq, missing=missing
    )


# The count that is under way ---------------------------------------------------------------------------------------


def session(db: Connection) -> Session | None:
    """The count that is under way at this till."""
    draft = drafts.load(db, SLOT)
    return msgspec.json.decode(draft.body, type=Session) if draft else None


def begin(counter: Counter, scope: Scope) -> Session:
    """Begin a count. Raises ``CountUnderWay``."""
    with counter.ledger.write() as tx:
        if drafts.load(tx.db, SLOT) is not None:
            raise CountUnderWay
        at = counter.clock().isoformat(timespec="seconds")
        begun = Session(scope, at, _who(counter))
        counting.clear(tx.db)
        _keep(tx, begun, at)
    return begun


def cancel(counter: Counter, *, approved_by: str | None = None) -> None:
    """Forget the count; who did so is logged with what was counted. Raises ``NoCount``."""
    counter.require_manager("count", approved_by)
    with counter.ledger.write() as tx:
        _session(tx.db)
        at = counter.clock().isoformat(timespec="seconds")
        detail = str(counting.how_many(tx.db))
        registry.log_activity(tx.db, at, approved_by or _who(counter), "count_cancelled", detail)
        drafts.discard(tx.db, SLOT)
        counting.clear(tx.db)


def change(counter: Counter, *, done: bool | None = None, note: str | None = None) -> Session:
    """Say that all is counted, or that counting goes on; or keep a note. What was scanned is on the disk then."""
    with counter.ledger.write() as tx:
        before = _session(tx.db)
        after = msgspec.structs.replace(
            before, done=before.done if done is None else done, note=before.note if note is None else note
        )
        _keep(tx, after, counter.clock().isoformat(timespec="seconds"))
    return after


def settle(counter: Counter) -> None:
    """Bring what was counted onto the disk, where a power cut leaves it."""
    if session(counter.db) is not None:
        change(counter)


def add(counter: Counter, sku: str, quantity: int) -> CountRow:
    """So many more were found, in thousandths: the usual for a scan.

    Raises ``NoCount`` and ``InvalidQuantity``. Goods that moved since they were last scanned are marked: whether the
    pieces of before are still there, nobody can tell.
    """
    with counting.quickly(counter.ledger) as tx:
        before = counting.row(tx.db, sku)
        if before is None or before.state != "counted":
            return _count(counter, tx, sku, quantity, before)
        known = counting.standing(tx.db, sku)
        moved = before.moved or known.last_seq > before.at_seq
        return _count(counter, tx, sku, before.counted + quantity, before, moved=moved)


def put(counter: Counter, sku: str, quantity: int) -> CountRow:
    """So many were found in all, in thousandths; what was counted before is kept beside it. Raises as ``add`` does."""
    with counting.quickly(counter.ledger) as tx:
        before = counting.row(tx.db, sku)
        if before is not None and before.state == "counted":
            before = replace(before, earlier=before.counted, earlier_by=before.counted_by)
        return _count(counter, tx, sku, quantity, before)


def again(counter: Counter, skus: Sequence[str]) -> None:
    """Have goods counted again from the start; what was found is kept to compare."""
    with counter.ledger.write() as tx:
        _session(tx.db)
        rows = counting.rows(tx.db)
        found = [rows[sku] for sku in skus if sku in rows]
        counting.keep(
            tx.db,
            [
                replace(one, state="again", moved=False, earlier=one.counted, earlier_by=one.counted_by)
                for one in found
                if one.state == "counted"
            ],
        )
        left_out = [one.sku for one in found if one.state == "left_out"]
        counting.forget(tx.db, left_out)


def take_away(counter: Counter, sku: str) -> None:
    """Take one product out of the count, as if it had never been scanned."""
    with counter.ledger.write() as tx:
        _session(tx.db)
        counting.forget(tx.db, [sku])


def declare_zero(counter: Counter, skus: Sequence[str]) -> None:
    """Nothing is there of these goods."""
    with counter.ledger.write() as tx:
        _session(tx.db)
        sums = queries.stock_sums(tx.db)
        seq, at, who = _moment(counter, tx)
        counting.keep(tx.db, [CountRow(sku, "counted", sums.get(sku, 0), 0, seq, at, who) for sku in skus])


def leave_out(counter: Counter, skus: Sequence[str]) -> None:
    """These goods are not part of the count after all: their stock stays as it is."""
    with counter.ledger.write() as tx:
        _session(tx.db)
        seq, at, who = _moment(counter, tx)
        counting.keep(tx.db, [CountRow(sku, "left_out", 0, 0, seq, at, who) for sku in skus])


def put_on_shelf(counter: Counter, sku: str, shelf: str) -> None:
    """Goods stand on this shelf from now on; an empty name takes them off."""
    with counter.ledger.write() as tx:
        shelves.put(tx.db, sku, shelf)


def bear(counter: Counter, sku: str, borne_by: Bearer) -> None:
    """Name who bears what is missing of a product."""
    with counter.ledger.write() as tx:
        before = counting.row(tx.db, sku)
        if before is not None:
            counting.keep(tx.db, [replace(before, borne_by=borne_by)])


def _count(
    counter: Counter, tx: Transaction, sku: str, quantity: int, before: CountRow | None, *, moved: bool = False
) -> CountRow:
    _session(tx.db)
    product = find_product(tx.db, sku)
    check_quantity(product, quantity, zero=True)
    seq, at, who = _moment(counter, tx)
    row = CountRow(sku, "counted", product.on_hand, quantity, seq, at, who, moved)
    if before is not None:
        row = replace(row, earlier=before.earlier, earlier_by=before.earlier_by, borne_by=before.borne_by)
    counting.keep(tx.db, [row])
    return row


def _moment(counter: Counter, tx: Transaction) -> tuple[int, str, str]:
    return tx.last[0].seq, counter.clock().isoformat(timespec="milliseconds"), _who(counter)


def _who(counter: Counter) -> str:
    return counter.user.id if counter.user else ""


def _session(db: Connection) -> Session:
    found = session(db)
    if found is None:
        raise NoCount
    return found


def _keep(tx: Transaction, under_way: Session, at: str) -> None:
    drafts.save(tx.db, SLOT, at, msgspec.json.encode(under_way).decode())


# What differs ------------------------------------------------------------------------------------------------------


def left(db: Connection) -> list[ScopeGoods]:
    """Goods of the scope that nobody counted, declared zero or left out yet."""
    scope = _session(db).scope
    return counting.uncounted(db, scope.kind, scope.which)


def differences(db: Connection) -> list[Difference]:
    """Everything that was counted, the largest value first; for who may see what is expected."""
    rows = counting.rows(db)
    head = counting.head(db)
    found = [
        _difference(db, rows[product.sku], product, head)
        for product in counting.products(db)
        if rows[product.sku].state != "left_out"
    ]
    return sorted(found, key=lambda one: (not one.again, -abs(one.value), -abs(one.difference), one.name))


def _difference(db: Connection, row: CountRow, product: Product, head: int) -> Difference:
    difference = row.counted - row.expected
    value = priced(product.sell_price, abs(difference))
    return Difference(
        row=row,
        name=product.name,
        producer=product.producer,
        producer_name=product.producer_name,
        unit=product.unit,
        pricing=product.pricing,
        difference=difference if row.state == "counted" else 0,
        value=(value if difference > 0 else -value) if row.state == "counted" else 0,
        since=product.on_hand - row.expected,
        borne_by=cast("Bearer", row.borne_by) if row.borne_by else bearer_by_rule(db, product, "lost"),
        again=_must_be_counted_again(row, product.on_hand, head),
    )


def _must_be_counted_again(row: CountRow, on_hand: int, head: int) -> bool:
    """Sold between two scans of it, or more is missing than is there now, or it was counted too long ago."""
    if row.state == "again" or row.moved:
        return True
    if not row.at_seq:  # before the first entry of all: told as counted when the count is posted
        return on_hand != row.expected
    return row.expected - row.counted > max(on_hand, 0) or head + 1 - row.at_seq > COUNT_REACH


def post(
    counter: Counter, *, note: str | None = None, approved_by: str | None = None, tell: Tell | None = None
) -> Recorded:
    """Post what was counted, as one document (of several parts beyond ``MOST_LINES`` goods); the count is over then.

    ``tell`` hears of lines done and in all; what it raises stops the posting, and nothing was done. Raises ``NoCount``,
    ``NotCounted``, ``CountAgain`` and ``EmptyDocument``.
    """
    counter.require_manager("count", approved_by)
    with counter.record(SLOT) as now:
        _session(now.db)
        uncounted = len(left(now.db))
        if uncounted:
            raise NotCounted(uncounted)
        found = differences(now.db)
        if not found:
            raise EmptyDocument
        open_lines = [one.name for one in found if one.again]
        if open_lines:
            raise CountAgain(_names(open_lines))
        lines = _lines(now, found, tell)
        parts = [lines[start : start + MOST_LINES] for start in range(0, len(lines), MOST_LINES)]
        for place, part in enumerate(parts, start=1):
            recording = now if place == len(parts) else now.another()
            document = StockCount(
                number=recording.number(StockCount.PREFIX),
                note=recording.note(note),
                approved_by=approved_by,
                at_seq=recording.tx.last[0].seq,
                lines=tuple(part),
            )
            recording.append(document, paper="stock_count")
        counting.clear(now.db)
        if tell is not None:
            tell(len(lines), len(lines))
    return done(now)


def post_apart(counter: Counter, *, note: str | None, approved_by: str | None, tell: Tell) -> Recorded:
    """``post`` on a connection of its own, for a worker.

    What a failing disk hid of it, the counter's own connection goes on to look for.
    """
    with closing(counter.ledger.another()) as own:
        apart = replace(counter, ledger=own)
        try:
            return post(apart, note=note, approved_by=approved_by, tell=tell)
        except Unsettled:
            counter.ledger.take_doubt(own.unsettled)
            counter.left_open = apart.left_open
            raise


def _lines(now: Recording, found: Sequence[Difference], tell: Tell | None) -> list[CountedLine]:
    shelf = Shelf(now.db, [one.row.sku for one in found])
    lines = []
    for place, one in enumerate(found):
        if tell is not None and place % STEP == 0:
            tell(place, len(found))
        product = shelf.find(one.row.sku)
        row = one.row
        lines.append(_counted_line(shelf, product, row.expected, row.counted, one.borne_by, row.at_seq))
    return lines


def _names(names: Sequence[str], most: int = 3) -> str:
    told = ", ".join(names[:most])
    return f"{told} +{len(names) - most}" if len(names) > most else told
