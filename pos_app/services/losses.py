"""Goods that got lost or spoiled, and stock counts (rules 10 and 11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pos_app.domain.errors import CountedTwice, EmptyDocument
from pos_app.domain.product import Product
from pos_app.services.context import Counter, Recorded, done
from pos_app.services.goods import Shelf, check_quantity, find_product
from pos_app.services.receiving import leaving_line
from sync.documents.arithmetic import share_of_loss
from sync.documents.base import Bearer, LossReason
from sync.documents.goods import CountedLine, LeavingLine, StockCount, WriteOff


@dataclass(frozen=True, slots=True)
class Lost:
    """Pieces lost, in thousandths; ``borne_by`` defaults to the owner of the goods."""

    code: str
    quantity: int
    reason: LossReason = "damaged"
    borne_by: Bearer | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found of a product, in thousandths."""

    code: str
    counted: int
    borne_by: Bearer | None = None


def write_off(
    counter: Counter, lines: Sequence[Lost], *, note: str | None = None, approved_by: str | None = None
) -> Recorded:
    """Take lost goods off the stock; what the corner bears becomes payable."""
    if not lines:
        raise EmptyDocument
    counter.require_manager("write_off", approved_by)
    with counter.record() as now:
        shelf = Shelf(now.db)
        lost = []
        for line in lines:
            product = find_product(now.db, line.code)
            quantity = check_quantity(product, line.quantity)
            lost.append(_loss(shelf, product, quantity, line.reason, line.borne_by))
        now.append(
            WriteOff(
                number=now.number(WriteOff.PREFIX), note=now.note(note), approved_by=approved_by, lines=tuple(lost)
            ),
            paper="write_off",
        )
    return done(now)


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
    missing = _loss(shelf, product, expected - found, "lost", borne_by) if found < expected else None
    return CountedLine(sku=product.sku, name=product.name, expected=expected, counted=found, missing=missing)


def _loss(shelf: Shelf, product: Product, quantity: int, reason: LossReason, borne_by: Bearer | None) -> LeavingLine:
    line = leaving_line(shelf, product, quantity, reason)
    bearer = borne_by or ("corner" if product.pricing == "putus" else "producer")
    share = 0
    if bearer == "corner":
        share = share_of_loss(
            pricing=product.pricing,
            quantity=quantity,
            sell_price=product.sell_price,
            consign_price=product.consign_price,
            commission_bp=product.commission_bp,
        )
    return msgspec.structs.replace(line, borne_by=bearer, share=share)
