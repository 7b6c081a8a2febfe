"""A stock count while it is taken, over hours in which the till goes on selling.

It is one of a scope: a shelf, a category, a producer's goods, or everything. It is begun, its goods are counted one by
one, and what differs is posted (``count_posting``). Every row keeps the entry of the journal after which it was counted
and the stock right then. A till has one count at a time; it is there again after a power cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from pos_app.domain.errors import CountUnderWay, NoCount
from pos_app.ledger import counting, drafts, neighbours, queries
from pos_app.ledger.counting import CountRow, ScopeGoods, ScopeKind
from pos_app.services import people
from pos_app.services.context import Counter
from pos_app.services.goods import check_quantity, find_product
from sync.documents.base import Bearer

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Transaction
    from pos_app.ledger.sqlite import Connection

SLOT: Final = "stock_count"
"""The draft that says which count is under way."""


class Scope(msgspec.Struct, frozen=True):
    """What is counted: ``which`` shelf, category or producer (a code); empty for everything."""

    kind: ScopeKind = "all"
    which: str = ""


class Session(msgspec.Struct, frozen=True):
    """The count that is under way; times are ISO texts, ``begun_by`` a pseudonym. ``done`` once all is counted.

    ``note`` may name somebody: it is sealed, ``note_of`` reads it.
    """

    scope: Scope
    begun_at: str
    begun_by: str
    done: bool = False
    note: str = ""


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
        begun = Session(scope, at, counter.who())
        counting.clear(tx.db)
        _keep(tx, begun, at)
    return begun


def cancel(counter: Counter, *, approved_by: str | None = None) -> None:
    """Forget the count; who did so is logged with what was counted. Raises ``NoCount``."""
    counter.require_manager("count", approved_by)
    with counter.ledger.write() as tx:
        required(tx.db)
        counter.log(tx.db, "count_cancelled", str(counting.how_many(tx.db)), approved_by)
        drafts.discard(tx.db, SLOT)
        counting.clear(tx.db)


def change(counter: Counter, *, done: bool | None = None, note: str | None = None) -> Session:
    """Say that all is counted, or that counting goes on; or keep a note. What was scanned is on the disk then."""
    sealed = people.typed(counter, note) if note else note
    with counter.ledger.write() as tx:
        before = required(tx.db)
        after = msgspec.structs.replace(
            before, done=before.done if done is None else done, note=before.note if sealed is None else sealed
        )
        _keep(tx, after, counter.clock().isoformat(timespec="seconds"))
    return after


def note_of(counter: Counter, under_way: Session) -> str:
    """The note of a count as it was typed; empty where this computer cannot unseal it."""
    return people.readable(counter, under_way.note)


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
        required(tx.db)
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


def declare_zero(counter: Counter, skus: Sequence[str]) -> None:
    """Nothing is there of these goods."""
    with counter.ledger.write() as tx:
        required(tx.db)
        sums = queries.stock_sums(tx.db)
        others = {sku: neighbours.on_hand(tx.db, sku) for sku in skus}
        seq, at, who, centre_at = _moment(counter, tx)
        counting.keep(
            tx.db,
            [
                CountRow(
                    sku, "counted", sums.get(sku, 0) + other, 0, seq, at, who, elsewhere=other, centre_at=centre_at
                )
                for sku, other in others.items()
            ],
        )


def leave_out(counter: Counter, skus: Sequence[str]) -> None:
    """These goods are not part of the count after all: their stock stays as it is."""
    with counter.ledger.write() as tx:
        required(tx.db)
        seq, at, who, _centre_at = _moment(counter, tx)
        counting.keep(tx.db, [CountRow(sku, "left_out", 0, 0, seq, at, who) for sku in skus])


def bear(counter: Counter, sku: str, borne_by: Bearer) -> None:
    """Name who bears what is missing of a product."""
    with counter.ledger.write() as tx:
        before = counting.row(tx.db, sku)
        if before is not None:
            counting.keep(tx.db, [replace(before, borne_by=borne_by)])


def _count(
    counter: Counter, tx: Transaction, sku: str, quantity: int, before: CountRow | None, *, moved: bool = False
) -> CountRow:
    required(tx.db)
    product = find_product(tx.db, sku)
    check_quantity(product, quantity, zero=True)
    seq, at, who, centre_at = _moment(counter, tx)
    row = CountRow(
        sku,
        "counted",
        product.in_corner,
        quantity,
        seq,
        at,
        who,
        moved,
        elsewhere=product.next_door,
        centre_at=centre_at,
    )
    if before is not None:
        row = replace(row, earlier=before.earlier, earlier_by=before.earlier_by, borne_by=before.borne_by)
    counting.keep(tx.db, [row])
    return row


def _moment(counter: Counter, tx: Transaction) -> tuple[int, str, str, int]:
    now = counter.clock()
    return tx.last[0].seq, now.isoformat(timespec="milliseconds"), counter.who(), neighbours.by_centre(tx.db, now)


def doubt(db: Connection, skus: Iterable[str], since: int) -> None:
    """What entry ``since`` said of these goods is taken back, in the caller's transaction.

    Who counted them after it counted beside a stock that no longer holds: they are counted again.
    """
    rows = counting.rows(db)
    found = [rows[sku] for sku in skus if sku in rows]
    counting.keep(db, [replace(row, moved=True) for row in found if row.state == "counted" and row.at_seq >= since])


def required(db: Connection) -> Session:
    """The count that is under way. Raises ``NoCount``."""
    found = session(db)
    if found is None:
        raise NoCount
    return found


def _keep(tx: Transaction, under_way: Session, at: str) -> None:
    drafts.save(tx.db, SLOT, at, msgspec.json.encode(under_way).decode())


def left(db: Connection) -> list[ScopeGoods]:
    """Goods of the scope that nobody counted, declared zero or left out yet."""
    scope = required(db).scope
    return counting.uncounted(db, scope.kind, scope.which)
