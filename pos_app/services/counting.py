"""Counting the stock (rules 10 and 11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.domain.errors import CountedTwice, EmptyDocument
from pos_app.domain.product import Product
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.losses import loss_line
from sync.documents.base import Bearer
from sync.documents.goods import CountedLine, StockCount


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of a product, in thousandths; ``borne_by`` as in ``losses.Lost``."""

    code: str
    counted: int
    borne_by: Bearer | None = None


def count(
    counter: Counter, lines: Sequence[Counted], *, note: str | None = None, approved_by: str | None = None
) -> Recorded:
    """Set the stock to what was found; more changes stock only, less is a loss."""
    if not lines:
        raise EmptyDocument
    counter.require_manager("count", approved_by)
    with counter.record() as now:
        shelf = Shelf(now.db)
        at_seq = counter.ledger.head().seq
        counted = []
        seen: set[str] = set()
        for line in lines:
            product = find_product(now.db, line.code)
            if product.sku in seen:
                raise CountedTwice(product.name)
            seen.add(product.sku)
            found = check_quantity(product, line.counted, zero=True)
            counted.append(_counted_line(shelf, product, found, line.borne_by))
        now.append(
            StockCount(
                number=now.number(StockCount.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                at_seq=at_seq,
                lines=tuple(counted),
            )
        )
    return done(now)


def _counted_line(shelf: Shelf, product: Product, found: int, borne_by: Bearer | None) -> CountedLine:
    expected = shelf.on_hand(product.sku)
    missing = loss_line(shelf, product, expected - found, "lost", borne_by) if found < expected else None
    return CountedLine(sku=product.sku, name=product.name, expected=expected, counted=found, missing=missing)
