"""What a stock count found, and its posting (rules 10 and 11): of goods counted just now, or of a count that is over.

Only the difference between what was found and what was there right then is posted, so what was sold after the counting
is neither lost nor counted twice. Where other tills share the shelf, what was there is known only once each of them has
told the centre, after the counting, that nothing is unsent, and this till heard so; and goods that they moved since are
counted again. Until then nothing that differs is posted, unless a manager goes on knowingly: the document says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, cast

from pos_app.domain.errors import (
    CountAgain,
    CountedTwice,
    EmptyDocument,
    MissingElsewhere,
    NotCounted,
    RuleError,
)
from pos_app.ledger import counting as kept
from pos_app.ledger import neighbours
from pos_app.ledger.counting import CountRow
from pos_app.services import counting
from pos_app.services.context import Counter, Recorded, Recording, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.losses import bearer_by_rule, loss_line
from sync.documents.arithmetic import priced
from sync.documents.base import Bearer
from sync.documents.goods import COUNT_REACH, MOST_LINES, AsOf, CountedLine, StockCount

if TYPE_CHECKING:
    from pos_app.domain.product import Product
    from pos_app.ledger.sqlite import Connection
    from sync.protocol.messages import OtherTill

STEP: Final = 100
"""Lines between two words about the progress of a posting."""
Tell = Callable[[int, int], None]


class NeighboursUnheard(RuleError):
    """``tills`` (letters) may have recorded something before the counting that is not known here."""

    name: ClassVar[str] = "neighbours_unheard"
    tills: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of a product, in thousandths; ``borne_by`` as in ``losses.Lost``."""

    code: str
    counted: int
    borne_by: Bearer | None = None


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
    counter: Counter,
    lines: Sequence[Counted],
    *,
    note: str | None = None,
    approved_by: str | None = None,
    knowingly: bool = False,
) -> Recorded:
    """Set the stock to what was found just now; more changes stock only, less is a loss.

    ``knowingly``: what other tills recorded and is not known here is left out of account. Raises ``NeighboursUnheard``.
    """
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
            expected = shelf.on_hand(product.sku) + product.next_door
            counted.append(_counted_line(shelf, product, expected, found, line.borne_by, elsewhere=product.next_door))
        differs = any(one.counted != one.expected for one in counted)
        others = _as_of(now.db, unheard(now.db, counter.clock()) if differs else [], knowingly=knowingly)
        now.append(
            StockCount(
                number=now.number(StockCount.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                at_seq=now.tx.last[0].seq,
                lines=tuple(counted),
                others=others,
            )
        )
    return done(now)


def unheard(db: Connection, counted_at: datetime) -> list[OtherTill]:
    """Tills that may have recorded something by this moment that is not known here."""
    return neighbours.unheard(db, neighbours.by_centre(db, counted_at))


def unheard_of(db: Connection, found: Sequence[Difference]) -> list[OtherTill]:
    """The same of a count: by when the last of the goods was counted that differ.

    An ack since then may have told that the clock was wrong, or is right again: the later moment holds.
    """
    rows = [one.row for one in found if one.difference]
    known = [max(row.centre_at, neighbours.by_centre(db, datetime.fromisoformat(row.counted_at))) for row in rows]
    return neighbours.unheard(db, max(known)) if known else []


def letters(tills: Sequence[OtherTill]) -> str:
    """Their letters, for a sentence."""
    return ", ".join(dict.fromkeys(one.till for one in tills))


def _as_of(db: Connection, late: Sequence[OtherTill], *, knowingly: bool) -> tuple[AsOf, ...]:
    """What the document says of the other tills. Raises ``NeighboursUnheard``."""
    if late and not knowingly:
        raise NeighboursUnheard(letters(late))
    if late:
        neighbours.settle(db, late)
    known = {one.device: one.seq for one in neighbours.neighbours(db)}
    return tuple(
        AsOf(till=one.till, seq=known.get(one.device, 0), unheard=one in late) for one in neighbours.others(db)
    )


def _counted_line(
    shelf: Shelf,
    product: Product,
    expected: int,
    found: int,
    borne_by: Bearer | None,
    at_seq: int = 0,
    elsewhere: int = 0,
) -> CountedLine:
    if elsewhere and expected - found > max(shelf.on_hand(product.sku), 0):
        raise MissingElsewhere(product.name, expected - found, max(shelf.on_hand(product.sku), 0))
    missing = loss_line(shelf, product, expected - found, "lost", borne_by) if found < expected else None
    return CountedLine(
        sku=product.sku,
        name=product.name,
        expected=expected,
        counted=found,
        at_seq=at_seq,
        elsewhere=elsewhere,
        missing=missing,
    )


def differences(db: Connection) -> list[Difference]:
    """Everything that was counted, the largest value first; for who may see what is expected."""
    rows = kept.rows(db)
    head = kept.head(db)
    counted = [product for product in kept.products(db) if rows[product.sku].state != "left_out"]
    last = head + -(-len(counted) // MOST_LINES)
    found = [_difference(db, rows[product.sku], product, last) for product in counted]
    return sorted(found, key=lambda one: (not one.again, -abs(one.value), -abs(one.difference), one.name))


def _difference(db: Connection, row: CountRow, product: Product, last: int) -> Difference:
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
        since=product.on_hand - (row.expected - row.elsewhere),
        borne_by=cast("Bearer", row.borne_by) if row.borne_by else bearer_by_rule(db, product, "lost"),
        again=_must_be_counted_again(row, product.on_hand, last),
    )


def _must_be_counted_again(row: CountRow, on_hand: int, last: int) -> bool:
    """Sold between two scans of it, or more is missing than is there now, or it was counted too long ago.

    ``last`` is the entry of the count's last part: the furthest from which a replay looks back.
    """
    if row.state == "again" or row.moved:
        return True
    if not row.at_seq:  # before the first entry of all: told as counted when the count is posted
        return on_hand != row.expected - row.elsewhere
    return row.expected - row.counted > max(on_hand, 0) or last - row.at_seq > COUNT_REACH


def post(
    counter: Counter,
    *,
    note: str | None = None,
    approved_by: str | None = None,
    tell: Tell | None = None,
    knowingly: bool = False,
) -> Recorded:
    """Post what was counted, as one document (of several parts beyond ``MOST_LINES`` goods); the count is over then.

    ``tell`` hears of lines done and in all; what it raises stops the posting, and nothing was done. ``knowingly`` as in
    ``count``. Raises ``NoCount``, ``NotCounted``, ``CountAgain``, ``NeighboursUnheard`` and ``EmptyDocument``.
    """
    counter.require_manager("count", approved_by)
    with counter.record(counting.SLOT) as now:
        counting.required(now.db)
        uncounted = len(counting.left(now.db))
        if uncounted:
            raise NotCounted(uncounted)
        found = differences(now.db)
        if not found:
            raise EmptyDocument
        open_lines = [one.name for one in found if one.again]
        if open_lines:
            raise CountAgain(_names(open_lines))
        others = _as_of(now.db, unheard_of(now.db, found), knowingly=knowingly)
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
                others=others,
            )
            recording.append(document, paper="stock_count")
        kept.clear(now.db)
        if tell is not None:
            tell(len(lines), len(lines))
    return done(now)


def post_apart(
    counter: Counter, *, note: str | None, approved_by: str | None, tell: Tell, knowingly: bool = False
) -> Recorded:
    """``post`` on a connection of its own, for a worker."""
    with counter.apart() as apart:
        return post(apart, note=note, approved_by=approved_by, tell=tell, knowingly=knowingly)


def _lines(now: Recording, found: Sequence[Difference], tell: Tell | None) -> list[CountedLine]:
    shelf = Shelf(now.db, [one.row.sku for one in found])
    lines = []
    for place, one in enumerate(found):
        if tell is not None and place % STEP == 0:
            tell(place, len(found))
        product = shelf.find(one.row.sku)
        row = one.row
        lines.append(_counted_line(shelf, product, row.expected, row.counted, one.borne_by, row.at_seq, row.elsewhere))
    return lines


def _names(names: Sequence[str], most: int = 3) -> str:
    told = ", ".join(names[:most])
    return f"{told} +{len(names) - most}" if len(names) > most else told
